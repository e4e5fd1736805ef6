//! Pure parsers: bytes in, values out.
//!
//! Nothing here does I/O or depends on the platform that it is compiled for,
//! so that every parser is tested and fuzzed on every platform. This module
//! is public for the fuzz targets alone and is not part of the crate's
//! stable interface.

pub mod bsd;
pub mod freebsd;
pub mod kinfo;
pub mod layout;
pub mod linux;
pub mod macos;
pub mod netbsd;
pub mod netlink;
pub mod openbsd;
pub mod rtnetlink;
pub mod sock_diag;
pub mod text;
pub mod windows;

use std::fmt;

/// Text or bytes that are not in the expected form: what was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed(pub &'static str);

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}", self.0)
    }
}

impl std::error::Error for Malformed {}
