//! The network on Windows: the IP helper library.

mod connections;
mod interfaces;
#[cfg(test)]
mod tests;

pub(crate) use connections::{connections, process_connections, socket_summary};
pub(crate) use interfaces::{interfaces, io_counters};
