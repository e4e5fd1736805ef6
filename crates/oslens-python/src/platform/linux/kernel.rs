//! What the kernel alone has: pressure and control groups.

use oslens::pressure::{Resource, Stall};
use pyo3::{exceptions::PyValueError, prelude::*, types::PyTuple};

use crate::{
    arguments::text,
    containers::pid_or_own,
    host::ask,
    objects::{SCGROUPLIMITS, SCGROUPUSAGE, SPRESSURE, SSTALL},
};

/// A tuple of values of any types.
macro_rules! objects {
    ($py:ident, $($value:expr),* $(,)?) => {
        PyTuple::new($py, [$($value.into_pyobject($py)?.into_any()),*])?
    };
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
