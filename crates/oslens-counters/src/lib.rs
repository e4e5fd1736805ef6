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
//!
//! # Publishing
//!
//! A program says once what it counts ([`definition`]), counts with atomics
//! that the system reads ([`publish`]), and is installed with a manifest that
//! is made from the same definition ([`manifest`]). [`import`] reads definitions
//! of the old kind. [`publish`] begins with a tutorial: from a definition to
//! what Perfmon shows.

mod browse;
mod counter_type;
pub mod definition;
mod error;
pub mod import;
pub mod manifest;
mod names;
#[doc(hidden)]
pub mod parse;
mod path;
#[cfg(any(windows, test))]
mod pdh;
pub mod publish;
mod query;
#[cfg(any(windows, test))]
mod registry;
#[cfg(test)]
mod scratch;
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
