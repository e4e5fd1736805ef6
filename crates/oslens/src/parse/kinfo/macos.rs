//! macOS: `KERN_PROC`, which answers about every process, whoever asks. What a
//! process has used is told by libproc alone.

use super::{Groups, Ids, Process, State, device32, records, time};
use crate::parse::Malformed;
use crate::parse::layout::macos::process::{
    Eproc, ExternProc, KinfoProc, P_SYSTEM, Pcred, SIDL, SRUN, SSLEEP, SSTOP, SZOMB, Timeval, Ucred,
};
use crate::parse::layout::{Endian, Record};

/// The processes of an answer with records of `stride` bytes: that of one
/// process, whose record is the whole answer, or the size that has not changed
/// since macOS has 64 bits.
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
    let own = record.part(KinfoProc::kp_proc)?;
    let more = record.part(KinfoProc::kp_eproc)?;
    let ids = more.part(Eproc::e_pcred)?;
    let effective = more.part(Eproc::e_ucred)?;
    Some(Process {
        pid: own.get(ExternProc::p_pid)?,
        parent: more.get(Eproc::e_ppid)?,
        group: more.get(Eproc::e_pgid)?,
        session: None,
        // A number of bits, whose sign says nothing.
        terminal: device32(more.get(Eproc::e_tdev.like::<u32>())?),
        thread: None,
        uid: Ids {
            real: ids.get(Pcred::p_ruid)?,
            effective: effective.get(Ucred::cr_uid)?,
            saved: ids.get(Pcred::p_svuid)?,
        },
        gid: Ids {
            real: ids.get(Pcred::p_rgid)?,
            // The first of the groups is the effective one.
            effective: effective.item(Ucred::cr_groups, 0)?,
            saved: ids.get(Pcred::p_svgid)?,
        },
        groups: Groups::of(
            effective,
            Ucred::cr_groups,
            effective.get(Ucred::cr_ngroups),
            1,
        ),
        state: state(own.get(ExternProc::p_stat)?.0.into()),
        nice: own.get(ExternProc::p_nice.like::<i8>())?.into(),
        of_kernel: own.get(ExternProc::p_flag)? & P_SYSTEM != 0,
        start: start(own),
        cpu: None,
        threads: None,
        times: None,
        memory: None,
        counts: None,
        name: own.text(ExternProc::p_comm)?,
        login: more.text(Eproc::e_login),
        wait: more.text(Eproc::e_wmesg),
    })
}

fn start(own: Record<'_>) -> Option<std::time::Duration> {
    // In a listing the union is the time and not the queue's links.
    let start = ExternProc::p_un.like::<Timeval>();
    let seconds = own.get(start.then(Timeval::tv_sec))?;
    time(seconds, own.get(start.then(Timeval::tv_usec))?)
}

/// Nearly always running: the kernel tells more about threads.
fn state(number: i32) -> State {
    match number {
        SIDL => State::Idle,
        SRUN => State::Running,
        SSLEEP => State::Sleeping,
        SSTOP => State::Stopped,
        SZOMB => State::Zombie,
        other => State::Other(other),
    }
}
