//! What is not in rows: a list for each process.

use oslens::{
    net::{Connection, Kind},
    os::linux::{Lists, ProcessExt as _, ProcessLists},
    process::{
        AccessMode, DescriptorKind, MapGroup, MapUsage, MemoryMap, OpenFile, Process, Thread,
        group_maps,
    },
};
use pyo3::{exceptions::PyNotImplementedError, prelude::*, types::PyList};

use super::attributes::{Attribute, status};
use crate::{
    objects::{
        PCONN, PDESCRIPTOR, PFOOTPRINT, PMMAP_EXT, PMMAP_GROUPED, POPENFILE, PTHREAD, PTHREAD_EX,
    },
    sockets::Maker,
};

type Asked<T> = Option<oslens::Result<Vec<T>>>;

/// The lists that were asked for of one process.
#[derive(Default)]
pub(super) struct Extras {
    pub(super) maps: Asked<MapGroup>,
    pub(super) connections: Asked<Connection>,
    pub(super) files: Asked<OpenFile>,
    pub(super) threads: Asked<Thread>,
}

impl Extras {
    /// The lists that these attributes are made of.
    pub(super) fn wanted(attributes: &[Attribute]) -> Lists {
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
    pub(super) fn read(process: &Process, attributes: &[Attribute]) -> Self {
        let wanted = Self::wanted(attributes);
        if wanted.is_empty() {
            return Self::default();
        }
        match process.lists(wanted, Kind::INET) {
            Ok(lists) => lists.into(),
            // Each has its own error.
            Err(_) => Self {
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
}

impl From<ProcessLists> for Extras {
    fn from(lists: ProcessLists) -> Self {
        Self {
            maps: lists
                .memory_maps
                .map(|maps| maps.map(|maps| group_maps(&maps))),
            connections: lists.connections,
            files: lists.open_files,
            threads: lists.threads,
        }
    }
}

/// What maps use, a kernel need not count: nobody is to take that for zero.
fn refuse_unmeasured<'a>(mut of: impl Iterator<Item = &'a MapUsage>) -> PyResult<()> {
    let is_unmeasured = |usage: &MapUsage| usage.rss.is_none();
    match of.next() {
        Some(first) if is_unmeasured(first) && of.all(is_unmeasured) => Err(
            PyNotImplementedError::new_err("memory_maps(): this kernel has no smaps"),
        ),
        _ => Ok(()),
    }
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

fn list<'py>(
    py: Python<'py>,
    tuples: impl Iterator<Item = PyResult<Bound<'py, PyAny>>>,
) -> PyResult<Bound<'py, PyAny>> {
    Ok(PyList::new(py, tuples.collect::<PyResult<Vec<_>>>()?)?.into_any())
}

pub(super) fn grouped_maps<'py>(
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

/// What the maps use together. The kernel rounds each one's `pss` down to
/// KiB, so that this is a little less than `smaps_rollup` says.
pub(super) fn footprint<'py>(py: Python<'py>, groups: &[MapGroup]) -> PyResult<Bound<'py, PyAny>> {
    refuse_unmeasured(groups.iter().map(|group| &group.usage))?;
    let mut all = MapUsage::default();
    for group in groups {
        all.add(&group.usage);
    }
    let uss =
        [all.private_clean, all.private_dirty, all.private_hugetlb].map(Option::unwrap_or_default);
    PFOOTPRINT.of(
        py,
        (
            uss.iter().sum::<u64>(),
            all.pss.unwrap_or(0),
            all.swap.unwrap_or(0),
        ),
    )
}

pub(super) fn maps<'py>(py: Python<'py>, maps: &[MemoryMap]) -> PyResult<Bound<'py, PyAny>> {
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
pub(super) fn open_files<'py>(py: Python<'py>, files: &[OpenFile]) -> PyResult<Bound<'py, PyAny>> {
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

pub(super) fn threads<'py>(py: Python<'py>, threads: &[Thread]) -> PyResult<Bound<'py, PyAny>> {
    list(
        py,
        threads.iter().map(|thread| {
            PTHREAD.of(
                py,
                (
                    thread.id,
                    thread.user.as_secs_f64(),
                    thread.system.as_secs_f64(),
                ),
            )
        }),
    )
}

pub(super) fn threads_ex<'py>(py: Python<'py>, threads: &[Thread]) -> PyResult<Bound<'py, PyAny>> {
    list(
        py,
        threads.iter().map(|thread| {
            PTHREAD_EX.of(
                py,
                (
                    thread.id,
                    &thread.name,
                    status(py, thread.state)?,
                    thread.user.as_secs_f64(),
                    thread.system.as_secs_f64(),
                    thread.cpu_num,
                    thread.nice,
                ),
            )
        }),
    )
}

/// The sockets, one row for each descriptor of this process.
pub(super) fn connections<'py>(
    py: Python<'py>,
    pid: u32,
    connections: &[Connection],
) -> PyResult<Bound<'py, PyAny>> {
    let mut make = Maker::new(py);
    let mut rows = Vec::with_capacity(connections.len());
    for connection in connections {
        let of = make.parts(connection)?;
        for owner in connection.owners.as_deref().unwrap_or_default() {
            if owner.pid.get() != pid {
                continue;
            }
            rows.push(PCONN.of(
                py,
                (
                    owner.fd.unwrap_or(-1),
                    &of.family,
                    &of.socket_type,
                    &of.local,
                    &of.remote,
                    &of.status,
                ),
            )?);
        }
    }
    Ok(PyList::new(py, rows)?.into_any())
}

/// Every descriptor, whatever it is of.
pub(super) fn descriptors<'py>(
    py: Python<'py>,
    descriptors: &[oslens::process::Descriptor],
) -> PyResult<Bound<'py, PyAny>> {
    list(
        py,
        descriptors.iter().map(|of| {
            let (kind, path, deleted) = match &of.kind {
                DescriptorKind::File { path, deleted, .. } => ("file", path.into(), *deleted),
                DescriptorKind::Directory { path, deleted } => ("directory", path.into(), *deleted),
                DescriptorKind::CharacterDevice { path } => ("character", path.into(), false),
                DescriptorKind::BlockDevice { path } => ("block", path.into(), false),
                DescriptorKind::Fifo { path, deleted } => ("fifo", path.into(), *deleted),
                DescriptorKind::Socket { inode } => {
                    ("socket", format!("socket:[{inode}]").into(), false)
                }
                DescriptorKind::Pipe { inode } => ("pipe", format!("pipe:[{inode}]").into(), false),
                DescriptorKind::Memory { name } => ("memory", name.clone(), false),
                DescriptorKind::Anonymous { name } => ("anonymous", name.clone(), false),
                DescriptorKind::Other { link } => ("other", link.clone(), false),
                _ => ("other", std::ffi::OsString::new(), false),
            };
            PDESCRIPTOR.of(
                py,
                (
                    of.fd,
                    kind,
                    path,
                    deleted,
                    of.position,
                    of.mode.as_str(),
                    of.flags,
                ),
            )
        }),
    )
}
