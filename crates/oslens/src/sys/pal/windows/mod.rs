//! Windows: what the rest of the crate needs of the Win32 and native calls.

#[cfg(test)]
mod command_line;
pub(crate) mod drives;
pub(crate) mod error;
pub(crate) mod groups;
pub(crate) mod ip_helper;
pub(crate) mod native;
pub(crate) mod object;
pub(crate) mod power;
pub(crate) mod process;
pub(crate) mod remote;
#[cfg(test)]
pub(crate) mod security;
pub(crate) mod services;
pub(crate) mod sessions;
pub(crate) mod system;
pub(crate) mod thread;
pub(crate) mod token;
pub(crate) mod volumes;
pub(crate) mod waiting;

pub(crate) use oslens_win32::{buffer, handle, registry, wide};
