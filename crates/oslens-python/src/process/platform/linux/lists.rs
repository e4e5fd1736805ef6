//! What a process has several of.

use oslens::{
    net::{Connection, Kind},
    os::linux::{Lists, ProcessExt as _, ProcessLists},
    process::{AccessMode, Fields, MapUsage, MemoryMap, OpenFile, Process, ProcessRow, group_maps},
};
use pyo3::prelude::*;

pub(in crate::process) use oslens::process::MapGroup;

use crate::objects::{PMMAP_EXT, PMMAP_GROUPED, POPENFILE};
use crate::process::{
    attributes::Attribute,
    extras::{Extras, list, refuse_unmeasured},
};

/// The mappings one by one.
pub(in crate::process) fn read_maps(process: &Process) -> oslens::Result<Vec<MemoryMap>> {
    process.memory_maps()
}

/// The lists that these attributes are made of.
fn wanted(attributes: &[Attribute]) -> Lists {
    attributes.iter().fold(Lists::empty(), |wanted, attribute| {
        wanted
            | match attribute {
                Attribute::MemoryMaps => Lists::MEMORY_MAPS,
                Attribute::NetConnections => Lists::CONNECTIONS,
                Attribute::OpenFiles => Lists::OPEN_FILES,
                Attribute::Threads => Lists::THREADS,
                _ => Lists::empty(),
            }
    })
}

/// Reads them. Blocks as long as the kernel does.
pub(in crate::process) fn read_lists(process: &Process, attributes: &[Attribute]) -> Extras {
    let wanted = self::wanted(attributes);
    if wanted.is_empty() {
        return Extras::default();
    }
    match process.lists(wanted, Kind::INET) {
        Ok(lists) => extras(lists),
        // Each has its own error.
        Err(_) => Extras {
            maps: wanted
                .contains(Lists::MEMORY_MAPS)
                .then(|| process.memory_maps_grouped()),
            connections: wanted
                .contains(Lists::CONNECTIONS)
                .then(|| process.connections(Kind::INET)),
            files: wanted
                .contains(Lists::OPEN_FILES)
                .then(|| process.open_files()),
            threads: wanted.contains(Lists::THREADS).then(|| process.threads()),
        },
    }
}

/// Fields and lists of a process, with one proof of who it is.
pub(in crate::process) fn read_with_lists(
    process: &Process,
    fields: Fields,
    attributes: &[Attribute],
) -> oslens::Result<(ProcessRow, Extras)> {
    let (row, lists) = process.read_with_lists(fields, wanted(attributes), Kind::INET)?;
    Ok((row, extras(lists)))
}

fn extras(lists: ProcessLists) -> Extras {
    Extras {
        maps: lists
            .memory_maps
            .map(|maps| maps.map(|maps| group_maps(&maps))),
        connections: lists.connections,
        files: lists.open_files,
        threads: lists.threads,
    }
}

/// The sockets of a kind.
pub(in crate::process) fn connections(
    process: &Process,
    kind: Kind,
) -> oslens::Result<Vec<Connection>> {
    let lists = process.lists(Lists::CONNECTIONS, kind)?;
    lists.connections.unwrap_or_else(|| Ok(Vec::new()))
}

/// psutil's order.
fn usage(of: &MapUsage) -> [u64; 10] {
    [
        of.rss.unwrap_or(0),
        of.size,
        of.pss.unwrap_or(0),
        of.shared_clean.unwrap_or(0),
        of.shared_dirty.unwrap_or(0),
        of.private_clean.unwrap_or(0),
        of.private_dirty.unwrap_or(0),
        of.referenced.unwrap_or(0),
        of.anonymous.unwrap_or(0),
        of.swap.unwrap_or(0),
    ]
}

fn map_name<'py>(
    py: Python<'py>,
    name: Option<&std::ffi::OsString>,
) -> PyResult<Bound<'py, PyAny>> {
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
            let [a, b, c, d, e, f, g, h, i, j] = usage(&group.usage);
            let name = map_name(py, group.name.as_ref())?;
            PMMAP_GROUPED.of(py, (name, a, b, c, d, e, f, g, h, i, j))
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
            let [a, b, c, d, e, f, g, h, i, j] = usage(&map.usage);
            let addresses = format!("{:08x}-{:08x}", map.start, map.end);
            let permissions = map.permissions.to_string();
            let name = map_name(py, map.name.as_ref())?;
            // A tuple of 13 is one more than Rust's traits go to.
            let values: [Bound<'_, PyAny>; 13] = [
                addresses.into_pyobject(py)?.into_any(),
                permissions.into_pyobject(py)?.into_any(),
                name,
                a.into_pyobject(py)?.into_any(),
                b.into_pyobject(py)?.into_any(),
                c.into_pyobject(py)?.into_any(),
                d.into_pyobject(py)?.into_any(),
                e.into_pyobject(py)?.into_any(),
                f.into_pyobject(py)?.into_any(),
                g.into_pyobject(py)?.into_any(),
                h.into_pyobject(py)?.into_any(),
                i.into_pyobject(py)?.into_any(),
                j.into_pyobject(py)?.into_any(),
            ];
            PMMAP_EXT.of(py, pyo3::types::PyTuple::new(py, values)?)
        }),
    )
}

/// A descriptor that was opened for its path only is shown as for reading.
fn mode(of: AccessMode) -> &'static str {
    match of {
        AccessMode::Path => "r",
        other => other.as_str(),
    }
}

/// Regular files that have a name.
pub(in crate::process) fn open_files<'py>(
    py: Python<'py>,
    files: &[OpenFile],
) -> PyResult<Bound<'py, PyAny>> {
    list(
        py,
        files.iter().filter(|file| !file.deleted).map(|file| {
            POPENFILE.of(
                py,
                (
                    file.path.as_os_str(),
                    file.fd,
                    file.position,
                    mode(file.mode),
                    file.flags,
                ),
            )
        }),
    )
}
