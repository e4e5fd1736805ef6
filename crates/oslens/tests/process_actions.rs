//! Whatever acts reaches the very process that was meant, or fails.

#![cfg(target_os = "linux")]

use std::{
    os::unix::process::ExitStatusExt as _,
    thread,
    time::{Duration, Instant},
};

use oslens::{
    Error, ErrorKind, Host,
    net::Kind,
    os::linux::ProcessExt as _,
    process::{
        IoClass, Pid, Process, Resource, ResourceLimit, Signal, State, Waited, wait_all, wait_any,
    },
};
use oslens_testkit::{ns::NsOptions, zoo};

/// Everything that acts, by name.
#[allow(clippy::type_complexity)]
fn actions() -> Vec<(&'static str, Box<dyn Fn(&Process) -> Result<(), Error>>)> {
    let limit = ResourceLimit {
        soft: Some(64),
        hard: Some(64),
    };
    vec![
        ("suspend", Box::new(Process::suspend)),
        ("resume", Box::new(Process::resume)),
        ("nice", Box::new(|process| process.set_nice(7))),
        (
            "ionice",
            Box::new(|process| process.set_ionice(IoClass::BestEffort, 6)),
        ),
        (
            "affinity",
            Box::new(|process| process.set_cpu_affinity(&[0])),
        ),
        (
            "limit",
            Box::new(move |process| process.set_limit(Resource::OpenFiles, limit)),
        ),
        (
            "out-of-memory weight",
            Box::new(|process| process.set_oom_score_adjustment(500)),
        ),
        (
            "user signal",
            Box::new(|process| process.send_signal(Signal::USR1)),
        ),
        (
            "real-time signal",
            Box::new(|process| process.send_signal(Signal::from_raw(libc::SIGRTMIN() + 1))),
        ),
        ("terminate", Box::new(Process::terminate)),
        ("kill", Box::new(Process::kill)),
    ]
}

/// Everything that only looks, by name.
fn details(process: &Process) -> Vec<(&'static str, Result<(), Error>)> {
    macro_rules! details {
        ($($call:ident $(($argument:expr))?),* $(,)?) => {
            vec![$((stringify!($call), process.$call($($argument)?).map(drop))),*]
        };
    }
    details![
        threads,
        open_files,
        descriptors,
        memory_maps,
        memory_maps_grouped,
        limit(Resource::Stack),
        limits,
        parent,
        parents,
        children,
        descendants,
        name,
        ppid,
        pgid,
        sid,
        state,
        terminal,
        cpu_times,
        cpu_total,
        cpu_fraction(Duration::from_millis(1)),
        cpu_num,
        nice,
        num_threads,
        create_time,
        memory_info,
        memory_info_ex,
        memory_footprint,
        page_faults,
        effective_uid,
        uids,
        gids,
        groups,
        ctx_switches,
        cmdline,
        exe,
        cwd,
        root,
        environ,
        io_counters,
        username,
        connections(Kind::ALL),
        num_fds,
        ionice,
        cpu_affinity,
        namespaces,
        security,
        cgroup,
        capabilities,
        oom_score,
        oom_score_adjustment,
        login_uid,
        audit_session,
        wait_channel,
    ]
}

/// For a specimen that the library has collected: its drop would send a
/// signal to a PID that may be somebody else's by now.
fn forget(specimen: zoo::Specimen) {
    std::mem::forget(specimen);
}

/// A number that is not used by anything else in the namespace.
const REUSED: u32 = 4321;

/// The state of a process that nobody has touched.
fn untouched(pid: u32) -> (char, String, String) {
    let read = |name: &str| std::fs::read_to_string(format!("/proc/{pid}/{name}")).unwrap();
    let stat = read("stat");
    let after = &stat[stat.rfind(')').unwrap() + 2..];
    let nice = after.split(' ').nth(16).unwrap().to_owned();
    (
        after.chars().next().unwrap(),
        format!("{nice} {}", read("oom_score_adj").trim()),
        read("limits"),
    )
}

#[test]
fn a_reused_pid_is_never_signalled() {
    oslens_testkit::in_namespaces!(NsOptions::new().pid());
    let mut meant = zoo::Builder::new().pid(REUSED).spawn();
    let held = Process::open(meant.pid()).unwrap();
    let bare = Process::from_id(held.id());
    assert!(held.is_running().unwrap() && bare.is_running().unwrap());
    assert_eq!(held.pidfd().is_some(), !cfg!(oslens_no_pidfd));
    // Bare identities tell processes apart by ticks of 10 ms.
    thread::sleep(Duration::from_millis(30));
    let ended = meant.reap();
    for process in [&held, &bare] {
        for (name, action) in actions() {
            let error = action(process).expect_err(name);
            assert_eq!(error.kind(), ErrorKind::NoSuchProcess, "{name}: {error}");
        }
    }

    let newcomer = zoo::Builder::new().pid(REUSED).spawn();
    assert_eq!(newcomer.pid(), REUSED);
    newcomer.await_state('S');
    let before = untouched(REUSED);
    assert!(!held.is_running().unwrap() && !bare.is_running().unwrap());
    for (process, how) in [(&held, "with a handle"), (&bare, "without a handle")] {
        for (name, action) in actions() {
            let error = action(process).expect_err(name);
            assert_eq!(error.kind(), ErrorKind::Reused, "{name} {how}: {error}");
            assert_eq!(error.pid(), Some(Pid::new(REUSED)));
        }
        for (name, result) in details(process) {
            let error = result.expect_err(name);
            assert_eq!(error.kind(), ErrorKind::Reused, "{name} {how}: {error}");
        }
        // Since Linux 6.15 the handle still knows how the first one ended.
        let status = process.wait(Some(Duration::ZERO)).unwrap();
        assert!(status.is_none_or(|status| status == ended));
    }
    assert_eq!(bare.wait(Some(Duration::ZERO)).unwrap(), None);
    assert_eq!(untouched(REUSED), before, "the newcomer was touched");
    // It is another process, and can be had under its own name.
    let other = Process::open(REUSED).unwrap();
    assert_ne!(other, held);
    assert!(other.id().differs_from(&held.id()));
}

#[test]
#[cfg(not(oslens_no_pidfd))]
fn a_handle_tells_a_newcomer_of_the_same_tick_apart() {
    oslens_testkit::in_namespaces!(NsOptions::new().pid());
    let mut same_tick = 0;
    for _ in 0..60 {
        let mut meant = zoo::Builder::new().pid(REUSED).spawn();
        let held = Process::open(meant.pid()).unwrap();
        meant.reap();
        let newcomer = zoo::Builder::new().pid(REUSED).spawn();
        newcomer.await_state('S');
        let other = Process::open(newcomer.pid()).unwrap();
        let before = untouched(REUSED);
        for (name, action) in actions() {
            let error = action(&held).expect_err(name);
            assert_eq!(error.kind(), ErrorKind::Reused, "{name}: {error}");
        }
        for (name, result) in details(&held) {
            let error = result.expect_err(name);
            assert_eq!(error.kind(), ErrorKind::Reused, "{name}: {error}");
        }
        assert_eq!(untouched(REUSED), before);
        if other.id() == held.id() {
            same_tick += 1;
            if same_tick == 3 {
                break;
            }
        }
    }
    if same_tick == 0 {
        oslens_testkit::skip_allowed!("no two processes started in the same tick");
    }
}

#[test]
fn every_action_does_what_it_says() {
    let mut specimen = zoo::sleeper();
    let pid = specimen.pid();
    let held = Process::open(pid).unwrap();
    for process in [held.clone(), Process::from_id(held.id())] {
        process.suspend().unwrap();
        specimen.await_state('T');
        process.resume().unwrap();
        specimen.await_state('S');
        process
            .set_limit(
                Resource::OpenFiles,
                ResourceLimit {
                    soft: Some(100),
                    hard: Some(200),
                },
            )
            .unwrap();
        let limit = process.limit(Resource::OpenFiles).unwrap();
        assert_eq!((limit.soft, limit.hard), (Some(100), Some(200)));
        process.set_nice(11).unwrap();
        assert!(untouched(pid).1.starts_with("11 "));
        process.set_oom_score_adjustment(321).unwrap();
        assert_eq!(process.oom_score_adjustment().unwrap(), 321);
        assert!(untouched(pid).1.ends_with(" 321"));
        process.set_ionice(IoClass::Idle, 0).unwrap();
        process.set_cpu_affinity(&[0]).unwrap();
        let status = String::from_utf8(specimen.proc_file("status")).unwrap();
        assert!(status.contains("Cpus_allowed_list:\t0\n"), "{status}");
    }
    held.terminate().unwrap();
    assert_eq!(specimen.wait().signal(), Some(libc::SIGTERM));
    let error = held.kill().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSuchProcess);
}

#[test]
fn a_real_time_signal_arrives() {
    let mut specimen = zoo::sleeper();
    let signal = libc::SIGRTMAX() - 1;
    Process::open(specimen.pid())
        .unwrap()
        .send_signal(Signal::from_raw(signal))
        .unwrap();
    assert_eq!(specimen.wait().signal(), Some(signal));
}

#[test]
fn arguments_that_mean_nothing_are_refused_by_name() {
    let specimen = zoo::sleeper();
    let process = Process::open(specimen.pid()).unwrap();
    let refused = |result: Result<(), Error>, words: &[&str]| {
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
        for word in words {
            assert!(error.to_string().contains(word), "{error} lacks {word}");
        }
    };
    for number in [0, -1, -9, libc::SIGRTMAX() + 1, i32::MAX, i32::MIN] {
        refused(process.send_signal(Signal::from_raw(number)), &[]);
    }
    refused(process.send_signal(Signal::from_raw(99)), &["99"]);
    refused(process.set_nice(20), &["20", "-20 to 19"]);
    refused(process.set_ionice(IoClass::BestEffort, 8), &["8", "0 to 7"]);
    refused(process.set_ionice(IoClass::Idle, 1), &["Idle", "1"]);
    refused(process.set_ionice(IoClass::None, 4), &["None", "4"]);
    refused(process.set_cpu_affinity(&[]), &["CPU"]);
    refused(process.set_cpu_affinity(&[0, 100_000]), &["100000"]);
    refused(process.set_cpu_affinity(&[u32::MAX]), &["4294967295"]);
    refused(process.set_oom_score_adjustment(1001), &["1001"]);
    refused(
        process.set_limit(
            Resource::OpenFiles,
            ResourceLimit {
                soft: Some(11),
                hard: Some(10),
            },
        ),
        &["11", "10", "RLIMIT_NOFILE"],
    );
    refused(
        process.set_limit(
            Resource::Stack,
            ResourceLimit {
                soft: None,
                hard: Some(4096),
            },
        ),
        &["unlimited", "4096"],
    );
}

#[test]
fn nobody_can_be_reached_as_pid_zero_or_a_group() {
    for pid in [0, u32::MAX, i32::MAX as u32 + 1, u32::MAX - 4] {
        let error = Process::open(pid).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoSuchProcess, "{pid}");
    }
}

#[test]
fn another_hosts_processes_are_out_of_reach() {
    let specimen = zoo::sleeper();
    let host = Host::builder().root("/").build();
    let process = host.process(specimen.pid()).unwrap();
    assert!(process.pidfd().is_none());
    for (name, action) in actions() {
        let error = action(&process).expect_err(name);
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{name}: {error}");
    }
    // Reading does not need the kernel's handle.
    for (name, result) in details(&process) {
        // The CPU clock, and what else is asked for by PID.
        if !["cpu_total", "cpu_fraction", "ionice", "cpu_affinity"].contains(&name) {
            unless_unsupported(name, result);
        }
    }
    let error = process.wait(Some(Duration::from_millis(20))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert_eq!(specimen.state(), 'S');
}

#[test]
fn another_users_process_is_refused_and_unharmed() {
    oslens_testkit::in_namespaces!(NsOptions::new().pid().uid(zoo::NOBODY));
    // PID 1 of the namespace is root's.
    let process = Process::open(1).unwrap();
    for (name, action) in actions() {
        // Whoever shares a session may continue each other.
        if name != "resume" {
            let error = action(&process).expect_err(name);
            assert_eq!(error.kind(), ErrorKind::AccessDenied, "{name}: {error}");
            assert!(error.process_name().is_some(), "{name}: {error}");
        }
    }
    for (name, result) in details(&process) {
        match name {
            // The size of the directory says it since Linux 6.2, to anyone.
            "num_fds" if result.is_ok() => {}
            "open_files"
            | "descriptors"
            | "memory_maps"
            | "memory_maps_grouped"
            | "memory_footprint"
            | "namespaces"
            | "connections"
            | "exe"
            | "cwd"
            | "root"
            | "environ"
            | "io_counters"
            | "num_fds" => {
                let error = result.expect_err(name);
                assert_eq!(error.kind(), ErrorKind::AccessDenied, "{name}: {error}");
                assert_eq!(error.pid(), Some(Pid::new(1)), "{name}: {error}");
                assert!(
                    error.process_name().is_some() || name == "connections",
                    "{name}: {error}"
                );
            }
            // These depend on the kernel's configuration.
            "wait_channel" | "login_uid" | "audit_session" => {}
            _ => result.unwrap_or_else(|error| panic!("{name}: {error}")),
        }
    }
    assert!(process.is_running().unwrap());
}

#[test]
fn a_hidden_process_is_not_there() {
    oslens_testkit::in_namespaces!(NsOptions::new().hidepid(2).uid(zoo::NOBODY));
    let error = Process::open(1).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSuchProcess, "{error}");
    let me = Process::current().unwrap();
    for (name, result) in details(&me) {
        unless_unsupported(name, result);
    }
}

/// Some of it a kernel may be built without.
fn unless_unsupported(name: &str, result: Result<(), Error>) {
    if let Err(error) = result {
        let optional = [
            "wait_channel",
            "login_uid",
            "audit_session",
            "io_counters",
            "cgroup",
        ];
        assert!(
            error.kind() == ErrorKind::Unsupported && optional.contains(&name),
            "{name}: {error}"
        );
    }
}

#[test]
fn a_signal_to_a_zombie_succeeds_and_its_memory_is_gone() {
    let mut specimen = zoo::zombie();
    let process = Process::open(specimen.pid()).unwrap();
    assert!(process.is_running().unwrap());
    assert_eq!(process.state().unwrap(), State::Zombie);
    process.terminate().unwrap();
    process.kill().unwrap();
    for (name, result) in details(&process) {
        match name {
            "open_files"
            | "descriptors"
            | "memory_maps"
            | "memory_maps_grouped"
            | "memory_footprint"
            | "memory_info_ex"
            | "cmdline"
            | "exe"
            | "cwd"
            | "root"
            | "environ" => {
                let error = result.expect_err(name);
                assert_eq!(error.kind(), ErrorKind::Zombie, "{name}: {error}");
            }
            "name" | "state" | "ppid" | "cpu_times" | "create_time" | "num_threads" | "threads"
            | "parent" | "parents" | "children" | "uids" => {
                result.unwrap_or_else(|error| panic!("{name}: {error}"));
            }
            // Its counters are there to the end, and are root's by then.
            "io_counters" if !oslens_testkit::is_root() => {
                assert_eq!(result.expect_err(name).kind(), ErrorKind::AccessDenied);
            }
            _ => match result {
                Ok(()) => {}
                Err(error) => assert!(
                    matches!(error.kind(), ErrorKind::Zombie | ErrorKind::Unsupported),
                    "{name}: {error}"
                ),
            },
        }
    }
    specimen.reap();
}

#[test]
fn a_child_is_collected_once_and_its_end_is_remembered() {
    let specimen = zoo::sleeper();
    let process = Process::open(specimen.pid()).unwrap();
    let start = Instant::now();
    let error = process.wait(Some(Duration::from_millis(50))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert!(start.elapsed() >= Duration::from_millis(50));
    assert_eq!(error.pid(), Some(process.pid()));
    let waiter = {
        let process = process.clone();
        thread::spawn(move || process.wait(None))
    };
    process.kill().unwrap();
    let status = waiter.join().unwrap().unwrap().unwrap();
    assert_eq!(status.signal(), Some(libc::SIGKILL));
    // Without a handle nothing remembers.
    let again = (!cfg!(oslens_no_pidfd)).then_some(status);
    assert_eq!(process.wait(None).unwrap(), again);
    assert!(!process.is_running().unwrap());
    // Somebody without the handle finds it gone.
    let bare = Process::from_id(process.id());
    assert_eq!(bare.wait(Some(Duration::ZERO)).unwrap(), None);
    forget(specimen);
}

#[test]
fn waiting_for_one_leaves_the_others_alone() {
    let mut others = [zoo::zombie(), zoo::zombie()];
    let meant = zoo::sleeper();
    let sleeper = zoo::sleeper();
    let processes = [
        Process::open(sleeper.pid()).unwrap(),
        Process::open(meant.pid()).unwrap(),
        Process::from_id(Process::open(sleeper.pid()).unwrap().id()),
    ];
    let error = wait_any(&processes, Some(Duration::from_millis(5))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    processes[1].terminate().unwrap();
    let waited = wait_any(&processes, Some(Duration::from_secs(20))).unwrap();
    assert_eq!(waited[0], Waited::Running);
    assert_eq!(waited[2], Waited::Running);
    let Waited::Ended(Some(status)) = waited[1] else {
        panic!("{waited:?}");
    };
    assert_eq!(status.signal(), Some(libc::SIGTERM));
    let waited = wait_all(&processes, Some(Duration::from_millis(5))).unwrap();
    // Without a handle nothing remembers.
    let again = (!cfg!(oslens_no_pidfd)).then_some(status);
    assert_eq!(waited[1], Waited::Ended(again));
    assert_eq!(waited[0], Waited::Running);
    // The zombies still wait for their parent.
    for other in &mut others {
        assert_eq!(other.state(), 'Z');
        assert!(other.reap().code().is_some());
    }
    forget(meant);
    let error = wait_any(&[], None).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(wait_all(&[], None).unwrap(), []);
}

#[test]
fn the_end_of_somebody_elses_child_is_seen() {
    let mut parent = zoo::sleeper();
    let child = *parent.fan(1).first().unwrap();
    let process = Process::open(child).unwrap();
    let error = process.wait(Some(Duration::from_millis(5))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    process.kill().unwrap();
    // How it ended is known only where the kernel keeps it, but that it
    // ended always.
    let status = process.wait(Some(Duration::from_secs(20))).unwrap();
    if let Some(status) = status {
        assert_eq!(status.signal(), Some(libc::SIGKILL));
    }
    drop(parent);
}

#[test]
fn a_process_with_living_threads_has_not_ended() {
    let mut specimen = zoo::threaded(&[b"worker"]);
    let process = Process::open(specimen.pid()).unwrap();
    specimen.leader_exits();
    for process in [&process, &Process::from_id(process.id())] {
        let error = process.wait(Some(Duration::from_millis(60))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
    }
    process.kill().unwrap();
    process.wait(Some(Duration::from_secs(20))).unwrap();
    forget(specimen);
}

#[test]
#[cfg(feature = "serde")]
fn identities_of_unknown_start_are_not_acted_on() {
    // Only reading such an identity back can make one.
    let id = serde_json::from_str(r#"{"pid":1,"start":null}"#).unwrap();
    let process = Process::from_id(id);
    let error = process.send_signal(Signal::CONT).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
}

#[test]
fn a_foreign_process_table_is_read_and_never_acted_on() {
    // A new PID namespace that still has the outer /proc: the numbers in it
    // mean other processes to system calls.
    let mut options = NsOptions::new();
    options.pid = true;
    oslens_testkit::in_namespaces!(options);
    let specimen = zoo::sleeper();
    let me = std::fs::read_link("/proc/self").unwrap();
    if me.to_str() == Some(&std::process::id().to_string()) {
        oslens_testkit::skip_allowed!("/proc follows the namespace here");
    }
    // By its inner number, somebody else's outer process, or nobody's.
    if let Ok(process) = Process::open(specimen.pid()) {
        assert!(process.pidfd().is_none());
        for (name, action) in actions() {
            let error = action(&process).expect_err(name);
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{name}: {error}");
        }
    }
    let process = Process::current().unwrap();
    assert_eq!(process.pid().to_string(), me.to_str().unwrap());
    let error = process.kill().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
}

#[test]
#[cfg(not(oslens_no_pidfd))]
fn a_handle_works_when_no_descriptor_is_left() {
    // In a process of its own, because it takes all descriptors.
    oslens_testkit::in_namespaces!(NsOptions::new().pid());
    let specimen = zoo::sleeper();
    let process = Process::open(specimen.pid()).unwrap();
    let few = ResourceLimit {
        soft: Some(64),
        hard: Some(64),
    };
    Process::current()
        .unwrap()
        .set_limit(Resource::OpenFiles, few)
        .unwrap();
    let mut taken = Vec::new();
    while let Ok(file) = std::fs::File::open("/dev/null") {
        taken.push(file);
    }
    assert!(process.is_running().unwrap());
    process.set_nice(19).unwrap();
    let error = process.threads().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Os, "{error}");
    assert_eq!(error.raw_os_error(), Some(libc::EMFILE));
    process.kill().unwrap();
    let status = process.wait(Some(Duration::from_secs(20))).unwrap();
    assert_eq!(
        status.and_then(|status| status.signal()),
        Some(libc::SIGKILL)
    );
    drop(taken);
    forget(specimen);
}

#[test]
fn another_program_is_still_the_same_process() {
    let mut specimen = zoo::sleeper();
    let process = Process::open(specimen.pid()).unwrap();
    let other = Process::from_id(process.id());
    specimen.exec(
        std::path::Path::new("/bin/sleep"),
        &["sleep".as_ref(), "60".as_ref()],
    );
    assert!(process.is_running().unwrap() && other.is_running().unwrap());
    assert_eq!(process.name().unwrap(), "sleep");
    assert_eq!(Process::open(process.pid()).unwrap(), process);
    other.kill().unwrap();
}
