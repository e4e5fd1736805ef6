//! Answers of the macOS kernel.

pub mod arguments;
pub mod files;
pub mod process;
pub mod regions;
pub mod cpu;
pub mod memory;
pub mod if_mib;
pub mod routes;
pub mod sockets;
