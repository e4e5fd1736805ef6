//! Files that are cut off, empty, full of junk or forbidden: an answer that is
//! true, or none; never a panic, and never a zero that means unknown.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use oslens::{
    ErrorKind, Host, Unavailable,
    disk::Partitions,
    net::{ConnectionQuery, Kind, Owners},
    os::linux::ProcessExt as _,
    pressure::Resource,
    process::Fields,
};
use oslens_testkit::{ns::NsOptions, zoo};

use crate::{Machine, machine};

/// Asks everything. What it answers is not looked at.
fn ask_everything(host: &Host) {
    let _ = host.cpu_times();
    let _ = host.cpu_times_per_cpu();
    let _ = host.cpu_stats();
    let _ = host.cpu_count();
    let _ = host.physical_cpu_count();
    let _ = host.cpu_frequency();
    let _ = host.load_average();
    let _ = host.virtual_memory();
    let _ = host.swap_memory();
    let _ = host.swap_devices();
    let _ = host.zfs_arc();
    for resource in [Resource::Cpu, Resource::Memory, Resource::Io, Resource::Irq] {
        let _ = host.pressure(resource);
        let _ = host.cgroup_pressure(1, resource);
    }
    let _ = host.disk_io_counters();
    let _ = host.disk_io_total();
    let _ = host.disk_devices();
    let _ = host.disk_partitions(Partitions::Physical);
    let _ = host.net_io_counters();
    let _ = host.net_interfaces();
    let _ = host.connections(ConnectionQuery::new(Kind::ALL).owners(Owners::All));
    let _ = host.socket_summary();
    let _ = host.temperatures();
    let _ = host.fans();
    let _ = host.batteries();
    let _ = host.boot_time();
    let _ = host.uptime();
    let _ = host.users();
    let _ = host.info();
    let _ = host.user_name(1000);
    let _ = host.processes(Fields::all());
    for pid in [1, 30, 100, 400, 900] {
        let _ = host.pid_exists(pid);
        let _ = host.cgroup_limits(pid);
        let _ = host.cgroup_usage(pid);
        let _ = host.memory_limit(pid);
        let _ = host.cpu_limit(pid);
        if let Ok(process) = host.process(pid) {
            let _ = process.read(Fields::all());
            let _ = process.threads();
            let _ = process.memory_maps_grouped();
            let _ = process.limits();
            let _ = process.descriptors();
            let _ = process.connections(Kind::ALL);
            let _ = (process.namespaces(), process.security());
            let _ = (process.parents(), process.descendants());
            let _ = process.is_running();
        }
    }
}

/// Every regular file below a directory.
fn files(below: &Path, all: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(below).unwrap() {
        let entry = entry.unwrap();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            files(&entry.path(), all);
        } else if kind.is_file() {
            all.push(entry.path());
        }
    }
}

/// The same bytes in every run.
fn junk(length: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1du64;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    })
    .take(length)
    .collect()
}

/// Nothing that the machine says can be true: so it must not say it.
fn assert_nothing_is_claimed(machine: &Machine) {
    let host = &machine;
    ask_everything(host);
    let errors = [
        host.cpu_times().err(),
        host.virtual_memory().err(),
        host.swap_memory().err(),
        host.load_average().err(),
        host.boot_time().err(),
        host.uptime().err(),
    ];
    for error in errors {
        let error = error.expect("an answer was made up");
        assert_eq!(error.kind(), ErrorKind::Malformed, "{error}");
        assert!(error.to_string().contains("/proc/"), "{error}");
    }
    let stats = host.cpu_stats().unwrap();
    assert_eq!(
        (stats.ctx_switches, stats.interrupts, stats.forks),
        (None, None, None)
    );
    for row in host.processes(Fields::all()).unwrap() {
        assert!(!row.start.is_known());
        assert_eq!(row.name, Err(Unavailable::Malformed));
        assert_eq!(row.cpu_times, Err(Unavailable::Malformed));
        assert_eq!(row.create_time, Err(Unavailable::Malformed));
        assert_eq!(row.num_threads, Err(Unavailable::Malformed));
        assert!(row.rss.is_err() && row.vms.is_err() && row.memory_info.is_err());
        assert!(row.uids.is_err() && row.ctx_switches.is_err());
        assert!(row.io_counters.is_err(), "{:?}", row.io_counters);
        assert!(row.oom_score.is_err());
    }
}

#[test]
fn empty_files_claim_nothing() {
    let machine = machine("debian12-x86_64");
    let mut all = Vec::new();
    files(machine.root.path(), &mut all);
    for file in all {
        fs::write(file, b"").unwrap();
    }
    assert_nothing_is_claimed(&machine);
}

#[test]
fn junk_claims_nothing() {
    let machine = machine("server-x86_64-numa");
    let mut all = Vec::new();
    files(machine.root.path(), &mut all);
    for file in all {
        fs::write(file, junk(3000)).unwrap();
    }
    assert_nothing_is_claimed(&machine);
    let other = crate::machine("debian12-x86_64");
    let mut all = Vec::new();
    files(other.root.path(), &mut all);
    for file in all {
        fs::write(file, junk(65_536)).unwrap();
    }
    assert_nothing_is_claimed(&other);
}

#[test]
fn a_single_line_of_numbers_beyond_all_bounds_overflows_nothing() {
    let machine = machine("container-cgroup2");
    let mut all = Vec::new();
    files(machine.root.path(), &mut all);
    for file in all {
        let content = fs::read(&file).unwrap();
        // Each digit becomes 20: numbers that no 64 bits hold, in their places.
        let huge: Vec<u8> = content
            .iter()
            .flat_map(|&byte| vec![byte; if byte.is_ascii_digit() { 20 } else { 1 }])
            .collect();
        fs::write(&file, huge).unwrap();
    }
    ask_everything(&machine);
    // The most that fits: sums and products of such numbers.
    let machine = crate::machine("server-x86_64-numa");
    let mut all = Vec::new();
    files(machine.root.path(), &mut all);
    for file in all {
        let content = String::from_utf8_lossy(&fs::read(&file).unwrap()).into_owned();
        let mut most = String::new();
        let mut in_number = false;
        for letter in content.chars() {
            if letter.is_ascii_digit() {
                if !in_number {
                    most.push_str("18446744073709551615");
                }
                in_number = true;
            } else {
                in_number = false;
                most.push(letter);
            }
        }
        fs::write(&file, most).unwrap();
    }
    ask_everything(&machine);
}

#[test]
fn half_of_meminfo_is_true_or_refused() {
    let machine = machine("debian12-x86_64");
    let whole = machine.virtual_memory().unwrap();
    let swap = machine.swap_memory().unwrap();
    let content = fs::read(machine.root.join("proc/meminfo")).unwrap();
    for end in 0..content.len() {
        machine.root.write("proc/meminfo", &content[..end]);
        match machine.virtual_memory() {
            Err(error) => assert_eq!(error.kind(), ErrorKind::Malformed, "at {end}: {error}"),
            Ok(memory) => {
                assert_eq!(memory.total, whole.total, "at {end}");
                assert_eq!(memory.free, whole.free, "at {end}");
                // A number without its unit is no number yet.
                for (now, before) in [
                    (memory.buffers, whole.buffers),
                    (memory.active, whole.active),
                    (memory.inactive, whole.inactive),
                    (memory.shared, whole.shared),
                    (memory.slab, whole.slab),
                    (memory.dirty, whole.dirty),
                    (memory.committed, whole.committed),
                ] {
                    assert!(now.is_none() || now == before, "at {end}: {now:?}");
                }
            }
        }
        match machine.swap_memory() {
            Err(error) => assert_eq!(error.kind(), ErrorKind::Malformed, "at {end}: {error}"),
            Ok(now) => assert_eq!(now.total, swap.total, "at {end}"),
        }
    }
}

#[test]
fn half_of_a_process_is_true_or_refused() {
    let machine = machine("server-x86_64-numa");
    let process = machine.process(900).unwrap();
    let whole = process.read(Fields::all()).unwrap();
    let read = || {
        let rows = machine.processes(Fields::all()).unwrap();
        rows.into_iter().find(|row| row.pid.get() == 900).unwrap()
    };
    let stat = fs::read(machine.root.join("proc/900/stat")).unwrap();
    for end in 0..stat.len() {
        machine.root.write("proc/900/stat", &stat[..end]);
        let row = read();
        if row.start.is_known() {
            assert_eq!(row.start, whole.start, "at {end}");
            assert_eq!(row.name, whole.name);
            assert_eq!((row.ppid, row.state), (whole.ppid, whole.state));
            assert_eq!((row.nice, row.num_threads), (whole.nice, whole.num_threads));
            assert_eq!(row.create_time, whole.create_time);
        } else {
            assert_eq!(row.name, Err(Unavailable::Malformed), "at {end}");
            assert_eq!(row.num_threads, Err(Unavailable::Malformed));
        }
        assert_eq!(row.memory_info, whole.memory_info, "another file");
    }
    machine.root.write("proc/900/stat", &stat);
    let status = fs::read(machine.root.join("proc/900/status")).unwrap();
    for end in 0..status.len() {
        machine.root.write("proc/900/status", &status[..end]);
        let row = process.read(Fields::all()).unwrap();
        assert!(row.uids.is_err() || row.uids == whole.uids, "at {end}");
        assert!(row.gids.is_err() || row.gids == whole.gids, "at {end}");
        if let Ok(more) = row.memory_info_ex {
            let before = whole.memory_info_ex.unwrap();
            for (now, before) in [
                (more.peak_rss, before.peak_rss),
                (more.peak_vms, before.peak_vms),
                (more.rss_anon, before.rss_anon),
                (more.hugetlb, before.hugetlb),
            ] {
                assert!(now.is_none() || now == before, "at {end}: {now:?}");
            }
        }
        assert_eq!(row.name, whole.name, "another file");
    }
    machine.root.write("proc/900/status", &status);
    let rollup = fs::read(machine.root.join("proc/900/smaps_rollup")).unwrap();
    for end in 1..rollup.len() {
        machine.root.write("proc/900/smaps_rollup", &rollup[..end]);
        if let Ok(footprint) = process
            .read(Fields::MEMORY_FOOTPRINT)
            .unwrap()
            .memory_footprint
        {
            // Whole lines only; the private ones may be missing in part.
            let before = whole.memory_footprint.unwrap();
            assert!(footprint.uss <= before.uss, "at {end}");
            assert!(
                footprint.pss.is_none() || footprint.pss == before.pss,
                "at {end}"
            );
        }
    }
}

#[test]
fn half_of_any_other_file_is_no_panic() {
    type Ask = fn(&Host);
    let cases: [(&str, &str, Ask); 14] = [
        ("server-x86_64-numa", "proc/stat", |host| {
            let _ = (host.cpu_times(), host.cpu_stats(), host.boot_time());
            let _ = host.cpu_times_per_cpu();
        }),
        ("server-x86_64-numa", "proc/1/mountinfo", |host| {
            let _ = host.disk_partitions(Partitions::All);
            let _ = host.cgroup_limits(900);
        }),
        ("linux-2.4", "proc/1/mounts", |host| {
            let _ = host.disk_partitions(Partitions::All);
        }),
        ("linux-2.4", "proc/meminfo", |host| {
            let _ = host.virtual_memory();
        }),
        ("container-cgroup2", "proc/1/net/tcp6", |host| {
            let _ = host.connections(Kind::TCP6);
        }),
        ("container-cgroup2", "proc/1/net/unix", |host| {
            let _ = host.connections(Kind::UNIX);
        }),
        ("s390x", "proc/cpuinfo", |host| {
            let _ = (host.physical_cpu_count(), host.cpu_frequency());
        }),
        ("server-x86_64-numa", "proc/swaps", |host| {
            let _ = host.swap_devices();
        }),
        ("raspberrypi-arm64", "proc/diskstats", |host| {
            let _ = host.disk_io_counters();
        }),
        ("hidepid", "proc/500/net/dev", |host| {
            let _ = host.net_io_counters();
        }),
        ("logind-no-utmp", "run/systemd/sessions/2", |host| {
            let _ = host.users();
        }),
        ("systemd-cgroup-v1-hybrid", "proc/400/cgroup", |host| {
            let _ = (host.cgroup_limits(400), host.cgroup_paths(400));
        }),
        (
            "server-x86_64-numa",
            "proc/spl/kstat/zfs/arcstats",
            |host| {
                let _ = host.zfs_arc();
            },
        ),
        ("server-x86_64-numa", "proc/900/smaps", |host| {
            let _ = host.process(900).unwrap().memory_maps();
        }),
    ];
    for (name, file, ask) in cases {
        let machine = machine(name);
        let content = fs::read(machine.root.join(file)).unwrap();
        for end in 0..content.len() {
            machine.root.write(file, &content[..end]);
            ask(&machine);
        }
    }
}

#[test]
fn forbidden_files_are_denied_not_missing() {
    if oslens_testkit::is_root() {
        // Root may read them all the same.
        oslens_testkit::in_namespaces!(NsOptions::new().uid(zoo::NOBODY));
    }
    let machine = machine("debian12-x86_64");
    let forbid = |path: &str| {
        let path = machine.root.join(path);
        fs::set_permissions(path, fs::Permissions::from_mode(0o000)).unwrap();
    };
    for file in [
        "io",
        "environ",
        "smaps_rollup",
        "smaps",
        "statm",
        "cmdline",
        "oom_score",
        "cgroup",
        "fd",
    ] {
        forbid(&format!("proc/100/{file}"));
    }
    let rows = machine.processes(Fields::all()).unwrap();
    let row = rows.iter().find(|row| row.pid.get() == 100).unwrap();
    const DENIED: Unavailable = Unavailable::Denied;
    assert_eq!(row.io_counters, Err(DENIED));
    assert_eq!(row.environ, Err(DENIED));
    assert_eq!(row.memory_footprint, Err(DENIED));
    assert_eq!(row.memory_info, Err(DENIED));
    assert_eq!(row.cmdline, Err(DENIED));
    assert_eq!(row.oom_score, Err(DENIED));
    assert_eq!(row.cgroup, Err(DENIED));
    assert_eq!(row.num_fds, Err(DENIED));
    // What can be read is there, and so are the other processes.
    assert_eq!(row.name.as_deref(), Ok("specimen".as_ref()));
    assert!(row.uids.is_ok());
    assert_eq!(rows.len(), 13);

    // Nothing of it can be seen: it is there, that is all.
    forbid("proc/102");
    let rows = machine.processes(Fields::all()).unwrap();
    let row = rows.iter().find(|row| row.pid.get() == 102).unwrap();
    assert_eq!(row.name, Err(DENIED));
    assert_eq!(row.cpu_times, Err(DENIED));
    assert_eq!(row.exe, Err(DENIED));

    for file in [
        "meminfo",
        "stat",
        "loadavg",
        "diskstats",
        "1/net/dev",
        "1/net/tcp",
    ] {
        forbid(&format!("proc/{file}"));
    }
    let host = &machine;
    let errors = [
        host.virtual_memory().err(),
        host.swap_memory().err(),
        host.cpu_times().err(),
        host.cpu_stats().err(),
        host.boot_time().err(),
        host.load_average().err(),
        host.disk_io_counters().err(),
        host.net_io_counters().err(),
        host.connections(Kind::TCP).err(),
    ];
    for error in errors {
        let error = error.expect("an answer was made up");
        assert_eq!(error.kind(), ErrorKind::AccessDenied, "{error}");
    }
    forbid("proc");
    assert_eq!(host.pids().unwrap_err().kind(), ErrorKind::AccessDenied);
}

#[test]
fn a_proc_that_is_not_mounted_is_said_by_name() {
    let root = oslens_testkit::FixtureRoot::new();
    let host = Host::builder().root(root.path()).build();
    for error in [
        host.pids().map(|_| ()),
        host.processes(Fields::TABLE).map(|_| ()),
    ] {
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        assert!(error.to_string().contains("not mounted"), "{error}");
    }
    ask_everything(&host);
    assert!(host.virtual_memory().is_err());
}
