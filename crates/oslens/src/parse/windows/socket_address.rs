//! The addresses of interfaces: `SOCKADDR` structures, and what else there is
//! to say about an address of Windows.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::bytes::{array_at, u32_at};
use crate::{
    net::{AddressFlags, AddressScope},
    parse::sock_diag::needs_scope,
};

/// `AF_INET`.
const INET: u16 = 2;
/// `AF_INET6`: another number than on Linux.
const INET6: u16 = 23;

/// The address in a `SOCKADDR_IN` or `SOCKADDR_IN6`, and the interface's
/// number where the address needs one. `None` for another family, and for a
/// structure that is too short.
#[must_use]
pub fn ip(structure: &[u8]) -> Option<(IpAddr, Option<u32>)> {
    match array_at(structure, 0).map(u16::from_le_bytes)? {
        INET => Some((IpAddr::V4(array_at::<4>(structure, 4)?.into()), None)),
        INET6 => {
            let ip = Ipv6Addr::from(array_at::<16>(structure, 8)?);
            let scope = u32_at(structure, 24)?;
            Some((
                IpAddr::V6(ip),
                (needs_scope(&ip) && scope != 0).then_some(scope),
            ))
        }
        _ => None,
    }
}

/// How far an address is valid.
#[must_use]
pub fn scope(ip: &IpAddr) -> AddressScope {
    match ip {
        ip if ip.is_loopback() => AddressScope::Host,
        IpAddr::V4(ip) if ip.is_link_local() => AddressScope::Link,
        IpAddr::V4(_) => AddressScope::Global,
        IpAddr::V6(ip) => match ip.segments() {
            [first, ..] if first & 0xffc0 == 0xfe80 => AddressScope::Link,
            [first, ..] if first & 0xffc0 == 0xfec0 => AddressScope::Site,
            _ => AddressScope::Global,
        },
    }
}

/// The broadcast address of a network; `None` where there is no one to reach:
/// one address, or the two of a line (RFC 3021).
#[must_use]
pub fn broadcast(ip: Ipv4Addr, prefix_len: u8) -> Option<Ipv4Addr> {
    let hosts = u32::MAX.checked_shr(u32::from(prefix_len))?;
    (hosts > 1).then(|| Ipv4Addr::from(u32::from(ip) | hosts))
}

/// What Windows says of an address beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// `NL_DAD_STATE`.
    pub duplicates: u32,
    /// `NL_SUFFIX_ORIGIN`.
    pub suffix_origin: u32,
    /// Seconds; all ones for ever.
    pub valid_lifetime: u32,
}

impl State {
    /// As flags.
    #[must_use]
    pub fn flags(&self, ip: &IpAddr) -> AddressFlags {
        let mut flags = match self.duplicates {
            1 => AddressFlags::TENTATIVE,
            2 => AddressFlags::DADFAILED,
            3 => AddressFlags::DEPRECATED,
            _ => AddressFlags::empty(),
        };
        flags.set(AddressFlags::PERMANENT, self.valid_lifetime == u32::MAX);
        // Made of random numbers: temporary, for privacy.
        flags.set(
            AddressFlags::SECONDARY,
            ip.is_ipv6() && self.suffix_origin == 5,
        );
        flags
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inet6(ip: &str, scope: u32) -> Vec<u8> {
        let mut structure = vec![23, 0, 0, 0, 0, 0, 0, 0];
        structure.extend(ip.parse::<Ipv6Addr>().unwrap().octets());
        structure.extend(scope.to_le_bytes());
        structure
    }

    #[test]
    fn addresses_of_both_families_are_read_and_others_left_out() {
        let inet = [2, 0, 0, 0, 192, 0, 2, 7, 0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(ip(&inet), Some(([192, 0, 2, 7].into(), None)));
        assert_eq!(ip(&inet6("fe80::7", 4)).unwrap().1, Some(4));
        assert_eq!(ip(&inet6("2001:db8::7", 4)).unwrap().1, None);
        assert_eq!(ip(&inet6("fe80::7", 0)).unwrap().1, None);
        // AF_UNIX, Linux's AF_INET6, and structures that are cut off.
        assert_eq!(ip(&[1; 110]), None);
        assert_eq!(ip(&[10, 0, 0, 0, 0, 0, 0, 0]), None);
        assert_eq!(ip(&inet[..7]), None);
        assert_eq!(ip(&inet6("::1", 0)[..27]), None);
        assert_eq!(ip(&[]), None);
    }

    #[test]
    fn the_broadcast_address_is_the_networks_last() {
        let of = |bits| broadcast([10, 1, 2, 3].into(), bits).map(|ip| ip.to_string());
        assert_eq!(of(24).as_deref(), Some("10.1.2.255"));
        assert_eq!(of(20).as_deref(), Some("10.1.15.255"));
        assert_eq!(of(0).as_deref(), Some("255.255.255.255"));
        assert_eq!(of(30).as_deref(), Some("10.1.2.3"));
        assert_eq!((of(31), of(32), of(255)), (None, None, None));
    }

    #[test]
    fn scopes_follow_the_address() {
        let of = |text: &str| scope(&text.parse().unwrap());
        assert_eq!(of("127.0.0.1"), AddressScope::Host);
        assert_eq!(of("::1"), AddressScope::Host);
        assert_eq!(of("169.254.7.7"), AddressScope::Link);
        assert_eq!(of("fe80::1"), AddressScope::Link);
        assert_eq!(of("fec0::1"), AddressScope::Site);
        assert_eq!(of("fd00::1"), AddressScope::Global);
        assert_eq!(of("10.0.0.1"), AddressScope::Global);
    }

    #[test]
    fn a_temporary_address_is_marked() {
        let state = State {
            duplicates: 4,
            suffix_origin: 5,
            valid_lifetime: 3600,
        };
        let v6: IpAddr = "2001:db8::7".parse().unwrap();
        assert_eq!(state.flags(&v6), AddressFlags::SECONDARY);
        let lasting = State {
            duplicates: 3,
            suffix_origin: 4,
            valid_lifetime: u32::MAX,
        };
        assert_eq!(
            lasting.flags(&v6),
            AddressFlags::DEPRECATED | AddressFlags::PERMANENT
        );
    }
}
