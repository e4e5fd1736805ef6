//! What is read from and written to disks.

use std::{
    collections::HashMap,
    ffi::OsString,
    time::{Duration, Instant},
};

use super::{Device, DeviceKind, DeviceNumber};
use crate::{Host, Result, counters::NoWrap, sys};

/// What was read and written since boot, or since the device appeared.
///
/// What a system or an old kernel does not count is `None`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct IoCounters {
    /// Reads.
    pub read_count: u64,
    /// Writes.
    pub write_count: u64,
    /// Bytes read.
    pub read_bytes: u64,
    /// Bytes written.
    pub write_bytes: u64,
    /// Time that reads took, added up over all reads: more than the time
    /// that passed when several are under way.
    pub read_time: Option<Duration>,
    /// Time that writes took, added up over all writes.
    pub write_time: Option<Duration>,
    /// Reads that were joined with another before they reached the device.
    pub read_merged_count: Option<u64>,
    /// Writes that were joined with another before they reached the device.
    pub write_merged_count: Option<u64>,
    /// Time during which anything was under way: never more than the time
    /// that passed.
    pub busy_time: Option<Duration>,
    /// Time that requests were under way, added up over all requests.
    pub weighted_time: Option<Duration>,
    /// Requests under way now.
    pub in_flight: Option<u64>,
    /// Discards ("trim"). Linux 4.18, FreeBSD.
    pub discards: Option<DiscardCounters>,
    /// Flushes of the device's cache. Linux 5.5.
    pub flushes: Option<FlushCounters>,
}

/// What was discarded, so that a flash disk or a thin volume can use it anew.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct DiscardCounters {
    /// Discards.
    pub count: u64,
    /// Discards that were joined with another. Linux.
    pub merged_count: Option<u64>,
    /// Bytes discarded.
    pub bytes: u64,
    /// Time that they took, added up.
    pub time: Duration,
}

/// How often the device was told to make what it holds durable.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct FlushCounters {
    /// Flushes.
    pub count: u64,
    /// Time that they took, added up.
    pub time: Duration,
}

/// One block device's counters.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct DeviceIo {
    /// Name, as that of the [`Device`].
    pub name: OsString,
    /// Number. `None` where the system has none.
    pub number: Option<DeviceNumber>,
    /// The counters.
    pub counters: IoCounters,
}

/// The counters of all block devices at one time.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct IoSnapshot {
    /// When they were read.
    pub taken_at: Instant,
    /// The devices, in the kernel's order: disks, partitions and devices made
    /// of others side by side, so do not add them up; see
    /// [`total`](Self::total).
    pub devices: Vec<DeviceIo>,
}

/// What happened between two snapshots.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct IoDelta {
    /// Time between them.
    pub elapsed: Duration,
    /// The devices that are in both.
    pub devices: Vec<DeviceIoDelta>,
}

/// What happened on one device.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct DeviceIoDelta {
    /// Name, without `/dev/`.
    pub name: OsString,
    /// Time between the snapshots.
    pub elapsed: Duration,
    /// The differences; [`in_flight`](IoCounters::in_flight) is that of the
    /// later one.
    pub counters: IoCounters,
}

/// The counters of every block device.
///
/// # Errors
///
/// [`Unsupported`](crate::ErrorKind::Unsupported) on systems without a
/// backend, and where the kernel counts nothing.
///
/// # Platform
///
/// Linux: `/proc/diskstats`; where that is missing, `/sys/block/*/stat`.
/// Times are in steps of 1 ms and start again from zero after 49 days:
/// [`IoSnapshot::since`] and [`IoNoWrap`] take care of it.
///
/// Windows: `IOCTL_DISK_PERFORMANCE` of each disk, for everybody. A disk that
/// has no counters is left out; it is
/// [`Unsupported`](crate::ErrorKind::Unsupported) when none has. The number
/// of reads and of writes starts again from zero after 2³².
///
/// FreeBSD: `kern.devstat`, where the time that reads and writes took and the
/// busy time are counted when a request ends. NetBSD: `hw.iostats`, OpenBSD:
/// `hw.diskstats`: busy time, but not that of reads and of writes. macOS: the
/// statistics of IOKit: times of reads and writes, but no busy time; a disk
/// that has none is left out, and it is
/// [`Unsupported`](crate::ErrorKind::Unsupported) when none has any. NetBSD
/// counts wedges beside their disks; the others have no partitions here.
///
/// # Cost
///
/// FreeBSD, OpenBSD: 4 system calls; NetBSD: 2. macOS: some for each disk.
///
/// Linux: 4 system calls for a few devices, one more for each further page of
/// text. Windows: 1 call, and 3 for each disk.
///
/// ```
/// use oslens::disk;
/// # // Wine and some virtual machines count nothing.
/// # if disk::io_counters().is_err_and(|error| error.kind() == oslens::ErrorKind::Unsupported) {
/// #     return Ok(());
/// # }
///
/// let before = disk::io_counters()?;
/// // … some time later …
/// let now = disk::io_counters()?;
/// for disk in now.since(&before).devices {
///     println!("{}: {:.0} B/s", disk.name.to_string_lossy(), disk.per_second(disk.counters.read_bytes));
/// }
/// # Ok::<(), oslens::Error>(())
/// ```
pub fn io_counters() -> Result<IoSnapshot> {
    Host::local().disk_io_counters()
}

/// The counters of the whole machine, each byte counted once: disks, but not
/// their partitions, nor what is made of them (LVM, RAID, encryption, loop
/// devices), nor memory that acts as a disk.
///
/// `None` when there is no disk.
///
/// # Errors
///
/// As [`io_counters`] and [`devices`](super::devices).
///
/// # Cost
///
/// That of both. Who asks often keeps the list of devices and uses
/// [`IoSnapshot::total`].
///
/// ```
/// use oslens::disk;
/// # // Wine and some virtual machines count nothing.
/// # if disk::io_counters().is_err_and(|error| error.kind() == oslens::ErrorKind::Unsupported) {
/// #     return Ok(());
/// # }
///
/// if let Some(total) = disk::io_total()? {
///     println!("{} bytes read since boot", total.read_bytes);
/// }
/// # Ok::<(), oslens::Error>(())
/// ```
pub fn io_total() -> Result<Option<IoCounters>> {
    Host::local().disk_io_total()
}

impl Host {
    /// The counters of every block device. See [`io_counters`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn disk_io_counters(&self) -> Result<IoSnapshot> {
        sys::disk::io_counters(self)
    }

    /// The counters of the whole machine. See [`io_total`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn disk_io_total(&self) -> Result<Option<IoCounters>> {
        Ok(self.disk_io_counters()?.total(&self.disk_devices()?))
    }
}

impl IoSnapshot {
    /// The counters of the device with this name.
    #[must_use]
    pub fn get(&self, name: impl AsRef<std::ffi::OsStr>) -> Option<&IoCounters> {
        self.devices
            .iter()
            .find(|device| device.name == name.as_ref())
            .map(|device| &device.counters)
    }

    /// The sum over those that are [`DeviceKind::Disk`] in `devices`, so that
    /// nothing is counted twice. `None` when there is none.
    ///
    /// [`busy_time`](IoCounters::busy_time) is added up too: that of two
    /// disks can be twice the time that passed.
    #[must_use]
    pub fn total(&self, devices: &[Device]) -> Option<IoCounters> {
        let kinds: HashMap<_, _> = devices
            .iter()
            .map(|device| (device.name.as_os_str(), device.kind))
            .collect();
        self.devices
            .iter()
            .filter(|device| kinds.get(device.name.as_os_str()) == Some(&DeviceKind::Disk))
            .map(|device| device.counters)
            .reduce(|sum, counters| sum.plus(&counters))
    }

    /// What happened since an earlier snapshot.
    ///
    /// Devices that are not in both are left out, and so are those that were
    /// replaced in between: whose counts went back.
    #[must_use]
    pub fn since(&self, before: &Self) -> IoDelta {
        let elapsed = self.taken_at.saturating_duration_since(before.taken_at);
        let earlier: HashMap<_, _> = before
            .devices
            .iter()
            .map(|device| ((device.name.as_os_str(), device.number), &device.counters))
            .collect();
        let devices = self
            .devices
            .iter()
            .filter_map(|device| {
                let before = earlier.get(&(device.name.as_os_str(), device.number))?;
                Some(DeviceIoDelta {
                    name: device.name.clone(),
                    elapsed,
                    counters: device.counters.minus(before)?,
                })
            })
            .collect();
        IoDelta { elapsed, devices }
    }
}

impl DeviceIoDelta {
    /// A difference as a rate. 0 when no time has passed.
    #[must_use]
    pub fn per_second(&self, difference: u64) -> f64 {
        let seconds = self.elapsed.as_secs_f64();
        if seconds > 0.0 {
            difference as f64 / seconds
        } else {
            0.0
        }
    }

    /// The part of the time during which the device had something to do,
    /// from 0 to 1. `None` when the kernel does not count it, or no time has
    /// passed.
    ///
    /// A device that works on many requests at once is not at its limit at 1.
    #[must_use]
    pub fn busy_fraction(&self) -> Option<f64> {
        let seconds = self.elapsed.as_secs_f64();
        let busy = self.counters.busy_time?.as_secs_f64();
        // Both clocks are rounded.
        (seconds > 0.0).then(|| (busy / seconds).min(1.0))
    }
}

/// The range of the kernel's times: 32 bits of milliseconds.
const TIME_RANGE: Duration = Duration::from_millis(1 << 32);

/// The time between two readings of a counter of 32 bits of milliseconds.
///
/// A counter that is a little lower than before has not wrapped, but went
/// back: `weighted_time` did before Linux 5.0, when the number in flight was
/// seen below zero. That is no time, and not 49 days.
fn time_between(before: Duration, now: Duration) -> Duration {
    now.checked_sub(before).unwrap_or_else(|| {
        let wrapped = now.saturating_add(TIME_RANGE).saturating_sub(before);
        if wrapped < TIME_RANGE / 2 {
            wrapped
        } else {
            Duration::ZERO
        }
    })
}

fn both<T>(a: Option<T>, b: Option<T>, combine: impl FnOnce(T, T) -> T) -> Option<T> {
    Some(combine(a?, b?))
}

impl IoCounters {
    /// The sum. What one of them does not count is unknown in the sum.
    fn plus(&self, other: &Self) -> Self {
        let counts = |a, b| both(a, b, u64::saturating_add);
        let times = |a, b| both(a, b, Duration::saturating_add);
        Self {
            read_count: self.read_count.saturating_add(other.read_count),
            write_count: self.write_count.saturating_add(other.write_count),
            read_bytes: self.read_bytes.saturating_add(other.read_bytes),
            write_bytes: self.write_bytes.saturating_add(other.write_bytes),
            read_time: times(self.read_time, other.read_time),
            write_time: times(self.write_time, other.write_time),
            read_merged_count: counts(self.read_merged_count, other.read_merged_count),
            write_merged_count: counts(self.write_merged_count, other.write_merged_count),
            busy_time: times(self.busy_time, other.busy_time),
            weighted_time: times(self.weighted_time, other.weighted_time),
            in_flight: counts(self.in_flight, other.in_flight),
            discards: both(self.discards, other.discards, |a, b| DiscardCounters {
                count: a.count.saturating_add(b.count),
                merged_count: counts(a.merged_count, b.merged_count),
                bytes: a.bytes.saturating_add(b.bytes),
                time: a.time.saturating_add(b.time),
            }),
            flushes: both(self.flushes, other.flushes, |a, b| FlushCounters {
                count: a.count.saturating_add(b.count),
                time: a.time.saturating_add(b.time),
            }),
        }
    }

    /// The difference; `None` when a count has gone back.
    fn minus(&self, before: &Self) -> Option<Self> {
        let counts = |now: Option<u64>, before| both(now, before, u64::saturating_sub);
        let times = |now, before| both(now, before, |now, before| time_between(before, now));
        Some(Self {
            read_count: self.read_count.checked_sub(before.read_count)?,
            write_count: self.write_count.checked_sub(before.write_count)?,
            read_bytes: self.read_bytes.checked_sub(before.read_bytes)?,
            write_bytes: self.write_bytes.checked_sub(before.write_bytes)?,
            read_time: times(self.read_time, before.read_time),
            write_time: times(self.write_time, before.write_time),
            read_merged_count: counts(self.read_merged_count, before.read_merged_count),
            write_merged_count: counts(self.write_merged_count, before.write_merged_count),
            busy_time: times(self.busy_time, before.busy_time),
            weighted_time: times(self.weighted_time, before.weighted_time),
            in_flight: self.in_flight,
            discards: both(self.discards, before.discards, |now, before| {
                DiscardCounters {
                    count: now.count.saturating_sub(before.count),
                    merged_count: counts(now.merged_count, before.merged_count),
                    bytes: now.bytes.saturating_sub(before.bytes),
                    time: time_between(before.time, now.time),
                }
            }),
            flushes: both(self.flushes, before.flushes, |now, before| FlushCounters {
                count: now.count.saturating_sub(before.count),
                time: time_between(before.time, now.time),
            }),
        })
    }

    /// Every counter that grows, times in milliseconds; what is not counted
    /// is 0.
    fn to_array(self) -> [u64; COUNTERS] {
        let millis = |time: Option<Duration>| {
            time.map_or(0, |time| {
                u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
            })
        };
        let discards = self.discards.unwrap_or_default();
        let flushes = self.flushes.unwrap_or_default();
        [
            self.read_count,
            self.write_count,
            self.read_bytes,
            self.write_bytes,
            millis(self.read_time),
            millis(self.write_time),
            self.read_merged_count.unwrap_or(0),
            self.write_merged_count.unwrap_or(0),
            millis(self.busy_time),
            millis(self.weighted_time),
            discards.count,
            discards.merged_count.unwrap_or(0),
            discards.bytes,
            millis(Some(discards.time)),
            flushes.count,
            millis(Some(flushes.time)),
        ]
    }

    /// The same counters with these values; what is not counted stays so.
    fn with_array(self, values: [u64; COUNTERS]) -> Self {
        let [
            read_count,
            write_count,
            read_bytes,
            write_bytes,
            read_ms,
            write_ms,
            read_merged,
            write_merged,
            busy_ms,
            weighted_ms,
            discards,
            discards_merged,
            discards_bytes,
            discards_ms,
            flushes,
            flushes_ms,
        ] = values;
        let millis = Duration::from_millis;
        Self {
            read_count,
            write_count,
            read_bytes,
            write_bytes,
            read_time: self.read_time.map(|_| millis(read_ms)),
            write_time: self.write_time.map(|_| millis(write_ms)),
            read_merged_count: self.read_merged_count.map(|_| read_merged),
            write_merged_count: self.write_merged_count.map(|_| write_merged),
            busy_time: self.busy_time.map(|_| millis(busy_ms)),
            weighted_time: self.weighted_time.map(|_| millis(weighted_ms)),
            in_flight: self.in_flight,
            discards: self.discards.map(|before| DiscardCounters {
                count: discards,
                merged_count: before.merged_count.map(|_| discards_merged),
                bytes: discards_bytes,
                time: millis(discards_ms),
            }),
            flushes: self.flushes.map(|_| FlushCounters {
                count: flushes,
                time: millis(flushes_ms),
            }),
        }
    }
}

const COUNTERS: usize = 16;

/// Continues the counters of disks that start again from zero; see
/// [`NoWrap`].
///
/// ```
/// use oslens::disk::{self, IoNoWrap};
/// # // Wine and some virtual machines count nothing.
/// # if disk::io_counters().is_err_and(|error| error.kind() == oslens::ErrorKind::Unsupported) {
/// #     return Ok(());
/// # }
///
/// let mut nowrap = IoNoWrap::new();
/// let mut snapshot = disk::io_counters()?;
/// nowrap.adjust(&mut snapshot);
/// # Ok::<(), oslens::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct IoNoWrap(NoWrap<OsString, COUNTERS>);

impl IoNoWrap {
    /// Nothing is remembered yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Continues the counters of this snapshot.
    pub fn adjust(&mut self, snapshot: &mut IoSnapshot) {
        let mut arrays: Vec<_> = snapshot
            .devices
            .iter()
            .map(|device| device.counters.to_array())
            .collect();
        let names = snapshot.devices.iter().map(|device| &device.name);
        self.0.adjust_each(names.zip(&mut arrays));
        for (device, array) in snapshot.devices.iter_mut().zip(arrays) {
            device.counters = device.counters.with_array(array);
        }
    }

    /// Forgets everything: the next snapshot is taken as it is.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests;
