//! Disks on macOS: `getfsstat`, IOKit.

use std::time::{Duration, Instant};

use super::bsd;
pub(crate) use super::unix::{USAGE_CALL, UsageError, try_usage, usage, usage_error};
use crate::{
    Error, Host, Result,
    disk::{
        Device, DeviceIo, DeviceKind, DeviceNumber, IoCounters, IoSnapshot, Partition, Partitions,
    },
    parse::bsd::mounts,
    sys::kernel::{BlockStorage, names::unproved},
};

/// What is mounted where; 1 question.
pub(crate) fn partitions(host: &Host, which: Partitions) -> Result<Vec<Partition>> {
    bsd::partitions(host, "getfsstat", which, mounts::macos)
}

/// What disks have done. Those without counters are left out.
pub(crate) fn io_counters(host: &Host) -> Result<IoSnapshot> {
    let disks = disks(host)?;
    let taken_at = Instant::now();
    let devices: Vec<DeviceIo> = disks.iter().filter_map(device_io).collect();
    if devices.is_empty() && !disks.is_empty() {
        return Err(Error::unsupported("counters of these disks"));
    }
    Ok(IoSnapshot { taken_at, devices })
}

/// The whole disks, but not their partitions, nor the volumes that are made of
/// these.
pub(crate) fn devices(host: &Host) -> Result<Vec<Device>> {
    let device = |disk: BlockStorage| Device {
        kind: match is_image(&disk) {
            true => DeviceKind::Stacked,
            false => DeviceKind::Disk,
        },
        number: number(&disk),
        size: disk.size,
        removable: disk.removable,
        rotational: match disk.medium.as_deref() {
            Some(unproved::kIOPropertyMediumTypeRotationalKey) => Some(true),
            Some(unproved::kIOPropertyMediumTypeSolidStateKey) => Some(false),
            _ => None,
        },
        read_only: disk.writable.map(|writable| !writable),
        model: disk
            .model
            .map(|model| model.trim().to_owned())
            .filter(|model| !model.is_empty())
            .map(Into::into),
        ..bsd::device(disk.name.into())
    };
    Ok(disks(host)?.into_iter().map(device).collect())
}

/// Whether a disk is a file that was attached as one: what is read from it is
/// read from the disk that has the file too.
fn is_image(disk: &BlockStorage) -> bool {
    disk.model
        .as_deref()
        .is_some_and(|model| model.trim() == "Disk Image")
}

fn number(disk: &BlockStorage) -> Option<DeviceNumber> {
    let (major, minor) = disk.number?;
    Some(DeviceNumber::new(major, minor))
}

fn disks(host: &Host) -> Result<Vec<BlockStorage>> {
    host.kernel()?
        .answers()
        .block_storage()
        .map_err(|error| Error::call("IOServiceGetMatchingServices", error))
}

fn device_io(disk: &BlockStorage) -> Option<DeviceIo> {
    Some(DeviceIo {
        name: disk.name.clone().into(),
        number: number(disk),
        counters: IoCounters {
            read_count: disk.reads?,
            write_count: disk.writes?,
            read_bytes: disk.read_bytes?,
            write_bytes: disk.write_bytes?,
            read_time: disk.read_time.map(Duration::from_nanos),
            write_time: disk.write_time.map(Duration::from_nanos),
            ..IoCounters::default()
        },
    })
}
