//! What only one operating system has, as traits that extend the portable
//! types.

#[cfg(any(target_os = "freebsd", all(test, target_os = "linux")))]
pub mod freebsd;
#[cfg(target_os = "linux")]
pub mod linux;
#[cfg(any(target_os = "macos", all(test, target_os = "linux")))]
#[cfg_attr(target_os = "linux", allow(dead_code))]
pub mod macos;
#[cfg(any(target_os = "netbsd", all(test, target_os = "linux")))]
pub mod netbsd;
#[cfg(any(target_os = "openbsd", all(test, target_os = "linux")))]
pub mod openbsd;
#[cfg(windows)]
pub mod windows;
