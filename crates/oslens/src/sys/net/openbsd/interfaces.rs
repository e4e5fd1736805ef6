//! Network interfaces and what they count, on OpenBSD.

use std::net::IpAddr;

use crate::{
    Host, Result,
    net::{AddressFlags, Interface, InterfaceCounters, OperState},
    parse::{
        layout::{
            Type as _,
            openbsd::{
                interfaces::{IFT_GIF, IFT_WIREGUARD, LINK_STATE_INVALID, LINK_STATE_KALIVE_DOWN},
                network::{
                    Ifmediareq, LINK_STATE_DOWN, LINK_STATE_FULL_DUPLEX, LINK_STATE_HALF_DUPLEX,
                    LINK_STATE_UP, NET_RT_IFLIST, PF_ROUTE, SIOCGIFMEDIA,
                },
                system::CTL_NET,
            },
        },
        openbsd::{media, routes},
    },
    sys::net::bsd_interfaces::{self, System},
};

static SYSTEM: System = System {
    list: [CTL_NET, PF_ROUTE, 0, 0, NET_RT_IFLIST, 0],
    format: &routes::FORMAT,
    media: &[SIOCGIFMEDIA],
    media_size: Ifmediareq::SIZE,
    read_media: media::active,
    tunnels: &[IFT_GIF],
    lines: &[IFT_WIREGUARD],
    link_state: |number| match number {
        LINK_STATE_INVALID | LINK_STATE_DOWN | LINK_STATE_KALIVE_DOWN => OperState::Down,
        LINK_STATE_UP | LINK_STATE_HALF_DUPLEX | LINK_STATE_FULL_DUPLEX => OperState::Up,
        _ => OperState::Unknown,
    },
    address_flags: |_: IpAddr, _| AddressFlags::empty(),
    default_mbps: 0,
    has_notrailers: false,
};

pub(crate) fn interfaces(host: &Host) -> Result<Vec<Interface>> {
    bsd_interfaces::interfaces(host, &SYSTEM)
}

pub(crate) fn addresses(host: &Host) -> Result<Vec<Interface>> {
    bsd_interfaces::addresses(host, &SYSTEM)
}

pub(crate) fn io_counters(host: &Host) -> Result<Vec<InterfaceCounters>> {
    bsd_interfaces::io_counters(host, &SYSTEM)
}
