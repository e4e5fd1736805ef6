//! Processes on Windows: the system's table of all of them, and a handle for
//! what the table does not have.

mod actions;
mod affinity;
mod cells;
mod details;
mod extension;
mod files;
mod handle;
mod maps;
mod parameters;
mod priority;
mod proof;
mod sampler;
mod snapshot;
mod table;
mod threads;
mod wait;

use std::{ffi::OsString, ops::RangeInclusive};

pub(crate) use actions::{limit, limits, send_signal, set_limit};
pub(crate) use affinity::set_cpu_affinity;
pub(crate) use extension::{
    desktop, elevation, handle_counts, integrity_level, is_in_job, is_protected, is_wow64,
    memory_counters, services, session_id, window_title,
};
pub(crate) use files::{descriptors, open_files};
pub(crate) use handle::{Handle, identity};
pub(crate) use maps::memory_maps;
pub(crate) use priority::{
    io_priority, priority_class, set_io_priority, set_ionice, set_nice, set_priority_class,
};
pub(crate) use proof::Proof;
pub(crate) use sampler::Sampler;
pub(crate) use table::{list, pid_exists, pids, read};
pub(crate) use threads::threads;
pub(crate) use wait::wait;

pub(crate) use super::signal_numbers as signals;
use crate::{
    Error, ErrorKind, Host, Result, Unavailable,
    process::{Pid, Process},
    sys::pal::windows::token::Token,
};

/// The process that has the CPUs when nobody else wants them.
const IDLE: Pid = Pid::new(0);
/// The kernel's own process.
const SYSTEM: Pid = Pid::new(4);

pub(crate) fn own_pid() -> Pid {
    Pid::current()
}

pub(crate) fn real_time_signals() -> Option<RangeInclusive<i32>> {
    None
}

/// Fails for a host that is not this machine: there are no files of its
/// processes that could be read.
fn local(host: &Host) -> Result<()> {
    if host.is_local() {
        return Ok(());
    }
    Err(Error::unsupported("processes of another host"))
}

/// Why a cell is empty that this error was met for.
fn why(error: &Error) -> Unavailable {
    /// Not all of the memory is there: the process is being made, or ends.
    const ERROR_PARTIAL_COPY: i32 = 299;
    match error.kind() {
        ErrorKind::NoSuchProcess | ErrorKind::Reused => Unavailable::Gone,
        ErrorKind::Unsupported => Unavailable::Unsupported,
        ErrorKind::Malformed => Unavailable::Malformed,
        _ if error.raw_os_error() == Some(ERROR_PARTIAL_COPY) => Unavailable::Gone,
        _ => Unavailable::Denied,
    }
}

/// The account that the process runs as, `DOMAIN\name`.
pub(crate) fn user_name(process: &Process) -> Result<Option<OsString>> {
    let target = process.target();
    local(target.host)?;
    if matches!(target.id.pid, IDLE | SYSTEM) {
        return Ok(Some("NT AUTHORITY\\SYSTEM".into()));
    }
    let opened = handle::open_to_query(target)?;
    Token::of(opened.borrow())
        .and_then(|token| token.user())
        .map_err(|error| handle::named(target, error))
}
