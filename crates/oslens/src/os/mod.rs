//! What only one operating system has, as traits that extend the portable
//! types.

#[cfg(target_os = "linux")]
pub mod linux;
#[cfg(any(target_os = "macos", all(test, target_os = "linux")))]
#[cfg_attr(target_os = "linux", allow(dead_code))]
pub mod macos;
#[cfg(windows)]
pub mod windows;
