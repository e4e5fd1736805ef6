//! Disks and the machine as a whole, against the machine's own tools.

#![cfg(target_os = "linux")]

use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, SystemTime},
};

use oslens::{
    ErrorKind, Host,
    disk::{self, DeviceKind, Partitions},
    host, sensors,
};
use oslens_testkit::{FixtureRoot, here, ns::NsOptions, skip, syscalls, tool};

/// Lines of words.
fn table(text: &str) -> Vec<Vec<&str>> {
    text.lines().map(|line| line.split(' ').collect()).collect()
}

/// Runs a tool, or ends the test with the reason why it cannot.
macro_rules! output_of {
    ($name:expr, $args:expr) => {
        match tool($name, $args) {
            Ok(output) if output.code == Some(0) => output.stdout,
            Ok(output) => skip!("{} failed: {}", $name, output.stderr),
            Err(reason) => skip!("{reason}"),
        }
    };
}

#[test]
fn mounts_are_those_that_findmnt_shows() {
    let columns = "ID,PARENT,MAJ:MIN,FSTYPE,TARGET";
    let text = output_of!("findmnt", &["-rn", "-o", columns]);
    let mut theirs: Vec<Vec<String>> = table(&text)
        .into_iter()
        .map(|row| row.into_iter().map(str::to_owned).collect())
        .collect();
    let partitions = disk::partitions(Partitions::All).unwrap();
    let mut ours: Vec<Vec<String>> = partitions
        .iter()
        .filter(|partition| !partition.mountpoint.to_string_lossy().contains([' ', '\\']))
        .map(|partition| {
            vec![
                partition.mount_id.unwrap().to_string(),
                partition.parent_id.unwrap().to_string(),
                partition.number.unwrap().to_string(),
                partition.fstype.to_string_lossy().into_owned(),
                partition.mountpoint.to_string_lossy().into_owned(),
            ]
        })
        .collect();
    theirs.retain(|row| row.len() == 5 && !row[4].contains('\\'));
    theirs.sort();
    ours.sort();
    assert_eq!(ours, theirs);
}

#[test]
fn what_is_not_overmounted_is_reached_by_its_mount_point() {
    use std::os::unix::fs::MetadataExt as _;
    for partition in disk::partitions(Partitions::All).unwrap() {
        let Ok(metadata) = std::fs::metadata(&partition.mountpoint) else {
            continue;
        };
        let (number, device) = (partition.number.unwrap(), metadata.dev());
        let same = (number.major, number.minor)
            == (libc::major(device) as u32, libc::minor(device) as u32);
        // Btrfs gives its subvolumes device numbers of their own.
        if partition.overmounted == Some(false) && partition.fstype != "btrfs" {
            assert!(same, "{partition:?}");
        }
    }
}

#[test]
fn physical_partitions_are_among_all() {
    let all = disk::partitions(Partitions::All).unwrap();
    let physical = disk::partitions(Partitions::Physical).unwrap();
    assert!(physical.iter().all(|partition| all.contains(partition)));
    assert!(
        physical
            .iter()
            .all(|partition| partition.fstype != "proc" && partition.fstype != "tmpfs")
    );
}

#[test]
fn usage_is_what_df_shows() {
    let text = output_of!("df", &["-B1", "--output=size,used,avail,itotal,iused", "/"]);
    let row: Vec<u64> = text
        .lines()
        .nth(1)
        .unwrap_or_default()
        .split_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect();
    let [size, used, available, ..] = row[..] else {
        skip!("df says nothing of /");
    };
    let usage = disk::usage("/").unwrap();
    assert_eq!(usage.total, size);
    // Others write meanwhile.
    let near = |ours: u64, theirs: u64| ours.abs_diff(theirs) <= (256 << 20);
    assert!(near(usage.used, used), "{usage:?} {used}");
    assert!(near(usage.available, available), "{usage:?} {available}");
    if let (Some(inodes), [_, _, _, total, _]) = (usage.inodes, &row[..]) {
        assert_eq!(inodes.total, *total);
    }
    let percent = output_of!("df", &["--output=pcent", "/"]);
    let percent: f64 = percent
        .lines()
        .nth(1)
        .unwrap()
        .trim()
        .trim_end_matches('%')
        .parse()
        .unwrap();
    assert!((100.0 * usage.used_fraction() - percent).abs() <= 1.01);
}

#[test]
fn usage_with_a_deadline_is_the_same() {
    let usage = disk::usage_within("/", Duration::from_secs(30)).unwrap();
    assert_eq!(usage.total, disk::usage("/").unwrap().total);
    let error = disk::usage_within("/no/such/file", Duration::from_secs(30)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(error.raw_os_error(), Some(libc::ENOENT));
    assert!(error.to_string().contains("/no/such/file"), "{error}");
    let error = disk::usage("/no/such/file").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[test]
fn devices_are_those_that_lsblk_shows() {
    let text = output_of!("lsblk", &["-rbna", "-o", "NAME,MAJ:MIN,SIZE,TYPE"]);
    let theirs: BTreeMap<&str, Vec<&str>> = table(&text)
        .into_iter()
        .filter(|row| row.len() == 4)
        .map(|row| (row[0], row))
        .collect();
    if theirs.is_empty() {
        skip!("lsblk shows nothing");
    }
    let ours = disk::devices().unwrap();
    for device in &ours {
        let Some(row) = theirs.get(device.name.to_str().unwrap()) else {
            // lsblk leaves out memory disks.
            assert_eq!(device.kind, DeviceKind::Memory, "{device:?}");
            continue;
        };
        assert_eq!(device.number.unwrap().to_string(), row[1]);
        assert_eq!(device.size.unwrap().to_string(), row[2]);
        assert_eq!(device.kind == DeviceKind::Partition, row[3] == "part");
        if row[3] == "disk" && device.kind != DeviceKind::Memory {
            assert_eq!(device.kind, DeviceKind::Disk);
        }
    }
    let names: Vec<_> = ours
        .iter()
        .map(|device| device.name.to_str().unwrap())
        .collect();
    assert!(theirs.keys().all(|name| names.contains(name)));
}

#[test]
fn diskstats_and_sysfs_agree() {
    let before = disk::io_counters().unwrap();
    for device in &before.devices {
        let name = device.name.to_string_lossy().replace('/', "!");
        let Ok(stat) = std::fs::read_to_string(format!("/sys/class/block/{name}/stat")) else {
            continue;
        };
        let now = disk::io_counters().unwrap();
        let numbers: Vec<u64> = stat
            .split_whitespace()
            .map(|word| word.parse().unwrap())
            .collect();
        let between = |low: u64, value: u64, high: u64| low <= value && value <= high;
        let after = now.get(&device.name).unwrap();
        assert!(between(
            device.counters.read_count,
            numbers[0],
            after.read_count
        ));
        assert!(between(
            device.counters.read_bytes,
            numbers[2] * 512,
            after.read_bytes
        ));
        assert!(between(
            device.counters.write_bytes,
            numbers[6] * 512,
            after.write_bytes
        ));
        let busy = Duration::from_millis(numbers[9]);
        assert!(device.counters.busy_time.unwrap() <= busy && busy <= after.busy_time.unwrap());
    }
}

#[test]
fn the_total_is_not_above_the_sum() {
    let Some(total) = disk::io_total().unwrap() else {
        skip!("no disk here");
    };
    let all = disk::io_counters().unwrap();
    let sum: u64 = all
        .devices
        .iter()
        .map(|device| device.counters.read_bytes)
        .sum();
    assert!(total.read_bytes <= sum);
}

#[test]
fn what_is_written_is_counted() {
    use std::{io::Write as _, os::unix::fs::MetadataExt as _};
    // /tmp can be memory; the target directory is where builds are written,
    // but not by the user nobody.
    let name = format!("oslens-written-{}", std::process::id());
    let (path, mut file) = [env!("CARGO_TARGET_TMPDIR"), "/var/tmp"]
        .iter()
        .map(|dir| std::path::Path::new(dir).join(&name))
        .find_map(|path| Some((path.clone(), std::fs::File::create(path).ok()?)))
        .expect("a directory on a disk");
    let device = file.metadata().unwrap().dev();
    let number = (libc::major(device) as u32, libc::minor(device) as u32);
    let find = |snapshot: &disk::IoSnapshot| {
        snapshot
            .devices
            .iter()
            .find(|device| device.number.map(|number| (number.major, number.minor)) == Some(number))
            .map(|device| device.name.clone())
    };
    let before = disk::io_counters().unwrap();
    let Some(name) = find(&before) else {
        std::fs::remove_file(&path).unwrap();
        skip!("{} is on no block device", path.display());
    };
    file.write_all(&vec![7; 8 << 20]).unwrap();
    file.sync_all().unwrap();
    let delta = disk::io_counters().unwrap().since(&before);
    std::fs::remove_file(&path).unwrap();
    let disk = delta
        .devices
        .iter()
        .find(|device| device.name == name)
        .unwrap();
    assert!(disk.counters.write_bytes >= 8 << 20, "{disk:?}");
    assert!(disk.counters.write_count > 0);
    assert!(delta.elapsed > Duration::ZERO);
}

#[test]
fn the_boot_time_is_now_less_the_uptime() {
    let boot = host::boot_time().unwrap();
    let uptime = host::uptime().unwrap();
    let expected = SystemTime::now() - uptime;
    let difference = expected
        .duration_since(boot)
        .unwrap_or_else(|error| error.duration());
    if difference > Duration::from_secs(3) {
        // lxcfs makes up one but not the other.
        skip!("the clock and /proc/stat are {difference:?} apart: a container");
    }
    let text = std::fs::read_to_string("/proc/uptime").unwrap();
    let seconds: f64 = text.split_whitespace().next().unwrap().parse().unwrap();
    assert!((uptime.as_secs_f64() - seconds).abs() < 5.0);
}

#[test]
fn the_boot_time_is_what_uptime_shows() {
    let since = output_of!("uptime", &["-s"]);
    let seconds = output_of!("date", &["-d", since.trim(), "+%s"]);
    let theirs: u64 = seconds.trim().parse().unwrap();
    let ours = host::boot_time()
        .unwrap()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    assert!(ours.abs_diff(theirs) <= 2, "{ours} {theirs}");
}

/// A record as the C library of x86 and most others writes it.
fn utmp_record(kind: i16, line: &str, user: &str, from: &str, seconds: u32) -> Vec<u8> {
    let mut record = vec![0; 384];
    let mut put = |at: usize, bytes: &[u8]| record[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &kind.to_ne_bytes());
    put(4, &1i32.to_ne_bytes());
    put(8, line.as_bytes());
    put(44, user.as_bytes());
    put(76, from.as_bytes());
    put(340, &seconds.to_ne_bytes());
    record
}

#[test]
#[cfg(any(target_arch = "x86_64", target_arch = "x86"))]
fn logins_are_those_that_who_shows() {
    let mut utmp = utmp_record(2, "~", "reboot", "6.12", 1_700_000_000);
    utmp.extend(utmp_record(7, "tty1", "ada", "", 1_700_000_060));
    utmp.extend(utmp_record(8, "pts/0", "gone", "", 1_700_000_060));
    utmp.extend(utmp_record(
        7,
        "pts/3",
        "grace",
        "2001:db8::7",
        1_700_000_120,
    ));
    let root = FixtureRoot::new().file("run/utmp", utmp);
    let path = root.join("run/utmp");
    let text = output_of!("who", &[path.to_str().unwrap()]);
    let theirs: Vec<Vec<&str>> = text
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    let ours = Host::builder().root(root.path()).build().users().unwrap();
    assert_eq!(ours.len(), theirs.len());
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert_eq!(ours.name.to_str(), Some(theirs[0]));
        assert_eq!(ours.terminal.as_deref().unwrap().to_str(), Some(theirs[1]));
        let started = ours.started.unwrap().duration_since(SystemTime::UNIX_EPOCH);
        let at = format!("@{}", started.unwrap().as_secs());
        let when = output_of!("date", &["-d", &at, "+%b %-d %H:%M"]);
        assert_eq!(theirs[2..5].join(" "), when.trim());
        let host = ours
            .host
            .as_ref()
            .map(|host| format!("({})", host.to_str().unwrap()));
        assert_eq!(host.as_deref(), theirs.get(5).copied());
    }
}

#[test]
fn names_are_those_that_id_shows() {
    for (uid, flag) in [(0, "-un"), (65534, "-un")] {
        let text = output_of!("id", &[flag, &uid.to_string()]);
        let name = host::user_name(uid).unwrap();
        assert_eq!(name.to_str(), Some(text.trim()));
    }
    let mut names = host::UserNames::new(oslens::Host::local());
    for _ in 0..2 {
        assert_eq!(names.user(0), host::user_name(0).as_deref());
        assert_eq!(names.group(0), host::group_name(0).as_deref());
        assert_eq!(names.user(3_999_999_999), None);
    }
}

#[test]
fn the_machine_is_called_what_uname_says() {
    let info = host::info().unwrap();
    let text = output_of!("uname", &["-snrm"]);
    let words = [
        &info.kernel,
        &info.hostname,
        &info.kernel_release,
        &info.architecture,
    ]
    .map(|word| word.as_ref().unwrap().to_string_lossy().into_owned());
    assert_eq!(words.join(" "), text.trim());
}

#[test]
fn sensors_are_plausible() {
    for sensor in sensors::temperatures().unwrap() {
        if let Ok(celsius) = sensor.current {
            assert!((-273.15..1000.0).contains(&celsius), "{sensor:?}");
        }
    }
    for battery in sensors::batteries().unwrap() {
        assert!(
            battery
                .fraction
                .is_none_or(|fraction| (0.0..=1.0).contains(&fraction))
        );
    }
    sensors::fans().unwrap();
}

/// What a call costs is promised in its documentation.
fn costs(test: &str, calls: u64, work: impl Fn()) {
    if let Some(size) = syscalls::child_size() {
        work();
        syscalls::begin();
        for _ in 0..size {
            work();
        }
        syscalls::end();
        return;
    }
    // With debug assertions, std asks by `fcntl` whether what it closes is
    // open. The memory of large answers may come from the kernel.
    let of =
        |counts: &syscalls::SyscallCounts| counts.total() - counts.get("fcntl") - counts.get("brk");
    let mut seen = Vec::new();
    // A busy machine may add a call of the harness to one of the two.
    for _ in 0..3 {
        let (few, many) = match (syscalls::of_test(test, 10), syscalls::of_test(test, 110)) {
            (Ok(few), Ok(many)) => (few, many),
            (Err(reason), _) | (_, Err(reason)) => skip!("{reason}"),
        };
        if of(&many) == of(&few) + calls * 100 {
            return;
        }
        seen.push((few, many));
    }
    panic!("not {calls} calls each time: {seen:?}");
}

#[test]
fn the_boot_time_costs_three_calls() {
    costs(here!(), 3, || _ = host::boot_time().unwrap());
}

#[test]
fn the_uptime_costs_no_call() {
    costs(here!(), 0, || _ = host::uptime().unwrap());
}

#[test]
fn usage_costs_one_call() {
    costs(here!(), 1, || _ = disk::usage("/").unwrap());
}

#[test]
fn counters_cost_one_file() {
    let text = std::fs::read("/proc/diskstats").unwrap();
    if text.len() > 3000 {
        skip!("so many disks that the file takes more than one read");
    }
    costs(here!(), 4, || _ = disk::io_counters().unwrap());
}

#[test]
fn mounts_cost_one_file_and_their_kinds_another() {
    let text = std::fs::read("/proc/self/mountinfo").unwrap();
    if text.len() > 3000 {
        skip!("so many mounts that the file takes more than one read");
    }
    costs(here!(), 8, || {
        _ = disk::partitions(Partitions::Physical).unwrap();
    });
}

#[test]
fn a_mount_over_another_hides_it_and_what_lies_below() {
    oslens_testkit::in_namespaces!(NsOptions::new());
    let root = FixtureRoot::new().dir("a b/below");
    let first = root.join("a b");
    let below = first.join("below");
    let mount = |on: &Path| {
        let on = on.to_str().unwrap();
        tool("mount", &["-t", "tmpfs", "one\\two", on])
    };
    for on in [&first, &below, &first] {
        match mount(on) {
            Ok(output) if output.code == Some(0) => {}
            Ok(output) => skip!("mount failed: {}", output.stderr),
            Err(reason) => skip!("{reason}"),
        }
        // What the first one brings is empty.
        if !below.exists() && *on == first {
            std::fs::create_dir(&below).unwrap();
        }
    }
    let mounts: Vec<_> = disk::partitions(Partitions::All)
        .unwrap()
        .into_iter()
        .filter(|partition| partition.mountpoint.starts_with(&first))
        .map(|partition| {
            assert_eq!(partition.device, "one\\two");
            (partition.mountpoint, partition.overmounted.unwrap())
        })
        .collect();
    assert_eq!(
        mounts,
        [(first.clone(), true), (below, true), (first.clone(), false)]
    );
    for _ in 0..2 {
        _ = tool("umount", &["-R", first.to_str().unwrap()]);
    }
}
