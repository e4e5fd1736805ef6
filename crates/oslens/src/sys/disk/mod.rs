//! Disks: mounts, space, counters, block devices.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as imp;

#[cfg(windows)]
mod windows;
#[cfg(windows)]
use windows as imp;

#[cfg(not(any(target_os = "linux", windows)))]
mod unsupported;
#[cfg(not(any(target_os = "linux", windows)))]
use unsupported as imp;

// What control groups on Linux need to count nothing twice.
#[cfg(target_os = "linux")]
pub(crate) use imp::is_stacked;
pub(crate) use imp::{
    USAGE_CALL, UsageError, devices, io_counters, partitions, try_usage, usage, usage_error,
};
