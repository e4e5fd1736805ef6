//! Reading counters, on each system.

mod unsupported;
use unsupported as imp;

pub(crate) use imp::{backend, counters, instances, names, objects};
