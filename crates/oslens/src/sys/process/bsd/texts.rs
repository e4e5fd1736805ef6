//! What kernels give as bytes, as the public types have it.

use std::{
    ffi::{OsStr, OsString},
    os::unix::ffi::{OsStrExt as _, OsStringExt as _},
    path::{Path, PathBuf},
};

use crate::parse::bsd::strings;

/// A text.
pub(in crate::sys::process) fn text(bytes: &[u8]) -> OsString {
    OsString::from_vec(bytes.to_vec())
}

/// A path.
pub(in crate::sys::process) fn path(bytes: &[u8]) -> PathBuf {
    Path::new(OsStr::from_bytes(bytes)).to_owned()
}

/// A command line.
pub(in crate::sys::process) fn texts<'a>(
    texts: impl IntoIterator<Item = &'a [u8]>,
) -> Vec<OsString> {
    texts.into_iter().map(text).collect()
}

/// The variables among the texts of an environment.
pub(in crate::sys::process) fn variables<'a>(
    texts: impl IntoIterator<Item = &'a [u8]>,
) -> Vec<(OsString, OsString)> {
    texts
        .into_iter()
        .filter_map(strings::variable)
        .map(|(name, value)| (text(name), text(value)))
        .collect()
}
