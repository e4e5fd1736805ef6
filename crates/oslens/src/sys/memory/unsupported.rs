//! Memory on systems that have no backend yet.

use crate::{
    Error, Host, Result,
    memory::{Stats, SwapDevice, SwapMemory, VirtualMemory, ZfsArc},
};

pub(crate) fn virtual_memory(_: &Host) -> Result<VirtualMemory> {
    Err(Error::unsupported("memory on this system"))
}

pub(crate) fn swap_memory(_: &Host) -> Result<SwapMemory> {
    Err(Error::unsupported("swap on this system"))
}

pub(crate) fn swap_devices(_: &Host) -> Result<Vec<SwapDevice>> {
    Err(Error::unsupported("swap on this system"))
}

pub(crate) fn stats(_: &Host) -> Result<Stats> {
    Err(Error::unsupported("memory events on this system"))
}

pub(crate) fn zfs_arc(_: &Host) -> Result<Option<ZfsArc>> {
    Err(Error::unsupported("the ZFS cache on this system"))
}
