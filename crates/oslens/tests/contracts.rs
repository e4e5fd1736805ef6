//! What every function promises: types, ranges, sums, counters that only
//! grow, and the kind of each refusal.

#![cfg(target_os = "linux")]

mod surface;

use std::{
    path::Path,
    time::{Duration, SystemTime},
};

use oslens::{
    Error, ErrorKind, Host, HostBuilder, Unavailable, cgroup, counters, cpu, disk, host, memory,
    net::{self, ConnectionQuery, Kind, TcpStates},
    os::linux::ProcessExt as _,
    pressure,
    process::{
        self, Fields, IoClass, Pid, Process, ProcessId, Resource, Sampler, Signal, StartTime,
    },
    sensors,
};
use oslens_testkit::{FixtureRoot, ns::NsOptions, skip_allowed, zoo};
use surface::{HOST_CALLS, PROCESS_CALLS};

/// Everything may be sent to and used by other threads.
#[test]
fn every_public_type_is_send_and_sync() {
    fn check<T: Send + Sync + std::fmt::Debug>() {}
    check::<Error>();
    check::<ErrorKind>();
    check::<Unavailable>();
    check::<Host>();
    check::<HostBuilder>();
    check::<host::UserNames>();
    check::<host::Info>();
    check::<host::User>();
    check::<counters::NoWrap<String, 3>>();
    check::<cpu::Times>();
    check::<cpu::TimesDelta>();
    check::<cpu::Fractions>();
    check::<cpu::CpuLimit>();
    check::<cpu::Stats>();
    check::<cpu::FrequencyOf>();
    check::<cpu::LoadAverage>();
    check::<memory::VirtualMemory>();
    check::<memory::SwapMemory>();
    check::<memory::SwapDevice>();
    check::<memory::ZfsArc>();
    check::<memory::ContainerMemory>();
    check::<disk::Partition>();
    check::<disk::Device>();
    check::<disk::Usage>();
    check::<disk::IoSnapshot>();
    check::<disk::IoDelta>();
    check::<disk::IoNoWrap>();
    check::<net::Connection>();
    check::<net::ConnectionQuery>();
    check::<net::Interface>();
    check::<net::InterfaceCounters>();
    check::<net::InterfaceTraffic>();
    check::<net::SocketSummary>();
    check::<sensors::Temperature>();
    check::<sensors::Fan>();
    check::<sensors::Battery>();
    check::<pressure::Pressure>();
    check::<cgroup::Limits>();
    check::<cgroup::Usage>();
    check::<Process>();
    check::<Pid>();
    check::<ProcessId>();
    check::<StartTime>();
    check::<process::ProcessRow>();
    check::<process::ProcessDelta>();
    check::<Sampler>();
    check::<process::Sample<'_>>();
    check::<process::Tree>();
    check::<process::Thread>();
    check::<process::MemoryMap>();
    check::<process::MapGroup>();
    check::<process::OpenFile>();
    check::<process::Descriptor>();
    check::<process::Waited>();
    check::<Signal>();
    check::<oslens::os::linux::Namespaces>();
    check::<oslens::os::linux::Security>();
}

#[test]
fn every_function_answers_the_privileged_caller_here() {
    for (name, call) in HOST_CALLS {
        if let Err(error) = call(Host::local()) {
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{name}: {error}");
        }
    }
    let me = Process::current().unwrap();
    for (name, call) in PROCESS_CALLS {
        if let Err(error) = call(&me) {
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{name}: {error}");
        }
    }
}

#[test]
fn times_of_the_cpus_add_up_and_only_grow() {
    let before = cpu::times().unwrap();
    let each = cpu::times_per_cpu().unwrap();
    let after = cpu::times().unwrap();
    assert_eq!(each.len(), cpu::count().unwrap() as usize);
    assert!(each.is_sorted_by_key(|it| it.cpu));
    let sum: Duration = each.iter().map(|it| it.times.user).sum();
    // A tick is rounded for each CPU.
    let slack = Duration::from_millis(20) * each.len() as u32;
    assert!(before.user <= sum + slack && sum <= after.user + slack);
    for (low, high) in [
        (before.user, after.user),
        (before.system, after.system),
        (before.nice, after.nice),
        (before.softirq.unwrap(), after.softirq.unwrap()),
    ] {
        assert!(low <= high);
    }
    let online = cpu::online().unwrap();
    assert!(online.is_sorted() && !online.is_empty());
    if let Some(cores) = cpu::physical_count().unwrap() {
        assert!(cores >= 1 && cores <= cpu::count().unwrap());
    }
    let limit = cpu::limit().unwrap();
    assert!(limit.cpus() > 0.0 && limit.cpus() <= f64::from(limit.online));
    assert!((1..=limit.online).contains(&limit.parallelism()));
    let load = cpu::load_average().unwrap();
    assert!(load.one >= 0.0 && load.five >= 0.0 && load.fifteen >= 0.0);
    assert!(load.total.unwrap() > 0);
}

#[test]
fn counters_only_grow() {
    let stats = cpu::stats().unwrap();
    let swap = memory::swap_memory().unwrap();
    let disks = disk::io_counters().unwrap();
    let nics = net::io_counters().unwrap();
    let uptime = host::uptime().unwrap();
    let me = Process::current().unwrap();
    let row = me.read(Fields::all()).unwrap();
    // Something to count.
    drop(std::fs::read("/proc/self/maps"));
    let now = cpu::stats().unwrap();
    assert!(stats.ctx_switches <= now.ctx_switches && now.ctx_switches.is_some());
    assert!(stats.interrupts <= now.interrupts && now.interrupts.is_some());
    assert!(stats.forks <= now.forks);
    let swap_now = memory::swap_memory().unwrap();
    assert!(swap.swapped_in <= swap_now.swapped_in);
    assert!(swap.swapped_out <= swap_now.swapped_out);
    assert!(uptime <= host::uptime().unwrap());
    let disks_now = disk::io_counters().unwrap();
    for device in &disks.devices {
        let Some(now) = disks_now.get(&device.name) else {
            continue;
        };
        assert!(device.counters.read_bytes <= now.read_bytes);
        assert!(device.counters.write_count <= now.write_count);
    }
    let delta = disks_now.since(&disks);
    assert!(delta.elapsed > Duration::ZERO);
    for device in &delta.devices {
        let busy = device.busy_fraction().unwrap_or(0.0);
        assert!((0.0..=1.0).contains(&busy), "{device:?}");
    }
    let nics_now = net::io_counters().unwrap();
    for nic in &nics {
        if let Some(now) = nics_now.iter().find(|it| it.name == nic.name) {
            assert!(nic.counters.bytes_recv <= now.counters.bytes_recv);
            assert!(now.since(nic).bytes_recv_per_second() >= 0.0);
        }
    }
    let now = me.read(Fields::all()).unwrap();
    assert!(row.cpu_total.unwrap() <= now.cpu_total.unwrap());
    let io = (row.io_counters.unwrap(), now.io_counters.unwrap());
    assert!(io.0.read_chars < io.1.read_chars && io.0.read_count < io.1.read_count);
    assert!(row.page_faults.unwrap().minor <= now.page_faults.unwrap().minor);
    let delta = now.since(&row).unwrap();
    assert!(delta.cpu.unwrap() >= 0.0);
    // Not the other way round: time does not go back.
    assert!(
        row.since(&now)
            .is_none_or(|delta| delta.cpu.is_err() || delta.cpu == Ok(0.0))
    );
}

#[test]
fn memory_is_within_the_total() {
    let memory = memory::virtual_memory().unwrap();
    assert!(memory.total > 0);
    for part in [memory.available, memory.used, memory.free] {
        assert!(part <= memory.total, "{memory:?}");
    }
    assert_eq!(memory.used, memory.total - memory.available);
    assert!((0.0..=1.0).contains(&memory.used_fraction()));
    for part in [
        memory.active,
        memory.inactive,
        memory.buffers,
        memory.cached,
        memory.slab,
    ] {
        assert!(part.unwrap() <= memory.total);
    }
    assert_eq!(
        memory.slab.unwrap(),
        memory.slab_reclaimable.unwrap() + memory.slab_unreclaimable.unwrap()
    );
    let swap = memory::swap_memory().unwrap();
    assert_eq!(swap.total, swap.used + swap.free);
    assert!((0.0..=1.0).contains(&swap.used_fraction()));
    let limit = memory::limit().unwrap();
    assert!(limit.total <= memory.total && limit.available <= limit.total);
    assert!((0.0..=1.0).contains(&limit.used_fraction()));
    let usage = disk::usage("/").unwrap();
    assert!(usage.used <= usage.total && usage.available <= usage.total);
    assert!((0.0..=1.0).contains(&usage.used_fraction()));
}

#[test]
fn pressure_and_frequency_are_in_their_ranges() {
    for pressure in [
        pressure::cpu(),
        pressure::memory(),
        pressure::io(),
        pressure::irq(),
    ] {
        match pressure {
            Ok(pressure) => {
                for stall in [pressure.some, pressure.full].into_iter().flatten() {
                    for average in [stall.avg10, stall.avg60, stall.avg300] {
                        assert!((0.0..=1.0).contains(&average), "{stall:?}");
                    }
                }
            }
            Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported),
        }
    }
    match cpu::frequency() {
        Ok(frequency) => {
            // Hertz: no CPU in use is slower than 1 MHz or faster than 100 GHz.
            let current = frequency.current.unwrap();
            assert!((1_000_000..100_000_000_000).contains(&current), "{current}");
        }
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Unsupported);
            skip_allowed!("{error}");
        }
    }
}

#[test]
fn a_process_is_consistent_with_itself() {
    let mut specimen = zoo::threaded(&[b"one", b"two"]);
    specimen.hold_memory(16 << 20, 8 << 20);
    let process = Process::open(specimen.pid()).unwrap();
    let row = process.read(Fields::all()).unwrap();
    assert_eq!(row.id(), process.id());
    assert_eq!(
        row.num_threads.unwrap() as usize,
        process.threads().unwrap().len()
    );
    assert_eq!(
        row.num_fds.unwrap() as usize,
        process.descriptors().unwrap().len()
    );
    let memory = row.memory_info.unwrap();
    assert!(memory.rss >= 8 << 20 && memory.vms >= memory.rss);
    assert!(memory.shared.unwrap() <= memory.rss && memory.text.unwrap() <= memory.vms);
    let footprint = row.memory_footprint.unwrap();
    assert!(footprint.uss >= 8 << 20 && footprint.uss <= footprint.pss.unwrap());
    let details = row.memory_info_ex.unwrap();
    assert!(details.peak_vms.unwrap() >= memory.vms);
    let kinds = [details.rss_anon, details.rss_file, details.rss_shmem];
    let sum: u64 = kinds.into_iter().flatten().sum();
    assert!(
        sum.abs_diff(memory.rss) <= 1 << 20,
        "{details:?} {memory:?}"
    );
    let maps = process.memory_maps().unwrap();
    assert!(maps.is_sorted_by_key(|map| map.start));
    assert!(maps.iter().all(|map| map.end - map.start == map.usage.size));
    let groups = process.memory_maps_grouped().unwrap();
    assert_eq!(
        groups.iter().map(|group| group.count).sum::<usize>(),
        maps.len()
    );
    assert!(row.create_time.unwrap() <= SystemTime::now() + Duration::from_millis(50));
    assert!(row.available().contains(Fields::all()), "{row:?}");
    // Every value alone is the value of the row.
    assert_eq!(process.name().unwrap(), row.name.unwrap());
    assert_eq!(process.ppid().unwrap(), row.ppid.unwrap());
    assert_eq!(process.uids().unwrap(), row.uids.unwrap());
    assert_eq!(process.environ().unwrap(), row.environ.unwrap());
    assert_eq!(process.create_time().unwrap(), row.create_time.unwrap());
    let parent = process.parent().unwrap().unwrap();
    assert_eq!(parent.pid(), Pid::current());
    assert!(parent.children().unwrap().contains(&process));
}

/// What a field says must not depend on what else is asked for: files that
/// are read anyway tell more about the process than its own file does.
fn each_field_alone_is_as_in_a_full_row() {
    let specimens = [zoo::sleeper(), zoo::zombie(), zoo::stopped()];
    let mut stubborn: Option<Vec<String>> = None;
    // Processes live on between the reads.
    for _ in 0..3 {
        let mut now = Vec::new();
        let mut pids = process::pids().unwrap();
        pids.truncate(60);
        pids.extend(specimens.iter().map(|it| Pid::new(it.pid())));
        for pid in pids {
            let Ok(process) = Process::open(pid) else {
                continue;
            };
            let Ok(full) = process.read(Fields::all()) else {
                continue;
            };
            for field in Fields::all().iter() {
                let Ok(alone) = process.read(field) else {
                    break;
                };
                let both = [&full, &alone].map(|row| row.available().contains(field));
                if both[0] != both[1] {
                    now.push(format!("{pid} {:?}: {field:?} {both:?}", process.name()));
                }
            }
        }
        now.retain(|line| stubborn.as_ref().is_none_or(|before| before.contains(line)));
        if now.is_empty() {
            return;
        }
        stubborn = Some(now);
    }
    panic!(
        "in a full row and alone: {:#?}",
        stubborn.unwrap_or_default()
    );
}

#[test]
fn a_field_does_not_depend_on_what_else_is_asked_for() {
    each_field_alone_is_as_in_a_full_row();
}

#[test]
fn a_field_does_not_depend_on_what_else_an_ordinary_user_asks_for() {
    oslens_testkit::in_namespaces!(NsOptions::new().uid(zoo::NOBODY));
    each_field_alone_is_as_in_a_full_row();
}

#[test]
fn pids_that_cannot_be_are_no_such_process() {
    let mut specimen = zoo::sleeper();
    let gone = specimen.pid();
    specimen.reap();
    for pid in [u32::MAX, 0, i32::MAX as u32, 1 << 31, 1 << 22, gone] {
        let error = Process::open(pid).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoSuchProcess, "{pid}: {error}");
        assert_eq!(error.pid(), Some(Pid::new(pid)));
        assert!(!process::pid_exists(pid).unwrap(), "{pid}");
        for result in [
            cgroup::paths(pid).map(drop),
            cgroup::limits(pid).map(drop),
            Host::local().cpu_limit(pid).map(drop),
        ] {
            if let Err(error) = result {
                assert!(
                    matches!(
                        error.kind(),
                        ErrorKind::NoSuchProcess | ErrorKind::Unsupported
                    ),
                    "{pid}: {error}"
                );
            } else {
                panic!("{pid} has control groups");
            }
        }
    }
}

#[test]
fn arguments_that_cannot_be_are_refused_by_kind_and_change_nothing() {
    let specimen = zoo::sleeper();
    let process = Process::open(specimen.pid()).unwrap();
    let invalid = |result: Result<(), Error>| {
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    };
    let niceness = process.nice().unwrap();
    invalid(process.set_nice(20));
    invalid(process.set_nice(i32::MIN));
    invalid(process.set_ionice(IoClass::BestEffort, 8));
    invalid(process.set_ionice(IoClass::Idle, 1));
    invalid(process.set_cpu_affinity(&[]));
    invalid(process.send_signal(Signal::from_raw(0)));
    invalid(process.send_signal(Signal::from_raw(-1)));
    invalid(process.send_signal(Signal::from_raw(1000)));
    invalid(process.set_oom_score_adjustment(1001));
    invalid(process.cpu_fraction(Duration::ZERO).map(drop));
    invalid(process::wait_any(&[], None).map(drop));
    let limit = process.limit(Resource::OpenFiles).unwrap();
    let mut crossed = limit;
    (crossed.soft, crossed.hard) = (Some(10), Some(5));
    invalid(process.set_limit(Resource::OpenFiles, crossed));
    assert_eq!(process.limit(Resource::OpenFiles).unwrap(), limit);
    assert_eq!(process.nice().unwrap(), niceness);
    assert!(process.is_running().unwrap());
    let timed = process.wait(Some(Duration::ZERO)).unwrap_err();
    assert_eq!(timed.kind(), ErrorKind::TimedOut);
    assert!("nonsense".parse::<Kind>().is_err() && "SIGNOTHING".parse::<Signal>().is_err());
    let error = disk::usage(Path::new("/no/such/path")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("/no/such/path"), "{error}");
    let none = ConnectionQuery::new(Kind::TCP).states(TcpStates::empty());
    assert_eq!(net::connections(none).unwrap(), []);
    assert_eq!(net::connections(Kind::empty()).unwrap(), []);
}

#[test]
fn what_acts_is_unsupported_for_another_host() {
    let specimen = zoo::sleeper();
    let pid = specimen.pid();
    // Another root with the same processes: still not to be acted on.
    let host = Host::builder().root("/").build();
    assert!(!host.is_local() && Host::local().is_local());
    let process = host.process(pid).unwrap();
    let limit = process.limit(Resource::OpenFiles).unwrap();
    let niceness = process.nice().unwrap();
    for result in [
        process.suspend(),
        process.resume(),
        process.terminate(),
        process.kill(),
        process.send_signal(Signal::HUP),
        process.set_nice(5),
        process.set_ionice(IoClass::Idle, 0),
        process.set_cpu_affinity(&[0]),
        process.set_limit(Resource::OpenFiles, limit),
        process.set_oom_score_adjustment(500),
    ] {
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Unsupported);
    }
    // Neither stopped nor gone.
    specimen.await_state('S');
    assert_eq!(process.nice().unwrap(), niceness);
    assert_eq!(process.pidfd().map(|_| ()), None);
}

#[test]
fn identities_are_compared_by_what_is_known() {
    let specimen = zoo::sleeper();
    let a = Process::open(specimen.pid()).unwrap();
    let b = Process::open(specimen.pid()).unwrap();
    assert_eq!(a, b);
    assert_eq!(a, Process::from_id(a.id()));
    assert_ne!(a, Process::current().unwrap());
    assert!(!a.id().differs_from(&b.id()));
    assert!(a.id().start.is_known());
    assert_eq!(a.clone().pid(), a.pid());
    assert!(a.id().to_string().starts_with(&format!("{}@", a.pid())));
    // Hashed by its PID, which never changes.
    #[allow(clippy::mutable_key_type)]
    let mut set = std::collections::HashSet::new();
    assert!(set.insert(a) && !set.insert(b));
}

#[test]
fn a_sample_knows_the_one_before() {
    let specimen = zoo::sleeper();
    let mut sampler = Sampler::new(Fields::TABLE | Fields::CPU_TOTAL).descriptor_budget(16);
    let first = sampler.sample().unwrap();
    assert_eq!(first.elapsed(), None);
    assert_eq!(first.gone().count(), 0);
    assert!(first.rows().iter().all(|row| first.previous(row).is_none()));
    let second = sampler.sample().unwrap();
    assert!(second.elapsed().is_some());
    let row = second.get(specimen.pid()).unwrap();
    assert!(second.delta(row).unwrap().cpu.unwrap() >= 0.0);
    let pid = specimen.pid();
    drop(specimen);
    let third = sampler.sample().unwrap();
    assert!(third.gone().any(|row| row.pid == Pid::new(pid)));
    assert!(third.get(pid).is_none());
}

#[test]
fn a_path_of_any_host_is_where_it_reads() {
    let root = FixtureRoot::new().file("proc/uptime", b"12.50 3.00\n");
    let host = Host::builder().proc(root.proc()).build();
    assert_eq!(host.uptime().unwrap(), Duration::from_millis(12_500));
    assert_eq!(host.proc_path(), root.proc());
    assert_eq!(host.sys_path(), root.sys());
    let all = Host::builder().root(root.path()).build();
    assert_eq!(all.etc_path(), root.path().join("etc"));
    assert_eq!(all.run_path(), root.path().join("run"));
}

#[cfg(feature = "serde")]
mod serialized {
    use super::*;

    /// Written and read again it is the same.
    fn round_trip<T>(name: &str, value: &T)
    where
        T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
    {
        let text = serde_json::to_string(value).unwrap();
        let again: T =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}: {text}"));
        assert_eq!(&again, value, "{name}: {text}");
    }

    #[test]
    fn every_type_that_can_be_read_is_read_as_it_was_written() {
        round_trip("cpu times", &cpu::times().unwrap());
        round_trip("cpu times per cpu", &cpu::times_per_cpu().unwrap());
        round_trip("cpu stats", &cpu::stats().unwrap());
        round_trip("frequencies", &cpu::frequency_per_cpu().ok());
        round_trip("load", &cpu::load_average().unwrap());
        round_trip("cpu limit", &cpu::limit().unwrap());
        round_trip("memory", &memory::virtual_memory().unwrap());
        round_trip("swap", &memory::swap_memory().unwrap());
        round_trip("swap devices", &memory::swap_devices().unwrap());
        round_trip("container memory", &memory::limit().unwrap());
        round_trip(
            "partitions",
            &disk::partitions(disk::Partitions::All).unwrap(),
        );
        round_trip("usage", &disk::usage("/").unwrap());
        round_trip("devices", &disk::devices().unwrap());
        round_trip("disk counters", &disk::io_counters().unwrap().devices);
        round_trip("interfaces", &net::interfaces().unwrap());
        round_trip("connections", &net::connections(Kind::ALL).unwrap());
        round_trip("sockets", &net::socket_summary().unwrap());
        round_trip("users", &host::users().unwrap());
        round_trip("info", &host::info().unwrap());
        round_trip("temperatures", &sensors::temperatures().unwrap());
        round_trip("fans", &sensors::fans().unwrap());
        round_trip("batteries", &sensors::batteries().unwrap());
        round_trip("pressure", &pressure::memory().ok());
        let me = Process::current().unwrap();
        round_trip("id", &me.id());
        round_trip("pid", &me.pid());
        round_trip("fields", &Fields::TABLE);
        round_trip("limits", &me.limits().unwrap());
        round_trip("namespaces", &me.namespaces().unwrap());
        round_trip("security", &me.security().unwrap());
        round_trip("cgroups", &cgroup::paths(Pid::current()).unwrap());
        round_trip("cgroup limits", &cgroup::limits(Pid::current()).ok());
        round_trip("cgroup usage", &cgroup::usage(Pid::current()).ok());
        round_trip("capabilities", &me.capabilities().unwrap());
    }

    #[test]
    fn an_identity_that_was_written_is_still_that_process() {
        let specimen = zoo::sleeper();
        let id = Process::open(specimen.pid()).unwrap().id();
        let text = serde_json::to_string(&id).unwrap();
        let again: ProcessId = serde_json::from_str(&text).unwrap();
        assert!(Process::from_id(again).is_running().unwrap());
    }

    #[test]
    fn every_row_of_every_process_can_be_written() {
        let _zoo = (zoo::zombie(), zoo::renamed(b"\xff\n"), zoo::stopped());
        for row in process::list(Fields::all()).unwrap() {
            let value = serde_json::to_value(&row).unwrap();
            assert_eq!(value["pid"], row.pid.get());
            let text = value.to_string();
            assert!(!text.contains("\"not_requested\""), "{text}");
        }
    }
}
