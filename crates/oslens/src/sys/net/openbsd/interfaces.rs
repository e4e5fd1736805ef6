//! Network interfaces and what they count, on OpenBSD.

use std::{net::IpAddr, time::Instant};

use crate::{
    Host, Result,
    net::{AddressFlags, Interface, InterfaceCounters, OperState},
    parse::{
        bsd::routes::Media,
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
    sys::{
        kernel::{Kernel, Question},
        net::bsd_interfaces::{self, LIST, System},
    },
};

const MIB: [i32; 6] = [CTL_NET, PF_ROUTE, 0, 0, NET_RT_IFLIST, 0];

static SYSTEM: System = System {
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
    let kernel = host.kernel()?;
    let mut interfaces = listed(&kernel)?;
    bsd_interfaces::add_media(&mut interfaces, |name| media(&kernel, name));
    Ok(interfaces)
}

/// The same without a question to drivers.
pub(crate) fn addresses(host: &Host) -> Result<Vec<Interface>> {
    listed(&host.kernel()?)
}

fn listed(kernel: &Kernel<'_>) -> Result<Vec<Interface>> {
    let list = kernel.sysctl(LIST, &MIB)?;
    bsd_interfaces::interfaces(routes::messages(&list, kernel.endian), &SYSTEM)
}

fn media(kernel: &Kernel<'_>, name: &str) -> Option<Media> {
    let question = Question::Interface {
        request: SIOCGIFMEDIA,
        name,
        size: Ifmediareq::SIZE,
    };
    let answer = kernel.ask("ioctl SIOCGIFMEDIA", question).ok()?;
    media::active(&answer, kernel.endian).ok()
}

pub(crate) fn io_counters(host: &Host) -> Result<Vec<InterfaceCounters>> {
    let kernel = host.kernel()?;
    let sampled_at = Instant::now();
    let list = kernel.sysctl(LIST, &MIB)?;
    bsd_interfaces::counters(routes::messages(&list, kernel.endian), sampled_at)
}
