//! `oslens log --file`: what happened on a Windows machine, read on Linux.
#![cfg(target_os = "linux")]

mod command;

use command::{as_nobody, in_terminal, json, oslens, run, stderr, stdout};
use oslens_testkit::{FixtureRoot, skip};

/// A security log of 2016.
const LOG: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../oslens-eventlog/tests/evtx/security.evtx"
);

/// What a terminal shows, without the moments: those depend on the zone.
fn shown(columns: usize, words: &[&str]) -> Result<Vec<String>, String> {
    let mut all = vec!["log", "--file", LOG, "--color", "never"];
    all.extend(words);
    let text = in_terminal(&all, columns, "C.UTF-8")?;
    let lines = text.lines().map(|line| {
        assert!(line.chars().count() <= columns, "{line}");
        line.chars().skip("2016-06-29 17:24:36 ".len()).collect()
    });
    Ok(lines.collect())
}

#[test]
fn a_terminal_of_80_columns_has_room_for_all_that_is_promised() {
    let lines = match shown(80, &["-n", "2"]) {
        Ok(lines) => lines,
        Err(reason) => skip!("{reason}"),
    };
    assert_eq!(
        lines,
        [
            "LEVEL         SOURCE                    ID  MESSAGE",
            "audit failure Microsoft-Windows-Secu… 5157  ProcessID=4, Ap…",
            "audit failure Microsoft-Windows-Secu… 4673  SubjectUserSid=…",
        ]
    );
}

#[test]
fn a_wide_terminal_says_which_log_it_is() {
    let lines = match shown(150, &["-n", "1"]) {
        Ok(lines) => lines,
        Err(reason) => skip!("{reason}"),
    };
    assert_eq!(
        lines,
        [
            "LEVEL         LOG      SOURCE                     ID  MESSAGE",
            "audit failure Security Microsoft-Windows-Secur… 4673  SubjectUserSid=S-1-5-18, \
             SubjectUserName=TEMPORAL$, SubjectDomainName=WORKG…",
        ]
    );
}

#[test]
fn programs_get_every_part_with_its_type() {
    let document = json(&["log", "--file", LOG, "-n", "1"]);
    assert_eq!(document["schema"], "oslens.log/1");
    let row = &document["rows"][0];
    assert_eq!(row["time"], "2016-06-29T15:25:08.822Z");
    assert_eq!(row["id"], 4673);
    assert_eq!(row["keywords"], "0x8010000000000000");
    assert_eq!(row["strings"].as_array().unwrap().len(), 9);
    assert_eq!(
        row["names"].as_array().unwrap().len(),
        row["strings"].as_array().unwrap().len()
    );
    assert!(row["data"].is_null());
    assert_eq!(row["missing"]["data"], "not_applicable");
}

#[test]
fn conditions_choose_and_finding_nothing_is_an_answer() {
    let ids = |words: &[&str]| -> Vec<u64> {
        let mut all = vec!["log", "--file", LOG];
        all.extend(words);
        let rows = json(&all);
        let rows = rows["rows"].as_array().unwrap().clone();
        rows.iter().map(|row| row["id"].as_u64().unwrap()).collect()
    };
    let all = ids(&[]);
    assert_eq!(ids(&["-n", "3", "-r"]), {
        let newest: Vec<u64> = all.iter().rev().take(3).copied().collect();
        newest
    });
    let two = ids(&["--id", "4673,5157"]);
    assert!(two.iter().all(|id| [4673, 5157].contains(id)));
    assert_eq!(
        two.len(),
        all.iter().filter(|id| [4673, 5157].contains(*id)).count()
    );
    assert_eq!(ids(&["--id", "4673,5157", "-n", "1"]).len(), 1);
    assert_eq!(ids(&["--grep", "WINLOGON.EXE", "-n", "1"]), [4625]);
    for none in [
        &["--id", "1"][..],
        &["--level", "error"],
        &["--grep", "oslens"],
        &["--until", "2016-01-01"],
    ] {
        let output = oslens(&["log", "--file", LOG]).args(none).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{none:?}");
        assert_eq!(stdout(&output), "", "{none:?}");
    }
}

#[test]
fn several_files_are_one_log_in_the_order_of_time() {
    let rows = |words: &[&str]| json(words)["rows"].as_array().unwrap().clone();
    let one = rows(&["log", "--file", LOG]);
    let two = rows(&["log", "--file", LOG, "--file", LOG]);
    assert_eq!(two.len(), one.len() * 2);
    let times: Vec<&str> = two
        .iter()
        .map(|row| row["time"].as_str().unwrap())
        .collect();
    assert!(times.is_sorted());
    assert_eq!(
        rows(&["log", "--file", LOG, "--file", LOG, "-n", "3"]).len(),
        3
    );
}

#[test]
fn one_log_that_cannot_be_read_does_not_hide_the_others() {
    let words = ["log", "--file", LOG, "--file", "/proc/version", "-n", "1"];
    let output = run(&words);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(stdout(&output).lines().count(), 2);
    let notes = stderr(&output);
    assert!(notes.starts_with("note: a log was left out: /proc/version: "));
    assert_eq!(notes.lines().count(), 1, "{notes}");
    let strict = oslens(&words).arg("--strict").output().unwrap();
    assert_eq!(strict.status.code(), Some(5));
    assert_eq!(
        run(&["log", "--file", "/proc/version"]).status.code(),
        Some(3)
    );
    let missing = run(&["log", "--file", LOG, "--file", "/nowhere/x.evtx"]);
    assert_eq!(missing.status.code(), Some(4), "{}", stderr(&missing));
}

#[test]
fn nobody_is_told_that_a_file_is_not_for_them() {
    let home = FixtureRoot::new();
    let file = home.path().join("secret.evtx");
    std::fs::write(&file, "").unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(&file, mode).unwrap();
    let output = match as_nobody(&["log", "--file", file.to_str().unwrap()]) {
        Ok(output) => output,
        Err(reason) => skip!("{reason}"),
    };
    assert_eq!(output.status.code(), Some(3));
    assert!(
        stderr(&output).contains("ermission denied"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn without_windows_it_is_said_what_can_be_read() {
    let output = run(&["log"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("--file"), "{}", stderr(&output));
    assert_eq!(stderr(&output).lines().count(), 1);
}
