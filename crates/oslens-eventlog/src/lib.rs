//! The event log: read, follow, query and write it.

mod backend;
mod error;
mod evtx;
mod follow;
mod log;
#[doc(hidden)]
pub mod parse;
mod query;
mod reader;
mod record;
mod sys;

pub use error::{Error, ErrorKind, Result};
pub use follow::Follow;
pub use log::{Log, logs, logs_of};
pub use query::{Bookmark, Order, Query};
pub use reader::Records;
pub use record::{EventId, Guid, Level, Record, Rendered, User};
