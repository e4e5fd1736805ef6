//! Memory maps, as macOS tells them; NetBSD and OpenBSD do not tell what is in
//! memory.

pub(in crate::process) use oslens::process::MapGroup;
#[cfg(target_os = "macos")]
use oslens::process::MemoryMap;
use oslens::process::{MapUsage, Process};
use pyo3::prelude::*;

#[cfg(target_os = "macos")]
use crate::objects::PMMAP_EXT;
use crate::{
    objects::PMMAP_GROUPED,
    process::extras::{list, refuse_unmeasured},
};

/// The mappings one by one.
#[cfg(target_os = "macos")]
pub(in crate::process) fn read_maps(process: &Process) -> oslens::Result<Vec<MemoryMap>> {
    process.memory_maps()
}

/// The mappings summed up by name.
pub(in crate::process) fn map_groups(process: &Process) -> oslens::Result<Vec<MapGroup>> {
    process.memory_maps_grouped()
}

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

#[cfg(target_os = "macos")]
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
