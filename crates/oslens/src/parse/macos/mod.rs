//! Answers of the macOS kernel.

pub mod if_mib;
pub mod pcblist;
pub mod routes;
pub mod sockets;
