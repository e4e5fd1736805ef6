//! Every getter on every process, while processes are born and die, exec and
//! are stopped: a value, or one of the reasons why there is none.

#![cfg(target_os = "linux")]

mod surface;

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    path::Path,
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
    time::{Duration, Instant},
};

use oslens::{
    Error, ErrorKind, Host, Unavailable,
    net::{self, Kind},
    process::{self, Fields, Pid, Process, Sampler},
};
use oslens_testkit::{churn::Churn, zoo};
use surface::{HOST_CALLS, PROCESS_CALLS, READ_ALL};

/// Bounds the time of each test; the machine may be slow.
const TIME: Duration = Duration::from_secs(5);

/// What may be answered about a process that nobody knows anything about.
fn is_honest(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::NoSuchProcess
            | ErrorKind::Reused
            | ErrorKind::Zombie
            | ErrorKind::AccessDenied
            | ErrorKind::Unsupported
    )
}

/// Calls every getter once for this PID.
fn ask_everything(pid: Pid, answers: &mut BTreeMap<&'static str, u32>) {
    let opened = match Process::open(pid) {
        Ok(process) => process,
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::NoSuchProcess, "open: {error}");
            return;
        }
    };
    for (name, call) in PROCESS_CALLS {
        if READ_ALL.contains(name) && answers.get(name).is_some_and(|calls| *calls >= 5) {
            continue;
        }
        // A second handle, so that waiting collects nobody's child here.
        if *name == "wait" && opened.ppid().is_ok_and(|parent| parent == Pid::current()) {
            continue;
        }
        if let Err(error) = call(&opened) {
            assert!(is_honest(&error), "{name}: {error:?}");
            assert_eq!(error.pid(), Some(pid), "{name}: {error:?}");
        }
        *answers.entry(name).or_default() += 1;
    }
}

#[test]
fn every_getter_of_every_process_answers_or_says_why_not() {
    let churn = Churn::start(1000);
    let mut answers = BTreeMap::new();
    let deadline = Instant::now() + TIME;
    let mut asked = 0;
    // From both ends, so that neither the old nor the newborn are left out
    // on a slow machine.
    loop {
        let pids = process::pids().unwrap();
        let both_ends = pids.iter().rev().zip(&pids).flat_map(|(a, b)| [a, b]);
        for &pid in both_ends.take(pids.len().max(1)) {
            ask_everything(pid, &mut answers);
            asked += 1;
            if Instant::now() > deadline {
                break;
            }
        }
        if Instant::now() > deadline {
            break;
        }
    }
    assert!(churn.stop() > 100);
    assert!(asked > 20, "{asked} processes in {TIME:?}");
    for (name, _) in PROCESS_CALLS {
        assert!(answers.contains_key(name), "{name} was never asked");
    }
}

#[test]
fn newborn_processes_are_asked_before_they_are_gone() {
    let churn = Churn::start(1000);
    let parent = Process::open(churn.parent()).unwrap();
    let mut answers = BTreeMap::new();
    let deadline = Instant::now() + TIME / 2;
    let mut met = 0;
    while Instant::now() < deadline {
        for child in parent.children().unwrap() {
            met += 1;
            for (name, call) in PROCESS_CALLS {
                if READ_ALL.contains(name) {
                    continue;
                }
                if let Err(error) = call(&child) {
                    assert!(is_honest(&error), "{name}: {error:?}");
                }
                *answers.entry(*name).or_insert(0) += 1;
            }
        }
    }
    assert!(met > 0, "no child was ever met");
    drop(churn);
}

#[test]
fn the_system_functions_do_not_mind_processes_that_come_and_go() {
    let churn = Churn::start(1000);
    let deadline = Instant::now() + TIME;
    let mut rounds = 0;
    while rounds == 0 || Instant::now() < deadline && rounds < 20 {
        for (name, call) in HOST_CALLS {
            if let Err(error) = call(Host::local()) {
                // Not everything exists everywhere, but nothing else is
                // excused: none of them is about somebody who may be gone.
                assert_eq!(error.kind(), ErrorKind::Unsupported, "{name}: {error:?}");
            }
        }
        rounds += 1;
    }
    drop(churn);
}

/// No cell may be a surprise, and what was asked for is never "not asked".
fn check_row(row: &process::ProcessRow) {
    let text = format!("{row:?}");
    assert!(!text.contains("Malformed"), "{text}");
    let missing = Fields::all().difference(row.available());
    if row.pid == Pid::current() {
        assert!(
            Fields::TABLE.intersection(missing).is_empty(),
            "{missing:?}"
        );
    }
    assert!(
        !text.contains("Err(NotRequested)"),
        "asked for and not read: {text}"
    );
    // The name is in the directory of whoever is listed at all.
    if let Err(why) = &row.name {
        assert_eq!(*why, Unavailable::Gone, "{text}");
    }
}

#[test]
fn lists_and_samples_are_whole_while_processes_come_and_go() {
    let churn = Churn::start(1000);
    let deadline = Instant::now() + TIME;
    let mut sampler = Sampler::new(Fields::all());
    let me = Pid::current();
    let mut rounds = 0;
    while rounds == 0 || Instant::now() < deadline && rounds < 15 {
        let rows = process::list(Fields::all()).unwrap();
        assert!(rows.is_sorted_by_key(|row| row.pid));
        assert!(rows.iter().any(|row| row.pid == me));
        rows.iter().for_each(check_row);
        let sample = sampler.sample().unwrap();
        assert!(sample.get(me).is_some());
        for row in sample.rows() {
            check_row(row);
            if let Some(delta) = sample.delta(row) {
                assert!(delta.cpu.is_err() || delta.cpu.is_ok_and(|cpu| cpu >= 0.0));
            }
        }
        let connections = net::connections_with_owners(Kind::ALL).unwrap();
        for connection in connections {
            let owners = connection.owners;
            assert_ne!(owners, Err(Unavailable::NotRequested));
        }
        rounds += 1;
    }
    drop(churn);
}

/// Ends the asking thread also when the other one fails.
struct Enough<'a>(&'a AtomicBool);

impl Drop for Enough<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn a_process_is_asked_while_it_execs_stops_and_exits() {
    let enough = &AtomicBool::new(false);
    let target = &AtomicU32::new(0);
    std::thread::scope(|scope| {
        let asker = scope.spawn(move || {
            let mut answers = BTreeMap::new();
            while !enough.load(Ordering::Relaxed) {
                let pid = target.load(Ordering::Relaxed);
                if pid != 0 {
                    ask_everything(Pid::new(pid), &mut answers);
                }
            }
            answers
        });
        let _enough = Enough(enough);
        let deadline = Instant::now() + TIME / 2;
        while Instant::now() < deadline && !asker.is_finished() {
            let mut specimen = zoo::threaded(&[b"one", b"two)"]);
            target.store(specimen.pid(), Ordering::Relaxed);
            specimen.rename(b") S 1 (");
            specimen.stop();
            specimen.resume();
            let args = ["sleep", "60"].map(OsStr::new);
            specimen.exec(Path::new("/bin/sleep"), &args);
            specimen.kill_unreaped();
            std::thread::sleep(Duration::from_millis(2));
        }
        enough.store(true, Ordering::Relaxed);
        assert!(!asker.join().unwrap().is_empty());
    });
}
