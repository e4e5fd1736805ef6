//! The four backends, against a kernel that answers with what C made of the
//! systems' own headers.

use std::{
    collections::HashMap,
    ffi::OsString,
    time::{Duration, SystemTime},
};

use oslens_testkit::FixtureRoot;

use crate::{
    ErrorKind, Host,
    host::{Info, User},
    process::Pid,
    sys::{
        host::{NameOf, bsd, freebsd, macos, netbsd, openbsd},
        kernel::{
            Question,
            fake::{Fake, Noise},
        },
    },
};

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../parse/bsd/fixtures/", $name, ".bin")).as_slice()
    };
}

/// A backend, what it asks for the time of boot, and the answers.
struct System {
    name: &'static str,
    boot_question: Question<'static>,
    boot_answer: &'static [u8],
    boot_time: fn(&Host) -> crate::Result<SystemTime>,
    users_answer: &'static [u8],
    users: fn(&Host) -> crate::Result<Vec<User>>,
    info: fn(&Host) -> crate::Result<Info>,
}

const SYSTEMS: [System; 4] = [
    System {
        name: "FreeBSD",
        boot_question: Question::Named("kern.boottime"),
        boot_answer: fixture!("freebsd_boottime"),
        boot_time: freebsd::boot_time,
        users_answer: fixture!("freebsd_utmpx"),
        users: freebsd::users,
        info: freebsd::info,
    },
    System {
        name: "NetBSD",
        boot_question: Question::Named("kern.boottime"),
        boot_answer: fixture!("netbsd_boottime"),
        boot_time: netbsd::boot_time,
        users_answer: fixture!("netbsd_utmpx"),
        users: netbsd::users,
        info: netbsd::info,
    },
    System {
        name: "OpenBSD",
        boot_question: Question::Sysctl(&[1, 21]),
        boot_answer: fixture!("openbsd_boottime"),
        boot_time: openbsd::boot_time,
        users_answer: fixture!("openbsd_utmp"),
        users: openbsd::users,
        info: openbsd::info,
    },
    System {
        name: "Darwin",
        boot_question: Question::Named("kern.boottime"),
        boot_answer: fixture!("macos_boottime"),
        boot_time: macos::boot_time,
        users_answer: fixture!("macos_utmpx"),
        users: macos::users,
        info: macos::info,
    },
];

/// Whole microseconds since 1970.
fn micros(time: SystemTime) -> u128 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap();
    since.as_micros()
}

#[test]
fn the_boot_time_is_that_of_the_kernel_to_the_microsecond() {
    for system in SYSTEMS {
        let (host, log) = Fake::new()
            .answer(system.boot_question, system.boot_answer)
            .host();
        let found = (system.boot_time)(&host).unwrap();
        assert_eq!(micros(found), 1_700_000_000_250_001, "{}", system.name);
        assert_eq!(log.lines().len(), 1);
    }
}

#[test]
fn a_boot_time_that_is_not_told_is_an_error() {
    for system in SYSTEMS {
        let kind = |fake: Fake| (system.boot_time)(&fake.host().0).unwrap_err().kind();
        let question = system.boot_question;
        assert_eq!(
            kind(Fake::new().answer(question, [0; 16])),
            ErrorKind::Malformed
        );
        assert_eq!(kind(Fake::new().answer(question, [])), ErrorKind::Malformed);
        assert_eq!(
            kind(Fake::new().fail(question, libc::EPERM)),
            ErrorKind::AccessDenied
        );
        if system.name != "OpenBSD" {
            assert_eq!(kind(Fake::new()), ErrorKind::Unsupported);
        }
        let elsewhere = Host::builder().root("/nonexistent").build();
        let error = (system.boot_time)(&elsewhere).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
    }
}

#[test]
fn the_uptime_is_the_clocks_and_asks_nothing_else() {
    let mut fake = Fake::new();
    fake.uptime = Duration::from_millis(350_735_470);
    let (host, log) = fake.host();
    assert_eq!(
        bsd::uptime(&host).unwrap(),
        Duration::from_millis(350_735_470)
    );
    assert_eq!(log.lines(), [""; 0]);
}

#[test]
fn logins_are_those_of_users_who_are_there() {
    for system in SYSTEMS {
        let (host, log) = Fake::new()
            .answer(Question::Logins, system.users_answer)
            .host();
        let users = (system.users)(&host).unwrap();
        assert_eq!(log.lines(), ["Logins"]);
        assert_eq!(users.len(), 2, "{}", system.name);
        assert_eq!(users[0].name, "alice");
        assert_eq!(users[0].terminal, Some("ttyp1".into()));
        assert_eq!(users[0].host, Some("10.0.0.9".into()));
        let is_openbsd = system.name == "OpenBSD";
        let pid = (!is_openbsd).then(|| Pid::new(4001));
        assert_eq!((users[0].pid, &users[0].session), (pid, &None));
        let expected = match is_openbsd {
            true => 1_700_000_000_000_000,
            false => 1_700_000_000_250_001,
        };
        assert_eq!(users[0].started.map(micros), Some(expected));
    }
}

#[test]
fn a_system_that_keeps_no_list_has_nobody_and_one_that_refuses_is_an_error() {
    for system in SYSTEMS {
        let (host, _) = Fake::new().host();
        assert_eq!((system.users)(&host).unwrap(), []);
        let (host, _) = Fake::new().answer(Question::Logins, []).host();
        assert_eq!((system.users)(&host).unwrap(), []);
        let (host, _) = Fake::new().fail(Question::Logins, libc::EACCES).host();
        let error = (system.users)(&host).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AccessDenied);
        let cut = &system.users_answer[..100];
        let (host, _) = Fake::new().answer(Question::Logins, cut).host();
        let error = (system.users)(&host).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed);
    }
}

/// A kernel with these names, and the names of `uname`.
fn named(system: &str, release: &str) -> Fake {
    let version = format!("{system} {release} #0: Tue\n\troot@builder:/usr/obj\n\0");
    let text = |text: &str| [text.as_bytes(), b"\0"].concat();
    let number = |numbers| Question::Sysctl(numbers);
    Fake::new()
        .named("kern.hostname", text("host.example"))
        .named("kern.ostype", text(system))
        .named("kern.osrelease", text(release))
        .named("kern.version", version.clone())
        .named("hw.machine", text("amd64"))
        .named("hw.machine_arch", text("x86_64"))
        .answer(number(&[1, 10]), text("host.example"))
        .answer(number(&[1, 1]), text(system))
        .answer(number(&[1, 2]), text(release))
        .answer(number(&[1, 4]), version)
        .answer(number(&[6, 1]), text("amd64"))
}

#[test]
fn names_of_the_machine_are_those_that_uname_shows() {
    for system in SYSTEMS {
        let (host, log) = named(system.name, "10.1-STABLE").host();
        let info = (system.info)(&host).unwrap();
        assert_eq!(info.hostname, Some("host.example".into()));
        assert_eq!(info.kernel, Some(system.name.into()));
        assert_eq!(info.kernel_release, Some("10.1-STABLE".into()));
        let version = format!("{} 10.1-STABLE #0: Tue  root@builder:/usr/obj", system.name);
        assert_eq!(info.kernel_version, Some(version.into()));
        let is_macos = system.name == "Darwin";
        assert_eq!(log.lines().len(), if is_macos { 6 } else { 5 });
        if !is_macos {
            let name = format!("{} 10.1-STABLE", system.name);
            assert_eq!(info.os_name, Some(name.into()));
            assert_eq!(info.os_id, Some(system.name.to_lowercase().into()));
            assert_eq!(info.os_version, Some("10.1".into()));
        }
    }
}

#[test]
fn macos_has_a_version_of_its_own_since_10_13_4() {
    let (host, _) = named("Darwin", "23.5.0").host();
    let info = macos::info(&host).unwrap();
    assert_eq!(
        (info.os_name, info.os_version),
        (Some("macOS".into()), None)
    );
    let (host, _) = named("Darwin", "23.5.0")
        .named("kern.osproductversion", *b"14.5\0")
        .host();
    let info = macos::info(&host).unwrap();
    assert_eq!(info.os_name, Some("macOS 14.5".into()));
    assert_eq!(info.os_version, Some("14.5".into()));
    assert_eq!(info.os_id, Some("macos".into()));
    assert_eq!(info.architecture, Some("amd64".into()));
}

#[test]
fn freebsd_is_called_what_its_own_file_says() {
    let root = FixtureRoot::new().file(
        "etc/os-release",
        "NAME=FreeBSD\nVERSION_ID=\"14.1\"\nID=freebsd\nPRETTY_NAME=\"FreeBSD 14.1-RELEASE\"\nX=\n",
    );
    let mut fake = named("FreeBSD", "14.0-RELEASE-p6");
    fake.etc = Some(root.join("etc"));
    let info = freebsd::info(&fake.host().0).unwrap();
    assert_eq!(info.kernel_release, Some("14.0-RELEASE-p6".into()));
    assert_eq!(info.os_name, Some("FreeBSD 14.1-RELEASE".into()));
    assert_eq!(info.os_version, Some("14.1".into()));
}

#[test]
fn names_that_are_not_told_are_unknown_and_not_empty() {
    for system in SYSTEMS {
        let (host, _) = Fake::new().host();
        if system.name == "OpenBSD" {
            assert!((system.info)(&host).is_err());
            continue;
        }
        let info = (system.info)(&host).unwrap();
        assert_eq!((info.hostname, info.kernel), (None, None));
        assert_eq!(info.os_version, None);
    }
    let (host, _) = named("NetBSD", "").host();
    let info = netbsd::info(&host).unwrap();
    assert_eq!((info.kernel_release, info.os_name), (None, None));
}

#[test]
fn names_of_another_root_come_from_its_files_and_not_through_a_link_out_of_it() {
    let root = FixtureRoot::new()
        .file(
            "etc/passwd",
            "root:*:0:0::/root:/bin/sh\ntoor:*:0:0::/:\nada:*:1001:1001::/:\n",
        )
        .symlink("etc/group", "/etc/group");
    let host = Host::builder().root(root.path()).build();
    let names = |of| bsd::all_names(&host, of);
    let expected = HashMap::from([(0, OsString::from("root")), (1001, "ada".into())]);
    assert_eq!(names(NameOf::User), expected);
    assert_eq!(names(NameOf::Group), HashMap::new());
    // As macOS has it.
    let root = FixtureRoot::new()
        .file("mac/private/etc/group", "wheel:*:0:root\n")
        .symlink("mac/etc", "private/etc");
    let host = Host::builder().root(root.join("mac")).build();
    let expected = HashMap::from([(0, OsString::from("wheel"))]);
    assert_eq!(bsd::all_names(&host, NameOf::Group), expected);
}

/// With whatever the kernel answers, every function gives a value or an error.
#[test]
fn no_answer_makes_a_backend_fall_over() {
    for seed in Noise::SEEDS {
        let host = &Noise::host(seed);
        macro_rules! ask {
            ($($system:ident)*) => {$(
                _ = $system::boot_time(host);
                _ = $system::uptime(host);
                _ = $system::users(host);
                _ = $system::info(host);
            )*};
        }
        ask!(freebsd netbsd openbsd macos);
    }
}
