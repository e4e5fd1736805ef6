//! What the backends of the BSDs and macOS share.

use std::{ffi::OsString, os::unix::ffi::OsStringExt as _, path::PathBuf, time::Instant};

use crate::{
    Host, Result,
    disk::{
        Device, DeviceIo, DeviceKind, DiscardCounters, IoCounters, IoSnapshot, Partition,
        Partitions,
    },
    parse::{
        Malformed,
        bsd::{
            disks::{self, DiskIo, Kind},
            mounts::{Mount, Mounts},
        },
        layout::Endian,
    },
    sys::kernel::{Question, malformed},
};

/// What is mounted where, as a parser finds it in the answer of `what`; 1
/// question.
pub(super) fn partitions(
    host: &Host,
    what: &'static str,
    which: Partitions,
    parser: fn(&[u8], Endian) -> Mounts<'_>,
) -> Result<Vec<Partition>> {
    let kernel = host.kernel()?;
    let answer = kernel.ask(what, Question::Mounts)?;
    parser(&answer, kernel.endian)
        .filter(|mount| {
            let is_wanted = |mount: &Mount<'_>| which == Partitions::All || mount.is_stored();
            mount.as_ref().map_or(true, is_wanted)
        })
        .map(|mount| mount.map(|mount| partition(&mount)))
        .collect::<Result<_, _>>()
        .map_err(|expected| malformed(what, expected))
}

fn partition(mount: &Mount<'_>) -> Partition {
    let device = match mount.device {
        b"none" => &[],
        device => device,
    };
    Partition {
        device: os_string(device),
        mountpoint: PathBuf::from(os_string(mount.mountpoint)),
        fstype: os_string(mount.fstype),
        options: mount.flags.options().into(),
        mount_id: None,
        parent_id: None,
        root: None,
        number: None,
        overmounted: None,
    }
}

/// The counters of these disks, as they are now.
pub(super) fn snapshot<'a>(
    disks: impl Iterator<Item = Result<DiskIo<'a>, Malformed>>,
) -> Result<IoSnapshot, Malformed> {
    let taken_at = Instant::now();
    let devices = disks
        .map(|disk| disk.map(|disk| device_io(&disk)))
        .collect::<Result<_, _>>()?;
    Ok(IoSnapshot { taken_at, devices })
}

fn device_io(disk: &DiskIo<'_>) -> DeviceIo {
    let mut name = disk.name.to_vec();
    if let Some(unit) = disk.unit {
        name.extend_from_slice(unit.to_string().as_bytes());
    }
    DeviceIo {
        name: OsString::from_vec(name),
        number: None,
        counters: IoCounters {
            read_count: disk.reads,
            write_count: disk.writes,
            read_bytes: disk.read_bytes,
            write_bytes: disk.write_bytes,
            read_time: disk.read_time,
            write_time: disk.write_time,
            busy_time: disk.busy_time,
            weighted_time: disk.weighted_time,
            in_flight: disk.in_flight,
            discards: disk.discards.map(|discards| DiscardCounters {
                count: discards.count,
                merged_count: None,
                bytes: discards.bytes,
                time: discards.time,
            }),
            ..IoCounters::default()
        },
    }
}

/// The disks of `hw.disknames`, which tells nothing else of them: what they
/// are, their drivers' names say.
pub(super) fn named(answer: &[u8]) -> Vec<Device> {
    let mut devices: Vec<Device> = disks::names(answer)
        .map(|name| Device {
            kind: match disks::kind(name) {
                Kind::Whole => DeviceKind::Disk,
                Kind::Part => DeviceKind::Partition,
                Kind::Made => DeviceKind::Stacked,
                Kind::Memory => DeviceKind::Memory,
            },
            ..device(os_string(name))
        })
        .collect();
    // Disks before their parts, of which it is not told whose they are.
    devices.sort_by_key(|device| device.kind == DeviceKind::Partition);
    devices
}

/// A disk of which nothing but its name is known.
pub(super) fn device(name: OsString) -> Device {
    Device {
        name,
        number: None,
        kind: DeviceKind::Disk,
        parent: None,
        lower: Vec::new(),
        size: None,
        removable: None,
        rotational: None,
        read_only: None,
        model: None,
    }
}

pub(super) fn os_string(bytes: &[u8]) -> OsString {
    OsString::from_vec(bytes.to_vec())
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
