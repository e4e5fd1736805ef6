//! What the crates of oslens share of Win32.
//!
//! [`bytes`], [`utf16`] and [`time`] read the parts of the system's structures
//! and are the same on every platform, so that parsers built on them are
//! tested and fuzzed anywhere; [`resource`] makes what is put into executables,
//! anywhere, too; [`Guid`] and [`shown`] are for values and messages. The rest
//! exists on Windows alone: it is the floor under their `sys/pal`, with `unsafe`
//! behind functions that cannot be called wrongly, or that say what they rely on.
//!
//! This crate follows the needs of the others and has no stable interface of
//! its own.

#[cfg(windows)]
pub mod buffer;
pub mod bytes;
#[cfg(windows)]
mod error;
#[cfg(windows)]
pub mod event;
mod guid;
#[cfg(windows)]
pub mod handle;
#[cfg(windows)]
pub mod optional;
#[cfg(windows)]
pub mod pipe;
#[cfg(windows)]
pub mod registry;
pub mod resource;
#[cfg(windows)]
pub mod security;
mod shown;
pub mod time;
pub mod utf16;
#[cfg(windows)]
pub mod wide;
#[cfg(windows)]
mod wine;

#[cfg(windows)]
pub use error::{Error, Result};
pub use guid::{Guid, ParseGuidError};
pub use shown::shown;
#[cfg(windows)]
pub use wine::wine_version;
