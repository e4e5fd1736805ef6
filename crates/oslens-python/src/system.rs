//! The machine as a whole, and which processes it has.

use std::time::SystemTime;

use oslens::process::Pid;
use pyo3::{
    exceptions::PyTypeError,
    prelude::*,
    types::{PyInt, PyList},
};

use crate::{
    arguments::type_name,
    host::{ask, ask_local},
    objects::SUSER,
    platform::LOCAL_HOST,
};

/// Seconds since 1970.
pub(crate) fn epoch_seconds(time: SystemTime) -> f64 {
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => since.as_secs_f64(),
        Err(before) => -before.duration().as_secs_f64(),
    }
}

/// When the machine booted, in seconds since 1970. It moves when the clock is
/// set.
#[pyfunction]
pub(crate) fn boot_time(py: Python<'_>) -> PyResult<f64> {
    Ok(epoch_seconds(ask(py, oslens::Host::boot_time)?))
}

/// Who is logged in, as a list of `suser`: name, terminal, host, since when
/// (seconds since 1970), and the PID of the login process.
#[pyfunction]
pub(crate) fn users(py: Python<'_>) -> PyResult<Bound<'_, PyList>> {
    let users = ask_local(py, oslens::Host::users)?
        .into_iter()
        .map(|user| {
            let host = match user.host {
                None => LOCAL_HOST.map(Into::into),
                Some(host) if host == ":0" || host == ":0.0" => LOCAL_HOST.map(Into::into),
                host => host,
            };
            SUSER.of(
                py,
                (
                    user.name,
                    user.terminal,
                    host,
                    user.started.map(epoch_seconds),
                    user.pid.map(Pid::get),
                ),
            )
        })
        .collect::<PyResult<Vec<_>>>()?;
    PyList::new(py, users)
}

/// PIDs of all processes, as a list in ascending order.
#[pyfunction]
pub(crate) fn pids(py: Python<'_>) -> PyResult<Bound<'_, PyList>> {
    let pids = ask(py, oslens::Host::pids)?;
    PyList::new(py, pids.into_iter().map(Pid::get))
}

/// Whether there is a process with this PID. Threads are none. This is faster
/// than a look into `pids()`.
#[pyfunction]
pub(crate) fn pid_exists(py: Python<'_>, pid: &Bound<'_, PyAny>) -> PyResult<bool> {
    // What is too large for a PID is not one; what is no number is an error.
    let Ok(pid) = pid.extract::<u32>() else {
        if pid.is_instance_of::<PyInt>() {
            return Ok(false);
        }
        return Err(PyTypeError::new_err(format!(
            "pid must be an int, not {}",
            type_name(pid)
        )));
    };
    ask(py, |host| host.pid_exists(pid))
}
