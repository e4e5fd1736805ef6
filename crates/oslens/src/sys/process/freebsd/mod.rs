//! Processes on FreeBSD.

mod affinity;
mod details;
mod files;
mod limits;
mod maps;
mod setting;
mod threads;

use std::ops::RangeInclusive;

pub(crate) use affinity::set_cpu_affinity;
pub(crate) use files::{descriptors, open_files};
pub(crate) use limits::{limit, limits, set_limit};
pub(crate) use maps::{mappings, memory_maps};
pub(crate) use setting::{setting, umask};
pub(crate) use threads::threads;

use super::bsd::{self, System};
use crate::{
    Error, Result,
    parse::{
        Malformed, kinfo,
        layout::{
            Endian,
            freebsd::{
                details::_SIG_MAXSIG,
                process::{
                    KERN_PROC, KERN_PROC_PID, KERN_PROC_PROC, MAXCOMLEN, SIGRTMAX, SIGRTMIN,
                    Timeval,
                },
                system::{CTL_KERN, KERN_BOOTTIME},
            },
        },
    },
    process::{Fields, ProcessRow},
    sys::kernel::{Kernel, Question},
};

/// FreeBSD.
#[derive(Debug)]
pub(crate) enum FreeBsd {}

bsd::portable!(FreeBsd, "FreeBSD");

impl System for FreeBsd {
    // The room that answers were given before.
    type Pass = Vec<u8>;

    const TABLE: &'static str = "sysctl kern.proc.proc";
    const STARTS_MOVE: bool = true;
    const LONGEST_NAME: usize = MAXCOMLEN as usize;
    const SIGNALS: RangeInclusive<i32> = 1..=_SIG_MAXSIG;
    const REAL_TIME_SIGNALS: Option<RangeInclusive<i32>> = Some(SIGRTMIN..=SIGRTMAX);

    fn boot_time(kernel: Kernel<'_>) -> Result<u64> {
        let answer = kernel.sysctl("sysctl kern.boottime", &[CTL_KERN, KERN_BOOTTIME])?;
        let record = kernel.record(&answer);
        bsd::micros(record.get(Timeval::tv_sec), record.get(Timeval::tv_usec))
            .ok_or_else(|| Error::malformed("sysctl kern.boottime", "a struct timeval"))
    }

    fn ask_all(kernel: Kernel<'_>, answer: &mut Vec<u8>) -> Result<()> {
        let mib = [CTL_KERN, KERN_PROC, KERN_PROC_PROC];
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
        Ok(kinfo::freebsd::processes(answer, endian))
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

#[cfg(test)]
mod tests;
