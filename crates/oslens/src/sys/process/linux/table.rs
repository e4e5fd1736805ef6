//! The table of processes, and one row of it.

use std::{
    os::fd::{AsFd as _, BorrowedFd},
    sync::atomic::{AtomicUsize, Ordering},
    time::Instant,
};

use rustix::{fs::AtFlags, io::Errno};

use super::{
    dir::Dir,
    directory,
    handle::sees_our_processes,
    identity,
    location::Location,
    path,
    plan::{self, Reads},
    process_error,
    procfs::{Presence, Procfs},
    proof,
};
use crate::{
    Error, Host, Result, parse,
    process::{Fields, Pid, ProcessRow},
    sys::{pal::linux::file, process::Target},
};

/// The PIDs of all processes, ascending.
pub(crate) fn pids(host: &Host) -> Result<Vec<Pid>> {
    let proc = directory::open_proc(host)?;
    let mut pids = Vec::new();
    directory::pids_below(host, proc.as_fd(), &mut Vec::new(), &mut pids)?;
    Ok(pids)
}

/// Whether a process, not a thread, has this PID; 5 system calls.
pub(crate) fn pid_exists(host: &Host, pid: Pid) -> Result<bool> {
    if let Some(answer) = kernel_knows(host, pid) {
        return Ok(answer);
    }
    let proc = directory::open_proc(host)?;
    let mut location = Location::below_proc(proc.as_fd(), pid);
    let mut buffer = Vec::new();
    let read = file::open_at(proc.as_fd(), location.path(c"status"))
        .and_then(|fd| file::read_record(fd, &mut buffer));
    match read {
        // Threads have directories too, which are not listed.
        Ok(()) => {
            if let Ok(Some(tgid)) = parse::linux::status::status(&buffer).map(|status| status.tgid)
            {
                return Ok(tgid == pid.get());
            }
        }
        Err(Errno::NOENT | Errno::SRCH) => {
            let is_procfs =
                rustix::fs::statat(proc.as_fd(), c"self", AtFlags::SYMLINK_NOFOLLOW).is_ok();
            if is_procfs
                && rustix::fs::statat(proc.as_fd(), location.path(c"."), AtFlags::empty()).is_err()
            {
                return Ok(false);
            }
        }
        Err(errno @ (Errno::MFILE | Errno::NFILE | Errno::NOMEM)) => {
            return Err(Error::file("open", path(host, pid, "status"), errno));
        }
        Err(_) => {}
    }
    // `status` does not say: then the list does.
    Ok(pids(host)?.binary_search(&pid).is_ok())
}

/// The same without looking for `/proc`; `None` if it takes that.
fn kernel_knows(host: &Host, pid: Pid) -> Option<bool> {
    if !sees_our_processes(host) {
        return None;
    }
    let raw = i32::try_from(pid.get())
        .ok()
        .and_then(rustix::process::Pid::from_raw)?;
    if !cfg!(oslens_no_pidfd) {
        match rustix::process::pidfd_open(raw, rustix::process::PidfdFlags::empty()) {
            // A process, and no thread. Under `hidepid` it may be one that is
            // not listed: then the directory is not there.
            Ok(_) if rustix::fs::stat(host.proc_path().join(pid.to_string())).is_ok() => {
                return Some(true);
            }
            Ok(_) => return None,
            Err(Errno::SRCH) => return Some(false),
            // A thread's PID (EINVAL), an old kernel, no free descriptor.
            Err(_) => {}
        }
    }
    // Denied: it is there.
    if let Err(Errno::SRCH) = rustix::process::test_kill_process(raw) {
        return Some(false);
    }
    // Threads can be asked for too, and are none.
    let (mut stack, mut heap) = ([0; 4096], Vec::new());
    let path = path(host, pid, "status");
    let content = file::record_in(&path, &mut stack, &mut heap).ok()?;
    let tgid = parse::linux::status::status(content).ok()?.tgid?;
    Some(tgid == pid.get())
}

/// The rows of all processes, ascending by PID.
pub(crate) fn list(host: &Host, fields: Fields) -> Result<Vec<ProcessRow>> {
    let proc = directory::open_proc(host)?;
    let mut source = Procfs::new(host, fields);
    let mut pids = Vec::new();
    source.pids(proc.as_fd(), &mut pids)?;
    rows(&mut source, proc.as_fd(), &pids)
}

fn rows(source: &mut Procfs, proc: BorrowedFd<'_>, pids: &[Pid]) -> Result<Vec<ProcessRow>> {
    let mut rows: Vec<ProcessRow> = Vec::with_capacity(pids.len());
    let now = Instant::now();
    for &pid in pids {
        rows.push(ProcessRow::empty(pid, now));
        let Some(row) = rows.last_mut() else { break };
        let presence = source
            .fill_below(proc, source.reads(), row)
            .map_err(|errno| {
                Error::file("read", path(source.host(), pid, ""), errno).with_pid(pid)
            })?;
        if presence == Presence::Vanished {
            rows.pop();
        }
    }
    Ok(rows)
}

/// Below this many processes a thread costs more than it gains.
const WORTH_A_THREAD: usize = 256;

/// As many as one thread takes at once: some processes answer more slowly
/// than others.
const SHARE: usize = 64;

/// The same, read by several threads.
pub(crate) fn list_in_parallel(host: &Host, fields: Fields) -> Result<Vec<ProcessRow>> {
    let proc = directory::open_proc(host)?;
    let mut source = Procfs::new(host, fields);
    let mut pids = Vec::new();
    source.pids(proc.as_fd(), &mut pids)?;
    let useful = pids.len() / WORTH_A_THREAD;
    let threads = match useful {
        0 | 1 => 1,
        useful => std::thread::available_parallelism()
            .map_or(1, usize::from)
            .min(useful)
            .min(8),
    };
    if threads == 1 {
        return rows(&mut source, proc.as_fd(), &pids);
    }
    // The times of creation of all rows are counted from the same moment.
    source.know_boot_time();
    let next = AtomicUsize::new(0);
    let work = &|source: &mut Procfs| {
        let mut done = Vec::new();
        loop {
            let share = next.fetch_add(1, Ordering::Relaxed);
            let first = share.saturating_mul(SHARE);
            let Some(rest) = pids.get(first..).filter(|rest| !rest.is_empty()) else {
                return done;
            };
            let pids = rest.get(..SHARE).unwrap_or(rest);
            done.push((share, rows(source, proc.as_fd(), pids)));
        }
    };
    let mut shares = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads)
            .filter_map(|_| {
                let mut source = source.again();
                // Without a further thread it is done by those there are.
                std::thread::Builder::new()
                    .name("oslens".to_owned())
                    .spawn_scoped(scope, move || work(&mut source))
                    .ok()
            })
            .collect();
        let mut shares = work(&mut source);
        // Joined one by one: a scope's end alone does not wait until the
        // kernel has done with a thread, and a fork may follow.
        for other in others {
            match other.join() {
                Ok(done) => shares.extend(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        shares
    });
    shares.sort_unstable_by_key(|&(share, _)| share);
    let mut all = Vec::with_capacity(pids.len());
    for (_, rows) in shares {
        all.append(&mut rows?);
    }
    Ok(all)
}

/// The row of one process, which is proved to be the one that is meant: by
/// its start, by the handle, or by what is remembered of it.
pub(crate) fn read(target: Target<'_>, fields: Fields) -> Result<ProcessRow> {
    let mut row = read_proved(target, fields)?;
    if !row.start.is_known() {
        row.start = target.id.start;
    }
    Ok(row)
}

/// Fields of which all come from one read of `stat`, which has the start, too.
const PROVED_BY_START: Fields = plan::STAT_FIELDS.difference(Fields::NAME.union(Fields::NICE));

fn read_proved(target: Target<'_>, fields: Fields) -> Result<ProcessRow> {
    let Some(proof) = target.proof else {
        let with_start = target.handle.is_none() && target.id.start.is_known();
        let row = read_row(target, fields, with_start)?;
        // What was asked by PID, or from several lookups of one, was this
        // process's if it still has the PID.
        // The start alone proves less: it is told in ticks, and two processes
        // may have had the same.
        if target.handle.is_some() {
            proof::check(target)?;
        }
        return Ok(row);
    };
    if proof.is_of_caller() {
        return read_row(target, fields, false);
    }
    if PROVED_BY_START.contains(fields) {
        let row = read_row(target, fields, true)?;
        if !row.start.is_known() {
            proof::check(target)?;
        }
        return Ok(row);
    }
    // The first time, the start is read with the values.
    let begun = proof::begin(target);
    let row = read_row(target, fields, begun.is_first())?;
    proof::finish(target, begun, row.start.is_known())?;
    Ok(row)
}

/// The row of whoever has the PID and has not another start.
fn read_row(target: Target<'_>, fields: Fields, with_start: bool) -> Result<ProcessRow> {
    let Target {
        host, id, handle, ..
    } = target;
    let mut source = Procfs::new(host, fields);
    if with_start {
        source = source.with_identity();
    }
    let reads = source.reads();
    // What comes after the start is proved by it only below an opened
    // directory: another one may have the PID by then.
    let is_proved = handle.is_some() || target.proof.is_some() || !with_start;
    let wants_directory = plan::wants_directory(reads) || !(is_proved || reads == Reads::STAT);
    match Location::absolute(host.proc_path(), id.pid) {
        Some(mut location) if !wants_directory => row_from(target, source, &mut location),
        _ => {
            let dir = Dir::open_unproved(target)?;
            row_from(target, source, &mut Location::in_directory(dir.as_fd()))
        }
    }
}

/// The row of the process of this directory, if it has not another start.
pub(super) fn read_below(target: Target<'_>, fields: Fields, dir: &Dir<'_>) -> Result<ProcessRow> {
    let source = Procfs::new(target.host, fields).with_identity();
    row_from(target, source, &mut Location::in_directory(dir.as_fd()))
}

fn row_from(
    target: Target<'_>,
    mut source: Procfs,
    location: &mut Location<'_>,
) -> Result<ProcessRow> {
    let Target {
        host, id, handle, ..
    } = target;
    let pid = id.pid;
    let mut row = ProcessRow::empty(pid, Instant::now());
    let pidfd = handle.map(std::os::fd::AsFd::as_fd);
    let filled = source.fill(location, source.reads(), pidfd, &mut row);
    match filled {
        Ok(Presence::Here) => {}
        Ok(Presence::Vanished) => {
            // The handle may have said so while somebody else has the PID,
            // started in the same tick.
            if identity(host, pid).is_ok_and(|now| handle.is_some() || id.differs_from(&now)) {
                return Err(Error::reused(pid));
            }
            return Err(process_error("open", host, pid, "stat", Errno::NOENT));
        }
        Err(errno) => {
            return Err(Error::file("read", path(host, pid, ""), errno).with_pid(pid));
        }
    }
    if id.differs_from(&row.id()) {
        return Err(Error::reused(pid));
    }
    Ok(row)
}
