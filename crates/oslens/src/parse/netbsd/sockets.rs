//! The tables of sockets, `struct kinfo_pcb`, and which descriptors are
//! sockets, `struct kinfo_file`: in steps of the size that was asked for.

use std::net::SocketAddr;

use crate::{
    net::{Family, Protocol, TcpState},
    parse::{
        Malformed,
        bsd::{
            inet,
            socket::{
                Descriptor, Socket, Unix, amount, protocol, set, shown, socket_type, tcp_state,
                unix_state,
            },
            steps,
        },
        layout::{
            Endian, Field, Record,
            netbsd::{
                network::{AF_INET, AF_INET6, AF_UNIX, KinfoPcb},
                process::{DTYPE_SOCKET, KinfoFile},
                sockets::IN6P_IPV6_V6ONLY,
            },
        },
    },
};

/// The sockets of a table with records of `stride` bytes, without those of
/// protocols that have no name here.
///
/// Neither who made a socket is told, nor whether a UNIX socket accepts
/// connections.
///
/// Ends after the first record that is not whole.
///
/// # Errors
///
/// When `stride` is zero.
pub fn sockets(
    data: &[u8],
    stride: usize,
    endian: Endian,
) -> Result<impl Iterator<Item = Result<Socket<'_>, Malformed>>, Malformed> {
    let records = steps::equal(data, stride, endian)?;
    Ok(steps::read(records, Malformed("a whole kinfo_pcb"), socket))
}

/// The descriptors of an answer with records of `stride` bytes that are
/// sockets.
///
/// Ends after the first record that is not whole.
///
/// # Errors
///
/// When `stride` is zero.
pub fn descriptors(
    data: &[u8],
    stride: usize,
    endian: Endian,
) -> Result<impl Iterator<Item = Result<Descriptor, Malformed>> + '_, Malformed> {
    let records = steps::equal(data, stride, endian)?;
    let expected = Malformed("a whole kinfo_file");
    Ok(steps::read(records, expected, |record| {
        if record.get(KinfoFile::ki_ftype)? != DTYPE_SOCKET as u32 {
            return Some(None);
        }
        let Ok(pid) = i32::try_from(record.get(KinfoFile::ki_pid)?) else {
            return Some(None);
        };
        Some(Some(Descriptor {
            pid,
            fd: record.get(KinfoFile::ki_fd)?,
            uid: record.get(KinfoFile::ki_fuid),
            socket: shown(record.get(KinfoFile::ki_fdata)?),
        }))
    }))
}

fn socket(record: Record<'_>) -> Option<Option<Socket<'_>>> {
    // Nothing has a number that is not an `int`.
    let number = |field: Field<u32>| Some(i32::try_from(record.get(field)?).unwrap_or(-1));
    let socket_type = socket_type(number(KinfoPcb::ki_type)?);
    let named = number(KinfoPcb::ki_protocol).and_then(|named| protocol(socket_type, named));
    let (family, protocol) = match number(KinfoPcb::ki_family)? {
        AF_UNIX => (Family::Unix, Some(Protocol::Unix)),
        AF_INET => (Family::Inet4, named),
        AF_INET6 => (Family::Inet6, named),
        _ => return Some(None),
    };
    let Some(protocol) = protocol else {
        return Some(None);
    };
    let state = match protocol {
        Protocol::Tcp => Some(tcp_state(record.get(KinfoPcb::ki_tstate)?)),
        _ => None,
    };
    let (source, destination) = (record.bytes(KinfoPcb::ki_s)?, record.bytes(KinfoPcb::ki_d)?);
    let address = |sockaddr| {
        let address = inet::address(sockaddr, AF_INET6, record.endian());
        let fits = |address: &SocketAddr| address.is_ipv6() == (family == Family::Inet6);
        address
            .filter(|address| family != Family::Unix && fits(address))
            .and_then(set)
    };
    let remote = address(destination);
    let flags = record.get(KinfoPcb::ki_pflags);
    let only_v6 = flags.map(|flags| flags & IN6P_IPV6_V6ONLY as u32 != 0);
    // A listener's queue is one of connections, and not told.
    let counted = state != Some(TcpState::Listen);
    let queue = |field: Field<u64>| record.get(field).filter(|_| counted).map(amount);
    let unix = || {
        Some(Unix {
            path: inet::path(source),
            state: unix_state(false, record.get(KinfoPcb::ki_sostate)?),
            peer: shown(record.get(KinfoPcb::ki_conn)?),
        })
    };
    Some(Some(Socket {
        family,
        socket_type,
        protocol,
        state,
        local: address(source),
        remote,
        v6_only: only_v6.filter(|_| family == Family::Inet6 && remote.is_none()),
        recv_queue: queue(KinfoPcb::ki_rcvq),
        send_queue: queue(KinfoPcb::ki_sndq),
        uid: None,
        address: shown(record.get(KinfoPcb::ki_sockaddr)?),
        pcb: shown(record.get(KinfoPcb::ki_pcbaddr)?),
        unix: match family {
            Family::Unix => Some(unix()?),
            _ => None,
        },
    }))
}

#[cfg(test)]
mod tests;
