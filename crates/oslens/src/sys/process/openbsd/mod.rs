//! Processes on OpenBSD.

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
            openbsd::{
                process::{
                    _MAXCOMLEN, KERN_PROC, KERN_PROC_KTHREAD, KERN_PROC_PID, KinfoProc, Timeval,
                },
                system::{CTL_KERN, KERN_BOOTTIME},
            },
        },
    },
    process::{Descriptor, Fields, MemoryMap, ProcessRow, Resource, ResourceLimit, Thread},
    sys::kernel::{Kernel, Question},
};

/// OpenBSD.
#[derive(Debug)]
pub(crate) enum OpenBsd {}

bsd::portable!(OpenBsd, "OpenBSD");

impl System for OpenBsd {
    type Pass = ();

    const TABLE: &'static str = "sysctl kern.proc";
    const STARTS_MOVE: bool = true;
    // The boot time and the start are added in nanoseconds and cut to
    // microseconds then; the boot time that is told is cut by itself.
    const START_UNCERTAINTY: u64 = 1;
    // With the NUL.
    const LONGEST_NAME: usize = _MAXCOMLEN as usize - 1;
    const SIGNALS: RangeInclusive<i32> = 1..=32;
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
        kernel.ask_into(Self::TABLE, records(&mib), answer)
    }

    fn ask_one(kernel: Kernel<'_>, pid: i32, answer: &mut Vec<u8>) -> Result<()> {
        let mib = [CTL_KERN, KERN_PROC, KERN_PROC_PID, pid];
        kernel.ask_into(Self::TABLE, records(&mib), answer)
    }

    fn records(
        answer: &[u8],
        endian: Endian,
    ) -> Result<impl Iterator<Item = Result<kinfo::Process<'_>, Malformed>> + Clone, Malformed>
    {
        kinfo::openbsd::processes(answer, KinfoProc::SIZE, endian)
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

/// The question for records of `struct kinfo_proc`.
fn records(mib: &[i32]) -> Question<'_> {
    Question::Records {
        mib,
        stride: KinfoProc::SIZE,
    }
}

const LIMITS: &str = "limits of a process's resources on OpenBSD";

pub(crate) fn set_cpu_affinity(target: Target<'_>, _: &[u32]) -> Result<()> {
    Err(Error::unsupported("CPU affinity of processes on OpenBSD").with_pid(target.id.pid))
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
    Err(Error::unsupported("threads of processes on OpenBSD").with_pid(target.id.pid))
}

pub(crate) fn descriptors(target: Target<'_>) -> Result<Vec<Descriptor>> {
    Err(Error::unsupported("descriptors of processes on OpenBSD").with_pid(target.id.pid))
}

pub(crate) fn open_files(target: Target<'_>) -> Result<Vec<Descriptor>> {
    Err(Error::unsupported("open files of processes on OpenBSD").with_pid(target.id.pid))
}

pub(crate) fn memory_maps(target: Target<'_>) -> Result<Vec<MemoryMap>> {
    Err(Error::unsupported("memory maps of processes on OpenBSD").with_pid(target.id.pid))
}
