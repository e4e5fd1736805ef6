//! Disks on Linux: mountinfo, statvfs, diskstats, `/sys/block`.

mod block;
mod mounts;

use std::path::Path;

pub(crate) use block::{devices, io_counters, is_stacked};
pub(crate) use mounts::partitions;
use rustix::io::Errno;

use crate::{Error, Result, disk::Usage, sys::pal::linux::file::retry};

/// What [`try_usage`] calls.
pub(crate) const USAGE_CALL: &str = "statvfs";

/// Why `statvfs` failed.
pub(crate) type UsageError = Errno;

/// How full a file system is; 1 system call.
pub(crate) fn usage(path: &Path) -> Result<Usage> {
    try_usage(path).map_err(|errno| usage_error(path, errno))
}

/// As [`usage`], with an error that several callers can have.
pub(crate) fn try_usage(path: &Path) -> Result<Usage, Errno> {
    let stat = retry(|| rustix::fs::statvfs(path))?;
    Ok(Usage::from_blocks(
        // Blocks are counted in fragments; file systems that know none
        // leave the field empty.
        if stat.f_frsize > 0 {
            stat.f_frsize
        } else {
            stat.f_bsize
        },
        [stat.f_blocks, stat.f_bfree, stat.f_bavail],
        [stat.f_files, stat.f_ffree, stat.f_favail],
        stat.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY),
    ))
}

#[cold]
pub(crate) fn usage_error(path: &Path, errno: Errno) -> Error {
    Error::file(USAGE_CALL, path, errno)
}

#[cfg(test)]
mod tests;
