//! Disk functions.

use std::{
    ffi::{OsStr, OsString},
    ops::ControlFlow,
    path::PathBuf,
    time::Duration,
};

use oslens::{
    Host,
    disk::{IoCounters, Partitions},
};
use pyo3::{
    prelude::*,
    types::{PyDict, PyInt, PyList},
};

use crate::{
    arguments::{Flag, seconds},
    error::OrRaise as _,
    host::ask,
    nowrap,
    objects::{Imported, SDISKIO, SDISKPART, SDISKUSAGE, one_decimal},
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
            let mountpoint = of.mountpoint.into_os_string();
            SDISKPART.of(py, (of.device, mountpoint, of.fstype, of.options))
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

/// Of an open file, by its descriptor: rare, and as quick as Python is.
fn usage_of_descriptor<'py>(descriptor: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    static STATVFS: Imported = Imported::new("os", "statvfs");
    let py = descriptor.py();
    let of = STATVFS.get(py)?.call1((descriptor,))?;
    let number = |name: &str| of.getattr(name)?.extract::<u64>();
    let block = number("f_frsize")?;
    let bytes = |blocks: u64| blocks.saturating_mul(block);
    let (blocks, free, available) = (number("f_blocks")?, number("f_bfree")?, number("f_bavail")?);
    let used = blocks.saturating_sub(free);
    let percent = match used.saturating_add(available) {
        0 => 0.0,
        reachable => one_decimal(used as f64 / reachable as f64 * 100.0),
    };
    let values = (bytes(blocks), bytes(used), bytes(available), percent);
    SDISKUSAGE.of(py, values)
}

/// Counters of each device, and whether it is a whole one: not a partition.
fn devices(host: &Host, wrapping: bool) -> oslens::Result<Vec<(OsString, IoCounters)>> {
    let snapshot = match wrapping {
        true => host.disk_io_counters()?,
        false => nowrap::disks(|| host.disk_io_counters())?,
    };
    let devices = snapshot.devices.into_iter();
    Ok(devices
        .map(|device| (device.name, device.counters))
        .collect())
}

/// Whether a device is a whole one: not a partition.
fn is_whole(host: &Host, name: &OsStr) -> bool {
    let directory = match name.as_encoded_bytes().contains(&b'/') {
        false => PathBuf::from(name),
        // As sysfs writes `cciss/c0d0`.
        true => PathBuf::from(name.to_string_lossy().replace('/', "!")),
    };
    host.sys_path().join("block").join(directory).exists()
}

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
            let values = pyo3::types::PyTuple::new(py, io_values(&counters))?;
            disks.set_item(name, SDISKIO.of(py, values)?)?;
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
    SDISKIO
        .of(py, pyo3::types::PyTuple::new(py, total)?)
        .map(Some)
}
