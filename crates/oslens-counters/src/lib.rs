//! Performance counters: browse, read and publish them.

mod error;

pub use error::{Error, ErrorKind, Result};
