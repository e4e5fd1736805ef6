//! What is not in rows: a list for each process.

use oslens::{
    net::Connection,
    process::{DescriptorKind, MapUsage, OpenFile, Thread},
};
use pyo3::{exceptions::PyNotImplementedError, prelude::*, types::PyList};

use super::{attributes::status, platform::MapGroup};
use crate::{
    objects::{PCONN, PDESCRIPTOR, PFOOTPRINT, PTHREAD, PTHREAD_EX},
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

/// What maps use, a kernel need not count: nobody is to take that for zero.
pub(super) fn refuse_unmeasured<'a>(mut of: impl Iterator<Item = &'a MapUsage>) -> PyResult<()> {
    let is_unmeasured = |usage: &MapUsage| usage.rss.is_none();
    match of.next() {
        Some(first) if is_unmeasured(first) && of.all(is_unmeasured) => Err(
            PyNotImplementedError::new_err("memory_maps(): this system does not count it"),
        ),
        _ => Ok(()),
    }
}

pub(super) fn list<'py>(
    py: Python<'py>,
    tuples: impl Iterator<Item = PyResult<Bound<'py, PyAny>>>,
) -> PyResult<Bound<'py, PyAny>> {
    Ok(PyList::new(py, tuples.collect::<PyResult<Vec<_>>>()?)?.into_any())
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

pub(super) fn threads<'py>(py: Python<'py>, threads: &[Thread]) -> PyResult<Bound<'py, PyAny>> {
    list(
        py,
        threads.iter().map(|thread| {
            PTHREAD.of(
                py,
                (
                    thread.id,
                    thread.user.as_secs_f64(),
                    thread.system.unwrap_or_default().as_secs_f64(),
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
                    thread.system.unwrap_or_default().as_secs_f64(),
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
