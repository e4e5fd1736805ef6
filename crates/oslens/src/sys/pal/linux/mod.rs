//! Linux system calls that the rest of the crate needs.

pub(crate) mod file;
pub(crate) mod limits;
pub(crate) mod pidfd;
pub(crate) mod scheduling;
pub(crate) mod signal;
pub(crate) mod sysconf;
