//! CPUs: times, counts, frequencies.

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

pub(crate) use imp::{
    allowed, frequency_per_cpu, load_average, online, physical_count, runnable, stats, times,
    times_per_cpu,
};
