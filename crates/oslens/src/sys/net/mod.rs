//! The network: counters, interfaces, sockets and their owners.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as imp;

#[cfg(windows)]
mod windows;
#[cfg(windows)]
use windows as imp;

#[cfg(not(any(target_os = "linux", windows)))]
mod unsupported;
#[cfg(not(any(target_os = "linux", windows)))]
use unsupported as imp;

/// What is known of the links comes along.
#[cfg(not(target_os = "linux"))]
pub(crate) use imp::interfaces as addresses;
#[cfg(target_os = "linux")]
pub(crate) use imp::{addresses, held_connections};
pub(crate) use imp::{connections, interfaces, io_counters, process_connections, socket_summary};
