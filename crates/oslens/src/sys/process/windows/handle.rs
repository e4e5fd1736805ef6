//! A HANDLE: the kernel's own word for one process.

use std::os::windows::io::{AsHandle as _, BorrowedHandle, OwnedHandle};

use windows_sys::Win32::{
    Foundation::STILL_ACTIVE,
    System::Threading::{PROCESS_QUERY_LIMITED_INFORMATION, PROCESS_SYNCHRONIZE},
};

use super::{IDLE, local, snapshot::Snapshot};
use crate::{
    Error, ErrorKind, Host, Result,
    process::{Pid, ProcessId, StartTime},
    sys::{
        pal::windows::{handle, process, waiting},
        process::Target,
    },
};

/// A handle that means one process for ever. While it is open the kernel
/// gives the PID to nobody else, so that the process can be opened by its PID
/// again, with more rights.
#[derive(Debug)]
pub(crate) struct Handle {
    process: OwnedHandle,
    can_wait: bool,
}

impl Handle {
    /// Opens the process that has this PID now. `None`: the caller may not,
    /// or it is the idle process, which nobody can.
    pub(crate) fn open(host: &Host, pid: Pid) -> Result<Option<Self>> {
        if !host.is_local() || pid == IDLE {
            return Ok(None);
        }
        const BOTH: u32 = PROCESS_QUERY_LIMITED_INFORMATION | PROCESS_SYNCHRONIZE;
        let opened = match handle::open_process(pid.get(), BOTH) {
            Ok(process) => Self {
                process,
                can_wait: true,
            },
            Err(error) if process::is_no_process(&error) => {
                return Err(Error::no_such_process(pid));
            }
            Err(_) => match handle::open_process(pid.get(), PROCESS_QUERY_LIMITED_INFORMATION) {
                Ok(process) => Self {
                    process,
                    can_wait: false,
                },
                Err(error) if process::is_no_process(&error) => {
                    return Err(Error::no_such_process(pid));
                }
                Err(_) => return Ok(None),
            },
        };
        // The kernel ignores the lowest two bits of a PID that it looks up.
        if process::pid(opened.borrow()) != pid.get() {
            return Err(Error::no_such_process(pid));
        }
        Ok(Some(opened))
    }

    pub(crate) fn borrow(&self) -> BorrowedHandle<'_> {
        self.process.as_handle()
    }

    /// As if the system had refused the right to wait.
    #[cfg(test)]
    pub(super) fn without_waiting(self) -> Self {
        Self {
            can_wait: false,
            ..self
        }
    }

    pub(super) fn can_wait(&self) -> bool {
        self.can_wait
    }

    /// Whether the process runs. What has ended stays known to the kernel as
    /// long as somebody has a handle of it, and is not current any more.
    pub(crate) fn is_current(&self) -> Result<bool> {
        if self.can_wait {
            return waiting::is_signalled(self.borrow()).map(|ended| !ended);
        }
        is_active(self.borrow())
    }
}

/// Whether the process has no exit code yet. One that ended with the code
/// 259 looks as if it ran: only waiting tells, which takes more rights.
fn is_active(process: BorrowedHandle<'_>) -> Result<bool> {
    Ok(process::exit_code(process)? == STILL_ACTIVE as u32)
}

/// Whether the process runs, by the best that this handle allows.
pub(super) fn runs(process: BorrowedHandle<'_>) -> Result<bool> {
    match waiting::is_signalled(process) {
        Ok(has_ended) => Ok(!has_ended),
        Err(_) => is_active(process),
    }
}

/// A process that was opened for one purpose.
pub(super) enum Opened<'a> {
    Held(&'a Handle),
    Fresh(OwnedHandle),
}

impl Opened<'_> {
    pub(super) fn borrow(&self) -> BorrowedHandle<'_> {
        match self {
            Self::Held(handle) => handle.borrow(),
            Self::Fresh(handle) => handle.as_handle(),
        }
    }
}

/// The process, to be asked what everybody may ask.
pub(super) fn open_to_query(target: Target<'_>) -> Result<Opened<'_>> {
    match target.handle {
        Some(handle) if handle.is_current()? => Ok(Opened::Held(handle)),
        Some(_) => Err(gone(target)),
        None => open(target, PROCESS_QUERY_LIMITED_INFORMATION).map(Opened::Fresh),
    }
}

/// Opens exactly the process that is meant. Without a known start, whoever
/// has the PID is meant.
pub(super) fn open(target: Target<'_>, access: u32) -> Result<OwnedHandle> {
    local(target.host)?;
    let pid = target.id.pid;
    if pid == IDLE {
        return Err(denied(target));
    }
    let access = access | PROCESS_QUERY_LIMITED_INFORMATION;
    // To wait for it tells best whether it runs.
    let opened = handle::open_process(pid.get(), access | PROCESS_SYNCHRONIZE)
        .or_else(|_| handle::open_process(pid.get(), access))
        .map_err(|error| {
            if process::is_no_process(&error) {
                return gone(target);
            }
            named(target, Error::call("OpenProcess", error))
        })?;
    if process::pid(opened.as_handle()) != pid.get() {
        return Err(gone(target));
    }
    if let Some(start) = target.id.start.raw() {
        if process::times(opened.as_handle())?.creation != start {
            return Err(Error::reused(pid));
        }
    }
    let is_current = match target.handle {
        Some(handle) => handle.is_current()?,
        None => runs(opened.as_handle())?,
    };
    if !is_current {
        return Err(gone(target));
    }
    Ok(opened)
}

/// Opens the process that is meant to do something to it.
///
/// # Errors
///
/// `InvalidInput` when nothing says which process is meant.
pub(super) fn open_to_act(target: Target<'_>, access: u32) -> Result<OwnedHandle> {
    if target.handle.is_none() && !target.id.start.is_known() {
        return Err(Error::invalid_input(
            "the start of this process is not known, so its PID may be another's by now; \
             open it with Process::open",
        )
        .with_pid(target.id.pid));
    }
    open(target, access)
}

/// The error for a process that has ended: whether somebody else has its PID
/// now.
#[cold]
pub(super) fn gone(target: Target<'_>) -> Error {
    let pid = target.id.pid;
    match identity(target.host, pid) {
        Ok(now) if target.id.differs_from(&now) => Error::reused(pid),
        _ => Error::no_such_process(pid),
    }
}

/// The error of something that nobody may do to the idle process.
#[cold]
fn denied(target: Target<'_>) -> Error {
    Error::new(
        ErrorKind::AccessDenied,
        crate::error::Operation::Feature("the idle process cannot be opened"),
        None,
    )
    .with_pid(target.id.pid)
}

/// Says which process an error is about.
#[cold]
pub(super) fn named(target: Target<'_>, error: Error) -> Error {
    let pid = target.id.pid;
    let error = error.with_pid(pid);
    let name = Snapshot::take().ok().and_then(|snapshot| {
        let process = snapshot.find(pid).ok()??;
        Some(super::cells::name(&process))
    });
    match name {
        Some(name) => error.with_name(name),
        None => error,
    }
}

/// Which process has this PID now: by a handle where one can be had, else by
/// the table.
pub(crate) fn identity(host: &Host, pid: Pid) -> Result<ProcessId> {
    local(host)?;
    if let Some(handle) = Handle::open(host, pid)? {
        if !handle.is_current()? {
            return Err(Error::no_such_process(pid));
        }
        let times = process::times(handle.borrow()).map_err(|error| error.with_pid(pid))?;
        return Ok(ProcessId::new(pid, StartTime::from_raw(times.creation)));
    }
    let snapshot = Snapshot::take()?;
    let process = snapshot
        .find(pid)?
        .ok_or_else(|| Error::no_such_process(pid))?;
    Ok(ProcessId::new(
        pid,
        StartTime::from_raw(process.create_time),
    ))
}
