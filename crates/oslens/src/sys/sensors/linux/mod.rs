//! Sensors on Linux: hwmon, thermal zones, power supplies.

mod hwmon;
mod power;

use std::{
    ffi::{OsStr, OsString},
    os::{
        fd::AsFd,
        unix::ffi::{OsStrExt as _, OsStringExt as _},
    },
    path::Path,
};

pub(crate) use hwmon::{fans, temperatures};
pub(crate) use power::batteries;
use rustix::io::Errno;

use crate::{Field, Result, Unavailable, sys::pal::linux::file};

/// The names in a directory of sysfs, numbers in them by size (`hwmon2`
/// before `hwmon10`); none when it is not there.
fn names(directory: &Path, key: impl Fn(&[u8]) -> Option<u32>) -> Result<Vec<OsString>> {
    let mut names: Vec<OsString> = file::optional_entries(directory)?
        .map(|entry| entry.file_name())
        .collect();
    names.sort_by_cached_key(|name| (key(name.as_bytes()).unwrap_or(u32::MAX), name.clone()));
    Ok(names)
}

/// The text of an attribute below `directory`. Attributes are a page at most,
/// and all that is read here is a few words; `uevent` is the longest.
fn attribute(directory: impl AsFd, name: &str) -> Result<Vec<u8>, Errno> {
    let mut buffer = [0; 4096];
    let fd = file::open_at(directory, name)?;
    Ok(file::read_once(fd, &mut buffer)?.trim_ascii().to_vec())
}

/// The text of an attribute, if it is there, can be read and says something.
fn optional(directory: impl AsFd, name: &str) -> Option<OsString> {
    let text = attribute(directory, name).ok()?;
    (!text.is_empty()).then(|| OsString::from_vec(text))
}

/// A value, or why it could not be had. A sensor that is switched off or
/// asleep fails with all kinds of errors (`ENODATA`, `EAGAIN`, `EIO`,
/// `ENXIO`): it does not provide the value now.
fn field<T>(text: Result<Vec<u8>, Errno>, parse: impl FnOnce(&[u8]) -> Option<T>) -> Field<T> {
    match text {
        Ok(text) => parse(&text).ok_or(Unavailable::Malformed),
        Err(Errno::ACCESS | Errno::PERM) => Err(Unavailable::Denied),
        Err(_) => Err(Unavailable::Unsupported),
    }
}

/// Whether a name ends in this.
fn ends_with(name: &OsStr, end: &str) -> bool {
    name.as_bytes().ends_with(end.as_bytes())
}

#[cfg(test)]
mod tests;
