//! Answers of the OpenBSD kernel.

pub mod arguments;
pub mod cpu;
pub mod diskstats;
pub mod files;
pub mod maps;
pub mod media;
pub mod memory;
pub mod process;
pub mod routes;
pub mod sensors;
pub mod sockets;

#[cfg(test)]
mod odd_tests;
