//! Addresses as the kernels of BSD and macOS keep them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use crate::parse::layout::freebsd::network::{SockaddrIn, SockaddrIn6, SockaddrUn};
use crate::parse::layout::{Endian, Record};
use crate::parse::sock_diag::needs_scope;

/// `AF_INET` of all of them.
const INET: u8 = 2;

/// An address of IPv6. That of a link has the number of its interface in its
/// third and fourth byte inside the kernels, which some of them show.
#[must_use]
pub fn address6(ip: [u8; 16], port: u16, scope: u32) -> SocketAddr {
    let mut ip = Ipv6Addr::from(ip);
    let mut scope = scope;
    let [first, inside, rest @ ..] = ip.segments();
    // Addresses of an interface alone have it too: ff01::.
    if (needs_scope(&ip) || first & 0xff0f == 0xff01) && inside != 0 {
        let [a, b, c, d, e, f] = rest;
        ip = Ipv6Addr::new(first, 0, a, b, c, d, e, f);
        scope = inside.into();
    }
    if !needs_scope(&ip) {
        scope = 0;
    }
    SocketAddr::V6(SocketAddrV6::new(ip, port, 0, scope))
}

/// An address of IPv4.
#[must_use]
pub fn address4(ip: [u8; 4], port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::from(ip), port)
}

/// An address of IPv4 that a socket of IPv6 talks to: `::ffff:192.0.2.1`.
#[must_use]
pub fn mapped(ip: [u8; 4], port: u16) -> SocketAddr {
    SocketAddr::new(Ipv4Addr::from(ip).to_ipv6_mapped().into(), port)
}

/// A port in the network's byte order, in a field of an integer that is
/// wider.
#[must_use]
pub fn wide_port(field: u32, endian: Endian) -> u16 {
    let [.., high, low] = field.to_be_bytes();
    match endian {
        Endian::Big => u16::from_be_bytes([high, low]),
        Endian::Little => u16::from_be_bytes([low, high]),
    }
}

/// The address in a `struct sockaddr_in` or `sockaddr_in6`, which all of these
/// systems have alike but for the number of the second family. `None` for
/// another family, and for what is too short.
#[must_use]
pub fn address(sockaddr: &[u8], inet6: i32, endian: Endian) -> Option<SocketAddr> {
    let record = Record::new(sockaddr, endian);
    let family = record.get(SockaddrIn::sin_family)?;
    let port = || {
        let port = record.bytes(SockaddrIn::sin_port)?;
        port.try_into().ok().map(u16::from_be_bytes)
    };
    if family == INET {
        let ip = record.bytes(SockaddrIn::sin_addr)?;
        Some(address4(ip.try_into().ok()?, port()?))
    } else if i32::from(family) == inet6 {
        let ip = record.bytes(SockaddrIn6::sin6_addr)?;
        let scope = record.get(SockaddrIn6::sin6_scope_id)?;
        Some(address6(ip.try_into().ok()?, port()?, scope))
    } else {
        None
    }
}

/// The path in a `struct sockaddr_un`, as long as its first byte says or to
/// the first NUL. `None` when there is none.
#[must_use]
pub fn path(sockaddr: &[u8]) -> Option<&[u8]> {
    let (&length, _) = sockaddr.split_first()?;
    let length = usize::from(length).min(sockaddr.len());
    let path = sockaddr.get(SockaddrUn::sun_path.offset()..length)?;
    let end = memchr::memchr(0, path).unwrap_or(path.len());
    path.get(..end).filter(|path| !path.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::layout::{macos, netbsd, openbsd};

    #[test]
    fn all_systems_have_these_structures_alike() {
        macro_rules! same {
            ($($structure:ident::$field:ident,)*) => {$(
                for other in [
                    netbsd::network::$structure::$field.offset(),
                    openbsd::network::$structure::$field.offset(),
                    macos::network::$structure::$field.offset(),
                ] {
                    assert_eq!($structure::$field.offset(), other, stringify!($field));
                }
            )*};
        }
        same! {
            SockaddrIn::sin_family, SockaddrIn::sin_port, SockaddrIn::sin_addr,
            SockaddrIn6::sin6_family, SockaddrIn6::sin6_port, SockaddrIn6::sin6_addr,
            SockaddrIn6::sin6_scope_id, SockaddrUn::sun_path,
        }
        assert_eq!(i32::from(INET), netbsd::network::AF_INET);
        assert_eq!(i32::from(INET), openbsd::network::AF_INET);
        assert_eq!(i32::from(INET), macos::network::AF_INET);
    }

    #[test]
    fn an_interface_inside_an_address_becomes_its_scope() {
        let of = |text: &str, scope| {
            let ip: Ipv6Addr = text.parse().unwrap();
            address6(ip.octets(), 80, scope).to_string()
        };
        assert_eq!(of("fe80:7::1", 0), "[fe80::1%7]:80");
        assert_eq!(of("fe80::1", 3), "[fe80::1%3]:80");
        assert_eq!(of("ff02:2::fb", 0), "[ff02::fb%2]:80");
        assert_eq!(of("ff01:2::fb", 0), "[ff01::fb]:80");
        // No others have one.
        assert_eq!(of("2001:db8::1", 3), "[2001:db8::1]:80");
        assert_eq!(
            mapped([192, 0, 2, 1], 1).to_string(),
            "[::ffff:192.0.2.1]:1"
        );
    }

    #[test]
    fn ports_are_those_of_the_network_in_either_byte_order() {
        let memory = [0x01, 0xbb, 0, 0];
        let little = u32::from_le_bytes(memory);
        assert_eq!(wide_port(little, Endian::Little), 443);
        // The highest byte first: the port is at the end.
        assert_eq!(wide_port(443, Endian::Big), 443);
    }

    #[test]
    fn an_address_that_is_cut_off_or_of_another_family_is_none() {
        let v4 = [16, 2, 0x1f, 0x90, 192, 0, 2, 7];
        let order = Endian::Little;
        assert_eq!(address(&v4, 28, order), "192.0.2.7:8080".parse().ok());
        let mut v6 = vec![28, 28, 0, 22, 0, 0, 0, 0];
        v6.extend("fe80::7".parse::<Ipv6Addr>().unwrap().octets());
        v6.extend(5_u32.to_le_bytes());
        assert_eq!(
            address(&v6, 28, order).unwrap().to_string(),
            "[fe80::7%5]:22"
        );
        assert_eq!(address(&v6, 24, order), None);
        for end in 0..8 {
            assert_eq!(address(&v4[..end], 28, order), None);
        }
        for end in 0..28 {
            assert_eq!(address(&v6[..end], 28, order), None);
        }
    }

    #[test]
    fn a_path_ends_where_its_length_or_a_nul_says() {
        assert_eq!(path(b"\x0a\x01/tmp/sock..."), Some(&b"/tmp/soc"[..]));
        assert_eq!(path(b"\x6a\x01/a\0/b"), Some(&b"/a"[..]));
        assert_eq!(path(b"\xff\x01a"), Some(&b"a"[..]));
        for nothing in [
            &b""[..],
            b"\x02\x01abc",
            b"\x00",
            b"\x10\x01\0",
            b"\x01\x01a",
        ] {
            assert_eq!(path(nothing), None);
        }
    }
}
