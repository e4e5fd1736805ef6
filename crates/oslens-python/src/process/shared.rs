//! What the values of one pass over processes have in common.

use std::collections::HashMap;

use oslens::Host;
use pyo3::{prelude::*, types::PyString};

use crate::memory;

/// What the values of one pass over processes share.
pub(crate) struct Shared {
    host: Host,
    /// Names of users, each asked for once.
    #[allow(dead_code)] // Not on every system.
    users: HashMap<u32, Py<PyAny>>,
    total_memory: Option<u64>,
}

impl Shared {
    pub(crate) fn new(host: &Host) -> Self {
        Self {
            host: host.clone(),
            users: HashMap::new(),
            total_memory: None,
        }
    }

    /// The machine that the processes are of.
    #[allow(dead_code)] // Not on every system.
    pub(super) fn host(&self) -> &Host {
        &self.host
    }

    #[allow(dead_code)] // Not on every system.
    pub(super) fn user<'py>(&mut self, py: Python<'py>, uid: u32) -> PyResult<Bound<'py, PyAny>> {
        if let Some(name) = self.users.get(&uid) {
            return Ok(name.bind(py).clone());
        }
        let host = &self.host;
        let name = match py.detach(|| host.user_name(uid)) {
            Some(name) => name.into_pyobject(py)?.into_any(),
            None => PyString::new(py, &uid.to_string()).into_any(),
        };
        self.users.insert(uid, name.clone().unbind());
        Ok(name)
    }

    pub(crate) fn memory_percent(&mut self, py: Python<'_>, bytes: u64) -> PyResult<f64> {
        let total = match self.total_memory {
            Some(total) => total,
            None => *self.total_memory.insert(memory::_total_memory(py)?),
        };
        Ok(match total {
            0 => 0.0,
            total => bytes as f64 / total as f64 * 100.0,
        })
    }
}
