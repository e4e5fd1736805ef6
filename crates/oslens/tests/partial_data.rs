//! What is missing says why: a zombie, somebody who is gone, a refusal, a
//! kernel or container without it, and nonsense are told apart everywhere,
//! and none of them is ever a zero.

#![cfg(target_os = "linux")]

mod surface;

use std::{
    collections::BTreeMap, fs, io, os::unix::fs::MetadataExt as _, process::Command, time::Duration,
};

use oslens::{
    Error, ErrorKind, Host, Unavailable, cpu, disk, host, memory,
    net::{self, Kind},
    os::linux::ProcessExt as _,
    process::{self, Fields, Pid, Process, Sampler, State},
    sensors,
};
use oslens_testkit::{FixtureRoot, churn::Churn, fixture_names, here, ns::NsOptions, skip, zoo};
use surface::{HOST_CALLS, PROCESS_CALLS};

/// The answer of every getter of this process.
fn answers(process: &Process) -> BTreeMap<&'static str, Result<(), ErrorKind>> {
    PROCESS_CALLS
        .iter()
        .filter(|(name, _)| *name != "wait")
        .map(|(name, call)| (*name, call(process).map_err(|error| error.kind())))
        .collect()
}

/// Every getter that has one file of its own, with that file. What the
/// kernel says to a plain read of the file is the witness.
const FILES: [(&str, &str); 12] = [
    ("exe", "exe"),
    ("cwd", "cwd"),
    ("root", "root"),
    ("environ", "environ"),
    ("io_counters", "io"),
    ("memory_footprint", "smaps_rollup"),
    ("memory_maps", "smaps"),
    ("open_files", "fd"),
    ("descriptors", "fd"),
    // Its size is no secret.
    ("num_fds", "fd size"),
    ("namespaces", "ns/net"),
    ("cmdline", "cmdline"),
];

/// What the kernel says when the file is read in the plainest way.
fn plainly(pid: u32, file: &str) -> io::Result<()> {
    let path = format!("/proc/{pid}/{file}");
    match file {
        "exe" | "cwd" | "root" | "ns/net" => fs::read_link(path).map(drop),
        "fd" => fs::read_dir(path).map(drop),
        // Since Linux 6.2 the number of descriptors; zero before, when the
        // entries have to be counted.
        "fd size" => {
            let fd = format!("/proc/{pid}/fd");
            match fs::metadata(&fd)?.size() {
                0 => fs::read_dir(fd).map(drop),
                _ => Ok(()),
            }
        }
        _ => fs::read(path).map(drop),
    }
}

#[test]
fn an_ordinary_user_is_refused_exactly_what_the_kernel_refuses() {
    oslens_testkit::in_namespaces!(NsOptions::new().uid(zoo::NOBODY));
    let of_root = Process::open(1).unwrap();
    let answers = answers(&of_root);
    for (name, file) in FILES {
        let plain = plainly(1, file).map_err(|error| error.kind());
        let ours = answers[name];
        match plain {
            Ok(()) => assert_eq!(ours, Ok(()), "{name}"),
            Err(io::ErrorKind::PermissionDenied) => {
                assert_eq!(ours, Err(ErrorKind::AccessDenied), "{name}");
            }
            // smaps_rollup of a kernel that lacks it, and the like.
            Err(_) => assert!(ours.is_err(), "{name}"),
        }
    }
    // What everybody may see is seen.
    for name in [
        "name",
        "ppid",
        "state",
        "cpu_times",
        "create_time",
        "uids",
        "gids",
        "username",
        "num_threads",
        "memory_info",
        "effective_uid",
        "threads",
        "is_running",
        "security",
        "limits",
        "cpu_affinity",
    ] {
        assert_eq!(answers[name], Ok(()), "{name}");
    }
    // An error says who and what.
    let error = of_root.environ().unwrap_err();
    assert_eq!(error.pid(), Some(Pid::new(1)));
    assert!(error.to_string().contains("process 1"), "{error}");
    // And the own process keeps nothing from itself.
    let me = Process::current().unwrap();
    for (name, call) in PROCESS_CALLS {
        if let Err(error) = call(&me) {
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{name}: {error}");
        }
    }
}

#[test]
fn one_refusal_never_fails_a_listing_or_a_sample() {
    oslens_testkit::in_namespaces!(NsOptions::new().uid(zoo::NOBODY));
    let churn = Churn::start(300);
    let mut sampler = Sampler::new(Fields::all());
    for _ in 0..3 {
        let rows = process::list(Fields::all()).unwrap();
        let one = rows.iter().find(|row| row.pid == Pid::new(1)).unwrap();
        for cell in [
            one.io_counters.err(),
            one.environ.as_ref().err().copied(),
            one.cwd.as_ref().err().copied(),
            one.exe.as_ref().err().copied(),
        ] {
            assert_eq!(cell, Some(Unavailable::Denied), "{one:?}");
        }
        assert!(one.name.is_ok() && one.rss.is_ok() && one.uids.is_ok());
        let me = rows.iter().find(|row| row.pid == Pid::current()).unwrap();
        assert!(me.io_counters.is_ok() && me.num_fds.is_ok() && me.environ.is_ok());
        let sample = sampler.sample().unwrap();
        let one = sample.get(1).unwrap();
        assert_eq!(one.io_counters, Err(Unavailable::Denied));
        assert!(one.name.is_ok() && one.cpu_times.is_ok());
    }
    // Who holds the sockets of others is not known; that is said, and the
    // sockets are there.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let connections = net::connections_with_owners(Kind::TCP4).unwrap();
    let mine = connections
        .iter()
        .find(|connection| connection.local == Some(address))
        .unwrap();
    let owners = mine.owners.as_ref().unwrap();
    assert!(owners.iter().any(|owner| owner.pid == Pid::current()));
    drop(churn);
}

#[test]
fn the_machine_answers_an_ordinary_user() {
    oslens_testkit::in_namespaces!(NsOptions::new().uid(zoo::NOBODY));
    for (name, call) in HOST_CALLS {
        if let Err(error) = call(Host::local()) {
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{name}: {error:?}");
        }
    }
}

#[test]
fn a_hidden_process_is_not_there_and_nothing_else_fails() {
    oslens_testkit::in_namespaces!(NsOptions::new().hidepid(2).uid(zoo::NOBODY));
    assert!(!process::pids().unwrap().contains(&Pid::new(1)));
    let error = Process::open(1).unwrap_err();
    assert!(
        matches!(
            error.kind(),
            ErrorKind::NoSuchProcess | ErrorKind::AccessDenied
        ),
        "{error:?}"
    );
    let mine = zoo::sleeper();
    let rows = process::list(Fields::all()).unwrap();
    assert!(rows.iter().any(|row| row.pid == Pid::new(mine.pid())));
    for row in &rows {
        assert_eq!(row.effective_uid, Ok(zoo::NOBODY));
    }
    for (name, answer) in answers(&Process::open(mine.pid()).unwrap()) {
        if let Err(kind) = answer {
            assert_eq!(kind, ErrorKind::Unsupported, "{name}");
        }
    }
    for (name, call) in HOST_CALLS {
        if let Err(error) = call(Host::local()) {
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{name}: {error:?}");
        }
    }
    assert!(disk::usage("/").is_ok());
}

#[test]
fn in_a_pid_namespace_of_its_own_a_process_sees_that_and_the_parent_outside_is_nobody() {
    oslens_testkit::in_namespaces!(NsOptions::new().pid());
    let one = Process::open(1).unwrap();
    assert_eq!(one.ppid().unwrap(), Pid::new(0));
    assert_eq!(one.parent().unwrap(), None);
    let mine = zoo::sleeper();
    let of_mine = Process::open(mine.pid()).unwrap();
    let parents = of_mine.parents().unwrap();
    assert_eq!(
        parents.first().map(Process::pid),
        Some(Pid::current()),
        "{parents:?}"
    );
    assert!(process::pids().unwrap().len() < 20);
    for (name, call) in HOST_CALLS {
        if let Err(error) = call(Host::local()) {
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{name}: {error:?}");
        }
    }
    // Started before this namespace's first process: not zero, not negative.
    assert!(host::boot_time().unwrap() < one.create_time().unwrap());
}

#[test]
fn a_zombie_has_what_outlives_its_memory_and_says_zombie_for_the_rest() {
    let zombie = zoo::zombie();
    let process = Process::open(zombie.pid()).unwrap();
    let answers = answers(&process);
    assert_eq!(process.state().unwrap(), State::Zombie);
    for name in [
        "name",
        "ppid",
        "pgid",
        "sid",
        "cpu_times",
        "create_time",
        "uids",
        "gids",
        "groups",
        "username",
        "num_threads",
        "nice",
        "effective_uid",
        "is_running",
        "parent",
        "children",
        "ctx_switches",
        "read",
    ] {
        assert_eq!(answers[name], Ok(()), "{name}");
    }
    for name in [
        "exe",
        "cwd",
        "root",
        "environ",
        "cmdline",
        "memory_info",
        "memory_info_ex",
        "memory_footprint",
        "memory_maps",
        "memory_maps_grouped",
    ] {
        assert_eq!(answers[name], Err(ErrorKind::Zombie), "{name}");
    }
    for (name, answer) in &answers {
        if let Err(kind) = answer {
            // An ordinary user is refused what is left: who may look at
            // memory that is gone?
            let file = FILES.iter().find(|(of, _)| of == name);
            let denied = file.is_some_and(|(_, file)| {
                plainly(zombie.pid(), file)
                    .err()
                    .is_some_and(|error| error.kind() == io::ErrorKind::PermissionDenied)
            });
            let expected = match kind {
                ErrorKind::AccessDenied => denied,
                kind => matches!(kind, ErrorKind::Zombie | ErrorKind::Unsupported),
            };
            assert!(expected, "{name}: {kind:?}");
        }
    }
}

#[test]
fn a_process_that_is_gone_is_gone_for_every_getter() {
    let mut specimen = zoo::sleeper();
    let process = Process::open(specimen.pid()).unwrap();
    specimen.reap();
    for (name, answer) in answers(&process) {
        match name {
            // The question that has an answer.
            "is_running" => assert_eq!(answer, Ok(())),
            _ => assert_eq!(answer, Err(ErrorKind::NoSuchProcess), "{name}"),
        }
    }
    assert!(!process.is_running().unwrap());
    // Also for an identity without a handle.
    for (name, answer) in answers(&Process::from_id(process.id())) {
        match name {
            "is_running" => assert_eq!(answer, Ok(())),
            _ => assert_eq!(answer, Err(ErrorKind::NoSuchProcess), "{name}"),
        }
    }
}

#[test]
fn a_leader_that_ended_while_its_threads_live_is_no_ended_process() {
    let mut specimen = zoo::sleeper();
    specimen.leader_exits();
    let process = Process::open(specimen.pid()).unwrap();
    assert!(process.is_running().unwrap());
    let names: Vec<_> = process
        .threads()
        .unwrap()
        .into_iter()
        .map(|thread| thread.name)
        .collect();
    assert!(names.iter().any(|name| name == "survivor"), "{names:?}");
    // Whatever is said, nothing is invented: /proc shows no memory here.
    for (name, answer) in answers(&process) {
        if let Err(kind) = answer {
            assert!(
                matches!(
                    kind,
                    ErrorKind::Zombie | ErrorKind::Unsupported | ErrorKind::AccessDenied
                ),
                "{name}: {kind:?}"
            );
        }
    }
}

/// A root with a process and next to nothing else.
fn bare_root() -> FixtureRoot {
    let stat = "7 (a b) S 1 7 7 0 -1 4194560 1 0 0 0 3 4 0 0 20 0 1 0 100 4096000 100 \
                18446744073709551615 0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n";
    FixtureRoot::new()
        .file(
            "proc/stat",
            b"cpu  1 2 3 4\ncpu0 1 2 3 4\nbtime 1000000000\n",
        )
        .file("proc/7/stat", stat)
        .file("proc/7/statm", "1000 100 50 10 0 200 0\n")
        .symlink("proc/self", "7")
}

#[test]
fn a_machine_without_power_supplies_sensors_and_cgroups_has_none() {
    let root = bare_root().dir("sys/class");
    let host = Host::builder().root(root.path()).build();
    assert_eq!(host.batteries().unwrap(), []);
    assert_eq!(host.temperatures().unwrap(), []);
    assert_eq!(host.fans().unwrap(), []);
    assert_eq!(host.users().unwrap(), []);
    assert_eq!(host.zfs_arc().unwrap(), None);
    let unsupported = |error: Error| assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    unsupported(host.pressure(oslens::pressure::Resource::Cpu).unwrap_err());
    unsupported(host.cpu_frequency().unwrap_err());
}

#[test]
fn what_the_kernel_does_not_say_is_not_zero() {
    let root = bare_root();
    let host = Host::builder().root(root.path()).build();
    // A kernel of the year 2000: four columns.
    let times = host.cpu_times().unwrap();
    assert_eq!((times.iowait, times.steal, times.guest), (None, None, None));
    let stats = host.cpu_stats().unwrap();
    assert_eq!((stats.ctx_switches, stats.interrupts), (None, None));
    let rows = host.processes(Fields::all()).unwrap();
    let [row] = &rows[..] else {
        panic!("{rows:?}");
    };
    // What was in files that are there.
    assert_eq!(row.name.as_deref(), Ok("a b".as_ref()));
    assert!(row.rss.is_ok_and(|rss| rss > 0));
    // No `io`, `status`, `oom_score`, `cgroup`, … in this directory.
    for (field, cell) in [
        ("io", row.io_counters.err()),
        ("status", row.ctx_switches.err()),
        ("groups", row.groups.as_ref().err().copied()),
        ("capabilities", row.capabilities.err()),
        ("oom_score", row.oom_score.err()),
        ("smaps", row.memory_footprint.err()),
        ("details", row.memory_info_ex.err()),
    ] {
        assert!(
            matches!(cell, Some(Unavailable::Unsupported | Unavailable::Gone)),
            "{field}: {cell:?}"
        );
    }
    // This host's kernel cannot be asked about another host's processes.
    for cell in [row.ionice.err(), row.cpu_affinity.as_ref().err().copied()] {
        assert_eq!(cell, Some(Unavailable::Unsupported), "{row:?}");
    }
    // Nor its CPU clock: its ticks stand in.
    assert_eq!(row.cpu_total, Ok(Duration::from_millis(70)));
}

#[test]
fn nonsense_is_malformed_and_names_the_file() {
    let root = bare_root();
    let host = Host::builder().root(root.path()).build();
    let check = |file: &str, call: fn(&Host) -> Result<(), Error>| {
        for content in [&b""[..], b"\xff\xfe", b"cpu\n", b"a b c d e f g h\n"] {
            root.write(file, content);
            let Err(error) = call(&host) else {
                panic!("{file} may be {content:?}");
            };
            assert!(
                matches!(error.kind(), ErrorKind::Malformed | ErrorKind::Unsupported),
                "{file}: {error:?}"
            );
            let name = file.rsplit('/').next().unwrap_or(file);
            assert!(error.to_string().contains(name), "{file}: {error}");
        }
    };
    check("proc/stat", |host| host.cpu_times().map(drop));
    check("proc/stat", |host| host.boot_time().map(drop));
    check("proc/meminfo", |host| host.virtual_memory().map(drop));
    check("proc/loadavg", |host| host.load_average().map(drop));
    check("proc/uptime", |host| host.uptime().map(drop));
    check("proc/7/stat", |host| {
        host.process(7).and_then(|it| it.ppid()).map(drop)
    });
    // One nonsensical process does not fail the listing.
    root.write("proc/stat", b"cpu 1 2 3 4\ncpu0 1 2 3 4\nbtime 1\n");
    let rows = host.processes(Fields::PPID | Fields::RSS).unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].ppid, Err(Unavailable::Malformed));
}

#[test]
fn a_root_without_proc_is_an_error_for_all_that_come_from_there() {
    let root = FixtureRoot::new();
    let host = Host::builder().root(root.path()).build();
    for (nth, result) in [
        host.cpu_times().map(drop),
        host.virtual_memory().map(drop),
        host.pids().map(drop),
        host.processes(Fields::TABLE).map(drop),
        host.process_tree().map(drop),
        host.boot_time().map(drop),
        host.uptime().map(drop),
        host.load_average().map(drop),
        host.disk_partitions(disk::Partitions::All).map(drop),
        host.net_io_counters().map(drop),
        host.connections(Kind::TCP).map(drop),
    ]
    .into_iter()
    .enumerate()
    {
        let Err(error) = result else {
            panic!("answer {nth} comes from an empty root");
        };
        assert!(
            matches!(error.kind(), ErrorKind::Os | ErrorKind::Unsupported),
            "{error:?}"
        );
        assert!(
            error.to_string().contains("proc") || error.kind() == ErrorKind::Unsupported,
            "{error}"
        );
    }
}

#[test]
fn every_captured_machine_answers_or_says_why_not() {
    let names = fixture_names();
    if names.is_empty() {
        skip!("no machine has been captured");
    }
    for name in names {
        let root = oslens_testkit::fixture(&name);
        let host = Host::builder().root(root.path()).build();
        for (call, run) in HOST_CALLS {
            if let Err(error) = run(&host) {
                // The test's own PID does not exist there.
                let about_the_test = error.pid() == Some(Pid::current());
                assert!(
                    about_the_test
                        || matches!(error.kind(), ErrorKind::Unsupported | ErrorKind::Os),
                    "{name}: {call}: {error:?}"
                );
            }
        }
        for pid in host.pids().unwrap_or_default() {
            let Ok(process) = host.process(pid) else {
                continue;
            };
            for (call, run) in PROCESS_CALLS {
                if let Err(error) = run(&process) {
                    assert_ne!(
                        error.kind(),
                        ErrorKind::Malformed,
                        "{name}: {call}: {error:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn another_user_is_told_from_a_process_that_may_not_be_looked_at() {
    let Ok(specimen) = zoo::of_another_user() else {
        skip!("only root can make a process of another user");
    };
    // As root everything is seen; the same test binary as nobody sees its
    // own kind, but not those that forbid it.
    let theirs = Process::open(specimen.pid()).unwrap();
    assert_eq!(theirs.uids().unwrap().real, zoo::NOBODY);
    for (name, answer) in answers(&theirs) {
        if let Err(kind) = answer {
            assert_eq!(kind, ErrorKind::Unsupported, "{name}");
        }
    }
    assert!(theirs.namespaces().unwrap().user.is_some());
}

#[test]
fn a_process_that_forbids_looking_is_denied_to_its_own_user() {
    oslens_testkit::in_namespaces!(NsOptions::new().uid(zoo::NOBODY));
    let mut specimen = zoo::sleeper();
    specimen.set_dumpable(false);
    let process = Process::open(specimen.pid()).unwrap();
    let answers = answers(&process);
    for (name, file) in FILES {
        let plain = plainly(specimen.pid(), file).map_err(|error| error.kind());
        if plain == Err(io::ErrorKind::PermissionDenied) {
            assert_eq!(answers[name], Err(ErrorKind::AccessDenied), "{name}");
        }
    }
    assert_eq!(answers["environ"], Err(ErrorKind::AccessDenied));
    // The owner of its directory is root, and yet it is nobody's.
    assert_eq!(process.effective_uid().unwrap(), zoo::NOBODY);
}

#[test]
fn simple_questions_survive_a_process_without_any_descriptor_left() {
    // In a process of its own: the limit is the whole process's.
    if std::env::var_os("OSLENS_STARVED").is_some() {
        let mut held = Vec::new();
        while let Ok(file) = fs::File::open("/dev/null") {
            held.push(file);
        }
        let error = memory::virtual_memory().unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::EMFILE), "{error}");
        assert_eq!(error.kind(), ErrorKind::Os);
        let error = cpu::times().unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::EMFILE), "{error}");
        // A process that cannot be opened for want of a descriptor is not
        // one that is gone.
        if let Err(error) = Process::current().and_then(|me| me.name()) {
            assert_eq!(error.raw_os_error(), Some(libc::EMFILE), "{error}");
        }
        if let Err(error) = process::list(Fields::TABLE) {
            assert_eq!(error.raw_os_error(), Some(libc::EMFILE), "{error}");
        }
        drop(held);
        assert!(sensors::batteries().is_ok());
        return;
    }
    let output = Command::new("sh")
        .args(["-c", "ulimit -n 40 && exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", here!(), "--nocapture"])
        .env("OSLENS_STARVED", "1")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
