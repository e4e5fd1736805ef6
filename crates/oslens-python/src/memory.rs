//! Memory functions.

use std::{
    ffi::CString,
    sync::atomic::{AtomicU64, Ordering},
};

use pyo3::{exceptions::PyRuntimeWarning, prelude::*, types::PyTuple};

use crate::{
    host::ask,
    objects::{SSWAP, SVMEM, one_decimal},
    platform::{COUNTS_SWAPPING, memory_parts, memory_used},
};

/// Bytes of memory, as `virtual_memory()` last said. 0: it was not called.
static TOTAL: AtomicU64 = AtomicU64::new(0);

/// Bytes of memory of the machine: what percentages are of.
#[pyfunction]
pub(crate) fn _total_memory(py: Python<'_>) -> PyResult<u64> {
    match TOTAL.load(Ordering::Relaxed) {
        0 => {
            let total = ask(py, oslens::Host::virtual_memory)?.total;
            TOTAL.store(total, Ordering::Relaxed);
            Ok(total)
        }
        total => Ok(total),
    }
}

/// Says that these are 0 for want of knowledge. A result is not lost for a
/// warning: not even where warnings are errors.
pub(crate) fn warn_missing(py: Python<'_>, missing: &[&str]) {
    if missing.is_empty() {
        return;
    }
    let verb = if missing.len() == 1 { "was" } else { "were" };
    let text = format!(
        "{} could not be determined and {verb} set to 0",
        missing.join(", ")
    );
    if let Ok(text) = CString::new(text) {
        let category = py.get_type::<PyRuntimeWarning>();
        // Nothing to do about it: see above.
        let _ = PyErr::warn(py, &category, &text, 1);
    }
}

fn percent(part: u64, total: u64) -> f64 {
    match total {
        0 => 0.0,
        total => one_decimal(part as f64 / total as f64 * 100.0),
    }
}

/// Memory of the machine in bytes, as `svmem`. `available` is what programs
/// can have without swapping; `percent` is what of `total` they cannot.
///
/// What the kernel does not tell is 0, with a `RuntimeWarning`.
///
/// >>> memory = oslens.virtual_memory()
/// >>> memory.available <= memory.total
/// True
#[pyfunction]
pub(crate) fn virtual_memory(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    let memory = ask(py, oslens::Host::virtual_memory)?;
    TOTAL.store(memory.total, Ordering::Relaxed);
    let mut missing = Vec::new();
    let mut or_zero = |name, value: Option<u64>| {
        value.unwrap_or_else(|| {
            missing.push(name);
            0
        })
    };
    let parts = memory_parts(&memory, &mut or_zero);
    warn_missing(py, &missing);
    let mut values = vec![
        memory.total.into_pyobject(py)?.into_any(),
        memory.available.into_pyobject(py)?.into_any(),
        percent(memory.total.saturating_sub(memory.available), memory.total)
            .into_pyobject(py)?
            .into_any(),
        memory_used(&memory).into_pyobject(py)?.into_any(),
        memory.free.into_pyobject(py)?.into_any(),
    ];
    for part in parts {
        values.push(part.into_pyobject(py)?.into_any());
    }
    SVMEM.of(py, PyTuple::new(py, values)?)
}

/// Swap space in bytes, as `sswap`. `sin` and `sout` are what was swapped in
/// and out since boot.
#[pyfunction]
pub(crate) fn swap_memory(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    let swap = ask(py, oslens::Host::swap_memory)?;
    let mut missing = Vec::new();
    if COUNTS_SWAPPING && swap.swapped_in.is_none() {
        missing.push("sin");
    }
    if COUNTS_SWAPPING && swap.swapped_out.is_none() {
        missing.push("sout");
    }
    warn_missing(py, &missing);
    SSWAP.of(
        py,
        (
            swap.total,
            swap.used,
            swap.free,
            percent(swap.used, swap.total),
            swap.swapped_in.unwrap_or(0),
            swap.swapped_out.unwrap_or(0),
        ),
    )
}
