//! Answers of the FreeBSD kernel.

pub mod address;
pub mod battery;
pub mod cpuset;
pub mod devstat;
pub mod files;
pub mod geom;
pub mod maps;
pub mod media;
pub mod memory;
pub mod process;
pub mod routes;
pub mod socket_files;
pub mod sockets;

#[cfg(test)]
mod odd_tests;
