use std::{
    ffi::{OsStr, OsString},
    os::unix::ffi::OsStrExt as _,
    time::{Duration, SystemTime},
};

use oslens_testkit::FixtureRoot;

use crate::{ErrorKind, Host, host::UserNames, process::Pid};

fn host(root: &FixtureRoot) -> Host {
    Host::builder().root(root.path()).build()
}

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

#[test]
fn the_boot_time_is_found_in_a_long_file_too() {
    let interrupts = "intr 1".to_owned() + &" 0".repeat(40_000);
    let root = FixtureRoot::new().file(
        "proc/stat",
        format!("cpu  1 2 3\n{interrupts}\nctxt 5\nbtime 1700000000\nprocesses 7\n"),
    );
    assert_eq!(host(&root).boot_time().unwrap(), at(1_700_000_000));
}

#[test]
fn a_boot_time_that_is_not_told_is_an_error() {
    let root = FixtureRoot::new().file("proc/stat", "cpu  1 2 3\n");
    let error = host(&root).boot_time().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
    root.write("proc/stat", "btime 18446744073709551615\n");
    assert_eq!(
        host(&root).boot_time().unwrap_err().kind(),
        ErrorKind::Malformed
    );
    root.remove("proc/stat");
    assert_eq!(host(&root).boot_time().unwrap_err().kind(), ErrorKind::Os);
}

#[test]
fn another_root_has_its_own_uptime_and_names() {
    let root = FixtureRoot::new()
        .file("proc/uptime", "350735.47 234388.90\n")
        .file("proc/sys/kernel/hostname", "elsewhere\n")
        .file("proc/sys/kernel/ostype", "Linux\n")
        .file("proc/sys/kernel/osrelease", "5.10.0\n")
        .file(
            "usr/lib/os-release",
            "PRETTY_NAME=\"Some Linux 7\"\nID=some\nVERSION_ID='7'\n",
        );
    assert_eq!(
        host(&root).uptime().unwrap(),
        Duration::from_millis(350_735_470)
    );
    let info = host(&root).info().unwrap();
    assert_eq!(info.hostname, Some(OsString::from("elsewhere")));
    assert_eq!(info.kernel_release, Some(OsString::from("5.10.0")));
    assert_eq!(info.architecture, None);
    assert_eq!(info.os_name, Some(OsString::from("Some Linux 7")));
    assert_eq!(info.os_version, Some(OsString::from("7")));
    root.write("etc/os-release", "PRETTY_NAME=Mine\n");
    let info = host(&root).info().unwrap();
    assert_eq!(info.os_name, Some(OsString::from("Mine")));
    assert_eq!(info.os_id, None);
}

/// A record with 32-bit times.
fn record(kind: i16, pid: i32, line: &[u8], user: &[u8], from: &[u8], seconds: u32) -> Vec<u8> {
    let mut record = vec![0; 384];
    let mut put = |at: usize, bytes: &[u8]| record[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &kind.to_ne_bytes());
    put(4, &pid.to_ne_bytes());
    put(8, line);
    put(44, user);
    put(76, from);
    put(340, &seconds.to_ne_bytes());
    record
}

const SESSION: &str = "UID=1000\nUSER=ada\nSTATE=active\nCLASS=user\nTTY=pts/1\nREMOTE_HOST=10.0.0.9\nLEADER=4231\nREALTIME=1700000000250000\n";

#[test]
fn logins_come_from_utmp() {
    let full = ([b'l'; 32], [b'u'; 32], [b'h'; 256]);
    let mut utmp = record(2, 0, b"~", b"reboot", b"6.12", 1_700_000_000);
    utmp.extend(record(7, 42, b"tty1", b"ada\xff", b"", 1_700_000_001));
    utmp.extend(record(8, 43, b"pts/0", b"gone", b"", 1_700_000_002));
    utmp.extend(record(7, -1, &full.0, &full.1, &full.2, 0));
    let root = FixtureRoot::new()
        .file("run/utmp", utmp)
        .file("run/systemd/sessions/5", SESSION);
    let users = host(&root).users().unwrap();
    assert_eq!(users.len(), 2);
    assert_eq!(users[0].name, OsStr::from_bytes(b"ada\xff"));
    assert_eq!(users[0].terminal, Some(OsString::from("tty1")));
    assert_eq!(users[0].host, None);
    assert_eq!(users[0].started, Some(at(1_700_000_001)));
    assert_eq!(users[0].pid, Some(Pid::new(42)));
    assert_eq!(users[1].name.len(), 32);
    assert_eq!(users[1].host.as_ref().map(|host| host.len()), Some(256));
    assert_eq!((users[1].started, users[1].pid), (None, None));
}

#[test]
fn logins_come_from_logind_where_nobody_writes_utmp() {
    let root = FixtureRoot::new()
        .file("run/systemd/sessions/5", SESSION)
        .file("run/systemd/sessions/5.ref", "not a session\n")
        .file(
            "run/systemd/sessions/c1",
            "USER=gdm\nCLASS=greeter\nSTATE=active\n",
        )
        .file(
            "run/systemd/sessions/2",
            "USER=grace\nCLASS=user\nSTATE=online\nDISPLAY=:0\nREALTIME=1600000000000000\n",
        );
    for _ in 0..2 {
        let users = host(&root).users().unwrap();
        assert_eq!(users.len(), 2);
        assert_eq!(users[0].name, OsString::from("grace"));
        assert_eq!(users[0].terminal, None);
        assert_eq!(users[0].host, Some(OsString::from(":0")));
        assert_eq!(users[1].name, OsString::from("ada"));
        assert_eq!(users[1].session, Some(OsString::from("5")));
        assert_eq!(users[1].host, Some(OsString::from("10.0.0.9")));
        assert_eq!(users[1].pid, Some(Pid::new(4231)));
        assert_eq!(
            users[1].started,
            Some(at(1_700_000_000) + Duration::from_millis(250))
        );
        // An empty file is the same as none.
        root.write("run/utmp", "");
    }
}

#[test]
fn a_system_that_keeps_no_list_has_nobody() {
    assert_eq!(host(&FixtureRoot::new()).users().unwrap(), []);
}

#[test]
fn names_of_another_root_come_from_its_files() {
    let root = FixtureRoot::new()
        .file(
            "etc/passwd",
            "root:x:0:0::/:/bin/sh\ntoor:x:0:0::/:/bin/sh\nada:x:1000:1000::/:\n",
        )
        .file("etc/group", "wheel:x:10:ada\n");
    let host = host(&root);
    assert_eq!(host.user_name(0), Some(OsString::from("root")));
    assert_eq!(host.user_name(7), None);
    assert_eq!(host.group_name(10), Some(OsString::from("wheel")));
    let mut names = UserNames::new(&host);
    assert_eq!(names.user(1000), Some(OsStr::new("ada")));
    root.remove("etc/passwd");
    assert_eq!(names.user(0), Some(OsStr::new("root")));
    assert_eq!(names.user(1), None);
    assert_eq!(names.group(10), Some(OsStr::new("wheel")));
    assert_eq!(host.user_name(0), None);
}

#[test]
fn a_link_in_another_root_never_leads_to_a_file_of_this_machine() {
    // Absolute links: NixOS, and images that are unpacked in a directory.
    let root = FixtureRoot::new()
        .dir("proc")
        .symlink("etc/os-release", "/usr/lib/os-release")
        .symlink("etc/passwd", "/etc/static/passwd")
        .symlink("etc/static", "/nix/store/1-etc")
        .symlink("etc/group", "../../../../../../../../etc/group");
    let host = Host::builder().root(root.path()).build();
    assert_eq!(host.info().unwrap().os_id, None);
    assert_eq!(host.user_name(0), None);
    assert_eq!(host.group_name(0), None);
    root.write("usr/lib/os-release", b"ID=inside\n");
    root.write("nix/store/1-etc/passwd", b"ada:x:0:0::/:/bin/sh\n");
    assert_eq!(host.info().unwrap().os_id, Some("inside".into()));
    assert_eq!(host.user_name(0), Some("ada".into()));
    // Where only this directory is the host's, what lies beside it is not.
    let elsewhere = FixtureRoot::new()
        .dir("host-etc")
        .file("usr/lib/os-release", "ID=container\n");
    let host = Host::builder()
        .root(root.path())
        .etc(elsewhere.join("host-etc"))
        .build();
    assert_eq!(host.info().unwrap().os_id, None);
}
