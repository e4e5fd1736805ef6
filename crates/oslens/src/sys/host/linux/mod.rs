//! The machine as a whole on Linux.

use std::{
    collections::HashMap,
    ffi::{OsStr, OsString},
    os::unix::ffi::{OsStrExt as _, OsStringExt as _},
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use super::NameOf;
use crate::{
    Error, Host, Result,
    host::{Info, User},
    parse::linux::{
        logind::{self, Session},
        os_release, passwd, uptime as parse,
        utmp::{self, Layout, USER_PROCESS},
    },
    process::Pid,
    sys::pal::linux::file,
};

/// When the machine booted; 3 system calls.
pub(crate) fn boot_time(host: &Host) -> Result<SystemTime> {
    let path = host.proc_path().join("stat");
    let (mut stack, mut heap) = ([0; 8192], Vec::new());
    let content = file::record_in(&path, &mut stack, &mut heap)?;
    let seconds =
        parse::btime(content).map_err(|malformed| Error::malformed(&path, malformed.0))?;
    SystemTime::UNIX_EPOCH
        .checked_add(Duration::from_secs(seconds))
        .ok_or_else(|| Error::malformed(path, "a boot time"))
}

/// How long the machine has run; 1 system call, 3 for another root.
pub(crate) fn uptime(host: &Host) -> Result<Duration> {
    if host.is_local() {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        if let (Ok(seconds), Ok(nanoseconds)) =
            (u64::try_from(now.tv_sec), u32::try_from(now.tv_nsec))
        {
            return Ok(Duration::new(seconds, nanoseconds));
        }
    }
    let path = host.proc_path().join("uptime");
    let (mut stack, mut heap) = ([0; 128], Vec::new());
    let content = file::record_in(&path, &mut stack, &mut heap)?;
    parse::uptime(content).map_err(|malformed| Error::malformed(path, malformed.0))
}

pub(crate) fn users(host: &Host) -> Result<Vec<User>> {
    match file::optional_records(&host.run_path().join("utmp"))? {
        // An empty file is one that nobody writes: a system with utmp has
        // at least a record of its boot.
        Some(content) if !content.is_empty() => Ok(from_utmp(&content)),
        _ => from_logind(host),
    }
}

fn from_utmp(content: &[u8]) -> Vec<User> {
    utmp::records(content, Layout::guess(content))
        .filter(|record| record.kind == USER_PROCESS)
        .map(|record| User {
            name: os_string(record.user),
            terminal: text(record.line),
            host: text(record.host),
            started: time(record.seconds, record.microseconds),
            pid: pid(i64::from(record.pid)),
            session: None,
        })
        .collect()
}

/// systemd's logind and elogind: where the C library has no utmp (musl), or
/// the distribution gave it up because its times end in 2038 (Debian 13).
fn from_logind(host: &Host) -> Result<Vec<User>> {
    let directory = host.run_path().join("systemd/sessions");
    let seen = Listing::of(host, &directory);
    if seen.is_some_and(Listing::was_empty) {
        return Ok(Vec::new());
    }
    let mut is_empty = true;
    let mut users: Vec<User> = file::optional_entries(&directory)?
        .inspect(|_| is_empty = false)
        .filter_map(|entry| {
            let id = entry.file_name();
            // Beside each session is a pipe, `5.ref`; opening it would block.
            if id.as_bytes().contains(&b'.') {
                return None;
            }
            // A session may end meanwhile.
            let content = file::records(&entry.path()).ok()?;
            let session = logind::session(&content);
            session.is_login().then(|| user(id, session))
        })
        .collect();
    users.sort_by(|a, b| (a.started, &a.session).cmp(&(b.started, &b.session)));
    if let (true, Some(seen)) = (is_empty, seen) {
        seen.remember_empty();
    }
    Ok(users)
}

/// A directory of this machine at the time of its last change, which moves
/// with every entry that comes or goes. Most machines that have no utmp have
/// nobody logged in either: that costs one look at the directory.
#[derive(Debug, Clone, Copy)]
struct Listing(u64);

/// The listing that was empty; 0 is none.
static EMPTY: AtomicU64 = AtomicU64::new(0);

impl Listing {
    fn of(host: &Host, directory: &Path) -> Option<Self> {
        if !host.is_local() {
            return None;
        }
        let stat = rustix::fs::stat(directory).ok()?;
        let seconds = u64::try_from(stat.st_mtime).ok()?;
        let changed = UNIX_EPOCH.checked_add(Duration::new(seconds, 0))?;
        // What changes twice within a tick of the file system's clock has the
        // same time twice.
        let has_settled = SystemTime::now()
            .duration_since(changed)
            .is_ok_and(|age| age > Duration::from_secs(3));
        let time = seconds
            .wrapping_mul(1_000_000_000)
            .wrapping_add(stat.st_mtime_nsec as u64);
        let which = (stat.st_ino as u64).rotate_left(40) ^ (stat.st_dev as u64).rotate_left(20);
        has_settled.then_some(Self(time ^ which))
    }

    fn was_empty(self) -> bool {
        self.0 != 0 && EMPTY.load(Ordering::Relaxed) == self.0
    }

    fn remember_empty(self) {
        EMPTY.store(self.0, Ordering::Relaxed);
    }
}

fn user(id: OsString, session: Session) -> User {
    User {
        name: OsString::from_vec(session.user),
        terminal: text(&session.tty),
        host: text(&session.remote_host).or_else(|| text(&session.display)),
        started: session.realtime.and_then(|microseconds| {
            SystemTime::UNIX_EPOCH.checked_add(Duration::from_micros(microseconds))
        }),
        pid: session.leader.and_then(|leader| pid(i64::from(leader))),
        session: Some(id),
    }
}

fn os_string(bytes: &[u8]) -> OsString {
    OsStr::from_bytes(bytes).to_owned()
}

fn text(bytes: &[u8]) -> Option<OsString> {
    (!bytes.is_empty()).then(|| os_string(bytes))
}

fn pid(number: i64) -> Option<Pid> {
    u32::try_from(number)
        .ok()
        .filter(|&number| number > 0)
        .map(Pid::new)
}

/// A time of a record; 0 stands for none.
fn time(seconds: i64, microseconds: u32) -> Option<SystemTime> {
    let seconds = u64::try_from(seconds).ok().filter(|&seconds| seconds > 0)?;
    let since =
        Duration::from_secs(seconds).saturating_add(Duration::from_micros(u64::from(microseconds)));
    SystemTime::UNIX_EPOCH.checked_add(since)
}

pub(crate) fn info(host: &Host) -> Result<Info> {
    let mut info = if host.is_local() {
        let names = rustix::system::uname();
        let text = |name: &std::ffi::CStr| text(name.to_bytes());
        Info {
            hostname: text(names.nodename()),
            kernel: text(names.sysname()),
            kernel_release: text(names.release()),
            kernel_version: text(names.version()),
            architecture: text(names.machine()),
            os_name: None,
            os_id: None,
            os_version: None,
        }
    } else {
        let sysctl = |name: &str| {
            let path = host.proc_path().join("sys/kernel").join(name);
            Ok::<_, Error>(
                file::optional_record(&path)?.and_then(|content| text(content.trim_ascii())),
            )
        };
        Info {
            hostname: sysctl("hostname")?,
            kernel: sysctl("ostype")?,
            kernel_release: sysctl("osrelease")?,
            kernel_version: sysctl("version")?,
            // Since Linux 6.1.
            architecture: sysctl("arch")?,
            os_name: None,
            os_id: None,
            os_version: None,
        }
    };
    if let Some(content) = os_release_file(host)? {
        for (key, value) in os_release::assignments(&content) {
            match key {
                b"PRETTY_NAME" => info.os_name = text(&value),
                b"ID" => info.os_id = text(&value),
                b"VERSION_ID" => info.os_version = text(&value),
                _ => {}
            }
        }
    }
    Ok(info)
}

/// `/etc/os-release`, or what the distribution ships where the administrator
/// has none.
fn os_release_file(host: &Host) -> Result<Option<Vec<u8>>> {
    if let Some(content) = etc_file(host, "os-release")? {
        return Ok(Some(content));
    }
    match root_of(host) {
        Some(root) => file::optional_records_in(root, Path::new("usr/lib/os-release")),
        None => Ok(None),
    }
}

/// The directory that has the host's `/etc`. `None` where that is mounted
/// elsewhere: what lies beside it is not the host's.
fn root_of(host: &Host) -> Option<&Path> {
    let etc = host.etc_path();
    etc.ends_with("etc").then(|| etc.parent()).flatten()
}

/// A file of the host's `/etc`.
fn etc_file(host: &Host, name: &str) -> Result<Option<Vec<u8>>> {
    if host.is_local() {
        return file::optional_records(&host.etc_path().join(name));
    }
    match root_of(host) {
        Some(root) => file::optional_records_in(root, &Path::new("etc").join(name)),
        None => file::optional_records_in(host.etc_path(), Path::new(name)),
    }
}

/// All names in another root's `etc/passwd` or `etc/group`.
pub(crate) fn all_names(host: &Host, of: NameOf) -> HashMap<u32, OsString> {
    let file = match of {
        NameOf::User => "passwd",
        NameOf::Group => "group",
    };
    let content = etc_file(host, file).ok().flatten().unwrap_or_default();
    let mut names = HashMap::new();
    for (name, number) in passwd::names(&content) {
        // Of several names the first one counts, as for the C library.
        names.entry(number).or_insert_with(|| os_string(name));
    }
    names
}

#[cfg(test)]
mod tests;
