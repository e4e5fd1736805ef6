//! What a process has open: `PROC_PIDLISTFDS` and `proc_pidfdinfo`; and where
//! it is: `PROC_PIDVNODEPATHINFO`.

use crate::parse::Malformed;
use crate::parse::layout::macos::details::{
    PipeFdinfo, PipeInfo, PsemFdinfo, PsemInfo, PshmFdinfo, PshmInfo,
};
use crate::parse::layout::macos::process::{
    ProcFdinfo, ProcFileinfo, ProcVnodepathinfo, SocketFdinfo, SocketInfo, VinfoStat,
    VnodeFdinfowithpath, VnodeInfo, VnodeInfoPath,
};
use crate::parse::layout::{Endian, Field, Record, Type};

/// One descriptor of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Descriptor {
    /// Its number.
    pub number: u32,
    /// `PROX_FDTYPE_…`.
    pub kind: u32,
}

/// The descriptors of a list. The kernel's answer to how much room it takes
/// is more than it fills: what counts is what it filled.
pub fn descriptors(data: &[u8], endian: Endian) -> impl Iterator<Item = Descriptor> + Clone {
    data.chunks_exact(ProcFdinfo::SIZE)
        .filter_map(move |entry| {
            let entry = Record::new(entry, endian);
            Some(Descriptor {
                number: u32::try_from(entry.get(ProcFdinfo::proc_fd)?).ok()?,
                kind: entry.get(ProcFdinfo::proc_fdtype)?,
            })
        })
}

/// How something was opened: what all answers of `proc_pidfdinfo` begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// `FREAD`, `FWRITE`, and `O_…` without the way of access.
    pub flags: u32,
    /// Place of the next read or write.
    pub offset: u64,
}

/// Reads how something was opened, of any kind.
///
/// # Errors
///
/// When it is not whole.
pub fn opened(data: &[u8], endian: Endian) -> Result<Opened, Malformed> {
    let info = Record::new(data, endian);
    info.part(Field::<ProcFileinfo>::at(0))
        .and_then(|info| {
            Some(Opened {
                flags: info.get(ProcFileinfo::fi_openflags)?,
                // Negative: none.
                offset: u64::try_from(info.get(ProcFileinfo::fi_offset)?).unwrap_or(0),
            })
        })
        .ok_or(Malformed("a whole proc_fileinfo"))
}

/// A file, directory or device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vnode<'a> {
    /// Device number of the disk that it is on.
    pub device: u32,
    /// `S_IF…` and rights.
    pub mode: u16,
    /// How many names it has.
    pub links: u16,
    /// Its number on that disk.
    pub inode: u64,
    /// Bytes in it.
    pub size: u64,
    /// Its path; empty where the kernel finds none.
    pub path: &'a [u8],
}

impl Vnode<'_> {
    /// Whether there is one at all: without one, all is zero.
    #[must_use]
    pub const fn is_some(&self) -> bool {
        self.mode != 0 || self.inode != 0 || !self.path.is_empty()
    }

    /// Whether it has no name any more. Of one in a mapping the kernel may have
    /// found nothing out but its path.
    #[must_use]
    pub const fn is_deleted(&self) -> bool {
        self.mode != 0 && self.links == 0
    }
}

/// Reads a `vnode_fdinfowithpath`.
///
/// # Errors
///
/// When it is not whole.
pub fn vnode(data: &[u8], endian: Endian) -> Result<Vnode<'_>, Malformed> {
    Record::new(data, endian)
        .part(VnodeFdinfowithpath::pvip)
        .and_then(vnode_with_path)
        .ok_or(Malformed("a whole vnode_fdinfowithpath"))
}

/// Reads a `vnode_info_path`.
pub(super) fn vnode_with_path(info: Record<'_>) -> Option<Vnode<'_>> {
    let stat = info.part(VnodeInfoPath::vip_vi.then(VnodeInfo::vi_stat))?;
    Some(Vnode {
        device: stat.get(VinfoStat::vst_dev)?,
        mode: stat.get(VinfoStat::vst_mode)?,
        links: stat.get(VinfoStat::vst_nlink)?,
        inode: stat.get(VinfoStat::vst_ino)?,
        size: u64::try_from(stat.get(VinfoStat::vst_size)?).unwrap_or(0),
        path: info.text(VnodeInfoPath::vip_path)?,
    })
}

/// Where a process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Places<'a> {
    /// Its working directory.
    pub cwd: Vnode<'a>,
    /// What it takes for the root, where that is not the system's.
    pub root: Option<Vnode<'a>>,
}

/// Reads a `proc_vnodepathinfo`.
///
/// # Errors
///
/// When it is not whole.
pub fn places(data: &[u8], endian: Endian) -> Result<Places<'_>, Malformed> {
    let info = Record::new(data, endian);
    let read = |field| info.part(field).and_then(vnode_with_path);
    match (
        read(ProcVnodepathinfo::pvi_cdir),
        read(ProcVnodepathinfo::pvi_rdir),
    ) {
        (Some(cwd), Some(root)) => Ok(Places {
            cwd,
            root: Some(root).filter(Vnode::is_some),
        }),
        _ => Err(Malformed("a whole proc_vnodepathinfo")),
    }
}

/// Reads what both ends of a pipe have in common of a `pipe_fdinfo`: each
/// names itself and the other, so the lower of both.
///
/// # Errors
///
/// When it is not whole.
pub fn pipe(data: &[u8], endian: Endian) -> Result<u64, Malformed> {
    let pipe = Record::new(data, endian).part(PipeFdinfo::pipeinfo);
    pipe.and_then(|pipe| {
        let own = pipe.get(PipeInfo::pipe_handle)?;
        // Zero: the other end is closed.
        let peer = Some(pipe.get(PipeInfo::pipe_peerhandle)?).filter(|peer| *peer != 0);
        Some(peer.map_or(own, |peer| own.min(peer)))
    })
    .ok_or(Malformed("a whole pipe_fdinfo"))
}

/// Reads the kernel's number for a socket of a `socket_fdinfo`.
///
/// # Errors
///
/// When it ends before that.
pub fn socket(data: &[u8], endian: Endian) -> Result<u64, Malformed> {
    Record::new(data, endian)
        .get(SocketFdinfo::psi.then(SocketInfo::soi_so))
        .ok_or(Malformed("a whole socket_fdinfo"))
}

/// Reads the name of shared memory of a `pshm_fdinfo`.
///
/// # Errors
///
/// When it is not whole.
pub fn shared_memory(data: &[u8], endian: Endian) -> Result<&[u8], Malformed> {
    Record::new(data, endian)
        .text(PshmFdinfo::pshminfo.then(PshmInfo::pshm_name))
        .ok_or(Malformed("a whole pshm_fdinfo"))
}

/// Reads the name of a semaphore of a `psem_fdinfo`.
///
/// # Errors
///
/// When it is not whole.
pub fn semaphore(data: &[u8], endian: Endian) -> Result<&[u8], Malformed> {
    Record::new(data, endian)
        .text(PsemFdinfo::pseminfo.then(PsemInfo::psem_name))
        .ok_or(Malformed("a whole psem_fdinfo"))
}

#[cfg(test)]
mod tests;
