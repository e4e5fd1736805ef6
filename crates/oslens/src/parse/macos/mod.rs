//! Answers of the macOS kernel.

pub mod pcblist;
pub mod sockets;
