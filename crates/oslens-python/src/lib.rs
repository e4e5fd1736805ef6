//! The native module `oslens._oslens` of the Python package `oslens`.
//!
//! Python sees psutil's API; this side asks the library `oslens`, without the
//! GIL, and makes Python objects of the answers. Each file here has the
//! functions of one concern; `host`, `error`, `objects` and
//! `arguments` are what they share. What differs between systems is in
//! `platform` and `process::platform`, and nowhere else.

#![deny(unsafe_code)]

mod arguments;
mod containers;
mod cpu;
mod disk;
mod error;
mod host;
mod memory;
mod net;
mod nowrap;
mod objects;
mod platform;
mod process;
mod sensors;
mod sockets;
mod system;

use pyo3::{exceptions::PyImportError, prelude::*, sync::PyOnceLock};

/// The types and modules that statics of this crate hold are those of the
/// interpreter that imported it first. Python lets those with the same GIL
/// import it, too: they would get its objects.
fn refuse_second_interpreter(py: Python<'_>) -> PyResult<()> {
    // Every interpreter has its own, for as long as it lives.
    static SYS: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    let sys = py.import("sys")?;
    let first = SYS.get_or_init(py, || sys.clone().unbind());
    if first.is(&sys) {
        return Ok(());
    }
    Err(PyImportError::new_err(
        "oslens can be imported by one interpreter of a process, and another one has done so",
    ))
}

/// The native half of `oslens`. What is public here is re-exported there.
#[pymodule(gil_used = false)]
mod _oslens {
    use super::*;
    #[pymodule_export]
    use crate::containers::{cpu_limit, memory_limit, swap_devices};
    #[pymodule_export]
    use crate::cpu::{
        _take_cpu_baselines, cpu_count, cpu_freq, cpu_percent, cpu_stats, cpu_times,
        cpu_times_percent,
    };
    #[pymodule_export]
    use crate::disk::{_disk_io_counters, disk_partitions, disk_usage};
    #[pymodule_export]
    use crate::memory::{_total_memory, swap_memory, virtual_memory};
    #[pymodule_export]
    use crate::net::{_net_io_counters, net_if_addrs, net_if_stats};
    #[pymodule_export]
    use crate::nowrap::{_after_fork, _before_fork, _forget_disks, _forget_nics};
    #[pymodule_export]
    use crate::process::{_processes, Pass, ProcessBase, Sampler, Watch};
    #[pymodule_export]
    use crate::sensors::{batteries, sensors_battery};
    #[pymodule_export]
    use crate::sockets::net_connections;
    #[pymodule_export]
    use crate::system::{boot_time, pid_exists, pids, users};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        refuse_second_interpreter(module.py())?;
        crate::process::forked();
        module.add("VERSION", env!("CARGO_PKG_VERSION"))?;
        crate::platform::add_to(module)?;
        crate::process::add_to(module)
    }
}
