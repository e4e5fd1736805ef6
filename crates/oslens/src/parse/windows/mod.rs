//! Structures of Windows, read from the bytes that the system fills in.
//!
//! Compiled and tested everywhere: the parsers take bytes and, where a
//! structure has pointers or lengths of their size, the [`Layout`] of the
//! system that wrote it.

pub mod bytes;
pub mod connections;
pub mod disk_devices;
pub mod dos_devices;
pub mod if_table;
pub mod socket_address;
pub mod time;

pub use bytes::Layout;
