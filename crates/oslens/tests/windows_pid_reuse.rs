//! A PID that the system gives to another process at once, for real. Alone in
//! its program: other tests would take the number.

#![cfg(windows)]

use std::{
    process::Command,
    time::{Duration, Instant},
};

use oslens::{ErrorKind, process::Process};
use oslens_testkit::{skip_allowed, zoo};

#[test]
fn a_pid_that_was_given_away_at_once_is_noticed() {
    use std::os::windows::process::CommandExt as _;
    const CREATE_SUSPENDED: u32 = 4;

    let specimen = zoo::sleeper();
    let former = Process::from_id(Process::open(specimen.pid()).unwrap().id());
    let pid = specimen.pid();
    let program = specimen.exe().to_owned();
    // With the last handle of it the kernel may give its PID away.
    drop(specimen);
    assert!(!former.is_running().unwrap());
    let start = Instant::now();
    let mut tries = 0u32;
    let mut heir = loop {
        let mut child = Command::new(&program)
            .creation_flags(CREATE_SUSPENDED)
            .spawn()
            .unwrap();
        if child.id() == pid {
            break child;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        drop(child);
        // A process takes two numbers, one for its thread, and the one that is
        // waited for may always be the second: a thread now and then shifts
        // them.
        tries += 1;
        if tries % 97 == 0 {
            std::thread::spawn(|| {}).join().unwrap();
        }
        if start.elapsed() > Duration::from_secs(30) {
            skip_allowed!("PID {pid} was not given away in {tries} tries");
        }
    };
    assert!(!former.is_running().unwrap());
    for error in [
        former.kill().unwrap_err(),
        former.suspend().unwrap_err(),
        former.set_nice(19).unwrap_err(),
        former.name().unwrap_err(),
        former.cmdline().unwrap_err(),
        former.threads().unwrap_err(),
        former.open_files().unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Reused, "{error}");
    }
    assert_eq!(former.wait(Some(Duration::from_secs(60))).unwrap(), None);
    let now = Process::open(pid).unwrap();
    assert!(now.is_running().unwrap());
    assert_ne!(now.id(), former.id());
    heir.kill().unwrap();
    heir.wait().unwrap();
}
