//! Acting on a process.

use pyo3::{exceptions::PyValueError, prelude::*};

use super::ProcessBase;

impl ProcessBase {
    /// PID 0 is nobody to system calls: it means the caller.
    pub(super) fn refuse_zero(&self, what: &str) -> PyResult<()> {
        if self.id()?.pid.get() == 0 {
            return Err(PyValueError::new_err(format!(
                "{what} is not for PID 0: to system calls it means the caller"
            )));
        }
        Ok(())
    }
}
