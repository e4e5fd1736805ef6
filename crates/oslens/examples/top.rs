//! One page of the processes that use most of the CPUs.
//!
//! ```console
//! $ cargo run --release --example top
//! ```
//!
//! The first sample says what every process has used since it started; only
//! the difference to a second one says what it uses now.

use std::{thread, time::Duration};

use oslens::{
    memory,
    process::{Fields, Sampler},
};

fn main() -> Result<(), oslens::Error> {
    let mut sampler = Sampler::new(Fields::NAME | Fields::CPU_TOTAL | Fields::RSS);
    sampler.sample()?;
    thread::sleep(Duration::from_secs(1));
    let sample = sampler.sample()?;

    let mut busy: Vec<_> = sample
        .rows()
        .iter()
        // Not there for a process that is younger than the first sample.
        .filter_map(|row| Some((sample.delta(row)?.cpu.ok()?, row)))
        .collect();
    busy.sort_by(|a, b| b.0.total_cmp(&a.0));

    let memory = memory::virtual_memory()?;
    println!(
        "{} processes, {} of {} MiB available",
        sample.rows().len(),
        memory.available >> 20,
        memory.total >> 20
    );
    println!("{:>8} {:>6} {:>9}  NAME", "PID", "%CPU", "RSS MiB");
    for (cpus, row) in busy.into_iter().take(20) {
        // A cell that could not be read says why: it is never zero.
        let rss = match row.rss {
            Ok(bytes) => format!("{:.1}", bytes as f64 / f64::from(1 << 20)),
            Err(_) => "?".to_owned(),
        };
        let name = row.name.as_deref().unwrap_or_default();
        // `{:?}` escapes what a name could do to the terminal.
        println!("{:>8} {:>6.1} {rss:>9}  {name:?}", row.pid, 100.0 * cpus);
    }
    Ok(())
}
