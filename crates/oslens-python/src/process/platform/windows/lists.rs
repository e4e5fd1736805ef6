//! What a process has several of.

use oslens::{
    net::{Connection, Kind},
    process::{Fields, MapGroup, MapUsage, MemoryMap, OpenFile, Process, ProcessRow},
};
use pyo3::prelude::*;

use crate::{
    objects::{PMMAP_EXT, PMMAP_GROUPED, POPENFILE},
    process::{
        attributes::Attribute,
        extras::{Extras, list, refuse_unmeasured},
    },
};

/// Reads them. Blocks as long as the kernel does.
pub(in crate::process) fn read_lists(process: &Process, attributes: &[Attribute]) -> Extras {
    let is_wanted = |attribute| attributes.contains(&attribute);
    Extras {
        maps: is_wanted(Attribute::MemoryMaps).then(|| process.memory_maps_grouped()),
        connections: is_wanted(Attribute::NetConnections).then(|| process.connections(Kind::INET)),
        files: is_wanted(Attribute::OpenFiles).then(|| process.open_files()),
        threads: is_wanted(Attribute::Threads).then(|| process.threads()),
    }
}

/// Fields and lists of a process.
pub(in crate::process) fn read_with_lists(
    process: &Process,
    fields: Fields,
    attributes: &[Attribute],
) -> oslens::Result<(ProcessRow, Extras)> {
    let row = process.read(fields)?;
    Ok((row, read_lists(process, attributes)))
}

/// The sockets of a kind.
pub(in crate::process) fn connections(
    process: &Process,
    kind: Kind,
) -> oslens::Result<Vec<Connection>> {
    process.connections(kind)
}

fn resident(of: &MapUsage) -> u64 {
    of.rss.unwrap_or(0)
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
