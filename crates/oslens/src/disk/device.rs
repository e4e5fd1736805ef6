//! Which block devices there are, and which lies on which.

use std::{ffi::OsString, fmt};

use crate::{Host, Result, sys};

/// The number of a device, as `ls -l /dev` shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct DeviceNumber {
    /// The kind of device.
    pub major: u32,
    /// Which of that kind.
    pub minor: u32,
}

impl DeviceNumber {
    /// The device with these numbers.
    #[must_use]
    pub const fn new(major: u32, minor: u32) -> Self {
        Self { major, minor }
    }
}

impl fmt::Display for DeviceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.major, self.minor)
    }
}

/// A block device: a disk, a part of one, or one made of others.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Device {
    /// Name, without `/dev/` or `\\.\`: `sda1`, `nvme0n1`, `cciss/c0d0`,
    /// `PhysicalDrive0`.
    pub name: OsString,
    /// Number. `None` where the system has none.
    pub number: Option<DeviceNumber>,
    /// What it is.
    pub kind: DeviceKind,
    /// The disk that a partition is on.
    pub parent: Option<OsString>,
    /// What it is made of: the disks of an array, the partition of an
    /// encrypted volume.
    pub lower: Vec<OsString>,
    /// Size in bytes.
    pub size: Option<u64>,
    /// Whether the medium can be taken out.
    pub removable: Option<bool>,
    /// Whether it is a hard disk that rotates.
    pub rotational: Option<bool>,
    /// Whether it cannot be written.
    pub read_only: Option<bool>,
    /// Model, as the device calls itself.
    pub model: Option<OsString>,
}

/// What a block device is, so that nothing is counted twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum DeviceKind {
    /// A whole device with nothing below it that this kernel counts: a disk,
    /// an optical drive, a network block device.
    Disk,
    /// A part of a disk.
    Partition,
    /// Made of other devices or of a file: LVM, RAID, encryption, loop
    /// devices, ZFS volumes. What is read from it is read from those too.
    Stacked,
    /// Memory that acts as a device: `ram`, `zram`, `md`.
    Memory,
    /// One of several paths to a disk that is listed itself.
    Path,
}

/// The block devices, disks before their partitions.
///
/// # Errors
///
/// [`Unsupported`](crate::ErrorKind::Unsupported) on systems without a
/// backend; otherwise when the devices cannot be listed. A container without
/// `/sys/block` has none.
///
/// # Platform
///
/// Linux: `/sys/block`, and for each device `dev`, `size`, `removable`, `ro`,
/// `queue/rotational`, `device/model`, `slaves/`.
///
/// Windows: the disks that the system numbers, however many, without their
/// partitions; what each answers to control codes that need no right.
///
/// FreeBSD: the tree of GEOM (`kern.geom.confxml`): all devices with their
/// sizes and what they are made of, of disks also the model and whether they
/// rotate. A label (`gpt/root`) is a device that is made of the one it names.
///
/// NetBSD, OpenBSD: the names (`hw.disknames`), and what these say of the kind.
/// A wedge (`dk0`) is a partition of which it is not told whose. NetBSD: sizes,
/// as the driver found them when the disk was last opened (`/dev/drvctl`).
/// OpenBSD: volumes of softraid, which have the names of disks, are known by
/// their sensors (`hw.sensors`).
///
/// macOS: whole disks, from IOKit, with number, size, model, whether they can be
/// taken out or written, and where they say so whether they rotate. Disk images
/// are [`DeviceKind::Stacked`].
///
/// # Cost
///
/// FreeBSD: 2 system calls. NetBSD: 2, and 4 for each disk. OpenBSD: 2, and 2
/// for each device with sensors.
///
/// Linux: some 30 system calls for each disk, 10 for each partition.
/// Windows: 1 call, and 6 for each disk.
///
/// ```
/// use oslens::disk;
///
/// for device in disk::devices()? {
///     println!("{} {:?}", device.name.to_string_lossy(), device.kind);
/// }
/// # Ok::<(), oslens::Error>(())
/// ```
pub fn devices() -> Result<Vec<Device>> {
    Host::local().disk_devices()
}

impl Host {
    /// The block devices. See [`devices`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn disk_devices(&self) -> Result<Vec<Device>> {
        sys::disk::devices(self)
    }
}
