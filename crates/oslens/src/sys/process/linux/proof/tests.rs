use std::process::{Child, Command};

use super::*;
use crate::{
    process::{Fields, Process},
    sys::pal::linux::watch::{Look, Watch},
};

fn sleeper() -> Child {
    let child = Command::new("sleep").arg("600").spawn().unwrap();
    // It has no command line until the program is loaded.
    while std::fs::read(format!("/proc/{}/cmdline", child.id())).is_ok_and(|line| line.is_empty()) {
        std::thread::yield_now();
    }
    child
}

/// That of the caller, who may be niced.
fn usual_nice() -> i32 {
    Process::current().unwrap().nice().unwrap()
}

fn often(child: &Child) -> Process {
    let id = Host::local().identify(child.id()).unwrap();
    Process::from_id(id).asked_often()
}

fn holds(process: &Process) -> bool {
    process.target().proof.unwrap().held.get().is_some()
}

/// Where it may, see [`Watch::new`].
fn ask_until_held(process: &Process) -> bool {
    for _ in 0..300 {
        process.nice().unwrap();
        if holds(process) {
            return true;
        }
    }
    println!("skipped: nothing is held on this kernel, or the limit is low");
    false
}

#[test]
fn a_watch_tells_when_a_process_ends() {
    let mut child = sleeper();
    let pidfd = super::super::cells::open_pidfd(Pid::new(child.id())).unwrap();
    let Some(watch) = Watch::new(pidfd, 500).unwrap() else {
        println!("skipped: pidfds cannot be told apart here");
        child.kill().unwrap();
        child.wait().unwrap();
        return;
    };
    assert!(watch.is_whole());
    assert!(watch.numbers().iter().all(|&number| number >= 500));
    for _ in 0..3 {
        assert_eq!(watch.look(), Look::Runs);
    }
    assert_eq!(watch.send(libc::SIGCONT), Some(Ok(())));
    child.kill().unwrap();
    child.wait().unwrap();
    for _ in 0..3 {
        assert_eq!(watch.look(), Look::Ended);
    }
    assert_eq!(
        watch.send(libc::SIGCONT),
        Some(Err(rustix::io::Errno::SRCH))
    );
    watch.close();
    assert_eq!(watch.look(), Look::Lost);
    assert!(!watch.is_whole());
    assert_eq!(watch.send(libc::SIGCONT), None);
    // Not a second time.
    watch.close();
}

#[test]
fn answers_are_the_same_however_they_are_proved() {
    let mut child = sleeper();
    let plain = Process::open(child.id()).unwrap();
    let kept = often(&child);
    let both = |what: &dyn Fn(&Process) -> String| {
        assert_eq!(what(&plain), what(&kept));
        assert_eq!(what(&kept), what(&kept));
    };
    for _ in 0..30 {
        both(&|process| format!("{:?}", process.nice()));
        both(&|process| format!("{:?}", process.cwd()));
        both(&|process| format!("{:?}", process.ionice()));
        both(&|process| format!("{:?}", process.cpu_affinity()));
        both(&|process| format!("{:?}", process.uids()));
        both(&|process| format!("{:?}", process.cmdline()));
        both(&|process| format!("{:?}", process.limit(crate::process::Resource::OpenFiles)));
        both(&|process| format!("{:?}", process.threads().map(|all| all.len())));
        both(&|process| format!("{:?}", process.read(Fields::PPID).map(|row| row.id())));
    }
    kept.set_nice(5).unwrap();
    assert_eq!(kept.nice().unwrap(), 5);
    kept.suspend().unwrap();
    kept.resume().unwrap();
    kept.terminate().unwrap();
    child.wait().unwrap();
}

#[test]
fn who_asks_seldom_holds_nothing_and_who_asks_often_does() {
    let mut child = sleeper();
    let process = often(&child);
    for _ in 0..OFTEN - 1 {
        process.nice().unwrap();
    }
    assert!(!holds(&process));
    let copy = process.clone();
    if ask_until_held(&process) {
        assert!(holds(&copy), "copies share it");
        assert!(process.is_running().unwrap());
    }
    // Another value is another one.
    assert!(!holds(&often(&child)));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!process.is_running().unwrap());
    for answer in [
        process.nice().err(),
        process.resume().err(),
        process.set_nice(1).err(),
    ] {
        assert_eq!(answer.unwrap().kind(), ErrorKind::NoSuchProcess);
    }
}

#[test]
fn a_zombie_has_its_pid() {
    let mut child = sleeper();
    let process = often(&child);
    ask_until_held(&process);
    child.kill().unwrap();
    while process.state().unwrap() != crate::process::State::Zombie {
        std::thread::yield_now();
    }
    assert!(process.is_running().unwrap());
    assert_eq!(process.nice().unwrap(), usual_nice());
    assert_eq!(process.cwd().unwrap_err().kind(), ErrorKind::Zombie);
    child.wait().unwrap();
    assert!(!process.is_running().unwrap());
}

#[test]
fn another_process_is_not_answered_for() {
    let mut child = sleeper();
    let now = Host::local().identify(child.id()).unwrap();
    let ended = ProcessId::new(now.pid, crate::process::StartTime::from_raw(1));
    let process = Process::from_id(ended).asked_often();
    for _ in 0..30 {
        assert_eq!(process.nice().unwrap_err().kind(), ErrorKind::Reused);
        assert_eq!(process.cwd().unwrap_err().kind(), ErrorKind::Reused);
        assert_eq!(process.uids().unwrap_err().kind(), ErrorKind::Reused);
        assert_eq!(process.threads().unwrap_err().kind(), ErrorKind::Reused);
        assert_eq!(process.kill().unwrap_err().kind(), ErrorKind::Reused);
        assert_eq!(process.set_nice(3).unwrap_err().kind(), ErrorKind::Reused);
        assert!(!process.is_running().unwrap());
    }
    assert!(!holds(&process));
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn the_caller_needs_no_proof_and_nobody_holds_descriptors_for_it() {
    let process = Process::from_id(Process::current().unwrap().id()).asked_often();
    assert!(process.target().proof.unwrap().is_of_caller());
    for _ in 0..100 {
        process.nice().unwrap();
        process.memory_info().unwrap();
    }
    assert!(!holds(&process));
    process.resume().unwrap();
}

#[test]
fn threads_that_ask_and_drop_at_once_get_right_answers() {
    let (mut first, mut second) = (sleeper(), sleeper());
    let nice = usual_nice();
    let shared = [often(&first), often(&second)];
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                for _ in 0..20 {
                    let own = [often(&first), often(&second)];
                    for _ in 0..150 {
                        for process in own.iter().chain(&shared) {
                            assert_eq!(process.nice().unwrap(), nice);
                        }
                    }
                }
            });
        }
    });
    first.kill().unwrap();
    first.wait().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                assert!(!shared[0].is_running().unwrap());
                assert!(shared[1].is_running().unwrap());
                assert_eq!(
                    shared[0].nice().unwrap_err().kind(),
                    ErrorKind::NoSuchProcess
                );
            });
        }
    });
    second.kill().unwrap();
    second.wait().unwrap();
}
