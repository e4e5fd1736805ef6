//! What a process has several of.

pub(in crate::process) use oslens::process::MapGroup;
use oslens::process::{MapUsage, MemoryMap, OpenFile, Process};
use pyo3::prelude::*;

pub(in crate::process) use super::super::one_by_one::{connections, read_lists, read_with_lists};
use crate::{
    objects::{PMMAP_EXT, PMMAP_GROUPED, POPENFILE},
    process::extras::{list, refuse_unmeasured},
};

fn resident(of: &MapUsage) -> u64 {
    of.rss.unwrap_or(0)
}

/// The mappings one by one.
pub(in crate::process) fn read_maps(process: &Process) -> oslens::Result<Vec<MemoryMap>> {
    process.memory_maps()
}

/// The mappings summed up by name.
pub(in crate::process) fn map_groups(process: &Process) -> oslens::Result<Vec<MapGroup>> {
    process.memory_maps_grouped()
}

/// Files: psutil lists nothing else here.
pub(in crate::process) fn grouped_maps<'py>(
    py: Python<'py>,
    groups: &[MapGroup],
) -> PyResult<Bound<'py, PyAny>> {
    refuse_unmeasured(groups.iter().map(|group| &group.usage))?;
    let files = groups.iter().filter_map(|group| {
        let name = group.name.as_ref()?;
        Some(PMMAP_GROUPED.of(py, (name, resident(&group.usage))))
    });
    list(py, files)
}

pub(in crate::process) fn maps<'py>(
    py: Python<'py>,
    maps: &[MemoryMap],
) -> PyResult<Bound<'py, PyAny>> {
    refuse_unmeasured(maps.iter().map(|map| &map.usage))?;
    let files = maps.iter().filter_map(|map| {
        let name = map.name.as_ref()?;
        let (address, permissions) = (format!("{:#x}", map.start), map.permissions.to_string());
        Some(PMMAP_EXT.of(py, (address, permissions, name, resident(&map.usage))))
    });
    list(py, files)
}

/// Files have no descriptors here.
pub(in crate::process) fn open_files<'py>(
    py: Python<'py>,
    files: &[OpenFile],
) -> PyResult<Bound<'py, PyAny>> {
    let files = files.iter().filter(|file| !file.deleted);
    list(
        py,
        files.map(|file| POPENFILE.of(py, (file.path.as_os_str(), -1))),
    )
}
