//! Sockets of BSD and macOS as the public types have them, and who holds
//! which.

use std::{
    collections::HashMap, ffi::OsStr, net::SocketAddr, os::unix::ffi::OsStrExt as _, path::Path,
};

use crate::{
    error::Unavailable,
    net::{
        Connection, Family, Kind, Owner, Protocol, SocketSummary, SocketType, TcpState, TcpStates,
        UnixName, UnixSocket,
    },
    parse::bsd::socket::{Descriptor, Socket, kind as kind_of},
    process::Pid,
};

/// Whether a socket is asked for.
pub(super) fn is_wanted(socket: &Socket<'_>, kind: Kind, states: TcpStates) -> bool {
    kind.contains(socket.kind())
        && match socket.state {
            // States without a name are in no set.
            Some(TcpState::Other(_)) => states.contains(TcpStates::USUAL),
            Some(state) => states.contains(state.as_set()),
            None => true,
        }
}

/// A socket without its owners.
pub(super) fn connection(socket: &Socket<'_>) -> Connection {
    let unix = socket.unix.map(|unix| {
        let name = unix
            .path
            .map(|path| UnixName::Path(Path::new(OsStr::from_bytes(path)).into()));
        Box::new(UnixSocket::new(name, unix.state, unix.peer))
    });
    Connection {
        family: socket.family,
        socket_type: socket.socket_type,
        protocol: socket.protocol,
        state: socket.state,
        local: socket.local,
        remote: socket.remote,
        interface: None,
        v6_only: socket.v6_only,
        recv_queue: socket.recv_queue,
        send_queue: socket.send_queue,
        inode: socket.pcb.unwrap_or(0),
        uid: socket.uid,
        owners: Err(Unavailable::NotRequested),
        unix,
        tcp: None,
    }
}

/// How many sockets there are of these kinds, which were listed.
pub(super) fn summary(listed: &[Connection], kinds: Kind) -> SocketSummary {
    let count = |of: &dyn Fn(&Connection) -> bool| {
        let count = listed.iter().filter(|&connection| of(connection)).count();
        u64::try_from(count).unwrap_or(u64::MAX)
    };
    let in_state = |states: &[TcpState]| {
        let of = |connection: &Connection| connection.state.is_some_and(|s| states.contains(&s));
        kinds.contains(Kind::TCP).then(|| count(&of))
    };
    let of_kind = |of: Kind| {
        let is_left = |connection: &Connection| connection.state == Some(TcpState::TimeWait);
        let of_kind = |connection: &Connection| kind(connection) == of && !is_left(connection);
        kinds.contains(of).then(|| count(&of_kind))
    };
    SocketSummary {
        tcp4: of_kind(Kind::TCP4),
        tcp6: of_kind(Kind::TCP6),
        tcp_established: in_state(&[TcpState::Established, TcpState::CloseWait]),
        tcp_listening: in_state(&[TcpState::Listen]),
        tcp_time_wait: in_state(&[TcpState::TimeWait]),
        udp4: of_kind(Kind::UDP4),
        udp6: of_kind(Kind::UDP6),
        raw4: of_kind(Kind::RAW4),
        raw6: of_kind(Kind::RAW6),
        ..SocketSummary::default()
    }
}

/// The process of a record and its descriptor.
pub(super) fn owner(pid: i32, fd: i32) -> Option<Owner> {
    Some(Owner::new(Pid::new(u32::try_from(pid).ok()?), fd))
}

/// A socket, and where the kernel has it: what a descriptor refers to.
pub(super) type Listed = (Option<u64>, Connection);

/// Gives each socket the descriptors that refer to it.
///
/// The kernel hides where they are from most users on some systems: then
/// nobody knows who has which.
pub(super) fn distribute(listed: Vec<Listed>, descriptors: &[Descriptor]) -> Vec<Connection> {
    let mut held: Vec<(u64, Owner, Option<u32>)> = descriptors
        .iter()
        .filter_map(|held| Some((held.socket?, owner(held.pid, held.fd)?, held.uid)))
        .collect();
    held.sort_unstable();
    let owned = |(address, mut connection): Listed| {
        connection.owners = match address {
            Some(address) => {
                let start = held.partition_point(|&(other, ..)| other < address);
                let found = held.iter().skip(start);
                let found = found.take_while(|&&(other, ..)| other == address);
                connection.uid = connection
                    .uid
                    .or_else(|| found.clone().find_map(|&(_, _, uid)| uid));
                Ok(found.map(|&(_, owner, _)| owner).collect())
            }
            None => unowned(&connection),
        };
        connection
    };
    listed.into_iter().map(owned).collect()
}

/// The sockets where the kernel does not say who holds any.
pub(super) fn refused(listed: impl IntoIterator<Item = Connection>) -> Vec<Connection> {
    let refused = |connection| Connection {
        owners: Err(Unavailable::Denied),
        ..connection
    };
    listed.into_iter().map(refused).collect()
}

/// The owners of a socket that is nowhere: what is left of a connection, or
/// not one yet, has none; where others are is hidden.
fn unowned(connection: &Connection) -> crate::Field<Vec<Owner>> {
    match connection.state {
        Some(TcpState::TimeWait | TcpState::SynRecv) => Ok(Vec::new()),
        _ => Err(Unavailable::Denied),
    }
}

/// What a process holds: each of its sockets once, with all descriptors that
/// refer to it. From the tables comes what its descriptors do not tell.
pub(super) fn held(
    pid: Pid,
    files: Vec<(i32, Connection)>,
    tables: Vec<Connection>,
) -> Vec<Connection> {
    /// Which of the tables a descriptor is about, or which of the others.
    enum Place {
        Listed(usize),
        Other(usize),
    }
    let mut owners: Vec<Vec<Owner>> = vec![Vec::new(); tables.len()];
    let mut others: Vec<Connection> = Vec::new();
    let mut numbers: HashMap<u64, usize> = HashMap::new();
    let index = Index::new(&tables);
    for (fd, file) in files {
        let owner = Owner::new(pid, fd);
        let place = match index.find(&file) {
            Some(at) => Place::Listed(at),
            None if file.inode == 0 => Place::Other(others.len()),
            None => Place::Other(*numbers.entry(file.inode).or_insert(others.len())),
        };
        match place {
            Place::Listed(at) => {
                if let Some(owners) = owners.get_mut(at) {
                    owners.push(owner);
                }
            }
            Place::Other(at) => match others.get_mut(at) {
                Some(other) => {
                    if let Ok(owners) = &mut other.owners {
                        owners.push(owner);
                    }
                }
                None => others.push(Connection {
                    owners: Ok(vec![owner]),
                    ..file
                }),
            },
        }
    }
    let found = tables.into_iter().zip(owners);
    let found = found.filter(|(_, owners)| !owners.is_empty());
    let found = found.map(|(connection, owners)| Connection {
        owners: Ok(owners),
        ..connection
    });
    found.chain(others).collect()
}

/// In which of the kinds a socket is.
pub(super) fn kind(connection: &Connection) -> Kind {
    kind_of(connection.family, connection.protocol)
}

/// What two sockets that are not the same seldom share.
pub(super) type Shape<'a> = (
    Family,
    SocketType,
    Protocol,
    Option<SocketAddr>,
    Option<SocketAddr>,
    Option<&'a OsStr>,
);

/// The shape of a socket.
pub(super) fn shape(connection: &Connection) -> Shape<'_> {
    let path = connection.unix.as_ref().and_then(|unix| match &unix.name {
        Some(UnixName::Path(path)) => Some(path.as_os_str()),
        _ => None,
    });
    (
        connection.family,
        connection.socket_type,
        connection.protocol,
        connection.local,
        connection.remote,
        path,
    )
}

/// Sockets that were listed, to be found by what is told about descriptors.
pub(super) struct Index<'a> {
    by_number: HashMap<u64, usize>,
    /// Those that are alone in their shape.
    by_shape: HashMap<Shape<'a>, Option<usize>>,
}

impl<'a> Index<'a> {
    pub(super) fn new(listed: &'a [Connection]) -> Self {
        let mut index = Self {
            by_number: HashMap::new(),
            by_shape: HashMap::new(),
        };
        for (at, connection) in listed.iter().enumerate() {
            if connection.inode != 0 {
                index.by_number.insert(connection.inode, at);
            } else if connection.local.is_some() || connection.remote.is_some() {
                index
                    .by_shape
                    .entry(shape(connection))
                    .and_modify(|found| *found = None)
                    .or_insert(Some(at));
            }
        }
        index
    }

    /// The listed socket that this one is.
    pub(super) fn find(&self, connection: &Connection) -> Option<usize> {
        match connection.inode {
            0 => self.by_shape.get(&shape(connection)).copied().flatten(),
            number => self.by_number.get(&number).copied(),
        }
    }
}

#[cfg(test)]
mod tests;
