//! Every specimen has the property it is made for, by the raw text of /proc.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::Duration;

use super::{Builder, NOBODY, Specimen};
use crate::FixtureRoot;

fn status(pid: u32, key: &str) -> String {
    let status = fs::read(format!("/proc/{pid}/status")).unwrap();
    let status = String::from_utf8_lossy(&status).into_owned();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
    line.unwrap_or_else(|| panic!("{key} in {status}"))
        .trim()
        .to_owned()
}

fn text(specimen: &Specimen, file: &str) -> String {
    String::from_utf8_lossy(&specimen.proc_file(file)).into_owned()
}

#[test]
fn a_sleeper_sleeps_with_three_descriptors_and_one_thread() {
    let specimen = super::sleeper();
    specimen.await_state('S');
    let pid = specimen.pid();
    assert_eq!(fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count(), 3);
    assert_eq!(
        fs::read_dir(format!("/proc/{pid}/task")).unwrap().count(),
        1
    );
    assert_eq!(specimen.proc_file("environ"), b"");
    assert_eq!(specimen.proc_file("comm"), b"oslens-specimen\n");
    drop(specimen);
    assert!(!Path::new(&format!("/proc/{pid}")).exists());
}

#[test]
fn zombies_and_stopped_processes_are_so_when_made() {
    assert_eq!(super::zombie().state(), 'Z');
    let mut stopped = super::stopped();
    assert_eq!(stopped.state(), 'T');
    stopped.resume();
    stopped.rename(b"awake");
}

#[test]
fn names_hold_any_bytes() {
    for name in [
        &b"a b (c) d) R 1"[..],
        b"two\nlines",
        b"\xff\xfe bytes",
        b") S 1 1",
    ] {
        let specimen = super::renamed(name);
        let stat = specimen.proc_file("stat");
        let shown = [b" (", name, b") "].concat();
        assert!(
            stat.windows(shown.len()).any(|part| part == shown),
            "{stat:?}"
        );
    }
}

#[test]
fn threads_have_their_names() {
    let mut specimen = super::threaded(&[b"one ) x", b"two"]);
    let tid = specimen.thread(b"three");
    assert_eq!(status(specimen.pid(), "Threads"), "4");
    assert_eq!(text(&specimen, &format!("task/{tid}/comm")), "three\n");
}

#[test]
fn a_process_outlives_its_main_thread() {
    let mut specimen = super::sleeper();
    specimen.leader_exits();
    assert_eq!(specimen.state(), 'Z');
    assert_eq!(status(specimen.pid(), "Threads"), "3");
    let tasks = fs::read_dir(format!("/proc/{}/task", specimen.pid())).unwrap();
    assert_eq!(tasks.count(), 3);
}

#[test]
fn executables_have_odd_names_and_vanish() {
    for name in [&b"a name longer than fifteen"[..], b"not \xff utf-8"] {
        let specimen = Builder::new().exe_name(OsStr::from_bytes(name)).spawn();
        let exe = fs::read_link(format!("/proc/{}/exe", specimen.pid())).unwrap();
        assert_eq!(exe.file_name().unwrap().as_bytes(), name);
        assert_eq!(
            specimen.proc_file("comm").strip_suffix(b"\n"),
            Some(&name[..name.len().min(15)])
        );
    }
    let specimen = super::deleted_executable();
    let exe = fs::read_link(format!("/proc/{}/exe", specimen.pid())).unwrap();
    assert!(
        exe.as_os_str().as_bytes().ends_with(b" (deleted)"),
        "{exe:?}"
    );
}

#[test]
fn arguments_and_environment_are_as_given() {
    let specimen = Builder::new()
        .arg0("")
        .args([
            OsStr::new("one"),
            OsStr::new(""),
            OsStr::from_bytes(b"\xff"),
        ])
        .env("K", "v =\n1")
        .spawn();
    assert_eq!(specimen.proc_file("cmdline"), b"\0one\0\0\xff\0");
    assert_eq!(specimen.proc_file("environ"), b"K=v =\n1\0");
}

#[test]
fn titles_overwrite_arguments() {
    let mut short = Builder::new().args(["a-long-argument"]).spawn();
    short.set_title(b"short");
    assert!(short.proc_file("cmdline").starts_with(b"short\0"));
    let mut long = Builder::new()
        .arg0("x")
        .env("ROOM", "r".repeat(200))
        .spawn();
    long.set_title(b"server: worker 7 (much longer than the arguments)");
    let cmdline = long.proc_file("cmdline");
    assert_eq!(
        cmdline.strip_suffix(b"\0").unwrap_or(&cmdline),
        b"server: worker 7 (much longer than the arguments)"
    );
}

fn has_socket(specimen: &Specimen, file: &str, state: &str, port: u16) -> bool {
    text(specimen, file).lines().any(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        fields.len() > 3 && fields[1].ends_with(&format!(":{port:04X}")) && fields[3] == state
    })
}

#[test]
fn internet_sockets_are_in_their_states() {
    let mut specimen = super::sleeper();
    for (family, table) in [("tcp4", "net/tcp"), ("tcp6", "net/tcp6")] {
        for (kind, end, state) in [
            ("listen", "local", "0A"),
            ("established", "client", "01"),
            ("established", "server", "01"),
            ("close-wait", "server", "08"),
            ("close-wait", "client", "05"),
            ("time-wait", "client", "06"),
        ] {
            let reply = match specimen.try_ask(&format!("socket:{family}-{kind}"), &[]) {
                Ok(reply) => reply,
                Err(reason) if family == "tcp6" => crate::skip_allowed!("no IPv6: {reason}"),
                Err(reason) => panic!("{reason}"),
            };
            let port = reply.address(end).port();
            assert!(
                has_socket(&specimen, table, state, port),
                "{family}-{kind} {end}"
            );
        }
    }
    let server = specimen.socket("tcp4-syn-sent").address("server");
    let remote = format!(":{:04X} 02 ", server.port());
    assert!(text(&specimen, "net/tcp").contains(&remote));
    for (kind, state) in [("udp4", "07"), ("udp4-connected", "01")] {
        let port = specimen.socket(kind).address("local").port();
        assert!(has_socket(&specimen, "net/udp", state, port), "{kind}");
    }
    let fd = specimen.socket("tcp4-bound").number("fd");
    let link = fs::read_link(format!("/proc/{}/fd/{fd}", specimen.pid())).unwrap();
    assert!(link.to_string_lossy().starts_with("socket:["));
}

#[test]
fn unix_sockets_have_names_of_every_kind() {
    let dir = FixtureRoot::new();
    let mut specimen = super::sleeper();
    for of in ["stream", "dgram", "seqpacket"] {
        let path = dir.join(format!("a socket {of}"));
        specimen.unix_socket("connected", of, path.as_os_str().as_bytes());
        let name = format!("\0{}-{of}", dir.path().display());
        specimen.unix_socket("bound", of, name.as_bytes());
        specimen.unix_pair(of);
        let table = text(&specimen, "net/unix");
        assert!(table.contains(&format!(" {}\n", path.display())), "{table}");
        assert!(table.contains(&format!(" @{}\n", &name[1..])), "{table}");
    }
}

#[test]
fn files_are_open_in_their_modes_at_their_offsets() {
    let dir = FixtureRoot::new().file("data", [7; 100]);
    let mut specimen = super::sleeper();
    for (mode, flags) in [
        ("r", 0),
        ("r+", 2),
        ("a", 0o2001),
        ("a+", 0o2002),
        ("w", 1),
        ("w+", 2),
    ] {
        let fd = specimen.open(mode, &dir.join("data"), 42);
        let info = text(&specimen, &format!("fdinfo/{fd}"));
        assert!(info.contains("pos:\t42\n"), "{info}");
        let shown = info
            .lines()
            .find_map(|line| line.strip_prefix("flags:"))
            .unwrap();
        let shown = u32::from_str_radix(shown.trim(), 8).unwrap();
        assert_eq!(shown & 0o2003, flags, "{mode}: {info}");
    }
    let fd = specimen.open_deleted(&dir.join("gone"));
    let link = fs::read_link(format!("/proc/{}/fd/{fd}", specimen.pid())).unwrap();
    assert_eq!(link, dir.join("gone (deleted)"));
    let fd = specimen.open_memory(b"mem");
    let link = fs::read_link(format!("/proc/{}/fd/{fd}", specimen.pid())).unwrap();
    assert_eq!(link, Path::new("/memfd:mem (deleted)"));
}

#[test]
fn limits_and_priorities_are_as_set() {
    let mut specimen = super::sleeper();
    specimen.set_limit(libc::RLIMIT_NOFILE as _, 77, 99);
    let limits = text(&specimen, "limits");
    let files = limits
        .lines()
        .find(|line| line.starts_with("Max open files"));
    let fields: Vec<&str> = files.unwrap().split_whitespace().collect();
    assert_eq!(fields[3..5], ["77", "99"]);
    specimen.set_nice(7);
    specimen.set_affinity(&[0]);
    specimen.set_io_priority(3, 0);
    assert_eq!(status(specimen.pid(), "Cpus_allowed_list"), "0");
    let stat = text(&specimen, "stat");
    let nice = stat.rsplit_once(')').unwrap().1.split_whitespace().nth(16);
    assert_eq!(nice, Some("7"));
}

#[test]
fn another_user_owns_the_specimen_and_its_files() {
    match super::of_another_user() {
        Ok(specimen) => {
            assert_eq!(
                status(specimen.pid(), "Uid"),
                format!("{NOBODY}\t").repeat(4).trim()
            );
        }
        Err(reason) => crate::skip!("{reason}"),
    }
    // Here as root, or the test has ended above.
    let mut specimen = super::sleeper();
    specimen.set_uids(0, 1234, 0);
    assert_eq!(status(specimen.pid(), "Uid"), "0\t1234\t0\t1234");
}

#[test]
fn other_namespaces_have_other_links() {
    let link = |pid: u32, kind: &str| fs::read_link(format!("/proc/{pid}/ns/{kind}")).unwrap();
    let own = std::process::id();
    match super::in_another_network() {
        Ok(mut specimen) => {
            assert_ne!(link(specimen.pid(), "net"), link(own, "net"));
            let port = specimen.socket("tcp4-established").address("client").port();
            assert!(has_socket(&specimen, "net/tcp", "01", port));
        }
        Err(reason) => crate::skip!("{reason}"),
    }
    match super::with_child_in_another_pid_namespace() {
        Ok((_specimen, child)) => {
            assert_ne!(link(child, "pid"), link(own, "pid"));
            assert_eq!(status(child, "NSpid"), format!("{child}\t1"));
        }
        Err(reason) => crate::skip!("{reason}"),
    }
}

#[test]
fn kin_are_related_as_asked() {
    let parent = |pid: u32| status(pid, "PPid").parse::<u32>().unwrap();
    let mut specimen = super::sleeper();
    let own = specimen.pid();
    assert_eq!(
        specimen
            .fan(3)
            .iter()
            .map(|&pid| parent(pid))
            .collect::<Vec<_>>(),
        [own; 3]
    );
    let chain = specimen.chain(4);
    assert_eq!(chain.len(), 4);
    assert_eq!(parent(chain[0]), own);
    for pair in chain.windows(2) {
        assert_eq!(parent(pair[1]), pair[0]);
    }
    let orphan = specimen.orphan();
    assert_ne!(parent(orphan), own);
    let zombie = specimen.zombie_child();
    assert!(status(zombie, "State").starts_with('Z'));
    let traced = specimen.traced_child();
    assert!(status(traced, "State").starts_with('t'));
    assert_eq!(status(traced, "TracerPid"), own.to_string());
    let blocked = specimen.uninterruptible_child();
    assert!(status(blocked, "State").starts_with('D'));
    let all = [chain, vec![orphan, blocked]].concat();
    drop(specimen);
    // All of them see the end of the input.
    for pid in all {
        let gone = || !Path::new(&format!("/proc/{pid}/cwd/.")).exists();
        super::specimen::wait_until("the kin are gone", gone);
    }
}

#[test]
fn memory_counts_what_is_touched() {
    let mut specimen = super::sleeper();
    let kib = |specimen: &Specimen, key: &str| -> i64 {
        let value = status(specimen.pid(), key);
        value.trim_end_matches(" kB").parse().unwrap()
    };
    let before = (kib(&specimen, "RssAnon"), kib(&specimen, "RssShmem"));
    specimen.hold_memory(64 << 20, 8 << 20);
    specimen.hold_shared_memory(32 << 20, 4 << 20);
    let grown = |now: i64, before: i64, by: i64| ((by - 256)..(by + 256)).contains(&(now - before));
    assert!(grown(kib(&specimen, "RssAnon"), before.0, 8 << 10));
    assert!(grown(kib(&specimen, "RssShmem"), before.1, 4 << 10));
}

#[test]
fn burning_uses_the_cpu_and_terminals_control() {
    let mut specimen = super::sleeper();
    specimen.burn(Duration::from_millis(150));
    let terminal = specimen.take_terminal();
    let stat = text(&specimen, "stat");
    let fields: Vec<u64> = stat.rsplit_once(')').unwrap().1[2..]
        .split_whitespace()
        .filter_map(|field| field.parse().ok())
        .collect();
    // tty_nr is field 7, utime 14; the state is no number and not among them.
    let (tty, utime) = (fields[3], fields[10]);
    assert!(utime >= 10, "{utime} ticks in {stat}");
    let number: u64 = terminal
        .file_name()
        .unwrap()
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(
        (tty >> 8 & 0xfff, tty & 0xff),
        (136 + number / 256, number % 256)
    );
}

#[test]
fn another_program_takes_the_place() {
    let mut specimen = super::sleeper();
    specimen.exec(
        Path::new("/bin/sleep"),
        &[OsStr::new("odd zero"), OsStr::new("600")],
    );
    assert_eq!(specimen.proc_file("cmdline"), b"odd zero\x00600\0");
    specimen.kill_unreaped();
    assert_eq!(specimen.state(), 'Z');
}

#[test]
fn churn_goes_on_and_ends() {
    let churn = crate::churn::Churn::start(1000);
    let parent = churn.parent();
    std::thread::sleep(Duration::from_millis(300));
    let born = churn.stop();
    assert!(born >= 30, "{born} in 300 ms");
    assert!(!Path::new(&format!("/proc/{parent}")).exists());
}
