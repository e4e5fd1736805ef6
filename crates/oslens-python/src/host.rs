//! Which machine is asked, and how: `oslens.PROCFS_PATH`, and the GIL.

use std::{path::PathBuf, sync::Mutex};

use oslens::Host;
use pyo3::{
    prelude::*,
    sync::{MutexExt as _, PyOnceLock},
    types::{PyDict, PyString},
};

use crate::{arguments::path, error::OrRaise as _};

/// The host that the paths lead to, and the objects that they were read from.
struct Known {
    proc: Py<PyAny>,
    sys: Py<PyAny>,
    host: Host,
}

/// What `oslens.PROCFS_PATH` and `oslens.SYSFS_PATH` say at this moment.
pub(crate) fn current(py: Python<'_>) -> PyResult<Host> {
    static PACKAGE: PyOnceLock<Py<PyDict>> = PyOnceLock::new();
    static KNOWN: Mutex<Option<Known>> = Mutex::new(None);

    let names = PACKAGE
        .get_or_try_init(py, || Ok::<_, PyErr>(py.import("oslens")?.dict().unbind()))?
        .bind(py);
    let (Some(proc), Some(sys)) = (
        names.get_item(pyo3::intern!(py, "PROCFS_PATH"))?,
        names.get_item(pyo3::intern!(py, "SYSFS_PATH"))?,
    ) else {
        return Ok(Host::local().clone());
    };
    // Nobody runs Python code while holding the lock.
    if let Ok(known) = KNOWN.lock_py_attached(py) {
        if let Some(known) = &*known {
            if known.proc.is(&proc) && known.sys.is(&sys) {
                return Ok(known.host.clone());
            }
        }
    }
    let host = host(path("PROCFS_PATH", &proc)?, path("SYSFS_PATH", &sys)?);
    // Others than `str` may change and stay the same object.
    if proc.is_exact_instance_of::<PyString>() && sys.is_exact_instance_of::<PyString>() {
        let new = Known {
            proc: proc.unbind(),
            sys: sys.unbind(),
            host: host.clone(),
        };
        let old = KNOWN
            .lock_py_attached(py)
            .map(|mut known| known.replace(new));
        drop(old);
    }
    Ok(host)
}

fn host(proc: PathBuf, sys: PathBuf) -> Host {
    if proc.as_os_str() == "/proc" && sys.as_os_str() == "/sys" {
        return Host::local().clone();
    }
    Host::builder().proc(proc).sys(sys).build()
}

/// Asks the present host, without the GIL.
pub(crate) fn ask<T: Send>(
    py: Python<'_>,
    question: impl FnOnce(&Host) -> oslens::Result<T> + Send,
) -> PyResult<T> {
    let host = current(py)?;
    py.detach(|| question(&host)).or_raise(py)
}

/// Asks this machine, wherever `PROCFS_PATH` leads: for what psutil does not
/// read from there.
pub(crate) fn ask_local<T: Send>(
    py: Python<'_>,
    question: impl FnOnce(&Host) -> oslens::Result<T> + Send,
) -> PyResult<T> {
    py.detach(|| question(Host::local())).or_raise(py)
}
