//! The network, on NetBSD.

mod connections;
mod interfaces;

pub(crate) use connections::{connections, process_connections, socket_summary};
pub(crate) use interfaces::{addresses, interfaces, io_counters};
