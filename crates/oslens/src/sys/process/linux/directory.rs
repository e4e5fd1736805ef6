//! `/proc` itself: which processes are in it, and whether it is a procfs at
//! all.

use std::os::fd::{BorrowedFd, OwnedFd};

use rustix::io::Errno;

use crate::{
    Error, ErrorKind, Host, Result,
    error::Operation,
    parse,
    process::Pid,
    sys::pal::linux::{file, getdents},
};

/// Opens `/proc`.
pub(super) fn open_proc(host: &Host) -> Result<OwnedFd> {
    file::open_dir(host.proc_path()).map_err(|errno| match errno {
        Errno::NOENT | Errno::NOTDIR => not_mounted(host, Some(errno)),
        _ => Error::file("open", host.proc_path(), errno),
    })
}

/// There is always one process: the one that asks. None at all means that
/// something else is mounted there.
#[cold]
fn not_mounted(host: &Host, errno: Option<Errno>) -> Error {
    const WHAT: &str = "procfs is not mounted at";
    match errno {
        Some(Errno::NOENT) => Error::file(WHAT, host.proc_path(), Errno::NOENT),
        Some(errno) => Error::file(WHAT, host.proc_path(), errno).with_kind(ErrorKind::Unsupported),
        None => {
            let path = host.proc_path().to_string_lossy();
            let path = path.escape_debug();
            let message = format!("{WHAT} {path}: there is not a single process in it");
            Error::new(ErrorKind::Unsupported, Operation::Message(message), None)
        }
    }
}

/// The PIDs below an open `/proc`, ascending.
pub(super) fn pids_below(
    host: &Host,
    proc: BorrowedFd<'_>,
    buffer: &mut Vec<u8>,
    pids: &mut Vec<Pid>,
) -> Result<()> {
    pids.clear();
    let mut sorted = true;
    let mut last = 0;
    getdents::for_each(proc, buffer, |name, kind| {
        use rustix::fs::FileType;
        if !name.first().is_some_and(u8::is_ascii_digit)
            || !matches!(kind, FileType::Directory | FileType::Unknown)
        {
            return;
        }
        let number = parse::text::decimal(name).and_then(|pid| u32::try_from(pid).ok());
        if let Some(pid) = number.filter(|&pid| pid > 0) {
            sorted &= last < pid;
            last = pid;
            pids.push(Pid::new(pid));
        }
    })
    .map_err(|errno| Error::file("list", host.proc_path(), errno))?;
    if pids.is_empty() {
        return Err(not_mounted(host, None));
    }
    // procfs lists them in order; the directories of a captured root come
    // as they like.
    if !sorted {
        pids.sort_unstable();
    }
    Ok(())
}
