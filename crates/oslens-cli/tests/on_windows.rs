//! The command as a program of Windows.
#![cfg(windows)]

mod command;

use std::collections::BTreeSet;
use std::net::{TcpListener, UdpSocket};
use std::path::Path;

use command::{COMMANDS, json, oslens, rows, run, stderr, stdout};
use oslens_testkit::zoo::{self, Specimen};
use serde_json::Value;

/// All that shows the machine or this process of it.
fn every_command(of: &Specimen) -> Vec<Vec<String>> {
    let pid = of.pid().to_string();
    let more: [&[&str]; 6] = [
        &["ps"],
        &["tree"],
        &["show", &pid],
        &["port", "1"],
        &["mem", "--procs"],
        &["ps", "--wide"],
    ];
    let words = |all: &[&str]| all.iter().map(|word| (*word).to_owned()).collect();
    COMMANDS.into_iter().chain(more).map(words).collect()
}

#[test]
fn every_command_answers_or_names_what_is_not_supported() {
    let specimen = zoo::Builder::new().spawn();
    for words in every_command(&specimen) {
        let output = oslens(&[]).args(&words).output().unwrap();
        let (text, errors) = (stdout(&output), stderr(&output));
        match output.status.code() {
            Some(0) => assert!(!text.is_empty(), "{words:?}"),
            // Nobody holds that port.
            Some(1) => assert_eq!(words[0], "port"),
            Some(3) => {
                assert!(errors.contains("not supported here"), "{words:?} {errors}");
                assert_eq!(errors.lines().count(), 1, "{errors}");
                assert!(text.is_empty(), "{text}");
            }
            code => panic!("{words:?} ended with {code:?}: {errors}"),
        }
    }
}

#[test]
fn a_pipe_gets_utf_8_without_escape_sequences_and_with_plain_newlines() {
    let specimen = zoo::Builder::new().spawn();
    for words in every_command(&specimen) {
        let output = oslens(&[]).args(&words).output().unwrap();
        for text in [stdout(&output), stderr(&output)] {
            assert!(!text.contains(['\x1b', '\r']), "{words:?} {text:?}");
        }
    }
    let painted = stdout(&run(&["df", "--color", "always"]));
    assert!(painted.contains("\x1b[1m"), "{painted:?}");
}

#[test]
fn every_document_is_json_with_its_schema() {
    let specimen = zoo::Builder::new().spawn();
    for words in every_command(&specimen) {
        let output = oslens(&[]).args(&words).arg("--json").output().unwrap();
        if output.status.code() == Some(3) {
            assert!(stderr(&output).contains("not supported here"));
            continue;
        }
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        let schema = document["schema"].as_str().unwrap();
        assert!(schema.starts_with("oslens."), "{schema}");
    }
}

#[test]
fn a_listener_is_shown_with_the_process_that_holds_it() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let document = json(&["sockets", "-tl"]);
    let found = rows(&document, "local_port", port);
    assert_eq!(found.len(), 1, "{document:#}");
    assert_eq!(found[0]["pids"], serde_json::json!([std::process::id()]));
    assert_eq!(found[0]["state"], "LISTEN");
    // What Windows does not tell is no zero.
    assert_eq!(found[0]["recv_queue"], Value::Null);
    assert_eq!(found[0]["missing"]["recv_queue"], "unsupported");
    assert_eq!(found[0]["inode"], Value::Null);
    let output = run(&["port", &port.to_string()]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).contains(&std::process::id().to_string()));

    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    let document = json(&["sockets", "-ul"]);
    assert_eq!(rows(&document, "local_port", port).len(), 1);
}

/// The row of a process.
fn row(document: &Value, pid: u32) -> &Value {
    let found = rows(document, "pid", pid);
    assert_eq!(found.len(), 1, "{pid} in {document:#}");
    found[0]
}

#[test]
fn a_process_is_shown_with_its_arguments_in_any_script() {
    let specimen = zoo::Builder::new()
        .args(["größe 日本", "a\"b", ""])
        .env("OSLENS_GRÜN", "grün")
        .spawn();
    let pid = specimen.pid();
    let document = json(&["ps", "-o", "pid,ppid,name,args,exe,user,rss,start,threads"]);
    let found = row(&document, pid);
    let args = found["args"].as_array().unwrap();
    assert_eq!(args[1..], ["größe 日本", "a\"b", ""]);
    assert_eq!(found["ppid"], std::process::id());
    let exe = specimen.exe().file_name().unwrap().to_str().unwrap();
    assert_eq!(found["name"], exe);
    assert!(found["exe"].as_str().unwrap().ends_with(exe), "{found}");
    assert!(found["rss"].as_u64().unwrap() > 0);
    // Accounts have no numbers, but names.
    let user = std::env::var("USERNAME").unwrap();
    let account = found["user"].as_str().unwrap();
    assert!(account.ends_with(&format!("\\{user}")), "{account}");

    let text = stdout(&run(&["ps", "größe"]));
    assert!(
        text.contains("größe 日本") && text.lines().count() == 2,
        "{text}"
    );
    for query in [format!("user={user}"), format!("user={account}")] {
        let found = json(&["ps", &query]);
        row(&found, pid);
    }
    let nobody = run(&["ps", "user=no-such-account"]);
    assert_eq!(nobody.status.code(), Some(1));

    let shown = json(&["show", "--env", &pid.to_string()]);
    let process = &shown["processes"][0];
    assert_eq!(process["identity"]["pid"], pid);
    assert!(process["environment"].to_string().contains("OSLENS_GRÜN"));
    let isolation = &process["isolation"];
    assert!(isolation["integrity"].is_string(), "{isolation}");
    assert!(isolation["elevated"].is_boolean());
    assert_eq!(isolation["services"], serde_json::json!([]));
    // What only Linux has is empty, and what Windows has no word for is
    // unsupported.
    assert_eq!(process["namespaces"], serde_json::json!({}));
    assert_eq!(process["cpu"]["missing"]["cpu_number"], "unsupported");
}

#[test]
fn footprints_are_told_or_said_to_be_unsupported() {
    let specimen = zoo::Builder::new().spawn();
    let output = run(&["mem", "--procs", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let own = row(&document, specimen.pid());
    let is_said = stderr(&output).contains("uss, pss and swap of processes are not supported");
    assert_eq!(
        is_said,
        own["missing"]["uss"] == "unsupported",
        "{document}"
    );
    assert_eq!(is_said, own["uss"].is_null(), "{document}");
}

#[test]
fn a_tree_shows_children_below_their_parents() {
    let mut specimen = zoo::Builder::new().spawn();
    let chain = specimen.chain(2);
    let document = json(&["tree"]);
    let depth = |pid: u32| row(&document, pid)["depth"].as_u64().unwrap();
    let top = depth(specimen.pid());
    assert!(depth(std::process::id()) < top);
    assert_eq!(
        chain.iter().map(|pid| depth(*pid)).collect::<Vec<_>>(),
        [top + 1, top + 2]
    );
}

#[test]
fn the_sockets_of_a_process_are_found_by_its_port_and_account() {
    let mut specimen = zoo::Builder::new().spawn();
    let pid = specimen.pid();
    let port = specimen.socket("tcp4-listen").address("local").port();
    let exe = specimen
        .exe()
        .file_name()
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    let document = json(&["port", &port.to_string()]);
    assert_eq!(row(&document, pid)["command"], exe);
    let user = std::env::var("USERNAME").unwrap();
    let document = json(&["ss", "-tl", &format!("user={user}"), &format!(":{port}")]);
    let found = rows(&document, "local_port", port);
    assert_eq!(found[0]["commands"], serde_json::json!([exe]));
    assert!(found[0]["user"].as_str().unwrap().ends_with(&user));
    assert_eq!(found[0]["uid"], Value::Null);
    let document = json(&["ps", &format!(":{port}")]);
    row(&document, pid);
    let shown = json(&["show", &pid.to_string()]);
    let sockets = &shown["processes"][0]["sockets"];
    assert!(
        sockets.to_string().contains(&format!("127.0.0.1:{port}")),
        "{sockets}"
    );
}

#[test]
fn a_process_that_is_gone_ends_with_exit_code_4() {
    let mut specimen = zoo::Builder::new().spawn();
    let pid = specimen.pid().to_string();
    specimen.kill();
    drop(specimen);
    let output = run(&["show", &pid]);
    assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
}

#[test]
fn unix_sockets_are_unsupported_by_name() {
    let output = run(&["sockets", "-x"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("UNIX"), "{}", stderr(&output));
}

#[test]
fn a_file_is_found_on_its_drive() {
    let file = std::env::current_exe().unwrap();
    let words = ["df", "--json", file.to_str().unwrap()];
    let output = run(&words);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let real = file.canonicalize().unwrap();
    let real = real.to_str().unwrap().trim_start_matches(r"\\?\");
    assert_eq!(document["rows"][0]["mount"], real[..3]);
    let missing = run(&["df", r"C:\no\such\file"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(stderr(&missing).starts_with(r"oslens: C:\no\such\file: "));
}

#[test]
fn drives_have_space_and_no_inodes() {
    let document = json(&["df"]);
    let drive = std::env::var("SystemDrive").unwrap() + "\\";
    let found = rows(&document, "mount", drive.as_str());
    assert!(found[0]["size"].as_u64().unwrap() > 0);
    assert!(
        found[0]["device"]
            .as_str()
            .unwrap()
            .starts_with(r"\Device\")
    );
    assert_eq!(found[0]["missing"]["inodes"], "not_applicable");
}

#[test]
fn interfaces_are_those_that_ipconfig_lists() {
    let document = json(&["net"]);
    let ipconfig = std::process::Command::new("ipconfig").output().unwrap();
    let ipconfig = String::from_utf8_lossy(&ipconfig.stdout).into_owned();
    let mut names = BTreeSet::new();
    for row in document["rows"].as_array().unwrap() {
        let name = row["nic"].as_str().unwrap();
        assert!(names.insert(name), "{name} twice");
        if row["kind"] != "loopback" && row["state"] == "up" {
            assert!(ipconfig.contains(name), "{name} {ipconfig}");
        }
    }
    assert!(!names.is_empty());
}

#[test]
fn another_root_is_refused_and_not_passed_over() {
    for words in COMMANDS {
        let output = oslens(&["--root", r"C:\"]).args(words).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert!(stderr(&output).contains("'--root'"), "{}", stderr(&output));
    }
}

#[test]
fn a_reader_that_has_had_enough_ends_the_command_quietly() {
    let name = format!("oslens-errors-{}", std::process::id());
    let file = std::env::temp_dir().join(name);
    for words in COMMANDS {
        let mut child = oslens(words)
            .arg("-q")
            .stdout(std::process::Stdio::piped())
            .stderr(std::fs::File::create(&file).unwrap())
            .spawn()
            .unwrap();
        // Long before the program has started.
        drop(child.stdout.take());
        let code = child.wait().unwrap().code();
        let errors = std::fs::read_to_string(&file).unwrap();
        match code {
            Some(0) => assert_eq!(errors, "", "{words:?}"),
            Some(3) => assert!(errors.contains("not supported here"), "{errors}"),
            code => panic!("{words:?} ended with {code:?}: {errors}"),
        }
    }
    std::fs::remove_file(file).unwrap();
}

#[test]
fn half_a_surrogate_pair_in_an_argument_is_no_panic() {
    use std::ffi::OsString;
    use std::os::windows::ffi::OsStringExt as _;
    let odd = OsString::from_wide(&[u16::from(b'a'), 0xd800]);
    let output = oslens(&["df", "--json"]).arg(&odd).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(!Path::new(&odd).exists());
}
