//! How the output looks: on narrow terminals, in pipes, in other locales,
//! with hostile names.
#![cfg(target_os = "linux")]

mod command;

use command::{COMMANDS, in_terminal, json, oslens, run, stderr, stdout};
use oslens_testkit::ns::NsOptions;
use oslens_testkit::{skip, tool, zoo};

fn quick<'w>(words: &[&'w str]) -> Vec<&'w str> {
    let mut words = words.to_vec();
    // -i of df is another flag.
    words.splice(0..0, ["--interval", "10ms", "--quiet", "--color", "never"]);
    words
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for columns in [20, 40, 80, 132] {
        for words in COMMANDS {
            let text = match in_terminal(&quick(words), columns, "C.UTF-8") {
                Ok(text) => text,
                Err(reason) => skip!("{reason}"),
            };
            assert!(!text.is_empty(), "{words:?}");
            for line in text.lines() {
                let width = line.chars().count();
                assert!(width <= columns, "{columns} {words:?}: {line:?}\n{text}");
            }
        }
    }
}

#[test]
fn the_health_page_fits_the_usual_terminal() {
    match in_terminal(&quick(&[]), 80, "C.UTF-8") {
        Ok(text) => assert!(text.lines().count() <= 24, "{text}"),
        Err(reason) => skip!("{reason}"),
    }
}

#[test]
fn without_a_utf8_locale_all_is_ascii() {
    for words in COMMANDS {
        let text = match in_terminal(&quick(words), 60, "C") {
            Ok(text) => text,
            Err(reason) => skip!("{reason}"),
        };
        assert!(text.is_ascii(), "{words:?}: {text}");
        let output = oslens(&quick(words)).env("LC_ALL", "C").output().unwrap();
        assert!(output.stdout.is_ascii(), "{words:?}");
    }
}

#[test]
fn a_pipe_gets_no_bars_no_colours_and_one_header() {
    for words in COMMANDS {
        let mut words = words.to_vec();
        words.splice(0..0, ["--interval", "10ms", "--quiet"]);
        let text = stdout(&run(&words));
        assert!(!text.contains(['\x1b', '█', '░', '…']), "{words:?}: {text}");
    }
    let with = stdout(&run(&["df"]));
    let without = stdout(&run(&["df", "-H"]));
    assert_eq!(with.lines().count(), without.lines().count() + 1);
    assert!(with.starts_with("MOUNT ") && !without.contains("MOUNT"));
}

#[test]
fn every_document_is_json_with_its_schema() {
    for words in COMMANDS {
        let mut words = words.to_vec();
        words.splice(0..0, ["--interval", "10ms"]);
        let document = json(&words);
        let schema = document["schema"].as_str().unwrap();
        let (name, version) = schema.split_once('/').unwrap();
        assert!(name.starts_with("oslens."), "{schema}");
        assert!(version.parse::<u32>().is_ok(), "{schema}");
        let time = document["time"].as_str().unwrap();
        assert!(time.ends_with('Z') && time.contains('T'), "{time}");
    }
}

fn with<'w>(command: &[&'w str], more: &[&'w str]) -> Vec<&'w str> {
    [command, more].concat()
}

#[test]
fn tables_can_be_chosen_sorted_and_limited() {
    for (command, column) in [
        (&["mem"][..], "total"),
        (&["df", "-a"], "size"),
        (&["net", "-i", "5ms"], "mtu"),
        (&["ss", "-xa"], "inode"),
    ] {
        let help = stdout(&run(&with(command, &["-o", "help"])));
        assert!(help.contains(column), "{help}");
        let sort = format!("-{column}");
        let document = json(&with(command, &["-o", column, "--sort", &sort]));
        let numbers: Vec<u64> = document["rows"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|row| row[column].as_u64())
            .collect();
        assert!(numbers.is_sorted_by(|a, b| a >= b), "{document}");
        let document = json(&with(command, &["--limit", "1"]));
        assert!(document["rows"].as_array().unwrap().len() <= 1);
        let output = run(&with(command, &["-o", "no-such-column"]));
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(stderr(&output).lines().count(), 1);
    }
}

#[test]
fn the_health_page_refuses_the_flags_of_tables() {
    for flags in [
        &["--sort", "pid"][..],
        &["-o", "pid"],
        &["-n", "3"],
        &["-H"],
    ] {
        let output = run(flags);
        assert_eq!(output.status.code(), Some(2), "{flags:?}");
        assert!(
            stderr(&output).contains("health page"),
            "{}",
            stderr(&output)
        );
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_hostile_name_cannot_drive_the_terminal() {
    oslens_testkit::in_namespaces!(NsOptions::new().net().pid());
    let mut specimen = zoo::sleeper();
    specimen.rename(b"\x1b[31m\nevil\xff");
    let address = specimen.socket("tcp4-listen").address("local").to_string();
    let port = address.rsplit_once(':').unwrap().1;
    specimen.hold_memory(64 << 20, 64 << 20);
    for words in [&["ss", "-l"][..], &["port", port], &["-i", "5ms"]] {
        let text = stdout(&run(words));
        assert!(!text.contains('\x1b'), "{words:?}: {text:?}");
        assert!(text.contains("\\x1b[31m\\nevil"), "{words:?}: {text}");
    }
    let document = json(&["port", port]);
    let row = &document["rows"][0];
    assert_eq!(row["command"], "\x1b[31m\nevil\u{fffd}");
    assert_eq!(row["command_bytes"], "1b5b33316d0a6576696cff");
}

#[test]
fn a_hostile_mount_point_stays_on_its_line() {
    oslens_testkit::in_namespaces!(NsOptions::new());
    let base = oslens_testkit::FixtureRoot::new().dir("a\n\x1b[2Jb");
    let directory = base.path().join("a\n\x1b[2Jb");
    let words = ["-t", "tmpfs", "x", &directory.to_string_lossy()];
    match tool("mount", &words) {
        Ok(output) => assert_eq!(output.code, Some(0), "{}", output.stderr),
        Err(reason) => skip!("{reason}"),
    }
    let text = stdout(&run(&["df"]));
    assert!(text.contains("a\\n\\x1b[2Jb"), "{text}");
    assert!(!text.contains('\x1b'));
    let document = json(&["df"]);
    let mounts = document["rows"].as_array().unwrap();
    let own = directory.to_string_lossy();
    assert!(mounts.iter().any(|row| row["mount"] == *own), "{document}");
}
