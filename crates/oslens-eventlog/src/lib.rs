//! The event log: read, follow, query and write it.

mod backend;
mod error;
mod evtx;
mod follow;
mod log;
pub mod message;
#[doc(hidden)]
pub mod parse;
mod query;
mod reader;
mod record;
mod source;
mod sys;
mod writer;

pub use error::{Error, ErrorKind, Result};
pub use follow::Follow;
pub use log::{Log, logs, logs_of};
pub use query::{Bookmark, Order, Query};
pub use reader::Records;
pub use record::{EventId, Guid, Level, Record, Rendered, User};
pub use source::{Registered, Source};
pub use writer::{Console, Event, MOST_DATA, MOST_STRINGS, MOST_TEXT, Report, Writer};
