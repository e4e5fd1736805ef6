//! Which descriptors are sockets: `kern.file` for all processes,
//! `KERN_PROC_FILEDESC` for one. Each record says how long it is.

use std::net::SocketAddr;

use crate::{
    net::{Family, Protocol, UnixState},
    parse::{
        Malformed,
        bsd::{
            inet,
            socket::{Descriptor, Socket, Unix, protocol, set, shown, socket_type},
            steps,
        },
        layout::{
            Endian, Field, Record,
            freebsd::{
                network::{AF_INET, AF_INET6, AF_UNIX},
                process::{KF_TYPE_SOCKET, KfSock, KinfoFile, SockaddrStorage, Xfile},
                sockets::DTYPE_SOCKET,
            },
        },
    },
};

/// The descriptors of all processes that are sockets: `struct xfile`.
///
/// Ends after the first record that is malformed.
pub fn descriptors(
    data: &[u8],
    endian: Endian,
) -> impl Iterator<Item = Result<Descriptor, Malformed>> + '_ {
    let records = steps::sized(data, Xfile::xf_size, endian);
    steps::read(records, Malformed("a whole xfile"), |record| {
        if i32::from(record.get(Xfile::xf_type)?) != DTYPE_SOCKET {
            return Some(None);
        }
        Some(Some(Descriptor {
            pid: record.get(Xfile::xf_pid)?,
            fd: record.get(Xfile::xf_fd)?,
            // What there is belongs to the process.
            uid: None,
            socket: shown(record.get(Xfile::xf_data)?),
        }))
    })
}

/// The sockets of one process, each with its descriptor: `struct kinfo_file`.
/// Those of families and protocols that have no name here are left out.
///
/// Neither the state of a TCP connection is told, nor whether a UNIX socket
/// accepts connections, nor who made it.
///
/// Ends after the first record that is malformed.
pub fn sockets(
    data: &[u8],
    endian: Endian,
) -> impl Iterator<Item = Result<(i32, Socket<'_>), Malformed>> {
    let records = steps::sized(data, KinfoFile::kf_structsize, endian);
    steps::read(records, Malformed("a whole kinfo_file"), socket)
}

fn socket(record: Record<'_>) -> Option<Option<(i32, Socket<'_>)>> {
    let fd = record.get(KinfoFile::kf_fd)?;
    // Below 0 are files that have no descriptor, but a purpose.
    if record.get(KinfoFile::kf_type)? != KF_TYPE_SOCKET || fd < 0 {
        return Some(None);
    }
    // One of the kinds of a union.
    let part = record.part(KinfoFile::kf_un.like::<KfSock>())?;
    let socket_type = socket_type(part.get(KfSock::kf_sock_type0)?);
    let number = part.get(KfSock::kf_sock_protocol0)?;
    let (family, protocol) = match part.get(KfSock::kf_sock_domain0)? {
        AF_UNIX => (Family::Unix, Some(Protocol::Unix)),
        AF_INET => (Family::Inet4, protocol(socket_type, number)),
        AF_INET6 => (Family::Inet6, protocol(socket_type, number)),
        _ => return Some(None),
    };
    let Some(protocol) = protocol else {
        return Some(None);
    };
    let bytes = |field: Field<SockaddrStorage>| part.bytes(field);
    let (local, peer) = (bytes(KfSock::kf_sa_local)?, bytes(KfSock::kf_sa_peer)?);
    let fits = |address: &SocketAddr| address.is_ipv6() == (family == Family::Inet6);
    let address = |sockaddr| {
        inet::address(sockaddr, AF_INET6, record.endian())
            .filter(|address| family != Family::Unix && fits(address))
            .and_then(set)
    };
    let connected = shown(part.get(KfSock::kf_sock_unpconn)?);
    let unix = (family == Family::Unix).then(|| Unix {
        path: inet::path(local),
        state: match connected.is_some() || inet::path(peer).is_some() {
            true => UnixState::Connected,
            false => UnixState::Unconnected,
        },
        peer: connected,
    });
    // Counted for these alone.
    let counted = match unix {
        Some(unix) => unix.state == UnixState::Connected,
        None => protocol == Protocol::Tcp,
    };
    let queue = |field| part.get(field).filter(|_| counted);
    Some(Some((
        fd,
        Socket {
            family,
            socket_type,
            protocol,
            state: None,
            local: address(local),
            remote: address(peer),
            v6_only: None,
            recv_queue: queue(KfSock::kf_sock_recvq),
            send_queue: queue(KfSock::kf_sock_sendq),
            uid: None,
            address: None,
            pcb: shown(part.get(KfSock::kf_sock_pcb)?),
            unix,
        },
    )))
}

#[cfg(test)]
mod tests;
