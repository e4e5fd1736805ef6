//! Methods that read what only Linux has, or has with these fields.

use oslens::{os::linux::ProcessExt, process::Pid};
use pyo3::prelude::*;

use crate::objects::PNAMESPACES;
use crate::process::{ProcessBase, attributes::Attribute};

#[pymethods]
impl ProcessBase {
    /// What the process read and wrote since it was created, as `pio`: calls,
    /// bytes that went to and from disks, and bytes that all calls moved
    /// (`read_chars`, `write_chars`), whatever they were of.
    ///
    /// Raises `AccessDenied` for processes of other users, unless the caller
    /// is root.
    fn io_counters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::IoCounters)
    }

    /// Number of the CPU that the process ran on last.
    fn cpu_num<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::CpuNum)
    }

    /// CPU time that the process used, in seconds, as `pcputimes`: its own
    /// (`user`, `system`), that of its children which have ended and been
    /// waited for, and what it waited for disks (`iowait`).
    fn cpu_times<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::CpuTimes)
    }

    /// Memory that the process uses, in bytes, as `pmem`: `rss` is what it
    /// holds in physical memory, `vms` all its address space, `shared` what of
    /// `rss` others may share, `text` and `data` its code and data.
    ///
    /// For what it alone occupies see `memory_footprint()`.
    fn memory_info<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::MemoryInfo)
    }

    /// More about the memory of the process, in bytes, as `pmem_ex`:
    /// `memory_info()`, its peaks (`peak_rss`, `peak_vms`), what `rss`
    /// consists of (`rss_anon`, `rss_file`, `rss_shmem`), `swap` and huge
    /// pages.
    ///
    /// What this kernel does not tell is 0.
    fn memory_info_ex<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::MemoryInfoEx)
    }

    /// Memory that the process really occupies, in bytes, as `pfootprint`:
    /// what ending it would free (`uss`), its memory with shared pages divided
    /// by their number of users (`pss`), and what of it is in `swap`.
    ///
    /// The kernel walks all pages of the process for that: it takes as many
    /// milliseconds as the process has gigabytes, and more.
    ///
    /// Raises `AccessDenied` for processes of other users, unless the caller
    /// is root.
    fn memory_footprint<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::MemoryFootprint)
    }

    /// Capabilities of the process, as `pcapabilities`: an integer for each
    /// set, with a bit for each capability (that of `CAP_KILL` is `1 << 5`).
    fn capabilities<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Capabilities)
    }

    /// Control groups that the process is in, as a list of `pcgroup(hierarchy,
    /// controllers, path)`. The hierarchy 0 is that of version 2.
    fn cgroups<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Cgroups)
    }

    /// How likely the kernel ends the process when memory runs out: from 0
    /// (never) to about 2000.
    fn oom_score<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::OomScore)
    }

    /// Namespaces of the process, as `pnamespaces`: a number (an inode) for
    /// each kind. Two processes are in one namespace if their numbers are
    /// equal.
    ///
    /// Raises `AccessDenied` for processes of other users, unless the caller
    /// is root.
    fn namespaces<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let of = self.ask(py, ProcessExt::namespaces)?;
        PNAMESPACES.of(
            py,
            (
                of.cgroup,
                of.ipc,
                of.mount,
                of.network,
                of.pid,
                of.pid_for_children,
                of.time,
                of.time_for_children,
                of.user,
                of.uts,
            ),
        )
    }

    /// Name of the kernel's function that the process waits in; `None` if it
    /// runs, or the kernel does not tell.
    fn wait_channel(&self, py: Python<'_>) -> PyResult<Option<String>> {
        self.ask(py, ProcessExt::wait_channel)
    }

    /// PID of the process that debugs this one; `None` if there is none.
    fn tracer_pid(&self, py: Python<'_>) -> PyResult<Option<u32>> {
        Ok(self.ask(py, ProcessExt::security)?.tracer.map(Pid::get))
    }

    /// PIDs of the process in each PID namespace that it is in, from the
    /// caller's to the innermost, where a container's first process is 1.
    fn namespace_pids(&self, py: Python<'_>) -> PyResult<Vec<u32>> {
        let pids = self.ask(py, ProcessExt::security)?.namespace_pids;
        Ok(pids.into_iter().map(Pid::get).collect())
    }

    /// ID of the user who logged in, whatever `su` and `sudo` made of it;
    /// `None` if nobody did, as for services.
    fn login_uid(&self, py: Python<'_>) -> PyResult<Option<u32>> {
        self.ask(py, ProcessExt::login_uid)
    }

    /// Regular files that the process has open, as a list of `popenfile(path,
    /// fd, position, mode, flags)`.
    ///
    /// `mode` is that of `open()`, `position` where it is read or written
    /// next. Files that were deleted, sockets, pipes and so on are in
    /// `descriptors()`.
    ///
    /// Raises `AccessDenied` for processes of other users, unless the caller
    /// is root.
    fn open_files<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.extra_method(py, Attribute::OpenFiles)
    }
}
