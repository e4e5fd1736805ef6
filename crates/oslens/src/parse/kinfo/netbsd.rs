//! NetBSD: `KERN_PROC2`, whose records are as long as was asked for.

use super::{
    Counts, Groups, Ids, Memory, Process, Size, State, Times, count, device32, records, time,
};
use crate::parse::Malformed;
use crate::parse::layout::netbsd::process::{
    KinfoProc2, LSIDL, LSONPROC, LSRUN, LSSLEEP, LSSTOP, LSSUSPENDED, LSZOMB, NZERO, P_SYSTEM,
    SACTIVE, SDEAD, SDYING, SIDL, SSTOP, SZOMB,
};
use crate::parse::layout::{Endian, Record};

/// The processes of an answer with records of `stride` bytes.
///
/// A process that is loading another program has no start, no times and no
/// memory: the kernel does not look at them then, and leaves in its record what
/// the one before it in the answer has, as if that were its own.
///
/// Ends after the first that is not whole.
///
/// # Errors
///
/// When `stride` is zero.
pub fn processes(
    data: &[u8],
    stride: usize,
    endian: Endian,
) -> Result<impl Iterator<Item = Result<Process<'_>, Malformed>> + Clone, Malformed> {
    let mut before = None;
    Ok(records(data, stride, endian)?.map(move |record| {
        let record = record?;
        let used = used(record);
        let mark = used.and_then(mark);
        let is_copy = mark.is_some() && mark == before && has_no_thread(record);
        before = mark;
        process(record, used.filter(|_| !is_copy)).ok_or(Malformed("a whole kinfo_proc2"))
    }))
}

/// What no two processes share: how long they ran, to the microsecond, and all
/// that goes with it. Their starts alone may be the same: the kernel notes them
/// by a clock that stands between its ticks.
fn mark(used: Record<'_>) -> Option<([u32; 4], [u64; 2])> {
    let times = [
        used.get(KinfoProc2::p_ustart_sec)?,
        used.get(KinfoProc2::p_ustart_usec)?,
        used.get(KinfoProc2::p_rtime_sec)?,
        used.get(KinfoProc2::p_rtime_usec)?,
    ];
    let counts = [
        used.get(KinfoProc2::p_uru_minflt)?,
        used.get(KinfoProc2::p_uru_nvcsw)?,
    ];
    let [start, _, ran @ ..] = times;
    (start != 0 && ran != [0, 0]).then_some((times, counts))
}

/// Whether the state is the process's own, because the kernel has looked at
/// none of its threads.
fn has_no_thread(record: Record<'_>) -> bool {
    let of_process = record.get(KinfoProc2::p_realstat).map(i128::from);
    of_process.is_some() && record.get(KinfoProc2::p_stat).map(i128::from) == of_process
}

fn process<'a>(record: Record<'a>, used: Option<Record<'a>>) -> Option<Process<'a>> {
    Some(Process {
        pid: record.get(KinfoProc2::p_pid)?,
        parent: record.get(KinfoProc2::p_ppid)?,
        group: record.get(KinfoProc2::p__pgid)?,
        session: record.get(KinfoProc2::p_sid),
        terminal: record.get(KinfoProc2::p_tdev).and_then(device32),
        thread: None,
        uid: Ids {
            real: record.get(KinfoProc2::p_ruid)?,
            effective: record.get(KinfoProc2::p_uid)?,
            saved: record.get(KinfoProc2::p_svuid)?,
        },
        gid: Ids {
            real: record.get(KinfoProc2::p_rgid)?,
            effective: record.get(KinfoProc2::p_gid)?,
            saved: record.get(KinfoProc2::p_svgid)?,
        },
        groups: {
            let count = record.get(KinfoProc2::p_ngroups);
            Groups::of(record, KinfoProc2::p_groups, count, 0)
        },
        state: state(
            record.get(KinfoProc2::p_realstat)?,
            record.get(KinfoProc2::p_stat)?.into(),
        ),
        nice: i32::from(record.get(KinfoProc2::p_nice)?) - NZERO,
        of_kernel: record.get(KinfoProc2::p_flag)? & P_SYSTEM != 0,
        start: used.and_then(|used| {
            let seconds = used.get(KinfoProc2::p_ustart_sec)?;
            time(seconds, used.get(KinfoProc2::p_ustart_usec)?)
        }),
        // All bits set where it has none.
        cpu: used
            .and_then(|used| used.get(KinfoProc2::p_cpuid))
            .and_then(|cpu| u32::try_from(cpu).ok()),
        threads: record.get(KinfoProc2::p_nlwps),
        times: used.and_then(times),
        memory: used.and_then(memory),
        counts: used.and_then(counts),
        name: record.text(KinfoProc2::p_comm)?,
        login: record.text(KinfoProc2::p_login),
        wait: record.text(KinfoProc2::p_wmesg),
    })
}

/// The record, when the kernel has filled in what the process has used.
fn used(record: Record<'_>) -> Option<Record<'_>> {
    (record.get(KinfoProc2::p_uvalid)? != 0).then_some(record)
}

/// That of the process; while it lives, that of its thread says more.
fn state(process: u64, thread: i32) -> State {
    match i32::try_from(process).unwrap_or(i32::MAX) {
        SIDL => State::Idle,
        SSTOP => State::Stopped,
        SZOMB => State::Zombie,
        SDYING | SDEAD => State::Dead,
        SACTIVE => match thread {
            LSIDL => State::Idle,
            LSRUN | LSONPROC => State::Running,
            LSSLEEP => State::Sleeping,
            LSSTOP => State::Stopped,
            LSZOMB => State::Dead,
            LSSUSPENDED => State::Suspended,
            other => State::Other(other),
        },
        other => State::Other(other),
    }
}

fn times(used: Record<'_>) -> Option<Times> {
    let at = |seconds, micros| time(used.get::<u32>(seconds)?, used.get::<u32>(micros)?);
    Some(Times {
        user: at(KinfoProc2::p_uutime_sec, KinfoProc2::p_uutime_usec)?,
        system: at(KinfoProc2::p_ustime_sec, KinfoProc2::p_ustime_usec)?,
        // User and system together.
        children: None,
        children_total: at(KinfoProc2::p_uctime_sec, KinfoProc2::p_uctime_usec),
    })
}

fn memory(used: Record<'_>) -> Option<Memory> {
    let pages = |field| used.get(field).map(count::<i32>);
    Some(Memory {
        resident: pages(KinfoProc2::p_vm_rssize)?,
        size: Size::Pages(count(used.get(KinfoProc2::p_vm_msize)?)),
        text: pages(KinfoProc2::p_vm_tsize)?,
        data: pages(KinfoProc2::p_vm_dsize)?,
        stack: pages(KinfoProc2::p_vm_ssize)?,
        peak_kib: used.get(KinfoProc2::p_uru_maxrss),
    })
}

fn counts(used: Record<'_>) -> Option<Counts> {
    Some(Counts {
        minor_faults: used.get(KinfoProc2::p_uru_minflt)?,
        major_faults: used.get(KinfoProc2::p_uru_majflt)?,
        children_faults: None,
        blocks_in: used.get(KinfoProc2::p_uru_inblock)?,
        blocks_out: used.get(KinfoProc2::p_uru_oublock)?,
        voluntary_switches: used.get(KinfoProc2::p_uru_nvcsw)?,
        involuntary_switches: used.get(KinfoProc2::p_uru_nivcsw)?,
    })
}
