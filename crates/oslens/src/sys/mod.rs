//! What the operating systems do differently: a folder for each concern, a
//! file in it for each system.
//!
//! A concern's `mod.rs` has the only `cfg` ladder of that concern and one
//! explicit list of what crosses the boundary: a function that is missing on
//! a system is a compile error there. `unsupported.rs` is a real module, so
//! that a new target compiles on day one. System calls are in [`pal`], the
//! only place with `unsafe`.

pub(crate) mod cgroup;
pub(crate) mod cpu;
pub(crate) mod disk;
pub(crate) mod host;
#[cfg(any(
    target_os = "freebsd",
    target_os = "macos",
    target_os = "netbsd",
    target_os = "openbsd",
    all(test, target_os = "linux")
))]
#[cfg_attr(target_os = "linux", allow(dead_code))]
pub(crate) mod kernel;
pub(crate) mod memory;
pub(crate) mod net;
pub(crate) mod pal;
pub(crate) mod pressure;
pub(crate) mod process;
pub(crate) mod sensors;

#[cfg(target_os = "linux")]
pub(crate) use pal::linux::sysconf::{page_size, ticks_per_second};

#[cfg(windows)]
pub(crate) use pal::windows::{system::page_size, token::enable_privilege};

#[cfg(all(unix, not(target_os = "linux")))]
pub(crate) fn page_size() -> u64 {
    rustix::param::page_size() as u64
}

#[cfg(not(any(unix, windows)))]
pub(crate) fn page_size() -> u64 {
    4096
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn ticks_per_second() -> u64 {
    100
}
