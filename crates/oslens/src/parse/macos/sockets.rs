//! The descriptors of a process that are sockets, `struct proc_fdinfo`, and
//! what `proc_pidfdinfo` tells about each: `struct socket_fdinfo`.

use crate::{
    net::{Family, Protocol},
    parse::{
        Malformed,
        bsd::{
            inet,
            socket::{
                Socket, Unix, amount, protocol, set, shown, socket_type, tcp_state, unix_state,
            },
        },
        layout::{
            Endian, Field, Record,
            macos::{
                network::{AF_INET, AF_INET6, AF_UNIX},
                process::{
                    INI_IPV4, INI_IPV6, InSockinfo, PROX_FDTYPE_SOCKET, SOCKINFO_IN, SOCKINFO_TCP,
                    SOCKINFO_UN, SockbufInfo, SocketFdinfo, SocketInfo, TcpSockinfo, UnSockinfo,
                },
                sockets::SO_ACCEPTCONN,
            },
        },
        macos::files,
    },
};

/// The descriptors that are sockets, in the answer to `PROC_PIDLISTFDS`.
pub fn descriptors(data: &[u8], endian: Endian) -> impl Iterator<Item = i32> + '_ {
    files::descriptors(data, endian)
        .filter(|descriptor| i32::try_from(descriptor.kind) == Ok(PROX_FDTYPE_SOCKET))
        .filter_map(|descriptor| i32::try_from(descriptor.number).ok())
}

/// A socket, from the answer to `PROC_PIDFDSOCKETINFO`, and, of the internet's,
/// a number that no other of the protocol has had. `None` for one of a family
/// or protocol that has no name here.
///
/// Who made it is not told.
///
/// # Errors
///
/// When the structure is shorter than this needs.
pub fn socket(data: &[u8], endian: Endian) -> Result<Option<(Socket<'_>, Option<u64>)>, Malformed> {
    Record::new(data, endian)
        .part(SocketFdinfo::psi)
        .and_then(read)
        .ok_or(Malformed("a whole socket_fdinfo"))
}

fn read(info: Record<'_>) -> Option<Option<(Socket<'_>, Option<u64>)>> {
    let socket_type = socket_type(info.get(SocketInfo::soi_type)?);
    let named = protocol(socket_type, info.get(SocketInfo::soi_protocol)?);
    let (family, protocol) = match info.get(SocketInfo::soi_family)? {
        AF_UNIX => (Family::Unix, Some(Protocol::Unix)),
        AF_INET => (Family::Inet4, named),
        AF_INET6 => (Family::Inet6, named),
        _ => return Some(None),
    };
    let Some(protocol) = protocol else {
        return Some(None);
    };
    let listens = i32::from(info.get(SocketInfo::soi_options)?) & SO_ACCEPTCONN != 0;
    let mut socket = Socket {
        family,
        socket_type,
        protocol,
        state: None,
        local: None,
        remote: None,
        v6_only: None,
        recv_queue: None,
        send_queue: None,
        uid: None,
        address: shown(info.get(SocketInfo::soi_so)?),
        pcb: shown(info.get(SocketInfo::soi_pcb)?),
        unix: None,
    };
    let mut generation = None;
    match (info.get(SocketInfo::soi_kind)?, family) {
        (SOCKINFO_IN, Family::Inet4 | Family::Inet6) => {
            generation = ends(
                info.part(SocketInfo::soi_proto.like::<InSockinfo>())?,
                &mut socket,
            )?;
        }
        (SOCKINFO_TCP, Family::Inet4 | Family::Inet6) => {
            let tcp = info.part(SocketInfo::soi_proto.like::<TcpSockinfo>())?;
            generation = ends(tcp.part(TcpSockinfo::tcpsi_ini)?, &mut socket)?;
            socket.state = Some(tcp_state(tcp.get(TcpSockinfo::tcpsi_state)?));
        }
        (SOCKINFO_UN, Family::Unix) => {
            let unix = info.part(SocketInfo::soi_proto.like::<UnSockinfo>())?;
            // The bits alone: the field has a sign.
            let state: u16 = info.get(SocketInfo::soi_state.like())?;
            socket.unix = Some(Unix {
                path: inet::path(unix.bytes(UnSockinfo::unsi_addr)?),
                state: unix_state(listens, state.into()),
                peer: shown(unix.get(UnSockinfo::unsi_conn_pcb)?),
            });
        }
        // Nothing more is known of one that is just being closed.
        _ => {}
    }
    let bytes = |field: Field<SockbufInfo>| info.get(field.then(SockbufInfo::sbi_cc));
    let count = |field: Field<i16>| info.get(field).map(amount);
    (socket.recv_queue, socket.send_queue) = match listens {
        true => (count(SocketInfo::soi_qlen), count(SocketInfo::soi_qlimit)),
        false => (bytes(SocketInfo::soi_rcv), bytes(SocketInfo::soi_snd)),
    };
    Some(Some((socket, generation)))
}

/// The addresses of a socket of the internet. Its number.
fn ends(inet: Record<'_>, socket: &mut Socket<'_>) -> Option<Option<u64>> {
    let flags = i32::from(inet.get(InSockinfo::insi_vflag)?);
    let is_v6 = socket.family == Family::Inet6;
    let address = |ip: Field<_>, port: Field<i32>| {
        let port = inet::wide_port(inet.get(port.like::<u32>())?, inet.endian());
        let ip: [u8; 16] = inet.bytes::<[_; 4]>(ip)?.try_into().ok()?;
        let [.., a, b, c, d] = ip;
        Some(set(match flags & (INI_IPV4 | INI_IPV6) {
            INI_IPV4 if is_v6 => inet::mapped([a, b, c, d], port),
            _ if is_v6 => inet::address6(ip, port, 0),
            _ => inet::address4([a, b, c, d], port),
        }))
    };
    socket.local = address(InSockinfo::insi_laddr, InSockinfo::insi_lport)?;
    socket.remote = address(InSockinfo::insi_faddr, InSockinfo::insi_fport)?;
    socket.v6_only = (is_v6 && socket.remote.is_none()).then_some(flags & INI_IPV4 == 0);
    Some(shown(inet.get(InSockinfo::insi_gencnt)?))
}

#[cfg(test)]
mod tests;
