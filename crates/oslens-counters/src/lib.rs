//! Performance counters: browse, read and publish them.

pub mod definition;
mod error;
#[cfg(test)]
mod scratch;

pub use error::{Error, ErrorKind, Result};
