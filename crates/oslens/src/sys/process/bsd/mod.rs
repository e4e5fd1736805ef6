//! Processes on the systems whose kernel has a table of `kinfo_proc` records:
//! FreeBSD, NetBSD, OpenBSD and macOS.
//!
//! One question is answered with the records of all processes. What a system
//! tells beside them, process by process, is in the folder of that system.

mod actions;
mod cells;
pub(super) mod files;
pub(super) mod limits;
mod sampler;
mod subject;
mod table;
mod terminals;
pub(super) mod texts;
mod wait;

use std::{ffi::OsString, fmt, ops::RangeInclusive};

pub(super) use actions::{send_signal, set_nice};
pub(crate) use sampler::Sampler;
// macOS tells this in its own way.
pub(super) use table::{identity, list, pid_exists, pids, read};
pub(super) use wait::wait;

// Not every system asks with all of them.
#[allow(unused_imports)]
pub(super) use self::{
    actions::{check, failed},
    cells::state,
    subject::{ask_about, changed, missing, of_living},
};

use super::Target;
use crate::{
    Error, ErrorKind, Host, Result, Unavailable,
    parse::{Malformed, kinfo, layout::Endian},
    process::{Fields, Pid, Process, ProcessId, ProcessRow},
    sys::kernel::Kernel,
};

/// What the systems differ in.
pub(crate) trait System: fmt::Debug + 'static {
    /// What a pass over processes keeps from one to the next: buffers, and
    /// what is the same for all of them.
    type Pass: fmt::Debug + Default + Send + Sync;

    /// The question for the table, in errors.
    const TABLE: &'static str;

    /// The kernel tells starts by a clock of the day that it puts together
    /// from the time since boot: they move when the clock is set, and the
    /// boot time moves with them.
    const STARTS_MOVE: bool;

    /// Microseconds that the start of one process may differ by from one
    /// answer to the next, after the clock was set.
    const START_UNCERTAINTY: u64 = 0;

    /// Bytes of the longest name that the kernel keeps. One that is as long
    /// may have been longer.
    const LONGEST_NAME: usize;

    /// The numbers of signals.
    const SIGNALS: RangeInclusive<i32>;

    /// The numbers of the real-time signals among them that programs may use.
    const REAL_TIME_SIGNALS: Option<RangeInclusive<i32>>;

    /// When the system was booted, by the clock of the day, in microseconds
    /// since 1970: what starts move with. Asked only where they do.
    fn boot_time(_: Kernel<'_>) -> Result<u64> {
        Ok(0)
    }

    /// Fields that take questions about each process beside its record. What
    /// is neither here nor in the record is not to be had.
    const DETAILS: Fields;

    /// Asks for the records of all processes.
    fn ask_all(kernel: Kernel<'_>, answer: &mut Vec<u8>) -> Result<()>;

    /// Asks for the record of one process. No record, or `ESRCH`: there is no
    /// such process.
    fn ask_one(kernel: Kernel<'_>, pid: i32, answer: &mut Vec<u8>) -> Result<()>;

    /// The records of an answer.
    fn records(
        answer: &[u8],
        endian: Endian,
    ) -> Result<impl Iterator<Item = Result<kinfo::Process<'_>, Malformed>> + Clone, Malformed>;

    /// A pass begins: what may have changed since the last one is forgotten.
    fn begin(_: &mut Self::Pass) {}

    /// Fills in those of the fields in [`DETAILS`](Self::DETAILS) that are
    /// asked for; the cells that the record has are filled in already. A cell
    /// that cannot be read says why: it may have a value of before. Not called
    /// for processes that have ended.
    ///
    /// The command line is asked for, too, where a name was cut.
    fn put_details(
        kernel: Kernel<'_>,
        process: &kinfo::Process<'_>,
        row: &mut ProcessRow,
        fields: Fields,
        pass: &mut Self::Pass,
    );
}

/// What is the same on all of these systems, of that which
/// [`sys::process`](super) lists. To be used once for a system, in its folder.
macro_rules! portable {
    ($system:ident, $name:literal) => {
        pub(crate) use crate::sys::process::bsd::{Handle, Proof, own_pid, user_name};
        pub(crate) use libc as signals;

        pub(crate) const START_UNCERTAINTY: u64 =
            <$system as $crate::sys::process::bsd::System>::START_UNCERTAINTY;

        pub(crate) const STARTS_ARE_ORDERED: bool =
            <$system as $crate::sys::process::bsd::System>::STARTS_MOVE;

        pub(crate) type Sampler = $crate::sys::process::bsd::Sampler<$system>;

        pub(crate) fn identity(
            host: &$crate::Host,
            pid: $crate::process::Pid,
        ) -> $crate::Result<$crate::process::ProcessId> {
            $crate::sys::process::bsd::identity::<$system>(host, pid)
        }

        pub(crate) fn pids(host: &$crate::Host) -> $crate::Result<Vec<$crate::process::Pid>> {
            $crate::sys::process::bsd::pids::<$system>(host)
        }

        pub(crate) fn pid_exists(
            host: &$crate::Host,
            pid: $crate::process::Pid,
        ) -> $crate::Result<bool> {
            $crate::sys::process::bsd::pid_exists::<$system>(host, pid)
        }

        pub(crate) fn list(
            host: &$crate::Host,
            fields: $crate::process::Fields,
        ) -> $crate::Result<Vec<$crate::process::ProcessRow>> {
            $crate::sys::process::bsd::list::<$system>(host, fields)
        }

        pub(crate) fn read(
            target: $crate::sys::process::Target<'_>,
            fields: $crate::process::Fields,
        ) -> $crate::Result<$crate::process::ProcessRow> {
            $crate::sys::process::bsd::read::<$system>(target, fields)
        }

        pub(crate) fn send_signal(
            target: $crate::sys::process::Target<'_>,
            number: i32,
        ) -> $crate::Result<()> {
            $crate::sys::process::bsd::send_signal::<$system>(target, number)
        }

        pub(crate) fn set_nice(
            target: $crate::sys::process::Target<'_>,
            nice: i32,
        ) -> $crate::Result<()> {
            $crate::sys::process::bsd::set_nice::<$system>(target, nice)
        }

        pub(crate) fn set_ionice(
            target: $crate::sys::process::Target<'_>,
            _: $crate::process::IoClass,
            _: u8,
        ) -> $crate::Result<()> {
            Err($crate::Error::unsupported(concat!(
                "input/output priorities of processes on ",
                $name
            ))
            .with_pid(target.id.pid))
        }

        pub(crate) fn wait(
            targets: &[$crate::sys::process::Target<'_>],
            deadline: Option<std::time::Instant>,
            all: bool,
        ) -> $crate::Result<Vec<$crate::process::Waited>> {
            $crate::sys::process::bsd::wait::<$system>(targets, deadline, all)
        }

        pub(crate) fn real_time_signals() -> Option<std::ops::RangeInclusive<i32>> {
            <$system as $crate::sys::process::bsd::System>::REAL_TIME_SIGNALS
        }
    };
}

pub(super) use portable;

/// The number that the kernel knows a process by. None of a process is higher
/// than the kernel's type for it.
pub(super) fn raw(pid: Pid) -> Result<i32> {
    i32::try_from(pid.get()).map_err(|_| Error::no_such_process(pid))
}

/// Whether these are proved to be two processes.
pub(super) fn differs<S: System>(one: ProcessId, other: ProcessId) -> bool {
    one.differs_by(&other, S::START_UNCERTAINTY)
}

/// A `struct timeval` in microseconds.
pub(super) fn micros(seconds: Option<i64>, micros: Option<i64>) -> Option<u64> {
    let seconds = u64::try_from(seconds?).ok()?;
    let micros = u64::try_from(micros?).ok()?;
    seconds.checked_mul(1_000_000)?.checked_add(micros)
}

/// Asks about one process, and proves that the answer is about the one that
/// was meant: who has the PID after the answer was given had it before, or it
/// was given to another in between, whose start is later.
pub(super) fn proved<S: System, T>(
    target: Target<'_>,
    ask: impl FnOnce(Kernel<'_>, i32) -> Result<T>,
) -> Result<T> {
    let kernel = target.host.kernel()?;
    let asked = ask(kernel, raw(target.id.pid)?);
    match identity::<S>(target.host, target.id.pid) {
        Ok(now) if differs::<S>(target.id, now) => Err(Error::reused(target.id.pid)),
        Ok(_) => asked.map_err(|error| match error.pid() {
            Some(_) => error,
            None => error.with_pid(target.id.pid),
        }),
        Err(error) => Err(error),
    }
}

/// Why a cell is empty that this error was met for.
pub(super) fn why(error: &Error) -> Unavailable {
    match error.kind() {
        ErrorKind::NoSuchProcess | ErrorKind::Reused => Unavailable::Gone,
        ErrorKind::Zombie => Unavailable::Zombie,
        ErrorKind::Unsupported => Unavailable::Unsupported,
        ErrorKind::Malformed => Unavailable::Malformed,
        _ => Unavailable::Denied,
    }
}

/// The caller's own PID.
pub(crate) fn own_pid() -> Pid {
    Pid::current()
}

/// The name of the process's real user.
pub(crate) fn user_name(process: &Process) -> Result<Option<OsString>> {
    Ok(process.host().user_name(process.uids()?.real))
}

/// There are no handles of processes on these systems.
#[derive(Debug)]
pub(crate) enum Handle {}

impl Handle {
    pub(crate) fn open(host: &Host, _: Pid) -> Result<Option<Self>> {
        host.kernel().map(|_| None)
    }

    pub(crate) fn is_current(&self) -> Result<bool> {
        match *self {}
    }
}

/// Nothing proves who was asked but the record of the process.
#[derive(Debug)]
pub(crate) enum Proof {}

impl Proof {
    pub(crate) fn new(_: &Host, _: ProcessId) -> Option<Self> {
        None
    }

    pub(crate) fn check(&self, _: &Host, _: ProcessId) -> Result<()> {
        match *self {}
    }
}

// They name all four systems.
#[cfg(all(test, target_os = "linux"))]
mod tests;
