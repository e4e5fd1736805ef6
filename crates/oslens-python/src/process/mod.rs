//! Processes.

use std::sync::OnceLock;

use oslens::process::{Fields, Pid, Process, ProcessRow};
use pyo3::{
    exceptions::{PyRuntimeError, PyValueError},
    prelude::*,
    types::{PyDict, PyTuple},
};

use crate::{error::OrRaise as _, host};

/// What `oslens.Process` inherits: its getters and actions.
///
/// The Python class on top gives instances a `__dict__` and weak references,
/// and the methods that only combine others.
#[pyclass(name = "ProcessBase", module = "oslens._oslens", subclass, frozen)]
pub(crate) struct ProcessBase {
    /// Set by `__init__`, which subclasses may call late or replace.
    process: OnceLock<Process>,
}

impl ProcessBase {
    pub(crate) fn process(&self) -> PyResult<&Process> {
        self.process
            .get()
            .ok_or_else(|| PyRuntimeError::new_err("Process.__init__() was not called"))
    }

    /// Reads fields, without the GIL.
    pub(crate) fn read(&self, py: Python<'_>, fields: Fields) -> PyResult<ProcessRow> {
        let process = self.process()?;
        py.detach(|| process.read(fields)).or_raise(py)
    }
}

#[pymethods]
impl ProcessBase {
    /// Subclasses may take other arguments, which only their `__init__`
    /// knows.
    #[new]
    #[pyo3(signature = (*_arguments, **_keywords))]
    fn new(_arguments: &Bound<'_, PyTuple>, _keywords: Option<&Bound<'_, PyDict>>) -> Self {
        Self {
            process: OnceLock::new(),
        }
    }

    #[pyo3(signature = (pid = None))]
    fn __init__(&self, py: Python<'_>, pid: Option<i64>) -> PyResult<()> {
        let host = host::current(py)?;
        let pid = match pid {
            None => Pid::current(),
            Some(pid) => u32::try_from(pid).map(Pid::new).map_err(|_| {
                PyValueError::new_err(format!("pid must be a positive integer or zero, not {pid}"))
            })?,
        };
        let process = py
            .detach(|| {
                let process = host.process(pid)?;
                // Thousands of these must not hold thousands of descriptors.
                Ok(match host.is_local() {
                    true => Process::from_id(process.id()),
                    false => process,
                })
            })
            .or_raise(py)?;
        // A second call changes nothing: an object is one process for ever.
        let _ = self.process.set(process);
        Ok(())
    }

    /// The PID.
    #[getter]
    fn pid(&self) -> PyResult<u32> {
        Ok(self.process()?.pid().get())
    }

    /// The PID of the parent.
    fn ppid(&self, py: Python<'_>) -> PyResult<u32> {
        let ppid = self.read(py, Fields::PPID)?.ppid;
        match ppid {
            Ok(ppid) => Ok(ppid.get()),
            Err(why) => Err(PyRuntimeError::new_err(why.to_string())),
        }
    }
}
