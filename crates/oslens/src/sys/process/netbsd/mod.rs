//! Processes on NetBSD.

mod affinity;
mod details;
mod files;
mod limits;
mod maps;
mod setting;
mod threads;

use std::ops::RangeInclusive;

pub(crate) use affinity::set_cpu_affinity;
pub(crate) use files::{ask as ask_files, descriptors, open_files};
pub(crate) use limits::{limit, limits, set_limit};
pub(crate) use maps::memory_maps;
pub(crate) use setting::setting;
pub(crate) use threads::threads;

use super::bsd::{self, System};
use crate::{
    Result,
    parse::{
        Malformed, kinfo,
        layout::{
            Endian, Type as _,
            netbsd::{
                details::{NSIG, SIGRTMAX, SIGRTMIN},
                process::{KERN_PROC_ALL, KERN_PROC_PID, KERN_PROC2, KinfoProc2, MAXCOMLEN},
                system::CTL_KERN,
            },
        },
    },
    process::{Fields, ProcessRow},
    sys::kernel::{Kernel, Question},
};

/// NetBSD.
#[derive(Debug)]
pub(crate) enum NetBsd {}

bsd::portable!(NetBsd, "NetBSD");

impl System for NetBsd {
    type Pass = details::Pass;

    const TABLE: &'static str = "sysctl kern.proc2";
    // It notes the time of day when the process is made, and keeps it.
    const STARTS_MOVE: bool = false;
    // The record has room for more than the kernel keeps.
    const LONGEST_NAME: usize = MAXCOMLEN as usize;
    const SIGNALS: RangeInclusive<i32> = 1..=NSIG - 1;
    const REAL_TIME_SIGNALS: Option<RangeInclusive<i32>> = Some(SIGRTMIN..=SIGRTMAX);

    fn ask_all(kernel: Kernel<'_>, answer: &mut Vec<u8>) -> Result<()> {
        let mib = [CTL_KERN, KERN_PROC2, KERN_PROC_ALL, 0];
        kernel.ask_into(Self::TABLE, records(&mib), answer)
    }

    fn ask_one(kernel: Kernel<'_>, pid: i32, answer: &mut Vec<u8>) -> Result<()> {
        let mib = [CTL_KERN, KERN_PROC2, KERN_PROC_PID, pid];
        kernel.ask_into(Self::TABLE, records(&mib), answer)
    }

    fn records(
        answer: &[u8],
        endian: Endian,
    ) -> Result<impl Iterator<Item = Result<kinfo::Process<'_>, Malformed>> + Clone, Malformed>
    {
        kinfo::netbsd::processes(answer, KinfoProc2::SIZE, endian)
    }

    const DETAILS: Fields = details::FIELDS;

    fn begin(pass: &mut Self::Pass) {
        pass.begin();
    }

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

/// The question for records of `struct kinfo_proc2`.
fn records(mib: &[i32]) -> Question<'_> {
    Question::Records {
        mib,
        stride: KinfoProc2::SIZE,
    }
}

#[cfg(test)]
mod tests;
