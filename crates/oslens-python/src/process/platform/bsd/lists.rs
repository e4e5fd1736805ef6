//! What a process has several of.

use oslens::process::OpenFile;
use pyo3::prelude::*;

pub(in crate::process) use super::super::one_by_one::{connections, read_lists, read_with_lists};
use crate::{objects::POPENFILE, process::extras::list};

/// Regular files that have a name.
pub(in crate::process) fn open_files<'py>(
    py: Python<'py>,
    files: &[OpenFile],
) -> PyResult<Bound<'py, PyAny>> {
    let files = files.iter().filter(|file| !file.deleted);
    list(
        py,
        files.map(|file| POPENFILE.of(py, (file.path.as_os_str(), file.fd))),
    )
}
