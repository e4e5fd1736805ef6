//! What only Linux has: pressure, control groups and their limits, the ZFS
//! cache, swap devices.

use oslens::{
    ErrorKind, Host,
    pressure::{Resource, Stall},
    process::Pid,
};
use pyo3::{
    exceptions::PyValueError,
    prelude::*,
    types::{PyList, PyTuple},
};

use crate::{
    arguments::{self, PidArgument, text},
    error::{NO_SUCH_PROCESS, of_process},
    host::ask,
    objects::{
        SCGROUPLIMITS, SCGROUPUSAGE, SCPULIMIT, SMEMLIMIT, SPRESSURE, SSTALL, SSWAPDEVICE, SZFSARC,
        one_decimal,
    },
};

/// A tuple of values of any types.
macro_rules! objects {
    ($py:ident, $($value:expr),* $(,)?) => {
        PyTuple::new($py, [$($value.into_pyobject($py)?.into_any()),*])?
    };
}

fn pid_or_own(pid: Option<&Bound<'_, PyAny>>) -> PyResult<Pid> {
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

fn resource(name: &str) -> PyResult<Resource> {
    match name {
        "cpu" => Ok(Resource::Cpu),
        "memory" => Ok(Resource::Memory),
        "io" => Ok(Resource::Io),
        "irq" => Ok(Resource::Irq),
        _ => Err(PyValueError::new_err(format!(
            "resource must be 'cpu', 'memory', 'io' or 'irq', not {name:?}"
        ))),
    }
}

/// How long tasks stood still because a resource was short, as `spressure`:
/// `some` of them at once, or all of them (`full`).
///
/// `resource` is `"cpu"`, `"memory"`, `"io"` or `"irq"`. Each is an `sstall`:
/// percent of the last 10, 60 and 300 seconds, and seconds in total; `None`
/// where the kernel does not count. With a `pid`, it is of the tasks in its
/// control group only.
///
/// Raises `NotImplementedError` on kernels that do not count this (before
/// 4.20, or switched off).
#[pyfunction]
#[pyo3(signature = (resource, *, pid = None))]
pub(crate) fn pressure<'py>(
    py: Python<'py>,
    resource: &Bound<'py, PyAny>,
    pid: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let resource = self::resource(&text("resource", resource)?)?;
    let pid = pid.map(|pid| pid_or_own(Some(pid))).transpose()?;
    let pressure = ask(py, |host| match pid {
        None => host.pressure(resource),
        Some(pid) => host.cgroup_pressure(pid, resource),
    })?;
    let stall = |stall: Option<Stall>| {
        stall
            .map(|stall| {
                let averages = [stall.avg10, stall.avg60, stall.avg300];
                let [avg10, avg60, avg300] = averages.map(|part| part * 100.0);
                SSTALL.of(py, (avg10, avg60, avg300, stall.total.as_secs_f64()))
            })
            .transpose()
    };
    SPRESSURE.of(py, (stall(pressure.some)?, stall(pressure.full)?))
}

/// What the control groups that a process is in allow it, together with the
/// others in them, as `scgrouplimits`. `None` is no limit.
///
/// `pid` is the calling process if it is not given.
#[pyfunction]
#[pyo3(signature = (pid = None))]
pub(crate) fn cgroup_limits<'py>(
    py: Python<'py>,
    pid: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let pid = pid_or_own(pid)?;
    let limits = ask(py, |host| host.cgroup_limits(pid))?;
    SCGROUPLIMITS.of(
        py,
        (
            limits.memory,
            limits.memory_high,
            limits.swap,
            limits.cpus,
            limits.cpuset,
            limits.processes,
            limits.cpu_weight,
            limits.cpu_shares,
        ),
    )
}

/// What the processes in the control group of a process use together, as
/// `scgroupusage`: bytes, counts, and times in seconds. `None` is what is not
/// counted there.
///
/// `pid` is the calling process if it is not given.
#[pyfunction]
#[pyo3(signature = (pid = None))]
pub(crate) fn cgroup_usage<'py>(
    py: Python<'py>,
    pid: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let pid = pid_or_own(pid)?;
    let of = ask(py, |host| host.cgroup_usage(pid))?;
    let seconds = |time: Option<std::time::Duration>| time.map(|time| time.as_secs_f64());
    let throttling = of.throttling;
    SCGROUPUSAGE.of(
        py,
        objects![
            py,
            of.memory,
            of.inactive_file,
            of.swap,
            of.processes,
            seconds(of.cpu),
            seconds(of.cpu_user),
            seconds(of.cpu_system),
            throttling.map(|of| of.periods),
            throttling.map(|of| of.throttled_periods),
            throttling.map(|of| of.throttled_time.as_secs_f64()),
            of.read_bytes,
            of.write_bytes,
        ],
    )
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

/// The cache of ZFS, in bytes, as `szfsarc`; `None` without ZFS.
///
/// It counts as used memory, although programs can have what of it is above
/// `min`.
#[pyfunction]
pub(crate) fn zfs_arc(py: Python<'_>) -> PyResult<Option<Bound<'_, PyAny>>> {
    let arc = ask(py, |host| match host.zfs_arc() {
        Err(error) if error.kind() == ErrorKind::Unsupported => Ok(None),
        arc => arc,
    })?;
    arc.map(|of| SZFSARC.of(py, (of.size, of.target, of.min, of.max, of.hits, of.misses)))
        .transpose()
}
