//! Boot time, names, and who is logged in.

use std::time::{Duration, SystemTime};

use oslens::host::{User, UserNames};

use crate::machine;

fn epoch(millis: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(millis)
}

#[test]
fn the_boot_time_is_that_of_the_root_not_of_this_machine() {
    for (name, seconds) in [
        ("debian12-x86_64", 1_795_257_165),
        ("server-x86_64-numa", 1_700_000_000),
        ("rhel6-2.6.32", 1_300_000_000),
        ("linux-2.4", 1_000_000_000),
        ("lxc-distorted", 1_650_000_000),
    ] {
        let time = machine(name).boot_time().unwrap();
        assert_eq!(time, epoch(seconds * 1000), "{name}");
    }
    let uptime = |name| machine(name).uptime().unwrap();
    assert_eq!(
        uptime("server-x86_64-numa"),
        Duration::from_millis(864_000_500)
    );
    assert_eq!(uptime("debian12-x86_64"), Duration::from_millis(2_760_280));
}

#[test]
fn names_come_from_the_root() {
    let host = machine("server-x86_64-numa");
    assert_eq!(host.user_name(64055).unwrap(), "libvirt-qemu");
    assert_eq!(host.user_name(1000).unwrap(), "example");
    assert_eq!(host.user_name(4242), None);
    assert_eq!(host.group_name(108).unwrap(), "kvm");
    let mut names = UserNames::new(&host);
    assert_eq!(names.user(0).unwrap(), "root");
    assert_eq!(names.group(27).unwrap(), "sudo");
    assert_eq!(names.user(4242), None);
    // Without passwd nobody has a name: not even root, as this machine's has.
    assert_eq!(machine("linux-2.4").user_name(0), None);
}

#[test]
fn a_system_is_called_what_its_files_say() {
    let info = machine("debian12-x86_64").info().unwrap();
    assert_eq!(info.hostname.unwrap(), "example");
    assert_eq!(info.kernel.unwrap(), "Linux");
    assert_eq!(info.kernel_release.unwrap(), "6.18.44");
    assert_eq!(info.kernel_version.unwrap(), "#1 SMP PREEMPT_DYNAMIC");
    assert_eq!(info.architecture.unwrap(), "x86_64");
    assert_eq!(info.os_name.unwrap(), "Debian GNU/Linux 12 (bookworm)");
    assert_eq!(info.os_id.unwrap(), "debian");
    assert_eq!(info.os_version.unwrap(), "12");
    let unknown = machine("linux-2.4").info().unwrap();
    assert_eq!((unknown.hostname, unknown.os_id), (None, None));
}

#[test]
fn logins_are_told_from_other_records_and_fields_may_lack_their_end() {
    let users = machine("debian12-x86_64").users().unwrap();
    assert_eq!(users.len(), 2);
    let User {
        name,
        terminal,
        host,
        started,
        pid,
        ..
    } = &users[0];
    assert_eq!(name, "example");
    assert_eq!(terminal.as_deref(), Some("tty1".as_ref()));
    assert_eq!(*host, None);
    assert_eq!(*started, Some(epoch(1_795_257_200_250)));
    assert_eq!(*pid, Some(700.into()));
    let full = &users[1];
    assert_eq!(full.name.to_str().unwrap(), "u".repeat(32));
    let terminal = format!("pts/0{}", "x".repeat(27));
    assert_eq!(full.terminal.as_ref().unwrap().to_str().unwrap(), terminal);
    let from = full.host.as_ref().unwrap().to_str().unwrap();
    assert_eq!(from, "h".repeat(256));
    assert_eq!(full.pid, Some(100.into()));
    assert_eq!(full.started, Some(epoch(1_795_257_300_000)));
}

#[test]
fn without_utmp_logind_is_asked_and_counts_as_who_does() {
    let users = machine("logind-no-utmp").users().unwrap();
    let shown: Vec<_> = users
        .iter()
        .map(|user| {
            let text = |part: &Option<std::ffi::OsString>| {
                part.as_ref().map(|part| part.to_str().unwrap().to_owned())
            };
            (
                user.name.to_str().unwrap(),
                text(&user.session),
                text(&user.terminal),
                text(&user.host),
                user.pid.unwrap().get(),
                user.started,
            )
        })
        .collect();
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        shown,
        [
            (
                "example",
                some("2"),
                some("tty2"),
                None,
                1500,
                Some(epoch(1_760_000_100_250))
            ),
            (
                "root",
                some("5"),
                some("pts/0"),
                some("192.0.2.7"),
                1700,
                Some(epoch(1_760_000_200_000))
            ),
        ]
    );
}

#[test]
fn an_empty_utmp_is_one_that_nobody_writes() {
    let machine = machine("logind-no-utmp");
    machine.root.write("run/utmp", "");
    assert_eq!(machine.users().unwrap().len(), 2);
    // Neither the one nor the other.
    assert_eq!(crate::machine("container-cgroup2").users().unwrap(), []);
}

#[test]
fn a_record_that_is_cut_off_does_not_spoil_those_before_it() {
    let machine = machine("debian12-x86_64");
    let content = std::fs::read(machine.root.join("run/utmp")).unwrap();
    for end in 0..=content.len() {
        machine.root.write("run/utmp", &content[..end]);
        let users = machine.users().unwrap();
        // Whole records only; the second and the third are logins. Of 400
        // bytes, the file might be one record of another layout.
        if end % 400 != 0 || end % 384 == 0 {
            let whole = (end / 384).saturating_sub(1).min(2);
            assert_eq!(users.len(), whole, "at {end}");
        }
    }
}
