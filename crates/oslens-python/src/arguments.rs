//! What Python callers pass.

use std::{ffi::OsString, path::PathBuf};

use pyo3::{
    exceptions::{PyTypeError, PyValueError},
    prelude::*,
    types::{PyBytes, PyString},
};

/// A flag: like psutil's, anything that is true or false.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flag(pub(crate) bool);

impl<'py> FromPyObject<'_, 'py> for Flag {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        object.is_truthy().map(Self)
    }
}

/// A path: `str`, `bytes` or `os.PathLike`.
pub(crate) fn path(name: &str, object: &Bound<'_, PyAny>) -> PyResult<PathBuf> {
    let py = object.py();
    let text = if object.is_instance_of::<PyString>() || object.is_instance_of::<PyBytes>() {
        object.clone()
    } else {
        py.import("os")?
            .getattr("fspath")?
            .call1((object,))
            .map_err(|error| {
                if !error.is_instance_of::<PyTypeError>(py) {
                    return error;
                }
                PyTypeError::new_err(format!(
                    "{name} must be a str, bytes or os.PathLike, not {}",
                    type_name(object)
                ))
            })?
    };
    let path = match text.cast::<PyBytes>() {
        Ok(bytes) => os_string(bytes.as_bytes())?,
        Err(_) => text.extract::<OsString>()?,
    };
    if path.as_encoded_bytes().contains(&0) {
        return Err(PyValueError::new_err(format!(
            "{name} has an embedded null character"
        )));
    }
    Ok(path.into())
}

#[cfg(unix)]
fn os_string(bytes: &[u8]) -> PyResult<OsString> {
    use std::os::unix::ffi::OsStrExt as _;

    Ok(std::ffi::OsStr::from_bytes(bytes).to_owned())
}

#[cfg(not(unix))]
fn os_string(bytes: &[u8]) -> PyResult<OsString> {
    Ok(std::str::from_utf8(bytes)?.into())
}

/// Seconds, zero or more, in an argument of this name.
pub(crate) fn seconds(name: &str, object: &Bound<'_, PyAny>) -> PyResult<f64> {
    let seconds: f64 = object.extract().map_err(|error: PyErr| {
        if !error.is_instance_of::<PyTypeError>(object.py()) {
            return error;
        }
        PyTypeError::new_err(format!(
            "{name} must be a number of seconds or None, not {}",
            type_name(object)
        ))
    })?;
    if seconds < 0.0 || seconds.is_nan() {
        return Err(PyValueError::new_err(format!(
            "{name} must be zero or more seconds, not {seconds}"
        )));
    }
    Ok(seconds)
}

/// The name of the object's type, for messages.
pub(crate) fn type_name(object: &Bound<'_, PyAny>) -> String {
    object
        .get_type()
        .name()
        .map_or_else(|_| "this object".to_owned(), |name| name.to_string())
}
