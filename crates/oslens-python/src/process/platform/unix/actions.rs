//! Acting on a process, and what can be set, on Linux, the BSDs and macOS.

use oslens::process::{Fields, Process, Resource, ResourceLimit, Signal};
use pyo3::{
    exceptions::{PyTypeError, PyValueError},
    prelude::*,
    types::PyTuple,
};

use super::rlimits::{INFINITY, RLIMITS};
use crate::{
    arguments::{integer, type_name},
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

fn resource(number: i64) -> PyResult<Resource> {
    RLIMITS
        .iter()
        .find(|(_, known, _)| i64::from(*known) == number)
        .map(|(.., resource)| *resource)
        .ok_or_else(|| {
            let valid: Vec<_> = RLIMITS.iter().map(|(name, ..)| *name).collect();
            PyValueError::new_err(format!(
                "invalid resource {number}; valid ones are {}",
                valid.join(", ")
            ))
        })
}

/// −1 is no limit, and so is the largest number of the system.
fn limit(limits: &Bound<'_, PyAny>, at: usize) -> PyResult<Option<u64>> {
    let value = limits.get_item(at)?;
    if value.extract::<i64>().is_ok_and(|value| value == -1) {
        return Ok(None);
    }
    // The kernel's number for it.
    let value: u64 = value.extract().map_err(|_| {
        PyValueError::new_err(format!(
            "limits must be integers from 0, or RLIM_INFINITY, not {value}"
        ))
    })?;
    Ok((value != u64::MAX && i128::from(value) != INFINITY).then_some(value))
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

    /// Limits of the process for a resource, as `(soft, hard)`. With `limits`,
    /// such a pair, sets them.
    ///
    /// `resource` is an `RLIMIT_…` constant; `RLIM_INFINITY` is no limit.
    /// Only root raises the hard one.
    ///
    /// >>> soft, hard = oslens.Process().rlimit(oslens.RLIMIT_NOFILE)
    #[pyo3(signature = (resource, limits = None))]
    fn rlimit<'py>(
        &self,
        py: Python<'py>,
        resource: &Bound<'py, PyAny>,
        limits: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyTuple>>> {
        self.refuse_zero("rlimit")?;
        let resource = self::resource(integer("resource", resource)?)?;
        let Some(limits) = limits else {
            let limit = match self.quick(py, |process| process.limit(resource))? {
                Some(limit) => limit,
                None => self.ask(py, |process| process.limit(resource))?,
            };
            let shown = |limit: Option<u64>| limit.map_or(INFINITY, i128::from);
            return PyTuple::new(py, [shown(limit.soft), shown(limit.hard)]).map(Some);
        };
        let no_pair = || {
            format!(
                "limits must be a pair (soft, hard), not {}",
                type_name(limits)
            )
        };
        let len = limits.len().map_err(|error| {
            if error.is_instance_of::<PyTypeError>(py) {
                return PyTypeError::new_err(no_pair());
            }
            error
        })?;
        if len != 2 {
            return Err(PyValueError::new_err(format!(
                "limits must be a pair (soft, hard), not {len} values"
            )));
        }
        let limits = ResourceLimit {
            soft: limit(limits, 0)?,
            hard: limit(limits, 1)?,
        };
        self.ask(py, |process| process.set_limit(resource, limits))?;
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
