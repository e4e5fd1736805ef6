//! Named pipes for messages: a server of many clients in one thread, by a
//! completion port, and its clients.
//!
//! Pipes are of this machine only, and only the first program that makes one
//! with a name has it.

mod client;
mod pal;
mod server;

pub use client::Client;
pub use server::{ClientId, Event, Server, Waker};

use std::ffi::{OsStr, OsString};

/// What a client is granted that reads and writes messages, for SDDL: all of
/// generic reading, to write data, and to choose that it reads messages.
///
/// Generic writing is more than that: it includes making pipes of this name,
/// by which a client could take the place of the server.
pub const CLIENT_ACCESS: u32 = 0x0012_018b;

/// `\\.\pipe\NAME`
fn path(name: &OsStr) -> OsString {
    let mut path = OsString::from(r"\\.\pipe\");
    path.push(name);
    path
}

#[cfg(test)]
mod tests;
