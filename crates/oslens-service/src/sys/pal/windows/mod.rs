//! Windows.

pub(crate) mod host;
