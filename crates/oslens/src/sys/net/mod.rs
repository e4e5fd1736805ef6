//! The network: counters, interfaces, sockets and their owners.

#[cfg(any(
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd",
    target_os = "macos",
    all(test, target_os = "linux")
))]
mod bsd_interfaces;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as imp;

#[cfg(windows)]
mod windows;
#[cfg(windows)]
use windows as imp;

#[cfg(any(
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd",
    target_os = "macos",
    all(test, target_os = "linux")
))]
#[cfg_attr(not(target_os = "freebsd"), allow(dead_code))]
mod bsd_sockets;

#[cfg(any(target_os = "freebsd", all(test, target_os = "linux")))]
#[cfg_attr(target_os = "linux", allow(dead_code, unused_imports))]
mod freebsd;
#[cfg(target_os = "freebsd")]
use freebsd as imp;

#[cfg(any(target_os = "netbsd", all(test, target_os = "linux")))]
#[cfg_attr(target_os = "linux", allow(dead_code, unused_imports))]
mod netbsd;
#[cfg(target_os = "netbsd")]
use netbsd as imp;

#[cfg(any(target_os = "openbsd", all(test, target_os = "linux")))]
#[cfg_attr(target_os = "linux", allow(dead_code, unused_imports))]
mod openbsd;
#[cfg(target_os = "openbsd")]
use openbsd as imp;

#[cfg(any(target_os = "macos", all(test, target_os = "linux")))]
#[cfg_attr(target_os = "linux", allow(dead_code, unused_imports))]
mod macos;
#[cfg(target_os = "macos")]
use macos as imp;

#[cfg(not(any(
    target_os = "linux",
    windows,
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd",
    target_os = "macos"
)))]
mod unsupported;
#[cfg(not(any(
    target_os = "linux",
    windows,
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd",
    target_os = "macos"
)))]
use unsupported as imp;

#[cfg(any(
    target_os = "linux",
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd",
    target_os = "macos"
))]
pub(crate) use imp::addresses;
#[cfg(target_os = "linux")]
pub(crate) use imp::held_connections;
/// What is known of the links comes along.
#[cfg(not(any(
    target_os = "linux",
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd",
    target_os = "macos"
)))]
pub(crate) use imp::interfaces as addresses;
pub(crate) use imp::{connections, interfaces, io_counters, process_connections, socket_summary};
