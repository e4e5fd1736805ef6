//! System calls and functions of the C library that FreeBSD, NetBSD, OpenBSD
//! and macOS have, as far as the rest of the crate needs them.

pub(crate) mod control;
mod devices;
pub(crate) mod live;
mod logins;
mod mounts;
mod process;
mod room;
#[cfg(any(target_os = "netbsd", target_os = "openbsd"))]
mod swap;
mod wait;
