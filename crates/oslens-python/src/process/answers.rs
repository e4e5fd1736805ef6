//! Asking a process, and the exceptions where there is no answer.

use std::sync::{Arc, atomic::Ordering};

use oslens::{
    Error, ErrorKind, Unavailable,
    process::{Fields, Pid, Process, ProcessRow},
};
use pyo3::{
    exceptions::{PyNotImplementedError, PyOSError, PyRuntimeError},
    prelude::*,
};

use super::{ProcessBase, attributes::Attribute, lock, platform};
use crate::error::{self, ACCESS_DENIED, NO_SUCH_PROCESS, ZOMBIE_PROCESS};

impl ProcessBase {
    /// Fails if whoever has the PID is another process.
    pub(super) fn refuse_others(&self, py: Python<'_>) -> PyResult<()> {
        if self.was_reused() {
            return Err(self.reused(py));
        }
        if self.was_only_a_pid() {
            let arguments = (self.id()?.pid.get(), self.known_name(py));
            return Err(error::of_process(py, &NO_SUCH_PROCESS, arguments)?);
        }
        Ok(())
    }

    /// Asks something about the process, without the GIL.
    pub(super) fn ask<T: Send>(
        &self,
        py: Python<'_>,
        question: impl FnOnce(&Process) -> oslens::Result<T> + Send,
    ) -> PyResult<T> {
        let process = self.process()?;
        self.refuse_others(py)?;
        py.detach(|| question(process))
            .map_err(|error| self.raised(py, &error))
    }

    #[cold]
    pub(super) fn reused(&self, py: Python<'_>) -> PyErr {
        self.is_gone.store(true, Ordering::Relaxed);
        self.is_reused.store(true, Ordering::Relaxed);
        let made = || {
            let arguments = (self.id()?.pid.get(), self.known_name(py), error::REUSED);
            error::of_process(py, &NO_SUCH_PROCESS, arguments)
        };
        made().unwrap_or_else(|error| error)
    }

    /// Reads fields, without the GIL; in a `oneshot()`, only what has not
    /// been read in it yet.
    pub(super) fn read(&self, py: Python<'_>, fields: Fields) -> PyResult<Arc<ProcessRow>> {
        if let Some(row) = self.oneshot.row(fields) {
            return Ok(row);
        }
        let wanted = self.oneshot.wanted(fields);
        self.refuse_others(py)?;
        let process = self.process()?;
        // A row is large: where it is made it stays.
        let row = py
            .detach(|| process.read(wanted).map(Arc::new))
            .map_err(|error| self.raised(py, &error))?;
        self.oneshot.keep(wanted, &row);
        Ok(row)
    }

    /// The exception for an error, with what is known about the process.
    #[cold]
    pub(super) fn raised(&self, py: Python<'_>, error: &Error) -> PyErr {
        match error.kind() {
            ErrorKind::Zombie => return self.zombie(py),
            ErrorKind::Reused => return self.reused(py),
            _ => {}
        }
        let raised = error::exception(py, error);
        if let Some(name) = self.known_name(py) {
            let value = raised.value(py);
            let attribute = pyo3::intern!(py, "name");
            if value
                .getattr(attribute)
                .is_ok_and(|present| present.is_none())
            {
                // It is an improvement only.
                let _ = value.setattr(attribute, name);
            }
        }
        raised
    }

    pub(super) fn known_name(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        lock(&self.known)
            .name
            .as_ref()
            .map(|name| name.clone_ref(py))
    }

    /// The exception for a value that went with a process's memory.
    #[cold]
    pub(super) fn zombie(&self, py: Python<'_>) -> PyErr {
        let made = || {
            let process = self.process()?;
            let row = py.detach(|| process.read(Fields::NAME | Fields::PPID)).ok();
            let (name, ppid) = match row {
                Some(row) => (row.name.ok(), row.ppid.ok().map(Pid::get)),
                None => (None, None),
            };
            error::of_process(py, &ZOMBIE_PROCESS, (process.pid().get(), name, ppid))
        };
        made().unwrap_or_else(|error| error)
    }

    /// The exception for an attribute that has no value.
    #[cold]
    pub(super) fn missing(&self, py: Python<'_>, attribute: Attribute, why: Unavailable) -> PyErr {
        let name = attribute.as_str();
        let made = || {
            let subject = self.subject()?;
            let pid = subject.process.pid().get();
            match why {
                Unavailable::Zombie => Ok(self.zombie(py)),
                Unavailable::Gone => {
                    error::of_process(py, &NO_SUCH_PROCESS, (pid, self.known_name(py)))
                }
                Unavailable::Denied => {
                    let process = &subject.process;
                    let known = self.known_name(py);
                    let name = py.detach(|| match known {
                        Some(_) => None,
                        None => process.read(Fields::NAME).ok()?.name.ok(),
                    });
                    let error = match known {
                        Some(known) => error::of_process(py, &ACCESS_DENIED, (pid, known)),
                        None => error::of_process(py, &ACCESS_DENIED, (pid, name)),
                    }?;
                    if let Some(file) = platform::refusing_file(attribute) {
                        let path = subject.host.proc_path().join(pid.to_string()).join(file);
                        let cause = PyOSError::new_err((
                            EACCES,
                            "Permission denied",
                            path.into_os_string(),
                        ));
                        error.set_cause(py, Some(cause));
                    }
                    Ok(error)
                }
                Unavailable::Unsupported => Ok(PyNotImplementedError::new_err(format!(
                    "{name}: not supported here"
                ))),
                _ => Ok(PyRuntimeError::new_err(format!("{name}: {why}"))),
            }
        };
        made().unwrap_or_else(|error| error)
    }

    /// A value that one system call may tell, in less time than a row takes;
    /// `None`: a row has it, or says why not.
    ///
    /// Nothing that blocks: the GIL is kept.
    pub(super) fn quick<T>(
        &self,
        py: Python<'_>,
        question: impl FnOnce(&Process) -> oslens::Result<T>,
    ) -> PyResult<Option<T>> {
        if self.was_reused() || self.was_only_a_pid() {
            return Ok(None);
        }
        match question(self.process()?) {
            Ok(value) => Ok(Some(value)),
            Err(error) => match error.kind() {
                ErrorKind::NoSuchProcess | ErrorKind::Reused => Err(self.raised(py, &error)),
                _ => Ok(None),
            },
        }
    }
}

/// The same on all systems.
const EACCES: i32 = 13;
