//! Look into a running machine: processes, CPU, memory, disks, network and
//! sensors.
//!
//! Every function asks the system when it is called and remembers nothing.
//! What only one system has is in [`os`].

#![cfg_attr(docsrs, feature(doc_auto_cfg))]
// What is common to all systems is used by the readers of those that have
// some.
#![cfg_attr(not(target_os = "linux"), allow(dead_code))]

pub mod cgroup;
pub mod counters;
pub mod cpu;
pub mod disk;
mod error;
pub mod host;
pub mod memory;
pub mod net;
pub mod os;
#[doc(hidden)]
pub mod parse;
pub mod pressure;
pub mod process;
pub mod sensors;
mod sys;
#[cfg(all(test, target_os = "linux"))]
mod test_tree;

pub use error::{Error, ErrorKind, Field, Result, Unavailable};
pub use host::{Host, HostBuilder};
