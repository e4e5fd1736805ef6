//! What Python callers pass.

use std::{ffi::OsString, path::PathBuf};

use pyo3::{
    exceptions::{PyOverflowError, PyTypeError, PyValueError},
    prelude::*,
    types::{PyBytes, PyIterator, PyString},
};

use crate::platform::os_string;

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

/// What [`pid`] found.
pub(crate) enum PidArgument {
    Pid(u32),
    /// No system has such a PID.
    OutOfRange(Py<PyAny>),
}

/// A PID: an integer from 0.
pub(crate) fn pid(pid: &Bound<'_, PyAny>) -> PyResult<PidArgument> {
    let py = pid.py();
    match pid.extract::<i64>() {
        Ok(number) if number < 0 => Err(PyValueError::new_err(format!(
            "pid must be a positive integer or zero, not {number}"
        ))),
        Ok(number) => Ok(match i32::try_from(number) {
            Ok(_) => PidArgument::Pid(number as u32),
            Err(_) => PidArgument::OutOfRange(pid.clone().unbind()),
        }),
        Err(error) if error.is_instance_of::<PyOverflowError>(py) => {
            if pid.lt(0)? {
                return Err(PyValueError::new_err(format!(
                    "pid must be a positive integer or zero, not {pid}"
                )));
            }
            Ok(PidArgument::OutOfRange(pid.clone().unbind()))
        }
        Err(error) => Err(instead(error, pid, "pid", "an integer")),
    }
}

/// An integer in an argument of this name.
pub(crate) fn integer(name: &str, object: &Bound<'_, PyAny>) -> PyResult<i64> {
    object
        .extract()
        .map_err(|error| instead(error, object, name, "an integer"))
}

/// A string in an argument of this name. One that is not Unicode is shown as
/// such: no name that is looked for is so.
pub(crate) fn text(name: &str, object: &Bound<'_, PyAny>) -> PyResult<String> {
    object
        .cast::<PyString>()
        .map(|text| text.to_string_lossy().into_owned())
        .map_err(|error| instead(error.into(), object, name, "a str"))
}

/// The items of an argument that has several of them, by name.
pub(crate) fn several<'py>(
    name: &str,
    object: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyIterator>> {
    let wanted = "a list of names";
    // Of one name, the letters are not meant.
    if object.is_instance_of::<PyString>() {
        let error = PyTypeError::new_err(());
        return Err(instead(error, object, name, wanted));
    }
    object
        .try_iter()
        .map_err(|error| instead(error, object, name, wanted))
}

/// Says which argument must be of another type, or is too large; what the
/// caller's own objects raise goes on.
fn instead(error: PyErr, object: &Bound<'_, PyAny>, name: &str, wanted: &str) -> PyErr {
    let py = object.py();
    if error.is_instance_of::<PyOverflowError>(py) {
        return PyOverflowError::new_err(format!("{name} is out of range: {object}"));
    }
    if !error.is_instance_of::<PyTypeError>(py) {
        return error;
    }
    PyTypeError::new_err(format!(
        "{name} must be {wanted}, not {}",
        type_name(object)
    ))
}

/// The name of the object's type, for messages.
pub(crate) fn type_name(object: &Bound<'_, PyAny>) -> String {
    object
        .get_type()
        .name()
        .map_or_else(|_| "this object".to_owned(), |name| name.to_string())
}
