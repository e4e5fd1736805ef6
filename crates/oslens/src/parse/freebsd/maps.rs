//! `KERN_PROC_VMMAP`: records of `kinfo_vmentry`, each as long as it says,
//! because its path is cut behind its end.

use crate::parse::Malformed;
use crate::parse::bsd::steps;
use crate::parse::layout::freebsd::process::KinfoVmentry;
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
    pub kind: i32,
    /// `KVME_FLAG_…`.
    pub flags: i32,
    /// `KVME_PROT_…`.
    pub protection: i32,
    /// Pages in memory. Zero too if the system is told not to count them
    /// (`kern.proc_vmmap_skip_resident_count`).
    pub resident: u64,
    /// Pages in memory of what is mapped, whoever uses them, if it lies on
    /// nothing else; otherwise 0.
    pub own_resident: u64,
    /// How often it is referred to.
    pub references: i32,
    /// How many copies lie on it.
    pub shadows: i32,
    /// Inode of the file.
    pub inode: u64,
    /// Device number of the file system that it is on.
    pub device: u64,
    /// Path of the file; empty for what has none.
    pub path: &'a [u8],
}

/// The mappings of an answer. Ends after one that is not as long as it says.
pub fn maps(
    data: &[u8],
    endian: Endian,
) -> impl Iterator<Item = Result<Mapping<'_>, Malformed>> + Clone {
    steps::sized(data, KinfoVmentry::kve_structsize, endian)
        .map(|record| mapping(record?).ok_or(Malformed("a whole kinfo_vmentry")))
}

fn mapping(record: Record<'_>) -> Option<Mapping<'_>> {
    Some(Mapping {
        start: record.get(KinfoVmentry::kve_start)?,
        end: record.get(KinfoVmentry::kve_end)?,
        offset: record.get(KinfoVmentry::kve_offset)?,
        kind: record.get(KinfoVmentry::kve_type)?,
        flags: record.get(KinfoVmentry::kve_flags)?,
        protection: record.get(KinfoVmentry::kve_protection)?,
        resident: u64::try_from(record.get(KinfoVmentry::kve_resident)?).unwrap_or(0),
        own_resident: u64::try_from(record.get(KinfoVmentry::kve_private_resident)?).unwrap_or(0),
        references: record.get(KinfoVmentry::kve_ref_count)?,
        shadows: record.get(KinfoVmentry::kve_shadow_count)?,
        inode: record.get(KinfoVmentry::kve_vn_fileid)?,
        device: record.get(KinfoVmentry::kve_type_spec.like::<u64>())?,
        path: record.text_to_end(KinfoVmentry::kve_path),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::layout::freebsd::details::KVME_TYPE_GUARD;
    use crate::parse::layout::freebsd::process::{
        KVME_FLAG_COW, KVME_FLAG_GROWS_DOWN, KVME_PROT_EXEC, KVME_PROT_READ, KVME_PROT_WRITE,
        KVME_TYPE_SWAP, KVME_TYPE_VNODE,
    };

    const MAPS: &[u8] = include_bytes!("fixtures/freebsd_kinfo_vmentry.bin");

    #[test]
    fn mappings_are_read_as_the_headers_write_them() {
        let found: Result<Vec<_>, _> = maps(MAPS, Endian::Little).collect();
        let [text, data, guard, stack] = found.unwrap().try_into().unwrap();
        assert_eq!(
            text,
            Mapping {
                start: 0x20_0000,
                end: 0x24_0000,
                offset: 4096,
                kind: KVME_TYPE_VNODE,
                flags: KVME_FLAG_COW,
                protection: KVME_PROT_READ | KVME_PROT_EXEC,
                resident: 60,
                own_resident: 1,
                references: 3,
                shadows: 0,
                inode: 1234,
                device: 0x7b_0000_0005,
                path: b"/bin/sh",
            }
        );
        assert_eq!((data.kind, data.resident), (KVME_TYPE_SWAP, 3));
        assert_eq!(data.protection, KVME_PROT_READ | KVME_PROT_WRITE);
        assert_eq!((guard.kind, guard.protection), (KVME_TYPE_GUARD, 0));
        assert_eq!(stack.flags, KVME_FLAG_GROWS_DOWN);
        assert_eq!((stack.end, stack.path), (0x7fff_ffff_f000, &b""[..]));
    }

    #[test]
    fn a_cut_answer_ends_with_an_error() {
        // The path of the last one is empty, and may be missing altogether.
        let last = MAPS.len() - 1160;
        let fields = KinfoVmentry::kve_path.offset();
        for end in last + 1..last + fields {
            let mut data = MAPS[..end].to_vec();
            let size = (end - last) as i32;
            if size >= 4 {
                data[last..last + 4].copy_from_slice(&size.to_le_bytes());
            }
            let found: Vec<_> = maps(&data, Endian::Little).collect();
            assert_eq!(found.len(), 4);
            assert!(found[..3].iter().all(Result::is_ok));
            // What is behind the last field that is read may be missing.
            let needed = KinfoVmentry::kve_type_spec.offset() + 8;
            assert_eq!(found[3].is_ok(), size as usize >= needed, "{size}");
        }
        assert_eq!(maps(&[], Endian::Little).count(), 0);
    }
}
