//! Lists of a process, where each is asked for alone.

use oslens::{
    net::{Connection, Kind},
    process::{Fields, Process, ProcessRow},
};

use crate::process::{attributes::Attribute, extras::Extras};

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
