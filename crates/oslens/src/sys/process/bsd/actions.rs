//! Signals and priorities, aimed so that no other process is hit.

use std::{ffi::OsString, os::unix::ffi::OsStringExt as _};

use super::{System, cells::is_over, differs, identity, table::one};
use crate::{
    Error, ErrorKind, Host, Result,
    error::Operation,
    process::Pid,
    sys::{kernel::Action, process::Target},
};

/// Fails unless the PID is that of the process which is meant, and this is
/// known: to be called last before anything is done to it.
///
/// These systems have nothing that holds on to a process. Between this answer
/// and what follows it, the process may end, be collected by its parent, and
/// its PID be given to another one, which takes the kernel a whole round of
/// PIDs or a stroke of bad luck (OpenBSD and FreeBSD can choose them at
/// random).
pub(in crate::sys::process) fn check<S: System>(target: Target<'_>) -> Result<i32> {
    look::<S>(target).map(|found| found.pid)
}

/// The process that is meant, as it was just now.
struct Found {
    pid: i32,
    is_over: bool,
}

fn look<S: System>(target: Target<'_>) -> Result<Found> {
    let pid = target.id.pid;
    if pid.get() == 0 {
        // To the calls below it means the caller, or all of its group.
        return Err(Error::new(
            ErrorKind::AccessDenied,
            Operation::Feature("nothing can be done to the kernel itself"),
            None,
        )
        .with_pid(pid));
    }
    let mut answer = Vec::new();
    let (process, now) = one::<S>(target.host.kernel()?, pid, &mut answer)?;
    if differs::<S>(target.id, now) {
        return Err(Error::reused(pid));
    }
    // Nothing happens to one that has ended, whoever it was.
    let is_over = is_over(&process);
    if target.id.start.is_known() && !now.start.is_known() && !is_over {
        // It loads another program for a long time, on NetBSD: who knows
        // whether it is the one.
        return Err(Error::timed_out("the start of the process").with_pid(pid));
    }
    if !target.id.start.is_known() && !is_over {
        return Err(Error::invalid_input(
            "the start of this process is not known, so its PID may be another's by now; \
             open it with Process::open",
        )
        .with_pid(pid));
    }
    Ok(Found {
        pid: process.pid,
        is_over,
    })
}

/// Sends a signal.
pub(in crate::sys::process) fn send_signal<S: System>(
    target: Target<'_>,
    number: i32,
) -> Result<()> {
    if !S::SIGNALS.contains(&number) {
        return Err(Error::invalid_input(format!(
            "there is no signal {number}: they go from 1 to {}",
            S::SIGNALS.end()
        ))
        .with_pid(target.id.pid));
    }
    let found = look::<S>(target)?;
    if found.is_over {
        // NetBSD says that there is no such process, the others that it went
        // well.
        return Ok(());
    }
    let pid = found.pid;
    let sent = target
        .host
        .kernel()?
        .act("kill", Action::Signal { pid, number });
    sent.map_err(|error| failed::<S>(target, error))
}

/// Sets the niceness of the process.
pub(in crate::sys::process) fn set_nice<S: System>(target: Target<'_>, nice: i32) -> Result<()> {
    // The kernel would clamp silently.
    if !(-20..=20).contains(&nice) {
        return Err(Error::invalid_input(format!(
            "niceness {nice} is outside -20 to 20"
        )));
    }
    let pid = look::<S>(target)?.pid;
    let action = Action::Nice { pid, value: nice };
    let set = target.host.kernel()?.act("setpriority", action);
    set.map_err(|error| failed::<S>(target, error))?;
    // If it ended and another one got the PID before the call, that one got
    // the setting, too.
    match identity::<S>(target.host, target.id.pid) {
        Ok(now) if differs::<S>(target.id, now) => Err(Error::reused(target.id.pid)),
        Ok(_) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The error of a call that was refused: whether somebody else has the PID
/// now.
#[cold]
pub(in crate::sys::process) fn failed<S: System>(target: Target<'_>, error: Error) -> Error {
    let pid = target.id.pid;
    if error.kind() == ErrorKind::NoSuchProcess {
        return match identity::<S>(target.host, pid) {
            Ok(now) if differs::<S>(target.id, now) => Error::reused(pid),
            _ => Error::no_such_process(pid),
        };
    }
    let error = error.with_pid(pid);
    match name::<S>(target.host, pid) {
        Some(name) => error.with_name(name),
        None => error,
    }
}

/// What the process that has this PID is called, for an error's text.
#[cold]
fn name<S: System>(host: &Host, pid: Pid) -> Option<OsString> {
    let mut answer = Vec::new();
    let (process, _) = one::<S>(host.kernel().ok()?, pid, &mut answer).ok()?;
    Some(OsString::from_vec(process.name.to_vec()))
}
