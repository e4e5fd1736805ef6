//! Disks: mounts, space, counters, block devices.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as imp;

#[cfg(not(target_os = "linux"))]
mod unsupported;
#[cfg(not(target_os = "linux"))]
use unsupported as imp;

// What control groups on Linux need to count nothing twice.
#[cfg(target_os = "linux")]
pub(crate) use imp::is_stacked;
pub(crate) use imp::{UsageError, devices, io_counters, partitions, try_usage, usage, usage_error};
