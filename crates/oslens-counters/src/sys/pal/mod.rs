//! Calls of the system: the only place with `unsafe`.

pub(crate) mod directory;
pub(crate) mod pdh;
pub(crate) mod perflib;
pub(crate) mod performance_key;
