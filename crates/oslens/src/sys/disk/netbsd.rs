//! Disks on NetBSD: `getvfsstat`, `hw.iostats`, `hw.disknames`, `/dev/drvctl`.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};

use super::bsd;
pub(crate) use super::unix::{USAGE_CALL, UsageError, try_usage, usage, usage_error};
use crate::{
    ErrorKind, Host, Result,
    disk::{Device, IoSnapshot, Partition, Partitions},
    parse::{
        Malformed,
        bsd::mounts,
        layout::{
            Type as _,
            netbsd::{
                disk::DRVCTLCOMMAND,
                system::{CTL_HW, HW_IOSTATS, IoSysctl},
            },
        },
        netbsd::{drive, iostats},
    },
    sys::kernel::{Kernel, Question, malformed},
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

/// The disks; 1 question, and 1 for each.
pub(crate) fn devices(host: &Host) -> Result<Vec<Device>> {
    let kernel = host.kernel()?;
    let mut devices = bsd::named(&kernel.named("sysctl hw.disknames")?);
    for device in &mut devices {
        match size(&kernel, &device.name) {
            Ok(size) => device.size = size,
            // That of this one is not understood.
            Err(error) if error.kind() == ErrorKind::Malformed => {}
            // There is no such door in this kernel, or it is closed.
            Err(_) => break,
        }
    }
    Ok(devices)
}

/// Bytes of a disk, as its driver has them in its properties since it last
/// looked.
fn size(kernel: &Kernel<'_>, name: &OsStr) -> Result<Option<u64>> {
    const WHAT: &str = "ioctl DRVCTLCOMMAND";
    let Some(list) = drive::question(name.as_bytes()) else {
        return Ok(None);
    };
    let question = Question::Property {
        path: "/dev/drvctl",
        request: DRVCTLCOMMAND,
        list: &list,
    };
    let answer = kernel.ask(WHAT, question)?;
    drive::size(&answer).map_err(|expected| malformed(WHAT, expected))
}
