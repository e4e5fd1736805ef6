//! OpenBSD: `KERN_PROC`, whose records are as long as was asked for.

use super::{
    Counts, Groups, Ids, Memory, Process, Size, State, Times, count, device32, records, time,
};
use crate::parse::Malformed;
use crate::parse::layout::openbsd::details::{PS_EXITING, PS_ZOMBIE};
use crate::parse::layout::openbsd::process::{
    KinfoProc, NZERO, P_SYSTEM, SDEAD, SIDL, SONPROC, SRUN, SSLEEP, SSTOP, SZOMB,
};
use crate::parse::layout::{Endian, Record};

/// The processes or threads of an answer with records of `stride` bytes.
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
    Ok(records(data, stride, endian)?
        .map(|record| process(record?).ok_or(Malformed("a whole kinfo_proc"))))
}

fn process(record: Record<'_>) -> Option<Process<'_>> {
    let used = used(record);
    let of_kernel = is_of_kernel(record)?;
    Some(Process {
        pid: record.get(KinfoProc::p_pid)?,
        parent: record.get(KinfoProc::p_ppid)?,
        group: record.get(KinfoProc::p__pgid)?,
        // Zero is the kernel's own, and what is left of one whose leader has
        // ended.
        session: record
            .get(KinfoProc::p_sid)
            .filter(|&session| session != 0 || of_kernel),
        terminal: record.get(KinfoProc::p_tdev).and_then(device32),
        // -1 in the record of the process itself.
        thread: record.get(KinfoProc::p_tid).filter(|&thread| thread >= 0),
        uid: Ids {
            real: record.get(KinfoProc::p_ruid)?,
            effective: record.get(KinfoProc::p_uid)?,
            saved: record.get(KinfoProc::p_svuid)?,
        },
        gid: Ids {
            real: record.get(KinfoProc::p_rgid)?,
            effective: record.get(KinfoProc::p_gid)?,
            saved: record.get(KinfoProc::p_svgid)?,
        },
        groups: {
            let count = record.get(KinfoProc::p_ngroups);
            Groups::of(record, KinfoProc::p_groups, count, 0)
        },
        state: match record.get(KinfoProc::p_psflags)? {
            flags if flags & PS_ZOMBIE != 0 => State::Zombie,
            flags if flags & PS_EXITING != 0 => State::Dead,
            _ => state(record.get(KinfoProc::p_stat)?.into()),
        },
        nice: i32::from(record.get(KinfoProc::p_nice)?) - NZERO,
        of_kernel,
        start: used.and_then(|used| {
            let seconds = used.get(KinfoProc::p_ustart_sec)?;
            time(seconds, used.get(KinfoProc::p_ustart_usec)?)
        }),
        // All bits set where it has none.
        cpu: record
            .get(KinfoProc::p_cpuid)
            .and_then(|cpu| u32::try_from(cpu).ok()),
        threads: None,
        times: used.and_then(times),
        memory: memory(record),
        counts: used.and_then(counts),
        name: record.text(KinfoProc::p_comm)?,
        login: record.text(KinfoProc::p_login),
        wait: record.text(KinfoProc::p_wmesg),
    })
}

/// The record, when the kernel has filled in what the process has used. Of one
/// that is exiting, and not a zombie yet, the kernel says that it has, and
/// leaves zeros: no start, no times, no memory.
fn used(record: Record<'_>) -> Option<Record<'_>> {
    let is_exiting = record.get(KinfoProc::p_psflags)? & PS_EXITING != 0;
    (record.get(KinfoProc::p_uvalid)? != 0 && !is_exiting).then_some(record)
}

fn is_of_kernel(record: Record<'_>) -> Option<bool> {
    Some(record.get(KinfoProc::p_flag)? & P_SYSTEM != 0)
}

/// Whether it is what a CPU does while there is nothing to do: `idle0`.
fn is_idle(record: Record<'_>) -> Option<bool> {
    let number = record.text(KinfoProc::p_comm)?.strip_prefix(b"idle");
    Some(number.is_some_and(|number| number.iter().all(u8::is_ascii_digit)))
}

fn state(number: i32) -> State {
    match number {
        SIDL => State::Idle,
        SRUN | SONPROC => State::Running,
        SSLEEP => State::Sleeping,
        SSTOP => State::Stopped,
        // A zombie has no thread that could have a state, and is shown as dead.
        SZOMB | SDEAD => State::Zombie,
        other => State::Other(other),
    }
}

fn times(used: Record<'_>) -> Option<Times> {
    let at = |seconds, micros| time(used.get::<u32>(seconds)?, used.get::<u32>(micros)?);
    let user = at(KinfoProc::p_uutime_sec, KinfoProc::p_uutime_usec)?;
    let system = at(KinfoProc::p_ustime_sec, KinfoProc::p_ustime_usec)?;
    let is_counted = !user.is_zero() || !system.is_zero();
    Some(Times {
        user,
        // In 7.8 the clock that tells both apart passes over the kernel's
        // own, and how long they ran is noted when they stop.
        system: match is_counted || !is_of_kernel(used)? || is_idle(used)? {
            true => system,
            false => at(KinfoProc::p_rtime_sec, KinfoProc::p_rtime_usec)?,
        },
        // User and system together.
        children: None,
        children_total: at(KinfoProc::p_uctime_sec, KinfoProc::p_uctime_usec),
    })
}

fn memory(record: Record<'_>) -> Option<Memory> {
    let pages = |field| record.get(field).map(count::<i32>);
    let (text, data, stack) = (
        pages(KinfoProc::p_vm_tsize)?,
        pages(KinfoProc::p_vm_dsize)?,
        pages(KinfoProc::p_vm_ssize)?,
    );
    Some(Memory {
        resident: pages(KinfoProc::p_vm_rssize)?,
        size: Size::Pages(text.saturating_add(data).saturating_add(stack)),
        text,
        data,
        stack,
        peak_kib: used(record).and_then(|used| used.get(KinfoProc::p_uru_maxrss)),
    })
}

fn counts(used: Record<'_>) -> Option<Counts> {
    Some(Counts {
        minor_faults: used.get(KinfoProc::p_uru_minflt)?,
        major_faults: used.get(KinfoProc::p_uru_majflt)?,
        children_faults: None,
        blocks_in: used.get(KinfoProc::p_uru_inblock)?,
        blocks_out: used.get(KinfoProc::p_uru_oublock)?,
        voluntary_switches: used.get(KinfoProc::p_uru_nvcsw)?,
        involuntary_switches: used.get(KinfoProc::p_uru_nivcsw)?,
    })
}
