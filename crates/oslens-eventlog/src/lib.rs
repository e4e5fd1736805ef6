//! The event log: read, follow, query and write it.
//!
//! # Reading
//!
//! A [`Log`] is one of the system ([`Log::open`]), of another machine
//! ([`Log::open_remote`]), or saved in an `.evtx` file ([`Log::open_file`]),
//! which is read on every platform. A [`Query`] says which of its records are
//! wanted; all give the same [`Record`].
//!
//! ```
//! use oslens_eventlog::{Level, Log, Query};
//!
//! # fn show(path: &str) -> oslens_eventlog::Result<()> {
//! let query = Query::new().at_least(Level::Warning).newest_first().limit(20);
//! for record in Log::open_file(path)?.query(&query)? {
//!     let record = record?;
//!     println!("{:>9} {} {}", record.level, record.event_id, record.text());
//! }
//! # Ok(())
//! # }
//! # show(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/evtx/security.evtx"))?;
//! # Ok::<(), oslens_eventlog::Error>(())
//! ```
//!
//! [`Log::follow`] gives the records that come, a [`Bookmark`] lets a program
//! go on where it stopped.
//!
//! What works where, and what was never run on a real Windows, is in
//! `docs/PLATFORM.md` of the repository.

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
pub use record::{EventId, Guid, Level, ParseGuidError, Record, Rendered, User};
pub use source::{Registered, Source};
pub use writer::{Console, Event, MOST_DATA, MOST_STRINGS, MOST_TEXT, Report, Writer};
