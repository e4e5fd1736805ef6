//! Answers of the FreeBSD kernel.

pub mod cpuset;
pub mod files;
pub mod maps;
pub mod media;
pub mod battery;
pub mod memory;
pub mod process;
pub mod routes;
pub mod socket_files;
pub mod sockets;
pub mod devstat;
pub mod geom;
