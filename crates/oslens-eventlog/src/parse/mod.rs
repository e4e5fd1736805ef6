//! Pure parsers: bytes in, values out.
//!
//! Nothing here does I/O or depends on the platform that it is compiled for,
//! so that every parser is tested and fuzzed on every platform. This module
//! is public for the fuzz targets alone and is not part of the crate's
//! stable interface.

pub mod binxml;
pub mod element;
pub mod event;
pub mod event_record;
pub mod evtx;
pub mod message_table;
pub mod resources;
pub mod sid;
pub mod time;
pub mod xml;

use std::fmt;

/// Bytes that are not in the expected form: what was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed(pub &'static str);

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}", self.0)
    }
}

impl std::error::Error for Malformed {}

/// Text in UTF-16 up to its end or NUL, with U+FFFD for what is not
/// well-formed.
pub(crate) fn text(bytes: &[u8]) -> String {
    let units = oslens_win32::bytes::utf16(bytes).take_while(|&unit| unit != 0);
    char::decode_utf16(units)
        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}
