//! Answers of the macOS kernel.

pub mod arguments;
pub mod cpu;
pub mod files;
pub mod if_mib;
pub mod media;
pub mod memory;
pub mod pcblist;
pub mod process;
pub mod regions;
pub mod routes;
pub mod sockets;

#[cfg(test)]
mod odd_tests;
