//! Sockets without their owners: sock_diag, or the text of `net/tcp` and its
//! like, table by table.

use std::{ffi::OsStr, net::SocketAddr, os::unix::ffi::OsStrExt as _, path::Path};

use rustix::io::Errno;

use crate::{
    Error, Host, Result,
    error::Unavailable,
    net::{
        Connection, ConnectionQuery, Family, Kind, Protocol, SocketType, TcpInfo, TcpState,
        TcpStates, UnixName, UnixSocket, UnixState,
    },
    parse::{
        linux::{
            net_inet::{self, Endian},
            net_unix,
        },
        sock_diag::{self, AF_INET, AF_INET6, InetSocket},
    },
    sys::pal::linux::{
        file,
        netlink::{DumpError, Netlink},
    },
};

const IPPROTO_TCP: u8 = 6;
const IPPROTO_UDP: u8 = 17;
const IPPROTO_RAW: u8 = 255;

/// Where the sockets of one kind are listed.
struct Table {
    kind: Kind,
    file: &'static str,
    family: u8,
    protocol: u8,
}

const INET: [Table; 6] = [
    Table::new(Kind::TCP4, "tcp", AF_INET, IPPROTO_TCP),
    Table::new(Kind::TCP6, "tcp6", AF_INET6, IPPROTO_TCP),
    Table::new(Kind::UDP4, "udp", AF_INET, IPPROTO_UDP),
    Table::new(Kind::UDP6, "udp6", AF_INET6, IPPROTO_UDP),
    Table::new(Kind::RAW4, "raw", AF_INET, IPPROTO_RAW),
    Table::new(Kind::RAW6, "raw6", AF_INET6, IPPROTO_RAW),
];

/// Appends the sockets that `query` asks for and whose inode is `wanted`.
///
/// `net` is the directory of their namespace's tables. With `netlink` the
/// namespace is that of the calling thread, and sock_diag is asked first.
pub(super) fn list(
    host: &Host,
    net: &Path,
    netlink: bool,
    query: &ConnectionQuery,
    wanted: &dyn Fn(u64) -> bool,
    all: &mut Vec<Connection>,
) -> Result<()> {
    let mut diag = if netlink && !cfg!(oslens_no_sock_diag) {
        // Refused by a container's seccomp filter, or not in the kernel.
        Netlink::sock_diag().ok()
    } else {
        None
    };
    let endian = match host.is_big_endian() {
        true => Endian::Big,
        false => Endian::Little,
    };
    let mut complete = true;
    for table in &INET {
        if !query.kind.contains(table.kind) {
            continue;
        }
        let answered = match &mut diag {
            Some(diag) => answered(table.ask(diag, query, wanted, all))?,
            None => false,
        };
        if !answered {
            complete &= table.read(net, endian, query.states, wanted, all)?;
        }
    }
    if query.kind.contains(Kind::UNIX) {
        let answered = match &mut diag {
            Some(diag) => answered(ask_unix(diag, wanted, all))?,
            None => false,
        };
        if !answered {
            complete &= read_unix(net, wanted, all)?;
        }
    }
    // One table is missing where the kernel lacks its protocol; all of them
    // are where nothing can be said about sockets.
    if !complete && !net.is_dir() {
        return Err(Error::file("open", net, Errno::NOENT));
    }
    Ok(())
}

/// Whether the kernel answered at all: a family whose module is missing is
/// refused (`ENOENT`; `EINVAL` before Linux 3.3), and so is the whole
/// question by a security module.
fn answered(result: Result<(), DumpError>) -> Result<bool> {
    match result {
        Ok(()) => Ok(true),
        Err(DumpError::Refused(..)) => Ok(false),
        Err(error @ DumpError::Malformed(_)) => Err(error.into()),
    }
}

/// Whether the kernel has just told about this socket. Between two datagrams
/// it remembers how far it came in a chain of its hash table by a count; when
/// a new socket was put before them, the last one comes again.
#[inline]
fn is_last(all: &[Connection], inode: u64) -> bool {
    inode != 0 && all.last().is_some_and(|last| last.inode == inode)
}

impl Table {
    const fn new(kind: Kind, file: &'static str, family: u8, protocol: u8) -> Self {
        Self {
            kind,
            file,
            family,
            protocol,
        }
    }

    /// By sock_diag.
    fn ask(
        &self,
        diag: &mut Netlink,
        query: &ConnectionQuery,
        wanted: &dyn Fn(u64) -> bool,
        all: &mut Vec<Connection>,
    ) -> Result<(), DumpError> {
        let tcp = self.protocol == IPPROTO_TCP;
        // The bits are the kernel's.
        let states = if tcp {
            // The set has Linux's numbers, but for what only others have.
            query.states.difference(TcpStates::DELETE_TCB).bits()
        } else {
            u32::MAX
        };
        let tcp_info = tcp && query.tcp_info;
        let bound_inactive = tcp && query.states.contains(TcpStates::BOUND_INACTIVE);
        let request = sock_diag::inet_request(self.family, self.protocol, states, tcp_info);
        diag.dump(
            sock_diag::SOCK_DIAG_BY_FAMILY,
            &request,
            all,
            |message, all| {
                let (socket, attributes) = sock_diag::inet(message.payload)?;
                if !wanted(socket.inode) || is_last(all, socket.inode) {
                    return Ok(());
                }
                let mut connection = self.connection(&socket);
                // They are asked for by one state and shown in another.
                // Nothing else in that state is without a peer.
                if bound_inactive
                    && connection.state == Some(TcpState::Close)
                    && connection.remote.is_none()
                {
                    connection.state = Some(TcpState::BoundInactive);
                }
                if tcp_info {
                    let (info, congestion) = sock_diag::tcp_details(attributes);
                    connection.tcp =
                        info.map(|info| Box::new(TcpInfo::from_linux(&info, congestion)));
                }
                all.push(connection);
                Ok(())
            },
        )
    }

    /// From the text: whether there was any. A file that is missing is a
    /// protocol that is (no IPv6).
    fn read(
        &self,
        net: &Path,
        endian: Endian,
        states: TcpStates,
        wanted: &dyn Fn(u64) -> bool,
        all: &mut Vec<Connection>,
    ) -> Result<bool> {
        let path = net.join(self.file);
        let Some(content) = file::optional_records(&path)? else {
            return Ok(false);
        };
        for socket in net_inet::sockets(&content, endian) {
            let socket = socket.map_err(|malformed| Error::malformed(&path, malformed.0))?;
            if !wanted(socket.inode) {
                continue;
            }
            let mut connection = self.connection(&socket);
            if self.protocol == IPPROTO_TCP {
                let in_states = 1u32
                    .checked_shl(u32::from(socket.state))
                    .is_some_and(|bit| states.bits() & bit != 0);
                if !in_states {
                    continue;
                }
                if connection.state == Some(TcpState::Listen) {
                    // The column does not hold the limit of the backlog.
                    connection.send_queue = None;
                }
            }
            all.push(connection);
        }
        Ok(true)
    }

    #[inline]
    fn connection(&self, socket: &InetSocket) -> Connection {
        let some = |address: SocketAddr| (!sock_diag::is_unset(&address)).then_some(address);
        let (mut local, mut state) = (socket.local, None);
        let (socket_type, protocol) = match self.protocol {
            IPPROTO_TCP => {
                state = Some(tcp_state(socket.state));
                (SocketType::Stream, Protocol::Tcp)
            }
            IPPROTO_UDP => (SocketType::Datagram, Protocol::Udp),
            _ => {
                let number = u8::try_from(local.port()).unwrap_or(IPPROTO_RAW);
                local.set_port(0);
                (SocketType::Raw, Protocol::Raw(number))
            }
        };
        Connection {
            family: if self.family == AF_INET {
                Family::Inet4
            } else {
                Family::Inet6
            },
            socket_type,
            protocol,
            state,
            local: some(local),
            remote: some(socket.remote),
            interface: socket.interface.filter(|&index| index != 0),
            v6_only: socket.v6_only,
            recv_queue: Some(socket.recv_queue),
            send_queue: Some(socket.send_queue),
            inode: socket.inode,
            // Without an inode the kernel says 0, whoever it was.
            uid: (socket.inode != 0).then_some(socket.uid),
            owners: Err(Unavailable::NotRequested),
            unix: None,
            tcp: None,
        }
    }
}

fn tcp_state(number: u8) -> TcpState {
    match number {
        1 => TcpState::Established,
        2 => TcpState::SynSent,
        3 => TcpState::SynRecv,
        4 => TcpState::FinWait1,
        5 => TcpState::FinWait2,
        6 => TcpState::TimeWait,
        7 => TcpState::Close,
        8 => TcpState::CloseWait,
        9 => TcpState::LastAck,
        10 => TcpState::Listen,
        11 => TcpState::Closing,
        12 => TcpState::NewSynRecv,
        13 => TcpState::BoundInactive,
        other => TcpState::Other(other),
    }
}

/// A UNIX socket without what its source does not say.
fn unix_connection(kind: u16, inode: u64, unix: UnixSocket) -> Connection {
    Connection {
        family: Family::Unix,
        socket_type: match kind {
            1 => SocketType::Stream,
            2 => SocketType::Datagram,
            5 => SocketType::SeqPacket,
            other => SocketType::Other(u8::try_from(other).unwrap_or(u8::MAX)),
        },
        protocol: Protocol::Unix,
        state: None,
        local: None,
        remote: None,
        interface: None,
        v6_only: None,
        recv_queue: None,
        send_queue: None,
        inode,
        uid: None,
        owners: Err(Unavailable::NotRequested),
        unix: Some(Box::new(unix)),
        tcp: None,
    }
}

fn path_name(path: &[u8]) -> UnixName {
    UnixName::Path(OsStr::from_bytes(path).into())
}

fn abstract_name(name: &[u8]) -> UnixName {
    UnixName::Abstract(OsStr::from_bytes(name).to_os_string())
}

fn ask_unix(
    diag: &mut Netlink,
    wanted: &dyn Fn(u64) -> bool,
    all: &mut Vec<Connection>,
) -> Result<(), DumpError> {
    diag.dump(
        sock_diag::SOCK_DIAG_BY_FAMILY,
        &sock_diag::unix_request(),
        all,
        |message, all| {
            let socket = sock_diag::unix(message.payload)?;
            if !wanted(socket.inode) || is_last(all, socket.inode) {
                return Ok(());
            }
            let name = match socket.name {
                [] => None,
                [0, name @ ..] => Some(abstract_name(name)),
                path => Some(path_name(crate::parse::netlink::string(path))),
            };
            let state = match (socket.state, socket.inode) {
                (10, _) => UnixState::Listening,
                // In the queue of a listener: nobody has a descriptor yet.
                (1, 0) => UnixState::Connecting,
                (1, _) => UnixState::Connected,
                _ => UnixState::Unconnected,
            };
            let mut connection = unix_connection(
                u16::from(socket.kind),
                socket.inode,
                UnixSocket::new(name, state, socket.peer),
            );
            connection.recv_queue = socket.recv_queue;
            connection.send_queue = socket.send_queue;
            connection.uid = socket.uid.filter(|_| socket.inode != 0);
            all.push(connection);
            Ok(())
        },
    )
}

/// As [`Table::read`].
fn read_unix(net: &Path, wanted: &dyn Fn(u64) -> bool, all: &mut Vec<Connection>) -> Result<bool> {
    let path = net.join("unix");
    let Some(content) = file::optional_records(&path)? else {
        return Ok(false);
    };
    for row in net_unix::rows(&content) {
        let row = row.map_err(|malformed| Error::malformed(&path, malformed.0))?;
        if !wanted(row.inode) {
            continue;
        }
        let name = match row.path {
            [] => None,
            [b'@', name @ ..] => Some(abstract_name(name)),
            path => Some(path_name(path)),
        };
        let state = match row.state {
            _ if row.flags & net_unix::ACCEPTING != 0 => UnixState::Listening,
            2 => UnixState::Connecting,
            3 => UnixState::Connected,
            4 => UnixState::Disconnecting,
            _ => UnixState::Unconnected,
        };
        all.push(unix_connection(
            row.kind,
            row.inode,
            UnixSocket::new(name, state, None),
        ));
    }
    Ok(true)
}
