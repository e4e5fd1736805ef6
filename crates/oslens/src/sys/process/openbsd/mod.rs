//! Processes on OpenBSD.

mod details;
mod files;
mod limits;
mod maps;
mod setting;
mod threads;

use std::ops::RangeInclusive;

pub(crate) use files::{descriptors, open_files};
pub(crate) use limits::{limit, limits, set_limit};
pub(crate) use maps::memory_maps;
pub(crate) use setting::setting;
pub(crate) use threads::threads;

use super::{
    Target,
    bsd::{self, System},
};
use crate::{
    Error, Result,
    parse::{
        Malformed, kinfo,
        layout::{
            Endian, Type as _,
            openbsd::{
                details::NSIG,
                process::{
                    _MAXCOMLEN, KERN_PROC, KERN_PROC_KTHREAD, KERN_PROC_PID, KinfoProc, Timeval,
                },
                system::{CTL_KERN, KERN_BOOTTIME},
            },
        },
    },
    process::{Fields, ProcessRow},
    sys::kernel::{Kernel, Question},
};

/// OpenBSD.
#[derive(Debug)]
pub(crate) enum OpenBsd {}

bsd::portable!(OpenBsd, "OpenBSD");

impl System for OpenBsd {
    // The room that answers were given before.
    type Pass = Vec<u8>;

    const TABLE: &'static str = "sysctl kern.proc";
    const STARTS_MOVE: bool = true;
    // The boot time and the start are added in nanoseconds and cut to
    // microseconds then; the boot time that is told is cut by itself.
    const START_UNCERTAINTY: u64 = 1;
    // With the NUL.
    const LONGEST_NAME: usize = _MAXCOMLEN as usize - 1;
    const SIGNALS: RangeInclusive<i32> = 1..=NSIG - 1;
    const REAL_TIME_SIGNALS: Option<RangeInclusive<i32>> = None;

    fn boot_time(kernel: Kernel<'_>) -> Result<u64> {
        let answer = kernel.sysctl("sysctl kern.boottime", &[CTL_KERN, KERN_BOOTTIME])?;
        let record = kernel.record(&answer);
        bsd::micros(record.get(Timeval::tv_sec), record.get(Timeval::tv_usec))
            .ok_or_else(|| Error::malformed("sysctl kern.boottime", "a struct timeval"))
    }

    fn ask_all(kernel: Kernel<'_>, answer: &mut Vec<u8>) -> Result<()> {
        // `KERN_PROC_ALL` leaves the kernel's own processes out.
        let mib = [CTL_KERN, KERN_PROC, KERN_PROC_KTHREAD, 0];
        ask(kernel, Self::TABLE, records(&mib), answer)
    }

    fn ask_one(kernel: Kernel<'_>, pid: i32, answer: &mut Vec<u8>) -> Result<()> {
        let mib = [CTL_KERN, KERN_PROC, KERN_PROC_PID, pid];
        ask(kernel, Self::TABLE, records(&mib), answer)
    }

    fn records(
        answer: &[u8],
        endian: Endian,
    ) -> Result<impl Iterator<Item = Result<kinfo::Process<'_>, Malformed>> + Clone, Malformed>
    {
        kinfo::openbsd::processes(answer, KinfoProc::SIZE, endian)
    }

    const DETAILS: Fields = details::FIELDS;

    fn put_details(
        kernel: Kernel<'_>,
        process: &kinfo::Process<'_>,
        row: &mut ProcessRow,
        fields: Fields,
        pass: &mut Self::Pass,
    ) {
        details::put(kernel, process, row, fields, pass);
    }
}

/// The question for records of `struct kinfo_proc`.
fn records(mib: &[i32]) -> Question<'_> {
    Question::Records {
        mib,
        stride: KinfoProc::SIZE,
    }
}

/// Asks for records. A kernel whose own are shorter than those that are asked
/// for says that such a question is invalid, as it says of one that is ending
/// that questions about its memory are.
fn ask(
    kernel: Kernel<'_>,
    what: &'static str,
    question: Question<'_>,
    answer: &mut Vec<u8>,
) -> Result<()> {
    let asked = kernel.ask_into(what, question, answer);
    asked.map_err(|error| match error.raw_os_error() {
        Some(libc::EINVAL) => Error::unsupported("tables of an OpenBSD before 6.9"),
        _ => error,
    })
}

pub(crate) fn set_cpu_affinity(target: Target<'_>, _: &[u32]) -> Result<()> {
    Err(Error::unsupported("CPU affinity of processes on OpenBSD").with_pid(target.id.pid))
}

#[cfg(test)]
mod tests;
