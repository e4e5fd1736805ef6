//! Answers of the FreeBSD kernel.

pub mod media;
pub mod routes;
pub mod socket_files;
pub mod sockets;
