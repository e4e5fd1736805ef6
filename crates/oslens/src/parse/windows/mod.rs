//! Structures of Windows, from the bytes that it fills.

mod bytes;
pub mod connections;
pub mod disk_devices;
pub mod dos_devices;
pub mod if_table;
pub mod socket_address;
