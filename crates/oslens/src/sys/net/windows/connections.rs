//! Sockets with their owners: one table for each protocol and family.

use crate::{
    Error, ErrorKind, Host, Result,
    error::Unavailable,
    net::{
        Connection, ConnectionQuery, Family, Kind, Owner, Owners, Protocol, SocketSummary,
        SocketType, TcpState, TcpStates,
    },
    parse::{
        Malformed,
        windows::connections::{Socket, tcp4, tcp6, udp4, udp6},
    },
    process::Pid,
    sys::pal::windows::{
        buffer::Buffer,
        ip_helper::{SocketTable, sockets},
    },
};

const TABLES: [(Kind, SocketTable); 4] = [
    (Kind::TCP4, SocketTable::Tcp4),
    (Kind::TCP6, SocketTable::Tcp6),
    (Kind::UDP4, SocketTable::Udp4),
    (Kind::UDP6, SocketTable::Udp6),
];

/// The sockets of these kinds. Those that Windows does not list are left out
/// when others are asked for with them, as [`Kind::ALL`] does.
pub(crate) fn connections(host: &Host, query: &ConnectionQuery) -> Result<Vec<Connection>> {
    crate::sys::pal::windows::system::this_machine(host)?;
    supported(query.kind)?;
    let mut connections = Vec::new();
    each(query.kind, |kind, socket| {
        let is_wanted = match socket.state {
            // States without a name are in no set.
            Some(TcpState::Other(_)) => query.states.contains(TcpStates::USUAL),
            Some(state) => query.states.contains(state.as_set()),
            None => true,
        };
        if is_wanted {
            connections.push(connection(kind, &socket, query.owners));
        }
    })?;
    Ok(connections)
}

/// Fails where nothing that is asked for is listed by Windows.
fn supported(kind: Kind) -> Result<()> {
    if kind.is_empty() || kind.intersects(Kind::INET) {
        return Ok(());
    }
    Err(Error::unsupported(
        "lists of UNIX and raw sockets on Windows",
    ))
}

/// The sockets of one process.
pub(crate) fn process_connections(host: &Host, pid: Pid, kind: Kind) -> Result<Vec<Connection>> {
    crate::sys::pal::windows::system::this_machine(host)?;
    supported(kind)?;
    let mut connections = Vec::new();
    // What is left of closed connections belongs to nobody, not to the
    // system's idle process.
    if pid.get() != 0 {
        each(kind, |kind, socket| {
            if socket.pid == pid.get() {
                connections.push(connection(kind, &socket, Owners::All));
            }
        })?;
    }
    // Whether it has none, or is none.
    if connections.is_empty() && pid.get() != 0 && !crate::sys::process::pid_exists(host, pid)? {
        return Err(Error::no_such_process(pid));
    }
    Ok(connections)
}

/// How many sockets there are, counted in the tables: Windows' own counts do
/// not tell listeners from connections.
pub(crate) fn socket_summary(host: &Host) -> Result<SocketSummary> {
    crate::sys::pal::windows::system::this_machine(host)?;
    let mut tcp = [0; 2];
    let mut udp = [0; 2];
    let (mut established, mut listening, mut time_wait) = (0, 0, 0);
    each(Kind::INET, |kind, socket| {
        let family = usize::from(Kind::INET6.contains(kind));
        let counts = match socket.state {
            None => &mut udp,
            Some(TcpState::TimeWait) => {
                time_wait += 1;
                return;
            }
            Some(state) => {
                match state {
                    TcpState::Established | TcpState::CloseWait => established += 1,
                    TcpState::Listen => listening += 1,
                    _ => {}
                }
                &mut tcp
            }
        };
        if let Some(count) = counts.get_mut(family) {
            *count += 1;
        }
    })?;
    Ok(SocketSummary {
        tcp4: Some(tcp[0]),
        tcp6: Some(tcp[1]),
        tcp_established: Some(established),
        tcp_listening: Some(listening),
        tcp_time_wait: Some(time_wait),
        udp4: Some(udp[0]),
        udp6: Some(udp[1]),
        ..SocketSummary::default()
    })
}

/// Shows every socket of these kinds.
fn each(kinds: Kind, mut show: impl FnMut(Kind, Socket)) -> Result<()> {
    let mut buffer = Buffer::new(16 << 10);
    for (kind, table) in TABLES {
        if !kinds.contains(kind) {
            continue;
        }
        let bytes = match sockets(table, &mut buffer) {
            Ok(bytes) => bytes,
            // IPv6 can be removed from the system.
            Err(error) if error.kind() == ErrorKind::Unsupported && Kind::INET6.contains(kind) => {
                continue;
            }
            Err(error) => return Err(error),
        };
        let show = |socket| show(kind, socket);
        match table {
            SocketTable::Tcp4 => tcp4(bytes).map(|sockets| sockets.for_each(show)),
            SocketTable::Tcp6 => tcp6(bytes).map(|sockets| sockets.for_each(show)),
            SocketTable::Udp4 => udp4(bytes).map(|sockets| sockets.for_each(show)),
            SocketTable::Udp6 => udp6(bytes).map(|sockets| sockets.for_each(show)),
        }
        .map_err(|Malformed(expected)| Error::malformed("the table of sockets", expected))?;
    }
    Ok(())
}

fn connection(kind: Kind, socket: &Socket, owners: Owners) -> Connection {
    let is_tcp = Kind::TCP.contains(kind);
    Connection {
        family: match Kind::INET6.contains(kind) {
            true => Family::Inet6,
            false => Family::Inet4,
        },
        socket_type: match is_tcp {
            true => SocketType::Stream,
            false => SocketType::Datagram,
        },
        protocol: match is_tcp {
            true => Protocol::Tcp,
            false => Protocol::Udp,
        },
        state: socket.state,
        local: Some(socket.local),
        remote: socket.remote,
        interface: None,
        v6_only: None,
        recv_queue: None,
        send_queue: None,
        inode: 0,
        uid: None,
        owners: match (owners, socket.pid) {
            (Owners::NotRequested, _) => Err(Unavailable::NotRequested),
            // Closed by its process, and left to the system.
            (_, 0) => Ok(Vec::new()),
            (_, pid) => Ok(vec![Owner::process(Pid::new(pid))]),
        },
        unix: None,
        tcp: None,
    }
}
