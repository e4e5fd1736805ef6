//! Acting on a process, and what can be set.

use oslens::{
    os::windows::{IoPriority, ProcessExt as _},
    process::{Fields, Process},
};
use pyo3::{
    exceptions::{PyTypeError, PyValueError},
    prelude::*,
};

use super::values::CLASSES;
use crate::{
    arguments::integer,
    objects::Imported,
    process::{ProcessBase, attributes::Attribute},
};

/// The numbers of `signal.CTRL_C_EVENT` and `signal.CTRL_BREAK_EVENT`.
const CONSOLE_EVENTS: [i64; 2] = [0, 1];
/// The number of `signal.SIGTERM`.
const SIGTERM: i64 = 15;

#[pymethods]
impl ProcessBase {
    /// The priority class of the process, as a `ProcessPriority`: one of the
    /// constants `IDLE_PRIORITY_CLASS`, `BELOW_NORMAL_PRIORITY_CLASS`,
    /// `NORMAL_PRIORITY_CLASS`, `ABOVE_NORMAL_PRIORITY_CLASS`,
    /// `HIGH_PRIORITY_CLASS` and `REALTIME_PRIORITY_CLASS`. With a `value`,
    /// one of these, sets it.
    ///
    /// Without privilege `REALTIME_PRIORITY_CLASS` becomes
    /// `HIGH_PRIORITY_CLASS`. Raises `AccessDenied` if the caller may not.
    #[pyo3(signature = (value = None))]
    fn nice<'py>(
        &self,
        py: Python<'py>,
        value: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(value) = value else {
            return self.get(py, Attribute::Nice).map(Some);
        };
        let value = integer("value", value)?;
        let class = CLASSES
            .into_iter()
            .find(|class| i64::from(class.raw()) == value)
            .ok_or_else(|| {
                PyValueError::new_err(format!(
                    "invalid priority class {value}; valid ones are {}",
                    CLASSES.map(|class| class.raw().to_string()).join(", ")
                ))
            })?;
        self.ask(py, |process| process.set_priority_class(class))?;
        Ok(None)
    }

    /// How the input and output of the process is scheduled, as a
    /// `ProcessIOPriority`: one of the constants `IOPRIO_VERYLOW`,
    /// `IOPRIO_LOW`, `IOPRIO_NORMAL` and `IOPRIO_HIGH`. With an `ioclass`, one
    /// of these, sets it; there is no `value`.
    ///
    /// Most versions refuse `IOPRIO_HIGH`.
    #[pyo3(signature = (ioclass = None, value = None))]
    fn ionice<'py>(
        &self,
        py: Python<'py>,
        ioclass: Option<&Bound<'py, PyAny>>,
        value: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(ioclass) = ioclass else {
            if value.is_some() {
                return Err(PyValueError::new_err("value of ionice needs an ioclass"));
            }
            return self.get(py, Attribute::Ionice).map(Some);
        };
        if value.map_or(Ok(false), PyAnyMethods::is_truthy)? {
            return Err(PyTypeError::new_err("ionice takes no value on Windows"));
        }
        let priority = match integer("ioclass", ioclass)? {
            0 => IoPriority::VeryLow,
            1 => IoPriority::Low,
            2 => IoPriority::Normal,
            3 => IoPriority::High,
            other => {
                return Err(PyValueError::new_err(format!(
                    "invalid ioclass {other}; valid ones are IOPRIO_VERYLOW (0), \
                     IOPRIO_LOW (1), IOPRIO_NORMAL (2) and IOPRIO_HIGH (3)"
                )));
            }
        };
        self.ask(py, |process| process.set_io_priority(priority))?;
        Ok(None)
    }

    /// Sends a signal. Windows has three: `signal.SIGTERM`, which ends the
    /// process at once, and `signal.CTRL_C_EVENT` and `signal.CTRL_BREAK_EVENT`,
    /// which the leader of a group of processes in the console of the caller
    /// gets.
    ///
    /// Raises `ValueError` for others, `NoSuchProcess` if it has ended,
    /// `AccessDenied` if the caller may not.
    fn send_signal(&self, py: Python<'_>, sig: &Bound<'_, PyAny>) -> PyResult<()> {
        static KILL: Imported = Imported::new("os", "kill");
        match integer("sig", sig)? {
            SIGTERM => self.terminate(py),
            event if CONSOLE_EVENTS.contains(&event) => {
                // That it is the one that is meant.
                self.ask(py, |process| process.read(Fields::START))?;
                KILL.get(py)?.call1((self.id()?.pid.get(), sig)).map(drop)
            }
            other => Err(PyValueError::new_err(format!(
                "signal {other}: Windows has SIGTERM, CTRL_C_EVENT and CTRL_BREAK_EVENT only"
            ))),
        }
    }

    /// Stops all threads of the process until `resume()`.
    fn suspend(&self, py: Python<'_>) -> PyResult<()> {
        self.ask(py, Process::suspend)
    }

    /// Lets a process that was stopped run on.
    fn resume(&self, py: Python<'_>) -> PyResult<()> {
        self.ask(py, Process::resume)
    }

    /// Ends the process at once, with the exit code 15: it cannot handle that.
    ///
    /// Raises `NoSuchProcess` if it has ended, `AccessDenied` if the caller
    /// may not.
    fn terminate(&self, py: Python<'_>) -> PyResult<()> {
        self.ask(py, Process::terminate)
    }

    /// Ends the process at once, as `terminate()` does.
    fn kill(&self, py: Python<'_>) -> PyResult<()> {
        self.terminate(py)
    }
}
