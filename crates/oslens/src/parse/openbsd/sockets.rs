//! The sockets in `kern.file`: `struct kinfo_file`, in steps of the size that
//! was asked for.

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
            openbsd::{
                network::{AF_INET, AF_INET6, AF_UNIX, SOCK_RAW},
                process::{DTYPE_SOCKET, KinfoFile},
            },
        },
    },
};

/// The sockets of an answer with records of `stride` bytes, each with the
/// descriptor that holds it where the answer is about descriptors
/// (`KERN_FILE_BYPID`). Those of families and protocols that have no name here
/// are left out.
///
/// Whether a UNIX socket accepts connections is not told, nor, but with a
/// descriptor or of a UNIX socket, who made it.
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
) -> Result<
    impl Iterator<Item = Result<(Option<Descriptor>, Socket<'_>), Malformed>> + Clone,
    Malformed,
> {
    let records = steps::equal(data, stride, endian)?;
    Ok(steps::read(
        records,
        Malformed("a whole kinfo_file"),
        socket,
    ))
}

type Found<'a> = (Option<Descriptor>, Socket<'a>);

fn socket(record: Record<'_>) -> Option<Option<Found<'_>>> {
    // Nothing has a number that is not an `int`.
    let number = |field: Field<u32>| Some(i32::try_from(record.get(field)?).unwrap_or(-1));
    if number(KinfoFile::f_type)? != DTYPE_SOCKET {
        return Some(None);
    }
    let kind = number(KinfoFile::so_type)?;
    let socket_type = socket_type(kind);
    // A raw one speaks what it was bound to.
    let of_raw = KinfoFile::inp_proto;
    let of_all = KinfoFile::so_protocol;
    let named = number(if kind == SOCK_RAW { of_raw } else { of_all });
    let named = named.map(|named| protocol(socket_type, named));
    let (family, protocol) = match number(KinfoFile::so_family)? {
        AF_UNIX => (Family::Unix, Some(Protocol::Unix)),
        AF_INET => (Family::Inet4, named?),
        AF_INET6 => (Family::Inet6, named?),
        _ => return Some(None),
    };
    let Some(protocol) = protocol else {
        return Some(None);
    };
    let state = match protocol {
        Protocol::Tcp => Some(tcp_state(number(KinfoFile::t_state)?)),
        _ => None,
    };
    let address = |ip: Field<[u32; 4]>, port: Field<u32>| {
        let port = inet::wide_port(record.get(port)?, record.endian());
        let ip: [u8; 16] = record.bytes(ip)?.try_into().ok()?;
        let [a, b, c, d, ..] = ip;
        Some(match family {
            Family::Inet4 => set(inet::address4([a, b, c, d], port)),
            Family::Inet6 => set(inet::address6(ip, port, 0)),
            Family::Unix => None,
        })
    };
    let remote = address(KinfoFile::inp_faddru, KinfoFile::inp_fport)?;
    // A listener's queue is one of connections, and not told.
    let counted = state != Some(TcpState::Listen);
    let queue = |field: Field<u64>| record.get(field).filter(|_| counted).map(amount);
    let data = shown(record.get(KinfoFile::f_data)?);
    // No file refers to it, or none is told about.
    let uid = match record.get(KinfoFile::f_count)? {
        0 => None,
        _ => record.get(KinfoFile::f_uid),
    };
    let unix = || {
        Some(Unix {
            path: record
                .text(KinfoFile::unp_path)
                .filter(|path| !path.is_empty()),
            state: unix_state(false, record.get(KinfoFile::so_state)?),
            peer: shown(record.get(KinfoFile::unp_conn)?),
        })
    };
    let socket = Socket {
        family,
        socket_type,
        protocol,
        state,
        local: address(KinfoFile::inp_laddru, KinfoFile::inp_lport)?,
        remote,
        // None of them ever talks IPv4.
        v6_only: (family == Family::Inet6 && remote.is_none()).then_some(true),
        recv_queue: queue(KinfoFile::so_rcv_cc),
        send_queue: queue(KinfoFile::so_snd_cc),
        uid,
        address: data,
        pcb: shown(record.get(KinfoFile::so_pcb)?),
        unix: match family {
            Family::Unix => Some(unix()?),
            _ => None,
        },
    };
    let pid = number(KinfoFile::p_pid)?;
    let descriptor = (pid > 0).then_some(Descriptor {
        pid,
        fd: record.get(KinfoFile::fd_fd)?,
        uid,
        socket: socket.pcb,
    });
    Some(Some((descriptor, socket)))
}

#[cfg(test)]
mod tests;
