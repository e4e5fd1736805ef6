//! `KERN_FILE2`: records of `kinfo_file`, as long as was asked for. They have
//! no paths.

use crate::parse::Malformed;
use crate::parse::bsd::steps;
use crate::parse::layout::netbsd::process::{DTYPE_VNODE, KinfoFile};
use crate::parse::layout::{Endian, Record};

/// What a process has open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct File {
    /// Whose it is.
    pub pid: u32,
    /// Its descriptor.
    pub descriptor: u32,
    /// What it is: `DTYPE_…`.
    pub kind: u32,
    /// What has a place in a file system: what it is (`V…`), and bytes in it.
    pub vnode: Option<(u32, u64)>,
    /// How it was opened: `FREAD`, `FWRITE` and `O_…`.
    pub flags: u32,
    /// Offset of the next read or write.
    pub offset: u64,
    /// Where the kernel has what is behind it; 0 if that is hidden.
    pub address: u64,
}

/// The files of an answer with records of `stride` bytes. Ends after the first
/// that is not whole; what is no descriptor is left out.
///
/// # Errors
///
/// When `stride` is zero.
pub fn files(
    data: &[u8],
    stride: usize,
    endian: Endian,
) -> Result<impl Iterator<Item = Result<File, Malformed>> + Clone, Malformed> {
    let records = steps::equal(data, stride, endian)?;
    Ok(steps::read(records, Malformed("a whole kinfo_file"), file))
}

fn file(record: Record<'_>) -> Option<Option<File>> {
    let Ok(descriptor) = u32::try_from(record.get(KinfoFile::ki_fd)?) else {
        return Some(None);
    };
    let kind = record.get(KinfoFile::ki_ftype)?;
    let vnode = match kind == DTYPE_VNODE as u32 {
        true => Some((
            record.get(KinfoFile::ki_vtype)?,
            record.get(KinfoFile::ki_vsize)?,
        )),
        false => None,
    };
    Some(Some(File {
        pid: record.get(KinfoFile::ki_pid)?,
        descriptor,
        kind,
        vnode,
        flags: record.get(KinfoFile::ki_flag)?,
        offset: record.get(KinfoFile::ki_foffset)?,
        address: record.get(KinfoFile::ki_fdata)?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::layout::netbsd::details::{FREAD, FWRITE, O_APPEND};
    use crate::parse::layout::netbsd::process::{DTYPE_SOCKET, VREG};

    const FILES: &[u8] = include_bytes!("fixtures/netbsd_open_files.bin");

    #[test]
    fn files_are_read_as_the_headers_write_them() {
        let found: Result<Vec<_>, _> = files(FILES, 120, Endian::Little).unwrap().collect();
        let found = found.unwrap();
        assert_eq!(
            found[0],
            File {
                pid: 4001,
                descriptor: 0,
                kind: DTYPE_VNODE as u32,
                vnode: Some((VREG as u32, 5_000_000_000)),
                flags: FREAD | FWRITE | O_APPEND,
                offset: 4_294_967_297,
                address: 0,
            }
        );
        let kinds: Vec<_> = found.iter().map(|f| (f.descriptor, f.kind)).collect();
        assert_eq!(kinds, [(0, 1), (1, 1), (3, 2), (4, 3), (5, 4), (6, 9)]);
        assert_eq!(found[2].kind, DTYPE_SOCKET as u32);
        assert_eq!((found[2].vnode, found[2].address), (None, u64::MAX - 0xfff));
    }

    #[test]
    fn other_sizes_of_records_and_cut_ones_are_no_matter() {
        // A newer kernel's are longer.
        let longer: Vec<u8> = FILES
            .chunks(120)
            .flat_map(|record| [record, &[7; 8]].concat())
            .collect();
        let same = |data: &[u8], stride| -> Vec<_> {
            files(data, stride, Endian::Little).unwrap().collect()
        };
        assert_eq!(same(&longer, 128), same(FILES, 120));
        assert!(files(FILES, 0, Endian::Little).is_err());
        for end in 0..FILES.len() {
            let found = same(&FILES[..end], 120);
            let whole = end / 120;
            assert!(found.iter().take(whole).all(Result::is_ok), "{end}");
            assert_eq!(found.len(), end.div_ceil(120), "{end}");
        }
        let short = same(&FILES[..100], 100);
        assert!(short.len() == 1 && short[0].is_err());
    }
}
