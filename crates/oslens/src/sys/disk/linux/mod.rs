//! Disks on Linux: mountinfo, statvfs, diskstats, `/sys/block`.

mod block;
mod mounts;

pub(crate) use super::unix::{USAGE_CALL, UsageError, try_usage, usage, usage_error};
pub(crate) use block::{devices, io_counters, is_stacked};
pub(crate) use mounts::partitions;

#[cfg(test)]
mod tests;
