//! Answers of the NetBSD kernel.

pub mod media;
pub mod routes;
pub mod sockets;
