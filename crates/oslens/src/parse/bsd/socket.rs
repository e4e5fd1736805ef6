//! What the kernels of BSD and macOS tell about a socket.

use std::net::SocketAddr;

use crate::{
    net::{Family, Kind, Protocol, SocketType, TcpState, UnixState},
    parse::sock_diag::is_unset,
};

/// One socket. `None` is what the system does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Socket<'a> {
    /// Kind of address.
    pub family: Family,
    /// Stream, datagrams, …
    pub socket_type: SocketType,
    /// Protocol above it.
    pub protocol: Protocol,
    /// State of a TCP connection.
    pub state: Option<TcpState>,
    /// Its own address.
    pub local: Option<SocketAddr>,
    /// The peer's.
    pub remote: Option<SocketAddr>,
    /// Whether it refuses IPv4.
    pub v6_only: Option<bool>,
    /// Bytes that were not read; of a listener, connections that wait.
    pub recv_queue: Option<u32>,
    /// Bytes that were not acknowledged; of a listener, how many may wait.
    pub send_queue: Option<u32>,
    /// User that made it.
    pub uid: Option<u32>,
    /// Where the kernel has the socket.
    pub address: Option<u64>,
    /// Where the kernel has what its protocol knows of it.
    pub pcb: Option<u64>,
    /// What only a UNIX socket has.
    pub unix: Option<Unix<'a>>,
}

/// What only a UNIX socket has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unix<'a> {
    /// The path that it is bound to.
    pub path: Option<&'a [u8]>,
    /// Whether it is connected.
    pub state: UnixState,
    /// [`Socket::pcb`] of the other end.
    pub peer: Option<u64>,
}

/// A descriptor that holds a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Descriptor {
    /// The process.
    pub pid: i32,
    /// Its descriptor.
    pub fd: i32,
    /// User that opened it, where that is told.
    pub uid: Option<u32>,
    /// [`Socket::address`]. `None` where the kernel hides it.
    pub socket: Option<u64>,
}

impl Socket<'_> {
    /// In which of the kinds it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        kind(self.family, self.protocol)
    }

    /// Whether it accepts connections.
    #[must_use]
    pub fn is_listener(&self) -> bool {
        self.state == Some(TcpState::Listen)
            || self
                .unix
                .is_some_and(|unix| unix.state == UnixState::Listening)
    }
}

/// In which of the kinds a socket is.
#[must_use]
pub fn kind(family: Family, protocol: Protocol) -> Kind {
    match (family, protocol) {
        (Family::Unix, _) | (_, Protocol::Unix) => Kind::UNIX,
        (Family::Inet4, Protocol::Tcp) => Kind::TCP4,
        (Family::Inet4, Protocol::Udp) => Kind::UDP4,
        (Family::Inet4, Protocol::Raw(_)) => Kind::RAW4,
        (Family::Inet6, Protocol::Tcp) => Kind::TCP6,
        (Family::Inet6, Protocol::Udp) => Kind::UDP6,
        (Family::Inet6, Protocol::Raw(_)) => Kind::RAW6,
    }
}

/// `SOCK_…`, the same numbers on all of them.
#[must_use]
pub fn socket_type(number: i32) -> SocketType {
    match number {
        1 => SocketType::Stream,
        2 => SocketType::Datagram,
        3 => SocketType::Raw,
        5 => SocketType::SeqPacket,
        other => SocketType::Other(u8::try_from(other).unwrap_or(u8::MAX)),
    }
}

/// The protocol of a socket of the internet, by the number that it was made
/// with: 0 is the usual one. `None` for one that has no name here: SCTP.
#[must_use]
pub fn protocol(socket_type: SocketType, number: i32) -> Option<Protocol> {
    const TCP: i32 = 6;
    const UDP: i32 = 17;
    match (socket_type, number) {
        (SocketType::Stream, 0 | TCP) => Some(Protocol::Tcp),
        (SocketType::Datagram, 0 | UDP) => Some(Protocol::Udp),
        // Datagrams of ICMP are raw but for their name (macOS).
        (SocketType::Raw | SocketType::Datagram, number) => {
            u8::try_from(number).ok().map(Protocol::Raw)
        }
        _ => None,
    }
}

/// `TCPS_…`, the same numbers on all of them.
#[must_use]
pub fn tcp_state(number: i32) -> TcpState {
    match number {
        0 => TcpState::Close,
        1 => TcpState::Listen,
        2 => TcpState::SynSent,
        3 => TcpState::SynRecv,
        4 => TcpState::Established,
        5 => TcpState::CloseWait,
        6 => TcpState::FinWait1,
        7 => TcpState::Closing,
        8 => TcpState::LastAck,
        9 => TcpState::FinWait2,
        10 => TcpState::TimeWait,
        other => TcpState::Other(u8::try_from(other).unwrap_or(u8::MAX)),
    }
}

/// `SS_…`, the same numbers on all of them. A listener is known by an option,
/// where the kernel shows it.
#[must_use]
pub fn unix_state(listens: bool, state: u32) -> UnixState {
    const CONNECTED: u32 = 2;
    const CONNECTING: u32 = 4;
    const DISCONNECTING: u32 = 8;
    if listens {
        UnixState::Listening
    } else if state & DISCONNECTING != 0 {
        UnixState::Disconnecting
    } else if state & CONNECTED != 0 {
        UnixState::Connected
    } else if state & CONNECTING != 0 {
        UnixState::Connecting
    } else {
        UnixState::Unconnected
    }
}

/// An address, unless it is that of a socket without one.
#[must_use]
pub fn set(address: SocketAddr) -> Option<SocketAddr> {
    (!is_unset(&address)).then_some(address)
}

/// An address in the kernel; none is 0, and hidden ones are 0 or all ones.
#[must_use]
pub fn shown(address: u64) -> Option<u64> {
    (address != 0 && address != u64::MAX).then_some(address)
}

/// An amount that does not fit is as much as can be said.
#[must_use]
pub fn amount<N: TryInto<u32>>(number: N) -> u32 {
    number.try_into().unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::layout::{freebsd, macos, netbsd, openbsd};

    #[test]
    fn the_numbers_are_those_of_all_systems() {
        macro_rules! each {
            ($constant:ident) => {{
                let [first, others @ ..] = [
                    freebsd::network::$constant,
                    netbsd::network::$constant,
                    openbsd::network::$constant,
                ];
                assert!(others.iter().all(|&other| other == first));
                first
            }};
        }
        assert_eq!(tcp_state(each!(TCPS_CLOSED)), TcpState::Close);
        assert_eq!(tcp_state(each!(TCPS_LISTEN)), TcpState::Listen);
        assert_eq!(tcp_state(each!(TCPS_SYN_SENT)), TcpState::SynSent);
        assert_eq!(tcp_state(each!(TCPS_SYN_RECEIVED)), TcpState::SynRecv);
        assert_eq!(tcp_state(each!(TCPS_ESTABLISHED)), TcpState::Established);
        assert_eq!(tcp_state(each!(TCPS_CLOSE_WAIT)), TcpState::CloseWait);
        assert_eq!(tcp_state(each!(TCPS_FIN_WAIT_1)), TcpState::FinWait1);
        assert_eq!(tcp_state(each!(TCPS_CLOSING)), TcpState::Closing);
        assert_eq!(tcp_state(each!(TCPS_LAST_ACK)), TcpState::LastAck);
        assert_eq!(tcp_state(each!(TCPS_FIN_WAIT_2)), TcpState::FinWait2);
        assert_eq!(tcp_state(each!(TCPS_TIME_WAIT)), TcpState::TimeWait);
        let mac = [
            macos::process::TSI_S_CLOSED,
            macos::process::TSI_S_LISTEN,
            macos::process::TSI_S_SYN_SENT,
            macos::process::TSI_S_SYN_RECEIVED,
            macos::process::TSI_S_ESTABLISHED,
            macos::process::TSI_S__CLOSE_WAIT,
            macos::process::TSI_S_FIN_WAIT_1,
            macos::process::TSI_S_CLOSING,
            macos::process::TSI_S_LAST_ACK,
            macos::process::TSI_S_FIN_WAIT_2,
            macos::process::TSI_S_TIME_WAIT,
        ];
        assert!(mac.iter().copied().eq(0..=10));
        assert_eq!(tcp_state(11), TcpState::Other(11));
        assert_eq!(tcp_state(-1), TcpState::Other(255));

        assert_eq!(socket_type(each!(SOCK_STREAM)), SocketType::Stream);
        assert_eq!(socket_type(each!(SOCK_DGRAM)), SocketType::Datagram);
        assert_eq!(socket_type(each!(SOCK_RAW)), SocketType::Raw);
        assert_eq!(socket_type(each!(SOCK_SEQPACKET)), SocketType::SeqPacket);
        assert_eq!(
            socket_type(macos::network::SOCK_SEQPACKET),
            SocketType::SeqPacket
        );
        assert_eq!(socket_type(4), SocketType::Other(4));
    }

    #[test]
    fn the_states_of_a_unix_socket_are_told_apart() {
        let state = |listens, bit: i32| unix_state(listens, u32::try_from(bit).unwrap());
        for [connected, connecting, disconnecting] in [
            [
                freebsd::sockets::SS_ISCONNECTED,
                freebsd::sockets::SS_ISCONNECTING,
                freebsd::sockets::SS_ISDISCONNECTING,
            ],
            [
                netbsd::sockets::SS_ISCONNECTED,
                netbsd::sockets::SS_ISCONNECTING,
                netbsd::sockets::SS_ISDISCONNECTING,
            ],
            [
                openbsd::sockets::SS_ISCONNECTED,
                openbsd::sockets::SS_ISCONNECTING,
                openbsd::sockets::SS_ISDISCONNECTING,
            ],
            [
                macos::sockets::SOI_S_ISCONNECTED,
                macos::sockets::SOI_S_ISCONNECTING,
                macos::sockets::SOI_S_ISDISCONNECTING,
            ],
        ] {
            assert_eq!(state(false, connected), UnixState::Connected);
            assert_eq!(state(false, connecting), UnixState::Connecting);
            assert_eq!(
                state(false, disconnecting | connected),
                UnixState::Disconnecting
            );
            assert_eq!(state(true, connected), UnixState::Listening);
            assert_eq!(state(false, 0), UnixState::Unconnected);
        }
    }

    #[test]
    fn protocols_without_a_name_are_left_out() {
        assert_eq!(protocol(SocketType::Stream, 6), Some(Protocol::Tcp));
        assert_eq!(protocol(SocketType::Datagram, 17), Some(Protocol::Udp));
        assert_eq!(protocol(SocketType::Datagram, 1), Some(Protocol::Raw(1)));
        assert_eq!(protocol(SocketType::Raw, 255), Some(Protocol::Raw(255)));
        // SCTP, and nonsense.
        assert_eq!(protocol(SocketType::Stream, 132), None);
        assert_eq!(protocol(SocketType::SeqPacket, 132), None);
        assert_eq!(protocol(SocketType::Raw, 1 << 20), None);
        for system in [
            freebsd::sockets::IPPROTO_TCP,
            netbsd::sockets::IPPROTO_TCP,
            openbsd::sockets::IPPROTO_TCP,
            macos::sockets::IPPROTO_TCP,
        ] {
            assert_eq!(protocol(SocketType::Stream, system), Some(Protocol::Tcp));
        }
        for system in [
            freebsd::sockets::IPPROTO_UDP,
            netbsd::sockets::IPPROTO_UDP,
            openbsd::sockets::IPPROTO_UDP,
            macos::sockets::IPPROTO_UDP,
        ] {
            assert_eq!(protocol(SocketType::Datagram, system), Some(Protocol::Udp));
        }
    }
}
