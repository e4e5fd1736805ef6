//! The native module `oslens._oslens` of the Python package `oslens`.
//!
//! Python sees psutil's API; this side asks the library `oslens`, without the
//! GIL, and makes Python objects of the answers. Each file here has the
//! functions of one concern; [`host`], [`error`], [`objects`] and
//! [`arguments`] are what they share.

#![deny(unsafe_code)]

mod arguments;
mod cpu;
mod error;
mod host;
mod memory;
mod objects;
mod process;
mod system;

use pyo3::prelude::*;

/// The native half of `oslens`. What is public here is re-exported there.
#[pymodule(gil_used = false)]
mod _oslens {
    #[pymodule_export]
    use crate::cpu::{cpu_count, cpu_freq, cpu_percent, cpu_stats, cpu_times, cpu_times_percent};
    #[pymodule_export]
    use crate::memory::{_total_memory, swap_memory, virtual_memory};
    #[pymodule_export]
    use crate::process::ProcessBase;
    #[pymodule_export]
    use crate::system::{boot_time, pid_exists, pids, users};
}
