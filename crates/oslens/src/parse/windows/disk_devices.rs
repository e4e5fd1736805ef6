//! What disks answer to `DeviceIoControl`.

use super::{
    bytes::{array_at, u32_at, u64_at},
    time::duration,
};
use crate::{disk::IoCounters, parse::Malformed};

/// Size of a `DISK_PERFORMANCE`, on all processors.
pub const PERFORMANCE_SIZE: usize = 88;

/// A `DISK_PERFORMANCE`, the answer to `IOCTL_DISK_PERFORMANCE`. The idle
/// time has no beginning that anybody knows, so there is no busy time.
///
/// # Errors
///
/// When the answer is too short.
pub fn performance(answer: &[u8]) -> Result<IoCounters, Malformed> {
    (|| {
        // Signed, but they only grow.
        let count = |at| Some(u64_at(answer, at)?.min(i64::MAX as u64));
        let time = |at| Some(duration(count(at)?));
        // Up to the last field, although nothing of it is needed.
        answer.get(..PERFORMANCE_SIZE)?;
        Some(IoCounters {
            read_bytes: count(0)?,
            write_bytes: count(8)?,
            read_time: Some(time(16)?),
            write_time: Some(time(24)?),
            read_count: u32_at(answer, 40)?.into(),
            write_count: u32_at(answer, 44)?.into(),
            in_flight: Some(u32_at(answer, 48)?.into()),
            ..IoCounters::default()
        })
    })()
    .ok_or(Malformed("a whole DISK_PERFORMANCE"))
}

/// The size of a disk in bytes: from the `DISK_GEOMETRY_EX` that answers
/// `IOCTL_DISK_GET_DRIVE_GEOMETRY_EX`, for which no right is needed.
#[must_use]
pub fn size(answer: &[u8]) -> Option<u64> {
    u64_at(answer, 24).filter(|size| i64::try_from(*size).is_ok())
}

/// Whether it takes a disk time to seek, so that it rotates: from a
/// `DEVICE_SEEK_PENALTY_DESCRIPTOR`.
#[must_use]
pub fn seeks(answer: &[u8]) -> Option<bool> {
    Some(*answer.get(8)? != 0)
}

/// What a `STORAGE_DEVICE_DESCRIPTOR` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Descriptor<'a> {
    /// Whether the medium can be taken out.
    pub is_removable: bool,
    /// Who made it; often part of the model instead.
    pub vendor: Option<&'a [u8]>,
    /// Model.
    pub model: Option<&'a [u8]>,
}

/// A `STORAGE_DEVICE_DESCRIPTOR` with the texts behind it.
///
/// # Errors
///
/// When the answer is too short. A text that lies outside of it is missing.
pub fn descriptor(answer: &[u8]) -> Result<Descriptor<'_>, Malformed> {
    const TOO_SHORT: Malformed = Malformed("a whole STORAGE_DEVICE_DESCRIPTOR");
    let [removable] = array_at(answer, 10).ok_or(TOO_SHORT)?;
    let vendor = u32_at(answer, 12).ok_or(TOO_SHORT)?;
    let model = u32_at(answer, 16).ok_or(TOO_SHORT)?;
    Ok(Descriptor {
        is_removable: removable != 0,
        vendor: text(answer, vendor),
        model: text(answer, model),
    })
}

/// The text at an offset, up to its zero; 0 and all ones mean none.
fn text(answer: &[u8], offset: u32) -> Option<&[u8]> {
    let rest = answer.get(usize::try_from(offset).ok()?..)?;
    let end = memchr::memchr(0, rest)?;
    let text = rest.get(..end)?.trim_ascii();
    (offset != 0 && !text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn times_are_in_steps_of_100_nanoseconds() {
        let mut answer = vec![0; PERFORMANCE_SIZE];
        for (at, value) in [(0, 4096_u64), (8, 512), (16, 25_000_000), (24, 10_000)] {
            answer[at..at + 8].copy_from_slice(&value.to_le_bytes());
        }
        for (at, value) in [(40, 7_u32), (44, 9), (48, 2)] {
            answer[at..at + 4].copy_from_slice(&value.to_le_bytes());
        }
        let io = performance(&answer).unwrap();
        assert_eq!((io.read_bytes, io.write_bytes), (4096, 512));
        assert_eq!((io.read_count, io.write_count), (7, 9));
        assert_eq!(io.read_time, Some(Duration::from_millis(2500)));
        assert_eq!(io.write_time, Some(Duration::from_millis(1)));
        assert_eq!((io.in_flight, io.busy_time), (Some(2), None));
        assert!(performance(&answer[..PERFORMANCE_SIZE - 1]).is_err());
        // Numbers that no disk has do no harm.
        assert!(performance(&[0xff; PERFORMANCE_SIZE]).is_ok());
    }

    #[test]
    fn a_descriptor_gives_its_texts_without_their_padding() {
        let mut answer = vec![0; 36];
        answer[10] = 1;
        answer[12] = 36;
        answer[16] = 45;
        answer.extend(b"ATA     \0Flash Disk 3.0  \0");
        let found = descriptor(&answer).unwrap();
        assert!(found.is_removable);
        assert_eq!(found.vendor, Some(&b"ATA"[..]));
        assert_eq!(found.model, Some(&b"Flash Disk 3.0"[..]));
        // Cut off within the text.
        assert_eq!(descriptor(&answer[..50]).unwrap().model, None);
        assert!(descriptor(&answer[..19]).is_err());
        answer[16..20].fill(0xff);
        assert_eq!(descriptor(&answer).unwrap().model, None);
    }

    #[test]
    fn size_and_seeking_are_read_at_their_places() {
        let mut geometry = vec![0; 32];
        geometry[24..32].copy_from_slice(&512_110_190_592_u64.to_le_bytes());
        assert_eq!(size(&geometry), Some(512_110_190_592));
        assert_eq!(size(&geometry[..31]), None);
        assert_eq!(size(&[0xff; 32]), None);
        assert_eq!(seeks(&[12, 0, 0, 0, 12, 0, 0, 0, 1]), Some(true));
        assert_eq!(seeks(&[12, 0, 0, 0, 12, 0, 0, 0, 0]), Some(false));
        assert_eq!(seeks(&[12, 0, 0, 0]), None);
    }

    /// The offsets above are those of the system's own header.
    #[test]
    #[cfg(windows)]
    fn the_offsets_are_those_of_the_structures() {
        use std::mem::offset_of;
        use windows_sys::Win32::System::Ioctl::{
            DEVICE_SEEK_PENALTY_DESCRIPTOR, DISK_GEOMETRY_EX, DISK_PERFORMANCE as P,
            STORAGE_DEVICE_DESCRIPTOR as D,
        };
        assert_eq!(size_of::<P>(), PERFORMANCE_SIZE);
        let offsets = [
            (offset_of!(P, BytesWritten), 8),
            (offset_of!(P, ReadTime), 16),
            (offset_of!(P, WriteTime), 24),
            (offset_of!(P, ReadCount), 40),
            (offset_of!(P, WriteCount), 44),
            (offset_of!(P, QueueDepth), 48),
            (offset_of!(DISK_GEOMETRY_EX, DiskSize), 24),
            (
                offset_of!(DEVICE_SEEK_PENALTY_DESCRIPTOR, IncursSeekPenalty),
                8,
            ),
            (offset_of!(D, RemovableMedia), 10),
            (offset_of!(D, VendorIdOffset), 12),
            (offset_of!(D, ProductIdOffset), 16),
        ];
        for (found, expected) in offsets {
            assert_eq!(found, expected);
        }
    }
}
