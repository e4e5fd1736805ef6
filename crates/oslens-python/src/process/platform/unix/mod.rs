//! What Linux, the BSDs and macOS have in common.

mod actions;
mod methods;
#[cfg(any(target_os = "freebsd", target_os = "linux"))]
mod rlimits;
mod wait;

use pyo3::prelude::*;

/// What the native module has on all of them.
pub(super) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    #[cfg(any(target_os = "freebsd", target_os = "linux"))]
    module.add("RLIMITS", rlimits::numbers())?;
    let _ = module;
    Ok(())
}

pub(super) use wait::{exit, pause};
