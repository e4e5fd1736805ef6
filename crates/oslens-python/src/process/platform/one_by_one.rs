//! What a process is asked for alone: lists, and values that rows do not have.

#[cfg(any(windows, target_os = "macos"))]
use oslens::{Error, ErrorKind, Unavailable};
use oslens::{
    net::{Connection, Kind},
    process::{Fields, Process, ProcessRow},
};
#[cfg(any(windows, target_os = "macos"))]
use pyo3::prelude::*;

use crate::process::{attributes::Attribute, extras::Extras};
#[cfg(any(windows, target_os = "macos"))]
use crate::{
    error::exception,
    process::{attributes::Missing, shared::Shared},
};

/// Reads them. Blocks as long as the kernel does.
pub(in crate::process) fn read_lists(process: &Process, attributes: &[Attribute]) -> Extras {
    let is_wanted = |attribute| attributes.contains(&attribute);
    Extras {
        maps: is_wanted(Attribute::MemoryMaps).then(|| super::map_groups(process)),
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

/// Why there is no value, by what a question of its own failed with.
#[cfg(any(windows, target_os = "macos"))]
fn missing(py: Python<'_>, error: &Error) -> Missing {
    match error.kind() {
        ErrorKind::AccessDenied => Unavailable::Denied.into(),
        ErrorKind::NoSuchProcess | ErrorKind::Reused => Unavailable::Gone.into(),
        ErrorKind::Unsupported => Unavailable::Unsupported.into(),
        _ => exception(py, error).into(),
    }
}

/// Asks the process of a row what rows do not have.
#[cfg(any(windows, target_os = "macos"))]
pub(super) fn ask<T: Send>(
    py: Python<'_>,
    row: &ProcessRow,
    shared: &Shared,
    question: impl FnOnce(&Process) -> oslens::Result<T> + Send,
) -> Result<T, Missing> {
    let (host, id) = (shared.host(), row.id());
    py.detach(|| question(&host.process_from_id(id)))
        .map_err(|error| missing(py, &error))
}
