//! Network interfaces and what they count, on FreeBSD.

use std::net::IpAddr;

use crate::{
    Host, Result,
    net::{AddressFlags, Interface, InterfaceCounters, OperState, SocketSummary},
    parse::{
        freebsd::{media, routes},
        layout::{
            Number as _, Type as _,
            freebsd::{
                interfaces::{IFT_GIF, IFT_STF, IFT_WIREGUARD, SIOCGIFXMEDIA},
                network::{
                    Ifmediareq, LINK_STATE_DOWN, LINK_STATE_UP, NET_RT_IFLISTL, PF_ROUTE,
                    SIOCGIFMEDIA, TCPS_CLOSE_WAIT, TCPS_ESTABLISHED, TCPS_LISTEN, TCPS_TIME_WAIT,
                },
                system::CTL_NET,
            },
        },
    },
    sys::net::bsd_interfaces::{self, System},
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
    bsd_interfaces::interfaces(host, &SYSTEM)
}

pub(crate) fn addresses(host: &Host) -> Result<Vec<Interface>> {
    bsd_interfaces::addresses(host, &SYSTEM)
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
