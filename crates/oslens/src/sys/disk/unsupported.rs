//! Disks on systems that have no backend yet.

use std::path::Path;

use crate::{
    Error, Host, Result,
    disk::{Device, IoSnapshot, Partition, Partitions, Usage},
};

/// What [`try_usage`] would call.
pub(crate) const USAGE_CALL: &str = "disk space";

/// Why there is no usage.
#[derive(Debug, Clone, Copy)]
pub(crate) struct UsageError;

pub(crate) fn partitions(_: &Host, _: Partitions) -> Result<Vec<Partition>> {
    Err(Error::unsupported("mounts on this system"))
}

pub(crate) fn usage(path: &Path) -> Result<Usage> {
    try_usage(path).map_err(|error| usage_error(path, error))
}

pub(crate) fn try_usage(_: &Path) -> Result<Usage, UsageError> {
    Err(UsageError)
}

pub(crate) fn usage_error(_: &Path, _: UsageError) -> Error {
    Error::unsupported("disk space on this system")
}

pub(crate) fn io_counters(_: &Host) -> Result<IoSnapshot> {
    Err(Error::unsupported("disk counters on this system"))
}

pub(crate) fn devices(_: &Host) -> Result<Vec<Device>> {
    Err(Error::unsupported("block devices on this system"))
}
