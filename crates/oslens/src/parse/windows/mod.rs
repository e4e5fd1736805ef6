//! Structures of Windows, read from the bytes that the system fills in.
//!
//! Compiled and tested everywhere: the parsers take bytes and, where a
//! structure has pointers or lengths of their size, the [`Layout`] of the
//! system that wrote it.

pub mod command_line;
pub mod connections;
pub mod device_path;
pub mod disk_devices;
pub mod dos_devices;
pub mod environment;
pub mod handle_table;
pub mod if_table;
pub mod page_files;
pub mod performance;
pub mod power;
pub mod process_parameters;
pub mod process_table;
pub mod processors;
pub mod sessions;
pub mod socket_address;
pub mod working_set;

pub use oslens_win32::{
    bytes::{self, Layout},
    time, utf16,
};
