//! How full volumes are.

use std::{
    ffi::OsStr,
    io,
    os::windows::ffi::OsStrExt as _,
    path::{Path, PathBuf},
};

use windows_sys::Win32::{
    Foundation::ERROR_INVALID_NAME, System::SystemServices::FILE_READ_ONLY_VOLUME,
};

use crate::{
    Error, Result,
    disk::Usage,
    parse::windows::dos_devices::extended_length,
    sys::pal::windows::{
        error::io_error,
        volumes::{QuietErrors, Space, space, volume_information, volume_path},
    },
};

/// What [`try_usage`] calls.
pub(crate) const USAGE_CALL: &str = "GetDiskFreeSpaceEx";

/// The system's number for why it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UsageError(u32);

impl From<io::Error> for UsageError {
    fn from(error: io::Error) -> Self {
        Self(
            error
                .raw_os_error()
                .map_or(ERROR_INVALID_NAME, |code| code as u32),
        )
    }
}

/// How full the volume is that this path is on.
pub(crate) fn usage(path: &Path) -> Result<Usage> {
    try_usage(path).map_err(|error| usage_error(path, error))
}

/// As [`usage`], with an error that several callers can have.
pub(crate) fn try_usage(path: &Path) -> Result<Usage, UsageError> {
    // The drive may be empty.
    let _quiet = QuietErrors::begin();
    let (space, directory) = match space_of(path) {
        Ok(space) => (space, path.to_path_buf()),
        // The system asks for a directory.
        Err(error) => match directory_of_file(path) {
            Some(directory) => (space_of(&directory)?, directory),
            None => return Err(error.into()),
        },
    };
    Ok(Usage {
        total: space.total,
        // With quotas the total is the caller's own limit.
        used: space.total.saturating_sub(space.free),
        free: space.free,
        available: space.available,
        inodes: None,
        read_only: is_read_only(&directory),
    })
}

#[cold]
pub(crate) fn usage_error(path: &Path, error: UsageError) -> Error {
    Error::file(USAGE_CALL, path, io_error(error.0))
}

fn space_of(directory: &Path) -> io::Result<Space> {
    space(&system_path(directory)?)
}

fn directory_of_file(path: &Path) -> Option<PathBuf> {
    let is_file = std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_dir());
    let parent = path.parent().filter(|_| is_file)?;
    Some(match parent.as_os_str().is_empty() {
        true => PathBuf::from("."),
        false => parent.to_path_buf(),
    })
}

/// Optical discs, and what was made so. A volume that does not say is not.
fn is_read_only(path: &Path) -> bool {
    system_path(path)
        .and_then(|path| volume_path(&path))
        .and_then(|root| volume_information(&root))
        .is_ok_and(|volume| volume.flags & FILE_READ_ONLY_VOLUME != 0)
}

/// A path as the system takes it: with a backslash at the end, which names of
/// shares need, and in the form that may be long where it is.
fn system_path(path: &Path) -> io::Result<Vec<u16>> {
    /// `MAX_PATH`, less what the functions themselves add.
    const LONG: usize = 240;
    let units = |text: &OsStr| text.encode_wide().collect::<Vec<u16>>();
    let mut system = units(path.as_os_str());
    if system.contains(&0) || system.is_empty() {
        return Err(io_error(ERROR_INVALID_NAME));
    }
    if system.len() >= LONG {
        system = extended_length(&units(std::path::absolute(path)?.as_os_str()));
    }
    let is_separator = |unit: &u16| [b'\\', b'/'].map(u16::from).contains(unit);
    if !system.last().is_some_and(is_separator) {
        system.push(u16::from(b'\\'));
    }
    system.push(0);
    Ok(system)
}
