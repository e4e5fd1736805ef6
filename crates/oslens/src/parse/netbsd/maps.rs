//! `VM_PROC_MAP`: records of `kinfo_vmentry`, as long as was asked for.

use crate::parse::Malformed;
use crate::parse::bsd::steps;
use crate::parse::layout::netbsd::process::KinfoVmentry;
use crate::parse::layout::{Endian, Record};

/// A mapping of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mapping<'a> {
    /// First address.
    pub start: u64,
    /// First address behind it.
    pub end: u64,
    /// Offset in what is mapped.
    pub offset: u64,
    /// What is mapped: `KVME_TYPE_…`.
    pub kind: u32,
    /// `KVME_FLAG_…`.
    pub flags: u32,
    /// `KVME_PROT_…`.
    pub protection: u32,
    /// How often it is locked in memory.
    pub wired: u32,
    /// Inode of the file.
    pub inode: u64,
    /// Device number of the file system that it is on.
    pub device: u64,
    /// Path of the file; empty for what has none.
    pub path: &'a [u8],
}

/// The mappings of an answer with records of `stride` bytes. Ends after the
/// first that is not whole.
///
/// # Errors
///
/// When `stride` is zero.
pub fn maps(
    data: &[u8],
    stride: usize,
    endian: Endian,
) -> Result<impl Iterator<Item = Result<Mapping<'_>, Malformed>> + Clone, Malformed> {
    Ok(steps::equal(data, stride, endian)?
        .map(|record| mapping(record?).ok_or(Malformed("a whole kinfo_vmentry"))))
}

fn mapping(record: Record<'_>) -> Option<Mapping<'_>> {
    Some(Mapping {
        start: record.get(KinfoVmentry::kve_start)?,
        end: record.get(KinfoVmentry::kve_end)?,
        offset: record.get(KinfoVmentry::kve_offset)?,
        kind: record.get(KinfoVmentry::kve_type)?,
        flags: record.get(KinfoVmentry::kve_flags)?,
        protection: record.get(KinfoVmentry::kve_protection)?,
        wired: record.get(KinfoVmentry::kve_wired_count)?,
        inode: record.get(KinfoVmentry::kve_vn_fileid)?,
        device: record.get(KinfoVmentry::kve_vn_fsid)?,
        path: record.text(KinfoVmentry::kve_path)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::layout::netbsd::details::{
        KVME_TYPE_ANON, KVME_TYPE_UNKNOWN, KVME_TYPE_VNODE,
    };

    const MAPS: &[u8] = include_bytes!("fixtures/netbsd_kinfo_vmentry.bin");

    #[test]
    fn mappings_are_read_as_the_headers_write_them() {
        let found: Result<Vec<_>, _> = maps(MAPS, 1128, Endian::Little).unwrap().collect();
        let [text, heap, shared, memory] = found.unwrap().try_into().unwrap();
        assert_eq!(
            text,
            Mapping {
                start: 0x20_0000,
                end: 0x24_0000,
                offset: 4096,
                kind: KVME_TYPE_VNODE,
                flags: 1,
                protection: 5,
                wired: 0,
                inode: 1234,
                device: 0x1600_0a05,
                path: b"/bin/sh",
            }
        );
        assert_eq!(
            (heap.kind, heap.wired, heap.path),
            (KVME_TYPE_UNKNOWN, 1, &b""[..])
        );
        assert_eq!((shared.flags, shared.protection), (0, 3));
        assert_eq!((memory.kind, memory.flags), (KVME_TYPE_ANON, 0));
    }

    #[test]
    fn a_cut_answer_ends_with_an_error() {
        for end in 0..MAPS.len() {
            let found: Vec<_> = maps(&MAPS[..end], 1128, Endian::Little).unwrap().collect();
            assert_eq!(found.len(), end.div_ceil(1128));
            assert_eq!(found.iter().filter(|map| map.is_ok()).count(), end / 1128);
        }
        assert!(maps(MAPS, 0, Endian::Little).is_err());
        let short = maps(&MAPS[..500], 500, Endian::Little).unwrap().next();
        assert!(short.unwrap().is_err());
    }
}
