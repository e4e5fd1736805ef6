//! Methods that read what only Windows has, or has with these fields.

use pyo3::prelude::*;

use crate::process::{ProcessBase, attributes::Attribute};

#[pymethods]
impl ProcessBase {
    /// Account that the process runs as, with its domain: `"DOMAIN\name"`.
    ///
    /// Raises `AccessDenied` for processes of other users, unless the caller
    /// is an administrator.
    fn username<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Username)
    }

    /// Number of handles that the process has open: files, threads, events,
    /// keys of the registry and so on.
    fn num_handles<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::NumHandles)
    }

    /// What the process read and wrote since it was created, as `pio`: calls
    /// and bytes, whatever they were of, and those that did neither (`other_…`).
    fn io_counters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::IoCounters)
    }

    /// CPU time that the process used, in seconds, as `pcputimes`. Windows
    /// does not count that of its children: they are 0.0.
    fn cpu_times<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::CpuTimes)
    }

    /// Memory that the process uses, in bytes, as `pmem`: `rss` is what it
    /// holds in physical memory (its working set), `vms` what the system has
    /// promised it (its private bytes), and the most that these were.
    ///
    /// For what it alone occupies see `memory_footprint()`.
    fn memory_info<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::MemoryInfo)
    }

    /// More about the memory of the process, in bytes, as `pmem_ex`:
    /// `memory_info()`, its address space (`virtual`), its share of the
    /// kernel's pools, and the most that these were.
    ///
    /// What the system does not tell is 0.
    fn memory_info_ex<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::MemoryInfoEx)
    }

    /// Memory that the process really occupies, in bytes, as `pfootprint`:
    /// what ending it would free (`uss`).
    ///
    /// The system lists all pages of the process for that, which takes long
    /// for a large one.
    ///
    /// Raises `AccessDenied` for processes of other users, unless the caller
    /// is an administrator.
    fn memory_footprint<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::MemoryFootprint)
    }

    /// Files that the process has open, as a list of `popenfile(path, fd)`.
    /// `fd` is always -1.
    ///
    /// What does not answer within 0.2 seconds is left out.
    ///
    /// Raises `AccessDenied` for processes of other users, unless the caller
    /// is an administrator.
    fn open_files<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.extra_method(py, Attribute::OpenFiles)
    }
}
