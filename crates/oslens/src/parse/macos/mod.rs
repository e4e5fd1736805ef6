//! Answers of the macOS kernel.

pub mod sockets;
