//! System calls: the only place with `unsafe` code.

#[cfg(windows)]
pub(crate) mod windows;
