//! What only one operating system has, as traits that extend the portable
//! types.

#[cfg(target_os = "linux")]
pub mod linux;
#[cfg(windows)]
pub mod windows;
