//! `NETLINK_SOCK_DIAG`: requests for and answers about sockets, see
//! sock_diag(7) and `linux/inet_diag.h`, `linux/unix_diag.h`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use super::{Malformed, netlink};

/// `SOCK_DIAG_BY_FAMILY`, the type of requests and answers.
pub const SOCK_DIAG_BY_FAMILY: u16 = 20;

/// `AF_UNIX` of Linux.
pub const AF_UNIX: u8 = 1;
/// `AF_INET` of Linux.
pub const AF_INET: u8 = 2;
/// `AF_INET6` of Linux.
pub const AF_INET6: u8 = 10;

const INET_DIAG_INFO: u16 = 2;
const INET_DIAG_CONG: u16 = 4;
const INET_DIAG_SKV6ONLY: u16 = 11;

const UNIX_DIAG_NAME: u16 = 0;
const UNIX_DIAG_PEER: u16 = 2;
const UNIX_DIAG_RQLEN: u16 = 4;
const UNIX_DIAG_UID: u16 = 7;
/// Name, peer, queues and user.
const UDIAG_SHOW: u32 = 0x1 | 0x4 | 0x10 | 0x40;

/// The fixed part of a request for internet sockets: a `struct
/// inet_diag_req_v2`. `states` is a set of bits, one for each state number.
#[must_use]
pub fn inet_request(family: u8, protocol: u8, states: u32, tcp_info: bool) -> Vec<u8> {
    let extensions = if tcp_info {
        1 << (INET_DIAG_INFO - 1) | 1 << (INET_DIAG_CONG - 1)
    } else {
        0
    };
    let mut request = vec![family, protocol, extensions, 0];
    request.extend(states.to_ne_bytes());
    // The socket's identity: all zero, any socket.
    request.resize(56, 0);
    request
}

/// The fixed part of a request for UNIX sockets: a `struct unix_diag_req`.
#[must_use]
pub fn unix_request() -> Vec<u8> {
    let mut request = vec![AF_UNIX, 0, 0, 0];
    request.extend(u32::MAX.to_ne_bytes());
    request.extend(0u32.to_ne_bytes());
    request.extend(UDIAG_SHOW.to_ne_bytes());
    request.resize(24, 0);
    request
}

/// An internet socket, in the kernel's numbers; what `/proc/net/tcp` and its
/// like say too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InetSocket {
    /// State number: 1 is established, 10 is listening, …
    pub state: u8,
    /// Its own address; for a raw socket the port is the protocol number.
    pub local: SocketAddr,
    /// The peer's, unspecified with port 0 when there is none.
    pub remote: SocketAddr,
    /// Index of the interface that it is bound to; 0 is none, `None` is not
    /// said.
    pub interface: Option<u32>,
    /// Bytes received and not read; for a listener, connections to accept.
    pub recv_queue: u32,
    /// Bytes sent and not acknowledged; for a listener, the limit of the
    /// connections to accept, which only sock_diag says.
    pub send_queue: u32,
    /// Its user. Means nothing when there is no inode.
    pub uid: u32,
    /// Its inode; 0 when no descriptor is left or none was made yet.
    pub inode: u64,
    /// Whether an IPv6 socket refuses IPv4; said of those that could take
    /// both.
    pub v6_only: Option<bool>,
}

/// One answer about an internet socket (`struct inet_diag_msg`), and the
/// attributes that follow it.
///
/// # Errors
///
/// When it is too short or of another family.
#[inline]
pub fn inet(payload: &[u8]) -> Result<(InetSocket, netlink::Attributes<'_>), Malformed> {
    const SHORT: Malformed = Malformed("a whole inet_diag_msg");
    let (fixed, rest) = payload.split_first_chunk::<72>().ok_or(SHORT)?;
    let word = |at: usize| -> u32 {
        fixed
            .get(at..at + 4)
            .and_then(netlink::u32_of)
            .unwrap_or_default()
    };
    let port = |at: usize| -> u16 {
        fixed
            .get(at..at + 2)
            .and_then(|bytes| bytes.try_into().ok())
            .map_or(0, u16::from_be_bytes)
    };
    let &[family, state, ..] = fixed;
    let interface = word(40);
    let address = |at: usize, port: u16| -> Option<SocketAddr> {
        let bytes: [u8; 16] = fixed.get(at..at + 16)?.try_into().ok()?;
        match family {
            AF_INET => {
                let [a, b, c, d, ..] = bytes;
                Some(SocketAddr::V4(SocketAddrV4::new(
                    Ipv4Addr::new(a, b, c, d),
                    port,
                )))
            }
            AF_INET6 => {
                let ip = Ipv6Addr::from(bytes);
                let scope = if needs_scope(&ip) { interface } else { 0 };
                Some(SocketAddr::V6(SocketAddrV6::new(ip, port, 0, scope)))
            }
            _ => None,
        }
    };
    const FAMILY: Malformed = Malformed("an internet socket");
    let mut socket = InetSocket {
        state,
        local: address(8, port(4)).ok_or(FAMILY)?,
        remote: address(24, port(6)).ok_or(FAMILY)?,
        interface: Some(interface),
        recv_queue: word(56),
        send_queue: word(60),
        uid: word(64),
        inode: u64::from(word(68)),
        v6_only: None,
    };
    let attributes = netlink::attributes(rest);
    if family == AF_INET6 {
        socket.v6_only = attributes
            .clone()
            .find(|&(kind, _)| kind == INET_DIAG_SKV6ONLY)
            .and_then(|(_, value)| value.first())
            .map(|&only| only != 0);
    }
    Ok((socket, attributes))
}

/// Whether an address means something only together with an interface.
#[must_use]
pub fn needs_scope(ip: &Ipv6Addr) -> bool {
    let [first, ..] = ip.segments();
    // fe80::/10 and multicast of link scope.
    first & 0xffc0 == 0xfe80 || first & 0xff0f == 0xff02
}

/// Whether the address is that of a socket without one.
#[must_use]
#[inline]
pub fn is_unset(address: &SocketAddr) -> bool {
    address.port() == 0
        && match address.ip() {
            IpAddr::V4(ip) => ip.is_unspecified(),
            IpAddr::V6(ip) => ip.is_unspecified(),
        }
}

/// `struct tcp_info`, in the kernel's units. What a kernel is too old for is
/// `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TcpInfo {
    /// Retransmissions of the oldest unacknowledged segment.
    pub retransmits: u8,
    /// Retransmission timeout, microseconds.
    pub rto: u32,
    /// Segment size for sending, bytes.
    pub snd_mss: u32,
    /// Segment size for receiving, bytes.
    pub rcv_mss: u32,
    /// Segments sent and not acknowledged.
    pub unacked: u32,
    /// Segments lost.
    pub lost: u32,
    /// Milliseconds since data was sent.
    pub last_data_sent: u32,
    /// Milliseconds since data came.
    pub last_data_recv: u32,
    /// Path MTU, bytes.
    pub pmtu: u32,
    /// Smoothed round trip, microseconds.
    pub rtt: u32,
    /// Its mean deviation, microseconds.
    pub rttvar: u32,
    /// Slow start threshold, segments.
    pub snd_ssthresh: u32,
    /// Congestion window, segments.
    pub snd_cwnd: u32,
    /// Segments retransmitted since the start.
    pub total_retrans: u32,
    /// Bytes per second (since Linux 3.15).
    pub pacing_rate: Option<u64>,
    /// Bytes that the peer acknowledged (since Linux 4.1).
    pub bytes_acked: Option<u64>,
    /// Bytes received (since Linux 4.1).
    pub bytes_received: Option<u64>,
    /// Segments sent (since Linux 4.2).
    pub segs_out: Option<u32>,
    /// Segments received (since Linux 4.2).
    pub segs_in: Option<u32>,
    /// Bytes that wait to be sent for the first time (since Linux 4.6).
    pub notsent_bytes: Option<u32>,
    /// Smallest round trip, microseconds (since Linux 4.6).
    pub min_rtt: Option<u32>,
    /// Bytes per second (since Linux 4.9).
    pub delivery_rate: Option<u64>,
    /// Bytes sent, retransmissions too (since Linux 4.19).
    pub bytes_sent: Option<u64>,
    /// Bytes retransmitted (since Linux 4.19).
    pub bytes_retrans: Option<u64>,
}

/// The bytes of a `struct tcp_info` of any kernel: the structure has only
/// ever grown at its end.
#[must_use]
pub fn tcp_info(value: &[u8]) -> Option<TcpInfo> {
    let word = |at: usize| value.get(at..at + 4).and_then(netlink::u32_of);
    let long = |at: usize| -> Option<u64> {
        Some(u64::from_ne_bytes(value.get(at..at + 8)?.try_into().ok()?))
    };
    Some(TcpInfo {
        retransmits: *value.get(2)?,
        rto: word(8)?,
        snd_mss: word(16)?,
        rcv_mss: word(20)?,
        unacked: word(24)?,
        lost: word(32)?,
        last_data_sent: word(44)?,
        last_data_recv: word(52)?,
        pmtu: word(60)?,
        rtt: word(68)?,
        rttvar: word(72)?,
        snd_ssthresh: word(76)?,
        snd_cwnd: word(80)?,
        total_retrans: word(100)?,
        pacing_rate: long(104),
        bytes_acked: long(120),
        bytes_received: long(128),
        segs_out: word(136),
        segs_in: word(140),
        notsent_bytes: word(144),
        min_rtt: word(148),
        delivery_rate: long(160),
        bytes_sent: long(200),
        bytes_retrans: long(208),
    })
}

/// The `tcp_info` and the name of the congestion control among the
/// attributes.
#[must_use]
pub fn tcp_details(attributes: netlink::Attributes<'_>) -> (Option<TcpInfo>, Option<&[u8]>) {
    let mut details = (None, None);
    for (kind, value) in attributes {
        match kind {
            INET_DIAG_INFO => details.0 = tcp_info(value),
            INET_DIAG_CONG => details.1 = Some(netlink::string(value)),
            _ => {}
        }
    }
    details
}

/// A UNIX socket, in the kernel's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnixSocket<'a> {
    /// `SOCK_STREAM` 1, `SOCK_DGRAM` 2, `SOCK_SEQPACKET` 5.
    pub kind: u8,
    /// State, in TCP's numbers: 1 connected, 7 not, 10 listening.
    pub state: u8,
    /// Its inode.
    pub inode: u64,
    /// Its name: empty for none, a leading zero for an abstract one.
    pub name: &'a [u8],
    /// Inode of the socket that it is connected to.
    pub peer: Option<u64>,
    /// Bytes (for a listener: connections) that wait to be read.
    pub recv_queue: Option<u32>,
    /// Bytes that the peer has not read; for a listener, the limit of the
    /// connections to accept.
    pub send_queue: Option<u32>,
    /// Its user (since Linux 5.3).
    pub uid: Option<u32>,
}

/// One answer about a UNIX socket (`struct unix_diag_msg`).
///
/// # Errors
///
/// When it is too short or of another family.
#[inline]
pub fn unix(payload: &[u8]) -> Result<UnixSocket<'_>, Malformed> {
    let (fixed, rest) = payload
        .split_first_chunk::<16>()
        .ok_or(Malformed("a whole unix_diag_msg"))?;
    let &[family, kind, state, _, i0, i1, i2, i3, ..] = fixed;
    if family != AF_UNIX {
        return Err(Malformed("a UNIX socket"));
    }
    let mut socket = UnixSocket {
        kind,
        state,
        inode: u64::from(u32::from_ne_bytes([i0, i1, i2, i3])),
        name: &[],
        peer: None,
        recv_queue: None,
        send_queue: None,
        uid: None,
    };
    for (attribute, value) in netlink::attributes(rest) {
        match attribute {
            UNIX_DIAG_NAME => socket.name = value,
            UNIX_DIAG_PEER => {
                socket.peer = netlink::u32_of(value)
                    .filter(|&inode| inode != 0)
                    .map(u64::from);
            }
            UNIX_DIAG_RQLEN => {
                socket.recv_queue = value.get(..4).and_then(netlink::u32_of);
                socket.send_queue = value.get(4..8).and_then(netlink::u32_of);
            }
            UNIX_DIAG_UID => socket.uid = netlink::u32_of(value),
            _ => {}
        }
    }
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inet_message(family: u8, state: u8, local: &[u8], remote: &[u8]) -> Vec<u8> {
        let mut message = vec![family, state, 0, 0];
        message.extend(443u16.to_be_bytes());
        message.extend(51_000u16.to_be_bytes());
        for address in [local, remote] {
            let mut padded = address.to_vec();
            padded.resize(16, 0);
            message.extend(padded);
        }
        for word in [3u32, 0xdead, 0xbeef, 0, 17, 18, 1000, 4_000_000_000] {
            message.extend(word.to_ne_bytes());
        }
        assert_eq!(message.len(), 72);
        message
    }

    #[test]
    fn an_internet_socket_has_its_addresses_and_queues() {
        let message = inet_message(AF_INET, 8, &[10, 0, 0, 1], &[192, 0, 2, 9]);
        let (socket, _) = inet(&message).unwrap();
        assert_eq!(socket.local, "10.0.0.1:443".parse().unwrap());
        assert_eq!(socket.remote, "192.0.2.9:51000".parse().unwrap());
        assert_eq!((socket.state, socket.interface), (8, Some(3)));
        assert_eq!((socket.recv_queue, socket.send_queue), (17, 18));
        assert_eq!((socket.uid, socket.inode), (1000, 4_000_000_000));
        for end in 0..message.len() {
            assert!(inet(&message[..end]).is_err());
        }
        assert!(inet(&inet_message(1, 8, &[], &[])).is_err());
    }

    #[test]
    fn only_a_link_local_address_has_a_scope() {
        let local = "fe80::1".parse::<Ipv6Addr>().unwrap().octets();
        let global = "2001:db8::2".parse::<Ipv6Addr>().unwrap().octets();
        let mut message = inet_message(AF_INET6, 10, &local, &global);
        netlink::push_attribute(&mut message, INET_DIAG_SKV6ONLY, &[1]);
        let (socket, _) = inet(&message).unwrap();
        assert_eq!(socket.v6_only, Some(true));
        let (SocketAddr::V6(local), SocketAddr::V6(remote)) = (socket.local, socket.remote) else {
            panic!("{socket:?}");
        };
        assert_eq!((local.scope_id(), remote.scope_id()), (3, 0));
    }

    #[test]
    fn a_tcp_info_of_an_old_kernel_lacks_its_end() {
        let mut value = vec![0u8; 248];
        for (at, word) in value.chunks_exact_mut(4).enumerate() {
            word.copy_from_slice(&(at as u32).to_ne_bytes());
        }
        let full = tcp_info(&value).unwrap();
        assert_eq!((full.rtt, full.snd_cwnd, full.total_retrans), (17, 20, 25));
        assert_eq!((full.segs_out, full.min_rtt), (Some(34), Some(37)));
        assert!(full.bytes_retrans.is_some());
        let old = tcp_info(&value[..104]).unwrap();
        assert_eq!((old.total_retrans, old.bytes_acked), (25, None));
        assert_eq!(tcp_info(&value[..103]), None);
        for end in 104..value.len() {
            assert!(tcp_info(&value[..end]).is_some());
        }
    }

    #[test]
    fn a_unix_socket_keeps_the_bytes_of_its_name() {
        let mut message = vec![AF_UNIX, 5, 10, 0];
        message.extend(77u32.to_ne_bytes());
        message.extend([0; 8]);
        netlink::push_attribute(&mut message, UNIX_DIAG_NAME, b"\0a b\xff\0c");
        netlink::push_attribute(&mut message, UNIX_DIAG_RQLEN, &[1, 0, 0, 0, 128, 0, 0, 0]);
        netlink::push_attribute(&mut message, UNIX_DIAG_PEER, &78u32.to_ne_bytes());
        let socket = unix(&message).unwrap();
        assert_eq!(socket.name, b"\0a b\xff\0c");
        assert_eq!((socket.kind, socket.state, socket.inode), (5, 10, 77));
        assert_eq!((socket.peer, socket.uid), (Some(78), None));
        if cfg!(target_endian = "little") {
            assert_eq!((socket.recv_queue, socket.send_queue), (Some(1), Some(128)));
        }
        for end in 0..message.len() {
            assert_eq!(unix(&message[..end]).is_ok(), end >= 16);
        }
    }
}
