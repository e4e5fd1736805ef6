//! Debug mode and the command line where there is no service manager of ours.
#![cfg(unix)]

use std::{
    env,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

/// The example, where it was built with the tests.
fn probe() -> Option<PathBuf> {
    let test = env::current_exe().unwrap();
    let built = test.parent().and_then(Path::parent).unwrap();
    let program = built.join("examples/service_probe");
    program.is_file().then_some(program)
}

fn run(args: &[&str]) -> Option<Output> {
    Some(Command::new(probe()?).args(args).output().unwrap())
}

#[test]
fn a_signal_stops_debug_mode_as_a_manager_would() {
    let Some(program) = probe() else {
        oslens_testkit::skip_allowed!("the examples are not built");
    };
    for (signal, args) in [
        ("-INT", &["debug", "slow"][..]),
        ("-TERM", &["debug"]),
        // Started by hand.
        ("-INT", &[]),
    ] {
        let mut command = Command::new(&program);
        command.args(args).stdout(Stdio::null());
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut seen = Vec::new();
        for line in BufReader::new(child.stderr.take().unwrap()).lines() {
            let line = line.unwrap();
            if line.ends_with(": started") {
                let pid = child.id().to_string();
                let kill = Command::new("kill").args([signal, &pid]).status();
                assert!(kill.unwrap().success());
            }
            seen.push(line);
        }
        let status = child.wait().unwrap();
        assert_eq!(status.code(), Some(0), "{seen:?}");
        let has = |text: &str| seen.iter().any(|line| line.contains(text));
        assert!(has("control Stop"), "{seen:?}");
        assert!(
            has(": stopping, step 5") == args.contains(&"slow"),
            "{seen:?}"
        );
        assert!(
            has("Not started by the service manager") == args.is_empty(),
            "{seen:?}"
        );
        assert!(seen.last().unwrap().ends_with(": stopped"), "{seen:?}");
    }
}

#[test]
fn a_second_signal_ends_what_does_not_stop() {
    let Some(program) = probe() else {
        oslens_testkit::skip_allowed!("the examples are not built");
    };
    let mut command = Command::new(program);
    command.args(["debug", "slow"]).stdout(Stdio::null());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    for line in BufReader::new(child.stderr.take().unwrap()).lines() {
        let line = line.unwrap();
        // While it starts, and once more while it stops.
        if line.contains(": starting, step 2") || line.contains(": stopping") {
            let pid = child.id().to_string();
            Command::new("kill").args(["-INT", &pid]).status().unwrap();
        }
    }
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn the_exit_code_says_how_a_service_ended() {
    for (order, code, text) in [
        ("return", 0, ": stopped"),
        ("fail", 7, "stopped with its own error 42: as it was told"),
        ("panic", 7, "it panicked: as it was told ("),
        ("fail-with-2", 7, "stopped with error 2: "),
    ] {
        let Some(output) = run(&["debug", order]) else {
            oslens_testkit::skip_allowed!("the examples are not built");
        };
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{order}: {said}");
        assert!(said.contains(text), "{order}: {said}");
    }
}

#[test]
fn what_needs_a_manager_is_unsupported_by_name() {
    for args in [&["install"][..], &["status"], &["start", "--wait"]] {
        let Some(output) = run(args) else {
            oslens_testkit::skip_allowed!("the examples are not built");
        };
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("not supported on this platform"), "{said}");
    }
    let help = run(&["help"]).unwrap();
    assert!(help.status.success());
    let wrong = run(&["--nonsense"]).unwrap();
    assert_eq!(wrong.status.code(), Some(2));
}
