//! How a process ended, as Python has it.

use std::{os::unix::process::ExitStatusExt as _, process::ExitStatus, time::Duration};

use pyo3::prelude::*;

use crate::objects::Imported;

/// Sleeps, and lets Python handle the signals that arrive.
pub(in super::super) fn pause(py: Python<'_>, pause: Duration) -> PyResult<()> {
    static SLEEP: Imported = Imported::new("time", "sleep");
    SLEEP.get(py)?.call1((pause.as_secs_f64(),)).map(drop)
}

/// 0 to 255, or a negative number for the signal.
pub(in super::super) fn exit(py: Python<'_>, status: ExitStatus) -> PyResult<Bound<'_, PyAny>> {
    static NEGATIVE: Imported = Imported::new("oslens._exit", "negative");
    match (status.code(), status.signal()) {
        (Some(code), _) => Ok(code.into_pyobject(py)?.into_any()),
        (None, signal) => NEGATIVE.get(py)?.call1((signal,)),
    }
}
