//! Answers of the OpenBSD kernel.

pub mod media;
pub mod routes;
pub mod sockets;
