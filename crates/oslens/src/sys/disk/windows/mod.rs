//! Disks on Windows: drive letters and volumes, and what devices answer.

mod devices;
mod partitions;
#[cfg(test)]
mod tests;
mod usage;

pub(crate) use devices::{devices, io_counters};
pub(crate) use partitions::partitions;
pub(crate) use usage::{USAGE_CALL, UsageError, try_usage, usage, usage_error};
