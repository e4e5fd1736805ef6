//! Calls of the system: the only place with `unsafe`.

pub(crate) mod pdh;
pub(crate) mod performance_key;
