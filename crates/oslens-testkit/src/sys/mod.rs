//! System calls and the allocator: all `unsafe` code of the test kit.

pub mod allocations;
#[cfg(target_os = "linux")]
pub mod linux;
#[cfg(unix)]
pub mod unix;
#[cfg(windows)]
pub mod windows;
