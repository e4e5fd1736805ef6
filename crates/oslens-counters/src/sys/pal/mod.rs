//! System calls.

#[cfg(windows)]
pub(crate) mod windows;
