//! The registry's list of sources.

#[cfg(windows)]
#[path = "windows.rs"]
mod imp;
#[cfg(not(windows))]
#[path = "unsupported.rs"]
mod imp;

pub(crate) use imp::{
    is_publisher, is_registered, log_exists, log_of_source, read_source, remove_source,
    source_names, write_source,
};
