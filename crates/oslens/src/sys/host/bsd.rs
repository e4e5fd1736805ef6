//! What the backends of the BSDs and macOS share.

use std::{
    collections::HashMap,
    ffi::{OsStr, OsString},
    fs,
    os::unix::ffi::{OsStrExt as _, OsStringExt as _},
    path::Path,
    time::{Duration, SystemTime},
};

use super::NameOf;
use crate::{
    ErrorKind, Host, Result,
    host::{Info, User},
    parse::{
        Malformed,
        bsd::logins::{Login, Logins},
        layout::Endian,
        linux::passwd,
    },
    process::Pid,
    sys::kernel::{Question, malformed},
};

/// When the machine booted, as a parser found it in an answer.
pub(super) fn boot_time(since_1970: Result<Duration, Malformed>) -> Result<SystemTime> {
    since_1970
        .and_then(|time| at(time).ok_or(Malformed("a boot time")))
        .map_err(|expected| malformed("sysctl kern.boottime", expected))
}

fn at(since_1970: Duration) -> Option<SystemTime> {
    SystemTime::UNIX_EPOCH.checked_add(since_1970)
}

/// How long the machine has run; 1 system call.
pub(crate) fn uptime(host: &Host) -> Result<Duration> {
    host.kernel()?.uptime()
}

/// Who is logged in, as a parser finds it in the answer of `what`; 1 question.
pub(super) fn users(
    host: &Host,
    what: &'static str,
    parser: fn(&[u8], Endian) -> Logins<'_>,
) -> Result<Vec<User>> {
    let kernel = host.kernel()?;
    let answer = match kernel.ask(what, Question::Logins) {
        Ok(answer) => answer,
        // Nobody keeps a list.
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    parser(&answer, kernel.endian)
        .map(|login| login.map(|login| user(&login)))
        .collect::<Result<_, _>>()
        .map_err(|expected| malformed(what, expected))
}

fn user(login: &Login<'_>) -> User {
    User {
        name: OsStr::from_bytes(login.user).to_owned(),
        terminal: text(login.terminal),
        host: text(login.host),
        started: login.started.and_then(at),
        pid: login
            .pid
            .and_then(|pid| u32::try_from(pid).ok())
            .map(Pid::new),
        session: None,
    }
}

/// A text that a kernel answered with, without its end and the blanks around
/// it. `None`: it is empty.
pub(super) fn text(answer: &[u8]) -> Option<OsString> {
    let end = memchr::memchr(0, answer).unwrap_or(answer.len());
    let text = answer.get(..end)?.trim_ascii();
    // The version of a kernel has several lines. `uname` shows them as one.
    let in_one_line = text.iter().map(|&byte| match byte {
        b'\n' | b'\t' => b' ',
        byte => byte,
    });
    (!text.is_empty()).then(|| OsString::from_vec(in_one_line.collect()))
}

/// The system by the name and release of its kernel, where both are one
/// thing: `FreeBSD` and `14.1-RELEASE-p3`.
pub(super) fn name_system(info: &mut Info) {
    let (Some(kernel), Some(release)) = (&info.kernel, &info.kernel_release) else {
        return;
    };
    let mut name = kernel.clone();
    name.push(" ");
    name.push(release);
    info.os_name = Some(name);
    info.os_id = Some(kernel.to_ascii_lowercase());
    let release = release.as_bytes();
    let number = release.split(|&byte| matches!(byte, b'-' | b'_')).next();
    info.os_version = number.and_then(text);
}

/// All names in another root's `etc/passwd` or `etc/group`.
pub(crate) fn all_names(host: &Host, of: NameOf) -> HashMap<u32, OsString> {
    let file = match of {
        NameOf::User => "passwd",
        NameOf::Group => "group",
    };
    let content = etc_file(host, file).unwrap_or_default();
    let mut names = HashMap::new();
    for (name, number) in passwd::names(&content) {
        // Of several names the first one counts, as for the C library.
        names
            .entry(number)
            .or_insert_with(|| OsStr::from_bytes(name).to_owned());
    }
    names
}

/// A file of the host's `/etc`. `None`: there is none, or a link out of the
/// host's root leads to it, and so to a file of this machine.
pub(super) fn etc_file(host: &Host, name: &str) -> Option<Vec<u8>> {
    let etc = host.etc_path();
    let file = fs::canonicalize(etc.join(name)).ok()?;
    if !host.is_local() {
        let root = match etc.parent() {
            Some(parent) if etc.ends_with("etc") => parent,
            _ => etc,
        };
        let root = match root == Path::new("") {
            true => Path::new("."),
            false => root,
        };
        if !file.starts_with(fs::canonicalize(root).ok()?) {
            return None;
        }
    }
    // A pipe would have to be waited for.
    match fs::metadata(&file).ok()?.is_file() {
        true => fs::read(file).ok(),
        false => None,
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
