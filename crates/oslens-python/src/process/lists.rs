//! What a process has several of: methods that return lists.

use oslens::net::Kind;
use pyo3::{prelude::*, types::PyList};

use super::{
    ProcessBase,
    attributes::Attribute,
    extras::{self, Extras},
    overrides, platform,
};
use crate::{arguments::Flag, sockets::KindName};

// The others do not tell what is in memory.
#[cfg(not(any(target_os = "netbsd", target_os = "openbsd")))]
#[pymethods]
impl ProcessBase {
    /// What the memory of the process consists of: files, libraries, heap,
    /// stack.
    ///
    /// With `grouped` it is a list with one `pmmap_grouped` for each file,
    /// else one with a `pmmap_ext` for each mapping, which also has its
    /// addresses and permissions. Sizes are in bytes.
    ///
    /// Raises `AccessDenied` for processes of other users, unless the caller
    /// is root.
    #[pyo3(signature = (grouped = Flag(true)), text_signature = "($self, grouped=True)")]
    fn memory_maps<'py>(&self, py: Python<'py>, grouped: Flag) -> PyResult<Bound<'py, PyAny>> {
        if grouped.0 {
            return self.extra_method(py, Attribute::MemoryMaps);
        }
        platform::maps(py, &self.ask(py, platform::read_maps)?)
    }
}

#[pymethods]
impl ProcessBase {
    /// All that the process has open, as a list of `pdescriptor`: files (also
    /// deleted ones), directories, devices, sockets, pipes and what else there
    /// is.
    ///
    /// Raises `AccessDenied` for processes of other users, unless the caller
    /// is root.
    fn descriptors<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        extras::descriptors(py, &self.ask(py, oslens::process::Process::descriptors)?)
    }

    /// Threads of the process, as a list of `pthread(id, user_time,
    /// system_time)`, with times in seconds.
    fn threads<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.extra_method(py, Attribute::Threads)
    }

    /// Threads of the process, as a list of `pthread_ex`: also with their
    /// names, states, CPUs and niceness.
    fn threads_ex<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        extras::threads_ex(py, &self.ask(py, oslens::process::Process::threads)?)
    }

    /// Sockets that the process has open, as a list of `pconn`, seen in its
    /// own network namespace.
    ///
    /// `kind` is that of `oslens.net_connections()`: Internet sockets, if it
    /// is not given.
    ///
    /// Raises `AccessDenied` for processes of other users, unless the caller
    /// is root.
    #[pyo3(signature = (kind = KindName(Kind::INET)), text_signature = "($self, kind='inet')")]
    fn net_connections<'py>(&self, py: Python<'py>, kind: KindName) -> PyResult<Bound<'py, PyAny>> {
        if kind.0 == Kind::INET {
            return self.extra_method(py, Attribute::NetConnections);
        }
        let extras = self.ask(py, |process| {
            Ok(Extras {
                connections: Some(platform::connections(process, kind.0)),
                ..Extras::default()
            })
        })?;
        self.extra_value(py, Attribute::NetConnections, &extras)
    }

    /// The parent of the process, as a `Process`; `None` if it has none.
    fn parent<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        if let Some(parent) = overrides::parent(slf)? {
            return Ok(parent);
        }
        let (py, this) = (slf.py(), slf.get());
        let host = &this.subject()?.host;
        this.ask(py, oslens::process::Process::parent)?
            .map(|parent| Self::object(py, host, parent.id()))
            .transpose()
    }

    /// The parent of the process, its parent and so on, as a list of
    /// `Process`.
    fn parents<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        let (py, this) = (slf.py(), slf.get());
        if let Some(parents) = overrides::parents(slf)? {
            return PyList::new(py, parents);
        }
        let host = &this.subject()?.host;
        let objects = this
            .ask(py, oslens::process::Process::parents)?
            .iter()
            .map(|parent| Self::object(py, host, parent.id()))
            .collect::<PyResult<Vec<_>>>()?;
        PyList::new(py, objects)
    }

    /// The children of the process, as a list of `Process`, oldest first. With
    /// `recursive`, each is followed by its own children.
    ///
    /// A process whose parent has ended is no child of its grandparent.
    #[pyo3(signature = (recursive = Flag(false)), text_signature = "($self, recursive=False)")]
    fn children<'py>(&self, py: Python<'py>, recursive: Flag) -> PyResult<Bound<'py, PyList>> {
        let host = &self.subject()?.host;
        let objects = self
            .ask(py, |process| match recursive.0 {
                true => process.descendants(),
                false => process.children(),
            })?
            .iter()
            .map(|child| Self::object(py, host, child.id()))
            .collect::<PyResult<Vec<_>>>()?;
        PyList::new(py, objects)
    }
}
