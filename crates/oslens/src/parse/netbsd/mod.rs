//! Answers of the NetBSD kernel.

pub mod files;
pub mod maps;
pub mod media;
pub mod memory;
pub mod routes;
pub mod sockets;
pub mod threads;
pub mod iostats;
pub mod envsys;
pub mod memory;
pub mod property_list;
