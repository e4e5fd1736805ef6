//! Network interfaces and what they count, on FreeBSD.

use std::net::{IpAddr, Ipv6Addr};

use crate::{
    Host, Result,
    net::{AddressFlags, Interface, InterfaceCounters, OperState, SocketSummary},
    parse::{
        freebsd::{address, media, routes},
        layout::{
            Number as _, Type as _,
            freebsd::{
                interfaces::{
                    IFT_GIF, IFT_STF, IFT_WIREGUARD, IN6_IFF_DEPRECATED, IN6_IFF_DUPLICATED,
                    IN6_IFF_NODAD, IN6_IFF_TEMPORARY, IN6_IFF_TENTATIVE, SIOCGIFAFLAG_IN6,
                    SIOCGIFXMEDIA,
                },
                network::{
                    Ifmediareq, LINK_STATE_DOWN, LINK_STATE_UP, NET_RT_IFLISTL, PF_ROUTE,
                    SIOCGIFMEDIA, TCPS_CLOSE_WAIT, TCPS_ESTABLISHED, TCPS_LISTEN, TCPS_TIME_WAIT,
                },
                system::CTL_NET,
            },
        },
    },
    sys::{
        kernel::{Kernel, Question},
        net::bsd_interfaces::{self, System},
    },
};

static SYSTEM: System = System {
    list: [CTL_NET, PF_ROUTE, 0, 0, NET_RT_IFLISTL, 0],
    format: &routes::FORMAT,
    // The first tells media that are newer than the second has numbers for
    // (FreeBSD 11); a driver may know the second alone.
    media: &[SIOCGIFXMEDIA, SIOCGIFMEDIA],
    media_size: Ifmediareq::SIZE,
    read_media: media::active,
    tunnels: &[IFT_GIF, IFT_STF],
    lines: &[IFT_WIREGUARD],
    link_state: |number| match number {
        LINK_STATE_DOWN => OperState::Down,
        LINK_STATE_UP => OperState::Up,
        _ => OperState::Unknown,
    },
    address_flags: |_: IpAddr, _| AddressFlags::empty(),
    default_mbps: 10,
    has_notrailers: false,
};

pub(crate) fn interfaces(host: &Host) -> Result<Vec<Interface>> {
    let mut interfaces = bsd_interfaces::interfaces(host, &SYSTEM)?;
    add_flags(&host.kernel()?, &mut interfaces);
    Ok(interfaces)
}

pub(crate) fn addresses(host: &Host) -> Result<Vec<Interface>> {
    let mut interfaces = bsd_interfaces::addresses(host, &SYSTEM)?;
    add_flags(&host.kernel()?, &mut interfaces);
    Ok(interfaces)
}

/// Adds the flags of IPv6 addresses, which the list does not have.
fn add_flags(kernel: &Kernel<'_>, interfaces: &mut [Interface]) {
    for interface in interfaces {
        let name = interface.name.as_encoded_bytes();
        for address in interface.addresses.iter_mut().flatten() {
            if let IpAddr::V6(ip) = address.ip {
                address.flags = flags(kernel, name, ip).unwrap_or(AddressFlags::empty());
            }
        }
    }
}

/// `None`: it has gone meanwhile.
fn flags(kernel: &Kernel<'_>, name: &[u8], ip: Ipv6Addr) -> Option<AddressFlags> {
    let question = Question::Ipv6 {
        request: SIOCGIFAFLAG_IN6,
        structure: &address::question(name, ip)?,
    };
    let answer = kernel.ask("ioctl SIOCGIFAFLAG_IN6", question).ok()?;
    let bits = address::flags(&answer, kernel.endian).ok()?;
    Some(
        [
            (IN6_IFF_TENTATIVE, AddressFlags::TENTATIVE),
            (IN6_IFF_DUPLICATED, AddressFlags::DADFAILED),
            (IN6_IFF_DEPRECATED, AddressFlags::DEPRECATED),
            (IN6_IFF_NODAD, AddressFlags::NODAD),
            // Temporary, for privacy.
            (IN6_IFF_TEMPORARY, AddressFlags::SECONDARY),
        ]
        .into_iter()
        .filter(|(bit, _)| bits & bit != 0)
        .map(|(_, flag)| flag)
        .collect(),
    )
}

/// Left out is what lets packets on a USB be watched: they are not those of a
/// network.
pub(crate) fn io_counters(host: &Host) -> Result<Vec<InterfaceCounters>> {
    let mut counters = bsd_interfaces::io_counters(host, &SYSTEM)?;
    counters.retain(|of| !of.name.as_encoded_bytes().starts_with(b"usbus"));
    Ok(counters)
}

/// The kernel counts its TCP connections by state, both families together.
pub(crate) fn socket_summary(host: &Host) -> Result<SocketSummary> {
    let kernel = host.kernel()?;
    let states = kernel.named("sysctl net.inet.tcp.states")?;
    let count = |state: i32| {
        let start = usize::try_from(state).ok()?.checked_mul(8)?;
        u64::read(states.get(start..start + 8)?, kernel.endian)
    };
    let known = |name| -> Result<Option<u64>> {
        Ok(kernel
            .optional_number(name)?
            .and_then(|number| u64::try_from(number).ok()))
    };
    Ok(SocketSummary {
        used: known("kern.ipc.numopensockets")?,
        tcp_established: count(TCPS_ESTABLISHED)
            .zip(count(TCPS_CLOSE_WAIT))
            .map(|(open, half_open)| open.saturating_add(half_open)),
        tcp_listening: count(TCPS_LISTEN),
        tcp_time_wait: count(TCPS_TIME_WAIT),
        tcp_allocated: known("net.inet.tcp.pcbcount")?,
        ..SocketSummary::default()
    })
}
