//! Performance counters: browse, read and publish them.

pub mod definition;
mod error;
pub mod manifest;
pub mod publish;
#[cfg(test)]
mod scratch;
mod sys;

pub use error::{Error, ErrorKind, Result};
