//! Network interfaces and what they count, on macOS.

use std::{net::IpAddr, time::Instant};

use crate::{
    Error, Host, Result,
    net::{AddressFlags, Interface, InterfaceCounters, LinkAddress, OperState, SocketSummary},
    parse::{
        bsd::{self, routes::Message},
        layout::{
            Type as _,
            macos::{
                interfaces::PF_LINK,
                network::{Ifmediareq, NET_RT_IFLIST2, PF_ROUTE, SIOCGIFMEDIA},
                system::CTL_NET,
            },
        },
        macos::{if_mib, media, routes},
    },
    sys::net::bsd_interfaces::{self, LIST, System},
};

const COUNTERS: [i32; 6] = {
    let [family, all, any, general] = if_mib::ALL;
    [CTL_NET, PF_LINK, family, all, any, general]
};

static SYSTEM: System = System {
    list: [CTL_NET, PF_ROUTE, 0, 0, NET_RT_IFLIST2, 0],
    format: &routes::FORMAT,
    media: &[SIOCGIFMEDIA],
    media_size: Ifmediareq::SIZE,
    read_media: media::active,
    tunnels: &[],
    lines: &[],
    link_state: |_| OperState::Unknown,
    address_flags: |_: IpAddr, _| AddressFlags::empty(),
    default_mbps: 0,
    has_notrailers: true,
};

/// Speeds are in the list; whether a link is there its driver alone says.
pub(crate) fn interfaces(host: &Host) -> Result<Vec<Interface>> {
    bsd_interfaces::interfaces(host, &SYSTEM).map(without_hidden)
}

pub(crate) fn addresses(host: &Host) -> Result<Vec<Interface>> {
    bsd_interfaces::addresses(host, &SYSTEM).map(without_hidden)
}

/// Programs whose sandbox does not let them know are told that all hardware
/// addresses are 02:00:00:00:00:00 (of FireWire with two zeros more).
fn without_hidden(mut interfaces: Vec<Interface>) -> Vec<Interface> {
    for interface in &mut interfaces {
        let is_hidden = |mac: &LinkAddress| match mac.as_bytes() {
            [2, rest @ ..] => rest.iter().all(|&byte| byte == 0),
            _ => false,
        };
        interface.mac = interface.mac.take().filter(|mac| !is_hidden(mac));
    }
    interfaces
}

/// The bytes of the list are cut to 32 bits for programs that are not Apple's;
/// the other table has them whole. Its records are believed where they say of
/// an interface what the list says.
pub(crate) fn io_counters(host: &Host) -> Result<Vec<InterfaceCounters>> {
    let kernel = host.kernel()?;
    let sampled_at = Instant::now();
    let list = kernel.sysctl(LIST, &SYSTEM.list)?;
    let table = kernel
        .sysctl("sysctl net.link.generic.ifalldata", &COUNTERS)
        .unwrap_or_default();
    let whole: Vec<if_mib::Counted<'_>> = if_mib::interfaces(&table, kernel.endian)
        .map(Iterator::collect)
        .unwrap_or_default();
    let messages = bsd::routes::messages(&list, kernel.endian, SYSTEM.format);
    let messages = messages.map(|message| match message {
        Ok(Message::Link(mut link)) => {
            let found = whole.iter().find(|of| {
                of.name == link.name && of.kind == link.data.kind && of.mtu == link.data.mtu
            });
            if let Some(of) = found {
                link.data.counters = of.counters;
            }
            Ok(Message::Link(link))
        }
        other => other,
    });
    bsd_interfaces::counters(messages, sampled_at)
}

/// The kernel counts what it keeps of TCP, both families together.
pub(crate) fn socket_summary(host: &Host) -> Result<SocketSummary> {
    let kernel = host.kernel()?;
    let count = |name| -> Result<Option<u64>> {
        Ok(kernel
            .optional_number(name)?
            .and_then(|number| u64::try_from(number).ok()))
    };
    let counted = super::connections::counted(&kernel);
    let summary = SocketSummary {
        tcp_allocated: count("net.inet.tcp.pcbcount")?,
        tcp_time_wait: counted.tcp_time_wait.or(count("net.inet.tcp.tw_pcbcount")?),
        ..counted
    };
    if summary == SocketSummary::default() {
        return Err(Error::unsupported("counts of sockets on this macOS"));
    }
    Ok(summary)
}
