//! What differs between systems: the functions that only some have, the
//! fields of tuples, and how an error is told. Of processes see
//! `process::platform`.

#[cfg(target_os = "linux")]
#[path = "linux/mod.rs"]
mod imp;
#[cfg(windows)]
#[path = "windows/mod.rs"]
mod imp;
#[cfg(any(
    target_os = "freebsd",
    target_os = "macos",
    target_os = "netbsd",
    target_os = "openbsd"
))]
#[path = "bsd/mod.rs"]
mod imp;
#[cfg(not(any(
    target_os = "freebsd",
    target_os = "linux",
    target_os = "macos",
    target_os = "netbsd",
    target_os = "openbsd",
    windows
)))]
compile_error!("the Python package is for Linux, Windows, macOS, FreeBSD, NetBSD and OpenBSD");

#[cfg(not(any(windows, target_os = "macos")))]
mod sensors;
#[cfg(unix)]
mod unix;

pub(crate) use imp::{
    COUNTS_SWAPPING, CPU_PARTS, DISK_PARTS, FAMILIES, LOCAL_HOST, MISSING_COUNTS_ARE_ZERO, add_to,
    addresses, device, is_executable, is_whole, memory_parts, memory_used, os_error, os_string,
    usage_of_descriptor,
};
