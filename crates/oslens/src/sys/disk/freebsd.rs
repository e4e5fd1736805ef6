//! Disks on FreeBSD: `getfsstat`, `kern.devstat`, GEOM.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};

use super::bsd;
pub(crate) use super::unix::{USAGE_CALL, UsageError, try_usage, usage, usage_error};
use crate::{
    Error, Host, Result,
    disk::{Device, DeviceKind, IoSnapshot, Partition, Partitions},
    parse::{
        Malformed,
        bsd::mounts,
        freebsd::{
            devstat,
            geom::{self, Provider},
        },
        text,
    },
    sys::kernel::{Kernel, malformed},
};

/// What is mounted where; 1 question.
pub(crate) fn partitions(host: &Host, which: Partitions) -> Result<Vec<Partition>> {
    bsd::partitions(host, "getfsstat", which, mounts::freebsd)
}

/// What is asked for counters.
const STATS: &str = "sysctl kern.devstat.all";

/// What disks have done; 2 questions.
pub(crate) fn io_counters(host: &Host) -> Result<IoSnapshot> {
    let kernel = host.kernel()?;
    let version = kernel.number("sysctl kern.devstat.version")?;
    if i64::try_from(version) != Ok(devstat::VERSION) {
        return Err(Error::unsupported("disk counters of this kernel's release"));
    }
    let Some(answer) = stats(&kernel)? else {
        return bsd::snapshot(std::iter::empty()).map_err(|expected| malformed(STATS, expected));
    };
    let read = || bsd::snapshot(devstat::devices(&answer, kernel.endian)?);
    read().map_err(|expected: Malformed| malformed(STATS, expected))
}

/// The counters. `None`: there is no device.
fn stats(kernel: &Kernel<'_>) -> Result<Option<Vec<u8>>> {
    let mut attempts = 0;
    loop {
        match kernel.named(STATS) {
            Ok(answer) => return Ok(Some(answer)),
            Err(error) => match error.raw_os_error() {
                // A device came or went meanwhile.
                Some(libc::EBUSY) if attempts < 10 => attempts += 1,
                Some(libc::EINVAL) => return Ok(None),
                _ => return Err(error),
            },
        }
    }
}

/// The devices of GEOM, disks before their parts; 1 question.
pub(crate) fn devices(host: &Host) -> Result<Vec<Device>> {
    const WHAT: &str = "sysctl kern.geom.confxml";
    let answer = host.kernel()?.named(WHAT)?;
    let all = geom::providers(&answer).map_err(|expected| malformed(WHAT, expected))?;
    let mut devices: Vec<Device> = all
        .iter()
        .filter(|one| !one.is_going)
        .map(|one| device(&all, one))
        .collect();
    devices.sort_by_cached_key(|device| {
        let own = natural(&device.name);
        match &device.parent {
            Some(disk) => (natural(disk), true, own),
            None => (own, false, Vec::new()),
        }
    });
    Ok(devices)
}

fn device(all: &[Provider], provider: &Provider) -> Device {
    let kind = kind(provider);
    let disk = match kind {
        DeviceKind::Partition => disk_of(all, provider),
        _ => None,
    };
    let lower = match kind {
        DeviceKind::Stacked => provider
            .lower
            .iter()
            .filter_map(|&at| all.get(at))
            .collect(),
        _ => Vec::new(),
    };
    Device {
        kind,
        parent: disk.map(|disk| bsd::os_string(&disk.name)),
        lower: lower.iter().map(|one| bsd::os_string(&one.name)).collect(),
        size: provider.size,
        rotational: disk.unwrap_or(provider).rotation.map(|rate| rate > 0),
        model: provider.model.as_deref().map(bsd::os_string),
        ..bsd::device(bsd::os_string(&provider.name))
    }
}

fn kind(provider: &Provider) -> DeviceKind {
    match provider.class.as_slice() {
        b"DISK" => DeviceKind::Disk,
        // A disk of memory, or of a file.
        b"MD" => match provider.kind.as_deref() {
            Some(b"vnode") => DeviceKind::Stacked,
            _ => DeviceKind::Memory,
        },
        // GPT and the rest are those of old releases.
        b"PART" | b"GPT" | b"MBR" | b"MBREXT" | b"BSD" | b"MAP" | b"FLASHMAP" => {
            DeviceKind::Partition
        }
        // A pool opens its disks itself.
        b"ZFS::ZVOL" => DeviceKind::Stacked,
        _ if provider.lower.is_empty() => DeviceKind::Disk,
        _ => DeviceKind::Stacked,
    }
}

/// What a partition is a part of, which may be a part of a part: `ada0s1a`.
fn disk_of<'a>(all: &'a [Provider], provider: &'a Provider) -> Option<&'a Provider> {
    let mut disk = all.get(*provider.lower.first()?)?;
    // There are not that many levels, but an answer may have a circle.
    for _ in 0..8 {
        match disk.lower.first().and_then(|&at| all.get(at)) {
            Some(lower) if kind(disk) == DeviceKind::Partition => disk = lower,
            _ => break,
        }
    }
    Some(disk)
}

/// In the order of people: `da2` before `da10`.
fn natural(name: &OsStr) -> Vec<(Vec<u8>, u64)> {
    let is_digit = u8::is_ascii_digit;
    let mut parts = Vec::new();
    let mut rest = name.as_bytes();
    while !rest.is_empty() {
        let letters = rest.iter().position(is_digit).unwrap_or(rest.len());
        let (letters, behind) = rest.split_at(letters);
        let digits = behind.iter().position(|byte| !is_digit(byte));
        let (digits, behind) = behind.split_at(digits.unwrap_or(behind.len()));
        parts.push((letters.to_vec(), text::decimal(digits).unwrap_or(0)));
        rest = behind;
    }
    parts
}
