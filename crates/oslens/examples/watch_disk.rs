//! What the disks do, once a second, and how full the file systems are.
//!
//! ```console
//! $ cargo run --example watch_disk -- 5
//! ```
//!
//! The number is how many seconds to watch, 3 without one.

use std::{error::Error, thread, time::Duration};

use oslens::disk::{self, DeviceKind, Partitions};

fn main() -> Result<(), Box<dyn Error>> {
    let seconds: u32 = std::env::args().nth(1).map_or(Ok(3), |word| word.parse())?;

    for partition in disk::partitions(Partitions::Physical)? {
        // A network file system whose server is gone never answers.
        match disk::usage_within(&partition.mountpoint, Duration::from_secs(2)) {
            Ok(usage) => println!(
                "{:>4.0}% of {:>7.1} GiB  {}",
                100.0 * usage.used_fraction(),
                usage.total as f64 / f64::from(1 << 30),
                partition.mountpoint.display()
            ),
            Err(error) => println!("{error}"),
        }
    }

    // Partitions and what is made of disks (RAID, LVM) count the same bytes
    // once more.
    let disks: Vec<_> = disk::devices()?
        .into_iter()
        .filter(|device| device.kind == DeviceKind::Disk)
        .map(|device| device.name)
        .collect();
    let mut before = disk::io_counters()?;
    for _ in 0..seconds {
        thread::sleep(Duration::from_secs(1));
        let now = disk::io_counters()?;
        for device in now.since(&before).devices {
            if !disks.contains(&device.name) {
                continue;
            }
            let mib = |bytes| device.per_second(bytes) / f64::from(1 << 20);
            println!(
                "{:<12} {:>8.2} MiB/s read {:>8.2} MiB/s written {}",
                device.name.to_string_lossy(),
                mib(device.counters.read_bytes),
                mib(device.counters.write_bytes),
                match device.busy_fraction() {
                    Some(busy) => format!("{:>4.0}% busy", 100.0 * busy),
                    None => String::new(),
                }
            );
        }
        before = now;
    }
    Ok(())
}
