//! The table of processes, all or one.

use std::time::{Duration, Instant};

use super::{
    System,
    cells::{Cells, is_over},
    differs, raw,
};
use crate::{
    Error, ErrorKind, Host, Result,
    parse::kinfo,
    process::{Fields, Pid, ProcessId, ProcessRow, StartTime},
    sys::{
        kernel::{Kernel, malformed},
        process::Target,
    },
};

/// The PIDs of all processes, ascending.
pub(in crate::sys::process) fn pids<S: System>(host: &Host) -> Result<Vec<Pid>> {
    let mut answer = Vec::new();
    let kernel = host.kernel()?;
    S::ask_all(kernel, &mut answer)?;
    let mut pids: Vec<Pid> = processes::<S>(&answer, kernel)?
        .iter()
        .filter_map(pid_of)
        .collect();
    pids.sort_unstable();
    pids.dedup();
    Ok(pids)
}

/// Whether a process has this PID, a zombie too. (`kill` with signal 0 finds
/// no zombies on NetBSD, and threads on OpenBSD.)
pub(in crate::sys::process) fn pid_exists<S: System>(host: &Host, pid: Pid) -> Result<bool> {
    let kernel = host.kernel()?;
    let Ok(number) = raw(pid) else {
        return Ok(false);
    };
    let mut answer = Vec::new();
    match S::ask_one(kernel, number, &mut answer) {
        Ok(()) => Ok(the_one::<S>(&answer, kernel, pid)?.is_some()),
        Err(error) if error.kind() == ErrorKind::NoSuchProcess => Ok(false),
        Err(error) => Err(error.with_pid(pid)),
    }
}

/// Which process has this PID now.
pub(in crate::sys::process) fn identity<S: System>(host: &Host, pid: Pid) -> Result<ProcessId> {
    let mut answer = Vec::new();
    one::<S>(host.kernel()?, pid, &mut answer).map(|(_, id)| id)
}

/// The rows of all processes, ascending by PID.
pub(in crate::sys::process) fn list<S: System>(
    host: &Host,
    fields: Fields,
) -> Result<Vec<ProcessRow>> {
    let kernel = host.kernel()?;
    let mut answer = Vec::new();
    let (boot, now) = ask_all::<S>(kernel, &mut answer)?;
    let mut cells = Cells::<S>::new();
    let mut rows = Vec::new();
    let mut pauses = PAUSES;
    for process in processes::<S>(&answer, kernel)? {
        let Some(pid) = pid_of(&process) else {
            continue;
        };
        let mut row = ProcessRow::empty(pid, now);
        row.start = start_of(&process, boot);
        let mut again = Vec::new();
        let process = match is_hidden(Some(process)) {
            true => match one_within::<S>(kernel, pid, pauses, &mut again) {
                Ok((told, id)) => {
                    if is_hidden(Some(told)) {
                        // That is enough for the whole list.
                        pauses = 0;
                    }
                    row.start = id.start;
                    told
                }
                Err(_) => process,
            },
            false => process,
        };
        cells.put(kernel, &process, &mut row, fields, Fields::empty());
        rows.push(row);
    }
    // A process that ends while the kernel writes its table may be in it
    // twice: the later record is that of the zombie.
    rows.reverse();
    rows.sort_by_key(|row| row.pid);
    rows.dedup_by_key(|row| row.pid);
    Ok(rows)
}

/// The row of one process, which is proved to be the one that is meant: its
/// record says when it started.
pub(in crate::sys::process) fn read<S: System>(
    target: Target<'_>,
    fields: Fields,
) -> Result<ProcessRow> {
    let pid = target.id.pid;
    let kernel = target.host.kernel()?;
    let mut answer = Vec::new();
    let (process, id) = one::<S>(kernel, pid, &mut answer)?;
    if differs::<S>(target.id, id) {
        return Err(Error::reused(pid));
    }
    let mut row = ProcessRow::empty(pid, Instant::now());
    row.start = id.start;
    let has_asked = Cells::<S>::new().put(kernel, &process, &mut row, fields, Fields::empty());
    if has_asked {
        // Whose details were they?
        let now = identity::<S>(target.host, pid)?;
        if differs::<S>(id, now) {
            return Err(Error::reused(pid));
        }
    }
    Ok(row)
}

/// The record of the process that has this PID now, and who that is.
pub(super) fn one<'a, S: System>(
    kernel: Kernel<'_>,
    pid: Pid,
    answer: &'a mut Vec<u8>,
) -> Result<(kinfo::Process<'a>, ProcessId)> {
    one_within::<S>(kernel, pid, PAUSES, answer)
}

/// How often a process is asked again that is hidden: together for 50 ms.
const PAUSES: u32 = 9;

fn one_within<'a, S: System>(
    kernel: Kernel<'_>,
    pid: Pid,
    pauses: u32,
    answer: &'a mut Vec<u8>,
) -> Result<(kinfo::Process<'a>, ProcessId)> {
    let number = raw(pid)?;
    let mut ask = || {
        at_one_boot_time::<S>(kernel, |kernel| {
            S::ask_one(kernel, number, answer).map_err(|error| error.with_pid(pid))
        })
        .map(|boot| (boot, the_one::<S>(answer, kernel, pid).is_ok_and(is_hidden)))
    };
    let (mut boot, mut is_hidden) = ask()?;
    for pause in 0..pauses {
        if !is_hidden {
            break;
        }
        std::thread::sleep(Duration::from_micros(100 << pause));
        (boot, is_hidden) = ask()?;
    }
    match the_one::<S>(answer, kernel, pid)? {
        Some(process) => {
            let start = start_of(&process, boot);
            Ok((process, ProcessId::new(pid, start)))
        }
        None => Err(Error::no_such_process(pid)),
    }
}

/// Whether a process that lives has no start: NetBSD tells none while it loads
/// another program, which is soon over, nor while it ends, which may not be.
pub(super) fn is_hidden(process: Option<kinfo::Process<'_>>) -> bool {
    process.is_some_and(|process| process.start.is_none() && !is_over(&process))
}

/// The record of the process that was asked for. FreeBSD gives that of the
/// process when the number is of one of its threads.
fn the_one<'a, S: System>(
    answer: &'a [u8],
    kernel: Kernel<'_>,
    pid: Pid,
) -> Result<Option<kinfo::Process<'a>>> {
    let wrong = |wrong| malformed(S::TABLE, wrong).with_pid(pid);
    let mut records = S::records(answer, kernel.endian).map_err(wrong)?;
    let process = records.next().transpose().map_err(wrong)?;
    Ok(process.filter(|process| pid_of(process) == Some(pid)))
}

/// Asks for all records; the boot time that their starts are to be seen with,
/// and when it was.
pub(super) fn ask_all<S: System>(
    kernel: Kernel<'_>,
    answer: &mut Vec<u8>,
) -> Result<(u64, Instant)> {
    let mut now = Instant::now();
    let boot = at_one_boot_time::<S>(kernel, |kernel| {
        now = Instant::now();
        S::ask_all(kernel, answer)
    })?;
    Ok((boot, now))
}

/// The processes of an answer, in the kernel's order.
pub(super) fn processes<'a, S: System>(
    answer: &'a [u8],
    kernel: Kernel<'_>,
) -> Result<Vec<kinfo::Process<'a>>> {
    let wrong = |wrong| malformed(S::TABLE, wrong);
    S::records(answer, kernel.endian)
        .map_err(wrong)?
        .map(|process| process.map_err(wrong))
        .collect()
}

/// No process has a negative number.
pub(super) fn pid_of(process: &kinfo::Process<'_>) -> Option<Pid> {
    u32::try_from(process.pid).ok().map(Pid::new)
}

/// Asks what has starts in it; the boot time that they are to be seen with.
/// Where they move with the clock, nothing is taken that was asked while it
/// was set.
fn at_one_boot_time<S: System>(
    kernel: Kernel<'_>,
    mut ask: impl FnMut(Kernel<'_>) -> Result<()>,
) -> Result<u64> {
    if !S::STARTS_MOVE {
        return ask(kernel).map(|()| 0);
    }
    let mut boot = S::boot_time(kernel)?;
    // A clock that is set again and again is nothing to wait for.
    for _ in 0..8 {
        ask(kernel)?;
        let now = S::boot_time(kernel)?;
        if now == boot {
            return Ok(boot);
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
