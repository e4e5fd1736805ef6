//! Processes on NetBSD.

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
            netbsd::{
                process::{KERN_PROC_ALL, KERN_PROC_PID, KERN_PROC2, KinfoProc2, MAXCOMLEN},
                system::CTL_KERN,
            },
        },
    },
    process::{Descriptor, Fields, MemoryMap, ProcessRow, Resource, ResourceLimit, Thread},
    sys::kernel::{Kernel, Question},
};

/// NetBSD.
#[derive(Debug)]
pub(crate) enum NetBsd {}

bsd::portable!(NetBsd, "NetBSD");

impl System for NetBsd {
    type Pass = ();

    const TABLE: &'static str = "sysctl kern.proc2";
    // It notes the time of day when the process is made, and keeps it.
    const STARTS_MOVE: bool = false;
    // The record has room for more than the kernel keeps.
    const LONGEST_NAME: usize = MAXCOMLEN as usize;
    const SIGNALS: RangeInclusive<i32> = 1..=63;
    const REAL_TIME_SIGNALS: Option<RangeInclusive<i32>> = Some(33..=63);

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

/// The question for records of `struct kinfo_proc2`.
fn records(mib: &[i32]) -> Question<'_> {
    Question::Records {
        mib,
        stride: KinfoProc2::SIZE,
    }
}

const LIMITS: &str = "limits of a process's resources on NetBSD";

pub(crate) fn set_cpu_affinity(target: Target<'_>, _: &[u32]) -> Result<()> {
    Err(Error::unsupported("CPU affinity of processes on NetBSD").with_pid(target.id.pid))
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
    Err(Error::unsupported("threads of processes on NetBSD").with_pid(target.id.pid))
}

pub(crate) fn descriptors(target: Target<'_>) -> Result<Vec<Descriptor>> {
    Err(Error::unsupported("descriptors of processes on NetBSD").with_pid(target.id.pid))
}

pub(crate) fn open_files(target: Target<'_>) -> Result<Vec<Descriptor>> {
    Err(Error::unsupported("open files of processes on NetBSD").with_pid(target.id.pid))
}

pub(crate) fn memory_maps(target: Target<'_>) -> Result<Vec<MemoryMap>> {
    Err(Error::unsupported("memory maps of processes on NetBSD").with_pid(target.id.pid))
}
