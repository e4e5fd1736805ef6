//! How full file systems are, on every Unix.

use std::path::Path;

use rustix::io::Errno;

use crate::{
    Error, Result,
    disk::Usage,
    sys::pal::unix::space::{self, space},
};

/// What [`try_usage`] calls.
pub(crate) const USAGE_CALL: &str = space::CALL;

/// Why the call failed.
pub(crate) type UsageError = Errno;

/// How full a file system is; 1 system call, on macOS 2.
pub(crate) fn usage(path: &Path) -> Result<Usage> {
    try_usage(path).map_err(|errno| usage_error(path, errno))
}

/// As [`usage`], with an error that several callers can have.
pub(crate) fn try_usage(path: &Path) -> Result<Usage, Errno> {
    let space = space(path)?;
    let mut usage = Usage::from_blocks(space.block, space.blocks, space.files, space.read_only);
    usage.used = space.used.unwrap_or(usage.used);
    Ok(usage)
}

#[cold]
pub(crate) fn usage_error(path: &Path, errno: Errno) -> Error {
    Error::file(USAGE_CALL, path, errno)
}
