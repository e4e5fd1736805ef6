//! What is different on each system.

pub(crate) mod counters;
#[cfg(windows)]
mod pal;
