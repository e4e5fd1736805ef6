//! The tables `net.inet.tcp.pcblist_n`, `net.inet.udp.pcblist_n` and those of
//! `net.local`, which `netstat` reads and everybody may.
//!
//! The headers of their structures are Apple's own (the kernel's sources have
//! them: `struct xinpcb_n` in `netinet/in_pcb.h`, `struct xunpcb_n` in
//! `sys/unpcb.h`, `struct xsocket_n` in `sys/socketvar.h`, `struct xtcpcb_n` in
//! `netinet/tcp_var.h`, packed to four bytes), so that they are in none of the
//! tables of layouts: no header, and no crate made of one, can prove them. They were read there, beside what fills
//! them (`netinet/in_pcblist.c`, `net/ntstat.c`); others found the places of
//! ports, addresses and states on a macOS 15 that ran. Fields were only ever
//! added at their ends, since Mac OS X 10.7. Each says how long it is and what:
//! one that is shorter than it was then, or a socket without one, is malformed.
//!
//! Behind the sockets come flows of network stacks that are parts of programs:
//! the same structures, with neither a socket nor a number, but with the
//! process.

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
            macos::{
                network::{AF_INET, AF_INET6},
                process::{INI_IPV4, INI_IPV6},
                sockets::SO_ACCEPTCONN,
            },
        },
    },
};

/// `struct xgen_n`: how all of them begin.
mod any {
    use super::Field;
    pub(super) const LENGTH: Field<u32> = Field::at(0);
    pub(super) const KIND: Field<u32> = Field::at(4);
}

/// `struct xinpcb_n`.
mod pcb {
    use super::Field;
    pub(super) const KIND: u32 = 0x10;
    pub(super) const FOREIGN_PORT: Field<[u8; 2]> = Field::at(16);
    pub(super) const LOCAL_PORT: Field<[u8; 2]> = Field::at(18);
    pub(super) const GENERATION: Field<u64> = Field::at(28);
    pub(super) const VERSIONS: Field<u8> = Field::at(44);
    pub(super) const FOREIGN: Field<[u8; 16]> = Field::at(48);
    pub(super) const LOCAL: Field<[u8; 16]> = Field::at(64);
}

/// `struct xunpcb_n`.
mod unix {
    use super::Field;
    pub(super) const KIND: u32 = 0x200;
    pub(super) const PCB: Field<u64> = Field::at(8);
    pub(super) const PEER: Field<u64> = Field::at(32);
    pub(super) const NAME: Field<[u8; 256]> = Field::at(76);
}

/// `struct xsocket_n`.
mod socket {
    use super::Field;
    pub(super) const KIND: u32 = 0x1;
    pub(super) const ADDRESS: Field<u64> = Field::at(8);
    pub(super) const TYPE: Field<i16> = Field::at(16);
    pub(super) const OPTIONS: Field<u32> = Field::at(20);
    pub(super) const STATE: Field<u16> = Field::at(26);
    pub(super) const PCB: Field<u64> = Field::at(28);
    pub(super) const FAMILY: Field<i32> = Field::at(40);
    pub(super) const WAITING: Field<i16> = Field::at(44);
    pub(super) const MOST_WAITING: Field<i16> = Field::at(48);
    pub(super) const UID: Field<u32> = Field::at(64);
    pub(super) const LAST_PID: Field<i32> = Field::at(68);
}

/// `struct xsockbuf_n`.
mod buffer {
    use super::Field;
    pub(super) const RECEIVED: u32 = 0x2;
    pub(super) const SENT: u32 = 0x4;
    pub(super) const BYTES: Field<u32> = Field::at(8);
}

/// `struct xtcpcb_n`.
mod tcp {
    use super::Field;
    pub(super) const KIND: u32 = 0x20;
    pub(super) const STATE: Field<i32> = Field::at(36);
}

/// Bytes of `struct xinpgen`, which the table begins and ends with.
const HEAD: usize = 24;

/// A socket of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed<'a> {
    /// The socket.
    pub socket: Socket<'a>,
    /// A number that no other socket of the protocol has had.
    pub generation: Option<u64>,
    /// The process that used it last, or made it.
    pub last_pid: Option<i32>,
    /// The process that has it in a network stack of its own: there is no
    /// socket, and so no descriptor of one.
    pub flow_of: Option<i32>,
}

/// The sockets of a table of this protocol.
///
/// # Errors
///
/// When a structure is not whole, or one of a socket is missing.
pub fn sockets(
    data: &[u8],
    protocol: Protocol,
    endian: Endian,
) -> Result<Vec<Listed<'_>>, Malformed> {
    let mut found = Vec::new();
    if data.is_empty() {
        return Ok(found);
    }
    let (_, mut rest) = split(data, endian)?;
    let mut parts = Parts::default();
    while !rest.is_empty() {
        let (record, behind) = split(rest, endian)?;
        rest = behind;
        // The structure at the end.
        if record.size() <= HEAD {
            break;
        }
        let kind = record.get(any::KIND).ok_or(WHOLE)?;
        if [pcb::KIND, unix::KIND].contains(&kind) {
            found.extend(parts.listed(protocol)?);
            parts = Parts::default();
        }
        let part = match kind {
            pcb::KIND => &mut parts.pcb,
            unix::KIND => &mut parts.unix,
            socket::KIND => &mut parts.socket,
            buffer::RECEIVED => &mut parts.received,
            buffer::SENT => &mut parts.sent,
            tcp::KIND => &mut parts.tcp,
            // Statistics, and what is not known yet.
            _ => continue,
        };
        *part = Some(record);
    }
    found.extend(parts.listed(protocol)?);
    Ok(found)
}

const WHOLE: Malformed = Malformed("whole structures of a socket");

/// The first structure, by the length that it says, and those behind it, which
/// begin at a place that eight divides.
fn split(data: &[u8], endian: Endian) -> Result<(Record<'_>, &[u8]), Malformed> {
    let length = Record::new(data, endian).get(any::LENGTH).ok_or(WHOLE)?;
    let length = usize::try_from(length).map_err(|_| WHOLE)?;
    let record = data.get(..length).filter(|record| !record.is_empty());
    let next = length.checked_next_multiple_of(8).ok_or(WHOLE)?;
    let rest = data.get(next..).unwrap_or_default();
    Ok((Record::new(record.ok_or(WHOLE)?, endian), rest))
}

/// What is told about one socket.
#[derive(Default)]
struct Parts<'a> {
    pcb: Option<Record<'a>>,
    unix: Option<Record<'a>>,
    socket: Option<Record<'a>>,
    received: Option<Record<'a>>,
    sent: Option<Record<'a>>,
    tcp: Option<Record<'a>>,
}

impl<'a> Parts<'a> {
    /// The socket. None when there is nothing yet, or no family that has a
    /// name here.
    fn listed(&self, protocol: Protocol) -> Result<Option<Listed<'a>>, Malformed> {
        match (self.pcb, self.unix, protocol) {
            (None, None, _) => Ok(None),
            (None, Some(unix), Protocol::Unix) => self.read_unix(unix).map(Some).ok_or(WHOLE),
            (Some(pcb), None, Protocol::Tcp | Protocol::Udp) => {
                self.read(pcb, protocol).ok_or(WHOLE)
            }
            _ => Err(Malformed("sockets of this protocol")),
        }
    }

    /// Bytes that wait to be read and to be sent; for a listener, how many
    /// connections wait and how many may.
    fn queues(&self, part: Record<'_>, listens: bool) -> (Option<u32>, Option<u32>) {
        let bytes = |buffer: Option<Record<'_>>| buffer?.get(buffer::BYTES);
        let count = |field: Field<i16>| part.get(field).map(amount);
        match listens {
            true => (count(socket::WAITING), count(socket::MOST_WAITING)),
            false => (bytes(self.received), bytes(self.sent)),
        }
    }

    fn read_unix(&self, unix: Record<'a>) -> Option<Listed<'a>> {
        let part = self.socket?;
        let listens = i32::try_from(part.get(socket::OPTIONS)? & 0xffff).ok()? & SO_ACCEPTCONN != 0;
        let (recv_queue, send_queue) = self.queues(part, listens);
        let number = part.get(socket::ADDRESS)?;
        Some(Listed {
            socket: Socket {
                family: Family::Unix,
                socket_type: socket_type(part.get(socket::TYPE)?.into()),
                protocol: Protocol::Unix,
                state: None,
                local: None,
                remote: None,
                v6_only: None,
                recv_queue,
                send_queue,
                uid: part.get(socket::UID).filter(|_| number != 0),
                address: shown(number),
                pcb: shown(unix.get(unix::PCB)?),
                unix: Some(Unix {
                    path: inet::path(unix.bytes(unix::NAME)?),
                    state: unix_state(listens, part.get(socket::STATE)?.into()),
                    peer: shown(unix.get(unix::PEER)?),
                }),
            },
            // A process does not tell it of what it holds.
            generation: None,
            last_pid: part.get(socket::LAST_PID).filter(|&pid| pid > 0),
            flow_of: None,
        })
    }

    fn read(&self, pcb: Record<'_>, protocol: Protocol) -> Option<Option<Listed<'a>>> {
        let part = self.socket?;
        let versions = i32::from(pcb.get(pcb::VERSIONS)?) & (INI_IPV4 | INI_IPV6);
        // What is left of a connection has no socket, and no family.
        let family = match part.get(socket::FAMILY)? {
            AF_INET6 => Family::Inet6,
            AF_INET => Family::Inet4,
            0 if versions & INI_IPV6 != 0 => Family::Inet6,
            0 => Family::Inet4,
            _ => return Some(None),
        };
        let address = |ip: Field<[u8; 16]>, port: Field<[u8; 2]>| {
            let ip: [u8; 16] = pcb.bytes(ip)?.try_into().ok()?;
            let port = u16::from_be_bytes(pcb.bytes(port)?.try_into().ok()?);
            let [.., a, b, c, d] = ip;
            Some(set(match family {
                Family::Inet6 if versions == INI_IPV4 => inet::mapped([a, b, c, d], port),
                Family::Inet6 => inet::address6(ip, port, 0),
                _ => inet::address4([a, b, c, d], port),
            }))
        };
        let remote = address(pcb::FOREIGN, pcb::FOREIGN_PORT)?;
        let is_tcp = protocol == Protocol::Tcp;
        let state = match is_tcp {
            true => Some(tcp_state(self.tcp?.get(tcp::STATE)?)),
            false => None,
        };
        let number = part.get(socket::ADDRESS)?;
        let options = part.get(socket::OPTIONS)? & 0xffff;
        let listens = i32::try_from(options).ok()? & SO_ACCEPTCONN != 0;
        let (received, sent) = self.queues(part, listens);
        let exists = number != 0;
        let last_pid = part.get(socket::LAST_PID).filter(|&pid| pid > 0);
        // What is left of a connection says of nobody.
        let flow_of = last_pid.filter(|_| !exists);
        Some(Some(Listed {
            socket: Socket {
                family,
                // That of the protocol, for those that have none any more.
                socket_type: match part.get(socket::TYPE)? {
                    0 => socket_type(if is_tcp { 1 } else { 2 }),
                    other => socket_type(other.into()),
                },
                protocol,
                state,
                local: address(pcb::LOCAL, pcb::LOCAL_PORT)?,
                remote,
                v6_only: (family == Family::Inet6 && remote.is_none())
                    .then_some(versions & INI_IPV4 == 0),
                // The kernel has no numbers for a socket that is gone, and for
                // a flow of datagrams half of them, the other being zero.
                recv_queue: received.filter(|_| exists || flow_of.is_some()),
                send_queue: sent.filter(|_| exists || flow_of.is_some() && is_tcp),
                uid: part.get(socket::UID).filter(|_| exists),
                address: shown(number),
                pcb: shown(part.get(socket::PCB)?),
                unix: None,
            },
            generation: pcb.get(pcb::GENERATION).and_then(shown),
            last_pid,
            flow_of,
        }))
    }
}

#[cfg(test)]
pub(crate) mod tests;
