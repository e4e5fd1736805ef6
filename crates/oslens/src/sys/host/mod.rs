//! The machine as a whole: boot, logins, names.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as imp;

#[cfg(not(target_os = "linux"))]
mod unsupported;
#[cfg(not(target_os = "linux"))]
use unsupported as imp;

pub(crate) use imp::{all_names, boot_time, info, local_name, uptime, users};

/// Whose names are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameOf {
    User,
    Group,
}
