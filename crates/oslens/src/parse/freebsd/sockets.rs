//! The tables `net.inet.{tcp,udp,raw}.pcblist` and
//! `net.local.{stream,dgram,seqpacket}.pcblist`.
//!
//! Each begins and ends with a structure that has a number which grows with
//! every socket that is made. Each record says how long it is.

use crate::{
    net::{Family, Protocol},
    parse::{
        Malformed,
        bsd::{
            inet,
            socket::{Socket, Unix, amount, set, shown, socket_type, tcp_state, unix_state},
        },
        layout::{
            Endian, Field, Record,
            freebsd::{
                network::{
                    AF_INET, AF_INET6, INP_IPV4, INP_IPV6, InConninfo, InEndpoints, Xinpcb,
                    Xinpgen, Xsockbuf, Xsocket, Xtcpcb, Xunpcb,
                },
                sockets::SO_ACCEPTCONN,
            },
        },
    },
};

/// Of which sockets a table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// `struct xtcpcb`.
    Tcp,
    /// `struct xinpcb`.
    Udp,
    /// `struct xinpcb`.
    Raw,
    /// `struct xunpcb`.
    Unix,
}

/// A table.
#[derive(Debug, Clone, Copy)]
pub struct Table<'a> {
    which: Which,
    endian: Endian,
    /// The records, and the structure at the end.
    records: &'a [u8],
    /// Bytes of the structure at the beginning.
    head: usize,
    generation: u64,
}

/// The table in an answer.
///
/// # Errors
///
/// When the structure at the beginning is not whole.
pub fn table(data: &[u8], which: Which, endian: Endian) -> Result<Table<'_>, Malformed> {
    const HEAD: Malformed = Malformed("a whole xinpgen or xunpgen");
    let (head, records) = split(data, endian).ok_or(HEAD)?;
    Ok(Table {
        which,
        endian,
        records,
        head: head.size(),
        // The same place in both structures.
        generation: head.get(Xinpgen::xig_gen).ok_or(HEAD)?,
    })
}

/// The first record, by the length that it says, and those behind it.
fn split(data: &[u8], endian: Endian) -> Option<(Record<'_>, &[u8])> {
    let length = Record::new(data, endian).get(Xinpgen::xig_len)?;
    let length = usize::try_from(length).ok().filter(|&length| length > 0)?;
    let (record, rest) = data.split_at_checked(length)?;
    Some((Record::new(record, endian), rest))
}

impl<'a> Table<'a> {
    /// Whether no socket was made or closed while the table was written.
    /// Otherwise it may have some that were not there at the same time.
    #[must_use]
    pub fn is_consistent(&self) -> bool {
        let mut rest = self.records;
        while let Some((record, behind)) = split(rest, self.endian) {
            if record.size() <= self.head {
                return record.get(Xinpgen::xig_gen) == Some(self.generation);
            }
            rest = behind;
        }
        // A table without sockets may have no end.
        self.records.is_empty()
    }

    /// The sockets, without those that were made while the table was written
    /// and those of protocols that have no name here.
    ///
    /// Ends after the first record that is malformed.
    pub fn sockets(&self) -> impl Iterator<Item = Result<Socket<'a>, Malformed>> + use<'a> {
        let (which, endian, head, generation) =
            (self.which, self.endian, self.head, self.generation);
        let mut rest = self.records;
        std::iter::from_fn(move || {
            while !rest.is_empty() {
                let split = split(rest, endian);
                rest = &[];
                let Some((record, behind)) = split else {
                    return Some(Err(Malformed("a whole record of a socket")));
                };
                // The structure at the end.
                if record.size() <= head {
                    return None;
                }
                let found = match which {
                    Which::Tcp => tcp(record, generation),
                    Which::Udp => inet(record, Protocol::Udp, generation),
                    Which::Raw => raw(record, generation),
                    Which::Unix => unix(record, generation),
                };
                match found {
                    Some(Some(socket)) => {
                        rest = behind;
                        return Some(Ok(socket));
                    }
                    Some(None) => rest = behind,
                    None => return Some(Err(Malformed("a whole xtcpcb, xinpcb or xunpcb"))),
                }
            }
            None
        })
    }
}

/// A socket, `Some(None)` for one that is left out.
type Found<'a> = Option<Option<Socket<'a>>>;

fn tcp(record: Record<'_>, generation: u64) -> Found<'_> {
    let state = tcp_state(record.get(Xtcpcb::t_state)?);
    let inet = inet(record.part(Xtcpcb::xt_inp)?, Protocol::Tcp, generation)?;
    Some(inet.map(|socket| {
        let mut socket = Socket {
            state: Some(state),
            ..socket
        };
        queues(
            &mut socket,
            record.part(Xtcpcb::xt_inp.then(Xinpcb::xi_socket)),
        );
        socket
    }))
}

fn raw(record: Record<'_>, generation: u64) -> Found<'_> {
    let protocol = record.get(Xinpcb::inp_ip_p)?;
    inet(record, Protocol::Raw(protocol), generation)
}

fn inet(record: Record<'_>, protocol: Protocol, generation: u64) -> Found<'_> {
    let part = record.part(Xinpcb::xi_socket)?;
    let flags = i32::from(record.get(Xinpcb::inp_vflag)?);
    if record.get(Xinpcb::inp_gencnt)? > generation {
        return Some(None);
    }
    // What is left of a connection has no socket, and no family.
    let family = match part.get(Xsocket::xso_family)? {
        AF_INET6 => Family::Inet6,
        AF_INET => Family::Inet4,
        _ if flags & INP_IPV6 != 0 => Family::Inet6,
        _ => Family::Inet4,
    };
    let ends = record.part(Xinpcb::inp_inc.then(InConninfo::inc_ie))?;
    let scope = ends.get(InEndpoints::ie6_zoneid)?;
    let address = |ip: Field<_>, port: Field<u16>| {
        let ip: [u8; 16] = ends.bytes::<[_; 4]>(ip)?.try_into().ok()?;
        let port = u16::from_be_bytes(ends.bytes(port)?.try_into().ok()?);
        let [.., a, b, c, d] = ip;
        let only_v4 = flags & (INP_IPV4 | INP_IPV6) == INP_IPV4;
        Some(set(match family {
            Family::Inet6 if only_v4 => inet::mapped([a, b, c, d], port),
            Family::Inet6 => inet::address6(ip, port, scope),
            _ => inet::address4([a, b, c, d], port),
        }))
    };
    let remote = address(InEndpoints::ie_dependfaddr, InEndpoints::ie_fport)?;
    let mut socket = Socket {
        family,
        socket_type: socket_type(match protocol {
            Protocol::Tcp => 1,
            Protocol::Udp => 2,
            _ => 3,
        }),
        protocol,
        state: None,
        // The mapped form of no address at all.
        local: address(InEndpoints::ie_dependladdr, InEndpoints::ie_lport)?,
        remote,
        v6_only: (family == Family::Inet6 && remote.is_none()).then_some(flags & INP_IPV4 == 0),
        recv_queue: None,
        send_queue: None,
        uid: uid(part),
        address: shown(part.get(Xsocket::xso_so)?),
        pcb: shown(part.get(Xsocket::so_pcb)?),
        unix: None,
    };
    queues(&mut socket, Some(part));
    Some(Some(socket))
}

fn unix(record: Record<'_>, generation: u64) -> Found<'_> {
    let part = record.part(Xunpcb::xu_socket)?;
    if record.get(Xunpcb::unp_gencnt)? > generation {
        return Some(None);
    }
    let listens = i32::from(part.get(Xsocket::so_options)?) & SO_ACCEPTCONN != 0;
    // The bits alone: the field has a sign.
    let state = part.get(Xsocket::so_state.like::<u16>())?;
    let pcb = record.get(Xunpcb::xu_unpp)?;
    let mut socket = Socket {
        family: Family::Unix,
        socket_type: socket_type(part.get(Xsocket::so_type)?.into()),
        protocol: Protocol::Unix,
        state: None,
        local: None,
        remote: None,
        v6_only: None,
        recv_queue: None,
        send_queue: None,
        uid: uid(part),
        address: shown(part.get(Xsocket::xso_so)?),
        pcb: shown(pcb).or_else(|| shown(part.get(Xsocket::so_pcb)?)),
        unix: Some(Unix {
            path: inet::path(record.bytes(Xunpcb::xu_dummy1)?),
            state: unix_state(listens, state.into()),
            peer: shown(record.get(Xunpcb::unp_conn)?),
        }),
    };
    queues(&mut socket, Some(part));
    Some(Some(socket))
}

/// Whether a process has, or had, the socket: all of it is 0 for what is left
/// of a connection, and nearly so for one that was only asked for.
fn exists(part: Record<'_>) -> bool {
    let room = part.get(Xsocket::so_rcv.then(Xsockbuf::sb_hiwat));
    let limit = part.get(Xsocket::so_qlimit);
    part.get(Xsocket::xso_so).is_some_and(|so| so != 0)
        || room.is_some_and(|room| room != 0)
        || limit.is_some_and(|limit| limit != 0)
}

fn uid(part: Record<'_>) -> Option<u32> {
    part.get(Xsocket::so_uid).filter(|_| exists(part))
}

fn queues(socket: &mut Socket<'_>, part: Option<Record<'_>>) {
    let Some(part) = part.filter(|&part| exists(part)) else {
        return;
    };
    let (received, sent) = match socket.is_listener() {
        true => (Xsocket::so_qlen, Xsocket::so_qlimit),
        false => (
            Xsocket::so_rcv.then(Xsockbuf::sb_cc),
            Xsocket::so_snd.then(Xsockbuf::sb_cc),
        ),
    };
    socket.recv_queue = part.get(received).map(amount);
    socket.send_queue = part.get(sent).map(amount);
}

#[cfg(test)]
mod tests;
