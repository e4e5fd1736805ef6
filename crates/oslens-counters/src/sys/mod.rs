//! What is different on each system: a folder for each concern, a file in it
//! for each system. Calls of the system are in `pal`, the only place with
//! `unsafe`.

pub(crate) mod counters;
#[cfg(windows)]
mod pal;
pub(crate) mod publish;
