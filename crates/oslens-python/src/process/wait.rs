//! Waiting for the end of a process.

use std::time::{Duration, Instant};

use oslens::{ErrorKind, process::Process};
use pyo3::{exceptions::PyValueError, prelude::*};

use super::{ProcessBase, lock};
use crate::error::{self, TIMEOUT_EXPIRED};

/// The time that the caller gives; `None` is for ever.
fn timeout(timeout: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Duration>> {
    let Some(timeout) = timeout else {
        return Ok(None);
    };
    let seconds = crate::arguments::seconds("timeout", timeout)?;
    // What is too long for the clock is for ever.
    Ok(Duration::try_from_secs_f64(seconds).ok())
}

impl ProcessBase {
    /// The process with a handle, if it still runs.
    pub(super) fn held(&self, py: Python<'_>) -> PyResult<Option<Process>> {
        if self.was_only_a_pid() {
            return Ok(None);
        }
        let process = self.process()?;
        match py.detach(|| process.with_handle()) {
            Ok(held) => Ok(Some(held)),
            Err(error) => match error.kind() {
                ErrorKind::NoSuchProcess | ErrorKind::Reused => Ok(None),
                _ => Err(self.raised(py, &error)),
            },
        }
    }

    pub(super) fn timed_out(&self, py: Python<'_>, timeout: Option<&Bound<'_, PyAny>>) -> PyErr {
        let made = || {
            let pid = self.id()?.pid.get();
            let name = match self.known_name(py) {
                Some(name) => Some(name),
                None => self
                    .get(py, super::attributes::Attribute::Name)
                    .ok()
                    .map(Bound::unbind),
            };
            error::of_process(py, &TIMEOUT_EXPIRED, (timeout, pid, name))
        };
        made().unwrap_or_else(|error| error)
    }
}

#[pymethods]
impl ProcessBase {
    /// How it ended: its exit code, or a negative number for a signal; `None`
    /// where that is not known. Raises `TimeoutExpired`.
    fn _wait<'py>(
        &self,
        py: Python<'py>,
        timeout: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let given = timeout;
        let timeout = self::timeout(timeout)?;
        if let Some(exit) = lock(&self.known).exit.as_ref() {
            let exit = exit.bind(py);
            return Ok((!exit.is_none()).then(|| exit.clone()));
        }
        let pid = self.id()?.pid.get();
        if pid == 0 {
            return Err(PyValueError::new_err("wait is not for PID 0"));
        }
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let exit = match self.held(py)? {
            None => self.exit_of_ended(py)?,
            Some(process) => self.wait_for(py, &process, deadline, given)?,
        };
        let exit = exit.unwrap_or_else(|| py.None().into_bound(py));
        let old = lock(&self.known).exit.replace(exit.clone().unbind());
        drop(old);
        Ok((!exit.is_none()).then_some(exit))
    }
}
