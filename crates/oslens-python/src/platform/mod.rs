//! What differs between systems: the functions that only some have, the
//! fields of tuples, and how an error is told. Of processes see
//! `process::platform`.

#[cfg(target_os = "linux")]
#[path = "linux/mod.rs"]
mod imp;
#[cfg(windows)]
#[path = "windows/mod.rs"]
mod imp;
#[cfg(not(any(target_os = "linux", windows)))]
compile_error!("the Python package is for Linux and Windows");

pub(crate) use imp::{
    COUNTS_SWAPPING, CPU_PARTS, DISK_COUNTERS, FAMILIES, LOCAL_HOST, add_to, addresses, device,
    is_executable, is_whole, memory_parts, os_error, os_string, usage_of_descriptor,
};
