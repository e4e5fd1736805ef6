//! Waiting for the end of a process, by its handle.

use std::{
    process::ExitStatus,
    time::{Duration, Instant},
};

use oslens::{ErrorKind, process::Process};
use pyo3::prelude::*;

use super::super::slices::SLICE;
use crate::process::ProcessBase;

fn exit(py: Python<'_>, status: Option<ExitStatus>) -> PyResult<Option<Bound<'_, PyAny>>> {
    let code = status.and_then(|status| status.code());
    Ok(match code {
        Some(code) => Some(code.into_pyobject(py)?.into_any()),
        None => None,
    })
}

#[pymethods]
impl ProcessBase {
    /// There are no descriptors of processes.
    fn _pidfd(&self) -> Option<i32> {
        None
    }
}

impl ProcessBase {
    /// The exit code of what had ended before, which the system knows as long
    /// as somebody has a handle of it.
    pub(in crate::process) fn exit_of_ended<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let process = self.process()?;
        let status = py.detach(|| process.wait(Some(Duration::ZERO)));
        exit(py, status.unwrap_or_default())
    }

    /// The exit code, whoever made the process. It is signed: what is above
    /// `0x7fffffff` is negative.
    pub(in crate::process) fn wait_for<'py>(
        &self,
        py: Python<'py>,
        process: &Process,
        deadline: Option<Instant>,
        timeout: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        loop {
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            let slice = left.map_or(SLICE, |left| left.min(SLICE));
            match py.detach(|| process.wait(Some(slice))) {
                Ok(status) => return exit(py, status),
                Err(error) if error.kind() == ErrorKind::TimedOut => {}
                Err(error) => return Err(self.raised(py, &error)),
            }
            py.check_signals()?;
            if left.is_some_and(|left| left <= slice) {
                return Err(self.timed_out(py, timeout));
            }
        }
    }
}
