//! The logs that the system keeps.

#[cfg(windows)]
#[path = "windows/mod.rs"]
mod imp;
#[cfg(not(windows))]
#[path = "unsupported.rs"]
mod imp;

pub(crate) use imp::{account, logs, open};
