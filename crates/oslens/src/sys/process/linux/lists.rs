//! Several lists of one process: its directory is opened once for all, and
//! its descriptors are listed once for files and sockets.

use super::{
    dir::Dir,
    files::{self, Socket},
    maps, proof, table, threads,
};
use crate::{
    Result,
    net::{Connection, Kind},
    os::linux::{Lists, ProcessLists},
    process::{Fields, OpenFile, ProcessRow},
    sys::{net::held_connections, process::Target},
};

pub(crate) fn lists(target: Target<'_>, wanted: Lists, kind: Kind) -> Result<ProcessLists> {
    Ok(of(&Dir::open(target)?, wanted, kind))
}

/// The same with a row: one directory and one proof are good for both.
pub(crate) fn read_with_lists(
    target: Target<'_>,
    fields: Fields,
    wanted: Lists,
    kind: Kind,
) -> Result<(ProcessRow, ProcessLists)> {
    if wanted.is_empty() {
        return Ok((table::read(target, fields)?, ProcessLists::default()));
    }
    let begun = proof::begin(target);
    let dir = Dir::open_unproved(target)?;
    let mut row = table::read_below(target, fields, &dir)?;
    let lists = of(&dir, wanted, kind);
    proof::finish(target, begun, row.start.is_known())?;
    if !row.start.is_known() {
        row.start = target.id.start;
    }
    Ok((row, lists))
}

fn of(dir: &Dir<'_>, wanted: Lists, kind: Kind) -> ProcessLists {
    let mut lists = ProcessLists::default();
    if wanted.contains(Lists::MEMORY_MAPS) {
        lists.memory_maps = Some(maps::of(dir));
    }
    let descriptors = wanted.intersection(Lists::OPEN_FILES.union(Lists::CONNECTIONS));
    if descriptors == Lists::OPEN_FILES {
        lists.open_files = Some(files::files(dir).map(OpenFile::among));
    } else if descriptors == Lists::CONNECTIONS {
        let sockets = files::sockets(dir);
        lists.connections = Some(sockets.and_then(|held| connections(dir, kind, held)));
    } else if !descriptors.is_empty() {
        match files::files_and_sockets(dir) {
            Ok((files, sockets)) => {
                lists.open_files = Some(Ok(OpenFile::among(files)));
                lists.connections = Some(connections(dir, kind, sockets));
            }
            Err(error) => {
                lists.open_files = Some(Err(error));
                // It has the same reason, or the descriptor that refused is
                // no socket.
                let sockets = files::sockets(dir);
                lists.connections = Some(sockets.and_then(|held| connections(dir, kind, held)));
            }
        }
    }
    if wanted.contains(Lists::THREADS) {
        lists.threads = Some(threads::of(dir));
    }
    lists
}

fn connections(dir: &Dir<'_>, kind: Kind, held: Vec<Socket>) -> Result<Vec<Connection>> {
    held_connections(dir.host(), dir.pid(), kind, held)
}
