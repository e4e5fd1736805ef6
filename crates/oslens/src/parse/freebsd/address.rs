//! What FreeBSD tells of one IPv6 address: `SIOCGIFAFLAG_IN6`.

use std::net::Ipv6Addr;

use crate::parse::Malformed;
use crate::parse::layout::freebsd::interfaces::In6Ifreq;
use crate::parse::layout::freebsd::network::{AF_INET6, SockaddrIn6};
use crate::parse::layout::{Endian, Record, Type};

/// The question about an address of the interface with this name: a `struct
/// in6_ifreq`. `None`: no interface has such a name.
///
/// The number of the interface, which some addresses need, is left to the
/// kernel.
#[must_use]
pub fn question(name: &[u8], ip: Ipv6Addr) -> Option<Vec<u8>> {
    let mut question = vec![0; In6Ifreq::SIZE];
    let (place, address) = question.split_at_mut(In6Ifreq::ifr_ifru.offset());
    // There is a NUL at its end.
    if name.len() >= place.len() {
        return None;
    }
    place.get_mut(..name.len())?.copy_from_slice(name);
    *address.get_mut(SockaddrIn6::sin6_len.offset())? = u8::try_from(SockaddrIn6::SIZE).ok()?;
    *address.get_mut(SockaddrIn6::sin6_family.offset())? = u8::try_from(AF_INET6).ok()?;
    let at = SockaddrIn6::sin6_addr.offset();
    address.get_mut(at..at + 16)?.copy_from_slice(&ip.octets());
    Some(question)
}

/// `IN6_IFF_…` of the answer to it.
///
/// # Errors
///
/// When it is not whole.
pub fn flags(answer: &[u8], endian: Endian) -> Result<i32, Malformed> {
    Record::new(answer, endian)
        .get(In6Ifreq::ifr_ifru.like::<i32>())
        .ok_or(Malformed("a whole in6_ifreq"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::layout::freebsd::interfaces::{IN6_IFF_DEPRECATED, IN6_IFF_TEMPORARY};

    const REQUESTS: &[u8] = include_bytes!("fixtures/freebsd_in6_ifreq.bin");

    #[test]
    fn the_question_is_as_the_headers_write_it_and_so_is_the_answer() {
        let (asked, answered) = REQUESTS.split_at(In6Ifreq::SIZE);
        let ip = "fe80::fc:ff:fe00:1".parse().unwrap();
        assert_eq!(question(b"em0", ip).as_deref(), Some(asked));
        let expected = IN6_IFF_DEPRECATED | IN6_IFF_TEMPORARY;
        assert_eq!(flags(answered, Endian::Little), Ok(expected));
        let end = In6Ifreq::ifr_ifru.offset() + 4;
        assert!(flags(&answered[..end], Endian::Little).is_ok());
        for end in 0..end {
            assert!(flags(&answered[..end], Endian::Little).is_err(), "{end}");
        }
    }

    #[test]
    fn no_interface_has_a_longer_name() {
        let ip = Ipv6Addr::LOCALHOST;
        assert!(question(b"fifteen-letters", ip).is_some());
        assert_eq!(question(b"sixteen-letters-", ip), None);
    }
}
