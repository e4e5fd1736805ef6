//! Physical memory and swap.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as imp;

#[cfg(not(target_os = "linux"))]
mod unsupported;
#[cfg(not(target_os = "linux"))]
use unsupported as imp;

pub(crate) use imp::{stats, swap_devices, swap_memory, virtual_memory, zfs_arc};
