//! `KERN_FILE`: records of `kinfo_file`, as long as was asked for. They have
//! no paths, but the mount that a file is below.

use crate::parse::Malformed;
use crate::parse::bsd::{socket::shown, steps};
use crate::parse::layout::openbsd::process::{DTYPE_PIPE, DTYPE_SOCKET, DTYPE_VNODE, KinfoFile};
use crate::parse::layout::{Endian, Record};

/// What a process has open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct File {
    /// Its descriptor.
    pub descriptor: u32,
    /// What it is: `DTYPE_…`.
    pub kind: u32,
    /// What there is to say about that kind.
    pub details: Details,
    /// How it was opened: `FREAD`, `FWRITE` and `O_…`.
    pub flags: u32,
    /// Offset of the next read or write. `None`: hidden from the caller.
    pub offset: Option<u64>,
}

/// What there is to say about a file of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Details {
    /// What has a place in a file system.
    Vnode {
        /// What it is: `V…`.
        kind: u32,
        /// Bytes in it.
        size: u64,
        /// Names that it has. `None`: an older kernel, which does not say.
        links: Option<u32>,
    },
    /// A socket: the address of what the protocol keeps for it; 0 if that is
    /// hidden.
    Socket(u64),
    /// A pipe: the addresses of both ends; 0 if they are hidden or one is
    /// closed.
    Pipe(u64, u64),
    /// Nothing.
    None,
}

/// The open files of an answer with records of `stride` bytes: those that have
/// a descriptor. Ends after the first that is not whole.
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
    // The program, the directories and the trace of a process have negative
    // numbers.
    let Ok(descriptor) = u32::try_from(record.get(KinfoFile::fd_fd)?) else {
        return Some(None);
    };
    let kind = record.get(KinfoFile::f_type)?;
    Some(Some(File {
        descriptor,
        kind,
        details: details(record, kind)?,
        flags: record.get(KinfoFile::f_flag)?,
        offset: record
            .get(KinfoFile::f_offset)
            .filter(|&offset| offset != u64::MAX),
    }))
}

fn details(record: Record<'_>, kind: u32) -> Option<Details> {
    Some(match i32::try_from(kind) {
        Ok(DTYPE_VNODE) => Details::Vnode {
            kind: record.get(KinfoFile::v_type)?,
            size: record.get(KinfoFile::va_size)?,
            links: record.get(KinfoFile::va_nlink),
        },
        // Hidden, it has all bits set.
        Ok(DTYPE_SOCKET) => Details::Socket(shown(record.get(KinfoFile::so_pcb)?).unwrap_or(0)),
        Ok(DTYPE_PIPE) => Details::Pipe(
            record.get(KinfoFile::f_data)?,
            record.get(KinfoFile::pipe_peer)?,
        ),
        _ => Details::None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::layout::openbsd::details::{FREAD, FWRITE, O_APPEND};
    use crate::parse::layout::openbsd::process::{DTYPE_KQUEUE, VDIR, VREG};

    const FILES: &[u8] = include_bytes!("fixtures/openbsd_open_files.bin");

    #[test]
    fn files_are_read_as_the_headers_write_them_without_those_that_have_no_descriptor() {
        let found: Result<Vec<_>, _> = files(FILES, 632, Endian::Little).unwrap().collect();
        let [file, deleted, directory, socket, pipe, queue] = found.unwrap().try_into().unwrap();
        assert_eq!(
            file,
            File {
                descriptor: 0,
                kind: DTYPE_VNODE as u32,
                details: Details::Vnode {
                    kind: VREG as u32,
                    size: 5_000_000_000,
                    links: Some(2),
                },
                flags: FREAD | FWRITE | O_APPEND,
                offset: Some(4_294_967_297),
            }
        );
        let Details::Vnode { links, size, .. } = deleted.details else {
            panic!("{deleted:?}");
        };
        assert_eq!((deleted.offset, links, size), (None, Some(0), 12));
        let Details::Vnode { kind, .. } = directory.details else {
            panic!("{directory:?}");
        };
        assert_eq!(kind, VDIR as u32);
        assert_eq!(socket.details, Details::Socket(0xffff_8000_1234_5678));
        assert_eq!(
            pipe.details,
            Details::Pipe(0xffff_8000_0000_2000, 0xffff_8000_0000_1000)
        );
        assert_eq!(
            (queue.kind, queue.details),
            (DTYPE_KQUEUE as u32, Details::None)
        );
    }

    #[test]
    fn where_a_socket_is_may_be_hidden() {
        let mut data = FILES.to_vec();
        for record in data.chunks_exact_mut(632) {
            let at = KinfoFile::so_pcb.offset();
            record[at..at + 8].fill(0xff);
        }
        let found: Result<Vec<_>, _> = files(&data, 632, Endian::Little).unwrap().collect();
        assert_eq!(found.unwrap()[3].details, Details::Socket(0));
    }

    #[test]
    fn older_records_are_shorter_and_say_less() {
        let shorter: Vec<u8> = FILES
            .chunks(632)
            .flat_map(|record| &record[..KinfoFile::va_nlink.offset()])
            .copied()
            .collect();
        let stride = KinfoFile::va_nlink.offset();
        let found: Result<Vec<_>, _> = files(&shorter, stride, Endian::Little).unwrap().collect();
        let found = found.unwrap();
        assert_eq!(found.len(), 6);
        assert!(matches!(
            found[1].details,
            Details::Vnode { links: None, .. }
        ));
    }

    #[test]
    fn a_cut_answer_ends_with_an_error() {
        for end in 0..FILES.len() {
            let found: Vec<_> = files(&FILES[..end], 632, Endian::Little).unwrap().collect();
            let wrong = found.iter().filter(|file| file.is_err()).count();
            assert_eq!(wrong, usize::from(end % 632 != 0), "{end}");
        }
        assert!(files(FILES, 0, Endian::Little).is_err());
        let short = files(&FILES[..64], 64, Endian::Little).unwrap().next();
        assert!(short.unwrap().is_err());
    }
}
