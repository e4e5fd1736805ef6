//! Interfaces by rtnetlink, or from `/sys/class/net`.

mod flags;

use std::{ffi::OsStr, net::IpAddr, os::unix::ffi::OsStrExt as _, path::Path};

use crate::{
    Error, Field, Host, Result,
    error::Unavailable,
    net::{
        Address, AddressScope, Duplex, Interface, InterfaceFlags, InterfaceKind, LinkAddress,
        OperState,
    },
    parse::{rtnetlink, sock_diag::needs_scope, text},
    sys::pal::linux::{
        ethtool::{Ethtool, LinkSettings},
        file,
        netlink::{DumpError, Netlink},
    },
};

pub(crate) fn interfaces(host: &Host) -> Result<Vec<Interface>> {
    read(host, true)
}

/// The same without a question to drivers.
pub(crate) fn addresses(host: &Host) -> Result<Vec<Interface>> {
    read(host, false)
}

fn read(host: &Host, with_speed: bool) -> Result<Vec<Interface>> {
    if !host.is_local() {
        return from_sysfs(host, Unavailable::Unsupported);
    }
    match from_netlink(with_speed) {
        Ok(interfaces) => Ok(interfaces),
        // The kernel refuses netlink to nobody, but seccomp filters do. The
        // libraries' getifaddrs is netlink too.
        Err(refused @ DumpError::Refused(..)) => {
            from_sysfs(host, Unavailable::Denied).map_err(|_| refused.into())
        }
        Err(error) => Err(error.into()),
    }
}

fn from_netlink(with_speed: bool) -> Result<Vec<Interface>, DumpError> {
    let mut netlink = Netlink::route()?;
    let mut interfaces = Vec::new();
    netlink.dump(
        rtnetlink::RTM_GETLINK,
        &rtnetlink::links_request(),
        &mut interfaces,
        |message, interfaces| {
            if message.kind == rtnetlink::RTM_NEWLINK {
                interfaces.push(interface(&rtnetlink::link(message.payload)?));
            }
            Ok(())
        },
    )?;
    interfaces.sort_by_key(|interface| interface.index);
    let mut addresses = Vec::new();
    netlink.dump(
        rtnetlink::RTM_GETADDR,
        &rtnetlink::addresses_request(),
        &mut addresses,
        |message, addresses| {
            if message.kind == rtnetlink::RTM_NEWADDR {
                if let Some(parsed) = rtnetlink::address(message.payload)? {
                    addresses.push((parsed.index, address(&parsed)));
                }
            }
            Ok(())
        },
    )?;
    for (index, mut address) in addresses {
        // An interface that appeared between the dumps is not there.
        let Ok(at) = interfaces.binary_search_by_key(&index, |interface| interface.index) else {
            continue;
        };
        if let Some(interface) = interfaces.get_mut(at) {
            address.label = address.label.filter(|label| *label != interface.name);
            if let Ok(addresses) = &mut interface.addresses {
                addresses.push(address);
            }
        }
    }
    if !with_speed {
        return Ok(interfaces);
    }
    if let Ok(mut ethtool) = Ethtool::open() {
        for interface in &mut interfaces {
            if interface.flags.contains(InterfaceFlags::LOOPBACK) {
                continue;
            }
            // Most virtual drivers say nothing.
            if let Ok(settings) = ethtool.link_settings(interface.name.as_bytes()) {
                interface.speed_mbps = speed(&settings);
                interface.duplex = match settings.duplex {
                    0 => Some(Duplex::Half),
                    1 => Some(Duplex::Full),
                    _ => None,
                };
            }
        }
    }
    Ok(interfaces)
}

/// Unknown is all ones, in the width of the driver's time; some drivers say 0
/// when the link is down.
fn speed(settings: &LinkSettings) -> Option<u64> {
    match settings.speed {
        0 | 0xffff | u32::MAX => None,
        speed => Some(u64::from(speed)),
    }
}

fn interface(link: &rtnetlink::Link<'_>) -> Interface {
    let os_string = |bytes: &[u8]| OsStr::from_bytes(bytes).to_os_string();
    Interface {
        name: os_string(link.name),
        index: link.index,
        kind: kind(link.hardware),
        driver_kind: link.kind.map(os_string),
        flags: flags::interface(link.flags),
        oper_state: link.operstate.and_then(oper_state),
        mtu: link.mtu,
        speed_mbps: None,
        duplex: None,
        mac: link.address.and_then(LinkAddress::new),
        mac_broadcast: link.broadcast.and_then(LinkAddress::new),
        master: link.master,
        tx_queue_len: link.tx_queue_len,
        addresses: Ok(Vec::new()),
    }
}

/// `ARPHRD_*` of `linux/if_arp.h`.
fn kind(hardware: u16) -> InterfaceKind {
    match hardware {
        1 => InterfaceKind::Ethernet,
        32 => InterfaceKind::Infiniband,
        772 => InterfaceKind::Loopback,
        // IPIP, IP6IP6, SIT, GRE, GRE over IPv6.
        768 | 769 | 776 | 778 | 823 => InterfaceKind::Tunnel,
        512 | 0xfffe => InterfaceKind::PointToPoint,
        other => InterfaceKind::Other(other),
    }
}

fn oper_state(number: u8) -> Option<OperState> {
    Some(match number {
        0 => OperState::Unknown,
        1 => OperState::NotPresent,
        2 => OperState::Down,
        3 => OperState::LowerLayerDown,
        4 => OperState::Testing,
        5 => OperState::Dormant,
        6 => OperState::Up,
        _ => return None,
    })
}

fn address(parsed: &rtnetlink::Address<'_>) -> Address {
    Address {
        ip: parsed.local,
        prefix_len: parsed.prefix_len,
        broadcast: match parsed.broadcast {
            // Alone in its network there is nobody to reach; old tools set a
            // broadcast address all the same.
            Some(IpAddr::V4(broadcast)) if parsed.prefix_len < 32 => Some(broadcast),
            _ => None,
        },
        peer: parsed.peer,
        scope: match parsed.scope {
            0 => AddressScope::Global,
            200 => AddressScope::Site,
            253 => AddressScope::Link,
            254 => AddressScope::Host,
            255 => AddressScope::Nowhere,
            other => AddressScope::Other(other),
        },
        scope_id: match parsed.local {
            IpAddr::V6(ip) if needs_scope(&ip) => Some(parsed.index),
            _ => None,
        },
        flags: flags::address(parsed.flags),
        label: parsed
            .label
            .map(|label| OsStr::from_bytes(label).to_os_string()),
    }
}

/// Without IP addresses, for the reason given.
pub(super) fn from_sysfs(host: &Host, no_addresses: Unavailable) -> Result<Vec<Interface>> {
    let directory = host.sys_path().join("class/net");
    let entries =
        std::fs::read_dir(&directory).map_err(|error| Error::file("list", &directory, error))?;
    let mut interfaces = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| Error::file("list", &directory, error))?;
        // Besides the interfaces there are files such as `bonding_masters`.
        if let Some(interface) = sysfs_interface(&entry.path(), Err(no_addresses)) {
            interfaces.push(interface);
        }
    }
    interfaces.sort_by_key(|interface| interface.index);
    Ok(interfaces)
}

/// The attributes of an interface below `/sys/class/net`.
struct Attributes<'a>(&'a Path);

impl Attributes<'_> {
    /// Attributes that the driver does not have give EINVAL or are missing.
    fn text(&self, name: &str) -> Option<Vec<u8>> {
        let mut content = file::record(&self.0.join(name)).ok()?;
        content.truncate(content.trim_ascii_end().len());
        Some(content)
    }

    fn number(&self, name: &str) -> Option<u64> {
        text::decimal(&self.text(name)?)
    }

    fn small(&self, name: &str) -> Option<u32> {
        u32::try_from(self.number(name)?).ok()
    }

    fn link_address(&self, name: &str) -> Option<LinkAddress> {
        let bytes: Option<Vec<u8>> = self
            .text(name)?
            .split(|&byte| byte == b':')
            .map(|digits| u8::try_from(text::hexadecimal(digits)?).ok())
            .collect();
        LinkAddress::new(&bytes?)
    }

    fn oper_state(&self) -> Option<OperState> {
        Some(match self.text("operstate")?.as_slice() {
            b"unknown" => OperState::Unknown,
            b"notpresent" => OperState::NotPresent,
            b"down" => OperState::Down,
            b"lowerlayerdown" => OperState::LowerLayerDown,
            b"testing" => OperState::Testing,
            b"dormant" => OperState::Dormant,
            b"up" => OperState::Up,
            _ => return None,
        })
    }

    fn duplex(&self) -> Option<Duplex> {
        match self.text("duplex")?.as_slice() {
            b"full" => Some(Duplex::Full),
            b"half" => Some(Duplex::Half),
            _ => None,
        }
    }

    /// The file has the device's own flags; two more are what the kernel adds
    /// everywhere else.
    fn flags(&self, oper_state: Option<OperState>) -> Option<InterfaceFlags> {
        let bits = text::hexadecimal(self.text("flags")?.strip_prefix(b"0x")?)?;
        let mut flags = flags::interface(u32::try_from(bits).ok()?);
        if flags.contains(InterfaceFlags::UP) {
            let running = matches!(oper_state, Some(OperState::Up | OperState::Unknown));
            flags.set(InterfaceFlags::RUNNING, running);
            flags.set(InterfaceFlags::LOWER_UP, self.number("carrier") == Some(1));
        }
        Some(flags)
    }
}

fn sysfs_interface(directory: &Path, addresses: Field<Vec<Address>>) -> Option<Interface> {
    let attributes = Attributes(directory);
    let oper_state = attributes.oper_state();
    Some(Interface {
        name: directory.file_name()?.to_os_string(),
        index: attributes.small("ifindex")?,
        kind: kind(u16::try_from(attributes.number("type")?).ok()?),
        driver_kind: None,
        flags: attributes.flags(oper_state)?,
        oper_state,
        mtu: attributes.small("mtu"),
        speed_mbps: attributes.small("speed").and_then(|mbps| {
            speed(&LinkSettings {
                speed: mbps,
                duplex: 0,
            })
        }),
        duplex: attributes.duplex(),
        mac: attributes.link_address("address"),
        mac_broadcast: attributes.link_address("broadcast"),
        master: attributes.small("master/ifindex"),
        tx_queue_len: attributes.small("tx_queue_len"),
        addresses,
    })
}
