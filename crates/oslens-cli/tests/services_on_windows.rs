//! `svc`, `log` and `perf` on Windows, with the system's own tools as
//! witnesses.
#![cfg(windows)]

mod command;

use std::process::Command;
use std::sync::{Mutex, MutexGuard};

use command::{json, oslens, run, stderr, stdout};
use serde_json::Value;

/// A service that comes with Wine, does nothing, and is stopped at first.
const SERVICE: &str = "Spooler";

/// There is one service manager.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Whether the service may be started and stopped here: only where it is
/// nobody's, in a Wine prefix.
fn is_ours() -> bool {
    oslens_win32::wine_version().is_some()
}

/// What the system's own command says: `RUNNING`, `STOPPED`.
fn state_by_sc() -> String {
    let output = Command::new("sc")
        .args(["query", SERVICE])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().find(|line| line.contains("STATE"));
    let line = line.unwrap_or_else(|| panic!("{text}"));
    line.split_whitespace()
        .last()
        .unwrap_or_default()
        .to_owned()
}

/// Leaves the service as it was.
struct AsItWas;

impl Drop for AsItWas {
    fn drop(&mut self) {
        let _ = oslens(&["svc", "stop", SERVICE]).output();
        let _ = oslens(&["svc", "enable", "--start", "manual", SERVICE]).output();
    }
}

/// The page of a service, whether it runs or not.
fn page(name: &str) -> Value {
    let output = run(&["svc", "show", "--json", name]);
    assert!(matches!(output.status.code(), Some(0 | 3)));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The rows of a table in JSON.
fn rows(words: &[&str]) -> Vec<Value> {
    json(words)["rows"].as_array().unwrap().clone()
}

fn code(words: &[&str]) -> Option<i32> {
    run(words).status.code()
}

#[test]
fn a_service_is_started_shown_and_stopped() {
    let _alone = alone();
    if !is_ours() {
        oslens_testkit::skip_allowed!("{SERVICE} of a real system is left alone");
    }
    let _as_it_was = AsItWas;
    assert_eq!(code(&["svc", "show", SERVICE]), Some(3));
    let output = run(&["svc", "start", SERVICE]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    assert!(text.starts_with("Spooler: running, process "), "{text}");
    assert_eq!(state_by_sc(), "RUNNING");
    assert_eq!(code(&["svc", "show", SERVICE]), Some(0));
    assert_eq!(code(&["svc", "wait", SERVICE, "running"]), Some(0));

    let again = run(&["svc", "start", SERVICE]);
    assert_eq!(again.status.code(), Some(3));
    assert!(stderr(&again).contains("1056"), "{}", stderr(&again));

    let document = page(SERVICE);
    assert_eq!(document["schema"], "oslens.svc.show/1");
    assert_eq!(document["state"], "running");
    let pid = document["pid"].as_u64().unwrap();
    let listed = rows(&["svc", "list", SERVICE]);
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["pid"].as_u64(), Some(pid));
    assert!(listed[0]["rss"].as_u64().is_some_and(|rss| rss > 0));

    let output = run(&["svc", "restart", SERVICE]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let document = json(&["svc", "stop", SERVICE]);
    assert_eq!(document["schema"], "oslens.svc.act/1");
    assert_eq!(document["state"], "stopped");
    assert_eq!(state_by_sc(), "STOPPED");
    let late = run(&["svc", "wait", SERVICE, "running", "--timeout", "100ms"]);
    assert_eq!(late.status.code(), Some(3));
    assert!(
        stderr(&late).contains("not running in time"),
        "{}",
        stderr(&late)
    );
}

#[test]
fn a_disabled_service_says_so_and_can_be_enabled() {
    let _alone = alone();
    if !is_ours() {
        oslens_testkit::skip_allowed!("{SERVICE} of a real system is left alone");
    }
    let _as_it_was = AsItWas;
    assert_eq!(code(&["svc", "disable", SERVICE]), Some(0));
    assert_eq!(page(SERVICE)["start"], "disabled");
    let refused = run(&["svc", "start", SERVICE]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(stderr(&refused).contains("1058"), "{}", stderr(&refused));
    for start in ["delayed", "auto", "manual"] {
        assert_eq!(code(&["svc", "enable", "--start", start, SERVICE]), Some(0));
        assert_eq!(page(SERVICE)["start"], start);
    }
}

#[test]
fn all_services_of_the_system_are_listed_once() {
    let _alone = alone();
    let mut names: Vec<String> = rows(&["svc", "list"])
        .iter()
        .map(|row| row["name"].as_str().unwrap().to_owned())
        .collect();
    assert!(names.iter().any(|name| name == SERVICE), "{names:?}");
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
    let drivers = rows(&["svc", "list", "--drivers"]);
    assert!(!drivers.is_empty());
    for driver in &drivers {
        assert!(
            driver["kind"].as_str().unwrap().contains("driver"),
            "{driver}"
        );
    }
    let running = rows(&["svc", "list", "--state", "running"]);
    for row in &running {
        assert_eq!(row["state"], "running");
    }
    assert!(!running.is_empty() && running.len() < count);
}

#[test]
fn what_does_not_exist_is_named_and_ends_with_4() {
    for words in [
        &["svc", "show", "oslens-has-none"][..],
        &["svc", "start", "oslens-has-none"],
        &["svc", "dependents", "oslens-has-none"],
        &["log", "oslens-has-none"],
        &["perf", "get", r"\Oslens has none\None"],
    ] {
        let output = run(words);
        assert_eq!(
            output.status.code(),
            Some(4),
            "{words:?} {}",
            stderr(&output)
        );
        let errors = stderr(&output).to_lowercase();
        assert!(
            errors.contains("oslens") && errors.contains("none"),
            "{errors}"
        );
        assert_eq!(errors.lines().count(), 1, "{errors}");
    }
}

#[test]
fn an_empty_log_is_an_empty_table() {
    let output = run(&["log", "System", "-n", "5"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).starts_with("TIME"), "{}", stdout(&output));
    let logs = rows(&["log", "--list"]);
    for log in ["Application", "System"] {
        assert!(logs.iter().any(|row| row["log"] == log), "{logs:?}");
    }
}

#[test]
fn logs_without_records_are_followed_all_the_same() {
    use std::process::Stdio;

    for words in [
        &["log", "-f"][..],
        &["log", "-f", "System", "-n", "3", "--since", "1d"],
    ] {
        let mut follow = oslens(words)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(1500));
        let ended = follow.try_wait().unwrap();
        follow.kill().ok();
        let output = follow.wait_with_output().unwrap();
        assert_eq!(ended, None, "{words:?}: {}", stderr(&output));
        assert!(stdout(&output).starts_with("TIME"), "{}", stdout(&output));
        assert_eq!(stderr(&output), "", "{words:?}");
    }
}

#[test]
fn a_log_that_does_not_exist_is_told_among_others() {
    let output = run(&["log", "System", "oslens-has-none"]);
    assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
    assert_eq!(stdout(&output), "");
}

#[test]
fn the_page_of_a_driver_says_what_it_does_not_have() {
    let drivers = rows(&["svc", "list", "--drivers"]);
    let name = drivers[0]["name"].as_str().unwrap();
    let output = run(&["svc", "show", "--json", name]);
    assert!(
        matches!(output.status.code(), Some(0 | 3)),
        "{}",
        stderr(&output)
    );
    assert_eq!(stderr(&output), "", "{name}");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["name"], name);
    let nulls = document
        .as_object()
        .unwrap()
        .iter()
        .filter(|(_, value)| value.is_null());
    for (key, _) in nulls {
        assert!(document["missing"][key].is_string(), "{key} of {document}");
    }
}

#[test]
fn only_what_is_shown_is_asked_for() {
    let named = run(&["svc", "list", "-o", "name,state", "-H", SERVICE]);
    assert_eq!(named.status.code(), Some(0));
    assert!(stdout(&named).starts_with(SERVICE), "{}", stdout(&named));
    let row = &rows(&["svc", "list", "-o", "name,account,start", SERVICE])[0];
    assert!(
        row["start"].is_string() && !row["account"].is_null(),
        "{row}"
    );
    let none = run(&["svc", "list", "oslens-has-none"]);
    assert_eq!(none.status.code(), Some(1));
    assert_eq!(stdout(&none), "");
}

#[test]
fn flags_that_do_not_apply_are_refused() {
    for words in [
        &["log", "-f", "--sort", "time"][..],
        &[
            "perf",
            "watch",
            "--sort",
            "value",
            r"\System\System Up Time",
        ],
        &["perf", "watch", "-n", "3", r"\System\System Up Time"],
        &[
            "perf",
            "get",
            "--log",
            "x.blg",
            "-i",
            "1s",
            r"\System\System Up Time",
        ],
        &["perf", "pick", "-o", "object"],
        &["svc", "start", "-n", "3", SERVICE],
        &["svc", "stop", "--with-dependents", "--no-wait", SERVICE],
        &["svc", "show", "-H", SERVICE],
        &["svc", "list", "--root", "C:\\"],
        &["log", "--root", "C:\\"],
        &["perf", "list", "--root", "C:\\"],
    ] {
        let output = run(words);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{words:?} {}",
            stderr(&output)
        );
        assert_eq!(stderr(&output).lines().count(), 1, "{}", stderr(&output));
    }
}

#[test]
fn nothing_typed_picks_nothing() {
    let output = oslens(&["perf", "pick"])
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    // 3 or 4 where the system cannot list its counters.
    assert!(
        matches!(output.status.code(), Some(1 | 3 | 4)),
        "{}",
        stderr(&output)
    );
    assert_eq!(stdout(&output), "");
}

#[test]
fn counters_are_sampled_again_and_again() {
    // One of the two that Wine has; it knows when the system started, and its
    // own number is not what the type says.
    let path = r"\System\System Up Time";
    let samples = run(&[
        "perf",
        "watch",
        "--json",
        "--count",
        "3",
        "-i",
        "50ms",
        "--raw-values",
        path,
    ]);
    assert_eq!(samples.status.code(), Some(0), "{}", stderr(&samples));
    let text = stdout(&samples);
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 3, "{text}");
    for line in &lines {
        assert_eq!(line["counter"], path);
        assert!(line["time"].is_string());
    }
    let wrong = run(&["perf", "get", "Processor"]);
    assert_eq!(wrong.status.code(), Some(2));
}
