//! Answers of the NetBSD kernel.

pub mod cpuset;
pub mod drive;
pub mod envsys;
pub mod files;
pub mod iostats;
pub mod maps;
pub mod media;
pub mod memory;
pub mod property_list;
pub mod routes;
pub mod sockets;
pub mod threads;

#[cfg(test)]
mod odd_tests;
