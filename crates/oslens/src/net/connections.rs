//! Sockets: their addresses, states and queues, and who holds them.

mod kind;
mod tcp;

use std::{ffi::OsString, net::SocketAddr, path::PathBuf};

pub use kind::{ConnectionQuery, Kind, Owners, ParseKindError};
pub use tcp::{TcpInfo, TcpState, TcpStates};

use crate::{Field, Host, Result, process::Pid, sys};

/// One socket: connected, listening, or only bound.
///
/// An internet socket that details were not asked for takes no memory of its
/// own.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Connection {
    /// Kind of address.
    pub family: Family,
    /// Stream, datagrams, …
    pub socket_type: SocketType,
    /// Protocol above it.
    pub protocol: Protocol,
    /// State of a TCP connection; `None` for other protocols, and on FreeBSD
    /// for one of a process that was closed while it was looked at.
    pub state: Option<TcpState>,
    /// Its own address. `None` when it has none: not bound, or a UNIX
    /// socket. An address may have port 0. A socket of [`Family::Inet6`] that
    /// talks IPv4 has addresses like `::ffff:192.0.2.1`.
    pub local: Option<SocketAddr>,
    /// The peer's address; `None` when there is no peer.
    pub remote: Option<SocketAddr>,
    /// Index of the interface that it is bound to.
    pub interface: Option<u32>,
    /// Whether an IPv6 socket that is not connected refuses IPv4.
    pub v6_only: Option<bool>,
    /// Bytes that came and were not read; for a listener, connections that
    /// wait to be accepted. For UDP and raw sockets Linux counts the memory
    /// that they take, which is more. `None` for listeners on NetBSD and
    /// OpenBSD.
    pub recv_queue: Option<u32>,
    /// Bytes that were sent and not acknowledged; for a listener, how many
    /// connections may wait.
    pub send_queue: Option<u32>,
    /// Number of the socket; 0 when no descriptor refers to it any more
    /// (`TIME_WAIT`) or none does yet (not accepted), and where sockets have
    /// no numbers (Windows). On BSD and macOS it stands for where the kernel
    /// keeps the socket's end, which OpenBSD and NetBSD show to root alone: 0
    /// then. macOS may give one socket a number in the list of all and another
    /// in that of a process.
    pub inode: u64,
    /// User that made it. `None` when the kernel does not say, which is so
    /// for all without an inode. NetBSD and OpenBSD say it of the owner's
    /// file alone, macOS in a list of all.
    pub uid: Option<u32>,
    /// Every process and descriptor that holds it: several after `fork` or
    /// when it was passed on. Empty for a socket that no descriptor refers
    /// to.
    ///
    /// `Err(NotRequested)` unless asked for. `Err(Denied)` when no owner was
    /// found, but some processes would not show their descriptors, or the
    /// kernel not which sockets these are.
    pub owners: Field<Vec<Owner>>,
    /// What only a UNIX socket has.
    pub unix: Option<Box<UnixSocket>>,
    /// Statistics of a TCP connection, if asked for with
    /// [`ConnectionQuery::tcp_info`].
    pub tcp: Option<Box<TcpInfo>>,
}

/// Kind of address of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Family {
    /// IPv4.
    Inet4,
    /// IPv6, and IPv4 through it.
    Inet6,
    /// The machine itself.
    Unix,
}

/// What a socket carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum SocketType {
    /// A stream of bytes.
    Stream,
    /// Datagrams.
    Datagram,
    /// A stream of records.
    SeqPacket,
    /// Packets with their headers.
    Raw,
    /// Another type, with the kernel's number for it.
    Other(u8),
}

/// Protocol of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// None but IP itself: the number of the protocol that the program
    /// speaks (1 is ICMP).
    Raw(u8),
    /// The machine itself.
    Unix,
}

/// A process that holds a socket, and by which descriptor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Owner {
    /// The process.
    pub pid: Pid,
    /// Its descriptor. `None` where the system tells the process alone:
    /// Windows; and macOS, of a process that does not show its descriptors
    /// but was the last to use the socket, or that talks by a network stack of
    /// its own, without one.
    pub fd: Option<i32>,
}

impl Owner {
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))]
    pub(crate) const fn new(pid: Pid, fd: i32) -> Self {
        Self { pid, fd: Some(fd) }
    }

    /// A process that holds a socket by a descriptor that nobody knows.
    #[cfg_attr(not(windows), allow(dead_code))]
    pub(crate) const fn process(pid: Pid) -> Self {
        Self { pid, fd: None }
    }
}

/// What only a UNIX socket has.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct UnixSocket {
    /// Its name; `None` when it has none, which is so for most ends that did
    /// not listen.
    pub name: Option<UnixName>,
    /// Whether it is connected.
    pub state: UnixState,
    /// Inode of the socket at the other end. (`/proc/net/unix` does not say
    /// it, nor BSD where numbers are hidden.)
    pub peer_inode: Option<u64>,
}

impl UnixSocket {
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))]
    pub(crate) fn new(name: Option<UnixName>, state: UnixState, peer_inode: Option<u64>) -> Self {
        Self {
            name,
            state,
            peer_inode,
        }
    }
}

/// The name of a UNIX socket.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum UnixName {
    /// A file, as it was named when the socket was bound: perhaps relative to
    /// a directory that nobody knows, perhaps removed since.
    Path(PathBuf),
    /// Linux's names without a file: the bytes after the leading zero. Read
    /// from `/proc/net/unix`, zero bytes in it have become `@`.
    Abstract(OsString),
}

/// Whether a UNIX socket is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum UnixState {
    /// Not connected.
    Unconnected,
    /// Being connected: not accepted yet.
    Connecting,
    /// Connected.
    Connected,
    /// Being disconnected.
    Disconnecting,
    /// Accepts connections. NetBSD and OpenBSD do not tell: such a socket is
    /// [`Unconnected`](Self::Unconnected) there.
    Listening,
}

/// The sockets of these kinds, without their owners.
///
/// Takes a [`Kind`] or a [`ConnectionQuery`], which can ask for owners, TCP
/// statistics and certain states only.
///
/// # Errors
///
/// When the kernel's tables cannot be read. That some processes hide their
/// descriptors is no error: see [`Connection::owners`].
///
/// # Platform
///
/// Linux: `NETLINK_SOCK_DIAG`, and `/proc/net/tcp` and its like where that is
/// refused or missing (also for single kinds: raw sockets need a kernel
/// module) and for another [`Host`]. The text lacks
/// [`interface`](Connection::interface), [`v6_only`](Connection::v6_only),
/// [`tcp`](Connection::tcp), and of UNIX sockets queues, users and peers.
/// Only the network namespace of the calling thread is seen.
///
/// Windows: `GetExtendedTcpTable` and `GetExtendedUdpTable`: all of the
/// machine, for everybody. Neither UNIX nor raw sockets are listed there: a
/// query for them alone is
/// [`Unsupported`](crate::ErrorKind::Unsupported), with others they are left
/// out. Queues, users, [`interface`](Connection::interface),
/// [`v6_only`](Connection::v6_only) and [`tcp`](Connection::tcp) are `None`.
///
/// FreeBSD and NetBSD: the tables of `sysctl` (`net.inet.tcp.pcblist` and its
/// like), of FreeBSD each one that did not change while it was written, or the
/// third. OpenBSD: `kern.file`, which has what is left of closed connections
/// too. macOS: `net.inet.tcp.pcblist_n` and that of UDP, all of the machine,
/// for everybody, and also what processes talk by network stacks of their own,
/// without a socket; UNIX sockets by the tables of `net.local` where owners are
/// not asked for. With owners, and raw sockets: by those who hold them, which
/// each process shows to its own user and to root; those of others are missing.
/// On all four [`interface`](Connection::interface) and
/// [`tcp`](Connection::tcp) are `None`; SCTP is left out.
///
/// # Cost
///
/// Linux: about 0.6 µs for each socket, one system call for every 200.
/// Windows: one or two calls for each protocol and family. BSD: one question
/// for each table, on OpenBSD one. macOS: one for TCP, one for UDP and two for
/// UNIX sockets; for others one for each process and one for each socket of
/// them.
///
/// ```
/// use oslens::net::{self, ConnectionQuery, Kind, TcpStates};
///
/// let listening = ConnectionQuery::new(Kind::TCP).states(TcpStates::LISTEN);
/// for connection in net::connections(listening)? {
///     println!("{:?}", connection.local);
/// }
/// # Ok::<(), oslens::Error>(())
/// ```
pub fn connections(query: impl Into<ConnectionQuery>) -> Result<Vec<Connection>> {
    Host::local().connections(query)
}

/// The sockets of these kinds with all their owners.
///
/// # Errors
///
/// As [`connections`].
///
/// # Cost
///
/// Linux: besides [`connections`], every descriptor of every process is
/// looked at, which takes about 8 µs each.
/// [`Owners::First`] takes less. Windows: nothing more, the tables name one
/// owner of each socket. BSD: one question more, for the files of all
/// processes; macOS: one for each process, and one for each of its sockets.
///
/// # Platform
///
/// FreeBSD and OpenBSD name all owners to everybody, NetBSD to root, macOS
/// those of processes of the same user, and all to root. Elsewhere
/// [`owners`](Connection::owners) is `Err(Denied)`. OpenBSD numbers sockets for
/// root alone: for others, those that look the same (listeners that share a
/// port, UNIX sockets without a name) are told apart by their owners, and one
/// that is shared may be listed with each.
///
/// ```
/// use oslens::net::{self, Kind};
///
/// for connection in net::connections_with_owners(Kind::UDP)? {
///     match connection.owners {
///         Ok(owners) => println!("{:?} {owners:?}", connection.local),
///         Err(reason) => println!("{:?} {reason}", connection.local),
///     }
/// }
/// # Ok::<(), oslens::Error>(())
/// ```
pub fn connections_with_owners(query: impl Into<ConnectionQuery>) -> Result<Vec<Connection>> {
    Host::local().connections(query.into().owners(Owners::All))
}

impl Host {
    /// The sockets of these kinds. See [`net::connections`](connections).
    ///
    /// # Errors
    ///
    /// When the kernel's tables cannot be read.
    pub fn connections(&self, query: impl Into<ConnectionQuery>) -> Result<Vec<Connection>> {
        sys::net::connections(self, &query.into())
    }
}
