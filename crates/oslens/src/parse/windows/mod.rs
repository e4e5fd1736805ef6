//! Structures and texts of the Windows kernel and of processes' memory.
//!
//! Numbers are little-endian on every machine that Windows runs on.

pub mod command_line;
pub mod device_path;
pub mod environment;
pub mod handle_table;
pub mod layout;
pub mod process_parameters;
pub mod process_table;
pub mod working_set;
