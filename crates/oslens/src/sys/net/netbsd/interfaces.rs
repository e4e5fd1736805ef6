//! Network interfaces and what they count, on NetBSD.

use std::net::IpAddr;

use crate::{
    Host, Result,
    net::{AddressFlags, Interface, InterfaceCounters, OperState},
    parse::{
        layout::{
            Type as _,
            netbsd::{
                interfaces::{
                    IFT_GIF, IFT_STF, IN_IFF_DUPLICATED, IN_IFF_TENTATIVE, IN6_IFF_DEPRECATED,
                    IN6_IFF_DUPLICATED, IN6_IFF_NODAD, IN6_IFF_TEMPORARY, IN6_IFF_TENTATIVE,
                },
                network::{
                    Ifmediareq, LINK_STATE_DOWN, LINK_STATE_UP, NET_RT_IFLIST, PF_ROUTE,
                    SIOCGIFMEDIA,
                },
                system::CTL_NET,
            },
        },
        netbsd::{media, routes},
    },
    sys::net::bsd_interfaces::{self, System},
};

static SYSTEM: System = System {
    list: [CTL_NET, PF_ROUTE, 0, 0, NET_RT_IFLIST, 0],
    format: &routes::FORMAT,
    media: &[SIOCGIFMEDIA],
    media_size: Ifmediareq::SIZE,
    read_media: media::active,
    tunnels: &[IFT_GIF, IFT_STF],
    lines: &[],
    link_state: |number| match number {
        LINK_STATE_DOWN => OperState::Down,
        LINK_STATE_UP => OperState::Up,
        _ => OperState::Unknown,
    },
    address_flags,
    default_mbps: 10,
    has_notrailers: false,
};

fn address_flags(ip: IpAddr, bits: i32) -> AddressFlags {
    const IPV4: &[(i32, AddressFlags)] = &[
        (IN_IFF_TENTATIVE, AddressFlags::TENTATIVE),
        (IN_IFF_DUPLICATED, AddressFlags::DADFAILED),
    ];
    const IPV6: &[(i32, AddressFlags)] = &[
        (IN6_IFF_TENTATIVE, AddressFlags::TENTATIVE),
        (IN6_IFF_DUPLICATED, AddressFlags::DADFAILED),
        (IN6_IFF_DEPRECATED, AddressFlags::DEPRECATED),
        (IN6_IFF_NODAD, AddressFlags::NODAD),
        // Temporary, for privacy.
        (IN6_IFF_TEMPORARY, AddressFlags::SECONDARY),
    ];
    let flags = if ip.is_ipv4() { IPV4 } else { IPV6 };
    flags
        .iter()
        .filter(|(bit, _)| bits & bit != 0)
        .map(|(_, flag)| *flag)
        .collect()
}

pub(crate) fn interfaces(host: &Host) -> Result<Vec<Interface>> {
    bsd_interfaces::interfaces(host, &SYSTEM)
}

pub(crate) fn addresses(host: &Host) -> Result<Vec<Interface>> {
    bsd_interfaces::addresses(host, &SYSTEM)
}

pub(crate) fn io_counters(host: &Host) -> Result<Vec<InterfaceCounters>> {
    bsd_interfaces::io_counters(host, &SYSTEM)
}
