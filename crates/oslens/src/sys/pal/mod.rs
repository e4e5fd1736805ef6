//! The platform abstraction layer: handles, system calls, error numbers.
//!
//! The only place with `unsafe` in this crate; each block says why it is
//! sound.

#[cfg(any(
    target_os = "freebsd",
    target_os = "macos",
    target_os = "netbsd",
    target_os = "openbsd"
))]
pub(crate) mod bsd;
#[cfg(target_os = "linux")]
pub(crate) mod linux;
#[cfg(target_os = "macos")]
pub(crate) mod macos;
pub(crate) mod per_process;
// It calls no system itself: tested here, too.
#[cfg(all(test, target_os = "linux"))]
#[allow(dead_code)]
#[path = "bsd/room.rs"]
mod room;
#[cfg(unix)]
pub(crate) mod unix;
#[cfg(windows)]
pub(crate) mod windows;
