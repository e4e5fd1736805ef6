//! What differs between the systems that the command runs on: the only `cfg`
//! ladder of this program, and one list of what every system has to have.

use crate::cell::Cell;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as imp;

#[cfg(windows)]
mod windows;
#[cfg(windows)]
use windows as imp;

#[cfg(not(any(target_os = "linux", windows)))]
mod other;
#[cfg(not(any(target_os = "linux", windows)))]
use other as imp;

// What several of them share.
#[cfg(not(target_os = "linux"))]
mod one_root;
#[cfg(unix)]
mod unix;

pub(crate) use imp::{
    ACCOUNT, account, can_look, is_utf8_locale, isolation, namespaces, obeys_escapes, reader,
    real_path,
};

/// A key of the page about a process, and its value.
pub(crate) type Fact = (&'static str, Cell<'static>);
