//! Answers of the NetBSD kernel.

pub mod files;
pub mod maps;
pub mod threads;
pub mod memory;
pub mod media;
pub mod routes;
pub mod sockets;
