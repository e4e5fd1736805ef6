//! The machine as a whole: boot, logins, names.

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

#[cfg(unix)]
mod unix;
#[cfg(unix)]
use unix as name_service;

#[cfg(not(unix))]
use imp as name_service;

pub(crate) use imp::{all_names, boot_time, info, uptime, users};
pub(crate) use name_service::local_name;

/// Whose names are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameOf {
    User,
    Group,
}
