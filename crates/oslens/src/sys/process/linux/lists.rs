//! Several lists of one process: its directory is opened once for all, and
//! its descriptors are listed once for files and sockets.

use super::{
    dir::Dir,
    files::{self, Socket},
    maps, threads,
};
use crate::{
    Result,
    net::{Connection, Kind},
    os::linux::{Lists, ProcessLists},
    process::OpenFile,
    sys::{net::held_connections, process::Target},
};

pub(crate) fn lists(target: Target<'_>, wanted: Lists, kind: Kind) -> Result<ProcessLists> {
    let dir = Dir::open(target)?;
    let mut lists = ProcessLists::default();
    if wanted.contains(Lists::MEMORY_MAPS) {
        lists.memory_maps = Some(maps::of(&dir));
    }
    let descriptors = wanted.intersection(Lists::OPEN_FILES.union(Lists::CONNECTIONS));
    if descriptors == Lists::OPEN_FILES {
        lists.open_files = Some(files::files(&dir).map(OpenFile::among));
    } else if descriptors == Lists::CONNECTIONS {
        let sockets = files::sockets(&dir);
        lists.connections = Some(sockets.and_then(|held| connections(&dir, kind, held)));
    } else if !descriptors.is_empty() {
        match files::files_and_sockets(&dir) {
            Ok((files, sockets)) => {
                lists.open_files = Some(Ok(OpenFile::among(files)));
                lists.connections = Some(connections(&dir, kind, sockets));
            }
            Err(error) => {
                lists.open_files = Some(Err(error));
                // It has the same reason, or the descriptor that refused is
                // no socket.
                let sockets = files::sockets(&dir);
                lists.connections = Some(sockets.and_then(|held| connections(&dir, kind, held)));
            }
        }
    }
    if wanted.contains(Lists::THREADS) {
        lists.threads = Some(threads::of(&dir));
    }
    Ok(lists)
}

fn connections(dir: &Dir<'_>, kind: Kind, held: Vec<Socket>) -> Result<Vec<Connection>> {
    held_connections(dir.host(), dir.pid(), kind, held)
}
