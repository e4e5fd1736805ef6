//! The numbers, against the tools that have always shown them.
#![cfg(target_os = "linux")]

mod command;

use std::collections::BTreeMap;

use command::{json, rows, run, stderr, stdout};
use oslens_testkit::ns::NsOptions;
use oslens_testkit::zoo;
use oslens_testkit::{skip, tool};

/// Whether two readings of a busy machine can be of the same thing.
fn are_near(a: u64, b: u64, slack: u64) -> bool {
    a.abs_diff(b) <= slack
}

#[test]
fn mem_agrees_with_free() {
    let free = match tool("free", &["-b", "-w"]) {
        Ok(output) => output.stdout,
        Err(reason) => skip!("{reason}"),
    };
    let line = free.lines().find(|line| line.starts_with("Mem:")).unwrap();
    let numbers: Vec<u64> = line
        .split_whitespace()
        .skip(1)
        .map(|number| number.parse().unwrap())
        .collect();
    let document = json(&["mem"]);
    let memory = rows(&document, "kind", "memory")[0];
    let number = |key: &str| memory[key].as_u64().unwrap();
    assert_eq!(number("total"), numbers[0]);
    let slack = numbers[0] / 10;
    assert!(
        are_near(number("free"), numbers[2], slack),
        "{memory} {free}"
    );
    let available = *numbers.last().unwrap();
    assert!(
        are_near(number("available"), available, slack),
        "{memory} {free}"
    );
    let fraction = memory["use"].as_f64().unwrap();
    assert!((0.0..=1.0).contains(&fraction));
    let swap = rows(&document, "kind", "swap")[0];
    let line = free.lines().find(|line| line.starts_with("Swap:")).unwrap();
    let total: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    assert_eq!(swap["total"], total);
}

#[test]
fn df_agrees_with_df() {
    let columns = "--output=target,size,used,avail,itotal";
    let theirs = match tool("df", &["-B1", columns]) {
        Ok(output) => output.stdout,
        Err(reason) => skip!("{reason}"),
    };
    let theirs: BTreeMap<String, Vec<u64>> = theirs
        .lines()
        .skip(1)
        .map(|line| {
            let mut words = line.split_whitespace();
            let mount = words.next().unwrap().to_owned();
            // `-` for file systems without inodes.
            let numbers = words.map(|word| word.parse().unwrap_or(0)).collect();
            (mount, numbers)
        })
        .collect();
    let document = json(&["df"]);
    let ours = document["rows"].as_array().unwrap();
    let mounts: Vec<&str> = ours
        .iter()
        .map(|row| row["mount"].as_str().unwrap())
        .collect();
    let mut sorted = mounts.clone();
    sorted.sort_unstable();
    assert_eq!(
        sorted,
        theirs.keys().map(String::as_str).collect::<Vec<_>>()
    );
    for row in ours {
        let theirs = &theirs[row["mount"].as_str().unwrap()];
        let number = |key: &str| row[key].as_u64().unwrap_or(0);
        assert_eq!(number("size"), theirs[0], "{row}");
        // Others write to the disk while this runs.
        let slack = theirs[0] / 20;
        assert!(
            are_near(number("used"), theirs[1], slack),
            "{row} {theirs:?}"
        );
        assert!(
            are_near(number("available"), theirs[2], slack),
            "{row} {theirs:?}"
        );
        assert_eq!(number("inodes"), theirs[3], "{row}");
    }
}

#[test]
fn df_of_a_path_is_the_file_system_that_holds_it() {
    let directory = std::env::temp_dir();
    let theirs = match tool("df", &["--output=target", &directory.to_string_lossy()]) {
        Ok(output) => output.stdout,
        Err(reason) => skip!("{reason}"),
    };
    let document = json(&["df", &directory.to_string_lossy(), "/proc"]);
    let mounts: Vec<&str> = document["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["mount"].as_str().unwrap())
        .collect();
    assert_eq!(mounts, [theirs.lines().nth(1).unwrap().trim(), "/proc"]);

    let output = run(&["df", "/", "/no/such/file"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains('/'));
    assert_eq!(stderr(&output).lines().count(), 1);
    assert!(stderr(&output).starts_with("oslens: /no/such/file: "));
}

#[test]
fn a_bind_mount_is_shown_once_and_a_stacked_one_is_what_lies_on_top() {
    oslens_testkit::in_namespaces!(NsOptions::new());
    let base = oslens_testkit::FixtureRoot::new().dir("a").dir("b");
    let path = |name: &str| base.path().join(name).to_string_lossy().into_owned();
    let mount = |words: &[&str]| match tool("mount", words) {
        Ok(output) => assert_eq!(output.code, Some(0), "{}", output.stderr),
        Err(reason) => panic!("{reason}"),
    };
    mount(&["-t", "tmpfs", "-o", "size=1m", "one", &path("a")]);
    mount(&["--bind", &path("a"), &path("b")]);
    let document = json(&["df"]);
    assert_eq!(rows(&document, "device", "one").len(), 1, "{document}");
    mount(&["-t", "tmpfs", "-o", "size=2m", "two", &path("a")]);
    let document = json(&["df", &path("a")]);
    let row = &document["rows"][0];
    assert_eq!(
        (&row["device"], &row["size"]),
        (&"two".into(), &(2 << 20).into())
    );
    let document = json(&["df"]);
    let shown = rows(&document, "mount", path("a"));
    assert_eq!(shown.len(), 1, "{document}");
}

#[test]
fn sockets_agrees_with_ss() {
    oslens_testkit::in_namespaces!(NsOptions::new().net());
    let mut specimen = zoo::sleeper();
    let listener = specimen.socket("tcp4-listen");
    specimen.socket("tcp4-established");
    specimen.socket("udp4");
    let _ = specimen.try_ask("socket:tcp6-listen", &[]);
    for flags in ["-tan", "-tln", "-uan", "-tn", "-tulpn", "-4tan", "-6tan"] {
        let theirs = match tool("ss", &["-H", flags]) {
            Ok(output) => output.stdout,
            Err(reason) => skip!("{reason}"),
        };
        // With one protocol, ss leaves its column out.
        let of_two = flags.contains('u') && flags.contains('t');
        let mut theirs: Vec<(String, String)> = theirs
            .lines()
            .map(|line| {
                let words: Vec<&str> = line.split_whitespace().skip(usize::from(of_two)).collect();
                (words[0].to_owned(), words[3].to_owned())
            })
            .collect();
        let document = json(&["ss", flags]);
        let mut ours: Vec<(String, String)> = document["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| {
                let text = |key: &str| row[key].as_str().unwrap().to_owned();
                (text("state"), text("local"))
            })
            .collect();
        theirs.sort_unstable();
        ours.sort_unstable();
        assert_eq!(ours, theirs, "{flags}");
    }
    let address = listener.address("local").to_string();
    let document = json(&["sockets", "-l", &format!(":{}", port_of(&address))]);
    let row = &document["rows"][0];
    assert_eq!(row["local"], address.as_str());
    assert_eq!(row["pids"], serde_json::json!([specimen.pid()]));
    assert_eq!(row["commands"], serde_json::json!(["oslens-specimen"]));
}

fn port_of(address: &str) -> &str {
    address.rsplit_once(':').unwrap().1
}

#[test]
fn port_names_the_holder_and_its_peers() {
    oslens_testkit::in_namespaces!(NsOptions::new().net());
    let mut specimen = zoo::sleeper();
    let reply = specimen.socket("tcp4-established");
    let server = reply.address("server").to_string();
    let port = port_of(&server);
    let document = json(&["port", port]);
    let held = rows(&document, "pid", u64::from(specimen.pid()));
    assert!(!held.is_empty(), "{document}");
    assert_eq!(held[0]["proto"], "tcp");
    assert_eq!(held[0]["command"], "oslens-specimen");
    assert_eq!(held[0]["peers"], serde_json::json!(["127.0.0.1"]));
    assert_eq!(held[0]["connections"], 1);

    let output = run(&["port", "1"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stderr(&output), "oslens: nobody holds port 1\n");
    assert_eq!(stdout(&output), "");
}

#[test]
fn a_query_leaves_the_sockets_that_match_all_of_it() {
    oslens_testkit::in_namespaces!(NsOptions::new().net());
    let mut specimen = zoo::sleeper();
    let address = specimen.socket("tcp4-listen").address("local").to_string();
    specimen.socket("udp4");
    let port = format!(":{}", port_of(&address));
    let pid = specimen.pid().to_string();
    for query in [&["SPECIMEN", "tcp"][..], &[&pid, &port], &["listen", &port]] {
        let mut words = vec!["ss", "-a"];
        words.extend(query);
        let document = json(&words);
        let rows = document["rows"].as_array().unwrap();
        assert_eq!(rows.len(), 1, "{query:?} {document}");
        assert_eq!(rows[0]["local"], address.as_str());
    }
    let output = run(&["ss", "-a", "no-such-program"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
}

#[test]
fn net_agrees_with_ip() {
    let theirs = match tool("ip", &["-json", "address"]) {
        Ok(output) => output.stdout,
        Err(reason) => skip!("{reason}"),
    };
    let theirs: serde_json::Value = serde_json::from_str(&theirs).unwrap();
    let document = json(&["net", "-i", "10ms"]);
    for link in theirs.as_array().unwrap() {
        let name = link["ifname"].as_str().unwrap();
        let ours = rows(&document, "nic", name);
        assert_eq!(ours.len(), 1, "{name} {document}");
        assert_eq!(ours[0]["mtu"], link["mtu"]);
        let addresses: Vec<String> = link["addr_info"]
            .as_array()
            .unwrap()
            .iter()
            .map(|info| format!("{}/{}", info["local"].as_str().unwrap(), info["prefixlen"]))
            .collect();
        match addresses.is_empty() {
            true => assert!(ours[0]["addresses"].is_null()),
            false => assert_eq!(ours[0]["addresses"], serde_json::json!(addresses)),
        }
    }
    let output = run(&["net", "no-such-nic"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        stderr(&output),
        "oslens: no interface is called 'no-such-nic'\n"
    );
}

#[test]
fn the_health_page_says_what_the_parts_say() {
    let health = json(&["-i", "20ms"]);
    assert_eq!(health["schema"], "oslens.health/1");
    let mem = json(&["mem"]);
    let memory = rows(&mem, "kind", "memory")[0];
    assert_eq!(health["memory"]["total"], memory["total"]);
    let df = json(&["df"]);
    for row in df["rows"].as_array().unwrap() {
        let all = health["file_systems"].as_array().unwrap();
        let same = all.iter().find(|one| one["mount"] == row["mount"]).unwrap();
        assert_eq!(same["size"], row["size"]);
    }
    let window = health["window"].as_f64().unwrap();
    assert!((0.02..5.0).contains(&window), "{window}");
    assert!(health["processes"]["total"].as_u64().unwrap() >= 1);
}

#[test]
fn a_zombie_deserves_a_look() {
    oslens_testkit::in_namespaces!(NsOptions::new().pid());
    let health = json(&["-i", "5ms"]);
    let before = health["processes"]["zombies"].as_u64().unwrap();
    let _zombie = zoo::zombie();
    let health = json(&["-i", "5ms"]);
    assert_eq!(health["processes"]["zombies"], before + 1);
    let findings = health["look_at"].as_array().unwrap();
    assert!(findings.iter().any(|finding| finding["kind"] == "zombies"));
    let page = stdout(&run(&["-i", "5ms"]));
    let line = page
        .lines()
        .find(|line| line.starts_with("LOOK AT"))
        .unwrap();
    assert!(line.contains(&format!("{} zombie", before + 1)), "{page}");
}

#[test]
fn a_full_file_system_deserves_a_look() {
    oslens_testkit::in_namespaces!(NsOptions::new());
    let base = oslens_testkit::FixtureRoot::new().dir("full");
    let directory = base.path().join("full");
    let words = [
        "-t",
        "tmpfs",
        "-o",
        "size=1m",
        "x",
        &directory.to_string_lossy(),
    ];
    match tool("mount", &words) {
        Ok(output) => assert_eq!(output.code, Some(0), "{}", output.stderr),
        Err(reason) => skip!("{reason}"),
    }
    std::fs::write(directory.join("file"), vec![1; 1 << 20]).unwrap();
    let page = stdout(&run(&["-i", "5ms"]));
    let expected = format!("{} 100% full", directory.display());
    assert!(page.contains(&expected), "{page}");
}

#[test]
fn a_program_that_computes_leads_the_page() {
    let burner = zoo::sleeper();
    let pid = u64::from(burner.pid());
    let thread = std::thread::spawn(move || {
        let mut burner = burner;
        burner.burn(std::time::Duration::from_secs(2));
        burner
    });
    let health = json(&["-i", "1s"]);
    drop(thread.join());
    let top = health["top"]["cpu"].as_array().unwrap();
    // On a busy machine others may come before it, but only by using more.
    let is_shown = top.iter().any(|top| top["pid"] == pid);
    let is_busy = |top: &serde_json::Value| top["cpu"].as_f64().unwrap() > 0.2;
    assert!(is_shown || top.iter().all(is_busy), "{health}");
    let values: Vec<f64> = top.iter().map(|top| top["cpu"].as_f64().unwrap()).collect();
    assert!(values.is_sorted_by(|a, b| a >= b), "{health}");
}
