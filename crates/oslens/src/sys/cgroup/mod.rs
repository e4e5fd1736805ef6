//! Control groups.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as imp;

#[cfg(not(target_os = "linux"))]
mod unsupported;
#[cfg(not(target_os = "linux"))]
use unsupported as imp;

pub(crate) use imp::{cpu_quota, limits, memory_levels, paths, pressure, usage};

/// A group that limits its memory, bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MemoryLevel {
    pub(crate) limit: u64,
    pub(crate) usage: u64,
    /// Part of `usage` that is given up before anything is refused.
    pub(crate) reclaimable: u64,
}
