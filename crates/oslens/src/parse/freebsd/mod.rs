//! Answers of the FreeBSD kernel.

pub mod socket_files;
pub mod sockets;
