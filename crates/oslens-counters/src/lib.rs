//! Performance counters: browse, read and publish them.
//!
//! # Reading
//!
//! A counter has a path, `\Processor(_Total)\% Processor Time`
//! ([`CounterPath`]). [`get_once`] reads some of them once; a [`Query`] reads
//! them again and again. [`objects`], [`counters`] and [`instances`] list what
//! there is. Names are English by default, whatever the machine's language.
//!
//! Windows has such counters. Elsewhere these functions return
//! [`ErrorKind::Unsupported`]; paths and arithmetic work everywhere.

mod browse;
mod counter_type;
mod error;
mod names;
#[doc(hidden)]
pub mod parse;
mod path;
#[cfg(any(windows, test))]
mod pdh;
mod query;
#[cfg(any(windows, test))]
mod registry;
mod source;
mod status;
mod sys;
mod value;

pub use browse::{Browser, Counter, Detail, Object, counters, instances, objects};
pub use counter_type::{CounterType, Unit};
pub use error::{Error, ErrorKind, Result};
pub use names::Names;
pub use path::{CounterPath, InstanceIndex, InstanceName};
pub use query::{Query, Samples, get_once};
pub use source::{Language, Source};
pub use value::{CounterId, Format, NoValue, RawValue, Reading, Value};
