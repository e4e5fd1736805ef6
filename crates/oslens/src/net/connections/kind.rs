//! Which sockets are asked for, and what of them.

use std::{error, fmt, str::FromStr};

use bitflags::bitflags;

use super::TcpStates;

bitflags! {
    /// Kinds of sockets. psutil's names stand for the same sets, and can be
    /// parsed: `"inet".parse::<Kind>()`.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
    pub struct Kind: u16 {
        /// TCP over IPv4.
        const TCP4 = 1 << 0;
        /// TCP over IPv6.
        const TCP6 = 1 << 1;
        /// UDP over IPv4.
        const UDP4 = 1 << 2;
        /// UDP over IPv6.
        const UDP6 = 1 << 3;
        /// Sockets of the machine itself.
        const UNIX = 1 << 4;
        /// IPv4 without TCP or UDP: ping, routing daemons.
        const RAW4 = 1 << 5;
        /// IPv6 without TCP or UDP.
        const RAW6 = 1 << 6;
        /// TCP.
        const TCP = Self::TCP4.bits() | Self::TCP6.bits();
        /// UDP.
        const UDP = Self::UDP4.bits() | Self::UDP6.bits();
        /// Raw sockets.
        const RAW = Self::RAW4.bits() | Self::RAW6.bits();
        /// TCP and UDP over IPv4.
        const INET4 = Self::TCP4.bits() | Self::UDP4.bits();
        /// TCP and UDP over IPv6.
        const INET6 = Self::TCP6.bits() | Self::UDP6.bits();
        /// TCP and UDP.
        const INET = Self::INET4.bits() | Self::INET6.bits();
        /// TCP, UDP and UNIX sockets: what psutil calls all. Raw sockets are
        /// beside it.
        const ALL = Self::INET.bits() | Self::UNIX.bits();
    }
}

/// The names, in the order in which an error lists them.
const KINDS: [(&str, Kind); 14] = [
    ("all", Kind::ALL),
    ("inet", Kind::INET),
    ("inet4", Kind::INET4),
    ("inet6", Kind::INET6),
    ("tcp", Kind::TCP),
    ("tcp4", Kind::TCP4),
    ("tcp6", Kind::TCP6),
    ("udp", Kind::UDP),
    ("udp4", Kind::UDP4),
    ("udp6", Kind::UDP6),
    ("unix", Kind::UNIX),
    ("raw", Kind::RAW),
    ("raw4", Kind::RAW4),
    ("raw6", Kind::RAW6),
];

/// A name that is no [`Kind`]; the message lists those that are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseKindError(String);

impl fmt::Display for ParseKindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown kind of connections {:?}: valid are", self.0)?;
        for (at, (name, _)) in KINDS.iter().enumerate() {
            write!(f, "{}{name}", if at == 0 { " " } else { ", " })?;
        }
        Ok(())
    }
}

impl error::Error for ParseKindError {}

impl FromStr for Kind {
    type Err = ParseKindError;

    fn from_str(name: &str) -> Result<Self, ParseKindError> {
        KINDS
            .iter()
            .find(|(known, _)| *known == name)
            .map(|&(_, kind)| kind)
            .ok_or_else(|| ParseKindError(name.to_owned()))
    }
}

/// Which owners of a socket are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Owners {
    /// None: [`Connection::owners`](super::Connection::owners) is
    /// `Err(NotRequested)`.
    #[default]
    NotRequested,
    /// All. Every descriptor of every process is looked at.
    All,
    /// At least one, from the newest process to the oldest; the search ends
    /// when each socket has one. Usually cheaper, but does not tell that a
    /// socket is shared.
    First,
}

/// Which sockets are asked for, and what of them.
///
/// ```
/// use oslens::net::{self, ConnectionQuery, Kind, Owners, TcpStates};
///
/// let query = ConnectionQuery::new(Kind::TCP)
///     .states(TcpStates::ESTABLISHED)
///     .tcp_info(true)
///     .owners(Owners::First);
/// for connection in net::connections(query)? {
///     let rtt = connection.tcp.as_ref().map(|tcp| tcp.rtt);
///     println!("{:?} {rtt:?} {:?}", connection.remote, connection.owners);
/// }
/// # Ok::<(), oslens::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct ConnectionQuery {
    pub(crate) kind: Kind,
    pub(crate) states: TcpStates,
    pub(crate) owners: Owners,
    pub(crate) tcp_info: bool,
}

impl ConnectionQuery {
    /// Sockets of these kinds, without owners or statistics; those of TCP in
    /// any state but [`BOUND_INACTIVE`](TcpStates::BOUND_INACTIVE).
    pub const fn new(kind: Kind) -> Self {
        Self {
            kind,
            states: TcpStates::USUAL,
            owners: Owners::NotRequested,
            tcp_info: false,
        }
    }

    /// TCP connections in these states only; sockets of other protocols are
    /// not affected. Linux leaves the others out in the kernel.
    pub const fn states(mut self, states: TcpStates) -> Self {
        self.states = states;
        self
    }

    /// Also who holds each socket.
    pub const fn owners(mut self, owners: Owners) -> Self {
        self.owners = owners;
        self
    }

    /// Also the kernel's statistics of each TCP connection: bytes, segments,
    /// round trips, retransmissions.
    pub const fn tcp_info(mut self, wanted: bool) -> Self {
        self.tcp_info = wanted;
        self
    }
}

impl From<Kind> for ConnectionQuery {
    fn from(kind: Kind) -> Self {
        Self::new(kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_kind_is_told_the_right_ones() {
        assert_eq!("udp6".parse(), Ok(Kind::UDP6));
        assert_eq!("all".parse(), Ok(Kind::INET | Kind::UNIX));
        let error = "tpc".parse::<Kind>().unwrap_err().to_string();
        for (name, _) in KINDS {
            assert!(error.contains(name), "{error}");
        }
        assert!(error.contains("\"tpc\""), "{error}");
    }
}
