//! FreeBSD: `KERN_PROC_PROC`, `KERN_PROC_PID` and those with threads.

use super::{Counts, Groups, Ids, Memory, Process, Size, State, Times, count, time};
use crate::parse::Malformed;
use crate::parse::layout::freebsd::process::{
    KI_CRF_GRP_OVERFLOW, KinfoProc, P_KPROC, Rusage, SIDL, SLOCK, SRUN, SSLEEP, SSTOP, SWAIT,
    SZOMB, Timeval,
};
use crate::parse::layout::{Endian, Field, Record};

/// The processes or threads of an answer. Each record says how long it is.
///
/// Ends after the first that is malformed.
pub fn processes(
    data: &[u8],
    endian: Endian,
) -> impl Iterator<Item = Result<Process<'_>, Malformed>> + Clone {
    let mut rest = data;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let whole = Record::new(rest, endian);
        let stride = whole
            .get(KinfoProc::ki_structsize)
            .and_then(|size| usize::try_from(size).ok())
            .filter(|&size| size > 0);
        let split = stride.and_then(|stride| rest.split_at_checked(stride));
        let found = split.and_then(|(record, behind)| {
            rest = behind;
            process(Record::new(record, endian))
        });
        if found.is_none() {
            rest = &[];
        }
        Some(found.ok_or(Malformed("a whole kinfo_proc")))
    })
}

fn process(record: Record<'_>) -> Option<Process<'_>> {
    let get = |field| record.get(field);
    let flags = record.get(KinfoProc::ki_flag)?;
    // Not `P_SYSTEM`, which `init` has as well, with a program and its memory.
    let kernel = i64::from(P_KPROC);
    let state = record.get(KinfoProc::ki_stat)?.0;
    Some(Process {
        pid: get(KinfoProc::ki_pid)?,
        parent: get(KinfoProc::ki_ppid)?,
        group: get(KinfoProc::ki_pgid)?,
        session: get(KinfoProc::ki_sid),
        // NODEV.
        terminal: record
            .get(KinfoProc::ki_tdev)
            .filter(|&device| device != u64::MAX),
        thread: get(KinfoProc::ki_tid),
        uid: Ids {
            real: record.get(KinfoProc::ki_ruid)?,
            effective: record.get(KinfoProc::ki_uid)?,
            saved: record.get(KinfoProc::ki_svuid)?,
        },
        gid: Ids {
            real: record.get(KinfoProc::ki_rgid)?,
            // The first of the groups is the effective one.
            effective: record.item(KinfoProc::ki_groups, 0)?,
            saved: record.get(KinfoProc::ki_svgid)?,
        },
        // The first is the effective one. Some have more than the record has
        // room for.
        groups: record
            .get(KinfoProc::ki_cr_flags)
            .filter(|flags| flags & KI_CRF_GRP_OVERFLOW == 0)
            .and_then(|_| {
                let count = record.get(KinfoProc::ki_ngroups);
                Groups::of(record, KinfoProc::ki_groups, count, 1)
            }),
        state: self::state(state.into()),
        nice: record.get(KinfoProc::ki_nice)?.into(),
        of_kernel: flags & kernel != 0,
        start: timeval(record, KinfoProc::ki_start),
        cpu: cpu(record),
        threads: get(KinfoProc::ki_numthreads).map(count),
        times: times(record),
        memory: memory(record),
        counts: counts(record),
        name: record.text(KinfoProc::ki_comm)?,
        login: record.text(KinfoProc::ki_login),
        wait: record.text(KinfoProc::ki_wmesg),
    })
}

fn state(number: i32) -> State {
    match number {
        SIDL => State::Idle,
        SRUN => State::Running,
        SSLEEP => State::Sleeping,
        SSTOP => State::Stopped,
        SZOMB => State::Zombie,
        SWAIT => State::Waiting,
        SLOCK => State::Locked,
        other => State::Other(other),
    }
}

/// The one that it runs on; it has none while it waits.
fn cpu(record: Record<'_>) -> Option<u32> {
    let known = |field| u32::try_from(record.get(field)?).ok();
    known(KinfoProc::ki_oncpu).or_else(|| known(KinfoProc::ki_lastcpu))
}

fn timeval(record: Record<'_>, field: Field<Timeval>) -> Option<std::time::Duration> {
    let seconds = record.get(field.then(Timeval::tv_sec))?;
    time(seconds, record.get(field.then(Timeval::tv_usec))?)
}

fn times(record: Record<'_>) -> Option<Times> {
    let [user, system] = [Rusage::ru_utime, Rusage::ru_stime];
    let own = KinfoProc::ki_rusage;
    let children = KinfoProc::ki_rusage_ch;
    let (of_user, of_system) = (
        timeval(record, children.then(user)),
        timeval(record, children.then(system)),
    );
    let children = of_user.zip(of_system);
    Some(Times {
        user: timeval(record, own.then(user))?,
        system: timeval(record, own.then(system))?,
        children,
        children_total: children.map(|(user, system)| user.saturating_add(system)),
    })
}

fn memory(record: Record<'_>) -> Option<Memory> {
    let pages = |field| record.get(field).map(count::<i64>);
    Some(Memory {
        resident: pages(KinfoProc::ki_rssize)?,
        size: Size::Bytes(record.get(KinfoProc::ki_size)?),
        text: pages(KinfoProc::ki_tsize)?,
        data: pages(KinfoProc::ki_dsize)?,
        stack: pages(KinfoProc::ki_ssize)?,
        peak_kib: pages(KinfoProc::ki_rusage.then(Rusage::ru_maxrss)),
    })
}

fn counts(record: Record<'_>) -> Option<Counts> {
    let own = |field| {
        record
            .get(KinfoProc::ki_rusage.then(field))
            .map(count::<i64>)
    };
    let children = |field| {
        record
            .get(KinfoProc::ki_rusage_ch.then(field))
            .map(count::<i64>)
    };
    Some(Counts {
        minor_faults: own(Rusage::ru_minflt)?,
        major_faults: own(Rusage::ru_majflt)?,
        // Up to FreeBSD 15 the kernel fills in the times of the children alone.
        children_faults: children(Rusage::ru_minflt)
            .zip(children(Rusage::ru_majflt))
            .filter(|&faults| faults != (0, 0)),
        blocks_in: own(Rusage::ru_inblock)?,
        blocks_out: own(Rusage::ru_oublock)?,
        voluntary_switches: own(Rusage::ru_nvcsw)?,
        involuntary_switches: own(Rusage::ru_nivcsw)?,
    })
}
