//! Processes on macOS.

use std::ops::RangeInclusive;

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
            macos::{
                process::{KERN_PROC, KERN_PROC_ALL, KERN_PROC_PID, KinfoProc, MAXCOMLEN},
                system::CTL_KERN,
            },
        },
    },
    process::{Descriptor, Fields, MemoryMap, ProcessRow, Resource, ResourceLimit, Thread},
    sys::kernel::{Kernel, Question},
};

/// macOS.
#[derive(Debug)]
pub(crate) enum MacOs {}

bsd::portable!(MacOs, "macOS");

impl System for MacOs {
    type Pass = ();

    const TABLE: &'static str = "sysctl kern.proc.all";
    // It notes the time of day when the process is made, and keeps it.
    const STARTS_MOVE: bool = false;
    const LONGEST_NAME: usize = MAXCOMLEN as usize;
    const SIGNALS: RangeInclusive<i32> = 1..=31;
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

    const DETAILS: Fields = Fields::empty();

    fn put_details(
        _: Kernel<'_>,
        _: &kinfo::Process<'_>,
        _: &mut ProcessRow,
        _: Fields,
        (): &mut Self::Pass,
    ) {
    }
}

const LIMITS: &str = "limits of a process's resources on macOS";

pub(crate) fn set_cpu_affinity(target: Target<'_>, _: &[u32]) -> Result<()> {
    Err(Error::unsupported("CPU affinity of processes on macOS").with_pid(target.id.pid))
}

pub(crate) fn limit(target: Target<'_>, _: Resource) -> Result<ResourceLimit> {
    Err(Error::unsupported(LIMITS).with_pid(target.id.pid))
}

pub(crate) fn limits(target: Target<'_>) -> Result<Vec<(Resource, ResourceLimit)>> {
    Err(Error::unsupported(LIMITS).with_pid(target.id.pid))
}

pub(crate) fn set_limit(target: Target<'_>, _: Resource, _: ResourceLimit) -> Result<()> {
    Err(Error::unsupported(LIMITS).with_pid(target.id.pid))
}

pub(crate) fn threads(target: Target<'_>) -> Result<Vec<Thread>> {
    Err(Error::unsupported("threads of processes on macOS").with_pid(target.id.pid))
}

pub(crate) fn descriptors(target: Target<'_>) -> Result<Vec<Descriptor>> {
    Err(Error::unsupported("descriptors of processes on macOS").with_pid(target.id.pid))
}

pub(crate) fn open_files(target: Target<'_>) -> Result<Vec<Descriptor>> {
    Err(Error::unsupported("open files of processes on macOS").with_pid(target.id.pid))
}

pub(crate) fn memory_maps(target: Target<'_>) -> Result<Vec<MemoryMap>> {
    Err(Error::unsupported("memory maps of processes on macOS").with_pid(target.id.pid))
}
