//! Windows: what the rest of the crate needs of the Win32 and native calls.

pub(crate) mod buffer;
pub(crate) mod error;
pub(crate) mod handle;
pub(crate) mod ip_helper;
pub(crate) mod native;
pub(crate) mod optional;
pub(crate) mod system;
pub(crate) mod volumes;
pub(crate) mod wide;
