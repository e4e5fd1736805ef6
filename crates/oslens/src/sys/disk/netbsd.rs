//! Disks on NetBSD: `getvfsstat`, `hw.iostats`, `hw.disknames`.

use super::bsd;
pub(crate) use super::unix::{USAGE_CALL, UsageError, try_usage, usage, usage_error};
use crate::{
    Host, Result,
    disk::{Device, IoSnapshot, Partition, Partitions},
    parse::{
        Malformed,
        bsd::mounts,
        layout::{
            Type as _,
            netbsd::system::{CTL_HW, HW_IOSTATS, IoSysctl},
        },
        netbsd::iostats,
    },
    sys::kernel::malformed,
};

/// What is mounted where; 1 question.
pub(crate) fn partitions(host: &Host, which: Partitions) -> Result<Vec<Partition>> {
    bsd::partitions(host, "getvfsstat", which, mounts::netbsd)
}

/// What disks have done; 1 question.
pub(crate) fn io_counters(host: &Host) -> Result<IoSnapshot> {
    const WHAT: &str = "sysctl hw.iostats";
    let kernel = host.kernel()?;
    let stride = IoSysctl::SIZE;
    let size = i32::try_from(stride).unwrap_or(i32::MAX);
    let answer = kernel.sysctl(WHAT, &[CTL_HW, HW_IOSTATS, size])?;
    let read = || bsd::snapshot(iostats::disks(&answer, stride, kernel.endian)?);
    read().map_err(|expected: Malformed| malformed(WHAT, expected))
}

/// The disks; 1 question.
pub(crate) fn devices(host: &Host) -> Result<Vec<Device>> {
    Ok(bsd::named(&host.kernel()?.named("sysctl hw.disknames")?))
}
