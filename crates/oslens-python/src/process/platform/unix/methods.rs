//! Methods that read what Linux, the BSDs and macOS have.

use pyo3::prelude::*;

use crate::process::{ProcessBase, attributes::Attribute, overrides};

#[pymethods]
impl ProcessBase {
    /// Name of the user who owns the process; the number as a string where it
    /// has no name.
    fn username<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        overrides::username(slf)
    }

    /// User IDs of the process, as `puids(real, effective, saved)`.
    fn uids<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Uids)
    }

    /// Group IDs of the process, as `pgids(real, effective, saved)`.
    fn gids<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Gids)
    }

    /// Path of the terminal that controls the process, such as `"/dev/pts/0"`;
    /// `None` if it has none.
    fn terminal<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Terminal)
    }

    /// Number of descriptors that the process has open.
    ///
    /// Raises `AccessDenied` for processes of other users, unless the caller
    /// is root.
    fn num_fds<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::NumFds)
    }

    /// ID of the process group: the PID of its first member. `os.killpg()`
    /// takes it.
    fn pgid<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Pgid)
    }

    /// ID of the session: the PID of its first process.
    fn sid<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Sid)
    }

    /// IDs of the supplementary groups of the process, as a list.
    fn groups<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Groups)
    }

    /// Path of the root directory of the process, as the caller sees it: not
    /// `"/"` after `chroot()` and in many containers.
    ///
    /// Raises `AccessDenied` for processes of other users, unless the caller
    /// is root.
    fn root<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.get(py, Attribute::Root)
    }
}
