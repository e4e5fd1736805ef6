//! Processes: where rows come from, and what can be done to one process.
//!
//! Rows come from one *source*, behind the functions that this module lists:
//! procfs on Linux today. A second source (BPF iterators) fits beside it
//! without a change of types.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as imp;

#[cfg(not(target_os = "linux"))]
mod unsupported;
#[cfg(not(target_os = "linux"))]
use unsupported as imp;

pub(crate) use imp::{Handle, Sampler, identity, list, pid_exists, pids, read};
