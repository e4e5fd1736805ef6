//! CPUs: times, counts, frequencies.

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
    target_os = "macos",
    target_os = "netbsd",
    target_os = "openbsd",
    all(test, target_os = "linux")
))]
#[cfg_attr(target_os = "linux", allow(dead_code))]
mod bsd;

#[cfg(any(target_os = "freebsd", all(test, target_os = "linux")))]
#[cfg_attr(target_os = "linux", allow(dead_code, unused_imports))]
mod freebsd;
#[cfg(target_os = "freebsd")]
use freebsd as imp;

#[cfg(any(target_os = "macos", all(test, target_os = "linux")))]
#[cfg_attr(target_os = "linux", allow(dead_code, unused_imports))]
pub(crate) mod macos;
#[cfg(target_os = "macos")]
use macos as imp;

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

#[cfg(not(any(
    target_os = "freebsd",
    target_os = "linux",
    target_os = "macos",
    target_os = "netbsd",
    target_os = "openbsd",
    windows
)))]
mod unsupported;
#[cfg(not(any(
    target_os = "freebsd",
    target_os = "linux",
    target_os = "macos",
    target_os = "netbsd",
    target_os = "openbsd",
    windows
)))]
use unsupported as imp;

pub(crate) use imp::{
    allowed, frequency_per_cpu, load_average, online, physical_count, runnable, stats, times,
    times_per_cpu,
};
