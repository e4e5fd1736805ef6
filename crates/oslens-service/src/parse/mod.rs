//! Structures of the system, from bytes.
//!
//! They come as a table with text behind it, and pointers from the one to the
//! other. Nothing is followed: a pointer is an address, and what it leads to
//! is looked for in the bytes, whose own address is known.

pub mod config;
pub mod enumeration;
mod memory;
#[cfg(test)]
pub(crate) mod sample;
pub mod status;

use crate::{Error, ErrorKind};

/// What is wrong with the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed(pub(crate) &'static str);

impl Malformed {
    /// The error of the call that gave the bytes.
    #[cold]
    pub(crate) fn of(self, call: &'static str) -> Error {
        Error::message(ErrorKind::Malformed, format!("{call}: {}", self.0))
    }
}
