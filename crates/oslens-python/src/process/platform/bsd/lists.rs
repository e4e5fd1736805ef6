//! What a process has several of.

use oslens::process::{MapGroup, MapUsage, MemoryMap, OpenFile};
use pyo3::prelude::*;

pub(in crate::process) use super::super::one_by_one::{connections, read_lists, read_with_lists};
use crate::{
    objects::{PMMAP_EXT, PMMAP_GROUPED, POPENFILE},
    process::extras::{list, refuse_unmeasured},
};

fn resident(of: &MapUsage) -> u64 {
    of.rss.unwrap_or(0)
}

fn name<'py>(py: Python<'py>, name: Option<&std::ffi::OsString>) -> PyResult<Bound<'py, PyAny>> {
    match name {
        Some(name) => Ok(name.into_pyobject(py)?.into_any()),
        None => Ok(pyo3::intern!(py, "[anon]").clone().into_any()),
    }
}

pub(in crate::process) fn grouped_maps<'py>(
    py: Python<'py>,
    groups: &[MapGroup],
) -> PyResult<Bound<'py, PyAny>> {
    refuse_unmeasured(groups.iter().map(|group| &group.usage))?;
    list(
        py,
        groups.iter().map(|group| {
            let path = name(py, group.name.as_ref())?;
            PMMAP_GROUPED.of(py, (path, resident(&group.usage)))
        }),
    )
}

pub(in crate::process) fn maps<'py>(
    py: Python<'py>,
    maps: &[MemoryMap],
) -> PyResult<Bound<'py, PyAny>> {
    refuse_unmeasured(maps.iter().map(|map| &map.usage))?;
    list(
        py,
        maps.iter().map(|map| {
            let addresses = format!("{:#x}-{:#x}", map.start, map.end);
            let permissions = map.permissions.to_string();
            let path = name(py, map.name.as_ref())?;
            PMMAP_EXT.of(py, (addresses, permissions, path, resident(&map.usage)))
        }),
    )
}

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
