//! Acting on a process, and what can be set, on Linux, the BSDs and macOS.

use oslens::process::{Fields, Process, Signal};
use pyo3::prelude::*;

use crate::{
    arguments::integer,
    process::{ProcessBase, attributes::Attribute},
};

impl ProcessBase {
    fn signal(&self, py: Python<'_>, sig: i32) -> PyResult<()> {
        self.refuse_zero("send_signal")?;
        if sig == 0 {
            // Only whether it is there.
            return self
                .ask(py, |process| process.read(Fields::START))
                .map(drop);
        }
        self.ask(py, |process| process.send_signal(Signal::from_raw(sig)))
    }
}

#[pymethods]
impl ProcessBase {
    /// The niceness of the process, from -20 (gets the CPU first) to 19
    /// (last). With a `value`, sets it.
    ///
    /// Raises `AccessDenied` if the caller may not: only root lowers it.
    #[pyo3(signature = (value = None))]
    fn nice<'py>(
        &self,
        py: Python<'py>,
        value: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(value) = value else {
            if let Some(value) = self.prefetched(py, Attribute::Nice)? {
                return Ok(Some(value));
            }
            if let Some(nice) = self.quick(py, Process::nice)? {
                return Ok(Some(nice.into_pyobject(py)?.into_any()));
            }
            return self.get(py, Attribute::Nice).map(Some);
        };
        self.refuse_zero("nice")?;
        // As the kernel would.
        let value = integer("value", value)?.clamp(-20, 19) as i32;
        self.ask(py, |process| process.set_nice(value))?;
        Ok(None)
    }

    /// Sends a signal, such as `signal.SIGHUP`: to this very process, and
    /// never to another one that got its PID.
    ///
    /// Raises `NoSuchProcess` if it has ended, `AccessDenied` if the caller
    /// may not.
    fn send_signal(&self, py: Python<'_>, sig: &Bound<'_, PyAny>) -> PyResult<()> {
        let sig = integer("sig", sig)?;
        // What is too large for the kernel's type is no signal for it either.
        self.signal(py, i32::try_from(sig).unwrap_or(i32::MAX))
    }

    /// Stops the process until `resume()`: sends SIGSTOP, as `send_signal()`
    /// does.
    fn suspend(&self, py: Python<'_>) -> PyResult<()> {
        self.refuse_zero("suspend")?;
        self.ask(py, Process::suspend)
    }

    /// Lets a process that was stopped run on: sends SIGCONT, as
    /// `send_signal()` does.
    fn resume(&self, py: Python<'_>) -> PyResult<()> {
        self.refuse_zero("resume")?;
        self.ask(py, Process::resume)
    }

    /// Asks the process to end: sends SIGTERM, as `send_signal()` does. It may
    /// handle that, or ignore it.
    fn terminate(&self, py: Python<'_>) -> PyResult<()> {
        self.signal(py, Signal::TERM.raw())
    }

    /// Ends the process at once: sends SIGKILL, as `send_signal()` does. It
    /// cannot handle that.
    fn kill(&self, py: Python<'_>) -> PyResult<()> {
        self.signal(py, Signal::KILL.raw())
    }
}
