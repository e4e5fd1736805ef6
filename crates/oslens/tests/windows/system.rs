//! CPUs, memory, the machine, batteries.

use std::{
    thread,
    time::{Duration, Instant, SystemTime},
};

use oslens::{ErrorKind, cpu, host, memory, pressure, sensors};
use oslens_testkit::{skip_allowed, wine};

/// A number of a file like `/proc/meminfo`.
fn number(file: &str, key: &str) -> Result<u64, String> {
    let content = wine::proc_file(file)?;
    let content = String::from_utf8_lossy(&content).into_owned();
    content
        .lines()
        .find_map(|line| {
            let mut words = line.split_whitespace();
            (words.next() == Some(key)).then(|| words.next()?.parse().ok())?
        })
        .ok_or_else(|| format!("/proc/{file} has no {key}"))
}

#[test]
fn there_are_as_many_cpus_as_the_standard_library_and_linux_count() {
    let cpus = cpu::online().unwrap();
    assert!(cpus.is_sorted());
    assert_eq!(cpu::count().unwrap() as usize, cpus.len());
    assert!(cpus.len() >= thread::available_parallelism().unwrap().get());
    if let Some(cores) = cpu::physical_count().unwrap() {
        assert!(cores >= 1 && cores as usize <= cpus.len());
    }
    let stat = match wine::proc_file("stat") {
        Ok(stat) => stat,
        Err(reason) => skip_allowed!("{reason}"),
    };
    let stat = String::from_utf8_lossy(&stat).into_owned();
    let lines = stat
        .lines()
        .filter(|line| line.starts_with("cpu") && !line.starts_with("cpu "));
    assert_eq!(lines.count(), cpus.len());
}

#[test]
fn every_cpu_has_times_that_only_grow_and_add_up() {
    let each = cpu::times_per_cpu().unwrap();
    let numbers: Vec<u32> = each.iter().map(|one| one.cpu).collect();
    assert_eq!(numbers, cpu::online().unwrap());
    let before = cpu::times().unwrap();
    let since = Instant::now();
    thread::sleep(Duration::from_millis(300));
    let delta = cpu::times().unwrap().since(&before);
    let elapsed = since.elapsed();
    let all = elapsed * u32::try_from(each.len()).unwrap();
    // Steps of 10 to 16 ms, for each CPU.
    let total = delta.total();
    let slack = Duration::from_millis(100) * u32::try_from(each.len()).unwrap();
    assert!(
        total + slack >= all && total <= all + slack,
        "{total:?} of {all:?}"
    );
    let busy = delta.busy().unwrap();
    assert!((0.0..=1.0).contains(&busy), "{busy}");
}

#[test]
fn a_busy_thread_shows_in_the_times() {
    let before = cpu::times().unwrap();
    let until = Instant::now() + Duration::from_millis(400);
    while Instant::now() < until {
        std::hint::black_box(0);
    }
    let delta = cpu::times().unwrap().since(&before);
    let busy = delta.times.user + delta.times.system;
    assert!(busy >= Duration::from_millis(100), "{delta:?}");
}

#[test]
fn linux_spends_the_same_cpu_time() {
    // Hundredths of a second: user, nice, system, idle, iowait, …
    let idle = || -> Result<Duration, String> {
        let stat = wine::proc_file("stat")?;
        let stat = String::from_utf8_lossy(&stat).into_owned();
        let line = stat.lines().next().unwrap_or_default();
        let ticks: Vec<u64> = line
            .split_whitespace()
            .skip(1)
            .filter_map(|word| word.parse().ok())
            .collect();
        Ok(Duration::from_millis(ticks[3] * 10))
    };
    let before = match idle() {
        Ok(idle) => idle,
        Err(reason) => skip_allowed!("{reason}"),
    };
    let own = cpu::times().unwrap().idle;
    let after = idle().unwrap();
    let second = Duration::from_secs(1);
    assert!(
        own + second >= before && own <= after + second,
        "{before:?} {own:?} {after:?}"
    );
}

#[test]
fn counters_of_the_kernel_are_kept_or_unknown() {
    let stats = cpu::stats().unwrap();
    for counter in [stats.ctx_switches, stats.interrupts, stats.syscalls] {
        assert_ne!(counter, Some(0), "{stats:?}");
    }
    assert_eq!((stats.forks, stats.running), (None, None));
    let events = memory::stats().unwrap();
    assert_ne!(events.page_faults, Some(0));
}

#[test]
fn cpus_run_at_a_frequency_that_can_be() {
    let all = cpu::frequency_per_cpu().unwrap();
    let online = cpu::online().unwrap();
    for one in &all {
        assert!(online.contains(&one.cpu));
        let hertz = one.frequency.current.or(one.frequency.max).unwrap();
        assert!((100_000_000..20_000_000_000).contains(&hertz), "{one:?}");
        assert_eq!(one.frequency.min, None);
    }
    match cpu::frequency() {
        Ok(mean) => assert!(!all.is_empty() && mean.max.is_some()),
        Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}"),
    }
}

#[test]
fn the_memory_is_what_linux_says() {
    let now = memory::virtual_memory().unwrap();
    assert!(now.available <= now.total);
    assert_eq!(now.used, now.total - now.available);
    assert!(now.committed.unwrap() <= now.commit_limit.unwrap());
    let total = match number("meminfo", "MemTotal:") {
        Ok(total) => total * 1024,
        Err(reason) => skip_allowed!("{reason}"),
    };
    assert_eq!(now.total >> 20, total >> 20);
    // Wine calls what Linux has free available; other programs run meanwhile.
    let available = number("meminfo", "MemAvailable:").unwrap() * 1024;
    assert!(now.available <= available + (512 << 20), "{now:?}");
}

#[test]
fn swap_is_that_of_the_page_files() {
    let devices = match memory::swap_devices() {
        Ok(devices) => devices,
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
            assert_eq!(
                memory::swap_memory().unwrap_err().kind(),
                ErrorKind::Unsupported
            );
            skip_allowed!("{error}");
        }
    };
    let swap = memory::swap_memory().unwrap();
    assert_eq!(swap.used + swap.free, swap.total);
    for device in devices {
        assert!(device.used <= device.total && device.path.is_absolute());
    }
}

#[test]
fn the_machine_has_run_as_long_as_linux_says() {
    let uptime = host::uptime().unwrap();
    let booted = host::boot_time().unwrap();
    assert!(booted <= SystemTime::now());
    let content = match wine::proc_file("uptime") {
        Ok(content) => String::from_utf8_lossy(&content).into_owned(),
        Err(reason) => skip_allowed!("{reason}"),
    };
    let seconds: f64 = content.split(' ').next().unwrap().parse().unwrap();
    let difference = (uptime.as_secs_f64() - seconds).abs();
    assert!(difference < 5.0, "{uptime:?} and {content}");
}

#[test]
fn under_wine_the_boot_is_the_start_of_its_server() {
    let stat = match wine::pid_of_name("wineserver64")
        .and_then(|pid| wine::proc_file(&format!("{pid}/stat")))
    {
        Ok(stat) => String::from_utf8_lossy(&stat).into_owned(),
        Err(reason) => skip_allowed!("{reason}"),
    };
    // Behind the name: the 20th is the start, hundredths of a second since boot.
    let after_name = stat.rsplit(')').next().unwrap();
    let start = after_name.split_whitespace().nth(19).unwrap();
    let start: f64 = start.parse().unwrap();
    let uptime = wine::proc_file("uptime").unwrap();
    let uptime = String::from_utf8_lossy(&uptime).into_owned();
    let uptime: f64 = uptime.split(' ').next().unwrap().parse().unwrap();
    let since_boot = SystemTime::now().duration_since(host::boot_time().unwrap());
    let difference = since_boot.unwrap().as_secs_f64() - (uptime - start / 100.0);
    assert!(difference.abs() < 3.0, "{difference}");
}

#[test]
fn boot_and_uptime_are_of_one_clock() {
    if wine::version().is_some() {
        skip_allowed!("Wine's boot is the start of its server");
    }
    let since = SystemTime::now()
        .duration_since(host::boot_time().unwrap())
        .unwrap();
    let difference = since.as_secs_f64() - host::uptime().unwrap().as_secs_f64();
    assert!(difference.abs() < 5.0, "{difference}");
}

#[test]
fn the_machine_has_names() {
    let info = host::info().unwrap();
    assert_eq!(info.os_id.as_deref(), Some("windows".as_ref()));
    assert_eq!(info.kernel.as_deref(), Some("Windows NT".as_ref()));
    let release = info.kernel_release.unwrap().into_string().unwrap();
    let numbers: Vec<u32> = release
        .split('.')
        .map(|word| word.parse().unwrap())
        .collect();
    assert!(numbers[0] >= 6 && numbers[2] > 0, "{release}");
    assert!(info.os_name.unwrap().to_string_lossy().contains("Windows"));
    let architecture = info.architecture.unwrap();
    // A program for another one can run, by emulation.
    assert!(["x86_64", "aarch64"].contains(&architecture.to_str().unwrap()));
    let name = info.hostname.unwrap().into_string().unwrap();
    let linux = match wine::proc_file("sys/kernel/hostname") {
        Ok(name) => String::from_utf8_lossy(&name).trim().to_owned(),
        Err(reason) => skip_allowed!("{reason}"),
    };
    let first = |name: &str| name.split('.').next().unwrap_or_default().to_lowercase();
    assert_eq!(first(&name), first(&linux));
}

#[test]
fn whoever_runs_this_is_logged_in_or_nobody_is() {
    for user in host::users().unwrap() {
        assert!(!user.name.is_empty() && user.session.is_some());
        assert!(user.started.is_none_or(|start| start <= SystemTime::now()));
    }
    if wine::version().is_some() {
        // One session, of the user that runs Wine.
        let users = host::users().unwrap();
        let own = std::env::var_os("USERNAME").unwrap();
        assert!(users.iter().any(|user| user.name == own), "{users:?}");
    }
}

#[test]
fn users_have_no_numbers() {
    assert_eq!(host::user_name(0), None);
    assert_eq!(host::group_name(0), None);
}

#[test]
fn batteries_are_real_ones() {
    for battery in sensors::batteries().unwrap() {
        if let Some(fraction) = battery.fraction {
            assert!((0.0..=1.0).contains(&fraction), "{battery:?}");
        }
        assert_ne!(battery.present, Some(false));
    }
}

#[test]
fn what_windows_does_not_have_is_unsupported_by_name() {
    for (error, name) in [
        (sensors::temperatures().unwrap_err(), "temperatures"),
        (sensors::fans().unwrap_err(), "fans"),
        (memory::zfs_arc().unwrap_err(), "ZFS"),
        (pressure::cpu().unwrap_err(), "pressure"),
        (cpu::load_average().unwrap_err(), "load average"),
    ] {
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn load_is_counted_or_threads_have_no_states() {
    let tracker = match cpu::LoadTracker::start() {
        Ok(tracker) => tracker,
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
            assert!(error.to_string().contains("states of threads"), "{error}");
            skip_allowed!("{error}");
        }
    };
    let load = tracker.load_average().unwrap();
    assert!(load.one >= 0.0 && load.total.unwrap() > load.running.unwrap());
}

#[test]
fn another_host_is_never_answered_with_this_machine() {
    let other = oslens::Host::builder().root(r"Z:\no\such\root").build();
    let errors = [
        other.cpu_times().err(),
        other.cpu_times_per_cpu().err(),
        other.online_cpus().err(),
        other.physical_cpu_count().err(),
        other.cpu_stats().err(),
        other.cpu_frequency_per_cpu().err(),
        other.load_average().err(),
        other.virtual_memory().err(),
        other.swap_memory().err(),
        other.swap_devices().err(),
        other.memory_stats().err(),
        other.boot_time().err(),
        other.uptime().err(),
        other.users().err(),
        other.info().err(),
        other.batteries().err(),
        other.disk_partitions(oslens::disk::Partitions::All).err(),
        other.disk_devices().err(),
        other.disk_io_counters().err(),
        other.net_interfaces().err(),
        other.net_io_counters().err(),
        other.socket_summary().err(),
        other.processes(oslens::process::Fields::NAME).err(),
    ];
    for (index, error) in errors.into_iter().enumerate() {
        let kind = error.map(|error| error.kind());
        assert_eq!(kind, Some(ErrorKind::Unsupported), "number {index}");
    }
}

#[test]
fn looking_again_and_again_leaves_no_handles_behind() {
    use oslens::os::windows::ProcessExt as _;
    let own = oslens::process::Process::current().unwrap();
    let look = || {
        let _ = (cpu::times(), cpu::times_per_cpu(), cpu::stats());
        let _ = (cpu::frequency(), cpu::physical_count(), cpu::limit());
        let _ = (cpu::LoadTracker::start(), host::boot_time(), host::users());
        let _ = (host::info(), memory::virtual_memory(), memory::stats());
        let _ = (memory::swap_devices(), sensors::batteries());
    };
    // What is loaded at first use stays.
    (0..10).for_each(|_| look());
    let before = own.handle_counts().unwrap().handles;
    for _ in 0..300 {
        look();
    }
    let after = own.handle_counts().unwrap().handles;
    // Other tests of this program run meanwhile, and Wine tells the size of
    // its table, which doubles.
    assert!(after < before + 280, "{before} and then {after}");
}

#[test]
fn limits_are_those_of_the_machine() {
    let limit = cpu::limit().unwrap();
    assert_eq!(limit.online, cpu::count().unwrap());
    assert!(limit.cpus() > 0.0);
    let memory = memory::limit().unwrap();
    assert!(memory.total <= memory::virtual_memory().unwrap().total);
}
