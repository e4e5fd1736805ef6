//! Putting what the table says into the cells of a row.

use std::{ffi::OsString, time::SystemTime};

use super::{IDLE, priority, snapshot::pid_of};
use crate::{
    Field, Unavailable,
    parse::windows::{process_table as table, process_table::Process, time},
    process::{
        CpuTimes, CtxSwitches, Fields, IoCounters, MemoryInfo, MemoryInfoEx, PageFaults, Pid,
        ProcessRow, StartTime, State,
    },
    sys::pal::windows::{process, system, wide},
};

/// What only Unix systems have.
const UNIX: Fields = Fields::PGID
    .union(Fields::SID)
    .union(Fields::TERMINAL)
    .union(Fields::CPU_NUM)
    .union(Fields::EFFECTIVE_UID)
    .union(Fields::UIDS)
    .union(Fields::GIDS)
    .union(Fields::GROUPS)
    .union(Fields::CAPABILITIES)
    .union(Fields::ROOT)
    .union(Fields::OOM_SCORE)
    .union(Fields::CGROUP);

/// Says of what only Unix has that it is not there.
pub(super) fn put_unix(row: &mut ProcessRow, fields: Fields) {
    const WHY: Unavailable = Unavailable::Unsupported;
    if !fields.intersects(UNIX) {
        return;
    }
    macro_rules! miss {
        ($($flag:ident $field:ident),* $(,)?) => {
            $(if fields.contains(Fields::$flag) { row.$field = Err(WHY); })*
        };
    }
    miss! {
        PGID pgid, SID sid, TERMINAL terminal, CPU_NUM cpu_num,
        EFFECTIVE_UID effective_uid, UIDS uids, GIDS gids, GROUPS groups,
        CAPABILITIES capabilities, ROOT root, OOM_SCORE oom_score, CGROUP cgroup,
    }
}

/// The name of the program's file. The kernel has none for the idle process.
pub(super) fn name(process: &Process<'_>) -> OsString {
    if pid_of(process) == IDLE && process.name.is_empty() {
        return "System Idle Process".into();
    }
    wide::text(&process.name.to_vec())
}

/// Every value of the table, asked for or not: they are there. The name,
/// which takes memory, only when it is asked for and not there yet.
pub(super) fn put_entry(row: &mut ProcessRow, process: &Process<'_>, fields: Fields) {
    row.start = StartTime::from_raw(process.create_time);
    if fields.contains(Fields::NAME) && row.name.is_err() {
        row.name = Ok(name(process));
    }
    row.ppid = Ok(Pid::new(process.parent as u32));
    row.state = state(process);
    put_times(row, process.user_time, process.kernel_time);
    row.num_threads = Ok(process.thread_count);
    row.create_time = create_time(process.create_time);
    if let Some(class) = priority::class_of(process) {
        row.nice = Ok(class.niceness());
    }
    row.page_faults = counted(PageFaults {
        minor: u64::from(process.page_faults.saturating_sub(process.hard_faults)),
        major: u64::from(process.hard_faults),
        ..PageFaults::default()
    });
    put_memory(
        row,
        process.working_set,
        process.pagefile_usage,
        process
            .working_set
            .checked_sub(process.private_working_set)
            // A system that does not count it says 0.
            .filter(|_| process.private_working_set != 0),
    );
    put_memory_ex(row, process.peak_working_set, process.peak_pagefile_usage);
    row.io_counters = counted(io_counters(process::Io {
        read_count: process.read_count,
        write_count: process.write_count,
        other_count: process.other_count,
        read_bytes: process.read_bytes,
        write_bytes: process.write_bytes,
        other_bytes: process.other_bytes,
    }));
    row.num_fds = Ok(process.handle_count);
    if fields.contains(Fields::CTX_SWITCHES) {
        row.ctx_switches = counted(CtxSwitches {
            voluntary: process
                .threads()
                .map(|thread| u64::from(thread.context_switches))
                .sum(),
            involuntary: None,
        });
    }
}

/// What Wine does not count: it writes zeros.
pub(super) fn counted<T>(value: T) -> Field<T> {
    if system::is_wine() {
        return Err(Unavailable::Unsupported);
    }
    Ok(value)
}

pub(super) fn put_times(row: &mut ProcessRow, user: u64, kernel: u64) {
    row.cpu_times = Ok(CpuTimes {
        user: time::duration(user),
        system: time::duration(kernel),
        children_user: None,
        children_system: None,
        children_total: None,
        iowait: None,
    });
    row.cpu_total = Ok(time::duration(user.saturating_add(kernel)));
}

pub(super) fn put_memory(row: &mut ProcessRow, working_set: u64, commit: u64, shared: Option<u64>) {
    row.rss = Ok(working_set);
    row.vms = Ok(commit);
    row.memory_info = Ok(MemoryInfo {
        rss: working_set,
        vms: commit,
        shared,
        text: None,
        data: None,
        stack: None,
    });
}

pub(super) fn put_memory_ex(row: &mut ProcessRow, peak_working_set: u64, peak_commit: u64) {
    row.memory_info_ex = Ok(MemoryInfoEx {
        peak_rss: Some(peak_working_set),
        peak_vms: Some(peak_commit),
        ..MemoryInfoEx::default()
    });
}

/// What calls of all kinds transferred: Windows does not say what of it
/// reached a disk.
pub(super) fn io_counters(io: process::Io) -> IoCounters {
    IoCounters {
        read_count: Some(io.read_count),
        write_count: Some(io.write_count),
        read_bytes: Some(io.read_bytes),
        write_bytes: Some(io.write_bytes),
        read_chars: Some(io.read_bytes),
        write_chars: Some(io.write_bytes),
        cancelled_write_bytes: None,
        other_count: Some(io.other_count),
        other_bytes: Some(io.other_bytes),
    }
}

pub(super) fn create_time(steps: u64) -> Field<SystemTime> {
    // Of the idle process, and of the kernel's on some versions.
    time::system_time(steps).ok_or(Unavailable::Unsupported)
}

/// What a process does is what its threads do.
pub(super) fn state(process: &Process<'_>) -> Field<State> {
    if process.thread_count == 0 {
        // Nothing of it can run.
        return Ok(State::Stopped);
    }
    let threads = process.threads();
    if threads
        .clone()
        .all(|thread| thread.state == table::STATE_INITIALIZED)
    {
        // Wine does not tell. The kernel lists no thread that was not
        // started.
        return Err(Unavailable::Unsupported);
    }
    let mut state = State::Stopped;
    for thread in threads {
        match thread_state(&thread) {
            State::Running => return Ok(State::Running),
            State::Stopped | State::Dead => {}
            _ => state = State::Sleeping,
        }
    }
    Ok(state)
}

/// What one thread does.
pub(super) fn thread_state(thread: &table::Thread) -> State {
    match thread.state {
        table::STATE_READY
        | table::STATE_RUNNING
        | table::STATE_STANDBY
        | table::STATE_DEFERRED_READY => State::Running,
        table::STATE_TERMINATED => State::Dead,
        table::STATE_WAITING
            if matches!(
                thread.wait_reason,
                table::REASON_SUSPENDED | table::REASON_WR_SUSPENDED
            ) =>
        {
            State::Stopped
        }
        table::STATE_WAITING | table::STATE_TRANSITION => State::Sleeping,
        table::STATE_INITIALIZED => State::Unknown('0'),
        _ => State::Unknown('?'),
    }
}
