//! What a process has open.

use super::{asked, bsd, bsd::texts::text};
use crate::{
    Error, Result,
    parse::{
        layout::{
            Type as _,
            macos::{
                details::{
                    KqueueFdinfo, PROC_PIDFDKQUEUEINFO, PROC_PIDFDPIPEINFO, PROC_PIDFDPSEMINFO,
                    PROC_PIDFDPSHMINFO, PROX_FDTYPE_CHANNEL, PROX_FDTYPE_NETPOLICY,
                    PROX_FDTYPE_NEXUS, PipeFdinfo, PsemFdinfo, PshmFdinfo, S_IFBLK, S_IFCHR,
                    S_IFDIR, S_IFIFO, S_IFMT, S_IFREG,
                },
                process::{
                    PROC_PIDFDSOCKETINFO, PROC_PIDFDVNODEPATHINFO, PROC_PIDLISTFDS,
                    PROX_FDTYPE_ATALK, PROX_FDTYPE_FSEVENTS, PROX_FDTYPE_KQUEUE, PROX_FDTYPE_PIPE,
                    PROX_FDTYPE_PSEM, PROX_FDTYPE_PSHM, PROX_FDTYPE_SOCKET, PROX_FDTYPE_VNODE,
                    SocketFdinfo, VnodeFdinfowithpath,
                },
            },
        },
        macos::files::{self, Vnode},
    },
    process::{AccessMode, Descriptor, DescriptorKind},
    sys::{
        kernel::{Kernel, Question, malformed},
        process::Target,
    },
};

const LIST: &str = "proc_pidinfo PROC_PIDLISTFDS";
const ONE: &str = "proc_pidfdinfo";

/// The descriptors of a process, by number and kind.
pub(super) fn list<'b>(
    kernel: Kernel<'_>,
    pid: i32,
    buffer: &'b mut Vec<u8>,
) -> Result<impl Iterator<Item = files::Descriptor> + use<'b>> {
    let question = Question::PidInfo {
        pid,
        flavor: PROC_PIDLISTFDS,
        argument: 0,
        size: 0,
    };
    kernel.ask_into(LIST, question, buffer)?;
    Ok(files::descriptors(buffer, kernel.endian))
}

/// Everything that it has open, ascending.
pub(crate) fn descriptors(target: Target<'_>) -> Result<Vec<Descriptor>> {
    open(target, |_| true)
}

/// What is open that may be a regular file, ascending.
pub(crate) fn open_files(target: Target<'_>) -> Result<Vec<Descriptor>> {
    open(target, |kind| kind == PROX_FDTYPE_VNODE)
}

fn open(target: Target<'_>, wanted: fn(i32) -> bool) -> Result<Vec<Descriptor>> {
    asked(target, |kernel, pid| {
        let mut found = Vec::new();
        // The kernel itself has none, and does not say so to everybody.
        if pid == 0 {
            return Ok(found);
        }
        let mut buffer = Vec::new();
        for descriptor in list(kernel, pid, &mut Vec::new())? {
            let kind = i32::try_from(descriptor.kind).unwrap_or(i32::MAX);
            if wanted(kind) {
                found.extend(one(kernel, pid, descriptor.number, kind, &mut buffer)?);
            }
        }
        found.sort_by_key(|descriptor| descriptor.fd);
        Ok(found)
    })
}

/// One descriptor. `None`: it was closed meanwhile.
fn one(
    kernel: Kernel<'_>,
    pid: i32,
    number: u32,
    kind: i32,
    buffer: &mut Vec<u8>,
) -> Result<Option<Descriptor>> {
    let unknown = |kind| Descriptor {
        fd: number,
        kind,
        position: 0,
        mode: AccessMode::Path,
        flags: 0,
    };
    let question = match kind {
        PROX_FDTYPE_VNODE => Some((PROC_PIDFDVNODEPATHINFO, VnodeFdinfowithpath::SIZE)),
        PROX_FDTYPE_SOCKET => Some((PROC_PIDFDSOCKETINFO, SocketFdinfo::SIZE)),
        PROX_FDTYPE_PSHM => Some((PROC_PIDFDPSHMINFO, PshmFdinfo::SIZE)),
        PROX_FDTYPE_PSEM => Some((PROC_PIDFDPSEMINFO, PsemFdinfo::SIZE)),
        PROX_FDTYPE_KQUEUE => Some((PROC_PIDFDKQUEUEINFO, KqueueFdinfo::SIZE)),
        PROX_FDTYPE_PIPE => Some((PROC_PIDFDPIPEINFO, PipeFdinfo::SIZE)),
        _ => None,
    };
    let Some((flavor, size)) = question else {
        // Nobody tells more about it.
        return Ok(Some(unknown(anonymous(kind))));
    };
    let question = Question::DescriptorInfo {
        pid,
        descriptor: i32::try_from(number).unwrap_or(i32::MAX),
        flavor,
        size,
    };
    match kernel.ask_into(ONE, question, buffer) {
        Ok(()) => {}
        Err(error) if error.raw_os_error() == Some(libc::EBADF) => return Ok(None),
        // Closed, and its number given to something of another kind: that is
        // no socket, in two words of the kernels'.
        Err(error)
            if matches!(
                error.raw_os_error(),
                Some(libc::EOPNOTSUPP | libc::ENOTSOCK)
            ) =>
        {
            return Ok(None);
        }
        Err(error) if error.kind() == crate::ErrorKind::NoSuchProcess => return Err(error),
        // It is open, and the kernel does not tell what it is: the disk of a
        // file may be gone.
        Err(_) => {
            let link = word(kind).into();
            return Ok(Some(unknown(DescriptorKind::Other { link })));
        }
    }
    let answer = buffer.as_slice();
    let opened = files::opened(answer, kernel.endian).map_err(wrong)?;
    let kind = match kind {
        PROX_FDTYPE_VNODE => files::vnode(answer, kernel.endian).map(|vnode| kind_of(&vnode)),
        PROX_FDTYPE_SOCKET => {
            files::socket(answer, kernel.endian).map(|inode| DescriptorKind::Socket { inode })
        }
        PROX_FDTYPE_PIPE => {
            files::pipe(answer, kernel.endian).map(|inode| DescriptorKind::Pipe { inode })
        }
        PROX_FDTYPE_PSHM => files::shared_memory(answer, kernel.endian)
            .map(|name| DescriptorKind::Memory { name: text(name) }),
        PROX_FDTYPE_PSEM => files::semaphore(answer, kernel.endian).map(|name| {
            let name = [b"semaphore ", name].concat();
            DescriptorKind::Anonymous { name: text(&name) }
        }),
        kind => Ok(anonymous(kind)),
    };
    let (mode, flags) = bsd::files::opened(opened.flags);
    Ok(Some(Descriptor {
        fd: number,
        kind: kind.map_err(wrong)?,
        position: opened.offset,
        mode,
        flags,
    }))
}

#[cold]
fn wrong(expected: crate::parse::Malformed) -> Error {
    malformed(ONE, expected)
}

fn kind_of(vnode: &Vnode<'_>) -> DescriptorKind {
    let path = bsd::texts::path(vnode.path);
    let deleted = vnode.is_deleted();
    match vnode.mode & S_IFMT {
        S_IFREG => DescriptorKind::File {
            path,
            deleted,
            size: Some(vnode.size),
        },
        S_IFDIR => DescriptorKind::Directory { path, deleted },
        S_IFCHR => DescriptorKind::CharacterDevice { path },
        S_IFBLK => DescriptorKind::BlockDevice { path },
        S_IFIFO => DescriptorKind::Fifo { path, deleted },
        _ => DescriptorKind::Other { link: path.into() },
    }
}

fn anonymous(kind: i32) -> DescriptorKind {
    bsd::files::anonymous(word(kind))
}

/// The kernel's words.
fn word(kind: i32) -> &'static str {
    match kind {
        PROX_FDTYPE_ATALK => "atalk",
        PROX_FDTYPE_VNODE => "vnode",
        PROX_FDTYPE_SOCKET => "socket",
        PROX_FDTYPE_PSHM => "pshm",
        PROX_FDTYPE_PSEM => "psem",
        PROX_FDTYPE_KQUEUE => "kqueue",
        PROX_FDTYPE_PIPE => "pipe",
        PROX_FDTYPE_FSEVENTS => "fsevents",
        PROX_FDTYPE_NETPOLICY => "netpolicy",
        PROX_FDTYPE_CHANNEL => "channel",
        PROX_FDTYPE_NEXUS => "nexus",
        _ => "unknown",
    }
}
