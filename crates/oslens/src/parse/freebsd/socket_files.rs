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
        },
        layout::{
            Endian, Field, Number, Record,
            freebsd::{
                network::{AF_INET, AF_INET6, AF_UNIX},
                process::{KF_TYPE_SOCKET, KfSock, KinfoFile, SockaddrStorage, Xfile},
                sockets::DTYPE_SOCKET,
            },
        },
    },
};

/// The records of an answer, by the length that each says in this field.
fn records<N: Number + TryInto<usize>>(
    data: &[u8],
    length: Field<N>,
    endian: Endian,
) -> impl Iterator<Item = Result<Record<'_>, Malformed>> {
    let mut rest = data;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let stride = Record::new(rest, endian)
            .get(length)
            .and_then(|stride| stride.try_into().ok())
            .filter(|&stride: &usize| stride > 0);
        let split = stride.and_then(|stride| rest.split_at_checked(stride));
        rest = split.map_or(&[], |(_, behind)| behind);
        Some(match split {
            Some((record, _)) => Ok(Record::new(record, endian)),
            None => Err(Malformed("a whole record of a file")),
        })
    })
}

/// The descriptors of all processes that are sockets: `struct xfile`.
///
/// Ends after the first record that is malformed.
pub fn descriptors(
    data: &[u8],
    endian: Endian,
) -> impl Iterator<Item = Result<Descriptor, Malformed>> + '_ {
    records(data, Xfile::xf_size, endian).filter_map(|record| {
        let descriptor = |record: Record<'_>| {
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
        };
        match record {
            Ok(record) => descriptor(record)
                .ok_or(Malformed("a whole xfile"))
                .transpose(),
            Err(error) => Some(Err(error)),
        }
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
    records(data, KinfoFile::kf_structsize, endian).filter_map(|record| match record {
        Ok(record) => socket(record)
            .ok_or(Malformed("a whole kinfo_file"))
            .transpose(),
        Err(error) => Some(Err(error)),
    })
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
