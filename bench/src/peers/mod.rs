//! The libraries from crates.io, each doing a line's work as its own best API
//! allows. A job that a peer has no API for is absent, not emulated.

mod procfs_jobs;
mod sysinfo_jobs;

pub use procfs_jobs::Procfs;
pub use sysinfo_jobs::Sysinfo;
