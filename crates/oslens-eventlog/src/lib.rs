//! The event log: read, follow, query and write it.

mod error;
pub mod message;
#[doc(hidden)]
pub mod parse;
mod source;
mod sys;
mod writer;

pub use error::{Error, ErrorKind, Result};
pub use source::{Registered, Source};
pub use writer::{Console, Event, MOST_DATA, MOST_STRINGS, MOST_TEXT, Report, Writer};
