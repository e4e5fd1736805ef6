//! Performance counters: browse, read and publish them.

pub mod definition;
mod error;
pub mod manifest;
#[cfg(test)]
mod scratch;

pub use error::{Error, ErrorKind, Result};
