//! Services, as psutil shows them.

use std::{
    ffi::{OsStr, OsString},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::OnceLock,
};

use oslens_service::{
    Config, Error, ErrorKind, Filter, Manager, StartType, Status, manager::Service,
};
use pyo3::{
    exceptions::{PyNotImplementedError, PyRuntimeError, PyTimeoutError, PyValueError},
    prelude::*,
    types::{PyDict, PyIterator, PyList},
};

use super::os_error;
use crate::{
    arguments::{several, text},
    error::{ACCESS_DENIED, NO_SUCH_PROCESS, of_process},
};

/// A service, by name.
///
/// Its methods ask the service manager anew at each call; they raise
/// `NoSuchProcess` if there is no such service, and `AccessDenied` if the
/// caller may not ask.
///
/// Two are equal if they have the same name, in capital or small letters.
#[pyclass(name = "WindowsService", module = "oslens", frozen)]
pub(crate) struct WindowsService {
    service: Service,
    display_name: OnceLock<OsString>,
}

/// What `as_dict()` has, in psutil's order.
const NAMES: [&str; 8] = [
    "display_name",
    "binpath",
    "username",
    "start_type",
    "status",
    "pid",
    "name",
    "description",
];

/// Windows takes capital and small letters for the same.
fn folded(name: &OsStr) -> String {
    name.to_string_lossy().to_lowercase()
}

/// psutil tells neither kind of driver from another.
fn start_type(of: StartType) -> &'static str {
    match of {
        StartType::Boot | StartType::System => "unknown",
        other => other.as_str(),
    }
}

/// The exception for an error about a service.
#[cold]
fn exception(py: Python<'_>, name: &OsStr, error: &Error) -> PyErr {
    let shown = name.to_string_lossy();
    let made = match (error.code(), error.kind()) {
        // The second is said of what can be no name.
        (Some(1060 | 123), _) => {
            let message = format!("service '{shown}' does not exist");
            of_process(py, &NO_SUCH_PROCESS, (py.None(), name, message))
        }
        (_, ErrorKind::AccessDenied) => {
            let message = format!("service '{shown}' may not be asked by this user");
            of_process(py, &ACCESS_DENIED, (py.None(), name, message))
        }
        _ => return native(error),
    };
    match made {
        Ok(made) => {
            made.set_cause(py, Some(native(error)));
            made
        }
        Err(error) => error,
    }
}

/// The error as the exception of the system.
fn native(error: &Error) -> PyErr {
    let message = error.to_string();
    match (error.code(), error.kind()) {
        (Some(code), _) => os_error(code as i32, message, None),
        (None, ErrorKind::Unsupported) => PyNotImplementedError::new_err(message),
        (None, ErrorKind::InvalidInput) => PyValueError::new_err(message),
        (None, ErrorKind::TimedOut) => PyTimeoutError::new_err(message),
        (None, _) => PyRuntimeError::new_err(message),
    }
}

impl WindowsService {
    fn ask<T: Send>(
        &self,
        py: Python<'_>,
        question: impl FnOnce(&Service) -> oslens_service::Result<T> + Send,
    ) -> PyResult<T> {
        py.detach(|| question(&self.service))
            .map_err(|error| exception(py, self.service.name(), &error))
    }

    fn config(&self, py: Python<'_>) -> PyResult<Config> {
        let config = self.ask(py, Service::config)?;
        // Another thread may have been as quick.
        let _ = self.display_name.set(config.display_name.clone());
        Ok(config)
    }

    fn shown(&self, py: Python<'_>) -> PyResult<String> {
        let name = self.service.name().into_pyobject(py)?.repr()?;
        let display_name = self.display_name(py)?.into_pyobject(py)?.repr()?;
        Ok(format!(
            "WindowsService(name={name}, display_name={display_name})"
        ))
    }
}

#[pymethods]
impl WindowsService {
    /// The name that programs use, such as `"Spooler"`.
    fn name(&self) -> OsString {
        self.service.name().to_owned()
    }

    /// The name to show to people, such as `"Print Spooler"`. It is asked for
    /// once.
    fn display_name(&self, py: Python<'_>) -> PyResult<OsString> {
        if let Some(known) = self.display_name.get() {
            return Ok(known.clone());
        }
        Ok(self.config(py)?.display_name)
    }

    /// The command line that starts it: program and arguments.
    fn binpath(&self, py: Python<'_>) -> PyResult<OsString> {
        Ok(self.config(py)?.command_line)
    }

    /// The account that it runs as, such as `"LocalSystem"`.
    fn username(&self, py: Python<'_>) -> PyResult<OsString> {
        Ok(self.config(py)?.account.unwrap_or_default())
    }

    /// When it is started: `"automatic"`, `"manual"`, `"disabled"`; of drivers
    /// `"unknown"`.
    fn start_type(&self, py: Python<'_>) -> PyResult<&'static str> {
        Ok(start_type(self.config(py)?.start_type))
    }

    /// What it is doing: `"running"`, `"stopped"`, `"paused"`,
    /// `"start_pending"`, `"stop_pending"`, `"pause_pending"` or
    /// `"continue_pending"`.
    fn status(&self, py: Python<'_>) -> PyResult<&'static str> {
        Ok(self.ask(py, Service::status)?.state.as_str())
    }

    /// PID of its process; `None` if it does not run.
    fn pid(&self, py: Python<'_>) -> PyResult<Option<u32>> {
        Ok(self.ask(py, Service::status)?.pid)
    }

    /// What it is for; `""` where nobody said.
    fn description(&self, py: Python<'_>) -> PyResult<OsString> {
        Ok(self.ask(py, Service::description)?.unwrap_or_default())
    }

    /// All of this as a dict, or those values whose names are in `attrs`.
    ///
    /// Raises `ValueError` for names that do not exist.
    #[pyo3(signature = (attrs = None))]
    fn as_dict<'py>(
        &self,
        py: Python<'py>,
        attrs: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let wanted = match attrs {
            None => NAMES.to_vec(),
            Some(attrs) => {
                let mut wanted = Vec::new();
                for name in several("attrs", attrs)? {
                    let name = text("attrs", &name?)?;
                    let known = NAMES.into_iter().find(|known| **known == name);
                    wanted.push(known.ok_or_else(|| {
                        PyValueError::new_err(format!(
                            "invalid name in attrs: {name:?}; valid ones are {}",
                            NAMES.join(", ")
                        ))
                    })?);
                }
                wanted
            }
        };
        let (mut config, mut status): (Option<Config>, Option<Status>) = (None, None);
        let dict = PyDict::new(py);
        for name in wanted {
            if matches!(name, "binpath" | "username" | "start_type") && config.is_none() {
                config = Some(self.config(py)?);
            }
            if matches!(name, "status" | "pid") && status.is_none() {
                status = Some(self.ask(py, Service::status)?);
            }
            let value = match (name, &config, &status) {
                ("display_name", ..) => self.display_name(py)?.into_pyobject(py)?.into_any(),
                ("binpath", Some(of), _) => (&of.command_line).into_pyobject(py)?.into_any(),
                ("username", Some(of), _) => {
                    let account = of.account.as_deref().unwrap_or_default();
                    account.into_pyobject(py)?.into_any()
                }
                ("start_type", Some(of), _) => {
                    start_type(of.start_type).into_pyobject(py)?.into_any()
                }
                ("status", _, Some(of)) => of.state.as_str().into_pyobject(py)?.into_any(),
                ("pid", _, Some(of)) => of.pid.into_pyobject(py)?.into_any(),
                ("description", ..) => self.description(py)?.into_pyobject(py)?.into_any(),
                _ => self.name().into_pyobject(py)?.into_any(),
            };
            dict.set_item(name, value)?;
        }
        Ok(dict)
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let shown = slf.get().shown(slf.py())?;
        Ok(format!("<{shown} at {}>", slf.as_ptr() as usize))
    }

    fn __str__(&self, py: Python<'_>) -> PyResult<String> {
        self.shown(py)
    }

    fn __eq__(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let Ok(other) = other.cast::<Self>() else {
            return Ok(py.NotImplemented());
        };
        let is_same = folded(self.service.name()) == folded(other.get().service.name());
        Ok(is_same.into_pyobject(py)?.to_owned().into_any().unbind())
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        folded(self.service.name()).hash(&mut hasher);
        hasher.finish()
    }
}

fn manager(py: Python<'_>) -> PyResult<Manager> {
    py.detach(Manager::local)
        .map_err(|error| exception(py, OsStr::new(""), &error))
}

/// All services that are programs, not drivers, as an iterator over
/// `WindowsService`.
#[pyfunction]
pub(crate) fn win_service_iter(py: Python<'_>) -> PyResult<Bound<'_, PyIterator>> {
    let manager = manager(py)?;
    let entries = py
        .detach(|| manager.services(&Filter::services()))
        .map_err(|error| exception(py, OsStr::new(""), &error))?;
    let services = entries
        .into_iter()
        .map(|entry| {
            Bound::new(
                py,
                WindowsService {
                    service: manager.service(entry.name),
                    display_name: entry.display_name.into(),
                },
            )
        })
        .collect::<PyResult<Vec<_>>>()?;
    PyList::new(py, services)?.try_iter()
}

/// The service with this name, as a `WindowsService`.
///
/// Raises `NoSuchProcess` if there is none.
#[pyfunction]
pub(crate) fn win_service_get<'py>(
    py: Python<'py>,
    name: &Bound<'py, PyAny>,
) -> PyResult<WindowsService> {
    let name = text("name", name)?;
    let service = WindowsService {
        service: manager(py)?.service(name),
        display_name: OnceLock::new(),
    };
    // Which also proves that there is one.
    service.config(py)?;
    Ok(service)
}
