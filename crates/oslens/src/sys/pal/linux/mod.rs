//! Linux system calls that the rest of the crate needs.

pub(crate) mod clock;
pub(crate) mod ethtool;
pub(crate) mod file;
pub(crate) mod forks;
pub(crate) mod getdents;
pub(crate) mod limits;
pub(crate) mod netlink;
pub(crate) mod pidfd_info;
pub(crate) mod schedule;
pub(crate) mod signal;
pub(crate) mod sysconf;
pub(crate) mod watch;
