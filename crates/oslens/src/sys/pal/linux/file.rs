//! Reading kernel files with as few system calls as their kind allows.
//!
//! Two kinds of files are told apart because the kernel does:
//!
//! - *one record* (`stat`, `status`, `statm`, `io`, `meminfo`, every sysfs
//!   attribute, `cmdline`, `environ`): the whole content comes with the first
//!   `read` whose buffer is large enough, so a read that does not fill the
//!   buffer was the last one: 3 system calls.
//! - *many records* (`maps`, `smaps`, `net/*`, `diskstats`, `mounts`,
//!   `cpuinfo`): the kernel hands out about a page at a time, so only an
//!   empty read is the end.

use std::{
    ffi::OsString,
    os::{
        fd::{AsFd, OwnedFd},
        unix::ffi::OsStringExt as _,
    },
    path::{Path, PathBuf},
};

use rustix::{
    fs::{CWD, Mode, OFlags, ResolveFlags},
    io::Errno,
};

use crate::{Error, Result};

/// Most that is read of one kernel file: a file that is longer is not what
/// it claims to be (or a fixture gone wrong), and memory is not unlimited.
const LIMIT: usize = 256 << 20;

/// Opens a file below `dir` for reading.
pub(crate) fn open_at(
    dir: impl AsFd,
    path: impl rustix::path::Arg + Copy,
) -> Result<OwnedFd, Errno> {
    retry(|| {
        rustix::fs::openat(
            dir.as_fd(),
            path,
            OFlags::RDONLY | OFlags::CLOEXEC,
            Mode::empty(),
        )
    })
}

/// Opens a directory for nothing but lookups below it.
pub(crate) fn open_path(path: &Path) -> Result<OwnedFd, Errno> {
    retry(|| {
        rustix::fs::openat(
            CWD,
            path,
            OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC,
            Mode::empty(),
        )
    })
}

/// Opens a directory for lookups below it, and to list it.
pub(crate) fn open_dir(path: &Path) -> Result<OwnedFd, Errno> {
    retry(|| {
        rustix::fs::openat(
            CWD,
            path,
            OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC,
            Mode::empty(),
        )
    })
}

/// One `read` into the caller's buffer: the filled part.
pub(crate) fn read_once(fd: impl AsFd, buffer: &mut [u8]) -> Result<&[u8], Errno> {
    let length = retry(|| rustix::io::read(fd.as_fd(), &mut *buffer))?;
    Ok(buffer.get(..length).unwrap_or_default())
}

/// Appends the content of a one-record file to `buffer`: one read when it
/// fits into the spare capacity (of at least 4 KiB), more when it does not.
pub(crate) fn read_record(fd: impl AsFd, buffer: &mut Vec<u8>) -> Result<(), Errno> {
    read_until(fd, buffer, true)
}

/// Appends the content of a many-record file to `buffer`: reads until the
/// kernel says that there is no more.
pub(crate) fn read_records(fd: impl AsFd, buffer: &mut Vec<u8>) -> Result<(), Errno> {
    read_until(fd, buffer, false)
}

/// The same of a file whose records are a good part of a page: `smaps`.
///
/// The kernel fills a page with records; one that is too long for the rest of
/// it is thrown away, and made once more for the next read. But it also stops
/// when there is as much as was asked for. So no read asks for so much that a
/// last record would not fit, and none is made twice: of `smaps`, every sixth
/// would be, with its walk over pages.
pub(crate) fn read_long_records(fd: impl AsFd, buffer: &mut Vec<u8>) -> Result<(), Errno> {
    /// A mapping of `smaps` with a path of 200 bytes; longer ones may be made
    /// twice.
    const LONGEST: usize = 1024;
    let piece = rustix::param::page_size()
        .saturating_sub(LONGEST)
        .max(LONGEST);
    loop {
        let begin = buffer.len();
        buffer.resize(begin + piece, 0);
        let space = buffer.get_mut(begin..).unwrap_or_default();
        let read = retry(|| rustix::io::read(fd.as_fd(), &mut *space));
        buffer.truncate(begin + read.unwrap_or(0));
        if read? == 0 {
            return Ok(());
        }
        if buffer.len() > LIMIT {
            return Err(Errno::FBIG);
        }
    }
}

fn read_until(fd: impl AsFd, buffer: &mut Vec<u8>, short_read_ends: bool) -> Result<(), Errno> {
    loop {
        if buffer.capacity() - buffer.len() < 4096 {
            buffer.reserve(buffer.capacity().max(4096));
        }
        let spare = buffer.capacity() - buffer.len();
        let length =
            retry(|| rustix::io::read(fd.as_fd(), rustix::buffer::spare_capacity(&mut *buffer)))?;
        if length == 0 || (short_read_ends && length < spare) {
            return Ok(());
        }
        if buffer.len() > LIMIT {
            return Err(Errno::FBIG);
        }
    }
}

/// The content of a one-record file; 3 system calls.
pub(crate) fn record(path: &Path) -> Result<Vec<u8>> {
    content(path, true)
}

/// The path of a file below a directory, in one allocation; `join` makes
/// three, which is measurable where a whole call takes 5 microseconds.
pub(crate) fn below(directory: &Path, name: &str) -> PathBuf {
    let mut path = PathBuf::with_capacity(directory.as_os_str().len() + 1 + name.len());
    path.push(directory);
    path.push(name);
    path
}

/// The content of a one-record file: in `stack` when it fits (3 system calls,
/// no allocation), in `heap` when it does not.
pub(crate) fn record_in<'a>(
    path: &Path,
    stack: &'a mut [u8],
    heap: &'a mut Vec<u8>,
) -> Result<&'a [u8]> {
    let fd = open_at(CWD, path).map_err(|errno| Error::file("open", path, errno))?;
    let length = retry(|| rustix::io::read(&fd, &mut *stack))
        .map_err(|errno| Error::file("read", path, errno))?;
    if length < stack.len() {
        return Ok(stack.get(..length).unwrap_or_default());
    }
    heap.clear();
    heap.reserve(length.saturating_mul(4));
    heap.extend_from_slice(stack);
    read_until(fd, heap, true).map_err(|errno| Error::file("read", path, errno))?;
    Ok(heap)
}

/// The content of a many-record file.
pub(crate) fn records(path: &Path) -> Result<Vec<u8>> {
    content(path, false)
}

fn content(path: &Path, one: bool) -> Result<Vec<u8>> {
    let fd = open_at(CWD, path).map_err(|errno| Error::file("open", path, errno))?;
    let mut buffer = Vec::with_capacity(8192);
    read_until(fd, &mut buffer, one).map_err(|errno| Error::file("read", path, errno))?;
    Ok(buffer)
}

/// The content of a one-record file that may be absent: `None` when it does
/// not exist (`ENOENT`, `ENODEV`, `ENOTDIR`, `ENXIO`: attributes of devices
/// that do not have the property or went away).
pub(crate) fn optional_record(path: &Path) -> Result<Option<Vec<u8>>> {
    match record(path) {
        Ok(content) => Ok(Some(content)),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The content of a many-record file that may be absent, as
/// [`optional_record`].
pub(crate) fn optional_records(path: &Path) -> Result<Option<Vec<u8>>> {
    match records(path) {
        Ok(content) => Ok(Some(content)),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A file below `proc` that is there when the kernel has what it tells of;
/// `None`: it has not. But without a procfs nothing is known.
pub(crate) fn records_of_feature(proc: &Path, path: &Path) -> Result<Option<Vec<u8>>> {
    match records(path) {
        Ok(content) => Ok(Some(content)),
        Err(error) if is_absent(&error) && proc.join("stat").exists() => Ok(None),
        Err(error) => Err(error),
    }
}

/// As [`optional_records`], for a file of another root: when it is a symbolic
/// link, that leads to a place below `root` and never to a file of this
/// machine, also when it is an absolute one.
pub(crate) fn optional_records_in(root: &Path, path: &Path) -> Result<Option<Vec<u8>>> {
    let full = root.join(path);
    let flags = OFlags::RDONLY | OFlags::CLOEXEC;
    let opened =
        match retry(|| rustix::fs::openat(CWD, &full, flags | OFlags::NOFOLLOW, Mode::empty())) {
            Err(Errno::LOOP) => open_dir(root).and_then(|root| open_inside(&root, path, flags)),
            opened => opened,
        };
    let read = opened.map_err(|errno| ("open", errno)).and_then(|fd| {
        let mut buffer = Vec::with_capacity(8192);
        read_records(fd, &mut buffer).map_err(|errno| ("read", errno))?;
        Ok(buffer)
    });
    match read.map_err(|(action, errno)| Error::file(action, full, errno)) {
        Ok(content) => Ok(Some(content)),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Opens a file as if `root` were the root directory.
fn open_inside(root: impl AsFd, path: &Path, flags: OFlags) -> Result<OwnedFd, Errno> {
    let mut attempts = 0;
    loop {
        match rustix::fs::openat2(&root, path, flags, Mode::empty(), ResolveFlags::IN_ROOT) {
            // Something was renamed meanwhile, anywhere in the system.
            Err(Errno::AGAIN | Errno::INTR) if attempts < 100 => attempts += 1,
            // Before Linux 5.6, and refused by old seccomp filters. Better no
            // file than a wrong one.
            Err(Errno::NOSYS | Errno::PERM) => return Err(Errno::NOENT),
            result => return result,
        }
    }
}

/// The entries of a directory; none when it is not there. Those that vanish
/// meanwhile are left out.
pub(crate) fn optional_entries(
    directory: &Path,
) -> Result<impl Iterator<Item = std::fs::DirEntry>> {
    let entries = match std::fs::read_dir(directory) {
        Ok(entries) => Some(entries),
        Err(error) => {
            let error = Error::file("open", directory, error);
            if !is_absent(&error) {
                return Err(error);
            }
            None
        }
    };
    Ok(entries.into_iter().flatten().filter_map(Result::ok))
}

/// Whether the error says that the file is not there at all.
pub(crate) fn is_absent(error: &Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(libc::ENOENT | libc::ENODEV | libc::ENOTDIR | libc::ENXIO)
    )
}

/// Whether this directory is a procfs, and not a copy of one. In a procfs
/// `self` is this very process, whatever host it is mounted for.
pub(crate) fn is_procfs(directory: &Path) -> bool {
    rustix::fs::statfs(directory).is_ok_and(|stat| stat.f_type == rustix::fs::PROC_SUPER_MAGIC)
}

/// The target of a symbolic link below `dir`.
pub(crate) fn read_link_at(
    dir: impl AsFd,
    path: impl rustix::path::Arg,
) -> Result<OsString, Errno> {
    let target = rustix::fs::readlinkat(dir, path, Vec::new())?;
    Ok(OsString::from_vec(target.into_bytes()))
}

/// Repeats a call that a signal interrupted.
pub(crate) fn retry<T>(mut call: impl FnMut() -> Result<T, Errno>) -> Result<T, Errno> {
    loop {
        match call() {
            Err(Errno::INTR) => {}
            result => return result,
        }
    }
}
