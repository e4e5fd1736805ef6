//! Look into a running machine: processes, CPU, memory, disks, network and
//! sensors.
//!
//! Every function asks the system when it is called and remembers nothing.
//! What only one system has is in [`os`].

#![cfg_attr(docsrs, feature(doc_auto_cfg))]

mod error;
mod host;
pub mod net;
pub mod os;
#[doc(hidden)]
pub mod parse;
pub mod process;
mod sys;

pub use error::{Error, ErrorKind, Field, Result, Unavailable};
pub use host::{Host, HostBuilder};
