//! Message tables of files of this machine.

#[cfg(windows)]
#[path = "windows.rs"]
mod imp;
#[cfg(not(windows))]
#[path = "unsupported.rs"]
mod imp;

pub(crate) use imp::{load, system_messages};
