//! What Linux, the BSDs and macOS have in common.

mod actions;
mod methods;
mod rlimits;
mod wait;

use pyo3::prelude::*;

/// What the native module has on all of them.
pub(super) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let limits: Vec<_> = rlimits::RLIMITS
        .iter()
        .map(|(name, number, _)| (*name, *number))
        .collect();
    module.add("RLIMITS", limits)
}

pub(super) use wait::{exit, pause};
