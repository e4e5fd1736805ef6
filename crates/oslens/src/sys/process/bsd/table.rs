//! The table of processes, all or one.

use super::{System, raw};
use crate::{
    Error, Host, Result,
    parse::kinfo,
    process::{Pid, ProcessId, StartTime},
    sys::kernel::{Kernel, malformed},
};

/// The PIDs of all processes, ascending.
pub(in crate::sys::process) fn pids<S: System>(host: &Host) -> Result<Vec<Pid>> {
    let mut answer = Vec::new();
    let kernel = host.kernel()?;
    S::ask_all(kernel, &mut answer)?;
    let records = S::records(&answer, kernel.endian).map_err(|wrong| malformed(S::TABLE, wrong))?;
    let mut pids = Vec::new();
    for process in records {
        let process = process.map_err(|wrong| malformed(S::TABLE, wrong))?;
        pids.extend(pid_of(&process));
    }
    pids.sort_unstable();
    Ok(pids)
}

/// No process has a negative number.
pub(super) fn pid_of(process: &kinfo::Process<'_>) -> Option<Pid> {
    u32::try_from(process.pid).ok().map(Pid::new)
}

/// Which process has this PID now.
pub(in crate::sys::process) fn identity<S: System>(host: &Host, pid: Pid) -> Result<ProcessId> {
    let kernel = host.kernel()?;
    let mut answer = Vec::new();
    let start = at_one_boot_time::<S, _>(kernel, |kernel, boot| {
        S::ask_one(kernel, raw(pid)?, &mut answer).map_err(|error| error.with_pid(pid))?;
        let wrong = |wrong| malformed(S::TABLE, wrong).with_pid(pid);
        let mut records = S::records(&answer, kernel.endian).map_err(wrong)?;
        match records.next() {
            Some(process) => Ok(start_of(&process.map_err(wrong)?, boot)),
            None => Err(Error::no_such_process(pid)),
        }
    })?;
    Ok(ProcessId::new(pid, start))
}

/// Asks what has starts in it. Where they move with the clock, nothing is
/// taken that was asked while it was set.
pub(super) fn at_one_boot_time<S: System, T>(
    kernel: Kernel<'_>,
    mut ask: impl FnMut(Kernel<'_>, u64) -> Result<T>,
) -> Result<T> {
    if !S::STARTS_MOVE {
        return ask(kernel, 0);
    }
    let mut boot = S::boot_time(kernel)?;
    // A clock that is set again and again is nothing to wait for.
    for _ in 0..8 {
        let found = ask(kernel, boot);
        let now = S::boot_time(kernel)?;
        if now == boot {
            return found;
        }
        boot = now;
    }
    Err(Error::timed_out("a moment in which the clock is not set"))
}

/// The start of a process, in microseconds: since boot where the kernel makes
/// it of the boot time, else as it noted it, which setting the clock does not
/// change.
pub(super) fn start_of(process: &kinfo::Process<'_>, boot: u64) -> StartTime {
    let micros = process
        .start
        .and_then(|start| u64::try_from(start.as_micros()).ok());
    match micros {
        Some(micros) => StartTime::from_raw(micros.saturating_sub(boot)),
        None => StartTime::UNKNOWN,
    }
}
