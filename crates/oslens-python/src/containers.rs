//! What a process may use of the machine, where a container or somebody else
//! allows it less than all; swap devices.

use oslens::{Host, process::Pid};
use pyo3::{prelude::*, types::PyList};

use crate::{
    arguments::{self, PidArgument},
    error::{NO_SUCH_PROCESS, of_process},
    host::ask,
    objects::{SCPULIMIT, SMEMLIMIT, SSWAPDEVICE, one_decimal},
};

pub(crate) fn pid_or_own(pid: Option<&Bound<'_, PyAny>>) -> PyResult<Pid> {
    let Some(pid) = pid else {
        return Ok(Pid::current());
    };
    let py = pid.py();
    match arguments::pid(pid)? {
        PidArgument::Pid(pid) => Ok(Pid::new(pid)),
        PidArgument::OutOfRange(pid) => {
            let arguments = (pid, py.None(), "process PID out of range");
            Err(of_process(py, &NO_SUCH_PROCESS, arguments)?)
        }
    }
}

/// CPUs that a process may use, as `scpulimit`: how many are `online`, how
/// many its affinity lets it run on (`allowed`), what its control groups give
/// it (`quota`; `None`: all), and what follows from these: `cpus`, and a good
/// number of threads (`parallelism`).
///
/// `pid` is the calling process if it is not given.
#[pyfunction]
#[pyo3(signature = (pid = None))]
pub(crate) fn cpu_limit<'py>(
    py: Python<'py>,
    pid: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let pid = pid_or_own(pid)?;
    let limit = ask(py, |host| host.cpu_limit(pid))?;
    SCPULIMIT.of(
        py,
        (
            limit.online,
            limit.allowed,
            limit.quota,
            limit.cpus(),
            limit.parallelism(),
        ),
    )
}

/// Memory that a process may use, in bytes, as `smemlimit`: that of the
/// machine, or less if its control groups say so (`limit`; `None`: they do
/// not).
///
/// `pid` is the calling process if it is not given.
#[pyfunction]
#[pyo3(signature = (pid = None))]
pub(crate) fn memory_limit<'py>(
    py: Python<'py>,
    pid: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let pid = pid_or_own(pid)?;
    let memory = ask(py, |host| host.memory_limit(pid))?;
    SMEMLIMIT.of(
        py,
        (
            memory.total,
            memory.available,
            one_decimal(memory.used_fraction() * 100.0),
            memory.used(),
            memory.limit,
        ),
    )
}

/// Partitions and files that are used for swap, as a list of `sswapdevice`,
/// with sizes in bytes.
#[pyfunction]
pub(crate) fn swap_devices(py: Python<'_>) -> PyResult<Bound<'_, PyList>> {
    let devices = ask(py, Host::swap_devices)?
        .into_iter()
        .map(|of| {
            let path = of.path.into_os_string();
            SSWAPDEVICE.of(py, (path, of.is_file, of.total, of.used, of.priority))
        })
        .collect::<PyResult<Vec<_>>>()?;
    PyList::new(py, devices)
}
