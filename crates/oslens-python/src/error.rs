//! Errors of the library as exceptions.

use oslens::{Error, ErrorKind};
use pyo3::{
    exceptions::{
        PyFileNotFoundError, PyNotImplementedError, PyRuntimeError, PyTimeoutError, PyValueError,
    },
    prelude::*,
};

use crate::{objects::Imported, platform::os_error};

pub(crate) static NO_SUCH_PROCESS: Imported = Imported::new("oslens._exceptions", "NoSuchProcess");
pub(crate) static ZOMBIE_PROCESS: Imported = Imported::new("oslens._exceptions", "ZombieProcess");
pub(crate) static ACCESS_DENIED: Imported = Imported::new("oslens._exceptions", "AccessDenied");
pub(crate) static TIMEOUT_EXPIRED: Imported = Imported::new("oslens._exceptions", "TimeoutExpired");

/// What psutil says of a PID that another process has now.
pub(crate) const REUSED: &str = "process no longer exists and its PID has been reused";

pub(crate) trait OrRaise<T> {
    /// The value, or the exception that Python callers expect.
    fn or_raise(self, py: Python<'_>) -> PyResult<T>;
}

impl<T> OrRaise<T> for oslens::Result<T> {
    fn or_raise(self, py: Python<'_>) -> PyResult<T> {
        self.map_err(|error| exception(py, &error))
    }
}

/// The exception for an error.
///
/// Those about a process are psutil's, caused by the `OSError` with the
/// system call or file; the others are what `open()` would raise.
#[cold]
pub(crate) fn exception(py: Python<'_>, error: &Error) -> PyErr {
    let made = match (error.kind(), error.pid()) {
        (ErrorKind::NoSuchProcess, Some(pid)) => {
            of_process(py, &NO_SUCH_PROCESS, (pid.get(), error.process_name()))
        }
        (ErrorKind::Reused, Some(pid)) => {
            let arguments = (pid.get(), error.process_name(), REUSED);
            of_process(py, &NO_SUCH_PROCESS, arguments)
        }
        (ErrorKind::Zombie, Some(pid)) => {
            of_process(py, &ZOMBIE_PROCESS, (pid.get(), error.process_name()))
        }
        (ErrorKind::AccessDenied, Some(pid)) => {
            of_process(py, &ACCESS_DENIED, (pid.get(), error.process_name()))
        }
        _ => return native(py, error),
    };
    let made = made.unwrap_or_else(|error| error);
    if error.raw_os_error().is_some() {
        made.set_cause(py, Some(native(py, error)));
    }
    made
}

pub(crate) fn of_process<'py>(
    py: Python<'py>,
    class: &Imported,
    arguments: impl pyo3::call::PyCallArgs<'py>,
) -> PyResult<PyErr> {
    Ok(PyErr::from_value(class.get(py)?.call1(arguments)?))
}

/// The error as the exception of the system.
fn native(py: Python<'_>, error: &Error) -> PyErr {
    let message = error.to_string();
    if let Some(code) = error.raw_os_error() {
        let text = std::io::Error::from_raw_os_error(code).to_string();
        let text = text
            .split(" (os error")
            .next()
            .unwrap_or_default()
            .to_owned();
        return match error.path() {
            Some(path) => os_error(code, text, Some(path)),
            None if error.kind() == ErrorKind::NotFound => not_found(error, message),
            None => os_error(code, message, None),
        };
    }
    let _ = py;
    match error.kind() {
        ErrorKind::NotFound => not_found(error, message),
        ErrorKind::Unsupported => PyNotImplementedError::new_err(message),
        ErrorKind::InvalidInput => PyValueError::new_err(message),
        ErrorKind::TimedOut => PyTimeoutError::new_err(message),
        _ => PyRuntimeError::new_err(message),
    }
}

/// Something that the library looks for and that is not there, also where it
/// found that out without a system call that fails.
fn not_found(error: &Error, message: String) -> PyErr {
    let filename = error.path().map(|path| path.as_os_str().to_owned());
    match filename {
        Some(filename) => PyFileNotFoundError::new_err((ENOENT, message, filename)),
        None => PyFileNotFoundError::new_err((ENOENT, message)),
    }
}

/// The same on all systems.
const ENOENT: i32 = 2;
