//! Structures of Windows, read from the bytes that the system fills in.
//!
//! Compiled and tested everywhere: the parsers take bytes and, where a
//! structure has pointers or lengths of their size, the [`Layout`] of the
//! system that wrote it.

pub mod bytes;
pub mod page_files;
pub mod performance;
pub mod power;
pub mod processors;
pub mod sessions;
pub mod time;

pub use bytes::Layout;
