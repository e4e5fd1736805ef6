//! Calls of the system: the only place with `unsafe`.

#[cfg(windows)]
pub(crate) mod windows;
