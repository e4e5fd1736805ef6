//! Processes on Windows, compared with what Linux says of the same processes
//! under Wine.

#![cfg(windows)]

use oslens::{
    ErrorKind, Unavailable,
    process::{self, Fields, Pid, Process, State},
};
use oslens_testkit::zoo;

/// Everything that a listing can be asked for.
const ALL: Fields = Fields::all();

#[test]
fn show() {
    let mut child = zoo::Builder::new()
        .args(["one two", "\u{3b1}\u{1f980}", ""])
        .env("OSLENS_TEST", "gr\u{fc}\u{df}e")
        .spawn();
    child.blocked_pipe();
    child.thread("worker");
    for row in process::list(ALL).unwrap() {
        eprintln!("{row:#?}");
    }
    let process = Process::open(child.pid()).unwrap();
    eprintln!("{:#?}", process.read(ALL));
    eprintln!("{:?}", process.threads());
    eprintln!("files {:#?}", process.open_files());
    eprintln!("desc {:#?}", process.descriptors());
    eprintln!("user {:?}", process.username());
    let maps = process.memory_maps().unwrap();
    eprintln!(
        "maps {} {:?}",
        maps.len(),
        maps.iter()
            .filter(|m| m.name.is_some())
            .take(5)
            .collect::<Vec<_>>()
    );
    let maps = Process::current().unwrap().memory_maps().unwrap();
    eprintln!(
        "own maps {} {:?}",
        maps.len(),
        maps.iter()
            .filter(|m| m.name.is_some())
            .take(5)
            .collect::<Vec<_>>()
    );
    use oslens::os::windows::ProcessExt as _;
    eprintln!("{:?}", process.handle_counts());
    eprintln!("{:?}", process.memory_counters());
    eprintln!("{:?}", process.session_id());
    eprintln!("{:?}", process.is_in_job());
    eprintln!("{:?}", process.integrity_level());
    eprintln!("{:?}", process.elevation());
    eprintln!("{:?}", process.is_protected());
    eprintln!("{:?}", process.is_wow64());
    eprintln!("desktop {:?}", process.desktop());
    eprintln!("{:?}", process.services());
    eprintln!("{:?}", process.priority_class());
    eprintln!("{:?}", process.io_priority());
    eprintln!("{:?}", oslens::os::windows::enable_debug_privilege());
    for row in process::list(Fields::NAME).unwrap() {
        let process = Process::from_id(row.id());
        eprintln!(
            "{:?} {:?} services {:?}",
            row.name,
            row.pid,
            process.services()
        );
    }
    let _ = (ErrorKind::Os, Unavailable::Gone, Pid::new(0), State::Dead);
}
