//! Interfaces and their counters, as far as the BSDs and macOS share them:
//! made of the messages of the routing table.

use std::{ffi::OsStr, net::IpAddr, os::unix::ffi::OsStrExt as _, time::Instant};

use crate::{
    Host, Result,
    net::{
        Address, AddressFlags, Interface, InterfaceCounters, InterfaceFlags, InterfaceKind,
        LinkAddress, OperState,
    },
    parse::{
        Malformed,
        bsd::routes::{self, Format, Link, Media, Message},
        layout::{
            Endian,
            freebsd::{
                interfaces::{
                    IFF_ALLMULTI, IFF_DEBUG, IFF_DRV_OACTIVE, IFF_LINK0, IFF_LINK1, IFF_LINK2,
                    IFF_SIMPLEX, IFT_BRIDGE, IFT_ETHER, IFT_IEEE8023ADLAG, IFT_IEEE80211,
                    IFT_INFINIBAND, IFT_L2VLAN, IFT_LOOP, IFT_PPP, IFT_SLIP, IFT_TUNNEL,
                },
                network::{
                    IFF_BROADCAST, IFF_DRV_RUNNING, IFF_LOOPBACK, IFF_MULTICAST, IFF_NOARP,
                    IFF_POINTOPOINT, IFF_PROMISC, IFF_UP,
                },
            },
            macos::interfaces::IFF_NOTRAILERS,
        },
        windows::socket_address::scope,
    },
    sys::kernel::{Kernel, Question, malformed},
};

/// What the question for the list is called in an error.
pub(super) const LIST: &str = "sysctl net.route.0.0.iflist";

/// What a system has of its own.
pub(super) struct System {
    /// The question for the list.
    pub(super) list: [i32; 6],
    /// How the list is written.
    pub(super) format: &'static Format,
    /// Requests for what a driver says of its link: one may be refused by a
    /// driver that knows the next.
    pub(super) media: &'static [u32],
    /// Bytes of the answer.
    pub(super) media_size: usize,
    /// Reads it.
    pub(super) read_media: fn(&[u8], Endian) -> Result<Media, Malformed>,
    /// Its numbers for tunnels and lines without addresses.
    pub(super) tunnels: &'static [u8],
    /// Its numbers for lines without link addresses.
    pub(super) lines: &'static [u8],
    /// What `LINK_STATE_…` says. Not asked where there is none.
    pub(super) link_state: fn(i32) -> OperState,
    /// What is told of an address. Not asked where nothing is.
    pub(super) address_flags: fn(IpAddr, i32) -> AddressFlags,
    /// Megabits in a second that `ether_ifattach` leaves in every Ethernet whose
    /// driver has not said otherwise: bridges, VLANs, virtual machines. Zero:
    /// it leaves none.
    pub(super) default_mbps: u64,
    /// It has `IFF_NOTRAILERS`; elsewhere that bit is something else.
    pub(super) has_notrailers: bool,
}

/// The numbers of `IFF_…`, which all these systems have alike.
const FLAGS: [(i32, InterfaceFlags); 15] = [
    (IFF_UP, InterfaceFlags::UP),
    (IFF_BROADCAST, InterfaceFlags::BROADCAST),
    (IFF_DEBUG, InterfaceFlags::DEBUG),
    (IFF_LOOPBACK, InterfaceFlags::LOOPBACK),
    (IFF_POINTOPOINT, InterfaceFlags::POINTOPOINT),
    (IFF_DRV_RUNNING, InterfaceFlags::RUNNING),
    (IFF_NOARP, InterfaceFlags::NOARP),
    (IFF_PROMISC, InterfaceFlags::PROMISC),
    (IFF_ALLMULTI, InterfaceFlags::ALLMULTI),
    (IFF_DRV_OACTIVE, InterfaceFlags::OACTIVE),
    (IFF_SIMPLEX, InterfaceFlags::SIMPLEX),
    (IFF_LINK0, InterfaceFlags::LINK0),
    (IFF_LINK1, InterfaceFlags::LINK1),
    (IFF_LINK2, InterfaceFlags::LINK2),
    (IFF_MULTICAST, InterfaceFlags::MULTICAST),
];

/// The interfaces with their addresses and links.
pub(super) fn interfaces(host: &Host, system: &System) -> Result<Vec<Interface>> {
    let kernel = host.kernel()?;
    let mut interfaces = listed(&kernel, system)?;
    add_media(&mut interfaces, |name| media(&kernel, name, system));
    Ok(interfaces)
}

/// The same without a question to drivers: speeds are those that the kernel
/// has in its list.
pub(super) fn addresses(host: &Host, system: &System) -> Result<Vec<Interface>> {
    listed(&host.kernel()?, system)
}

fn media(kernel: &Kernel<'_>, name: &str, system: &System) -> Option<Media> {
    system.media.iter().find_map(|&request| {
        let question = Question::Interface {
            request,
            name,
            size: system.media_size,
        };
        let answer = kernel.ask("ioctl SIOCGIFMEDIA", question).ok()?;
        (system.read_media)(&answer, kernel.endian).ok()
    })
}

/// In the order of their numbers.
fn listed(kernel: &Kernel<'_>, system: &System) -> Result<Vec<Interface>> {
    let list = kernel.sysctl(LIST, &system.list)?;
    let mut interfaces: Vec<Interface> = Vec::new();
    for message in routes::messages(&list, kernel.endian, system.format) {
        match message.map_err(|expected| malformed(LIST, expected))? {
            Message::Link(link) => interfaces.push(interface(&link, system)),
            Message::Address(address) => {
                // Its interface is before it; the last one, in all lists seen.
                let found = interfaces
                    .iter_mut()
                    .rfind(|interface| interface.index == address.index);
                if let Some(interface) = found {
                    let address = self::address(&address, interface.flags, system);
                    if let Ok(addresses) = &mut interface.addresses {
                        addresses.push(address);
                    }
                }
            }
        }
    }
    interfaces.sort_by_key(|interface| interface.index);
    Ok(interfaces)
}

fn interface(link: &Link<'_>, system: &System) -> Interface {
    let mut flags: InterfaceFlags = FLAGS
        .into_iter()
        .filter(|(bit, _)| link.flags & bit != 0)
        .map(|(_, flag)| flag)
        .collect();
    flags.set(
        InterfaceFlags::NOTRAILERS,
        system.has_notrailers && link.flags & IFF_NOTRAILERS != 0,
    );
    let link_state = link.data.link_state.map(system.link_state);
    flags.set(
        InterfaceFlags::LOWER_UP,
        link_state == Some(OperState::Up) && flags.contains(InterfaceFlags::UP),
    );
    Interface {
        name: OsStr::from_bytes(link.name).to_os_string(),
        index: link.index,
        kind: kind(link.data.kind, flags, system),
        driver_kind: None,
        flags,
        oper_state: if flags.contains(InterfaceFlags::UP) {
            link_state
        } else {
            Some(OperState::Down)
        },
        mtu: u32::try_from(link.data.mtu).ok(),
        // Zero is what drivers leave that do not know.
        speed_mbps: Some(link.data.baudrate / 1_000_000)
            .filter(|&speed| speed > 0 && speed != system.default_mbps),
        duplex: None,
        mac: LinkAddress::new(link.mac),
        mac_broadcast: None,
        master: None,
        tx_queue_len: link.queue,
        addresses: Ok(Vec::new()),
    }
}

/// The common numbers are those that IANA gives (`ifType`).
fn kind(number: u8, flags: InterfaceFlags, system: &System) -> InterfaceKind {
    match number {
        IFT_ETHER | IFT_IEEE80211 | IFT_L2VLAN | IFT_BRIDGE | IFT_IEEE8023ADLAG => {
            InterfaceKind::Ethernet
        }
        IFT_LOOP => InterfaceKind::Loopback,
        IFT_INFINIBAND => InterfaceKind::Infiniband,
        IFT_TUNNEL => InterfaceKind::Tunnel,
        IFT_PPP | IFT_SLIP => InterfaceKind::PointToPoint,
        own if system.tunnels.contains(&own) => InterfaceKind::Tunnel,
        own if system.lines.contains(&own) => InterfaceKind::PointToPoint,
        _ if flags.contains(InterfaceFlags::POINTOPOINT) => InterfaceKind::PointToPoint,
        other => InterfaceKind::Other(other.into()),
    }
}

fn address(parsed: &routes::Address, flags: InterfaceFlags, system: &System) -> Address {
    let to_all = flags.contains(InterfaceFlags::BROADCAST);
    let to_one = !to_all && flags.contains(InterfaceFlags::POINTOPOINT);
    Address {
        ip: parsed.ip,
        prefix_len: parsed.prefix_len,
        broadcast: match parsed.destination {
            // Alone in its network there is nobody to reach.
            Some(IpAddr::V4(all)) if to_all && parsed.prefix_len < 32 => Some(all),
            _ => None,
        },
        peer: parsed.destination.filter(|_| to_one),
        scope: scope(&parsed.ip),
        scope_id: parsed.scope_id,
        flags: parsed.flags.map_or(AddressFlags::empty(), |flags| {
            (system.address_flags)(parsed.ip, flags)
        }),
        label: None,
    }
}

/// Adds what drivers say of their links. Those that are down have no speed,
/// whatever the kernel remembers, and nobody is asked about them; neither
/// about the machine itself. `None`: the driver does not say.
fn add_media(interfaces: &mut [Interface], mut ask: impl FnMut(&str) -> Option<Media>) {
    for interface in interfaces {
        let is_down = interface.oper_state == Some(OperState::Down);
        if !is_down && !interface.is_loopback() {
            if let Some(media) = interface.name.to_str().and_then(&mut ask) {
                interface.speed_mbps = media.speed_mbps.or(interface.speed_mbps);
                interface.duplex = media.duplex;
                add_link(interface, media.connected);
            }
        }
        if interface.oper_state == Some(OperState::Down) {
            interface.speed_mbps = None;
            interface.duplex = None;
        }
    }
}

/// The state of a link where the list has none.
fn add_link(interface: &mut Interface, connected: Option<bool>) {
    let is_known = !matches!(interface.oper_state, None | Some(OperState::Unknown));
    let Some(connected) = connected.filter(|_| !is_known) else {
        return;
    };
    interface.oper_state = Some(match connected {
        true => OperState::Up,
        false => OperState::Down,
    });
    interface.flags.set(InterfaceFlags::LOWER_UP, connected);
}

/// What the interfaces have counted.
pub(super) fn io_counters(host: &Host, system: &System) -> Result<Vec<InterfaceCounters>> {
    let kernel = host.kernel()?;
    let sampled_at = Instant::now();
    let list = kernel.sysctl(LIST, &system.list)?;
    let messages = routes::messages(&list, kernel.endian, system.format);
    counters(messages, sampled_at)
}

/// What the interfaces of a list have counted.
pub(super) fn counters<'a>(
    messages: impl Iterator<Item = Result<Message<'a>, Malformed>>,
    sampled_at: Instant,
) -> Result<Vec<InterfaceCounters>> {
    let mut found = Vec::new();
    for message in messages {
        if let Message::Link(link) = message.map_err(|expected| malformed(LIST, expected))? {
            let name = OsStr::from_bytes(link.name).to_os_string();
            found.push(InterfaceCounters::new(name, sampled_at, link.data.counters));
        }
    }
    Ok(found)
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
