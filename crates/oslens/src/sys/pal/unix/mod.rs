//! Calls of the C library that all Unix systems have.

pub(crate) mod names;
