//! `KERN_PROC_FILEDESC` and `KERN_PROC_CWD`: records of `kinfo_file`, each as
//! long as it says, because its path is cut behind its end.

use crate::parse::Malformed;
use crate::parse::bsd::steps;
use crate::parse::layout::freebsd::details::KF_ATTR_VALID;
use crate::parse::layout::freebsd::process::{
    KF_FD_TYPE_CWD, KF_FD_TYPE_ROOT, KF_TYPE_FIFO, KF_TYPE_PIPE, KF_TYPE_SOCKET, KF_TYPE_VNODE,
    KfFile, KfPipe, KfSock, KinfoFile,
};
use crate::parse::layout::{Endian, Record};

/// What a process has open, or works in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct File<'a> {
    /// What it is for the process.
    pub role: Role,
    /// What it is: `KF_TYPE_…`.
    pub kind: i32,
    /// What there is to say about that kind.
    pub details: Details,
    /// How it was opened: `KF_FLAG_…`.
    pub flags: i32,
    /// Offset of the next read or write. `None`: it has none.
    pub offset: Option<u64>,
    /// Its path; empty when it has none or the kernel does not know it.
    pub path: &'a [u8],
}

/// What a file is for a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A descriptor.
    Descriptor(u32),
    /// The working directory.
    Cwd,
    /// The root directory.
    Root,
    /// Anything else that the kernel holds for it: its program, terminal,
    /// jail or trace.
    Other(i32),
}

/// What there is to say about a file of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Details {
    /// What has a place in a file system.
    Vnode(Vnode),
    /// A socket: the address of what the protocol keeps for it; 0 if that is
    /// hidden.
    Socket(u64),
    /// A pipe: the addresses of both ends; 0 if one is hidden or closed.
    Pipe(u64, u64),
    /// Nothing.
    None,
}

/// What has a place in a file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vnode {
    /// What it is: `KF_VTYPE_…`.
    pub kind: i32,
    /// Names that it has. Zero too where the kernel does not count them.
    /// `None`: its file system does not answer.
    pub links: Option<u64>,
    /// Bytes in it, as `links`.
    pub size: Option<u64>,
}

/// The files of an answer. Ends after one that is not as long as it says.
pub fn files(
    data: &[u8],
    endian: Endian,
) -> impl Iterator<Item = Result<File<'_>, Malformed>> + Clone {
    steps::sized(data, KinfoFile::kf_structsize, endian)
        .map(|record| file(record?).ok_or(Malformed("a whole kinfo_file")))
}

fn file(record: Record<'_>) -> Option<File<'_>> {
    let kind = record.get(KinfoFile::kf_type)?;
    Some(File {
        role: role(record.get(KinfoFile::kf_fd)?),
        kind,
        details: details(record, kind)?,
        flags: record.get(KinfoFile::kf_flags)?,
        offset: u64::try_from(record.get(KinfoFile::kf_offset)?).ok(),
        path: record.text_to_end(KinfoFile::kf_path),
    })
}

fn role(number: i32) -> Role {
    match (u32::try_from(number), number) {
        (Ok(descriptor), _) => Role::Descriptor(descriptor),
        (_, KF_FD_TYPE_CWD) => Role::Cwd,
        (_, KF_FD_TYPE_ROOT) => Role::Root,
        _ => Role::Other(number),
    }
}

fn details(record: Record<'_>, kind: i32) -> Option<Details> {
    let at = KinfoFile::kf_un;
    Some(match kind {
        KF_TYPE_VNODE | KF_TYPE_FIFO => {
            let at = at.like::<KfFile>();
            let links = record.get(at.then(KfFile::kf_file_nlink))?;
            let size = record.get(at.then(KfFile::kf_file_size))?;
            let mode = record.get(at.then(KfFile::kf_file_mode))?;
            // Of one that does not answer (its server is gone, the terminal
            // was taken away) there is nothing but the type.
            let is_valid = i32::from(record.get(KinfoFile::kf_status)?) & KF_ATTR_VALID != 0;
            let is_told = is_valid || links != 0 || size != 0 || mode != 0;
            Details::Vnode(Vnode {
                kind: record.get(at.then(KfFile::kf_file_type))?,
                links: is_told.then_some(links),
                size: is_told.then_some(size),
            })
        }
        KF_TYPE_SOCKET => {
            Details::Socket(record.get(at.like::<KfSock>().then(KfSock::kf_sock_pcb))?)
        }
        KF_TYPE_PIPE => {
            let at = at.like::<KfPipe>();
            Details::Pipe(
                record.get(at.then(KfPipe::kf_pipe_addr))?,
                record.get(at.then(KfPipe::kf_pipe_peer))?,
            )
        }
        _ => Details::None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::layout::freebsd::process::{
        KF_FLAG_READ, KF_FLAG_WRITE, KF_TYPE_KQUEUE, KF_VTYPE_VDIR, KF_VTYPE_VREG,
    };

    const FILES: &[u8] = include_bytes!("fixtures/freebsd_open_files.bin");

    /// As the kernel cuts them: the path as long as it is, rounded up to 8.
    fn packed() -> Vec<u8> {
        let mut all = Vec::new();
        for record in FILES.chunks_exact(1392) {
            let path = &record[KinfoFile::kf_path.offset()..];
            let end = KinfoFile::kf_path.offset() + path.iter().position(|&b| b == 0).unwrap() + 1;
            let size = end.next_multiple_of(8);
            let start = all.len();
            all.extend_from_slice(&record[..size]);
            all[start..start + 4].copy_from_slice(&(size as i32).to_le_bytes());
        }
        all
    }

    #[test]
    fn files_are_read_as_the_headers_write_them_whole_and_cut() {
        for data in [FILES.to_vec(), packed()] {
            let found: Result<Vec<_>, _> = files(&data, Endian::Little).collect();
            let found = found.unwrap();
            let roles: Vec<_> = found.iter().map(|file| file.role).collect();
            let [text, cwd, root] = [Role::Other(-5), Role::Cwd, Role::Root];
            assert_eq!(roles[..3], [text, cwd, root]);
            assert_eq!(found[1].path, b"/home/alice");
            assert_eq!(
                found[3],
                File {
                    role: Role::Descriptor(0),
                    kind: KF_TYPE_VNODE,
                    details: Details::Vnode(Vnode {
                        kind: KF_VTYPE_VREG,
                        links: Some(2),
                        size: Some(5_000_000_000),
                    }),
                    flags: KF_FLAG_READ | KF_FLAG_WRITE,
                    offset: Some(4_294_967_297),
                    path: b"/var/log/messages",
                }
            );
            let details: Vec<_> = found[4..].iter().map(|file| file.details).collect();
            assert_eq!(
                details,
                [
                    Details::Vnode(Vnode {
                        kind: KF_VTYPE_VREG,
                        links: Some(0),
                        size: Some(12),
                    }),
                    Details::Vnode(Vnode {
                        kind: KF_VTYPE_VDIR,
                        links: Some(3),
                        size: Some(512),
                    }),
                    Details::Socket(0xffff_f800_1234_5678),
                    Details::Pipe(0xffff_f800_0000_2000, 0xffff_f800_0000_1000),
                    Details::None,
                ]
            );
            assert_eq!(found[6].offset, None);
            assert_eq!((found[8].kind, found[8].path), (KF_TYPE_KQUEUE, &b""[..]));
        }
    }

    #[test]
    fn an_answer_that_is_cut_anywhere_has_no_invented_file() {
        let data = packed();
        let whole = files(&data, Endian::Little).count();
        for end in 0..data.len() {
            let found: Vec<_> = files(&data[..end], Endian::Little).collect();
            assert!(found.len() <= whole);
            let wrong = found.iter().filter(|file| file.is_err()).count();
            assert!(wrong <= 1 && found.iter().rev().skip(1).all(Result::is_ok));
        }
        // Each says a size that is too small for what it must have.
        let mut small = FILES[..400].to_vec();
        small[..4].copy_from_slice(&8_i32.to_le_bytes());
        assert!(files(&small, Endian::Little).next().unwrap().is_err());
    }
}
