//! What the library promises on any Unix, without anything of one system:
//! `cargo xtask selftest` runs these on systems that nobody has tried yet.

#![cfg(unix)]

mod surface;

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    os::unix::net::UnixListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant, SystemTime},
};

use oslens::{
    Error, ErrorKind, Host, Unavailable, cpu, disk, host, memory,
    net::{self, Kind, TcpState},
    process::{self, Fields, Pid, Process, Sampler, Signal, State},
};
use oslens_testkit::{own_cpu_time, report, skip_allowed};
use surface::{HOST_CALLS, PROCESS_CALLS};

/// Systems whose kernel is asked. Elsewhere everything is unsupported.
const IS_ASKED: bool = cfg!(any(
    target_os = "linux",
    target_os = "freebsd",
    target_os = "macos",
    target_os = "netbsd",
    target_os = "openbsd",
));

/// What no such system may call unsupported: all of them have it.
const EVERYWHERE: &[&str] = &[
    "boot_time",
    "connections",
    "cpu_count",
    "cpu_times",
    "cpu_times_per_cpu",
    "disk usage",
    "disk_partitions all",
    "info",
    "load_average",
    "net_interfaces",
    "net_io_counters",
    "pid_exists",
    "pids",
    "process_tree",
    "processes",
    "swap_memory",
    "uptime",
    "users",
    "virtual_memory",
];

/// Likewise of the own process.
const OF_ITSELF: &[&str] = &[
    "children",
    "cmdline",
    "connections",
    "cpu_times",
    "cpu_total",
    "create_time",
    "cwd",
    "descendants",
    "descriptors",
    "effective_uid",
    "environ",
    "gids",
    "is_running",
    "limit",
    "memory_info",
    "name",
    "nice",
    "num_fds",
    "num_threads",
    "parent",
    "parents",
    "pgid",
    "ppid",
    "read",
    "state",
    "terminal",
    "threads",
    "uids",
    "wait",
];

/// Ends a test where no kernel is asked.
macro_rules! needs_a_kernel {
    () => {
        if !IS_ASKED {
            skip_allowed!("nothing asks the kernel of this system");
        }
    };
}

/// How a report calls an answer, and whether it is one that may be given.
fn judge(name: &str, answer: &Result<(), Error>, always: &[&str]) -> (String, bool) {
    let Err(error) = answer else {
        return ("ok".to_owned(), true);
    };
    let is_due = IS_ASKED && always.contains(&name);
    match error.kind() {
        ErrorKind::Unsupported => (format!("unsupported: {error}"), !is_due),
        ErrorKind::AccessDenied => (format!("denied: {error}"), !is_due),
        kind => (format!("failed: {kind:?}: {error}"), false),
    }
}

#[test]
fn every_function_of_the_machine_answers_or_says_what_is_lacking() {
    let mut wrong = Vec::new();
    for (name, call) in HOST_CALLS {
        let begin = Instant::now();
        let (text, may_be) = judge(name, &call(Host::local()), EVERYWHERE);
        let taken = begin.elapsed().as_micros();
        report("host", name, format!("{text} ({taken} us)"));
        if !may_be {
            wrong.push(format!("{name}: {text}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_function_of_the_own_process_answers_or_says_what_is_lacking() {
    needs_a_kernel!();
    let me = Process::current().unwrap();
    let mut wrong = Vec::new();
    for (name, call) in PROCESS_CALLS {
        let begin = Instant::now();
        let (text, may_be) = judge(name, &call(&me), OF_ITSELF);
        let taken = begin.elapsed().as_micros();
        report("own process", name, format!("{text} ({taken} us)"));
        if !may_be {
            wrong.push(format!("{name}: {text}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_system_without_a_backend_says_so_by_name() {
    if IS_ASKED {
        // Of those it is the other way round, see above.
        assert!(Process::current().is_ok());
        return;
    }
    assert_eq!(
        process::pids().unwrap_err().kind(),
        ErrorKind::Unsupported,
        "pids"
    );
    assert_eq!(
        memory::virtual_memory().unwrap_err().kind(),
        ErrorKind::Unsupported,
        "virtual memory"
    );
}

/// Time that a CPU spent in any way, without what is counted twice.
fn spent(times: &cpu::Times) -> Duration {
    times.user
        + times.nice
        + times.system
        + times.idle
        + [times.iowait, times.irq, times.softirq, times.steal]
            .into_iter()
            .flatten()
            .sum()
}

#[test]
fn each_cpu_spends_a_second_in_a_second() {
    needs_a_kernel!();
    let cpus = cpu::count().unwrap();
    assert!(cpus > 0);
    let mut seen = Vec::new();
    // A machine that sleeps or is moved loses time.
    for _ in 0..3 {
        let begin = Instant::now();
        let before = cpu::times_per_cpu().unwrap();
        let all_before = cpu::times().unwrap();
        std::thread::sleep(Duration::from_millis(1500));
        let after = cpu::times_per_cpu().unwrap();
        let all_after = cpu::times().unwrap();
        let elapsed = begin.elapsed().as_secs_f64();
        assert!(!after.is_empty() && after.len() <= cpus as usize);
        assert!(after.is_sorted_by_key(|it| it.cpu));
        let grown = |after: &cpu::Times, before: &cpu::Times| {
            spent(after).saturating_sub(spent(before)).as_secs_f64() / elapsed
        };
        let each = after
            .iter()
            .zip(&before)
            .map(|(after, before)| grown(&after.times, &before.times));
        let each: Vec<f64> = each.collect();
        let all = grown(&all_after, &all_before) / after.len() as f64;
        // A wrong length of ticks (100 for 127 or 128 in a second) is
        // further away.
        let near = |share: f64| (0.85..=1.15).contains(&share);
        seen.push(format!("{all:.3} of {each:.3?}"));
        if near(all) && each.iter().all(|&share| near(share)) {
            report(
                "values",
                "seconds of each cpu in a second",
                &seen[seen.len() - 1],
            );
            return;
        }
    }
    panic!("seconds in a second: {seen:?}");
}

#[test]
fn the_parts_of_the_memory_are_within_the_total() {
    needs_a_kernel!();
    let memory = memory::virtual_memory().unwrap();
    assert!(memory.total >= 16 << 20, "{memory:?}");
    for part in [memory.available, memory.used, memory.free] {
        assert!(part > 0 && part <= memory.total, "{memory:?}");
    }
    let others = [
        memory.active,
        memory.inactive,
        memory.buffers,
        memory.cached,
        memory.shared,
    ];
    for part in others.into_iter().flatten() {
        assert!(part <= memory.total, "{memory:?}");
    }
    assert!((0.0..=1.0).contains(&memory.used_fraction()));
    let swap = memory::swap_memory().unwrap();
    assert_eq!(swap.total, swap.used + swap.free, "{swap:?}");
    if let Ok(devices) = memory::swap_devices() {
        let total: u64 = devices.iter().map(|device| device.total).sum();
        // macOS makes its files as it goes.
        assert!(cfg!(target_os = "macos") || total.abs_diff(swap.total) <= swap.total / 20);
        assert!(devices.iter().all(|device| device.used <= device.total));
    }
    report(
        "values",
        "memory total, available, used, free",
        format!(
            "{} {} {} {}",
            memory.total, memory.available, memory.used, memory.free
        ),
    );
    report(
        "values",
        "memory active, inactive, buffers, cached, shared",
        format!("{others:?}"),
    );
    report(
        "values",
        "swap total, used, in, out",
        format!(
            "{} {} {:?} {:?}",
            swap.total, swap.used, swap.swapped_in, swap.swapped_out
        ),
    );
}

#[test]
fn the_time_since_boot_and_the_boot_time_are_the_time_of_day() {
    needs_a_kernel!();
    let (boot, uptime) = (host::boot_time().unwrap(), host::uptime().unwrap());
    let now = SystemTime::now();
    let apart = match now.duration_since(boot + uptime) {
        Ok(apart) => apart,
        Err(error) => error.duration(),
    };
    report(
        "values",
        "boot time and uptime to now",
        format!("{apart:?}"),
    );
    assert!(apart < Duration::from_secs(3), "{apart:?}");
    std::thread::sleep(Duration::from_millis(50));
    assert!(host::uptime().unwrap() > uptime);
    let load = cpu::load_average().unwrap();
    for average in [load.one, load.five, load.fifteen] {
        assert!((0.0..100_000.0).contains(&average), "{load:?}");
    }
}

#[test]
fn counters_only_grow() {
    needs_a_kernel!();
    let cpus = cpu::stats();
    let swap = memory::swap_memory().unwrap();
    let disks = disk::io_counters();
    std::thread::sleep(Duration::from_millis(20));
    if let Ok(before) = cpus {
        let now = cpu::stats().unwrap();
        report(
            "values",
            "switches, interrupts, soft, syscalls, forks",
            format!(
                "{:?} {:?} {:?} {:?} {:?}",
                now.ctx_switches, now.interrupts, now.soft_interrupts, now.syscalls, now.forks
            ),
        );
        assert!(before.ctx_switches <= now.ctx_switches);
        assert!(before.interrupts <= now.interrupts);
        assert!(before.forks <= now.forks);
    }
    let now = memory::swap_memory().unwrap();
    assert!(swap.swapped_in <= now.swapped_in && swap.swapped_out <= now.swapped_out);
    if let Ok(before) = disks {
        let now = disk::io_counters().unwrap();
        for device in &before.devices {
            if let Some(now) = now.get(&device.name) {
                assert!(device.counters.read_bytes <= now.read_bytes);
                assert!(device.counters.write_bytes <= now.write_bytes);
            }
        }
        for device in &now.since(&before).devices {
            let busy = device.busy_fraction().unwrap_or(0.0);
            assert!((0.0..=1.0).contains(&busy), "{busy}");
        }
        report("values", "disks", now.devices.len());
    }
}

/// Ends a child with the test.
struct Kept(Child);

impl Kept {
    fn start(command: &mut Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::null());
        Self(command.stderr(Stdio::null()).spawn().unwrap())
    }

    /// A program that sleeps, started and loaded.
    fn sleeper() -> Self {
        let child = Self::start(Command::new("sleep").arg("600"));
        child.until_loaded();
        child
    }

    /// Waits until `sleep` sleeps: before, it has the libraries open that it
    /// loads.
    fn until_loaded(&self) {
        self.until("it is loaded", |process| {
            let sleeps = || process.state().is_ok_and(|state| state == State::Sleeping);
            let open = || process.num_fds().ok();
            let (slept, before) = (sleeps(), open());
            std::thread::sleep(Duration::from_millis(20));
            let is_sleep = process.name().is_ok_and(|name| name == "sleep");
            slept && sleeps() && is_sleep && open() == before
        });
    }

    fn pid(&self) -> Pid {
        Pid::new(self.0.id())
    }

    fn process(&self) -> Process {
        Process::open(self.pid()).unwrap()
    }

    /// Waits for what comes soon.
    fn until(&self, what: &str, holds: impl Fn(&Process) -> bool) {
        let process = self.process();
        let deadline = Instant::now() + Duration::from_secs(20);
        while !holds(&process) {
            let state = (process.state(), process.name());
            assert!(Instant::now() < deadline, "{what}: {state:?}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Whether it waits for something. macOS does not tell such processes from
/// those that run.
fn rests(process: &Process) -> bool {
    let is_macos = cfg!(target_os = "macos");
    process.state().is_ok_and(|state| match state {
        State::Sleeping | State::Idle => true,
        State::Running => is_macos,
        _ => false,
    })
}

#[test]
fn a_child_is_what_it_was_started_as() {
    needs_a_kernel!();
    let folder = std::fs::canonicalize(std::env::temp_dir()).unwrap();
    let begin = SystemTime::now();
    let mut command = Command::new("sleep");
    command
        .arg("600")
        .env("OSLENS_SELFTEST_CHILD", "of=a test")
        .current_dir(&folder);
    let child = Kept::start(&mut command);
    child.until("it is loaded", |process| {
        process.name().is_ok_and(|name| name == "sleep")
    });
    let process = child.process();
    assert_eq!(process.pid(), child.pid());
    assert_eq!(process.ppid().unwrap(), Pid::current());
    let parent = process.parent().unwrap().unwrap();
    assert_eq!(parent.pid(), Pid::current());
    assert!(parent.children().unwrap().contains(&process));
    assert!(
        process::tree()
            .unwrap()
            .children(Pid::current())
            .any(|id| id == process.id())
    );
    let created = process.create_time().unwrap();
    // Whole seconds on some, and clocks differ by a tick.
    let slack = Duration::from_millis(1100);
    assert!(created >= begin - slack && created <= SystemTime::now() + slack);
    assert_eq!(process.cmdline().unwrap(), ["sleep", "600"]);
    assert_eq!(process.cwd().unwrap(), folder);
    let environ = process.environ().unwrap();
    let ours = environ
        .iter()
        .find(|(name, _)| name == "OSLENS_SELFTEST_CHILD");
    match ours {
        Some((_, value)) => assert_eq!(value, "of=a test"),
        // macOS tells nobody the environment of its own programs.
        None => {
            assert!(cfg!(target_os = "macos") && environ.is_empty());
            report("values", "environment of a child", "empty");
        }
    }
    match process.exe() {
        Ok(path) => {
            let path = path.unwrap();
            // One program with many names, on some systems.
            assert!(path.is_absolute() && path.is_file());
            report("values", "exe of a child", "ok");
        }
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
            report("values", "exe of a child", error);
        }
    }
    let uids = process.uids().unwrap();
    let gids = process.gids().unwrap();
    let own = [
        rustix::process::getuid().as_raw(),
        rustix::process::geteuid().as_raw(),
    ];
    assert_eq!([uids.real, uids.effective], own);
    let own = [
        rustix::process::getgid().as_raw(),
        rustix::process::getegid().as_raw(),
    ];
    assert_eq!([gids.real, gids.effective], own);
    let group = rustix::process::getpgrp();
    assert_eq!(
        process.pgid().unwrap().get(),
        group.as_raw_nonzero().get() as u32
    );
    assert_eq!(process.num_threads().unwrap(), 1);
    assert_eq!(process.threads().unwrap().len(), 1);
    let memory = process.memory_info().unwrap();
    assert!(memory.rss > 0 && memory.vms >= memory.rss, "{memory:?}");
    child.until("it sleeps", rests);
    // All of it at once is the same.
    let row = process.read(Fields::all()).unwrap();
    assert_eq!(row.id(), process.id());
    assert_eq!(row.name.unwrap(), process.name().unwrap());
    assert_eq!(row.ppid.unwrap(), Pid::current());
    assert_eq!(row.uids.unwrap(), uids);
    assert_eq!(row.cmdline.unwrap(), ["sleep", "600"]);
    assert_eq!(row.create_time.unwrap(), created);
    let rows = process::list(Fields::all()).unwrap();
    let row = rows.iter().find(|row| row.pid == child.pid()).unwrap();
    assert_eq!(row.id(), process.id());
    assert_eq!(row.create_time.unwrap(), created);
    assert_eq!(row.nice, Ok(process.nice().unwrap()));
}

#[test]
fn a_process_is_stopped_resumed_ended_and_gone() {
    needs_a_kernel!();
    let mut child = Kept::sleeper();
    let process = child.process();
    process.suspend().unwrap();
    child.until("it is stopped", |it| {
        it.state().is_ok_and(|it| it == State::Stopped)
    });
    process.resume().unwrap();
    child.until("it sleeps", rests);
    let refused = process.wait(Some(Duration::from_millis(20))).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::TimedOut, "{refused}");
    child.0.kill().unwrap();
    child.until("it is a zombie", |it| {
        it.state().is_ok_and(|it| it == State::Zombie)
    });
    assert_eq!(process.ppid().unwrap(), Pid::current());
    let listed = process::list(Fields::STATE).unwrap();
    let row = listed.iter().find(|row| row.pid == child.pid()).unwrap();
    assert_eq!(row.state, Ok(State::Zombie));
    assert_eq!(row.id(), process.id());
    assert!(process::pid_exists(child.pid()).unwrap());
    child.0.wait().unwrap();
    assert!(!process.is_running().unwrap());
    for error in [
        process.name().unwrap_err(),
        process.terminate().unwrap_err(),
        process.set_nice(1).unwrap_err(),
    ] {
        // Reused, should the number be somebody else's already.
        let kinds = [ErrorKind::NoSuchProcess, ErrorKind::Reused];
        assert!(kinds.contains(&error.kind()), "{error}");
        assert_eq!(error.pid(), Some(child.pid()));
    }
}

#[test]
fn a_child_that_ends_is_collected_with_its_status() {
    needs_a_kernel!();
    let child = Command::new("sh").args(["-c", "sleep 0.1; exit 3"]).spawn();
    let process = Process::open(child.unwrap().id()).unwrap();
    let status = process.wait(Some(Duration::from_secs(30))).unwrap();
    assert_eq!(status.unwrap().code(), Some(3));
}

#[test]
fn the_end_of_a_process_that_is_no_child_is_waited_for() {
    needs_a_kernel!();
    // The shell prints the number of its own child, and lives on.
    let script = "sleep 600 & echo $!; wait; exec sleep 600";
    let mut shell = Command::new("sh");
    shell.args(["-c", script]).stdin(Stdio::null());
    // What is left behind, should this fail, holds nobody's output.
    shell.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut shell = Kept(shell.spawn().unwrap());
    let mut text = String::new();
    let mut output = shell.0.stdout.take().unwrap();
    let mut byte = [0];
    while output.read(&mut byte).unwrap() == 1 && byte[0] != b'\n' {
        text.push(char::from(byte[0]));
    }
    let grandchild = Process::open(text.parse::<u32>().unwrap()).unwrap();
    assert_eq!(grandchild.ppid().unwrap(), shell.pid());
    assert!(grandchild.parents().unwrap().len() >= 2);
    let me = Process::current().unwrap();
    assert!(me.descendants().unwrap().contains(&grandchild));
    grandchild.terminate().unwrap();
    grandchild.wait(Some(Duration::from_secs(30))).unwrap();
    // The shell collects it sooner or later.
    match grandchild.state() {
        Ok(state) => assert_eq!(state, State::Zombie),
        Err(error) => assert!(
            matches!(error.kind(), ErrorKind::NoSuchProcess | ErrorKind::Reused),
            "{error}"
        ),
    }
}

#[test]
fn settings_are_changed_and_impossible_ones_refused() {
    needs_a_kernel!();
    let child = Kept::sleeper();
    let process = child.process();
    let before = process.nice().unwrap();
    process.set_nice(before + 3).unwrap();
    assert_eq!(process.nice().unwrap(), before + 3);
    for result in [
        process.set_nice(i32::MAX),
        process.send_signal(Signal::from_raw(0)),
        process.send_signal(Signal::from_raw(-1)),
        process.send_signal(Signal::from_raw(1000)),
        process.set_cpu_affinity(&[]),
    ] {
        let kinds = [ErrorKind::InvalidInput, ErrorKind::Unsupported];
        let error = result.unwrap_err();
        assert!(kinds.contains(&error.kind()), "{error}");
    }
    assert_eq!(process.nice().unwrap(), before + 3);
    if let Ok(cpus) = process.cpu_affinity() {
        let one = cpus[cpus.len() - 1];
        process.set_cpu_affinity(&[one]).unwrap();
        assert_eq!(process.cpu_affinity().unwrap(), [one]);
    }
    assert!(process.is_running().unwrap());
}

#[test]
fn numbers_of_nobody_are_no_such_process() {
    needs_a_kernel!();
    for pid in [u32::MAX, i32::MAX as u32, 1 << 31] {
        let error = Process::open(pid).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoSuchProcess, "{pid}: {error}");
        assert!(!process::pid_exists(pid).unwrap());
    }
    let pids = process::pids().unwrap();
    assert!(pids.windows(2).all(|pair| pair[0] < pair[1]), "{pids:?}");
    assert!(pids.contains(&Pid::current()));
    assert!(process::pid_exists(Pid::current()).unwrap());
}

#[test]
fn cpu_time_is_counted_as_the_clock_of_the_process_does() {
    needs_a_kernel!();
    let me = Process::current().unwrap();
    let ours = || {
        let times = me.cpu_times().unwrap();
        times.user + times.system
    };
    let mut sampler = Sampler::new(Fields::CPU_TOTAL);
    sampler.sample().unwrap();
    let before = (own_cpu_time(), ours(), own_cpu_time());
    while own_cpu_time() < before.2 + Duration::from_millis(600) {
        std::hint::black_box(before);
    }
    let after = (own_cpu_time(), ours(), own_cpu_time());
    let (least, most) = (after.0 - before.2, after.2 - before.0);
    let grown = after.1.saturating_sub(before.1);
    report(
        "values",
        "cpu time of own process",
        format!("{grown:?} of {least:?}"),
    );
    // Ticks at both ends; on some systems a second is the sum of samples.
    let slack = least / 10 + Duration::from_millis(30);
    assert!(
        grown + slack >= least && grown <= most + slack,
        "{grown:?} {least:?} {most:?}"
    );
    let sample = sampler.sample().unwrap();
    let row = sample.get(Pid::current()).unwrap();
    let used = sample.delta(row).unwrap().cpu.unwrap();
    assert!(used > 0.02, "{used}");
    assert!(row.cpu_total.unwrap() >= grown);
}

#[test]
fn memory_that_is_touched_is_resident() {
    needs_a_kernel!();
    const SIZE: usize = 64 << 20;
    let me = Process::current().unwrap();
    let before = me.memory_info().unwrap();
    let mut memory = vec![0_u8; SIZE];
    for byte in memory.iter_mut().step_by(4096) {
        *byte = 1;
    }
    std::hint::black_box(&mut memory);
    let after = me.memory_info().unwrap();
    let grown = after.rss.saturating_sub(before.rss);
    report("values", "resident of 64 MiB", grown);
    // Other tests run beside this one.
    let bounds = SIZE as u64 * 9 / 10..=SIZE as u64 * 3 / 2;
    assert!(bounds.contains(&grown), "{before:?} {after:?}");
    assert!(after.vms >= after.rss);
    if let Ok(footprint) = me.memory_footprint() {
        assert!(footprint.uss >= SIZE as u64 * 9 / 10, "{footprint:?}");
    }
}

#[test]
fn threads_are_counted() {
    needs_a_kernel!();
    let me = Process::current().unwrap();
    let (sender, receiver) = std::sync::mpsc::channel::<()>();
    let receiver = std::sync::Arc::new(std::sync::Mutex::new(receiver));
    let threads: Vec<_> = (0..5)
        .map(|_| {
            let receiver = receiver.clone();
            std::thread::spawn(move || receiver.lock().map(|receiver| receiver.recv()).is_ok())
        })
        .collect();
    // This one and those five; tests run beside this one.
    assert!(me.num_threads().unwrap() >= 6);
    let listed = me.threads().unwrap();
    assert!(listed.len() >= 6, "{listed:?}");
    drop(sender);
    for thread in threads {
        assert!(thread.join().unwrap());
    }
}

#[test]
fn descriptors_of_a_child_are_listed() {
    needs_a_kernel!();
    let path = std::env::temp_dir().join(format!("oslens-selftest-{}", std::process::id()));
    std::fs::write(&path, "seven").unwrap();
    let path = std::fs::canonicalize(path).unwrap();
    let with = |redirection: &str| {
        let script = format!("exec sleep 600 {redirection}");
        let child = Kept::start(Command::new("sh").args(["-c", &script]).env("FILE", &path));
        child.until_loaded();
        child
    };
    let (plain, more) = (with(""), with("7<\"$FILE\""));
    let numbers = |child: &Kept| -> Vec<u32> {
        let descriptors = child.process().descriptors().unwrap();
        descriptors.iter().map(|it| it.fd).collect()
    };
    let (mut few, many) = (numbers(&plain), numbers(&more));
    assert!(
        [0, 1, 2].iter().all(|number| few.contains(number)),
        "{few:?}"
    );
    if !few.contains(&7) {
        few.push(7);
        few.sort_unstable();
    }
    assert_eq!(few, many);
    let counted = more.process().num_fds().unwrap();
    assert_eq!(counted as usize, many.len());
    let files = more.process().open_files();
    std::fs::remove_file(&path).unwrap();
    match files {
        Ok(files) => {
            let file = files.iter().find(|file| file.fd == 7).unwrap();
            let is_named = file.path != PathBuf::new();
            report(
                "values",
                "open file",
                if is_named { "named" } else { "nameless" },
            );
            assert!(!is_named || file.path == path, "{file:?}");
        }
        Err(error) => {
            report("values", "open file", &error);
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        }
    }
}

#[test]
fn own_sockets_are_found_by_everybody_and_by_their_process() {
    needs_a_kernel!();
    let Ok(listener) = TcpListener::bind("127.0.0.1:0") else {
        skip_allowed!("there is no loopback interface");
    };
    let address = listener.local_addr().unwrap();
    let client = TcpStream::connect(address).unwrap();
    let (_server, peer) = listener.accept().unwrap();
    assert_eq!(client.local_addr().unwrap(), peer);
    let udp = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let v6 = TcpListener::bind("[::1]:0").ok();
    let me = Process::current().unwrap();
    let lists = [
        ("machine", net::connections(Kind::INET).unwrap()),
        ("owners", net::connections_with_owners(Kind::INET).unwrap()),
        ("own process", me.connections(Kind::INET).unwrap()),
    ];
    for (name, list) in lists {
        let count = |local: SocketAddr, remote: Option<SocketAddr>, state: Option<TcpState>| {
            let found = list.iter().filter(|it| {
                it.local == Some(local)
                    && it.state == state
                    && (remote.is_none() || it.remote == remote)
            });
            if name != "machine" {
                let mut owners = found.clone().filter_map(|it| it.owners.as_ref().ok());
                let ours = owners.any(|all| all.iter().any(|it| it.pid == Pid::current()));
                assert!(ours, "{name}: {local} has another owner");
            }
            found.count()
        };
        let established = Some(TcpState::Established);
        assert_eq!(count(address, None, Some(TcpState::Listen)), 1, "{name}");
        assert_eq!(count(peer, Some(address), established), 1, "{name}");
        assert_eq!(count(address, Some(peer), established), 1, "{name}");
        assert_eq!(count(udp.local_addr().unwrap(), None, None), 1, "{name}");
        if let Some(v6) = &v6 {
            let local = v6.local_addr().unwrap();
            assert_eq!(count(local, None, Some(TcpState::Listen)), 1, "{name}");
        }
        report("values", &format!("sockets: {name}"), list.len());
    }
}

#[test]
fn a_unix_socket_is_found_by_its_path() {
    needs_a_kernel!();
    let path = std::env::temp_dir().join(format!("oslens-selftest-{}.sock", std::process::id()));
    let listener = UnixListener::bind(&path);
    let _listener = listener.unwrap();
    let me = Process::current().unwrap();
    let found = me.connections(Kind::UNIX);
    std::fs::remove_file(&path).unwrap();
    let found = found.unwrap();
    let has_path = found.iter().any(|it| {
        let name = it.unix.as_ref().and_then(|unix| unix.name.as_ref());
        matches!(name, Some(net::UnixName::Path(name)) if name == &path)
    });
    assert!(has_path, "{} sockets, and not this one", found.len());
}

#[test]
fn bytes_over_the_loopback_interface_are_counted() {
    needs_a_kernel!();
    const SIZE: u64 = 4 << 20;
    let Ok(listener) = TcpListener::bind("127.0.0.1:0") else {
        skip_allowed!("there is no loopback interface");
    };
    let loopback = |all: Vec<net::InterfaceCounters>| {
        let is_loopback = |it: &net::InterfaceCounters| it.name.to_string_lossy().starts_with("lo");
        all.into_iter().find(is_loopback)
    };
    let Some(before) = loopback(net::io_counters().unwrap()) else {
        panic!("no interface is called lo or lo0");
    };
    let address = listener.local_addr().unwrap();
    let writer = std::thread::spawn(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(&vec![1; SIZE as usize]).unwrap();
    });
    let mut received = Vec::new();
    let (mut stream, _) = listener.accept().unwrap();
    stream.read_to_end(&mut received).unwrap();
    writer.join().unwrap();
    assert_eq!(received.len() as u64, SIZE);
    let after = loopback(net::io_counters().unwrap()).unwrap();
    let sent = after.counters.bytes_sent - before.counters.bytes_sent;
    let recv = after.counters.bytes_recv - before.counters.bytes_recv;
    report(
        "values",
        "loopback bytes of 4 MiB",
        format!("{sent} {recv}"),
    );
    assert!(sent >= SIZE && recv >= SIZE, "{sent} {recv}");
    let interfaces = net::interfaces().unwrap();
    let interface = interfaces.iter().find(|it| it.name == before.name).unwrap();
    assert!(interface.flags.contains(net::InterfaceFlags::LOOPBACK));
    let addresses = interface.addresses.as_ref().unwrap();
    assert!(
        addresses.iter().any(|it| it.ip.is_loopback()),
        "{addresses:?}"
    );
}

#[test]
fn a_row_has_a_reason_for_what_it_lacks() {
    needs_a_kernel!();
    let rows = process::list(Fields::all()).unwrap();
    let me = rows.iter().find(|row| row.pid == Pid::current()).unwrap();
    let missing = Fields::all().difference(me.available());
    report(
        "values",
        "fields that the own row lacks",
        format!("{missing:?}"),
    );
    for row in &rows {
        let text = format!("{row:?}");
        assert!(!text.contains("Err(NotRequested)"), "{:?}", row.pid);
        assert!(!text.contains("Malformed"), "{:?}", row.pid);
    }
    // Only what was asked for.
    let row = Process::current().unwrap().read(Fields::NAME).unwrap();
    assert_eq!(row.cmdline, Err(Unavailable::NotRequested));
}
