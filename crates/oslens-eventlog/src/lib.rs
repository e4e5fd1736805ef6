//! The event log: read, follow, query and write it.

mod error;

pub use error::{Error, ErrorKind, Result};
