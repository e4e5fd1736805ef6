//! The platform abstraction layer: handles, system calls, error numbers.
//!
//! The only place with `unsafe` in this crate; each block says why it is
//! sound.

#[cfg(target_os = "linux")]
pub(crate) mod linux;
pub(crate) mod per_process;
#[cfg(unix)]
pub(crate) mod unix;
#[cfg(windows)]
pub(crate) mod windows;
