//! The network, on FreeBSD.

mod connections;
mod interfaces;

pub(crate) use connections::{connections, process_connections};
pub(crate) use interfaces::{addresses, interfaces, io_counters, socket_summary};
