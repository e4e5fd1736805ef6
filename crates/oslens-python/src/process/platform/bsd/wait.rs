//! Waiting for the end of a process: the system's notice of it, a while, and
//! again.

use std::time::{Duration, Instant};

use oslens::{ErrorKind, process::Process};
use pyo3::prelude::*;

use super::super::{
    slices::SLICE,
    unix::{exit, pause},
};
use crate::process::ProcessBase;

const FIRST_PAUSE: Duration = Duration::from_micros(100);
const LONGEST_PAUSE: Duration = Duration::from_millis(40);

#[pymethods]
impl ProcessBase {
    /// There are no descriptors of processes.
    fn _pidfd(&self) -> Option<i32> {
        None
    }
}

impl ProcessBase {
    /// What has ended and been collected is known no more.
    pub(in crate::process) fn exit_of_ended<'py>(
        &self,
        _: Python<'py>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        Ok(None)
    }

    /// How a child ended; `None` of others.
    pub(in crate::process) fn wait_for<'py>(
        &self,
        py: Python<'py>,
        process: &Process,
        deadline: Option<Instant>,
        timeout: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let mut next = FIRST_PAUSE;
        loop {
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            let slice = left.map_or(SLICE, |left| left.min(SLICE));
            match py.detach(|| process.wait(Some(slice))) {
                Ok(Some(status)) => return exit(py, status).map(Some),
                Ok(None) => {
                    // It has ended, and is there until its parent has
                    // collected it.
                    if !py.detach(|| process.is_running()).unwrap_or(false) {
                        return Ok(None);
                    }
                    pause(py, left.map_or(next, |left| left.min(next)))?;
                    next = (next * 2).min(LONGEST_PAUSE);
                }
                Err(error) if error.kind() == ErrorKind::TimedOut => py.check_signals()?,
                Err(error) => return Err(self.raised(py, &error)),
            }
            if left.is_some_and(|left| left <= slice) {
                return Err(self.timed_out(py, timeout));
            }
        }
    }
}
