//! What only the system can do: concern by concern, then by system.

pub(crate) mod pal;

mod log;
mod message;
mod source;
mod writer;

pub(crate) use log::{account, logs, open};
pub(crate) use message::{load, system_messages};
pub(crate) use source::{
    is_publisher, is_registered, log_exists, log_of_source, read_source, remove_source,
    source_names, write_source,
};
pub(crate) use writer::Handle;
