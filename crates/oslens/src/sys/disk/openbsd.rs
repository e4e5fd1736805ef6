//! Disks on OpenBSD: `getfsstat`, `hw.diskstats`, `hw.disknames`, `hw.sensors`.

use std::os::unix::ffi::OsStrExt as _;

use super::bsd;
pub(crate) use super::unix::{USAGE_CALL, UsageError, try_usage, usage, usage_error};
use crate::{
    Host, Result,
    disk::{Device, DeviceKind, IoSnapshot, Partition, Partitions},
    parse::{
        Malformed,
        bsd::mounts,
        layout::{
            Type as _,
            openbsd::system::{CTL_HW, Diskstats, HW_DISKCOUNT, HW_DISKNAMES, HW_DISKSTATS},
        },
        openbsd::diskstats,
    },
    sys::{
        kernel::{Kernel, malformed},
        sensors,
    },
};

/// What is mounted where; 1 question.
pub(crate) fn partitions(host: &Host, which: Partitions) -> Result<Vec<Partition>> {
    bsd::partitions(host, "getfsstat", which, mounts::openbsd)
}

/// What is asked for counters.
const STATS: &str = "sysctl hw.diskstats";

/// What disks have done; 2 questions.
pub(crate) fn io_counters(host: &Host) -> Result<IoSnapshot> {
    let kernel = host.kernel()?;
    let (answer, stride) = stats(&kernel)?;
    let read = || bsd::snapshot(diskstats::disks(&answer, stride, kernel.endian)?);
    read().map_err(|expected: Malformed| malformed(STATS, expected))
}

/// The counters, and how long those of one disk are.
fn stats(kernel: &Kernel<'_>) -> Result<(Vec<u8>, usize)> {
    let mut before = None;
    for _ in 0..4 {
        let answer = kernel.sysctl(STATS, &[CTL_HW, HW_DISKSTATS])?;
        if answer.is_empty() {
            return Ok((answer, Diskstats::SIZE));
        }
        let count = kernel.number_at("sysctl hw.diskcount", &[CTL_HW, HW_DISKCOUNT])?;
        let stride = usize::try_from(count)
            .ok()
            .filter(|&count| count > 0 && answer.len() % count == 0)
            .map(|count| answer.len() / count);
        // A disk may have come or gone between the two, so that a length that
        // is new here must come out twice.
        match stride {
            Some(stride) if stride == Diskstats::SIZE || before == Some(stride) => {
                return Ok((answer, stride));
            }
            stride => before = stride,
        }
    }
    Err(malformed(STATS, Malformed("as many records as disks")))
}

/// The disks; 1 question, and those for the volumes of softraid, which have
/// the names of disks, and each a sensor that says how it is.
pub(crate) fn devices(host: &Host) -> Result<Vec<Device>> {
    let kernel = host.kernel()?;
    let names = kernel.sysctl("sysctl hw.disknames", &[CTL_HW, HW_DISKNAMES])?;
    let mut devices = bsd::named(&names);
    let volumes = sensors::openbsd::volumes(&kernel, b"softraid")?;
    for device in &mut devices {
        let is_volume = |name: &Vec<u8>| device.name.as_bytes() == name.as_slice();
        if volumes.iter().any(is_volume) {
            device.kind = DeviceKind::Stacked;
        }
    }
    Ok(devices)
}
