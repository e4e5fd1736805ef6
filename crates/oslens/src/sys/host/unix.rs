//! What the C library of every Unix answers.

use std::ffi::OsString;

use super::NameOf;
use crate::sys::pal::unix::names;

/// The name that the system's name service gives; may ask the network.
pub(crate) fn local_name(of: NameOf, number: u32) -> Option<OsString> {
    match of {
        NameOf::User => names::user(number),
        NameOf::Group => names::group(number),
    }
}
