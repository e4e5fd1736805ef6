//! Calls of Win32.

pub(crate) mod account;
pub(crate) mod classic;
pub(crate) mod evt;
pub(crate) mod module;
pub(crate) mod reporting;
