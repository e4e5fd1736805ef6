//! Calls of the C library that all Unix systems have.

pub(crate) mod names;
#[cfg(any(
    target_os = "freebsd",
    target_os = "linux",
    target_os = "macos",
    target_os = "netbsd",
    target_os = "openbsd"
))]
pub(crate) mod space;
