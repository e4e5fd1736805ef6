//! Calls of Win32.

pub(crate) mod module;
pub(crate) mod reporting;
