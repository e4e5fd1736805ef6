//! Interfaces, their addresses and their links.

use std::{
    ffi::OsString,
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use bitflags::bitflags;

use crate::{Field, Host, Result, sys};

/// One network interface.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Interface {
    /// Name; on Windows the one that the user sees and may change
    /// (`Ethernet 2`).
    pub name: OsString,
    /// The number that the kernel knows it by.
    pub index: u32,
    /// What it is.
    pub kind: InterfaceKind,
    /// Driver of a virtual interface: `veth`, `bridge`, `vlan`, `wireguard`,
    /// …
    pub driver_kind: Option<OsString>,
    /// Its flags; `UP` is the administrator's wish, `RUNNING` the fact.
    pub flags: InterfaceFlags,
    /// State of the link after RFC 2863.
    pub oper_state: Option<OperState>,
    /// Largest packet, bytes.
    pub mtu: Option<u32>,
    /// Speed of the link in megabits (10⁶) per second; `None` when the driver
    /// does not say, which virtual interfaces and links that are down do.
    pub speed_mbps: Option<u64>,
    /// Whether both sides may send at once; `None` when the driver does not
    /// say.
    pub duplex: Option<Duplex>,
    /// Hardware (MAC) address. `None` where there is none, and on macOS where a
    /// sandbox hides it.
    pub mac: Option<LinkAddress>,
    /// Hardware broadcast address.
    pub mac_broadcast: Option<LinkAddress>,
    /// Index of the bridge or bond that it is part of.
    pub master: Option<u32>,
    /// Packets that may wait to be sent.
    pub tx_queue_len: Option<u32>,
    /// IP addresses; none for an interface without one.
    pub addresses: Field<Vec<Address>>,
}

impl Interface {
    /// Whether it can carry packets now: the administrator wants it, and the
    /// link is there. This is what psutil calls up; the administrator's wish
    /// alone is [`InterfaceFlags::UP`].
    ///
    /// On the BSDs [`InterfaceFlags::RUNNING`] says no more than that the
    /// driver works, and psutil looks at nothing else: an interface without
    /// its cable is not up here. On macOS that is known to those drivers alone
    /// that [`interfaces`] asks.
    #[must_use]
    pub fn is_up(&self) -> bool {
        let has_no_link = matches!(
            self.oper_state,
            Some(OperState::Down | OperState::LowerLayerDown | OperState::NotPresent)
        );
        self.flags.contains(InterfaceFlags::RUNNING) && !has_no_link
    }

    /// Whether it leads to the machine itself.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.flags.contains(InterfaceFlags::LOOPBACK)
    }
}

/// What an interface is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum InterfaceKind {
    /// Ethernet and what looks like it: also Wi-Fi, bridges and `veth`.
    Ethernet,
    /// The machine itself.
    Loopback,
    /// InfiniBand.
    Infiniband,
    /// A tunnel of packets in packets.
    Tunnel,
    /// A line without link addresses: PPP, WireGuard, TUN.
    PointToPoint,
    /// Another type, with the kernel's number for it (`ARPHRD_*` on Linux,
    /// `IF_TYPE_*` on Windows, `IFT_*` on BSD and macOS).
    Other(u16),
}

/// Whether both sides of a link may send at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Duplex {
    /// One at a time.
    Half,
    /// Both at once.
    Full,
}

/// State of a link, after RFC 2863.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum OperState {
    /// The driver does not say; usual for loopback and tunnels.
    Unknown,
    /// Part of the hardware is missing.
    NotPresent,
    /// Down.
    Down,
    /// The interface below it is down.
    LowerLayerDown,
    /// In a test.
    Testing,
    /// Waits for something outside, such as authentication.
    Dormant,
    /// Ready.
    Up,
}

bitflags! {
    /// Flags of an interface. The bits are this library's own: the same on
    /// every system, whatever numbers its kernel uses. A flag that a system
    /// does not know is never set there.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
    pub struct InterfaceFlags: u32 {
        /// Switched on by the administrator.
        const UP = 1 << 0;
        /// The link is there; on BSD and macOS that the driver works.
        const RUNNING = 1 << 1;
        /// The driver has a carrier.
        const LOWER_UP = 1 << 2;
        /// Waits for something outside.
        const DORMANT = 1 << 3;
        /// Leads to the machine itself.
        const LOOPBACK = 1 << 4;
        /// Has a broadcast address.
        const BROADCAST = 1 << 5;
        /// Has one other end.
        const POINTOPOINT = 1 << 6;
        /// Can do multicast.
        const MULTICAST = 1 << 7;
        /// Takes all multicast packets.
        const ALLMULTI = 1 << 8;
        /// Takes packets for everybody.
        const PROMISC = 1 << 9;
        /// No address resolution.
        const NOARP = 1 << 10;
        /// Leads a bond.
        const MASTER = 1 << 11;
        /// Part of a bond.
        const SLAVE = 1 << 12;
        /// Loses its address when it goes down.
        const DYNAMIC = 1 << 13;
        /// Can select its medium.
        const PORTSEL = 1 << 14;
        /// Selects its medium itself.
        const AUTOMEDIA = 1 << 15;
        /// Without trailers.
        const NOTRAILERS = 1 << 16;
        /// Packets that are sent come back.
        const ECHO = 1 << 17;
        /// Debugging is on.
        const DEBUG = 1 << 18;
        /// Is sending (BSD, macOS).
        const OACTIVE = 1 << 19;
        /// Does not hear what it sends itself (BSD, macOS).
        const SIMPLEX = 1 << 20;
        /// The first of three that mean what the driver says (BSD, macOS).
        const LINK0 = 1 << 21;
        /// The second.
        const LINK1 = 1 << 22;
        /// The third.
        const LINK2 = 1 << 23;
    }
}

impl InterfaceFlags {
    /// The names that `ifconfig` and psutil use, in their order:
    /// `up`, `broadcast`, …
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        const NAMES: [(InterfaceFlags, &str); 24] = [
            (InterfaceFlags::UP, "up"),
            (InterfaceFlags::BROADCAST, "broadcast"),
            (InterfaceFlags::DEBUG, "debug"),
            (InterfaceFlags::LOOPBACK, "loopback"),
            (InterfaceFlags::POINTOPOINT, "pointopoint"),
            (InterfaceFlags::NOTRAILERS, "notrailers"),
            (InterfaceFlags::RUNNING, "running"),
            (InterfaceFlags::NOARP, "noarp"),
            (InterfaceFlags::PROMISC, "promisc"),
            (InterfaceFlags::ALLMULTI, "allmulti"),
            (InterfaceFlags::MASTER, "master"),
            (InterfaceFlags::SLAVE, "slave"),
            (InterfaceFlags::MULTICAST, "multicast"),
            (InterfaceFlags::PORTSEL, "portsel"),
            (InterfaceFlags::AUTOMEDIA, "automedia"),
            (InterfaceFlags::DYNAMIC, "dynamic"),
            (InterfaceFlags::LOWER_UP, "lower_up"),
            (InterfaceFlags::DORMANT, "dormant"),
            (InterfaceFlags::ECHO, "echo"),
            (InterfaceFlags::OACTIVE, "oactive"),
            (InterfaceFlags::SIMPLEX, "simplex"),
            (InterfaceFlags::LINK0, "link0"),
            (InterfaceFlags::LINK1, "link1"),
            (InterfaceFlags::LINK2, "link2"),
        ];
        NAMES
            .into_iter()
            .filter(move |(flag, _)| self.contains(*flag))
            .map(|(_, name)| name)
    }
}

/// A hardware address of any length: 6 bytes for Ethernet, 20 for
/// InfiniBand, 4 or 16 for the outer address of a tunnel.
///
/// Shown as `02:fc:00:00:00:01`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct LinkAddress(Vec<u8>);

impl LinkAddress {
    /// `None` for an address of no bytes.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))]
    pub(crate) fn new(bytes: &[u8]) -> Option<Self> {
        (!bytes.is_empty()).then(|| Self(bytes.to_vec()))
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for LinkAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str(":")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

/// An IP address of an interface.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Address {
    /// The address.
    pub ip: IpAddr,
    /// Bits of the network's prefix: 24 for `255.255.255.0`.
    pub prefix_len: u8,
    /// Broadcast address. `None` where there is no one to reach: IPv6, two
    /// points, or an IPv4 network of one address (`/32`).
    pub broadcast: Option<Ipv4Addr>,
    /// The other end of a link between two points.
    pub peer: Option<IpAddr>,
    /// How far the address is valid.
    pub scope: AddressScope,
    /// The interface's number, which an IPv6 address that is valid on one
    /// link only needs beside it: the part after the `%`.
    pub scope_id: Option<u32>,
    /// Its flags.
    pub flags: AddressFlags,
    /// Alias, where it is not the interface's name: `eth0:1`.
    pub label: Option<OsString>,
}

impl Address {
    /// The network mask: `255.255.255.0` for 24 bits.
    #[must_use]
    pub fn netmask(&self) -> IpAddr {
        let ones = u32::from(self.prefix_len);
        match self.ip {
            IpAddr::V4(_) => {
                let hosts = u32::MAX.checked_shr(ones).unwrap_or(0);
                IpAddr::V4(Ipv4Addr::from(!hosts))
            }
            IpAddr::V6(_) => {
                let hosts = u128::MAX.checked_shr(ones).unwrap_or(0);
                IpAddr::V6(Ipv6Addr::from(!hosts))
            }
        }
    }
}

/// How far an address is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum AddressScope {
    /// Everywhere.
    Global,
    /// In the organization's network.
    Site,
    /// On its link.
    Link,
    /// In the machine.
    Host,
    /// Nowhere.
    Nowhere,
    /// Another one, with its number.
    Other(u8),
}

bitflags! {
    /// Flags of an address. The bits are this library's own, as those of
    /// [`InterfaceFlags`].
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
    pub struct AddressFlags: u32 {
        /// IPv4: not the first of its network. IPv6: temporary, for privacy.
        const SECONDARY = 1 << 0;
        /// Does not expire.
        const PERMANENT = 1 << 1;
        /// No longer used for new connections.
        const DEPRECATED = 1 << 2;
        /// Still being checked for a duplicate.
        const TENTATIVE = 1 << 3;
        /// Somebody else has it.
        const DADFAILED = 1 << 4;
        /// No duplicate is looked for.
        const NODAD = 1 << 5;
        /// Used while it is still being checked.
        const OPTIMISTIC = 1 << 6;
        /// Stable, yet not made from the hardware address.
        const STABLE_PRIVACY = 1 << 7;
        /// Temporary addresses are made from it.
        const MANAGETEMPADDR = 1 << 8;
        /// Made without a route to its network.
        const NOPREFIXROUTE = 1 << 9;
        /// Its multicast groups are joined by the kernel.
        const MCAUTOJOIN = 1 << 10;
        /// Home address of Mobile IPv6.
        const HOMEADDRESS = 1 << 11;
    }
}

/// Every interface with its addresses and its link, also those that are down
/// and those without an address.
///
/// # Errors
///
/// When the system does not list them.
///
/// # Platform
///
/// Linux: rtnetlink (`RTM_GETLINK`, `RTM_GETADDR`) and the driver's answer to
/// `SIOCETHTOOL`; the network namespace of the calling thread. Where netlink
/// is refused, and for another [`Host`], `/sys/class/net`, which has no IP
/// addresses: they are `Err(Denied)` or `Err(Unsupported)` then.
///
/// Windows: `GetIfTable2` and `GetAdaptersAddresses`: the interfaces that IP
/// is bound to, as `ipconfig` lists them, and the loopback, without the
/// filters in the path of others. Names are those that the user sees.
/// [`duplex`](Interface::duplex), [`mac_broadcast`](Interface::mac_broadcast),
/// [`master`](Interface::master), [`tx_queue_len`](Interface::tx_queue_len)
/// and an address's [`peer`](Address::peer) are `None`; broadcast addresses
/// follow from the mask.
///
/// FreeBSD, NetBSD, OpenBSD and macOS: the list of the routing table
/// (`NET_RT_IFLIST`), and `SIOCGIFMEDIA` for speed and duplex mode, on macOS for
/// the duplex mode and whether there is a link; where the driver does not say,
/// the speed is the kernel's.
/// [`driver_kind`](Interface::driver_kind),
/// [`mac_broadcast`](Interface::mac_broadcast) and
/// [`master`](Interface::master) are `None`,
/// [`tx_queue_len`](Interface::tx_queue_len) but for macOS; an
/// [`Address`]'s flags are NetBSD's alone, and FreeBSD's of IPv6
/// (`SIOCGIFAFLAG_IN6`). Compiled and proved against the
/// headers of these systems, not run there.
///
/// # Cost
///
/// Linux: about 10 system calls, and one or two for each interface. A driver
/// may take long to answer for its link. Windows: two calls, a few
/// milliseconds. BSD, macOS: one `sysctl`, and one `ioctl` for each interface
/// that has or may have a link, FreeBSD two where the driver does not answer,
/// and one for each IPv6 address.
///
/// ```
/// for interface in oslens::net::interfaces()? {
///     println!("{:?} up: {}", interface.name, interface.is_up());
///     for address in interface.addresses.iter().flatten() {
///         println!("  {}/{}", address.ip, address.prefix_len);
///     }
/// }
/// # Ok::<(), oslens::Error>(())
/// ```
pub fn interfaces() -> Result<Vec<Interface>> {
    Host::local().net_interfaces()
}

impl Host {
    /// Every interface with its addresses and its link. See
    /// [`net::interfaces`](interfaces).
    ///
    /// # Errors
    ///
    /// When the system does not list them.
    pub fn net_interfaces(&self) -> Result<Vec<Interface>> {
        sys::net::interfaces(self)
    }

    /// The same without speeds and duplex modes, which are `None`: no driver
    /// is asked, and may keep nobody waiting. On macOS
    /// [`oper_state`](Interface::oper_state) is `None`, too, of all that are
    /// switched on.
    ///
    /// ```
    /// let interfaces = oslens::Host::local().net_addresses()?;
    /// assert!(interfaces.iter().all(|interface| interface.speed_mbps.is_none()));
    /// # Ok::<(), oslens::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the system does not list them.
    pub fn net_addresses(&self) -> Result<Vec<Interface>> {
        let mut interfaces = sys::net::addresses(self)?;
        for interface in &mut interfaces {
            interface.speed_mbps = None;
            interface.duplex = None;
        }
        Ok(interfaces)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(ip: &str, prefix_len: u8) -> Address {
        Address {
            ip: ip.parse().unwrap(),
            prefix_len,
            broadcast: None,
            peer: None,
            scope: AddressScope::Global,
            scope_id: None,
            flags: AddressFlags::empty(),
            label: None,
        }
    }

    #[test]
    fn a_mask_has_as_many_ones_as_the_prefix() {
        let mask = |ip, bits| address(ip, bits).netmask().to_string();
        assert_eq!(mask("10.0.0.1", 24), "255.255.255.0");
        assert_eq!(mask("10.0.0.1", 0), "0.0.0.0");
        assert_eq!(mask("10.0.0.1", 32), "255.255.255.255");
        assert_eq!(mask("10.0.0.1", 255), "255.255.255.255");
        assert_eq!(mask("fe80::1", 64), "ffff:ffff:ffff:ffff::");
        assert_eq!(mask("::1", 128).matches("ffff").count(), 8);
        assert_eq!(mask("::1", 0), "::");
    }

    #[test]
    fn a_link_address_of_any_length_is_shown_whole() {
        assert_eq!(LinkAddress::new(&[]), None);
        let mac = LinkAddress::new(&[2, 0xfc, 0, 0, 0, 1]).unwrap();
        assert_eq!(mac.to_string(), "02:fc:00:00:00:01");
        assert_eq!(LinkAddress::new(&[9; 20]).unwrap().to_string().len(), 59);
    }

    #[test]
    fn flags_are_named_in_psutils_order() {
        let flags = InterfaceFlags::MULTICAST
            | InterfaceFlags::RUNNING
            | InterfaceFlags::BROADCAST
            | InterfaceFlags::UP;
        let names: Vec<_> = flags.names().collect();
        assert_eq!(names, ["up", "broadcast", "running", "multicast"]);
    }

    #[test]
    fn every_flag_has_a_name() {
        let all = InterfaceFlags::all();
        assert_eq!(all.names().count(), all.iter().count());
        assert_eq!(InterfaceFlags::empty().names().count(), 0);
    }
}
