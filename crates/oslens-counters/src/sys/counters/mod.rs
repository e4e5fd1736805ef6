//! Reading counters, on each system.

#[cfg(windows)]
mod windows;
#[cfg(windows)]
use windows as imp;

#[cfg(not(windows))]
mod unsupported;
#[cfg(not(windows))]
use unsupported as imp;

pub(crate) use imp::{backend, counters, instances, names, objects};
