//! The list of network interfaces that `sysctl` gives of the routing table:
//! a message for each interface, and behind it one for each of its addresses.
//!
//! All systems share the beginning of a message and the way in which
//! addresses follow its header; the headers are each system's own, as a
//! [`Format`] says.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::net::{Duplex, IoCounters};
use crate::parse::Malformed;
use crate::parse::layout::freebsd::interfaces::{RTA_BRD, RTA_IFA, RTA_IFP, RTA_NETMASK};
use crate::parse::layout::freebsd::network::{
    AF_INET, AF_LINK, IfaMsghdr, SockaddrDl, SockaddrIn, SockaddrIn6,
};
use crate::parse::layout::{Endian, Field, Number, Record};
use crate::parse::sock_diag::needs_scope;

/// A message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
// One is looked at as soon as it is read, and none is kept.
#[allow(clippy::large_enum_variant)]
pub enum Message<'a> {
    /// An interface.
    Link(Link<'a>),
    /// An IP address of the interface before it.
    Address(Address),
}

/// An interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link<'a> {
    /// Its name.
    pub name: &'a [u8],
    /// The number that the kernel knows it by.
    pub index: u32,
    /// `IFF_…`.
    pub flags: i32,
    /// Its hardware address; empty when it has none.
    pub mac: &'a [u8],
    /// Packets that may wait to be sent, where that is told.
    pub queue: Option<u32>,
    /// The rest.
    pub data: Data,
}

/// What the kernel knows of an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Data {
    /// `IFT_…`.
    pub kind: u8,
    /// `LINK_STATE_…`, where that is told.
    pub link_state: Option<i32>,
    /// Largest packet, bytes.
    pub mtu: u64,
    /// Bits in a second; 0 when nobody knows.
    pub baudrate: u64,
    /// What it has counted.
    pub counters: IoCounters,
}

/// An IP address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address {
    /// Number of the interface.
    pub index: u32,
    /// The address, without an interface's number in it.
    pub ip: IpAddr,
    /// The interface's number that an IPv6 address for one link needs.
    pub scope_id: Option<u32>,
    /// Bits of the network's prefix.
    pub prefix_len: u8,
    /// Where it is sent to: everybody, or the other end of a line.
    pub destination: Option<IpAddr>,
    /// `IN_IFF_…` or `IN6_IFF_…`, where they are told.
    pub flags: Option<i32>,
}

/// What a link is now, as its driver says. `None`: it does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Media {
    /// Megabits in a second.
    pub speed_mbps: Option<u64>,
    /// Whether both sides may send at once.
    pub duplex: Option<Duplex>,
    /// Whether there is another side.
    pub connected: Option<bool>,
}

impl Media {
    /// Reads an `ifmediareq` by its fields for the status and the active
    /// medium, that medium's bits for the duplex modes, full and half, and what
    /// its speed is.
    pub(crate) fn read<W: Number + Into<u64>>(
        request: Record<'_>,
        [status, active]: [Field<W>; 2],
        [full, half]: [W; 2],
        speed: fn(W) -> Option<u64>,
    ) -> Result<Self, Malformed> {
        let word = |field| request.get(field).ok_or(Malformed("a whole ifmediareq"));
        let (status, medium) = (word(status)?.into(), word(active)?);
        let has = |bit: W| medium.into() & bit.into() != 0;
        Ok(Self {
            speed_mbps: speed(medium),
            duplex: match (has(full), has(half)) {
                (true, _) => Some(Duplex::Full),
                (false, true) => Some(Duplex::Half),
                (false, false) => None,
            },
            connected: (status & AVALID != 0).then_some(status & ACTIVE != 0),
        })
    }
}

/// `IFM_AVALID`: the driver knows whether there is another side.
const AVALID: u64 = 1;
/// `IFM_ACTIVE`: there is one.
const ACTIVE: u64 = 2;

/// How a system writes the messages.
#[derive(Debug)]
pub struct Format {
    /// `RTM_VERSION`; others are other formats.
    pub version: u8,
    /// Type of the messages about interfaces.
    pub link: u8,
    /// Type of the messages about addresses.
    pub address: u8,
    /// What the place of each address is a multiple of.
    pub unit: usize,
    /// `AF_INET6`.
    pub inet6: u8,
    /// Reads the header of a message about an interface. `None`: it is not
    /// whole.
    pub read_link: fn(Record<'_>) -> Option<LinkHeader>,
    /// Reads the header of a message about an address.
    pub read_address: fn(Record<'_>) -> Option<AddressHeader>,
}

/// The header of a message about an interface.
#[derive(Debug, Clone, Copy)]
pub struct LinkHeader {
    /// `RTA_…`: which addresses follow.
    pub addresses: i32,
    /// Where they do.
    pub size: usize,
    /// Number of the interface.
    pub index: u16,
    /// `IFF_…`.
    pub flags: i32,
    /// Packets that may wait to be sent.
    pub queue: Option<u32>,
    /// The rest.
    pub data: Data,
}

/// The header of a message about an address.
#[derive(Debug, Clone, Copy)]
pub struct AddressHeader {
    /// `RTA_…`: which addresses follow.
    pub addresses: i32,
    /// Where they do.
    pub size: usize,
    /// Number of the interface.
    pub index: u16,
    /// `IN_IFF_…` or `IN6_IFF_…`.
    pub flags: Option<i32>,
}

/// What all messages begin with.
const LENGTH: Field<u16> = IfaMsghdr::ifam_msglen;
const VERSION: Field<u8> = IfaMsghdr::ifam_version;
const KIND: Field<u8> = IfaMsghdr::ifam_type;
/// Bytes of that.
const PREFIX: usize = KIND.offset() + 1;

/// The interfaces of an answer, each before its addresses. What is written in
/// another version, about something else, or of another family, is left out.
///
/// Ends after the first that is malformed.
pub fn messages<'a>(
    data: &'a [u8],
    endian: Endian,
    format: &'static Format,
) -> impl Iterator<Item = Result<Message<'a>, Malformed>> + Clone {
    let mut rest = data;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            match next(&mut rest, endian, format) {
                Ok(Some(message)) => return Some(Ok(message)),
                Ok(None) => {}
                Err(malformed) => {
                    rest = &[];
                    return Some(Err(malformed));
                }
            }
        }
        None
    })
}

/// Takes a message off. It has at least its prefix, so that there is an end.
fn next<'a>(
    rest: &mut &'a [u8],
    endian: Endian,
    format: &Format,
) -> Result<Option<Message<'a>>, Malformed> {
    const MESSAGE: Malformed = Malformed("a whole message of the routing table");
    let length = Record::new(rest, endian)
        .get(LENGTH)
        .map(usize::from)
        .filter(|&length| length >= PREFIX)
        .ok_or(MESSAGE)?;
    let (bytes, behind) = rest.split_at_checked(length).ok_or(MESSAGE)?;
    *rest = behind;
    let record = Record::new(bytes, endian);
    if record.get(VERSION) != Some(format.version) {
        return Ok(None);
    }
    match record.get(KIND) {
        Some(kind) if kind == format.link => {
            let header = (format.read_link)(record).ok_or(Malformed("a whole if_msghdr"))?;
            Ok(link(bytes, &header, format).map(Message::Link))
        }
        Some(kind) if kind == format.address => {
            let header = (format.read_address)(record).ok_or(Malformed("a whole ifa_msghdr"))?;
            Ok(address(bytes, &header, format, endian).map(Message::Address))
        }
        _ => Ok(None),
    }
}

/// `None`: it has no name, so that nobody can ask for it.
fn link<'a>(bytes: &'a [u8], header: &LinkHeader, format: &Format) -> Option<Link<'a>> {
    let found = sockaddrs(bytes, header.size, header.addresses, format.unit);
    let (name, mac) = name_and_mac(found.get(RTA_IFP)?)?;
    Some(Link {
        name,
        index: header.index.into(),
        flags: header.flags,
        mac,
        queue: header.queue,
        data: header.data,
    })
}

/// The parts of a `sockaddr_dl`, which may be longer than its declaration.
fn name_and_mac(sockaddr: &[u8]) -> Option<(&[u8], &[u8])> {
    let byte = |field: Field<u8>| sockaddr.get(field.offset()).copied();
    if byte(SockaddrDl::sdl_family).map(i32::from) != Some(AF_LINK) {
        return None;
    }
    let name = usize::from(byte(SockaddrDl::sdl_nlen)?);
    let mac = usize::from(byte(SockaddrDl::sdl_alen)?);
    let data = sockaddr.get(SockaddrDl::sdl_data.offset()..)?;
    let (name, behind) = data.split_at_checked(name)?;
    if name.is_empty() {
        return None;
    }
    Some((name, behind.get(..mac).unwrap_or_default()))
}

/// `None`: it is not an IP address.
fn address(
    bytes: &[u8],
    header: &AddressHeader,
    format: &Format,
    endian: Endian,
) -> Option<Address> {
    let found = sockaddrs(bytes, header.size, header.addresses, format.unit);
    let (ip, scope) = ip(found.get(RTA_IFA)?, format, endian)?;
    let index = u32::from(header.index);
    let destination = found
        .get(RTA_BRD)
        .and_then(|sockaddr| self::ip(sockaddr, format, endian))
        .map(|(ip, _)| ip)
        // A line's end that nobody has named.
        .filter(|other| other.is_ipv4() == ip.is_ipv4() && !other.is_unspecified());
    Some(Address {
        index,
        ip,
        scope_id: match ip {
            IpAddr::V6(ip) if needs_scope(&ip) => Some(if scope == 0 { index } else { scope }),
            _ => None,
        },
        prefix_len: match (found.get(RTA_NETMASK), ip) {
            (Some(mask), IpAddr::V4(_)) => ones(mask, SockaddrIn::sin_addr.offset(), 4),
            (Some(mask), IpAddr::V6(_)) => ones(mask, SockaddrIn6::sin6_addr.offset(), 16),
            // Alone in its network.
            (None, IpAddr::V4(_)) => 32,
            (None, IpAddr::V6(_)) => 128,
        },
        destination,
        flags: header.flags,
    })
}

/// The address in a `sockaddr_in` or `sockaddr_in6`, and the interface's
/// number that the latter tells.
///
/// Kernels of the KAME family keep that number inside an address for one
/// link, in two bytes that are otherwise zero, and not all take it out.
fn ip(sockaddr: &[u8], format: &Format, endian: Endian) -> Option<(IpAddr, u32)> {
    let family = *sockaddr.get(SockaddrIn::sin_family.offset())?;
    if i32::from(family) == AF_INET {
        let at = SockaddrIn::sin_addr.offset();
        let bytes: [u8; 4] = sockaddr.get(at..at + 4)?.try_into().ok()?;
        return Some((IpAddr::V4(Ipv4Addr::from(bytes)), 0));
    }
    if family != format.inet6 {
        return None;
    }
    let at = SockaddrIn6::sin6_addr.offset();
    let bytes: [u8; 16] = sockaddr.get(at..at + 16)?.try_into().ok()?;
    let ip = Ipv6Addr::from(bytes);
    let scope = Record::new(sockaddr, endian)
        .get(SockaddrIn6::sin6_scope_id)
        .unwrap_or(0);
    if !needs_scope(&ip) {
        return Some((IpAddr::V6(ip), scope));
    }
    let mut segments = ip.segments();
    let inside = std::mem::take(&mut segments[1]);
    let scope = if scope == 0 { inside.into() } else { scope };
    Some((IpAddr::V6(Ipv6Addr::from(segments)), scope))
}

/// How many ones a mask begins with, in the bytes from `at`: those that are
/// not there are zero, for kernels leave the last ones out. Its family is
/// often left out as well.
fn ones(sockaddr: &[u8], at: usize, width: usize) -> u8 {
    let mut count = 0;
    for byte in sockaddr.iter().skip(at).take(width) {
        let here = byte.leading_ones();
        count += here;
        if here < 8 {
            break;
        }
    }
    u8::try_from(count).unwrap_or(u8::MAX)
}

/// As many addresses as this library knows may follow a header; those with
/// higher numbers are behind them.
const KNOWN: usize = 8;

/// The addresses behind a header, by their numbers.
struct Sockaddrs<'a>([Option<&'a [u8]>; KNOWN]);

impl<'a> Sockaddrs<'a> {
    /// The one with this bit.
    fn get(&self, bit: i32) -> Option<&'a [u8]> {
        let number = usize::try_from(bit.trailing_zeros()).ok()?;
        *self.0.get(number)?
    }
}

/// Each begins with how long it is; the next one is at a multiple of the unit.
/// One without a length takes a unit.
fn sockaddrs(bytes: &[u8], header: usize, present: i32, unit: usize) -> Sockaddrs<'_> {
    let mut found = [None; KNOWN];
    let mut rest = bytes.get(header..).unwrap_or_default();
    for (number, place) in found.iter_mut().enumerate() {
        if present >> number & 1 == 0 {
            continue;
        }
        let Some(length) = rest.first().map(|&length| usize::from(length)) else {
            break;
        };
        *place = rest.get(..length);
        let step = length.max(1).next_multiple_of(unit.max(1));
        rest = rest.get(step..).unwrap_or_default();
    }
    Sockaddrs(found)
}

/// What this module takes from one system holds for all.
const _: () = {
    use crate::parse::layout::{freebsd, macos, netbsd, openbsd};

    assert!(freebsd::media::IFM_AVALID as u64 == AVALID);
    assert!(freebsd::media::IFM_ACTIVE as u64 == ACTIVE);
    assert!(netbsd::media::IFM_AVALID as u64 == AVALID);
    assert!(netbsd::media::IFM_ACTIVE as u64 == ACTIVE);
    assert!(openbsd::media::IFM_AVALID == AVALID);
    assert!(openbsd::media::IFM_ACTIVE == ACTIVE);

    macro_rules! alike {
        ($($system:ident)*) => {$(
            let own = $system::network::IfaMsghdr::ifam_msglen;
            assert!(own.offset() == LENGTH.offset());
            let own = $system::network::IfaMsghdr::ifam_version;
            assert!(own.offset() == VERSION.offset());
            let own = $system::network::IfaMsghdr::ifam_type;
            assert!(own.offset() == KIND.offset());
            let own = $system::network::SockaddrIn::sin_family;
            assert!(own.offset() == SockaddrIn::sin_family.offset());
            let own = $system::network::SockaddrIn::sin_addr;
            assert!(own.offset() == SockaddrIn::sin_addr.offset());
            let own = $system::network::SockaddrIn6::sin6_family;
            assert!(own.offset() == SockaddrIn::sin_family.offset());
            let own = $system::network::SockaddrIn6::sin6_addr;
            assert!(own.offset() == SockaddrIn6::sin6_addr.offset());
            let own = $system::network::SockaddrIn6::sin6_scope_id;
            assert!(own.offset() == SockaddrIn6::sin6_scope_id.offset());
            let own = $system::network::SockaddrDl::sdl_family;
            assert!(own.offset() == SockaddrDl::sdl_family.offset());
            assert!($system::network::AF_INET == AF_INET);
            assert!($system::network::AF_LINK == AF_LINK);
            assert!($system::interfaces::RTA_NETMASK == RTA_NETMASK);
            assert!($system::interfaces::RTA_IFP == RTA_IFP);
            assert!($system::interfaces::RTA_IFA == RTA_IFA);
            assert!($system::interfaces::RTA_BRD == RTA_BRD);
        )*};
    }
    alike!(macos netbsd openbsd);
    const fn places(nlen: usize, alen: usize, data: usize) {
        assert!(nlen == SockaddrDl::sdl_nlen.offset());
        assert!(alen == SockaddrDl::sdl_alen.offset());
        assert!(data == SockaddrDl::sdl_data.offset());
    }
    use openbsd::network::SockaddrDl as OfOpenbsd;
    places(
        OfOpenbsd::sdl_nlen.offset(),
        OfOpenbsd::sdl_alen.offset(),
        OfOpenbsd::sdl_data.offset(),
    );
    use macos::network::SockaddrDl as OfMacos;
    places(
        OfMacos::sdl_nlen.offset(),
        OfMacos::sdl_alen.offset(),
        OfMacos::sdl_data.offset(),
    );
    use netbsd::network::{DlAddr, SockaddrDl as OfNetbsd};
    places(
        OfNetbsd::sdl_addr.then(DlAddr::dl_nlen).offset(),
        OfNetbsd::sdl_addr.then(DlAddr::dl_alen).offset(),
        OfNetbsd::sdl_addr.then(DlAddr::dl_data).offset(),
    );
};

#[cfg(test)]
mod odd_tests;
#[cfg(test)]
mod tests;
