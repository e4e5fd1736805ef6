//! The process table: against other sources of the same truth, for strange
//! processes, and for captured roots.
#![cfg(target_os = "linux")]

use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _, path::Path, time::SystemTime};

use oslens::{
    ErrorKind, Host, Unavailable,
    process::{self, Fields, Pid, Process, ProcessRow, Resource, State},
};
use oslens_testkit::{FixtureRoot, churn::Churn, here, is_root, ns::NsOptions, skip, tool, zoo};

fn row_of(pid: u32, fields: Fields) -> ProcessRow {
    let rows = process::list(fields).unwrap();
    rows.into_iter()
        .find(|row| row.pid == Pid::new(pid))
        .expect("the process is in the list")
}

#[test]
fn pids_are_those_that_ps_shows_and_ascend() {
    oslens_testkit::in_namespaces!(NsOptions::new().pid());
    let zombie = zoo::zombie();
    let threaded = zoo::threaded(&[b"a", b"b"]);
    let pids = process::pids().unwrap();
    assert!(pids.is_sorted());
    assert!(pids.contains(&Pid::new(zombie.pid())));
    assert!(pids.contains(&Pid::new(threaded.pid())));
    match tool("ps", &["-e", "-o", "pid="]) {
        Ok(output) => {
            // `ps` sees itself, which is gone, and only that more.
            let text = output.stdout;
            let shown: Vec<u32> = text
                .split_whitespace()
                .map(|pid| pid.parse().unwrap())
                .collect();
            let ours: Vec<u32> = pids.iter().map(|pid| pid.get()).collect();
            let more: Vec<_> = shown.iter().filter(|pid| !ours.contains(pid)).collect();
            assert!(
                ours.iter().all(|pid| shown.contains(pid)),
                "{ours:?} {shown:?}"
            );
            assert_eq!(more.len(), 1, "{ours:?} {shown:?}");
        }
        Err(reason) => skip!("{reason}"),
    }
}

#[test]
fn a_thread_is_no_process_and_a_zombie_is_one() {
    let mut threaded = zoo::threaded(&[]);
    let tid = threaded.thread(b"worker");
    assert!(Path::new(&format!("/proc/{tid}/stat")).exists());
    assert!(!process::pid_exists(tid).unwrap());
    assert!(process::pid_exists(threaded.pid()).unwrap());
    let zombie = zoo::zombie();
    assert!(process::pid_exists(zombie.pid()).unwrap());
    for nobody in [0, 1 << 30, u32::MAX] {
        assert!(!process::pid_exists(nobody).unwrap());
    }
    let same = Host::builder().proc("/proc").build();
    assert!(!same.pid_exists(tid).unwrap());
    assert!(same.pid_exists(std::process::id()).unwrap());
    assert!(!same.pid_exists(1u32 << 30).unwrap());
}

#[test]
fn a_proc_without_processes_is_an_error_and_not_an_empty_list() {
    let empty = FixtureRoot::new().dir("proc");
    let host = Host::builder().root(empty.path()).build();
    let nowhere = Host::builder().root("/nonexistent").build();
    let root = FixtureRoot::new().file("file", "");
    let file = Host::builder().proc(root.path().join("file")).build();
    for (kind, error) in [
        (ErrorKind::Unsupported, host.pids().unwrap_err()),
        (
            ErrorKind::Unsupported,
            host.processes(Fields::TABLE).unwrap_err(),
        ),
        (ErrorKind::Unsupported, host.pid_exists(1u32).unwrap_err()),
        (
            ErrorKind::Unsupported,
            host.sampler(Fields::RSS).sample().unwrap_err(),
        ),
        (ErrorKind::NotFound, nowhere.pids().unwrap_err()),
        (ErrorKind::Unsupported, file.pids().unwrap_err()),
    ] {
        assert_eq!(error.kind(), kind);
        assert!(
            error.to_string().contains("procfs is not mounted at"),
            "{error}"
        );
    }
}

#[test]
fn the_table_agrees_with_ps() {
    oslens_testkit::in_namespaces!(NsOptions::new().pid());
    let _zoo = (
        zoo::sleeper(),
        zoo::zombie(),
        zoo::stopped(),
        zoo::threaded(&[b"x"]),
    );
    let columns = "pid=,ppid=,pgid=,sess=,nlwp=,nice=,rss=,vsz=,euid=,ruid=,egid=,stat=";
    let output = match tool("ps", &["-e", "-o", columns]) {
        Ok(output) => output.stdout,
        Err(reason) => skip!("{reason}"),
    };
    let rows = process::list(Fields::all()).unwrap();
    let mut compared = 0;
    for line in output.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let number = |column: usize| words[column].parse::<i64>().unwrap();
        let Some(row) = rows
            .iter()
            .find(|row| i64::from(row.pid.get()) == number(0))
        else {
            continue;
        };
        if row.pid == Pid::current() {
            continue;
        }
        compared += 1;
        let what = format!("{line} {row:?}");
        let pid = |column| Ok(Pid::new(u32::try_from(number(column)).unwrap()));
        assert_eq!(
            (row.ppid, row.pgid, row.sid),
            (pid(1), pid(2), pid(3)),
            "{what}"
        );
        assert_eq!(row.num_threads.unwrap(), number(4) as u32, "{what}");
        assert_eq!(row.nice.unwrap(), number(5) as i32, "{what}");
        let letter = words[11].as_bytes()[0];
        if letter == b'Z' {
            assert_eq!(row.rss, Err(Unavailable::Zombie));
            assert_eq!(row.state, Ok(State::Zombie));
        } else {
            assert_eq!(row.vms.unwrap() / 1024, number(7) as u64, "{what}");
            assert!(
                row.rss.unwrap().abs_diff(number(6) as u64 * 1024) < 1 << 20,
                "{what}"
            );
        }
        assert_eq!(row.effective_uid.unwrap(), number(8) as u32);
        assert_eq!(row.uids.unwrap().real, number(9) as u32);
        assert_eq!(row.gids.unwrap().effective, number(10) as u32);
    }
    assert!(compared >= 4, "{output}");
}

#[test]
fn pidfd_and_status_tell_the_same_users() {
    if !is_root() {
        skip!("needs other users");
    }
    let mut specimen = zoo::sleeper();
    specimen.set_uids(11, 12, 13);
    let from_pidfd = row_of(specimen.pid(), Fields::UIDS | Fields::GIDS);
    let from_status = row_of(specimen.pid(), Fields::UIDS | Fields::GIDS | Fields::GROUPS);
    assert_eq!(from_pidfd.uids, from_status.uids);
    assert_eq!(from_pidfd.gids, from_status.gids);
    let uids = from_status.uids.unwrap();
    assert_eq!((uids.real, uids.effective, uids.saved), (11, 12, 13));
    // The directory's owner is right also for a process that must not be
    // inspected.
    specimen.set_dumpable(false);
    assert_eq!(
        row_of(specimen.pid(), Fields::EFFECTIVE_UID).effective_uid,
        Ok(12)
    );
}

#[test]
fn a_long_name_is_recovered_and_hostile_names_are_kept() {
    let long = zoo::Builder::new()
        .exe_name("a-name-of-more-than-fifteen-bytes")
        .arg0("/x/a-name-of-more-than-fifteen-bytes")
        .spawn();
    let name = row_of(long.pid(), Fields::NAME).name.unwrap();
    assert_eq!(name, "a-name-of-more-than-fifteen-bytes");
    // The first argument says something else: what the kernel has stays.
    let other = zoo::Builder::new()
        .exe_name("a-name-of-more-than-fifteen-bytes")
        .arg0("something-else")
        .spawn();
    let name = row_of(other.pid(), Fields::NAME).name.unwrap();
    assert_eq!(name, "a-name-of-more-");
    for hostile in [&b") S 1 1"[..], b"a\nb", b"\xff\xfe", b"(()", b" "] {
        let specimen = zoo::renamed(hostile);
        let row = row_of(specimen.pid(), Fields::NAME | Fields::PPID);
        assert_eq!(row.name.unwrap().as_bytes(), hostile);
        assert_eq!(row.ppid.unwrap(), Pid::current());
    }
}

#[test]
fn a_zombie_says_what_went_with_its_memory() {
    let zombie = zoo::zombie();
    let row = row_of(zombie.pid(), Fields::all());
    assert_eq!(row.state, Ok(State::Zombie));
    assert!(row.name.is_ok() && row.ppid.is_ok() && row.cpu_total.is_ok() && row.uids.is_ok());
    let zombie_cell = Some(Unavailable::Zombie);
    assert_eq!(row.exe.clone().err(), zombie_cell);
    assert_eq!(row.cmdline.clone().err(), zombie_cell);
    assert_eq!(row.cwd.clone().err(), zombie_cell);
    assert_eq!(row.environ.clone().err(), zombie_cell);
    assert_eq!(row.num_fds.err(), zombie_cell);
    assert_eq!(row.memory_info.err(), zombie_cell);
    assert_eq!(row.memory_info_ex.err(), zombie_cell);
    assert_eq!(row.memory_footprint.err(), zombie_cell);
    assert_eq!(row.rss.err(), zombie_cell);
    // Also where `stat` is not read along.
    for field in [
        Fields::EXE,
        Fields::CMDLINE,
        Fields::CWD,
        Fields::MEMORY_INFO,
        Fields::MEMORY_INFO_EX,
        Fields::ENVIRON,
        Fields::MEMORY_FOOTPRINT,
        Fields::NUM_FDS,
    ] {
        let row = row_of(zombie.pid(), field);
        assert!(
            format!("{row:?}").contains("Err(Zombie)"),
            "{field:?} {row:?}"
        );
        assert!(!row.available().contains(field), "{field:?} {row:?}");
    }
}

#[test]
fn a_kernel_thread_has_no_executable_and_no_memory() {
    let rows = process::list(Fields::all()).unwrap();
    let Some(kernel) = rows
        .iter()
        .find(|row| row.pid == Pid::new(2) && row.ppid == Ok(Pid::new(0)))
    else {
        skip!("no kernel threads in this PID namespace");
    };
    assert_eq!(kernel.exe, Ok(None));
    assert_eq!(kernel.cmdline, Ok(vec![]));
    assert_eq!(kernel.rss, Ok(0));
    assert_eq!(kernel.memory_info.unwrap().vms, 0);
    assert_eq!(kernel.memory_footprint.unwrap().uss, 0);
    for field in [
        Fields::EXE,
        Fields::CMDLINE,
        Fields::MEMORY_FOOTPRINT,
        Fields::MEMORY_INFO,
    ] {
        let row = row_of(2, field);
        if is_root() {
            assert!(row.available().contains(field), "{field:?} {row:?}");
        }
    }
    // Names of kernel threads are not cut.
    assert!(
        rows.iter()
            .all(|row| row.name.as_ref().is_ok_and(|name| !name.is_empty()))
    );
}

#[test]
fn what_another_user_may_not_read_is_denied_in_its_cell_alone() {
    let root_owned = if is_root() {
        Some(zoo::sleeper())
    } else {
        None
    };
    drop(root_owned);
    oslens_testkit::in_namespaces!(NsOptions::new().pid().uid(zoo::NOBODY));
    let rows = process::list(Fields::all()).unwrap();
    // The namespace's first process is root's.
    let Some(init) = rows.iter().find(|row| row.effective_uid == Ok(0)) else {
        skip!("no process of another user is visible");
    };
    for denied in [
        init.exe.as_ref().err(),
        init.cwd.as_ref().err(),
        init.environ.as_ref().err(),
        init.io_counters.as_ref().err(),
        init.memory_footprint.as_ref().err(),
    ] {
        assert_eq!(denied, Some(&Unavailable::Denied), "{init:?}");
    }
    assert!(
        init.name.is_ok() && init.cpu_total.is_ok() && init.uids.is_ok() && init.cmdline.is_ok()
    );
}

#[test]
fn under_hidepid_only_the_own_processes_are_listed() {
    oslens_testkit::in_namespaces!(NsOptions::new().pid().hidepid(2).uid(zoo::NOBODY));
    let mine = zoo::sleeper();
    let rows = process::list(Fields::TABLE | Fields::CPU_TOTAL | Fields::UIDS).unwrap();
    assert!(rows.iter().any(|row| row.pid == Pid::new(mine.pid())));
    assert!(
        rows.iter().all(|row| row.effective_uid == Ok(zoo::NOBODY)),
        "{rows:?}"
    );
    assert!(!process::pid_exists(1u32).unwrap());
}

#[test]
fn under_hidepid_of_one_strangers_are_listed_and_say_nothing() {
    oslens_testkit::in_namespaces!(NsOptions::new().pid().hidepid(1).uid(zoo::NOBODY));
    let rows = process::list(Fields::all()).unwrap();
    let Some(init) = rows.iter().find(|row| row.pid == Pid::new(1)) else {
        skip!("the first process is not visible");
    };
    assert_eq!(init.name, Err(Unavailable::Denied), "{init:?}");
    assert_eq!(init.exe, Err(Unavailable::Denied));
    assert_eq!(init.num_fds, Err(Unavailable::Denied));
    assert!(process::pid_exists(1u32).unwrap());
    let me = rows.iter().find(|row| row.pid == Pid::current()).unwrap();
    assert!(me.name.is_ok() && me.exe.is_ok());
    let mut sampler = process::Sampler::new(Fields::TABLE | Fields::MEMORY_INFO);
    for _ in 0..3 {
        let sample = sampler.sample().unwrap();
        assert_eq!(sample.get(1u32).unwrap().rss, Err(Unavailable::Denied));
        assert!(sample.get(Pid::current()).unwrap().rss.is_ok());
    }
}

/// In a PID namespace of its own, but with the outer `/proc` still mounted,
/// system calls would ask about other processes than `/proc` lists.
#[test]
fn pids_of_another_namespaces_proc_are_not_handed_to_system_calls() {
    const INSIDE: &str = "OSLENS_TEST_OUTER_PROC";
    if std::env::var_os(INSIDE).is_none() {
        let output = std::process::Command::new("unshare")
            .args(["--pid", "--fork", "--"])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", here!(), "--nocapture"])
            .env(INSIDE, "1")
            .output();
        match output {
            Ok(output) if output.status.success() => return,
            Ok(output) if is_root() => panic!("{output:?}"),
            _ => skip!("needs root and unshare(1)"),
        }
    }
    assert_eq!(std::process::id(), 1);
    let outer = std::fs::read_link("/proc/self").unwrap();
    let outer: u32 = outer.to_str().unwrap().parse().unwrap();
    assert_ne!(outer, 1);
    let fields = Fields::CPU_TOTAL | Fields::UIDS | Fields::IONICE | Fields::CPU_AFFINITY;
    for row in [row_of(outer, fields), row_of(1, fields)] {
        // From `stat` and `status`, or not at all.
        assert!(row.start.is_known());
        assert!(row.cpu_total.is_ok() && row.uids.is_ok(), "{row:?}");
        assert_eq!(row.cpu_total.unwrap().subsec_nanos() % 10_000_000, 0);
        assert_eq!(row.ionice, Err(Unavailable::Unsupported));
        assert_eq!(row.cpu_affinity, Err(Unavailable::Unsupported));
    }
    let mut sampler = process::Sampler::new(Fields::CPU_TOTAL | Fields::RSS);
    for _ in 0..3 {
        let sample = sampler.sample().unwrap();
        assert!(sample.get(outer).unwrap().rss.unwrap() > 0);
    }
}

#[test]
fn every_field_of_every_process_while_processes_are_born_and_die() {
    let churn = Churn::start(500);
    let mut sampler = process::Sampler::new(Fields::all()).descriptor_budget(50);
    for round in 0..12 {
        for row in process::list(Fields::all()).unwrap() {
            assert!(row.start.is_known() || row.state.is_err(), "{row:?}");
            assert!(!format!("{row:?}").contains("Err(Malformed)"), "{row:?}");
        }
        let sample = sampler.sample().unwrap();
        assert!(sample.rows().is_sorted_by_key(|row| row.pid));
        for row in sample.rows() {
            assert!(!format!("{row:?}").contains("Err(Malformed)"), "{row:?}");
            if let Some(delta) = sample.delta(row) {
                assert!(delta.cpu.is_err() || delta.cpu.is_ok_and(|cpus| cpus >= 0.0));
            }
        }
        assert_eq!(sample.elapsed().is_some(), round > 0);
        for pid in process::pids().unwrap() {
            if let Ok(process) = Process::open(pid) {
                match process.read(Fields::all()) {
                    Ok(row) => assert_eq!(row.id(), process.id()),
                    Err(error) => assert!(
                        matches!(error.kind(), ErrorKind::NoSuchProcess | ErrorKind::Reused),
                        "{error}"
                    ),
                }
            }
        }
    }
    assert!(churn.stop() > 0);
}

#[test]
fn a_row_of_a_reused_pid_is_refused() {
    oslens_testkit::in_namespaces!(NsOptions::new().pid());
    let mut first = zoo::Builder::new().pid(4321).spawn();
    let held = Process::open(4321).unwrap();
    let unheld = Process::from_id(row_of(4321, Fields::START).id());
    let fields = [
        Fields::TABLE,
        Fields::CPU_TOTAL,
        Fields::UIDS,
        Fields::all(),
    ];
    for fields in fields {
        assert_eq!(
            held.read(fields).unwrap().pid,
            unheld.read(fields).unwrap().pid
        );
    }
    first.kill_unreaped();
    assert_eq!(held.read(Fields::STATE).unwrap().state, Ok(State::Zombie));
    first.reap();
    for fields in fields {
        assert_eq!(
            held.read(fields).unwrap_err().kind(),
            ErrorKind::NoSuchProcess
        );
        assert_eq!(
            unheld.read(fields).unwrap_err().kind(),
            ErrorKind::NoSuchProcess
        );
    }
    // `start` counts in ticks: the next process must not start in the same.
    std::thread::sleep(std::time::Duration::from_millis(30));
    let _second = zoo::Builder::new().pid(4321).spawn();
    for fields in fields {
        assert_eq!(
            held.read(fields).unwrap_err().kind(),
            ErrorKind::Reused,
            "{fields:?}"
        );
        assert_eq!(
            unheld.read(fields).unwrap_err().kind(),
            ErrorKind::Reused,
            "{fields:?}"
        );
    }
}

#[test]
fn the_own_row_is_true() {
    let row = Process::current().unwrap().read(Fields::all()).unwrap();
    assert_eq!(
        row.cmdline.as_deref().unwrap(),
        std::env::args_os().collect::<Vec<_>>()
    );
    assert_eq!(
        row.exe.clone().unwrap().unwrap(),
        std::env::current_exe().unwrap()
    );
    assert_eq!(row.cwd.clone().unwrap(), std::env::current_dir().unwrap());
    assert_eq!(row.root.clone().unwrap(), Path::new("/"));
    let environ = row.environ.as_ref().unwrap();
    assert!(environ.iter().any(|(name, _)| name == "PATH"));
    let age = SystemTime::now().duration_since(row.create_time.unwrap());
    assert!(
        age.as_ref().is_ok_and(|age| age.as_secs() < 3600),
        "{age:?}"
    );
    let listed = std::fs::read_dir("/proc/self/fd").unwrap().count() as u32;
    assert!(row.num_fds.unwrap().abs_diff(listed) < 8);
    assert!(row.io_counters.unwrap().read_chars > Some(0));
    let footprint = row.memory_footprint.unwrap();
    assert!(footprint.uss > 0 && footprint.pss.unwrap() >= footprint.uss);
    assert!(!row.cpu_affinity.as_ref().unwrap().is_empty());
    let ticks = row.cpu_times.unwrap();
    let total = row.cpu_total.unwrap();
    assert!((ticks.user + ticks.system).abs_diff(total).as_millis() < 200);
}

#[test]
fn the_time_of_creation_is_the_time_of_day() {
    let before = SystemTime::now();
    let specimen = zoo::sleeper();
    let local = row_of(specimen.pid(), Fields::CREATE_TIME);
    let created = local.create_time.unwrap();
    let apart = |one: SystemTime, other: SystemTime| {
        one.duration_since(other)
            .unwrap_or_else(|error| error.duration())
            .as_millis()
    };
    // Ticks of 10 ms, and some time to start.
    assert!(apart(created, before) < 5000, "{created:?} {before:?}");
    assert!(created + std::time::Duration::from_millis(20) >= before);
    // The same once more is the same, to the wobble of two clocks.
    let again = row_of(specimen.pid(), Fields::CREATE_TIME);
    assert!(apart(again.create_time.unwrap(), created) <= 10);
    // Another root goes by the whole seconds of `btime`.
    let host = Host::builder().proc("/proc").build();
    let rows = host.processes(Fields::CREATE_TIME).unwrap();
    let row = rows.iter().find(|row| row.id() == local.id()).unwrap();
    assert!(apart(row.create_time.unwrap(), created) <= 1010);
}

#[test]
fn another_root_on_the_same_processes_says_the_same() {
    let mut specimen = zoo::threaded(&[b"a", b"b"]);
    specimen.burn(std::time::Duration::from_millis(50));
    let pid = Pid::new(specimen.pid());
    let host = Host::builder().proc("/proc").build();
    let of = |host: &Host| {
        let mut rows = host.processes(Fields::all()).unwrap();
        let mut row = rows.remove(rows.iter().position(|row| row.pid == pid).unwrap());
        // What asks system calls, what the clock says, what changes.
        row.cpu_total = Err(Unavailable::NotRequested);
        row.ionice = Err(Unavailable::NotRequested);
        row.cpu_affinity = Err(Unavailable::NotRequested);
        row.create_time = Err(Unavailable::NotRequested);
        row.memory_footprint = Err(Unavailable::NotRequested);
        row
    };
    let (local, other) = (of(Host::local()), of(&host));
    let mut expected = local.clone();
    expected.sampled_at = other.sampled_at;
    assert_eq!(other, expected);
}

#[test]
fn a_terminal_is_named_by_its_device() {
    let mut specimen = zoo::sleeper();
    let terminal = specimen.take_terminal();
    assert_eq!(
        row_of(specimen.pid(), Fields::TERMINAL).terminal,
        Ok(Some(terminal))
    );
}

#[test]
fn a_deleted_executable_keeps_its_path() {
    let specimen = zoo::deleted_executable();
    let exe = row_of(specimen.pid(), Fields::EXE).exe.unwrap().unwrap();
    assert!(!exe.exists());
    assert!(!exe.to_string_lossy().ends_with("(deleted)"), "{exe:?}");
}

#[test]
fn memory_and_io_priority_are_what_was_set() {
    let mut specimen = zoo::sleeper();
    let before = row_of(specimen.pid(), Fields::all());
    specimen.hold_memory(64 << 20, 32 << 20);
    let after = row_of(specimen.pid(), Fields::all());
    let grown = |of: fn(&ProcessRow) -> u64| of(&after).saturating_sub(of(&before)) >> 20;
    assert!((30..=34).contains(&grown(|row| row.rss.unwrap())));
    assert!((63..=66).contains(&grown(|row| row.vms.unwrap())));
    assert!((30..=34).contains(&grown(|row| row.memory_footprint.unwrap().uss)));
    assert!((30..=34).contains(&grown(|row| {
        row.memory_info_ex.unwrap().rss_anon.unwrap_or(0)
    })));
    specimen.set_affinity(&[0]);
    specimen.set_nice(7);
    let row = row_of(
        specimen.pid(),
        Fields::CPU_AFFINITY | Fields::NICE | Fields::IONICE,
    );
    assert_eq!(row.cpu_affinity, Ok(vec![0]));
    assert_eq!(row.nice, Ok(7));
    assert!(row.ionice.is_ok());
}

const OLD_STAT: &[u8] = b"4 (old (1)) S 1 4 4 1025 -1 0 1 2 3 4 150 50 7 8 9 0 1 0 5500 655360 3 \
    0 0 0 0 0 0 0 0 0 0 0 0 0 17\n";

fn old_root() -> FixtureRoot {
    FixtureRoot::new()
        .file("proc/stat", b"cpu  1 2 3 4\nbtime 1000000000\n")
        .file("proc/4/stat", OLD_STAT)
        .file("proc/4/statm", b"10 3 1 2 0 5 0\n")
        .file(
            "proc/4/status",
            b"Name:\told\nState:\tS (sleeping)\nTgid:\t4\nUid:\t5\t6\t7\t8\nGid:\t1\t1\t1\t1\n",
        )
        .file("proc/4/cmdline", b"/sbin/old\0-\xff\0")
        .file("proc/4/cgroup", b"0::/a\xffb\n")
        .file("proc/4/fd/0", b"")
        .file("proc/4/fd/7", b"")
        .file(
            "proc/4/smaps",
            b"00400000-00401000 r-xp 0 00:00 0\nPrivate_Dirty: 64 kB\nPss: 70 kB\nPrivate_Clean: 64 kB\n",
        )
        .file("proc/30/stat", b"30 (half")
        .dir("proc/200")
        .dir("proc/self-not-a-process")
}

#[test]
fn an_old_kernel_with_large_pages_is_read_in_its_own_units() {
    let root = old_root();
    let host = Host::builder()
        .root(root.path())
        .page_size(65536)
        .ticks_per_second(1000)
        .build();
    assert_eq!(host.pids().unwrap(), [4, 30, 200].map(Pid::new));
    assert!(host.pid_exists(4u32).unwrap());
    assert!(!host.pid_exists(5u32).unwrap());
    let rows = host.processes(Fields::all()).unwrap();
    // 200 has no files: it vanished. 30 was written half.
    assert_eq!(
        rows.iter().map(|row| row.pid.get()).collect::<Vec<_>>(),
        [4, 30]
    );
    assert_eq!(rows[1].state, Err(Unavailable::Malformed));
    assert!(!rows[1].start.is_known());

    let row = &rows[0];
    assert_eq!(row.name.as_deref(), Ok(OsStr::new("old (1)")));
    assert_eq!(row.rss, Ok(3 * 65536));
    assert_eq!(row.memory_info.unwrap().data, Some(5 * 65536));
    assert_eq!(row.cpu_times.unwrap().user.as_millis(), 150);
    assert_eq!(row.cpu_times.unwrap().iowait, None);
    assert_eq!(row.cpu_total.unwrap().as_millis(), 200);
    assert_eq!(row.cpu_num, Err(Unavailable::Unsupported));
    let created = row
        .create_time
        .unwrap()
        .duration_since(SystemTime::UNIX_EPOCH);
    assert_eq!(created.unwrap().as_millis(), 1_000_000_005_500);
    assert_eq!(row.uids.unwrap().filesystem, 8);
    assert_eq!(row.effective_uid, Ok(6));
    assert_eq!(row.memory_info_ex.unwrap().swap, None);
    assert_eq!(row.ctx_switches, Err(Unavailable::Unsupported));
    assert_eq!(row.num_fds, Ok(2));
    assert_eq!(row.memory_footprint.unwrap().uss, 128 << 10);
    assert_eq!(row.memory_footprint.unwrap().swap, None);
    assert_eq!(row.exe, Ok(None));
    // What has a terminal has one, but this machine's devices do not name it.
    assert_eq!(row.terminal, Err(Unavailable::Unsupported));
    assert_eq!(row.io_counters, Err(Unavailable::Unsupported));
    assert_eq!(
        row.cgroup.as_ref().unwrap()[0].path.as_os_str().as_bytes(),
        b"/a\xffb"
    );
    assert_eq!(row.oom_score, Err(Unavailable::Unsupported));
    // System calls would ask about processes of this machine.
    assert_eq!(row.ionice, Err(Unavailable::Unsupported));
    assert_eq!(row.cpu_affinity, Err(Unavailable::Unsupported));
}

#[test]
fn missing_cells_are_serialized_with_their_reason() {
    let root = old_root();
    let host = Host::builder().root(root.path()).build();
    let rows = host
        .processes(Fields::NAME | Fields::CMDLINE | Fields::IO_COUNTERS | Fields::CGROUP)
        .unwrap();
    #[cfg(feature = "serde")]
    {
        let json = serde_json::to_value(&rows[0]).unwrap();
        assert_eq!(json["pid"], 4);
        assert_eq!(json["name"], "old (1)");
        assert_eq!(
            json["cmdline"],
            serde_json::json!(["/sbin/old", "-\u{fffd}"])
        );
        assert_eq!(json["cgroup"][0]["path"], "/a\u{fffd}b");
        assert_eq!(
            json["io_counters"],
            serde_json::json!({"unavailable": "unsupported"})
        );
        assert_eq!(
            json["exe"],
            serde_json::json!({"unavailable": "not_requested"})
        );
        assert!(json.get("sampled_at").is_none());
    }
    assert_eq!(rows.len(), 2);
}

#[test]
fn whoever_has_a_pid_is_asked_as_cheaply_as_by_number() {
    let sleeper = zoo::Builder::new().spawn();
    let known = Process::open(sleeper.pid()).unwrap();
    known.set_nice(7).unwrap();
    let anybody = Process::from_id(known.pid().into());
    let alone = anybody.read(Fields::NICE).unwrap();
    // From a system call: what only `stat` has was not read.
    assert_eq!((alone.nice, alone.start.is_known()), (Ok(7), false));
    assert_eq!(known.read(Fields::NICE).unwrap().nice, Ok(7));
    assert_eq!(
        anybody.limit(Resource::OpenFiles).unwrap(),
        known.limit(Resource::OpenFiles).unwrap()
    );
    assert_eq!(
        anybody.threads().unwrap().len(),
        known.threads().unwrap().len()
    );
    assert_eq!(Host::local().identify(known.pid()).unwrap(), known.id());
    // To act on it, it must be known who is meant.
    assert_eq!(
        anybody.set_nice(8).unwrap_err().kind(),
        ErrorKind::InvalidInput
    );
    drop(sleeper);
    assert_eq!(
        anybody.read(Fields::NICE).unwrap_err().kind(),
        ErrorKind::NoSuchProcess
    );
}
