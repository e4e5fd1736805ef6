//! What a process has open: `/proc/PID/fd` and `/proc/PID/fdinfo`.

use std::{
    ffi::{CStr, OsString},
    os::{
        fd::{AsFd, OwnedFd},
        unix::ffi::{OsStrExt as _, OsStringExt as _},
    },
    path::PathBuf,
};

use rustix::{
    fs::{AtFlags, FileType, StatxFlags},
    io::Errno,
    path::DecInt,
};

use super::dir::Dir;
use crate::{
    Error, Result, parse,
    parse::linux::fdinfo::{FdInfo, Target as Link},
    process::{AccessMode, Descriptor, DescriptorKind},
    sys::{pal::linux::file, process::Target},
};

const DELETED: &[u8] = b" (deleted)";

/// The open descriptors, ascending.
pub(crate) fn descriptors(target: Target<'_>) -> Result<Vec<Descriptor>> {
    read(&Dir::open(target)?, |_, _| true)
}

/// The open descriptors of regular files, ascending.
pub(crate) fn open_files(target: Target<'_>) -> Result<Vec<Descriptor>> {
    files(&Dir::open(target)?)
}

/// The same of a directory.
pub(super) fn files(dir: &Dir<'_>) -> Result<Vec<Descriptor>> {
    read(dir, |_, kind| matches!(kind, DescriptorKind::File { .. }))
}

/// A socket's inode, and the descriptor that it is held by.
pub(super) type Socket = (u64, i32);

/// The descriptors of regular files, and those of sockets, in one pass.
pub(super) fn files_and_sockets(dir: &Dir<'_>) -> Result<(Vec<Descriptor>, Vec<Socket>)> {
    let mut sockets = Vec::new();
    let files = read(dir, |fd, kind| {
        if let (DescriptorKind::Socket { inode }, Ok(fd)) = (kind, i32::try_from(fd)) {
            sockets.push((*inode, fd));
        }
        matches!(kind, DescriptorKind::File { .. })
    })?;
    Ok((files, sockets))
}

/// The descriptors of sockets alone: no look at what else there is.
pub(super) fn sockets(dir: &Dir<'_>) -> Result<Vec<Socket>> {
    let (links, numbers) = list(dir)?;
    let mut sockets = Vec::new();
    let mut has_vanished = false;
    for fd in numbers {
        // Longer targets are cut, and are no sockets.
        let mut target = [0; 40];
        match rustix::fs::readlinkat_raw(&links, DecInt::new(fd), &mut target[..]) {
            Ok(length) => {
                let target = target.get(..length).unwrap_or_default();
                if let (Link::Socket(inode), Ok(fd)) =
                    (parse::linux::fdinfo::target(target), i32::try_from(fd))
                {
                    sockets.push((inode, fd));
                }
            }
            Err(Errno::NOENT | Errno::SRCH) => has_vanished = true,
            // A path longer than the kernel's page.
            Err(Errno::NAMETOOLONG) => {}
            Err(errno) => return Err(dir.error("readlink", &format!("fd/{fd}"), errno)),
        }
    }
    if sockets.is_empty() && has_vanished && dir.stat().is_err() {
        return Err(Error::no_such_process(dir.pid()));
    }
    Ok(sockets)
}

/// The numbers of the open descriptors, and the directory of their links.
fn list(dir: &Dir<'_>) -> Result<(OwnedFd, Vec<u32>)> {
    let links = dir.open_dir("fd")?;
    let numbers = match dir.numbers("fd", &links) {
        Ok(numbers) => numbers,
        Err(error) => {
            // Older kernels answer ENOENT for the table of a zombie.
            dir.zombie_if_ended()?;
            return Err(error);
        }
    };
    if numbers.is_empty() {
        dir.zombie_if_ended()?;
    }
    Ok((links, numbers))
}

fn read(
    dir: &Dir<'_>,
    mut wanted: impl FnMut(u32, &DescriptorKind) -> bool,
) -> Result<Vec<Descriptor>> {
    let (links, numbers) = list(dir)?;
    let mut infos = None;
    let mut buffer = [0; 1024];
    let mut descriptors = Vec::with_capacity(numbers.len());
    let mut has_vanished = false;
    for fd in numbers {
        let Some(kind) = kind(dir, &links, fd)? else {
            has_vanished = true;
            continue;
        };
        if !wanted(fd, &kind) {
            continue;
        }
        // Most processes have none that is wanted.
        let infos = match &infos {
            Some(infos) => infos,
            None => &*infos.insert(dir.open_dir("fdinfo")?),
        };
        let Some(info) = info(dir, infos, fd, &mut buffer)? else {
            has_vanished = true;
            continue;
        };
        descriptors.push(Descriptor {
            fd,
            kind,
            position: info.pos,
            mode: mode(info.flags),
            flags: info.flags,
        });
    }
    if descriptors.is_empty() && has_vanished && dir.stat().is_err() {
        // Descriptors vanish one by one, and so does a process: all of them
        // gone and the process too is no empty list.
        return Err(Error::no_such_process(dir.pid()));
    }
    Ok(descriptors)
}

/// What the descriptor is. `None`: it was closed meanwhile.
fn kind(dir: &Dir<'_>, links: &OwnedFd, fd: u32) -> Result<Option<DescriptorKind>> {
    let name = DecInt::new(fd);
    let link = match file::read_link_at(links, name.as_c_str()) {
        Ok(link) => link,
        Err(Errno::NOENT | Errno::SRCH) => return Ok(None),
        // A path longer than the kernel's page: the descriptor is there.
        Err(Errno::NAMETOOLONG) => OsString::new(),
        Err(errno) => return Err(dir.error("readlink", &format!("fd/{fd}"), errno)),
    };
    Ok(Some(match parse::linux::fdinfo::target(link.as_bytes()) {
        Link::Socket(inode) => DescriptorKind::Socket { inode },
        Link::Pipe(inode) => DescriptorKind::Pipe { inode },
        Link::Memfd(name) => DescriptorKind::Memory { name: owned(name) },
        Link::Anonymous(name) => DescriptorKind::Anonymous { name: owned(name) },
        Link::Namespace(..) | Link::Other(_) => DescriptorKind::Other { link },
        // What has that path here is another file.
        Link::Path(_) if dir.is_copy() => DescriptorKind::Other { link },
        Link::Path(path) => match with_path(dir, links, name.as_c_str(), path) {
            Ok(kind) => kind,
            Err(Errno::NOENT | Errno::SRCH) => return Ok(None),
            // The link could be read, so it is the file system that refuses
            // or is gone (FUSE, NFS): that concerns this descriptor alone.
            Err(_) => DescriptorKind::Other { link },
        },
    }))
}

/// What has a path: looked at through the link, which leads to the open file
/// itself whatever has its path by now.
fn with_path(
    dir: &Dir<'_>,
    links: &OwnedFd,
    name: &CStr,
    link: &[u8],
) -> Result<DescriptorKind, Errno> {
    let about = About::of(links, name)?;
    let (path, deleted) = match link.strip_suffix(DELETED) {
        Some(path) if about.links == 0 => (path, true),
        // Either a file that is really named like that, or one that has
        // other names left: then the name with the suffix does not exist.
        Some(path) => match rustix::fs::statat(dir, below_root(link), AtFlags::SYMLINK_NOFOLLOW) {
            Err(Errno::NOENT | Errno::NOTDIR) => (path, true),
            _ => (link, false),
        },
        None => (link, false),
    };
    let path = PathBuf::from(owned(path));
    Ok(match about.file_type {
        FileType::RegularFile => DescriptorKind::File {
            path,
            deleted,
            size: Some(about.size),
        },
        FileType::Directory => DescriptorKind::Directory { path, deleted },
        FileType::CharacterDevice => DescriptorKind::CharacterDevice { path },
        FileType::BlockDevice => DescriptorKind::BlockDevice { path },
        FileType::Fifo => DescriptorKind::Fifo { path, deleted },
        _ => DescriptorKind::Other { link: owned(link) },
    })
}

/// The path as the process sees it: `root/path`.
fn below_root(path: &[u8]) -> Vec<u8> {
    [b"root", path].concat()
}

/// What a link of a process leads to.
pub(super) struct About {
    file_type: FileType,
    /// Names that it has.
    pub(super) links: u64,
    size: u64,
}

impl About {
    pub(super) fn of(links: impl AsFd, name: impl rustix::path::Arg + Copy) -> Result<Self, Errno> {
        // What the kernel knows already is enough: it need not ask a file
        // server that may be gone.
        let asked = StatxFlags::TYPE | StatxFlags::NLINK | StatxFlags::SIZE;
        match rustix::fs::statx(&links, name, AtFlags::STATX_DONT_SYNC, asked) {
            Ok(statx) => Ok(Self {
                file_type: FileType::from_raw_mode(statx.stx_mode.into()),
                links: statx.stx_nlink.into(),
                size: statx.stx_size,
            }),
            // Before Linux 4.11; EPERM from sandboxes that do not know it.
            Err(Errno::NOSYS | Errno::PERM) => {
                let stat = rustix::fs::statat(&links, name, AtFlags::empty())?;
                Ok(Self {
                    file_type: FileType::from_raw_mode(stat.st_mode),
                    links: stat.st_nlink as u64,
                    size: u64::try_from(stat.st_size).unwrap_or_default(),
                })
            }
            Err(errno) => Err(errno),
        }
    }
}

/// `fdinfo` of the descriptor. `None`: it was closed meanwhile.
fn info(dir: &Dir<'_>, infos: &OwnedFd, fd: u32, buffer: &mut [u8]) -> Result<Option<FdInfo>> {
    let name = DecInt::new(fd);
    // The first lines are enough; the file of an epoll or inotify descriptor
    // may be long.
    let content = match file::open_at(infos, name.as_c_str())
        .and_then(|file| file::read_once(file, buffer))
    {
        Ok(content) => content,
        Err(Errno::NOENT | Errno::SRCH) => return Ok(None),
        Err(errno) => return Err(dir.error("read", &format!("fdinfo/{fd}"), errno)),
    };
    parse::linux::fdinfo::fdinfo(content)
        .map(Some)
        .map_err(|malformed| dir.malformed(&format!("fdinfo/{fd}"), malformed))
}

fn mode(flags: u32) -> AccessMode {
    // The numbers of O_APPEND and O_PATH differ between architectures; the
    // process runs on this one, or one that was captured on it.
    let flags = flags as i32;
    if flags & libc::O_PATH != 0 {
        return AccessMode::Path;
    }
    let append = flags & libc::O_APPEND != 0;
    match (flags & libc::O_ACCMODE, append) {
        (libc::O_WRONLY, false) => AccessMode::Write,
        (libc::O_WRONLY, true) => AccessMode::Append,
        (libc::O_RDWR, false) => AccessMode::ReadWrite,
        (libc::O_RDWR, true) => AccessMode::ReadAppend,
        _ => AccessMode::Read,
    }
}

fn owned(bytes: &[u8]) -> OsString {
    OsString::from_vec(bytes.to_vec())
}
