//! Who is logged in: records of `struct utmpx`, on OpenBSD of `struct utmp`.

use std::time::Duration;

use crate::parse::{
    Malformed,
    kinfo::{records, time},
    layout::{Endian, Record, Type, freebsd, macos, netbsd, openbsd},
};

/// Somebody who is logged in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Login<'a> {
    /// The user.
    pub user: &'a [u8],
    /// The terminal, without `/dev/`. May be empty.
    pub terminal: &'a [u8],
    /// Where the user came from. May be empty.
    pub host: &'a [u8],
    /// When, since 1970.
    pub started: Option<Duration>,
    /// The process that made the login.
    pub pid: Option<i32>,
}

/// The logins of an answer.
pub type Logins<'a> = Box<dyn Iterator<Item = Result<Login<'a>, Malformed>> + 'a>;

/// The logins of FreeBSD. Ends after a record that is not whole.
#[must_use]
pub fn freebsd(data: &[u8], endian: Endian) -> Logins<'_> {
    use freebsd::process::Timeval;
    use freebsd::system::{USER_PROCESS, Utmpx};
    logins(data, Utmpx::SIZE, endian, |record| {
        let at = Utmpx::ut_tv;
        let seconds = record.get(at.then(Timeval::tv_sec))?;
        let micros = record.get(at.then(Timeval::tv_usec))?;
        let login = Login {
            user: record.text(Utmpx::ut_user)?,
            terminal: record.text(Utmpx::ut_line)?,
            host: record.text(Utmpx::ut_host)?,
            started: time(seconds, micros),
            pid: record.get(Utmpx::ut_pid),
        };
        let kind = i32::from(record.get(Utmpx::ut_type)?);
        Some((kind == USER_PROCESS).then_some(login))
    })
}

/// The logins of NetBSD. Ends after a record that is not whole.
#[must_use]
pub fn netbsd(data: &[u8], endian: Endian) -> Logins<'_> {
    use netbsd::system::{Timeval, USER_PROCESS, Utmpx};
    logins(data, Utmpx::SIZE, endian, |record| {
        let at = Utmpx::ut_tv;
        let seconds = record.get(at.then(Timeval::tv_sec))?;
        let micros = record.get(at.then(Timeval::tv_usec))?;
        let login = Login {
            user: record.text(Utmpx::ut_name)?,
            terminal: record.text(Utmpx::ut_line)?,
            host: record.text(Utmpx::ut_host)?,
            started: time(seconds, micros),
            pid: record.get(Utmpx::ut_pid),
        };
        let kind = i32::from(record.get(Utmpx::ut_type)?);
        Some((kind == USER_PROCESS).then_some(login))
    })
}

/// The logins of OpenBSD, whose records have no type: those with a user.
/// Ends after a record that is not whole.
#[must_use]
pub fn openbsd(data: &[u8], endian: Endian) -> Logins<'_> {
    use openbsd::system::Utmp;
    logins(data, Utmp::SIZE, endian, |record| {
        Some(Some(Login {
            user: record.text(Utmp::ut_name)?,
            terminal: record.text(Utmp::ut_line)?,
            host: record.text(Utmp::ut_host)?,
            started: time(record.get(Utmp::ut_time)?, 0_u32),
            pid: None,
        }))
    })
}

/// The logins of macOS, but for those without a time, which nobody has made.
/// Ends after a record that is not whole.
#[must_use]
pub fn macos(data: &[u8], endian: Endian) -> Logins<'_> {
    use macos::process::Timeval;
    use macos::system::{USER_PROCESS, Utmpx};
    logins(data, Utmpx::SIZE, endian, |record| {
        let at = Utmpx::ut_tv;
        let seconds = record.get(at.then(Timeval::tv_sec))?;
        let micros = record.get(at.then(Timeval::tv_usec))?;
        let login = Login {
            user: record.text(Utmpx::ut_user)?,
            terminal: record.text(Utmpx::ut_line)?,
            host: record.text(Utmpx::ut_host)?,
            started: time(seconds, micros),
            pid: record.get(Utmpx::ut_pid),
        };
        let kind = i32::from(record.get(Utmpx::ut_type)?);
        Some((kind == USER_PROCESS && seconds != 0).then_some(login))
    })
}

/// The records that `read` finds to be logins: `None` is one that is not
/// whole, `Some(None)` one about something else.
fn logins<'a>(
    data: &'a [u8],
    stride: usize,
    endian: Endian,
    read: fn(Record<'a>) -> Option<Option<Login<'a>>>,
) -> Logins<'a> {
    let found = records(data, stride, endian).into_iter().flatten();
    Box::new(found.filter_map(move |record| {
        let login = record.and_then(|record| read(record).ok_or(Malformed("a whole login")));
        match login {
            Ok(None) => None,
            // One that was taken back has lost its user on some systems, and
            // only that.
            Ok(Some(login)) if login.user.is_empty() => None,
            // The system's own: that it was started, or ended.
            Ok(Some(login)) if login.terminal == b"~" => None,
            Ok(Some(login)) => Some(Ok(Login {
                started: login.started.filter(|started| !started.is_zero()),
                pid: login.pid.filter(|&pid| pid > 0),
                ..login
            })),
            Err(error) => Some(Err(error)),
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREEBSD: &[u8] = include_bytes!("fixtures/freebsd_utmpx.bin");
    const NETBSD: &[u8] = include_bytes!("fixtures/netbsd_utmpx.bin");
    const OPENBSD: &[u8] = include_bytes!("fixtures/openbsd_utmp.bin");
    const MACOS: &[u8] = include_bytes!("fixtures/macos_utmpx.bin");

    type Parser = fn(&[u8], Endian) -> Logins<'_>;
    const SYSTEMS: [(&str, &[u8], usize, Parser); 4] = [
        ("freebsd", FREEBSD, 280, freebsd),
        ("netbsd", NETBSD, 520, netbsd),
        ("openbsd", OPENBSD, 304, openbsd),
        ("macos", MACOS, 640, macos),
    ];

    #[test]
    fn logins_are_read_as_the_headers_write_them() {
        for (name, data, _, parser) in SYSTEMS {
            let all: Result<Vec<_>, _> = parser(data, Endian::Little).collect();
            let all = all.unwrap();
            assert_eq!(all.len(), 2, "{name}");
            let micros = if name == "openbsd" { 0 } else { 250_001_000 };
            let pid = (name != "openbsd").then_some(4001);
            let expected = Login {
                user: b"alice",
                terminal: b"ttyp1",
                host: b"10.0.0.9",
                started: Some(Duration::new(1_700_000_000, micros)),
                pid,
            };
            assert_eq!(all[0], expected, "{name}");
            // Names that fill their fields, without a NUL.
            let room = |field: &[u8], least: usize| field.len() >= least && field[0] == b'x';
            assert!(room(all[1].user, 32), "{name}");
            assert!(room(all[1].terminal, 8), "{name}");
            assert!(room(all[1].host, 128), "{name}");
            let pid = (name != "openbsd").then_some(5);
            assert_eq!(all[1].pid, pid, "{name}");
        }
    }

    #[test]
    fn an_answer_that_is_cut_off_gives_the_whole_logins_and_an_error() {
        for (name, data, stride, parser) in SYSTEMS {
            assert_eq!(data.len() % stride, 0, "{name}");
            assert_eq!(parser(&[], Endian::Little).count(), 0);
            for end in 1..data.len() {
                let errors = parser(&data[..end], Endian::Little).filter(Result::is_err);
                assert_eq!(
                    errors.count(),
                    usize::from(end % stride != 0),
                    "{name} {end}"
                );
            }
        }
    }

    #[test]
    fn hostile_records_have_no_time_and_no_process() {
        for (name, _, stride, parser) in SYSTEMS {
            for fill in [0xff, 0x80] {
                let data = vec![fill; stride * 2];
                for login in parser(&data, Endian::Little) {
                    let login = login.unwrap();
                    assert_eq!((login.started, login.pid), (None, None), "{name}");
                }
            }
        }
    }
}
