//! What takes events.

#[cfg(windows)]
#[path = "windows.rs"]
mod imp;
#[cfg(not(windows))]
#[path = "unsupported.rs"]
mod imp;

pub(crate) use imp::Handle;
