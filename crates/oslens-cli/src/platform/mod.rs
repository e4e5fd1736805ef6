//! What differs between the systems that the command runs on: the only `cfg`
//! ladder of this program, and one list of what every system has to have.

use crate::cell::Cell;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(target_os = "linux")]
use linux as imp;
#[cfg(not(target_os = "linux"))]
use other as imp;

#[cfg(unix)]
use unix as family;
#[cfg(windows)]
use windows as family;

pub(crate) use family::{ACCOUNT, account, is_utf8_locale, obeys_escapes, reader, real_path};
pub(crate) use imp::{can_look, isolation, namespaces};

/// A key of the page about a process, and its value.
pub(crate) type Fact = (&'static str, Cell<'static>);
