//! Answers of the OpenBSD kernel.

pub mod arguments;
pub mod files;
pub mod maps;
pub mod process;
pub mod cpu;
pub mod memory;
pub mod media;
pub mod routes;
pub mod sockets;
