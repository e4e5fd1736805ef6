//! `KERN_PROC_VMMAP`: records of `kinfo_vmentry`. They have no names.

use crate::parse::Malformed;
use crate::parse::bsd::steps;
use crate::parse::layout::openbsd::process::KinfoVmentry;
use crate::parse::layout::{Endian, Record};

/// A mapping of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mapping {
    /// First address.
    pub start: u64,
    /// First address behind it.
    pub end: u64,
    /// Offset in what is mapped.
    pub offset: u64,
    /// What it is: `KVE_ET_…`.
    pub kind: i32,
    /// `KVE_PROT_…`.
    pub protection: i32,
    /// How often it is locked in memory.
    pub wired: i32,
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
) -> Result<impl Iterator<Item = Result<Mapping, Malformed>> + Clone, Malformed> {
    Ok(steps::equal(data, stride, endian)?
        .map(|record| mapping(record?).ok_or(Malformed("a whole kinfo_vmentry"))))
}

fn mapping(record: Record<'_>) -> Option<Mapping> {
    Some(Mapping {
        start: record.get(KinfoVmentry::kve_start)?,
        end: record.get(KinfoVmentry::kve_end)?,
        offset: record.get(KinfoVmentry::kve_offset)?,
        kind: record.get(KinfoVmentry::kve_etype)?,
        protection: record.get(KinfoVmentry::kve_protection)?,
        wired: record.get(KinfoVmentry::kve_wired_count)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::layout::openbsd::details::{KVE_ET_COPYONWRITE, KVE_ET_HOLE, KVE_ET_STACK};

    const MAPS: &[u8] = include_bytes!("fixtures/openbsd_kinfo_vmentry.bin");

    #[test]
    fn mappings_are_read_as_the_headers_write_them() {
        let found: Result<Vec<_>, _> = maps(MAPS, 80, Endian::Little).unwrap().collect();
        let [text, hole, stack] = found.unwrap().try_into().unwrap();
        assert_eq!(
            text,
            Mapping {
                start: 0x20_0000,
                end: 0x24_0000,
                offset: 4096,
                kind: 1 | KVE_ET_COPYONWRITE,
                protection: 5,
                wired: 0,
            }
        );
        assert_eq!((hole.kind, hole.protection), (KVE_ET_HOLE, 0));
        assert_eq!((stack.kind & KVE_ET_STACK, stack.wired), (KVE_ET_STACK, 1));
    }

    #[test]
    fn a_cut_answer_ends_with_an_error() {
        for end in 0..MAPS.len() {
            let found: Vec<_> = maps(&MAPS[..end], 80, Endian::Little).unwrap().collect();
            assert_eq!(found.len(), end.div_ceil(80));
            assert_eq!(found.iter().filter(|map| map.is_ok()).count(), end / 80);
        }
        assert!(maps(MAPS, 0, Endian::Little).is_err());
        let short = maps(&MAPS[..56], 56, Endian::Little).unwrap().next();
        assert!(short.unwrap().is_err());
    }
}
