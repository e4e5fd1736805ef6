//! The system's own tools as witnesses: ps, ss, lsof, pgrep, prlimit,
//! taskset, ionice, uptime, who, nproc, df, ip.
//!
//! Own specimens are compared exactly. Of other processes only what was the
//! same before and after the tool ran is: they live on while it looks. What
//! is left over must differ three times in a row.
//!
//! Elsewhere: free, nproc, lscpu and vmstat (`machine.rs`), df, findmnt,
//! lsblk, who and id (`disk_and_host.rs`), ss and ip (`net/`, and the unit
//! tests of the sockets).

#![cfg(target_os = "linux")]

use std::{
    collections::{BTreeMap, BTreeSet},
    os::unix::ffi::OsStrExt as _,
    time::{Duration, SystemTime},
};

use oslens::{
    disk, host,
    net::{self, Kind, TcpState, TcpStates},
    process::{self, DescriptorKind, Fields, IoClass, Pid, Process, ProcessRow, Resource, State},
};
use oslens_testkit::{FixtureRoot, is_root, skip, tool, zoo};

/// What ps says of one process, by column.
type Row = BTreeMap<&'static str, String>;

/// Columns that are one word each, and then `args`, which takes the rest.
const COLUMNS: [&str; 20] = [
    "pid", "ppid", "pgid", "sid", "tty", "ni", "rss", "vsz", "etimes", "cputimes", "stat", "nlwp",
    "uid", "ruid", "suid", "gid", "rgid", "psr", "maj_flt", "min_flt",
];

/// Runs ps on these processes, or on all.
fn ps(which: &[&str]) -> Result<Vec<Row>, String> {
    let format: Vec<String> = COLUMNS.iter().map(|column| format!("{column}=")).collect();
    let format = format.join(",");
    let mut arguments = which.to_vec();
    arguments.extend(["-o", format.as_str()]);
    let output = tool("ps", &arguments)?;
    let rows = output.stdout.lines().map(|line| {
        let words = line.split_whitespace().map(str::to_owned);
        COLUMNS.into_iter().zip(words).collect()
    });
    Ok(rows.collect())
}

fn number<T: std::str::FromStr>(row: &Row, column: &str) -> T {
    let Ok(number) = row[column].parse() else {
        panic!("{column} is no number in {row:?}");
    };
    number
}

/// ps's letter of a state.
fn letter(state: State) -> char {
    match state {
        State::Running => 'R',
        State::Sleeping => 'S',
        State::DiskSleep => 'D',
        State::Stopped => 'T',
        State::TracingStop => 't',
        State::Zombie => 'Z',
        State::Idle => 'I',
        State::Parked => 'P',
        State::Dead => 'X',
        _ => '?',
    }
}

/// What ps must have printed for this row; empty where it has no value.
fn as_ps(row: &ProcessRow) -> Row {
    let pid = |pid: &oslens::Field<Pid>| pid.map(|pid| pid.to_string()).unwrap_or_default();
    let text = |value: Option<String>| value.unwrap_or_default();
    // ps has 0 for the memory of a zombie.
    let kib = |bytes: &oslens::Field<u64>| (bytes.unwrap_or(0) / 1024).to_string();
    let mut all = Row::new();
    all.insert("pid", row.pid.to_string());
    all.insert("ppid", pid(&row.ppid));
    all.insert("pgid", pid(&row.pgid));
    all.insert("sid", pid(&row.sid));
    let tty = row.terminal.as_ref().unwrap().as_ref().map_or_else(
        || "?".to_owned(),
        |path| path.strip_prefix("/dev").unwrap().display().to_string(),
    );
    all.insert("tty", tty);
    all.insert("rss", kib(&row.rss));
    all.insert("vsz", kib(&row.vms));
    all.insert(
        "nlwp",
        text(row.num_threads.ok().map(|number| number.to_string())),
    );
    if let (Ok(uids), Ok(gids)) = (&row.uids, &row.gids) {
        all.insert("uid", uids.effective.to_string());
        all.insert("ruid", uids.real.to_string());
        all.insert("suid", uids.saved.to_string());
        all.insert("gid", gids.effective.to_string());
        all.insert("rgid", gids.real.to_string());
    }
    let faults = row.page_faults.unwrap();
    all.insert("maj_flt", faults.major.to_string());
    all.insert("min_flt", faults.minor.to_string());
    all
}

/// What of ps's row is not what both looks agree on.
fn differences(before: &ProcessRow, theirs: &Row, after: &ProcessRow) -> Vec<String> {
    let (low, high) = (as_ps(before), as_ps(after));
    let mut all = Vec::new();
    for (column, value) in &low {
        // ps says "-" for the niceness of real-time tasks, and so on.
        if high[column] == *value && theirs[column] != *value {
            all.push(format!("{column}: {value}, ps {}", theirs[column]));
        }
    }
    let seconds = |row: &ProcessRow| {
        let times = row.cpu_times.unwrap();
        (times.user + times.system).as_secs()
    };
    let used: u64 = number(theirs, "cputimes");
    if used < seconds(before) || used > seconds(after) {
        all.push(format!(
            "cputimes: {} to {}, ps {used}",
            seconds(before),
            seconds(after)
        ));
    }
    if before.state == after.state {
        let ours = letter(before.state.unwrap());
        if !theirs["stat"].starts_with(ours) {
            all.push(format!("stat: {ours}, ps {}", theirs["stat"]));
        }
    }
    // Whole seconds; ps counts from the boot, and rounds each part.
    let created = before.create_time.unwrap();
    let age = SystemTime::now()
        .duration_since(created)
        .unwrap_or_default()
        .as_secs();
    if age.abs_diff(number(theirs, "etimes")) > 3 {
        all.push(format!("etimes: {age}, ps {}", theirs["etimes"]));
    }
    if let (Ok(nice), Ok(theirs)) = (before.nice, theirs["ni"].parse::<i32>()) {
        if after.nice == Ok(nice) && nice != theirs {
            all.push(format!("ni: {nice}, ps {theirs}"));
        }
    }
    all
}

fn by_pid(rows: Vec<ProcessRow>) -> BTreeMap<Pid, ProcessRow> {
    rows.into_iter().map(|row| (row.pid, row)).collect()
}

#[test]
fn ps_shows_the_same_of_all_processes() {
    let mut stubborn: Option<BTreeSet<String>> = None;
    for _ in 0..3 {
        let before = by_pid(process::list(Fields::all()).unwrap());
        let theirs = match ps(&["-e"]) {
            Ok(theirs) => theirs,
            Err(reason) => skip!("{reason}"),
        };
        let after = by_pid(process::list(Fields::all()).unwrap());
        let mut now = BTreeSet::new();
        for row in &theirs {
            let pid = Pid::new(number(row, "pid"));
            let (Some(low), Some(high)) = (before.get(&pid), after.get(&pid)) else {
                continue;
            };
            let alive = high.cpu_times.is_ok() && low.cpu_times.is_ok();
            if low.id() != high.id() || !alive || pid == Pid::current() {
                continue;
            }
            let name = low.name.as_ref().unwrap().to_string_lossy();
            now.extend(
                differences(low, row, high)
                    .iter()
                    .map(|line| format!("{pid} {name}: {line}")),
            );
        }
        assert!(theirs.len() > 5);
        let both = match stubborn {
            None => now,
            Some(before) => before.intersection(&now).cloned().collect(),
        };
        if both.is_empty() {
            return;
        }
        stubborn = Some(both);
    }
    panic!("{:#?}", stubborn.unwrap_or_default());
}

#[test]
fn ps_shows_what_the_specimens_were_made_to_be() {
    let mut tuned = zoo::sleeper();
    tuned.set_nice(5);
    tuned.hold_memory(32 << 20, 16 << 20);
    tuned.burn(Duration::from_millis(1200));
    let mut session = zoo::sleeper();
    session.take_terminal();
    let mut group = zoo::threaded(&[b"one", b"two"]);
    group.new_group();
    let specimens = [
        tuned,
        session,
        group,
        zoo::stopped(),
        zoo::zombie(),
        zoo::sleeper(),
    ];
    for specimen in &specimens {
        let pid = specimen.pid().to_string();
        let process = Process::open(specimen.pid()).unwrap();
        let before = process.read(Fields::all()).unwrap();
        let theirs = match ps(&["-p", &pid]) {
            Ok(theirs) => theirs,
            Err(reason) => skip!("{reason}"),
        };
        let after = process.read(Fields::all()).unwrap();
        let differences = differences(&before, &theirs[0], &after);
        assert!(differences.is_empty(), "{differences:?}");
    }
    let of = |index: usize| Process::open(specimens[index].pid()).unwrap();
    assert_eq!(of(0).nice().unwrap(), 5);
    assert!(of(0).cpu_times().unwrap().user > Duration::from_millis(1000));
    assert_eq!(of(1).sid().unwrap(), of(1).pid());
    assert_eq!(of(2).pgid().unwrap(), of(2).pid());
    assert_eq!(of(2).num_threads().unwrap(), 3);
}

#[test]
fn ps_shows_the_same_names_and_arguments() {
    let specimens = [
        zoo::Builder::new().args(["a b", "", "c"]).spawn(),
        zoo::renamed(b"short"),
        zoo::renamed(b"with ) in it"),
    ];
    for specimen in &specimens {
        let pid = specimen.pid().to_string();
        let column = |column: &str| tool("ps", &["-ww", "-o", column, "-p", &pid]);
        let (comm, args) = match (column("comm="), column("args=")) {
            (Ok(comm), Ok(args)) => (comm.stdout, args.stdout),
            (Err(reason), _) | (_, Err(reason)) => skip!("{reason}"),
        };
        let process = Process::open(specimen.pid()).unwrap();
        assert_eq!(process.name().unwrap().to_string_lossy(), comm.trim_end());
        // ps joins the arguments by blanks.
        let ours: Vec<_> = process
            .cmdline()
            .unwrap()
            .iter()
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
        assert_eq!(ours.join(" "), args.trim_end_matches('\n'));
    }
}

#[test]
fn pgrep_finds_the_same_children_and_session() {
    let mut parent = zoo::sleeper();
    let mut children = parent.fan(3);
    children.sort_unstable();
    let output = match tool("pgrep", &["-P", &parent.pid().to_string()]) {
        Ok(output) => output.stdout,
        Err(reason) => skip!("{reason}"),
    };
    let mut theirs: Vec<u32> = output.lines().map(|pid| pid.parse().unwrap()).collect();
    theirs.sort_unstable();
    let mut ours: Vec<u32> = Process::open(parent.pid())
        .unwrap()
        .children()
        .unwrap()
        .iter()
        .map(|child| child.pid().get())
        .collect();
    ours.sort_unstable();
    assert_eq!(ours, theirs);
    assert_eq!(ours, children);
}

#[test]
fn lsof_shows_the_same_descriptors() {
    let scratch = FixtureRoot::new().file("file", b"0123456789");
    let mut specimen = zoo::sleeper();
    specimen.open("r", &scratch.join("file"), 4);
    specimen.open("w", &scratch.join("written"), 0);
    specimen.open("r+", &scratch.join("file"), 0);
    specimen.open_deleted(&scratch.join("deleted"));
    specimen.pipe();
    specimen.socket("tcp4-listen");
    specimen.socket("udp4");
    let pid = specimen.pid().to_string();
    // f: descriptor, a: access, n: name; each in a line of its own.
    let output = match tool(
        "lsof",
        &["-nP", "-a", "-p", &pid, "-d", "0-255", "-F", "fan"],
    ) {
        Ok(output) => output.stdout,
        Err(reason) => skip!("{reason}"),
    };
    let mut theirs: BTreeMap<u32, (String, String)> = BTreeMap::new();
    let mut current = None;
    for line in output.lines() {
        let (key, value) = line.split_at(1);
        match (key, current) {
            ("f", _) => {
                current = value.parse().ok();
                if let Some(fd) = current {
                    theirs.insert(fd, Default::default());
                }
            }
            ("a", Some(fd)) => theirs.get_mut(&fd).unwrap().0 = value.to_owned(),
            ("n", Some(fd)) => theirs.get_mut(&fd).unwrap().1 = value.to_owned(),
            _ => {}
        }
    }
    let process = Process::open(specimen.pid()).unwrap();
    let ours = process.descriptors().unwrap();
    assert_eq!(
        ours.iter().map(|it| it.fd).collect::<BTreeSet<_>>(),
        theirs.keys().copied().collect::<BTreeSet<_>>()
    );
    assert_eq!(process.num_fds().unwrap() as usize, theirs.len());
    for descriptor in ours {
        let (access, name) = &theirs[&descriptor.fd];
        let mode = descriptor.mode.as_str();
        let expected = match mode {
            "r" => "r",
            "w" | "a" => "w",
            _ => "u",
        };
        assert_eq!(access, expected, "{descriptor:?}");
        if let DescriptorKind::File { path, deleted, .. } = &descriptor.kind {
            assert!(name.starts_with(&*path.to_string_lossy()), "{name}");
            assert_eq!(name.ends_with("(deleted)"), *deleted, "{name}");
        }
    }
}

#[test]
fn ss_shows_the_same_sockets_states_queues_and_owners() {
    let mut specimen = zoo::sleeper();
    let listener = specimen.socket("tcp4-listen").address("local");
    let pair = specimen.socket("tcp4-established");
    let (client, server) = (pair.address("client"), pair.address("server"));
    let half = specimen.socket("tcp4-close-wait");
    let bound = specimen.socket("udp4").address("local");
    let output = match tool("ss", &["-Htuanp"]) {
        Ok(output) => output.stdout,
        Err(reason) => skip!("{reason}"),
    };
    let ours = net::connections_with_owners(Kind::TCP4 | Kind::UDP4).unwrap();
    let word = |state: Option<TcpState>| match state {
        Some(TcpState::Listen) => "LISTEN",
        Some(TcpState::Established) => "ESTAB",
        Some(TcpState::CloseWait) => "CLOSE-WAIT",
        Some(TcpState::FinWait2) => "FIN-WAIT-2",
        _ => "UNCONN",
    };
    for local in [
        listener,
        client,
        server,
        half.address("client"),
        half.address("server"),
        bound,
    ] {
        let text = local.to_string();
        let line: Vec<&str> = output
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>())
            .find(|words| {
                words[4] == text && words[1] != "TIME-WAIT" && line_is_of(words, specimen.pid())
            })
            .unwrap_or_else(|| panic!("ss lacks {text}:\n{output}"));
        let connection = ours
            .iter()
            .find(|it| {
                it.local == Some(local)
                    && it
                        .owners
                        .iter()
                        .flatten()
                        .any(|owner| owner.pid.get() == specimen.pid())
                    && word(it.state) == line[1]
            })
            .unwrap_or_else(|| panic!("{line:?} is not in {ours:#?}"));
        assert_eq!(connection.recv_queue.unwrap().to_string(), line[2]);
        // The text of /proc/net does not have the backlog of a listener.
        if let Some(queue) = connection.send_queue {
            assert_eq!(queue.to_string(), line[3]);
        }
        let remote = connection
            .remote
            .map_or_else(|| "0.0.0.0:*".to_owned(), |remote| remote.to_string());
        assert_eq!(remote, line[5], "{line:?}");
        for owner in connection.owners.as_ref().unwrap() {
            let fd = owner.fd.expect("Linux tells it");
            let expected = format!("pid={},fd={fd}", owner.pid);
            assert!(line.last().unwrap().contains(&expected), "{line:?}");
        }
    }
    // And a question for one state gets that state.
    let listening =
        net::connections(net::ConnectionQuery::new(Kind::TCP).states(TcpStates::LISTEN)).unwrap();
    assert!(
        listening
            .iter()
            .all(|it| it.state == Some(TcpState::Listen))
    );
    assert!(listening.iter().any(|it| it.local == Some(listener)));
}

fn line_is_of(words: &[&str], pid: u32) -> bool {
    words
        .last()
        .is_some_and(|users| users.contains(&format!("pid={pid},")))
}

#[test]
fn prlimit_taskset_and_ionice_show_what_was_set() {
    let mut specimen = zoo::sleeper();
    // Of another type in musl.
    specimen.set_limit(libc::RLIMIT_NOFILE as _, 123, 456);
    specimen.set_limit(libc::RLIMIT_CORE as _, 0, 0);
    specimen.set_affinity(&[0]);
    specimen.set_io_priority(2, 6);
    let pid = specimen.pid().to_string();
    let process = Process::open(specimen.pid()).unwrap();
    let limits = match tool(
        "prlimit",
        &[
            "--raw",
            "--noheadings",
            "-o",
            "RESOURCE,SOFT,HARD",
            "-p",
            &pid,
        ],
    ) {
        Ok(output) => output.stdout,
        Err(reason) => skip!("{reason}"),
    };
    let mut compared = 0;
    for (resource, limit) in process.limits().unwrap() {
        let short = resource.as_str().strip_prefix("RLIMIT_").unwrap();
        let Some(line) = limits
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>())
            .find(|words| words[0] == short)
        else {
            continue;
        };
        let text = |limit: Option<u64>| limit.map_or("unlimited".to_owned(), |it| it.to_string());
        assert_eq!([text(limit.soft), text(limit.hard)], line[1..], "{short}");
        compared += 1;
    }
    assert_eq!(compared, 16, "{limits}");
    match tool("taskset", &["-cp", &pid]) {
        Ok(output) => {
            let list = output.stdout.trim().rsplit(' ').next().unwrap().to_owned();
            assert_eq!(list, "0");
            assert_eq!(process.cpu_affinity().unwrap(), [0]);
        }
        Err(reason) => skip!("{reason}"),
    }
    match tool("ionice", &["-p", &pid]) {
        Ok(output) => {
            assert_eq!(output.stdout.trim(), "best-effort: prio 6");
            let ours = process.ionice().unwrap();
            assert_eq!((ours.class, ours.value), (IoClass::BestEffort, 6));
        }
        Err(reason) => skip!("{reason}"),
    }
}

#[test]
fn what_is_set_here_is_what_the_tools_see() {
    let specimen = zoo::sleeper();
    let process = Process::open(specimen.pid()).unwrap();
    let pid = specimen.pid().to_string();
    process.set_nice(9).unwrap();
    process.set_ionice(IoClass::Idle, 0).unwrap();
    let mut limit = process.limit(Resource::OpenFiles).unwrap();
    limit.soft = Some(77);
    process.set_limit(Resource::OpenFiles, limit).unwrap();
    process.suspend().unwrap();
    specimen.await_state('T');
    let theirs = match ps(&["-p", &pid]) {
        Ok(theirs) => theirs,
        Err(reason) => skip!("{reason}"),
    };
    assert_eq!(theirs[0]["ni"], "9");
    assert!(theirs[0]["stat"].starts_with('T'), "{theirs:?}");
    let limits = String::from_utf8(specimen.proc_file("limits")).unwrap();
    let files = limits
        .lines()
        .find(|line| line.starts_with("Max open"))
        .unwrap();
    assert!(files.contains(" 77 "), "{files}");
    match tool("ionice", &["-p", &pid]) {
        Ok(output) => assert_eq!(output.stdout.trim(), "idle"),
        Err(reason) => skip!("{reason}"),
    }
}

#[test]
fn other_users_are_told_by_ps_in_all_their_roles() {
    if !is_root() {
        skip!("only root can become somebody else");
    }
    let mut specimen = zoo::sleeper();
    specimen.set_gids(11, 12, 13);
    specimen.set_uids(21, 22, 23);
    let theirs = match ps(&["-p", &specimen.pid().to_string()]) {
        Ok(theirs) => theirs,
        Err(reason) => skip!("{reason}"),
    };
    let process = Process::open(specimen.pid()).unwrap();
    let (uids, gids) = (process.uids().unwrap(), process.gids().unwrap());
    assert_eq!((uids.real, uids.effective, uids.saved), (21, 22, 23));
    assert_eq!((gids.real, gids.effective, gids.saved), (11, 12, 13));
    assert_eq!(process.effective_uid().unwrap(), 22);
    for (column, value) in [
        ("uid", 22),
        ("ruid", 21),
        ("suid", 23),
        ("gid", 12),
        ("rgid", 11),
    ] {
        assert_eq!(theirs[0][column], value.to_string(), "{column}");
    }
}

#[test]
fn uptime_shows_the_same_load_and_users() {
    let before = oslens::cpu::load_average().unwrap();
    let output = match tool("uptime", &[""; 0]) {
        Ok(output) => output.stdout,
        Err(reason) => skip!("{reason}"),
    };
    let after = oslens::cpu::load_average().unwrap();
    let Some((_, loads)) = output.split_once("load average: ") else {
        skip!("uptime prints something else: {output}");
    };
    let loads: Vec<f64> = loads
        .split(',')
        .map(|load| load.trim().parse().unwrap())
        .collect();
    // It moves every five seconds.
    for (theirs, (low, high)) in loads.iter().zip([
        (before.one, after.one),
        (before.five, after.five),
        (before.fifteen, after.fifteen),
    ]) {
        assert!(
            low.min(high) - 0.02 <= *theirs && *theirs <= low.max(high) + 0.02,
            "{output}"
        );
    }
    let who = match tool("who", &[""; 0]) {
        Ok(output) => output.stdout,
        Err(reason) => skip!("{reason}"),
    };
    // who reads utmp alone; logind may know more.
    assert!(host::users().unwrap().len() >= who.lines().count());
}

#[test]
fn df_shows_the_same_of_every_file_system_that_can_be_asked() {
    let output = match tool("df", &["-B1", "--output=target,size,used,avail"]) {
        Ok(output) => output.stdout,
        Err(reason) => skip!("{reason}"),
    };
    let mut compared = 0;
    for partition in disk::partitions(disk::Partitions::All).unwrap() {
        let Ok(ours) = disk::usage(&partition.mountpoint) else {
            continue;
        };
        let path =
            String::from_utf8_lossy(partition.mountpoint.as_os_str().as_bytes()).into_owned();
        let Some(row) = output
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>())
            .find(|words| words.first() == Some(&path.as_str()))
        else {
            continue;
        };
        let number = |column: usize| row[column].parse::<u64>().unwrap();
        assert_eq!(ours.total, number(1), "{path}");
        // Others write meanwhile.
        assert!(ours.used.abs_diff(number(2)) <= ours.total / 20, "{path}");
        assert!(
            ours.available.abs_diff(number(3)) <= ours.total / 20,
            "{path}"
        );
        compared += 1;
    }
    assert!(compared > 0, "{output}");
}

#[test]
fn ip_shows_the_same_statistics() {
    let before = net::io_counters().unwrap();
    let output = match tool("ip", &["-s", "-j", "link", "show", "dev", "lo"]) {
        Ok(output) if output.code == Some(0) => output.stdout,
        Ok(output) => skip!("ip: {}", output.stderr),
        Err(reason) => skip!("{reason}"),
    };
    let after = net::io_counters().unwrap();
    let theirs: serde_json::Value = serde_json::from_str(&output).unwrap();
    let theirs = &theirs[0]["stats64"];
    let of = |all: &[net::InterfaceCounters]| {
        all.iter()
            .find(|it| it.name == "lo")
            .map(|it| it.counters)
            .unwrap()
    };
    let (low, high) = (of(&before), of(&after));
    for (side, key, low, high) in [
        ("rx", "bytes", low.bytes_recv, high.bytes_recv),
        ("tx", "bytes", low.bytes_sent, high.bytes_sent),
        ("rx", "packets", low.packets_recv, high.packets_recv),
        ("tx", "packets", low.packets_sent, high.packets_sent),
        ("rx", "errors", low.errin, high.errin),
        ("tx", "errors", low.errout, high.errout),
    ] {
        let theirs = theirs[side][key].as_u64().unwrap();
        assert!((low..=high).contains(&theirs), "{side} {key}");
    }
}
