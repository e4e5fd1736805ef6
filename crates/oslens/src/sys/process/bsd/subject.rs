//! Questions about one process beside its record, and what they mean for one
//! that has ended, or is a part of the kernel.

use super::{
    System,
    actions::failed,
    cells::is_over,
    differs, identity, raw,
    table::{is_hidden, one},
    texts::text,
    why,
};
use crate::{
    Error, ErrorKind, Result, Unavailable,
    sys::{kernel::Kernel, process::Target},
};

/// The process that was asked about, as it was after the answer.
#[derive(Debug, Clone, Copy)]
pub(in crate::sys::process) struct Subject {
    /// Its niceness.
    pub(in crate::sys::process) nice: i32,
    /// It has ended, and is a zombie.
    pub(in crate::sys::process) is_over: bool,
    /// It lives and does not say since when, although it was waited for: see
    /// [`one`].
    pub(in crate::sys::process) is_hidden: bool,
    /// It is a part of the kernel.
    of_kernel: bool,
}

/// Asks about one process, and what it is itself. That comes second: it proves
/// who the answer is about, as with [`proved`](super::proved).
pub(in crate::sys::process) fn ask_about<S: System, T>(
    target: Target<'_>,
    ask: impl FnOnce(Kernel<'_>, i32) -> Result<T>,
) -> Result<(Result<T>, Subject)> {
    let pid = target.id.pid;
    let kernel = target.host.kernel()?;
    let asked = ask(kernel, raw(pid)?);
    let mut answer = Vec::new();
    let (process, now) = one::<S>(kernel, pid, &mut answer)?;
    if differs::<S>(target.id, now) {
        return Err(Error::reused(pid));
    }
    let subject = Subject {
        nice: process.nice,
        is_over: is_over(&process),
        is_hidden: is_hidden(Some(process)),
        of_kernel: process.of_kernel,
    };
    let asked = asked.map_err(|error| match error.pid() {
        Some(_) => error,
        None => error.with_pid(pid).with_name(text(process.name)),
    });
    Ok((asked, subject))
}

/// Asks about what goes with the memory of a process: of a zombie there is
/// none, and `of_kernel` is what there is of a part of the kernel that refuses
/// to tell.
pub(in crate::sys::process) fn of_living<S: System, T>(
    target: Target<'_>,
    of_kernel: Option<T>,
    ask: impl FnOnce(Kernel<'_>, i32) -> Result<T>,
) -> Result<T> {
    let (asked, subject) = ask_about::<S, T>(target, ask)?;
    if subject.is_over {
        return Err(Error::zombie(target.id.pid));
    }
    match asked {
        Err(error) => match of_kernel.filter(|_| subject.of_kernel) {
            Some(found) => Ok(found),
            None => Err(error),
        },
        found => found,
    }
}

/// What became of a change that was made by PID.
pub(in crate::sys::process) fn changed<S: System>(
    target: Target<'_>,
    done: Result<()>,
) -> Result<()> {
    done.map_err(|error| failed::<S>(target, error))?;
    // If it ended and another one got the PID before the call, that one got
    // the change, too.
    let now = identity::<S>(target.host, target.id.pid)?;
    match differs::<S>(target.id, now) {
        true => Err(Error::reused(target.id.pid)),
        false => Ok(()),
    }
}

/// Why a cell is empty that takes the memory of a process which was there a
/// moment ago.
pub(in crate::sys::process) fn missing(error: &Error) -> Unavailable {
    match error.raw_os_error() {
        // What NetBSD and OpenBSD say of one that is ending.
        Some(libc::EINVAL) => Unavailable::Zombie,
        // It has pointers where nothing is.
        Some(libc::EFAULT) => Unavailable::Malformed,
        _ if error.kind() == ErrorKind::NotFound => Unavailable::Unsupported,
        _ => why(error),
    }
}
