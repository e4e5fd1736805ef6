//! Network interfaces and what they count, on NetBSD.

use std::{net::IpAddr, time::Instant};

use crate::{
    Host, Result,
    net::{AddressFlags, Interface, InterfaceCounters, OperState},
    parse::{
        bsd::routes::Media,
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
    sys::{
        kernel::{Kernel, Question},
        net::bsd_interfaces::{self, LIST, System},
    },
};

const MIB: [i32; 6] = [CTL_NET, PF_ROUTE, 0, 0, NET_RT_IFLIST, 0];

static SYSTEM: System = System {
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
