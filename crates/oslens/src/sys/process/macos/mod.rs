//! Processes on macOS: the kernel's records of all of them, and libproc for
//! what it tells about one at a time.
//!
//! The records are for everybody. Most of the rest is for processes of the
//! same user and for root: of others the cells are denied.

mod details;
mod extension;
mod files;
mod limits;
mod maps;
#[cfg(test)]
mod tests;
mod threads;

use std::ops::RangeInclusive;

pub(crate) use extension::{is_translated, resource_usage, task_counters};
pub(crate) use files::{descriptors, open_files};
pub(crate) use limits::{limit, limits, set_limit};
pub(crate) use maps::memory_maps;
pub(crate) use threads::threads;

use super::{
    Target,
    bsd::{self, System},
};
use crate::{
    Error, ErrorKind, Result, Unavailable,
    parse::{
        Malformed, kinfo,
        layout::{
            Endian, Type as _,
            macos::{
                details::NSIG,
                process::{KERN_PROC, KERN_PROC_ALL, KERN_PROC_PID, KinfoProc, MAXCOMLEN},
                system::CTL_KERN,
            },
        },
    },
    process::{Fields, ProcessRow},
    sys::kernel::{Kernel, Question},
};

/// macOS.
#[derive(Debug)]
pub(crate) enum MacOs {}

bsd::portable!(MacOs, "macOS");

impl System for MacOs {
    type Pass = details::Pass;

    const TABLE: &'static str = "sysctl kern.proc.all";
    // It notes the time of day when the process is made, and keeps it.
    const STARTS_MOVE: bool = false;
    const LONGEST_NAME: usize = MAXCOMLEN as usize;
    const SIGNALS: RangeInclusive<i32> = 1..=NSIG - 1;
    const REAL_TIME_SIGNALS: Option<RangeInclusive<i32>> = None;

    fn ask_all(kernel: Kernel<'_>, answer: &mut Vec<u8>) -> Result<()> {
        let mib = [CTL_KERN, KERN_PROC, KERN_PROC_ALL, 0];
        kernel.ask_into(Self::TABLE, Question::Sysctl(&mib), answer)
    }

    fn ask_one(kernel: Kernel<'_>, pid: i32, answer: &mut Vec<u8>) -> Result<()> {
        let mib = [CTL_KERN, KERN_PROC, KERN_PROC_PID, pid];
        kernel.ask_into("sysctl kern.proc.pid", Question::Sysctl(&mib), answer)
    }

    fn records(
        answer: &[u8],
        endian: Endian,
    ) -> Result<impl Iterator<Item = Result<kinfo::Process<'_>, Malformed>> + Clone, Malformed>
    {
        // It has not changed since there are 64 bits.
        kinfo::macos::processes(answer, KinfoProc::SIZE, endian)
    }

    const DETAILS: Fields = details::FIELDS;

    fn put_details(
        kernel: Kernel<'_>,
        process: &kinfo::Process<'_>,
        row: &mut ProcessRow,
        fields: Fields,
        pass: &mut Self::Pass,
    ) {
        pass.put(kernel, process, row, fields);
    }
}

pub(crate) fn set_cpu_affinity(target: Target<'_>, _: &[u32]) -> Result<()> {
    Err(Error::unsupported("CPU affinity of processes on macOS").with_pid(target.id.pid))
}

/// Asks about one process, which is proved to be the one that is meant.
///
/// The questions about one process do not find a zombie, whose record is
/// there: that is told.
fn asked<T>(target: Target<'_>, ask: impl FnOnce(Kernel<'_>, i32) -> Result<T>) -> Result<T> {
    bsd::proved::<MacOs, T>(target, |kernel, pid| {
        ask(kernel, pid).map_err(|error| {
            if error.kind() == ErrorKind::NoSuchProcess
                && presence(kernel, pid) == Some(Unavailable::Zombie)
            {
                return Error::zombie(target.id.pid);
            }
            error
        })
    })
}

/// Why a process is not found that had a record. `None`: it has one, and has
/// not ended.
fn presence(kernel: Kernel<'_>, pid: i32) -> Option<Unavailable> {
    let mut answer = Vec::new();
    let asked = MacOs::ask_one(kernel, pid, &mut answer);
    let records = MacOs::records(&answer, kernel.endian).ok();
    match (asked, records.and_then(|mut records| records.next())) {
        (Ok(()), Some(Ok(process))) if process.state == kinfo::State::Zombie => {
            Some(Unavailable::Zombie)
        }
        (Ok(()), Some(_)) => None,
        _ => Some(Unavailable::Gone),
    }
}
