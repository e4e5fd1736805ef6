//! Linux system calls that the rest of the crate needs.

pub(crate) mod file;
pub(crate) mod signal;
pub(crate) mod sysconf;
