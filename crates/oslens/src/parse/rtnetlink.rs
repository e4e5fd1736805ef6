//! `NETLINK_ROUTE`: interfaces and their addresses, see rtnetlink(7).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{
    Malformed, netlink,
    sock_diag::{AF_INET, AF_INET6},
};

/// `RTM_NEWLINK`, the answer to [`RTM_GETLINK`].
pub const RTM_NEWLINK: u16 = 16;
/// `RTM_GETLINK`.
pub const RTM_GETLINK: u16 = 18;
/// `RTM_NEWADDR`, the answer to [`RTM_GETADDR`].
pub const RTM_NEWADDR: u16 = 20;
/// `RTM_GETADDR`.
pub const RTM_GETADDR: u16 = 22;

const IFLA_EXT_MASK: u16 = 29;
const RTEXT_FILTER_SKIP_STATS: u32 = 1 << 3;

/// The fixed part of a request for all interfaces, without their counters
/// (since Linux 4.4; older kernels send them).
#[must_use]
pub fn links_request() -> Vec<u8> {
    let mut request = vec![0; 16];
    netlink::push_attribute(
        &mut request,
        IFLA_EXT_MASK,
        &RTEXT_FILTER_SKIP_STATS.to_ne_bytes(),
    );
    request
}

/// The fixed part of a request for all addresses.
#[must_use]
pub fn addresses_request() -> Vec<u8> {
    vec![0; 8]
}

/// An interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link<'a> {
    /// Number of the interface.
    pub index: u32,
    /// `ARPHRD_*`.
    pub hardware: u16,
    /// `IFF_*`.
    pub flags: u32,
    /// Name.
    pub name: &'a [u8],
    /// Hardware address, of any length.
    pub address: Option<&'a [u8]>,
    /// Hardware broadcast address, or the far end of a tunnel.
    pub broadcast: Option<&'a [u8]>,
    /// Bytes.
    pub mtu: Option<u32>,
    /// `IF_OPER_*` of RFC 2863.
    pub operstate: Option<u8>,
    /// Index of the bridge or bond that it belongs to.
    pub master: Option<u32>,
    /// Driver of a virtual interface: `veth`, `bridge`, `vlan`, …
    pub kind: Option<&'a [u8]>,
    /// Packets.
    pub tx_queue_len: Option<u32>,
}

/// One `RTM_NEWLINK`.
///
/// # Errors
///
/// When it is too short or has no name.
pub fn link(payload: &[u8]) -> Result<Link<'_>, Malformed> {
    let (fixed, rest) = payload
        .split_first_chunk::<16>()
        .ok_or(Malformed("a whole ifinfomsg"))?;
    let &[_, _, h0, h1, i0, i1, i2, i3, f0, f1, f2, f3, ..] = fixed;
    let mut link = Link {
        index: u32::from_ne_bytes([i0, i1, i2, i3]),
        hardware: u16::from_ne_bytes([h0, h1]),
        flags: u32::from_ne_bytes([f0, f1, f2, f3]),
        name: &[],
        address: None,
        broadcast: None,
        mtu: None,
        operstate: None,
        master: None,
        kind: None,
        tx_queue_len: None,
    };
    for (attribute, value) in netlink::attributes(rest) {
        match attribute {
            1 => link.address = Some(value),
            2 => link.broadcast = Some(value),
            3 => link.name = netlink::string(value),
            4 => link.mtu = netlink::u32_of(value),
            10 => link.master = netlink::u32_of(value),
            13 => link.tx_queue_len = netlink::u32_of(value),
            16 => link.operstate = value.first().copied(),
            18 => {
                link.kind = netlink::attributes(value)
                    .find(|&(kind, _)| kind == 1)
                    .map(|(_, kind)| netlink::string(kind));
            }
            _ => {}
        }
    }
    if link.name.is_empty() {
        return Err(Malformed("the name of an interface"));
    }
    Ok(link)
}

/// An address of an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address<'a> {
    /// Number of the interface.
    pub index: u32,
    /// The address itself.
    pub local: IpAddr,
    /// Bits of the network's prefix.
    pub prefix_len: u8,
    /// The other end, where it is not the address itself.
    pub peer: Option<IpAddr>,
    /// Broadcast address.
    pub broadcast: Option<IpAddr>,
    /// `RT_SCOPE_*`.
    pub scope: u8,
    /// `IFA_F_*`.
    pub flags: u32,
    /// The name that IPv4 aliases have: `eth0:1`.
    pub label: Option<&'a [u8]>,
}

/// One `RTM_NEWADDR`; `None` for an address that is not IP.
///
/// # Errors
///
/// When it is too short or has no address.
pub fn address(payload: &[u8]) -> Result<Option<Address<'_>>, Malformed> {
    let (fixed, rest) = payload
        .split_first_chunk::<8>()
        .ok_or(Malformed("a whole ifaddrmsg"))?;
    let &[family, prefix_len, flags, scope, i0, i1, i2, i3] = fixed;
    if family != AF_INET && family != AF_INET6 {
        return Ok(None);
    }
    let ip = |value: &[u8]| -> Option<IpAddr> {
        if family == AF_INET {
            <[u8; 4]>::try_from(value)
                .ok()
                .map(|bytes| IpAddr::V4(Ipv4Addr::from(bytes)))
        } else {
            <[u8; 16]>::try_from(value)
                .ok()
                .map(|bytes| IpAddr::V6(Ipv6Addr::from(bytes)))
        }
    };
    let mut flags = u32::from(flags);
    let (mut prefix, mut local, mut broadcast, mut label) = (None, None, None, None);
    for (attribute, value) in netlink::attributes(rest) {
        match attribute {
            1 => prefix = ip(value),
            2 => local = ip(value),
            3 => label = Some(netlink::string(value)),
            4 => broadcast = ip(value),
            8 => flags = netlink::u32_of(value).unwrap_or(flags),
            _ => {}
        }
    }
    // `IFA_ADDRESS` is the address itself, except between two points, where
    // it is the other one and `IFA_LOCAL` is ours. IPv6 has no `IFA_LOCAL`
    // unless there is a peer.
    let own = local
        .or(prefix)
        .ok_or(Malformed("the address of an interface"))?;
    Ok(Some(Address {
        index: u32::from_ne_bytes([i0, i1, i2, i3]),
        local: own,
        prefix_len,
        peer: prefix.filter(|&peer| peer != own),
        broadcast,
        scope,
        flags,
        label,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_infiniband_address_keeps_its_twenty_bytes() {
        let mut payload = vec![0, 0];
        payload.extend(32u16.to_ne_bytes());
        payload.extend(5u32.to_ne_bytes());
        payload.extend(0x1043u32.to_ne_bytes());
        payload.extend(0u32.to_ne_bytes());
        netlink::push_attribute(&mut payload, 3, b"ib0\0");
        netlink::push_attribute(&mut payload, 1, &[0xab; 20]);
        netlink::push_attribute(&mut payload, 4, &2044u32.to_ne_bytes());
        netlink::push_attribute(&mut payload, 16, &[6]);
        let mut info = Vec::new();
        netlink::push_attribute(&mut info, 1, b"ipoib");
        netlink::push_attribute(&mut payload, 0x8000 | 18, &info);
        let parsed = link(&payload).unwrap();
        assert_eq!((parsed.index, parsed.hardware), (5, 32));
        assert_eq!((parsed.flags, parsed.name), (0x1043, &b"ib0"[..]));
        assert_eq!(parsed.address, Some(&[0xab; 20][..]));
        assert_eq!((parsed.mtu, parsed.operstate), (Some(2044), Some(6)));
        assert_eq!(parsed.kind, Some(&b"ipoib"[..]));
        for end in 0..payload.len() {
            assert_eq!(link(&payload[..end]).is_ok(), end >= 24, "at {end}");
        }
    }

    fn address_message(family: u8, attributes: &[(u16, &[u8])]) -> Vec<u8> {
        let mut payload = vec![family, 24, 0x80, 0];
        payload.extend(2u32.to_ne_bytes());
        for (kind, value) in attributes {
            netlink::push_attribute(&mut payload, *kind, value);
        }
        payload
    }

    #[test]
    fn between_two_points_the_local_address_is_ours() {
        let payload = address_message(AF_INET, &[(1, &[10, 9, 8, 2]), (2, &[10, 9, 8, 1])]);
        let parsed = address(&payload).unwrap().unwrap();
        assert_eq!(parsed.local, "10.9.8.1".parse::<IpAddr>().unwrap());
        assert_eq!(parsed.peer, Some("10.9.8.2".parse().unwrap()));
        let payload = address_message(
            AF_INET,
            &[
                (1, &[10, 9, 8, 1]),
                (2, &[10, 9, 8, 1]),
                (4, &[10, 9, 8, 255]),
                (3, b"eth0:1\0"),
                (8, &0x201u32.to_ne_bytes()),
            ],
        );
        let parsed = address(&payload).unwrap().unwrap();
        assert_eq!(parsed.peer, None);
        assert_eq!(parsed.broadcast, Some("10.9.8.255".parse().unwrap()));
        assert_eq!(parsed.label, Some(&b"eth0:1"[..]));
        assert_eq!(parsed.flags, 0x201);
    }

    #[test]
    fn an_address_of_the_wrong_width_is_malformed() {
        let six = address_message(AF_INET6, &[(1, &[0xfe; 16])]);
        assert!(address(&six).unwrap().is_some());
        assert!(address(&address_message(AF_INET6, &[(1, &[1; 4])])).is_err());
        assert!(address(&address_message(AF_INET, &[])).is_err());
        assert_eq!(address(&address_message(28, &[])), Ok(None));
        for end in 0..8 {
            assert!(address(&six[..end]).is_err());
        }
    }
}
