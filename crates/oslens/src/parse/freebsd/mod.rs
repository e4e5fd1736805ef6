//! Answers of the FreeBSD kernel.

pub mod cpuset;
pub mod files;
pub mod maps;
pub mod process;
pub mod memory;
pub mod media;
pub mod routes;
pub mod socket_files;
pub mod sockets;
