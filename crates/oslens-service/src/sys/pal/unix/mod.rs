//! Unix.

pub(crate) mod signals;
