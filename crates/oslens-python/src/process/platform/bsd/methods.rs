//! Methods that read what the BSDs and macOS have with these fields.

use pyo3::prelude::*;

use crate::process::{ProcessBase, attributes::Attribute};

#[pymethods]
impl ProcessBase {
    /// What the process read and wrote since it was created, as `pio`: blocks
    /// on the BSDs, which do not count bytes, and bytes on macOS, which does
    /// not count calls. What is not counted is -1.
    fn io_counters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::IoCounters)
    }

    /// CPU time that the process used, in seconds, as `pcputimes`: its own
    /// (`user`, `system`), and that of its children which have ended and been
    /// waited for. NetBSD and OpenBSD tell the sum of the latter alone: it is
    /// `children_user`, and `children_system` is 0.0.
    fn cpu_times<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::CpuTimes)
    }

    /// Memory that the process uses, in bytes, as `pmem`: `rss` is what it
    /// holds in physical memory, `vms` all its address space. The BSDs also
    /// tell its code (`text`), `data`, `stack`, and the most that `rss` was
    /// (`peak_rss`).
    fn memory_info<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::MemoryInfo)
    }

    /// More about the memory of the process, in bytes, as `pmem_ex`: on the
    /// BSDs the same as `memory_info()`, on macOS what is wired and what it is
    /// charged for (`phys_footprint`). What the system does not tell is 0: on
    /// macOS of other processes the peak, the kinds and `compressed`.
    fn memory_info_ex<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::MemoryInfoEx)
    }

    /// Files that the process has open, as a list of `popenfile(path, fd)`.
    /// NetBSD and OpenBSD do not tell their paths.
    ///
    /// Raises `AccessDenied` for processes of other users, unless the caller
    /// is root.
    fn open_files<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.extra_method(py, Attribute::OpenFiles)
    }
}

#[cfg(not(target_os = "macos"))]
#[pymethods]
impl ProcessBase {
    /// Number of the CPU that the process ran on last.
    fn cpu_num<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::CpuNum)
    }
}

#[cfg(target_os = "macos")]
#[pymethods]
impl ProcessBase {
    /// Memory that the process really occupies, in bytes, as `pfootprint`:
    /// what ending it would free (`uss`).
    ///
    /// All regions of its memory are walked for that, which takes long for a
    /// large one.
    ///
    /// Raises `AccessDenied` for processes of other users, unless the caller
    /// is root.
    fn memory_footprint<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::MemoryFootprint)
    }
}
