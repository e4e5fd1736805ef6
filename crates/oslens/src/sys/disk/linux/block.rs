//! Block devices and their counters.

use std::{
    ffi::{OsStr, OsString},
    os::unix::ffi::{OsStrExt as _, OsStringExt as _},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use crate::{
    Error, Host, Result,
    disk::{
        Device, DeviceIo, DeviceKind, DeviceNumber, DiscardCounters, FlushCounters, IoCounters,
        IoSnapshot,
    },
    parse::{
        linux::diskstats::{self, BlockStat},
        text,
    },
    sys::pal::linux::file,
};

/// The unit of all sizes in diskstats and `/sys/block`, whatever the size of
/// the device's own sectors.
const SECTOR: u64 = 512;

pub(crate) fn io_counters(host: &Host) -> Result<IoSnapshot> {
    let path = host.proc_path().join("diskstats");
    let content = match file::records(&path) {
        Ok(content) => content,
        Err(error) if file::is_absent(&error) => return from_sysfs(host),
        Err(error) => return Err(error),
    };
    let taken_at = Instant::now();
    let mut devices = Vec::with_capacity(content.len() / 64);
    for line in diskstats::diskstats(&content) {
        let line = line.map_err(|malformed| Error::malformed(&path, malformed.0))?;
        devices.push(DeviceIo {
            name: OsString::from_vec(line.name.to_vec()),
            number: Some(DeviceNumber::new(line.major, line.minor)),
            counters: counters(&line.stat),
        });
    }
    Ok(IoSnapshot { taken_at, devices })
}

/// `/sys/block/*/stat`: where /proc is curtailed.
#[cold]
fn from_sysfs(host: &Host) -> Result<IoSnapshot> {
    let taken_at = Instant::now();
    let mut devices = Vec::new();
    for block in blocks(host)?.ok_or_else(|| Error::unsupported("disk counters"))? {
        let directories = std::iter::once((block.name.clone(), block.path.clone()))
            .chain(partitions_of(&block.path));
        for (name, directory) in directories {
            let path = directory.join("stat");
            let Some(content) = file::optional_record(&path)? else {
                continue;
            };
            let stat = diskstats::block_stat(&content)
                .map_err(|malformed| Error::malformed(path, malformed.0))?;
            devices.push(DeviceIo {
                name,
                number: number(&directory),
                counters: counters(&stat),
            });
        }
    }
    Ok(IoSnapshot { taken_at, devices })
}

fn counters(stat: &BlockStat) -> IoCounters {
    let queue = stat.queue;
    let time = |millis| Duration::from_millis(millis);
    IoCounters {
        read_count: stat.reads,
        write_count: stat.writes,
        read_bytes: stat.read_sectors.saturating_mul(SECTOR),
        write_bytes: stat.write_sectors.saturating_mul(SECTOR),
        read_time: queue.map(|queue| time(queue.read_ms)),
        write_time: queue.map(|queue| time(queue.write_ms)),
        read_merged_count: queue.map(|queue| queue.reads_merged),
        write_merged_count: queue.map(|queue| queue.writes_merged),
        busy_time: queue.map(|queue| time(queue.busy_ms)),
        weighted_time: queue.map(|queue| time(queue.weighted_ms)),
        in_flight: queue.map(|queue| queue.in_flight),
        discards: stat.discards.map(|discards| DiscardCounters {
            count: discards.count,
            merged_count: Some(discards.merged),
            bytes: discards.sectors.saturating_mul(SECTOR),
            time: time(discards.ms),
        }),
        flushes: stat.flushes.map(|flushes| FlushCounters {
            count: flushes.count,
            time: time(flushes.ms),
        }),
    }
}

/// A directory of `/sys/block`.
struct Block {
    name: OsString,
    path: PathBuf,
}

/// The whole devices, by name; `None` where there is no `/sys/block`.
fn blocks(host: &Host) -> Result<Option<Vec<Block>>> {
    let directory = host.sys_path().join("block");
    let entries = match std::fs::read_dir(&directory) {
        Ok(entries) => entries,
        Err(error) => {
            let error = Error::file("open", directory, error);
            return if file::is_absent(&error) {
                Ok(None)
            } else {
                Err(error)
            };
        }
    };
    let mut blocks: Vec<Block> = entries
        .filter_map(Result::ok)
        .map(|entry| Block {
            name: dev_name(&entry.file_name()),
            path: entry.path(),
        })
        .collect();
    blocks.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Some(blocks))
}

/// The partitions of a whole device: directories below it that have its name,
/// a number and a file `partition`.
fn partitions_of(block: &Path) -> Vec<(OsString, PathBuf)> {
    let disk = block.file_name().unwrap_or_default().as_bytes();
    let mut partitions: Vec<_> = names(block)
        .into_iter()
        .filter(|name| name.as_bytes().starts_with(disk))
        .map(|name| (dev_name(&name), block.join(name)))
        .filter(|(_, path)| path.join("partition").exists())
        .collect();
    partitions.sort();
    partitions
}

/// The names of a directory; none where it cannot be read.
fn names(directory: &Path) -> Vec<OsString> {
    std::fs::read_dir(directory)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .map(|entry| entry.file_name())
        .collect()
}

/// The name below `/dev` of a directory in sysfs, where no name can have a
/// slash.
pub(super) fn dev_name(name: &OsStr) -> OsString {
    let bytes = name.as_bytes();
    OsString::from_vec(
        bytes
            .iter()
            .map(|&byte| if byte == b'!' { b'/' } else { byte })
            .collect(),
    )
}

fn number(directory: &Path) -> Option<DeviceNumber> {
    let content = attribute(directory, "dev")?;
    let colon = memchr::memchr(b':', &content)?;
    let part = |bytes: &[u8]| text::decimal(bytes).and_then(|number| u32::try_from(number).ok());
    Some(DeviceNumber::new(
        part(content.get(..colon)?)?,
        part(content.get(colon + 1..)?)?,
    ))
}

/// The text of an attribute, if it can be read.
fn attribute(directory: &Path, name: &str) -> Option<Vec<u8>> {
    let content = file::record(&directory.join(name)).ok()?;
    Some(content.trim_ascii().to_vec())
}

fn flag(directory: &Path, name: &str) -> Option<bool> {
    match attribute(directory, name)?.as_slice() {
        b"0" => Some(false),
        b"1" => Some(true),
        _ => None,
    }
}

fn size(directory: &Path) -> Option<u64> {
    text::decimal(&attribute(directory, "size")?).map(|sectors| sectors.saturating_mul(SECTOR))
}

pub(crate) fn devices(host: &Host) -> Result<Vec<Device>> {
    let mut devices = Vec::new();
    for block in blocks(host)?.unwrap_or_default() {
        let disk = whole(&block);
        let partitions = partitions_of(&block.path);
        let parts: Vec<_> = partitions
            .into_iter()
            .map(|(name, path)| Device {
                name,
                number: number(&path),
                kind: DeviceKind::Partition,
                parent: Some(block.name.clone()),
                lower: Vec::new(),
                size: size(&path),
                removable: disk.removable,
                rotational: disk.rotational,
                read_only: flag(&path, "ro"),
                model: None,
            })
            .collect();
        devices.push(disk);
        devices.extend(parts);
    }
    Ok(devices)
}

/// Whether the device with this number (`253:0`) is made of others, which
/// count what goes through it too.
pub(crate) fn is_stacked(host: &Host, number: &[u8]) -> bool {
    if number.contains(&b'/') {
        return false;
    }
    let path = host
        .sys_path()
        .join("dev/block")
        .join(OsStr::from_bytes(number));
    let name = std::fs::read_link(&path)
        .ok()
        .and_then(|target| Some(dev_name(target.file_name()?)));
    name.is_some_and(|name| kind(&path, &name, &lower(&path)) == DeviceKind::Stacked)
}

/// What a whole device is made of.
fn lower(path: &Path) -> Vec<OsString> {
    let mut lower: Vec<_> = names(&path.join("slaves"))
        .iter()
        .map(|name| dev_name(name))
        .collect();
    lower.sort();
    lower
}

fn kind(path: &Path, name: &OsStr, lower: &[OsString]) -> DeviceKind {
    let name = name.as_bytes();
    let numbered = |prefix: &[u8]| {
        name.strip_prefix(prefix)
            .is_some_and(|rest| text::decimal(rest).is_some())
    };
    if flag(path, "hidden") == Some(true) {
        DeviceKind::Path
    // A loop device has its file below it, and one without a file does
    // nothing. A ZFS volume has its pool, which opens its disks itself: there
    // are no `slaves`.
    } else if !lower.is_empty() || numbered(b"loop") || numbered(b"zd") {
        DeviceKind::Stacked
    } else if numbered(b"ram") || numbered(b"zram") {
        DeviceKind::Memory
    } else {
        DeviceKind::Disk
    }
}

fn whole(block: &Block) -> Device {
    let path = &block.path;
    let lower = lower(path);
    Device {
        name: block.name.clone(),
        number: number(path),
        kind: kind(path, &block.name, &lower),
        parent: None,
        lower,
        size: size(path),
        removable: flag(path, "removable"),
        rotational: flag(&path.join("queue"), "rotational"),
        read_only: flag(path, "ro"),
        model: attribute(path, "device/model")
            .filter(|model| !model.is_empty())
            .map(OsString::from_vec),
    }
}
