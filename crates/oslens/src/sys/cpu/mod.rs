//! CPUs: times, counts, frequencies.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as imp;

#[cfg(not(target_os = "linux"))]
mod unsupported;
#[cfg(not(target_os = "linux"))]
use unsupported as imp;

pub(crate) use imp::{
    allowed, frequency_per_cpu, load_average, online, physical_count, stats, times, times_per_cpu,
};
