//! Disk functions.

use std::{ffi::OsString, ops::ControlFlow, time::Duration};

use oslens::{
    ErrorKind, Host,
    disk::{IoCounters, Partitions},
};
use pyo3::{
    prelude::*,
    types::{PyDict, PyInt, PyList, PyTuple},
};

use crate::{
    arguments::{Flag, seconds},
    error::OrRaise as _,
    host::ask,
    nowrap,
    objects::{SDISKIO, SDISKPART, SDISKUSAGE, one_decimal},
    platform::{DISK_PARTS, device, is_whole, usage_of_descriptor},
};

/// What is mounted, as a list of `sdiskpart`: disks, USB sticks, optical
/// discs. With `all` it is all that is mounted, also what has no device:
/// memory, network and kernel file systems.
#[pyfunction]
#[pyo3(signature = (all = Flag(false)), text_signature = "(all=False)")]
pub(crate) fn disk_partitions(py: Python<'_>, all: Flag) -> PyResult<Bound<'_, PyList>> {
    let which = match all.0 {
        true => Partitions::All,
        false => Partitions::Physical,
    };
    let partitions = ask(py, |host| host.disk_partitions(which))?
        .into_iter()
        .map(|of| {
            let mountpoint = of.mountpoint.as_os_str().to_owned();
            let (fstype, options) = (of.fstype.clone(), of.options.clone());
            SDISKPART.of(py, (device(of), mountpoint, fstype, options))
        })
        .collect::<PyResult<Vec<_>>>()?;
    PyList::new(py, partitions)
}

/// Space of the file system that `path` is on, in bytes, as `sdiskusage`.
/// `free` is what ordinary users can have, and `percent` is of what they can
/// reach, as `df` says. `path` may be a descriptor.
///
/// With a `timeout` in seconds, a file system that does not answer (a network
/// one whose server is away) is a `TimeoutError`; without one the call waits,
/// and not even Ctrl-C ends it.
///
/// To ask for a path makes an automounter mount what belongs there: leave out
/// partitions whose `fstype` is `"autofs"`.
///
/// Raises what `open()` would for a path that is not there.
///
/// >>> oslens.disk_usage("/").percent <= 100
/// True
#[pyfunction]
#[pyo3(signature = (path, *, timeout = None))]
pub(crate) fn disk_usage<'py>(
    py: Python<'py>,
    path: &Bound<'py, PyAny>,
    timeout: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    if path.is_instance_of::<PyInt>() {
        return usage_of_descriptor(path);
    }
    let path = crate::arguments::path("path", path)?;
    let usage = match timeout {
        None => py.detach(|| oslens::disk::usage(&path)).or_raise(py)?,
        Some(limit) => {
            let limit =
                Duration::try_from_secs_f64(seconds("timeout", limit)?).unwrap_or(Duration::MAX);
            // What a signal handler raises ends it: that of Ctrl-C does.
            // `Python::check_signals` is not general enough in its lifetime.
            #[allow(clippy::redundant_closure_for_method_calls)]
            let go_on = || match Python::attach(|py| py.check_signals()) {
                Ok(()) => ControlFlow::Continue(()),
                Err(raised) => ControlFlow::Break(raised),
            };
            let usage = py.detach(|| oslens::disk::usage_while(&path, limit, go_on));
            match usage.or_raise(py)? {
                ControlFlow::Continue(usage) => usage,
                ControlFlow::Break(raised) => return Err(raised),
            }
        }
    };
    SDISKUSAGE.of(
        py,
        (
            usage.total,
            usage.used,
            usage.available,
            one_decimal(usage.used_fraction() * 100.0),
        ),
    )
}

/// Counters of each device, and whether it is a whole one: not a partition.
fn devices(host: &Host, wrapping: bool) -> oslens::Result<Vec<(OsString, IoCounters)>> {
    let snapshot = match wrapping {
        true => host.disk_io_counters(),
        false => nowrap::disks(|| host.disk_io_counters()),
    };
    let snapshot = match snapshot {
        // Disks that nobody counts for are none to psutil.
        Err(error) if error.kind() == ErrorKind::Unsupported => return Ok(Vec::new()),
        snapshot => snapshot?,
    };
    let devices = snapshot.devices.into_iter();
    Ok(devices
        .map(|device| (device.name, device.counters))
        .collect())
}

/// psutil's order, in which systems that count less have the first of them.
fn io_values(counters: &IoCounters) -> [u64; 9] {
    let millis = |time: Option<Duration>| {
        u64::try_from(time.unwrap_or_default().as_millis()).unwrap_or(u64::MAX)
    };
    [
        counters.read_count,
        counters.write_count,
        counters.read_bytes,
        counters.write_bytes,
        millis(counters.read_time),
        millis(counters.write_time),
        counters.read_merged_count.unwrap_or(0),
        counters.write_merged_count.unwrap_or(0),
        millis(counters.busy_time),
    ]
}

/// Those of these values that the named tuple has, in its order.
fn io_tuple(py: Python<'_>, values: [u64; 9]) -> PyResult<Bound<'_, PyAny>> {
    SDISKIO.of(py, PyTuple::new(py, DISK_PARTS.map(|part| values[part]))?)
}

/// `disk_io_counters()`, which Python wraps to give it a `cache_clear`.
#[pyfunction]
pub(crate) fn _disk_io_counters(
    py: Python<'_>,
    perdisk: Flag,
    nowrap: Flag,
) -> PyResult<Option<Bound<'_, PyAny>>> {
    if perdisk.0 {
        let disks = PyDict::new(py);
        for (name, counters) in ask(py, |host| devices(host, !nowrap.0))? {
            disks.set_item(name, io_tuple(py, io_values(&counters))?)?;
        }
        return Ok(Some(disks.into_any()));
    }
    let total = ask(py, |host| {
        let devices = devices(host, !nowrap.0)?;
        Ok(devices
            .iter()
            .filter(|(name, _)| is_whole(host, name))
            .map(|(_, counters)| io_values(counters))
            .reduce(nowrap::plus))
    })?;
    let Some(total) = total else {
        return Ok(None);
    };
    io_tuple(py, total).map(Some)
}
