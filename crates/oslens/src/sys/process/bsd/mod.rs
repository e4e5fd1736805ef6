//! Processes on the systems whose kernel has a table of `kinfo_proc` records:
//! FreeBSD, NetBSD, OpenBSD and macOS.
//!
//! One question is answered with the records of all processes. What a system
//! tells beside them, process by process, is in the folder of that system.

mod table;

use std::fmt;

pub(super) use table::identity;

use super::Target;
use crate::{
    Error, ErrorKind, Host, Result, Unavailable,
    parse::{Malformed, kinfo, layout::Endian},
    process::{Fields, Pid, ProcessId, ProcessRow},
    sys::kernel::Kernel,
};

/// What the systems differ in.
pub(super) trait System: fmt::Debug + 'static {
    /// What a pass over processes keeps from one to the next: buffers, and
    /// what is the same for all of them.
    type Pass: fmt::Debug + Default + Send;

    /// The question for the table, in errors.
    const TABLE: &'static str;

    /// The kernel tells starts by a clock of the day that it puts together
    /// from the time since boot: they move when the clock is set, and the
    /// boot time moves with them.
    const STARTS_MOVE: bool;

    /// When the system was booted, by the clock of the day, in microseconds
    /// since 1970: what starts move with. Asked only where they do.
    fn boot_time(kernel: Kernel<'_>) -> Result<u64>;

    /// Fields that take questions about each process beside its record.
    const DETAILS: Fields;

    /// Fields that nobody tells here.
    const UNSUPPORTED: Fields;

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

    /// Fills in those of the fields in [`DETAILS`](Self::DETAILS) that are
    /// asked for; the cells that the record has are filled in already. A cell
    /// that cannot be read says why.
    fn put_details(
        kernel: Kernel<'_>,
        process: &kinfo::Process<'_>,
        row: &mut ProcessRow,
        fields: Fields,
        pass: &mut Self::Pass,
    );
}

/// The number that the kernel knows a process by. None of a process is higher
/// than the kernel's type for it.
pub(super) fn raw(pid: Pid) -> Result<i32> {
    i32::try_from(pid.get()).map_err(|_| Error::no_such_process(pid))
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
        Ok(now) if target.id.differs_from(&now) => Err(Error::reused(target.id.pid)),
        Ok(_) => asked.map_err(|error| match error.pid() {
            Some(_) => error,
            None => error.with_pid(target.id.pid),
        }),
        Err(error) => Err(error),
    }
}

/// Fails unless the PID is that of the process which is meant, and this is
/// known: to be called last before anything is done to it.
///
/// These systems have nothing that holds on to a process. Between this answer
/// and what follows it, the process may end, be collected by its parent, and
/// its PID be given to another one, which takes the kernel a whole round of
/// PIDs or a stroke of bad luck (OpenBSD and FreeBSD can choose them at
/// random).
pub(super) fn check<S: System>(target: Target<'_>) -> Result<i32> {
    if !target.id.start.is_known() {
        return Err(Error::invalid_input(
            "the start of this process is not known, so its PID may be another's by now; \
             open it with Process::open",
        )
        .with_pid(target.id.pid));
    }
    let now = identity::<S>(target.host, target.id.pid)?;
    if target.id.differs_from(&now) {
        return Err(Error::reused(target.id.pid));
    }
    raw(target.id.pid)
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
