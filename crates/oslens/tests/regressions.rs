//! Mistakes that others made, and wishes that others left open: one test
//! each. The D numbers are those of our list of psutil's defects, the others
//! the numbers of its issues. What another test pins is not repeated:
//!
//! | defect or wish | pinned by |
//! |---|---|
//! | D2, 1586 percentages of a short interval are too low | here; `cpu/tests.rs`: `fractions_of_a_short_interval_add_up_to_one` |
//! | D5 swap traffic in pages of 4 KiB | here; `sys/memory/linux/tests.rs`: `swap_traffic_counts_pages_of_that_kernel` |
//! | D7 limits of thermal zones divided again and again | here; `sys/sensors/linux/tests.rs`: `thermal_zones_stand_in_and_their_limits_are_divided_once` |
//! | D8 no battery class is an error | here; `partial_data.rs` |
//! | D9 connections of a process in the caller's network | here; `psutil_parity.rs` |
//! | D10 a shared socket has one owner | here; `psutil_parity.rs` |
//! | D11 thread names with a parenthesis | here; `psutil_parity.rs` |
//! | D12 CPUs from 1024 on cannot be set | here; `sys/process/linux/actions.rs`: `a_cpu_mask_is_as_long_as_its_highest_cpu_needs` |
//! | D22 a cache shared by iterators | here: nothing is remembered |
//! | D23 zombie children are dropped | here |
//! | D24 a table of threads that only grows | nothing is kept between calls: `leaks.rs` |
//! | 490, 2100, 2584 containers see the host | `sys/cgroup/linux/tests.rs` |
//! | 613 names of threads | here; `process_details.rs`: `threads_have_their_own_names_whatever_is_in_them` |
//! | 697 process groups and sessions | here; `vendor_tools.rs` |
//! | 1344 start times in LXC | here |
//! | 1460 one battery, and a keyboard's | here; `sys/sensors/linux/tests.rs`: `all_batteries_are_listed_and_told_apart` |
//! | 1581 sockets from netlink, with queues | here; `sys/net/linux/tests/sockets.rs` |
//! | 1751 a slow table of processes | `cost.rs` counts its system calls |
//! | 1810 cores that virtual machines miscount | `sys/cpu/linux/tests.rs`: `siblings_and_cpuinfo_correct_each_other` |
//! | 1915, 2809 MemAvailable of zero; no blank behind the colon | here |
//! | 2385 the ZFS cache is no free memory | here |
//! | 2400 signals that hit a newcomer | `process_actions.rs`: `a_reused_pid_is_never_signalled` |
//! | 2597 no users without utmp | here; `sys/host/linux/tests.rs` |
//! | 2703 waiting in an event loop | `os::linux::ProcessExt::pidfd` |
//! | 2725 pressure | here |
//! | old kernels: few columns in `stat` | here |
//! | `[anon]`, port 0, socket paths with blanks | here |

#![cfg(target_os = "linux")]

use std::{
    collections::BTreeSet,
    ffi::OsStr,
    net::{SocketAddr, TcpListener},
    os::unix::{ffi::OsStrExt as _, net::UnixListener},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use oslens::{
    ErrorKind, Host, cpu, host,
    net::{self, Kind, UnixName},
    os::linux::ProcessExt as _,
    process::{self, Fields, Pid, Process, State, Thread},
};
use oslens_testkit::{FixtureRoot, skip, zoo};

fn host_of(root: &FixtureRoot) -> Host {
    Host::builder().root(root.path()).build()
}

/// The thread of this name, once it sleeps: a new one has yet to get there.
fn sleeping_thread(specimen: &zoo::Specimen, name: &str) -> Thread {
    let process = Process::open(specimen.pid()).unwrap();
    for _ in 0..1000 {
        let threads = process.threads().unwrap();
        let thread = threads.into_iter().find(|thread| thread.name == name);
        let thread = thread.unwrap_or_else(|| panic!("no thread {name:?}"));
        if thread.state == State::Sleeping {
            return thread;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("the thread {name:?} never sleeps");
}

#[test]
fn d2_fractions_of_a_short_interval_add_up_to_one_on_this_machine() {
    let before = cpu::times().unwrap();
    std::thread::sleep(Duration::from_millis(60));
    let now = cpu::times().unwrap();
    let Some(fractions) = now.since(&before).fractions() else {
        skip!("no tick in 60 ms");
    };
    let sum = fractions.user
        + fractions.system
        + fractions.idle
        + fractions.nice
        + fractions.iowait.unwrap_or(0.0)
        + fractions.irq.unwrap_or(0.0)
        + fractions.softirq.unwrap_or(0.0)
        + fractions.steal.unwrap_or(0.0);
    assert!((sum - 1.0).abs() < 1e-6, "{fractions:?}");
}

#[test]
fn d5_swap_traffic_is_counted_in_the_kernels_own_pages() {
    let root = FixtureRoot::new()
        .file("proc/meminfo", b"SwapTotal: 8 kB\nSwapFree: 4 kB\n")
        .file("proc/vmstat", b"pswpin 3\npswpout 5\n");
    let host = Host::builder()
        .root(root.path())
        .page_size(64 << 10)
        .build();
    let swap = host.swap_memory().unwrap();
    assert_eq!(swap.swapped_in, Some(3 * (64 << 10)));
    assert_eq!(swap.swapped_out, Some(5 * (64 << 10)));
}

#[test]
fn d7_several_trip_points_are_divided_once_each() {
    let zone = "sys/class/thermal/thermal_zone0";
    let mut root = FixtureRoot::new();
    for (name, content) in [
        ("type", "acpitz"),
        ("temp", "41000"),
        ("trip_point_0_type", "critical"),
        ("trip_point_0_temp", "105000"),
        ("trip_point_1_type", "high"),
        ("trip_point_1_temp", "95000"),
        ("trip_point_2_type", "passive"),
        ("trip_point_2_temp", "90000"),
    ] {
        root = root.file(format!("{zone}/{name}"), format!("{content}\n"));
    }
    let temperatures = host_of(&root).temperatures().unwrap();
    assert_eq!(temperatures.len(), 1);
    assert_eq!(temperatures[0].current, Ok(41.0));
    assert_eq!(temperatures[0].critical, Some(105.0));
    assert_eq!(temperatures[0].high, Some(95.0));
}

#[test]
fn d8_a_machine_without_power_supplies_has_no_battery_and_no_error() {
    let root = FixtureRoot::new().dir("sys/class");
    assert_eq!(host_of(&root).batteries().unwrap(), []);
    assert_eq!(host_of(&FixtureRoot::new()).batteries().unwrap(), []);
}

#[test]
fn d9_connections_are_those_of_the_processs_own_network() {
    let mut specimen = match zoo::in_another_network() {
        Ok(specimen) => specimen,
        Err(reason) => skip!("{reason}"),
    };
    let address = match specimen.try_ask("socket:tcp4-listen", &[]) {
        Ok(reply) => reply.address("local"),
        Err(reason) => skip!("{reason}"),
    };
    let process = Process::open(specimen.pid()).unwrap();
    let there = process.connections(Kind::TCP4).unwrap();
    assert!(there.iter().any(|it| it.local == Some(address)));
    // A listener here with the same port would be another socket.
    let here = net::connections(Kind::TCP4).unwrap();
    assert!(
        here.iter()
            .all(|it| it.inode != there[0].inode || it.local != Some(address))
    );
}

#[test]
fn d10_every_owner_of_a_shared_socket_is_told() {
    let mut parent = zoo::sleeper();
    let address = parent.socket("tcp4-listen").address("local");
    let mut expected: BTreeSet<Pid> = parent.fan(2).into_iter().map(Pid::new).collect();
    expected.insert(Pid::new(parent.pid()));
    let all = net::connections_with_owners(Kind::TCP4).unwrap();
    let mut rows = all.iter().filter(|it| it.local == Some(address));
    let owners = rows.next().unwrap().owners.as_ref().unwrap();
    let pids: BTreeSet<Pid> = owners.iter().map(|owner| owner.pid).collect();
    assert_eq!(pids, expected);
    assert!(rows.next().is_none(), "one socket, one row");
}

#[test]
fn d11_a_thread_name_with_a_parenthesis_shifts_no_column() {
    let specimen = zoo::threaded(&[b"a) R 9 9 9 9"]);
    let odd = sleeping_thread(&specimen, "a) R 9 9 9 9");
    assert!(odd.user + odd.system.unwrap() < Duration::from_secs(1));
    let own = oslens::process::Process::current().unwrap();
    assert_eq!(odd.nice, own.nice().unwrap());
}

#[test]
fn d12_a_cpu_beyond_1024_is_refused_and_never_dropped() {
    let specimen = zoo::sleeper();
    let process = Process::open(specimen.pid()).unwrap();
    let before = process.cpu_affinity().unwrap();
    for cpus in [&[5000][..], &[u32::MAX], &[]] {
        let error = process.set_cpu_affinity(cpus).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    }
    assert_eq!(process.cpu_affinity().unwrap(), before);
    // One that exists beside one that does not: the kernel takes what there
    // is, and nothing is lost silently where the mask is long enough.
    process.set_cpu_affinity(&[before[0]]).unwrap();
    assert_eq!(process.cpu_affinity().unwrap(), [before[0]]);
}

#[test]
fn d22_listings_at_the_same_time_do_not_disturb_each_other() {
    let mine = Pid::current();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..5 {
                    let rows = process::list(Fields::NAME | Fields::PPID).unwrap();
                    assert!(rows.iter().any(|row| row.pid == mine && row.name.is_ok()));
                    assert!(rows.is_sorted_by_key(|row| row.pid));
                }
            });
        }
    });
}

#[test]
fn d23_a_zombie_child_is_a_child() {
    let mut parent = zoo::sleeper();
    let zombie = Pid::new(parent.zombie_child());
    let living = Pid::new(parent.fan(1)[0]);
    let process = Process::open(parent.pid()).unwrap();
    for children in [process.children().unwrap(), process.descendants().unwrap()] {
        let pids: Vec<Pid> = children.iter().map(Process::pid).collect();
        assert!(pids.contains(&zombie) && pids.contains(&living), "{pids:?}");
    }
    assert!(
        process::tree()
            .unwrap()
            .children(Pid::new(parent.pid()))
            .any(|child| child.pid == zombie)
    );
}

#[test]
fn issue_613_threads_have_names_and_states() {
    let specimen = zoo::threaded(&[b"worker-1"]);
    let thread = sleeping_thread(&specimen, "worker-1");
    assert_ne!(thread.id, specimen.pid().into());
    assert!(thread.start.is_known());
}

#[test]
fn issue_697_groups_and_sessions_are_those_of_the_c_library() {
    let mut specimen = zoo::sleeper();
    specimen.new_session();
    let process = Process::open(specimen.pid()).unwrap();
    let pid = Pid::new(specimen.pid());
    assert_eq!(
        (process.pgid().unwrap(), process.sid().unwrap()),
        (pid, pid)
    );
    let me = Process::current().unwrap();
    let group = rustix::process::getpgrp().as_raw_nonzero().get();
    assert_eq!(me.pgid().unwrap(), Pid::new(group as u32));
}

#[test]
fn issue_1344_a_start_follows_the_boot_time_of_the_same_root() {
    // In LXC, lxcfs shows a boot time of the container's own in stat while
    // starts still count from the machine's boot. What /proc/stat and
    // /proc/uptime of one root say belongs together.
    let specimen = zoo::sleeper();
    let created = Process::open(specimen.pid())
        .unwrap()
        .create_time()
        .unwrap();
    let now = SystemTime::now();
    let age = now.duration_since(created).unwrap_or_default();
    assert!(age < Duration::from_secs(60), "{age:?}");
    assert!(created > host::boot_time().unwrap());
    assert!(created <= now + Duration::from_millis(50), "born tomorrow");
}

#[test]
fn issue_1460_all_batteries_are_there_and_a_keyboards_is_told() {
    let root = FixtureRoot::new();
    let dir = "sys/class/power_supply";
    for (battery, scope, capacity) in [
        ("BAT1", None, "80"),
        ("BAT0", None, "50"),
        ("hid-battery", Some("Device"), "10"),
    ] {
        root.write(format!("{dir}/{battery}/type"), b"Battery\n");
        root.write(format!("{dir}/{battery}/present"), b"1\n");
        let capacity = format!("{capacity}\n");
        root.write(format!("{dir}/{battery}/capacity"), capacity.as_bytes());
        if let Some(scope) = scope {
            root.write(format!("{dir}/{battery}/scope"), scope.as_bytes());
        }
    }
    let batteries = host_of(&root).batteries().unwrap();
    assert_eq!(batteries.len(), 3);
    let of = |name: &str| batteries.iter().find(|it| it.name == name).unwrap();
    assert_eq!(of("BAT0").fraction, Some(0.5));
    assert_eq!(of("BAT1").fraction, Some(0.8));
    assert_eq!(
        of("hid-battery").scope,
        oslens::sensors::BatteryScope::Device
    );
    assert_eq!(of("BAT0").scope, oslens::sensors::BatteryScope::System);
    // Nobody knows, so nobody says.
    assert_eq!(of("BAT0").cycle_count, None);
    assert_eq!(of("BAT0").time_to_empty, None);
}

#[test]
fn issue_1581_a_full_backlog_shows_in_the_queue_of_the_listener() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let _waiting = std::net::TcpStream::connect(address).unwrap();
    let all = net::connections(Kind::TCP4).unwrap();
    let mine = all
        .iter()
        .find(|it| it.local == Some(address) && it.remote.is_none())
        .unwrap();
    assert_eq!(mine.recv_queue, Some(1), "one waits to be accepted");
}

#[test]
fn issues_1915_and_2809_meminfo_of_odd_kernels_is_read() {
    let root = FixtureRoot::new().file(
        "proc/meminfo",
        "MemTotal:      1000 kB\nMemFree:       300 kB\nMemAvailable:    0 kB\n\
         Buffers:        10 kB\nCached:        200 kB\nActive(file):   80 kB\n\
         Inactive(file): 60 kB\nSReclaimable:   20 kB\nShadowCallStack:10373888 kB\n",
    );
    let memory = host_of(&root).virtual_memory().unwrap();
    // No zoneinfo, no low watermark: what is free and cached.
    assert!(memory.available >= 300 << 10, "{memory:?}");
    assert!(memory.available <= memory.total);
    assert_eq!(memory.slab, None, "what is not told is not zero");
}

#[test]
fn issue_2385_the_zfs_cache_is_told_beside_the_memory() {
    let root = FixtureRoot::new().file(
        "proc/spl/kstat/zfs/arcstats",
        "13 1 0x01 96 26112 1 2\nname type data\nsize 4 1000000\nc 4 2000000\n\
         c_min 4 400000\nc_max 4 4000000\nhits 4 7\nmisses 4 3\n",
    );
    let arc = host_of(&root).zfs_arc().unwrap().unwrap();
    assert_eq!((arc.size, arc.reclaimable()), (1_000_000, Some(600_000)));
}

#[test]
fn issue_2597_logins_are_found_without_utmp() {
    let root = FixtureRoot::new().file(
        "run/systemd/sessions/3",
        "UID=1000\nUSER=ann\nACTIVE=1\nSTATE=active\nCLASS=user\nTYPE=tty\nTTY=tty1\n\
         LEADER=812\nREALTIME=1700000000000000\n",
    );
    let users = host_of(&root).users().unwrap();
    assert_eq!(users.len(), 1, "{users:?}");
    assert_eq!(users[0].name, "ann");
    assert_eq!(users[0].pid, Some(Pid::new(812)));
    assert_eq!(
        users[0].started,
        Some(UNIX_EPOCH + Duration::from_secs(1_700_000_000))
    );
}

#[test]
fn issue_2725_pressure_is_a_fraction_and_a_time() {
    let root = FixtureRoot::new().file(
        "proc/pressure/memory",
        "some avg10=1.50 avg60=0.00 avg300=0.00 total=2500000\n\
         full avg10=0.50 avg60=0.00 avg300=0.00 total=1000\n",
    );
    let pressure = host_of(&root)
        .pressure(oslens::pressure::Resource::Memory)
        .unwrap();
    let some = pressure.some.unwrap();
    assert!((some.avg10 - 0.015).abs() < 1e-12);
    assert_eq!(some.total, Duration::from_millis(2500));
    assert!(pressure.full.is_some());
}

#[test]
fn per_cpu_times_of_an_old_kernel_with_few_columns_are_read() {
    let root = FixtureRoot::new().file("proc/stat", "cpu 4 0 2 8\ncpu0 2 0 1 4\ncpu2 2 0 1 4\n");
    let cpus = host_of(&root).cpu_times_per_cpu().unwrap();
    let numbers: Vec<u32> = cpus.iter().map(|it| it.cpu).collect();
    // The index of a line is not the number of its CPU.
    assert_eq!(numbers, [0, 2]);
    assert_eq!(cpus[1].times.iowait, None);
}

#[test]
fn sensors_come_by_number_and_a_missing_limit_is_not_copied() {
    let mut root = FixtureRoot::new().file("sys/class/hwmon/hwmon0/name", "chip\n");
    for number in [1, 2, 10] {
        let path = format!("sys/class/hwmon/hwmon0/temp{number}_input");
        root = root.file(path, format!("{number}000\n"));
    }
    let root = root.file("sys/class/hwmon/hwmon0/temp1_crit", "90000\n");
    let temperatures = host_of(&root).temperatures().unwrap();
    let values: Vec<f64> = temperatures.iter().map(|it| it.current.unwrap()).collect();
    assert_eq!(values, [1.0, 2.0, 10.0]);
    assert_eq!(
        (temperatures[0].high, temperatures[0].critical),
        (None, Some(90.0))
    );
}

#[test]
fn an_address_without_a_port_keeps_its_ip() {
    let mut specimen = zoo::sleeper();
    let local = specimen.socket("udp4").address("local");
    let process = Process::open(specimen.pid()).unwrap();
    let mine = process.connections(Kind::UDP4).unwrap();
    let mine = mine.iter().find(|it| it.local == Some(local)).unwrap();
    // Unconnected: there is no remote, rather than one that is 0.0.0.0:0.
    assert_eq!(mine.remote, None);
    assert!(mine.local.is_some_and(|it: SocketAddr| it.port() != 0));
}

#[test]
fn a_socket_path_with_blanks_is_a_path() {
    let scratch = FixtureRoot::new();
    let path = scratch.join(OsStr::from_bytes(b"a socket \xff with blanks"));
    let _listener = UnixListener::bind(&path).unwrap();
    let all = Process::current().unwrap().connections(Kind::UNIX).unwrap();
    assert!(
        all.iter()
            .filter_map(|it| it.unix.as_ref())
            .any(|unix| unix.name == Some(UnixName::Path(path.clone()))),
        "{all:#?}"
    );
}

#[test]
fn a_pid_of_a_thread_is_no_process() {
    let mut specimen = zoo::sleeper();
    let thread = specimen.thread(b"thread");
    assert!(!process::pid_exists(thread).unwrap());
    assert!(!process::pids().unwrap().contains(&Pid::new(thread)));
}

#[test]
fn anonymous_memory_has_no_invented_name() {
    let mut specimen = zoo::sleeper();
    specimen.hold_memory(4 << 20, 4 << 20);
    let maps = Process::open(specimen.pid())
        .unwrap()
        .memory_maps()
        .unwrap();
    assert!(maps.iter().any(|map| {
        // Kernels can be told a name for it, and the C library may do so.
        map.usage.size >= 4 << 20
            && map
                .name
                .as_ref()
                .is_none_or(|name| name.as_bytes().starts_with(b"["))
    }));
    assert!(
        maps.iter()
            .all(|map| map.name.as_deref() != Some("[anon]".as_ref()))
    );
}

#[test]
fn context_switches_and_oom_weight_are_told_apart_from_unknown() {
    let process = Process::current().unwrap();
    assert!(process.ctx_switches().unwrap().voluntary < u64::MAX);
    assert!((-1000..=1000).contains(&process.oom_score_adjustment().unwrap()));
    // Without audit, or without a login, nobody is the user: not user 2^32-1.
    match process.login_uid() {
        Ok(uid) => assert_ne!(uid, Some(u32::MAX)),
        Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported),
    }
}
