//! Load averages, which Windows does not keep.

use std::sync::{Mutex, PoisonError};

use oslens::cpu::LoadTracker;
use pyo3::prelude::*;

use crate::error::OrRaise as _;

/// How many threads ran or could run, on average over the last 1, 5 and 15
/// minutes.
///
/// The first call starts to count, in a thread that looks every 5 seconds;
/// before so much time has passed, an average is that of the time since.
///
/// Raises `NotImplementedError` where the system does not say which threads
/// run.
#[pyfunction]
pub(crate) fn getloadavg(py: Python<'_>) -> PyResult<(f64, f64, f64)> {
    static TRACKER: Mutex<Option<LoadTracker>> = Mutex::new(None);
    let average = py.detach(|| {
        let mut tracker = TRACKER.lock().unwrap_or_else(PoisonError::into_inner);
        let tracker = match &mut *tracker {
            Some(tracker) => tracker,
            none => none.insert(LoadTracker::start()?),
        };
        tracker.load_average()
    });
    let of = average.or_raise(py)?;
    Ok((of.one, of.five, of.fifteen))
}
