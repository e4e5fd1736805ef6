//! `ps`, `tree`, `mem --procs` and `show` against processes made here, and
//! against ps(1).
#![cfg(target_os = "linux")]

mod command;

use std::os::unix::ffi::OsStrExt as _;
use std::process::{Child, Command, Stdio};

use command::{NOBODY, as_nobody, in_terminal, json, oslens, rows, run, stderr, stdout};
use oslens_testkit::ns::NsOptions;
use oslens_testkit::{in_namespaces, is_root, skip, tool, zoo};
use serde_json::Value;

/// The one row of a process.
fn row(document: &Value, pid: u32) -> Value {
    let found = rows(document, "pid", pid);
    assert_eq!(found.len(), 1, "{pid} in {document}");
    found[0].clone()
}

fn pids(document: &Value) -> Vec<u64> {
    let rows = document["rows"].as_array().unwrap();
    rows.iter()
        .map(|row| row["pid"].as_u64().unwrap())
        .collect()
}

#[test]
fn ps_agrees_with_ps() {
    let sleeper = zoo::sleeper();
    let stopped = zoo::stopped();
    let mut nice = zoo::threaded(&[b"one", b"two"]);
    nice.set_nice(7);
    nice.hold_memory(8 << 20, 8 << 20);
    let document = json(&[
        "ps",
        "-o",
        "pid,ppid,pgid,sid,nice,threads,vms,rss,euid,uid,egid,gid,state,cgroup,name,tty",
    ]);
    for specimen in [&sleeper, &stopped, &nice] {
        let pid = specimen.pid();
        let format = "pid=,ppid=,pgid=,sid=,ni=,nlwp=,vsz=,rss=,euid=,ruid=,egid=,rgid=,stat=";
        let theirs = match tool("ps", &["-o", format, "-p", &pid.to_string()]) {
            Ok(output) => output.stdout,
            Err(reason) => skip!("{reason}"),
        };
        let theirs: Vec<&str> = theirs.split_whitespace().collect();
        let ours = row(&document, pid);
        let keys = [
            "pid", "ppid", "pgid", "sid", "nice", "threads", "vms", "rss", "euid", "uid", "egid",
            "gid",
        ];
        for (at, key) in keys.iter().enumerate() {
            let unit = if matches!(*key, "vms" | "rss") {
                1024
            } else {
                1
            };
            let expected = theirs[at].parse::<i64>().unwrap() * unit;
            // The kernel counts resident pages per CPU, and tells a rough sum
            // in one file and an exact one in another.
            let slack = if *key == "rss" { 1 << 20 } else { 0 };
            let difference = ours[*key].as_i64().unwrap() - expected;
            assert!(difference.abs() <= slack, "{key}: {expected}, {ours}");
        }
        let state = ours["state"].as_str().unwrap();
        assert!(theirs[12].starts_with(state), "{state} {}", theirs[12]);
        assert_eq!(ours["tty"], Value::Null);
        assert_eq!(ours["missing"]["tty"], "not_applicable");
    }
}

#[test]
fn no_process_is_missing_or_twice() {
    let listed = || -> Result<Vec<u64>, String> {
        let output = tool("ps", &["-e", "-o", "pid="])?.stdout;
        let pids = output.lines().map(|line| line.trim().parse().unwrap());
        Ok(pids.collect())
    };
    let before = match listed() {
        Ok(pids) => pids,
        Err(reason) => skip!("{reason}"),
    };
    let ours = pids(&json(&["ps", "-o", "pid"]));
    assert!(ours.is_sorted_by(|a, b| a < b), "{ours:?}");
    let after = listed().unwrap();
    for pid in before.iter().filter(|pid| after.contains(pid)) {
        assert!(ours.contains(pid), "{pid}");
    }
    assert!(ours.contains(&std::process::id().into()));
}

/// A program that computes until it is dropped.
struct Busy(Child);

impl Busy {
    fn new() -> Self {
        let child = Command::new("sh")
            .args(["-c", "while :; do :; done"])
            .stdin(Stdio::null())
            .spawn();
        Self(child.unwrap())
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_busy_come_before_the_idle_and_rates_are_measured() {
    let sleeper = zoo::sleeper();
    let busy = Busy::new();
    let document = json(&["ps", "-i", "400ms"]);
    assert_eq!(document["window"], 0.4);
    let cpu = |pid: u32| row(&document, pid)["cpu"].as_f64().unwrap();
    assert!(cpu(busy.0.id()) > 0.02, "{}", cpu(busy.0.id()));
    assert!(cpu(sleeper.pid()) < cpu(busy.0.id()));
    let place = |pid: u32| {
        pids(&document)
            .iter()
            .position(|own| *own == u64::from(pid))
    };
    assert!(place(busy.0.id()) < place(sleeper.pid()));
    // Nobody waits for rates that nobody sees.
    assert_eq!(json(&["ps", "-o", "pid"])["window"], Value::Null);
}

#[test]
fn a_hostile_name_stays_in_its_line_and_is_lossless_in_json() {
    let name = b"a)\n\x1b[2J\xff";
    let specimen = zoo::renamed(name);
    let pid = specimen.pid().to_string();
    for words in [
        &["ps", &pid, "-o", "pid,name"][..],
        &["tree", &pid],
        &["ps", &pid],
    ] {
        let text = stdout(&run(words));
        assert!(!text.contains(['\x1b', '\u{fffd}']), "{text:?}");
    }
    let text = stdout(&run(&["ps", &pid, "-o", "pid,name", "-H"]));
    assert_eq!(text.trim_end(), format!("{pid} a)\\n\\x1b[2J\\xff"));
    let text = stdout(&run(&["show", &pid]));
    assert!(text.starts_with("a)\\n\\x1b[2J\\xff  "), "{text}");
    assert!(!text.contains('\x1b'));

    let ours = row(&json(&["ps", &pid, "-o", "pid,name"]), specimen.pid());
    let hexadecimal: String = name.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(ours["name_bytes"], hexadecimal);

    let by_name = oslens(&["show", "--json"])
        .arg(std::ffi::OsStr::from_bytes(name))
        .output()
        .unwrap();
    let document: Value = serde_json::from_slice(&by_name.stdout).unwrap();
    assert_eq!(
        document["processes"][0]["identity"]["pid"],
        specimen.pid(),
        "{document}"
    );
}

#[test]
fn a_zombie_has_no_memory_and_no_program() {
    let zombie = zoo::zombie();
    let pid = zombie.pid().to_string();
    let columns = "pid,state,status,uss,exe,command,name";
    let ours = row(&json(&["ps", &pid, "-o", columns]), zombie.pid());
    assert_eq!(ours["state"], "Z");
    assert_eq!(ours["status"], "zombie");
    let name = ours["name"].as_str().unwrap();
    assert_eq!(ours["command"], format!("[{name}]"));
    assert_eq!(ours["missing"]["uss"], "not_applicable");
    let output = run(&["show", &pid]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).contains("zombie"));
    assert!(rows(&json(&["mem", "--procs"]), "pid", zombie.pid()).is_empty());
}

#[test]
fn kernel_threads_are_shown_in_brackets_and_use_no_memory_of_their_own() {
    let document = json(&["ps", "-o", "pid,ppid,name,command,rss,exe"]);
    let Some(thread) = rows(&document, "ppid", 2).first().copied() else {
        skip!("no kernel threads can be seen here");
    };
    let name = thread["name"].as_str().unwrap();
    assert_eq!(thread["command"], format!("[{name}]"));
    assert_eq!(thread["rss"], 0);
    assert_eq!(thread["missing"]["exe"], "not_applicable");
    let pid = thread["pid"].to_string();
    let output = run(&["show", &pid]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}

#[test]
fn words_choose_processes_and_all_of_them_must_match() {
    // Others may test at the same time, and are looked through, too.
    let needle = &format!("needle-{}", std::process::id());
    let missing = &format!("no-such-{needle}");
    let mut specimen = zoo::Builder::new().args([needle.replace('n', "N")]).spawn();
    let other = zoo::Builder::new().args([needle]).spawn();
    let port = {
        let address = specimen.socket("tcp4-listen").address("local").to_string();
        format!(":{}", address.rsplit_once(':').unwrap().1)
    };
    let mut both = vec![u64::from(specimen.pid()), u64::from(other.pid())];
    both.sort_unstable();
    let found = |words: &[&str]| {
        let words = [&["ps", "-o", "pid"], words].concat();
        pids(&json(&words))
    };
    let one = u64::from(specimen.pid());
    assert_eq!(found(&[needle]), both);
    assert_eq!(found(&[needle, &one.to_string()]), [one]);
    if is_root() {
        assert_eq!(found(&[needle, &port]), [one]);
        let ports = json(&["ps", &one.to_string(), "-o", "ports"]);
        assert_eq!(format!(":{}", ports["rows"][0]["ports"][0]), port);
        assert_eq!(found(&[needle, "user=root"]), both);
        assert_eq!(found(&[needle, "user=0"]), both);
    }

    for words in [
        &["ps", needle, "user=65533"][..],
        &["ps", missing],
        &["tree", missing],
        &["ps", "4294967295"],
        &["ps", "99999999999999"],
    ] {
        let output = run(words);
        assert_eq!(output.status.code(), Some(1), "{words:?}");
        assert!(output.stdout.is_empty());
        let text = stderr(&output);
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.contains("no process matches"), "{text}");
    }
}

#[test]
fn the_tree_has_everybody_below_their_parents() {
    let mut top = zoo::sleeper();
    let fan = top.fan(3);
    let chain = top.chain(3);
    let mine: Vec<u32> = [&[top.pid()], &fan[..], &chain[..]].concat();
    let document = json(&["tree", &top.pid().to_string()]);
    let depth = |pid: u32| row(&document, pid)["depth"].as_u64().unwrap();
    for pair in fan.iter().map(|child| (top.pid(), *child)) {
        assert_eq!(depth(pair.1), depth(pair.0) + 1);
    }
    for pid in &mine {
        let ours = row(&document, *pid);
        let at = pids(&document)
            .iter()
            .position(|own| *own == u64::from(*pid));
        let ppid = ours["ppid"].as_u64().unwrap();
        let parent = pids(&document).iter().position(|own| *own == ppid);
        assert!(parent < at, "{document}");
    }
    // Its ancestors and descendants, and nobody else.
    let mut ancestors = Vec::new();
    let mut next = u64::from(top.pid());
    while let Some(row) = rows(&document, "pid", next).first() {
        ancestors.push(next);
        next = row["ppid"].as_u64().unwrap();
    }
    assert!(ancestors.contains(&std::process::id().into()));
    assert_eq!(
        pids(&document).len(),
        ancestors.len() + mine.len() - 1,
        "{document}"
    );

    let text = stdout(&run(&["tree", &top.pid().to_string(), "-o", "name,pid"]));
    assert_eq!(text.matches("├─ ").count(), 3, "{text}");
    let ascii = oslens(&["tree", &top.pid().to_string(), "-o", "name,pid"])
        .env("LC_ALL", "C")
        .output()
        .unwrap();
    assert!(ascii.stdout.is_ascii());
    assert!(stdout(&ascii).contains("|- "), "{}", stdout(&ascii));

    // Siblings by a column; the tree stays one.
    let document = json(&["tree", &top.pid().to_string(), "--sort", "-pid"]);
    let place = |pid: u32| {
        pids(&document)
            .iter()
            .position(|own| *own == u64::from(pid))
    };
    assert!(place(fan[2]) < place(fan[0]));
    assert!(place(top.pid()) < place(fan[2]));
}

#[test]
fn the_sum_is_that_of_the_rows_and_says_of_how_many() {
    let mut specimen = zoo::sleeper();
    specimen.hold_memory(24 << 20, 24 << 20);
    let document = json(&["mem", "--procs"]);
    let own = row(&document, specimen.pid());
    let near = (24 << 20)..(28 << 20);
    assert!(near.contains(&own["uss"].as_u64().unwrap()), "{own}");
    let all = document["rows"].as_array().unwrap();
    let read: Vec<&Value> = all.iter().filter(|row| row["uss"].is_u64()).collect();
    assert_eq!(document["sum"]["processes"], read.len());
    for key in ["uss", "pss", "swap", "rss"] {
        let sum: u64 = read.iter().map(|row| row[key].as_u64().unwrap()).sum();
        assert_eq!(document["sum"][key], sum, "{key}");
    }
    assert!(read.is_sorted_by_key(|row| std::cmp::Reverse(row["uss"].as_u64())));
    let text = stdout(&run(&["mem", "--procs", "-n", "2", "-q"]));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4, "{text}");
    assert!(lines[0].starts_with("  PID USER") || lines[0].contains("PID USER"));
    assert!(lines[3].contains("  sum of "), "{text}");
}

#[test]
fn a_page_tells_all_but_the_environment() {
    let mut specimen = zoo::Builder::new()
        .args(["first", "two words"])
        .env("SECRET", "hidden-5381")
        .cwd("/tmp")
        .spawn();
    specimen.set_limit(7, 200, 300);
    let child = specimen.fan(1)[0];
    specimen.thread(b"helper");
    let address = specimen.socket("tcp4-listen").address("local").to_string();
    let pid = specimen.pid().to_string();
    let document = json(&["show", &pid]);
    let page = &document["processes"][0];
    assert_eq!(page["identity"]["cwd"], "/tmp");
    assert_eq!(page["identity"]["args"][2], "two words");
    assert_eq!(page["identity"]["ppid"], std::process::id());
    assert_eq!(page["parents"][0]["pid"], std::process::id());
    assert_eq!(page["children"][0]["pid"], child);
    assert_eq!(page["sockets"][0]["local"], address);
    assert_eq!(page["sockets"][0]["state"], "LISTEN");
    let files = page["files"].as_array().unwrap();
    assert!(files.iter().any(|file| file["kind"] == "socket"), "{page}");
    let threads = page["threads"].as_array().unwrap();
    assert!(threads.iter().any(|thread| thread["name"] == "helper"));
    let limits = page["limits"].as_array().unwrap();
    let open_files = limits
        .iter()
        .find(|limit| limit["resource"] == "RLIMIT_NOFILE")
        .unwrap();
    assert_eq!(
        (&open_files["soft"], &open_files["hard"]),
        (&200.into(), &300.into())
    );
    assert_eq!(page["environment"], Value::Null);
    assert!(!document.to_string().contains("hidden-5381"));
    assert!(!stdout(&run(&["show", &pid])).contains("hidden-5381"));

    let document = json(&["show", &pid, "--env"]);
    let variables = &document["processes"][0]["environment"];
    assert_eq!(variables[0]["name"], "SECRET");
    assert_eq!(variables[0]["value"], "hidden-5381");
    assert!(stdout(&run(&["show", &pid, "--env"])).contains("hidden-5381"));
}

#[test]
fn the_number_of_a_thread_or_of_nobody_is_no_process() {
    let mut specimen = zoo::sleeper();
    let thread = specimen.thread(b"helper").to_string();
    let mut ended = zoo::sleeper();
    let gone = ended.pid().to_string();
    ended.kill_unreaped();
    ended.reap();
    for word in [
        &thread,
        &gone,
        "0",
        "4294967295",
        "99999999999",
        &format!("no-such-{}", std::process::id()),
    ] {
        let output = run(&["show", word]);
        assert_eq!(output.status.code(), Some(4), "{word}");
        assert!(output.stdout.is_empty());
        let text = stderr(&output);
        assert!(text.contains(word) && text.lines().count() == 1, "{text}");
    }
    for words in [&["show", ":80"][..], &["show"], &["show", "1", "-o", "pid"]] {
        let output = run(words);
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        assert_eq!(stderr(&output).lines().count(), 1);
    }
}

#[test]
fn a_name_of_several_shows_up_to_three_and_counts_more() {
    // Others may test at the same time.
    let name = &format!("three-{}", std::process::id());
    let named = || zoo::renamed(name.as_bytes());
    let three = [named(), named(), named()];
    let document = json(&["show", name]);
    assert_eq!(document["processes"].as_array().unwrap().len(), 3);
    let fourth = named();
    let output = run(&["show", name]);
    assert_eq!(output.status.code(), Some(2));
    let text = stderr(&output);
    assert!(text.contains("4 processes"), "{text}");
    assert!(text.contains(&fourth.pid().to_string()), "{text}");
    drop(three);
}

#[test]
fn what_is_hidden_from_an_ordinary_user_is_no_zero() {
    let specimen = zoo::sleeper();
    let pid = specimen.pid().to_string();
    let words = ["ps", &pid, "-o", "pid,uss,exe,fds,read_bytes,rss", "--json"];
    let output = match as_nobody(&words) {
        Ok(output) => output,
        Err(reason) => skip!("{reason}"),
    };
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let ours = row(&document, specimen.pid());
    for key in ["uss", "exe", "read_bytes"] {
        assert_eq!(ours[key], Value::Null, "{ours}");
        assert_eq!(ours["missing"][key], "permission", "{ours}");
    }
    assert!(ours["rss"].as_u64().unwrap() > 0);
    let text = stderr(&output);
    assert!(
        text.starts_with("note: ") && text.lines().count() == 1,
        "{text}"
    );

    let page = as_nobody(&["show", &pid]).unwrap();
    assert_eq!(page.status.code(), Some(0), "{}", stderr(&page));
    assert!(stdout(&page).contains("files  ?"), "{}", stdout(&page));
    assert_eq!(stderr(&page).lines().count(), 1);
    let strict = as_nobody(&["show", &pid, "--strict", "-q"]).unwrap();
    assert_eq!(strict.status.code(), Some(5));
    let sums = as_nobody(&["mem", "--procs", "--json"]).unwrap();
    let document: Value = serde_json::from_slice(&sums.stdout).unwrap();
    let rows = document["rows"].as_array().unwrap();
    assert!(document["sum"]["processes"].as_u64().unwrap() < rows.len() as u64);
}

#[test]
fn under_hidepid_the_others_are_not_there() {
    let options = NsOptions::new().pid().hidepid(2).uid(NOBODY);
    in_namespaces!(options.program(command::PROGRAM));
    for words in [
        &["ps"][..],
        &["tree"],
        &["mem", "--procs"],
        &["ps", "-o", "all"],
    ] {
        let output = run(words);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        assert!(stdout(&output).lines().count() >= 2);
    }
    let own = std::process::id();
    assert!(pids(&json(&["ps"])).contains(&own.into()));
    assert_eq!(run(&["show", &own.to_string()]).status.code(), Some(0));
}

#[test]
fn another_root_is_read_and_not_this_machine() {
    let root = oslens_testkit::fixture("server-x86_64-numa");
    let path = root.path().to_str().unwrap();
    let document = json(&["ps", "-i", "5ms", "--root", path]);
    assert!(rows(&document, "pid", std::process::id()).is_empty());
    let command = "/usr/bin/qemu-system-x86_64 -name guest=vm1";
    let by_command = rows(&document, "command", command);
    assert_eq!(by_command.len(), 1, "{document}");
    // What would take a system call on this machine is unknown there.
    let document = json(&["ps", "--root", path, "-o", "pid,affinity"]);
    assert_eq!(document["rows"][0]["missing"]["affinity"], "unsupported");
    let page = run(&["show", "900", "--root", path, "-i", "5ms"]);
    assert_eq!(page.status.code(), Some(0), "{}", stderr(&page));
    let sums = json(&["mem", "--procs", "--root", path]);
    assert_eq!(sums["sum"]["processes"], 1, "{sums}");
}

/// The commands that show processes.
const COMMANDS: [&[&str]; 5] = [
    &["ps"],
    &["ps", "-o", "all"],
    &["tree"],
    &["mem", "--procs"],
    &["show", "1"],
];

#[test]
fn no_line_is_wider_than_the_terminal() {
    for columns in [20, 80, 132] {
        for words in COMMANDS {
            let words = [words, &["-i", "5ms", "-q", "--color=never"]].concat();
            let text = match in_terminal(&words, columns, "C") {
                Ok(text) => text,
                Err(reason) => skip!("{reason}"),
            };
            assert!(!text.is_empty() && text.is_ascii(), "{words:?}");
            for line in text.lines() {
                assert!(line.len() <= columns, "{columns} {words:?}: {line:?}");
            }
        }
    }
}

#[test]
fn output_that_cannot_be_written_is_told_and_a_closed_pipe_is_not() {
    for words in COMMANDS {
        let words = [words, &["-i", "5ms", "-q"]].concat();
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
        let output = oslens(&words).stdout(full.unwrap()).output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{words:?}");
        assert_eq!(stderr(&output).lines().count(), 1);
        let (reader, writer) = rustix::pipe::pipe().unwrap();
        drop(reader);
        let output = oslens(&words).stdout(writer).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{words:?}");
        assert_eq!(stderr(&output), "");
    }
}

#[test]
fn processes_that_come_and_go_fail_nothing() {
    let churn = oslens_testkit::churn::Churn::start(500);
    for _ in 0..5 {
        for words in [
            &["ps", "-i", "20ms", "-o", "all"][..],
            &["tree"],
            &["mem", "--procs"],
        ] {
            let output = run(words);
            assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        }
    }
    assert!(churn.stop() > 0);
}
