//! Each system's backend, answered with bytes that C made of its headers.

use super::*;
use crate::{
    ErrorKind, Host,
    net::{Duplex, SocketSummary},
    parse::layout::{Type as _, freebsd, macos, netbsd, openbsd},
    sys::{
        kernel::{
            Question,
            fake::{Fake, Log, Noise},
        },
        net,
    },
};

type Ask<T> = fn(&Host) -> Result<T>;

/// A system: its name, list, what lists it, and its functions.
struct Of {
    name: &'static str,
    list: &'static [u8],
    mib: [i32; 6],
    /// The request for media, bytes of it, and the answers of drivers.
    media: (u32, usize, &'static [u8]),
    interfaces: Ask<Vec<Interface>>,
    addresses: Ask<Vec<Interface>>,
    counters: Ask<Vec<InterfaceCounters>>,
    summary: Ask<SocketSummary>,
}

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../parse/bsd/routes/fixtures/", $name))
    };
}

macro_rules! functions {
    ($system:ident, $($field:tt)*) => {
        Of {
            name: stringify!($system),
            interfaces: net::$system::interfaces,
            addresses: net::$system::addresses,
            counters: net::$system::io_counters,
            summary: net::$system::socket_summary,
            $($field)*
        }
    };
}

const SYSTEMS: [Of; 4] = [
    functions!(
        freebsd,
        list: fixture!("freebsd_routes.bin"),
        mib: [4, 17, 0, 0, 5, 0],
        media: (
            freebsd::interfaces::SIOCGIFXMEDIA,
            freebsd::network::Ifmediareq::SIZE,
            fixture!("freebsd_media.bin"),
        ),
    ),
    functions!(
        netbsd,
        list: fixture!("netbsd_routes.bin"),
        mib: [4, 34, 0, 0, 6, 0],
        media: (
            netbsd::network::SIOCGIFMEDIA,
            netbsd::network::Ifmediareq::SIZE,
            fixture!("netbsd_media.bin"),
        ),
    ),
    functions!(
        openbsd,
        list: fixture!("openbsd_routes.bin"),
        mib: [4, 17, 0, 0, 3, 0],
        media: (
            openbsd::network::SIOCGIFMEDIA,
            openbsd::network::Ifmediareq::SIZE,
            fixture!("openbsd_media.bin"),
        ),
    ),
    functions!(
        macos,
        list: fixture!("macos_routes.bin"),
        mib: [4, 17, 0, 0, 6, 0],
        media: (
            macos::network::SIOCGIFMEDIA,
            macos::network::Ifmediareq::SIZE,
            fixture!("macos_media.bin"),
        ),
    ),
];

impl Of {
    /// A machine with the list, and with a driver for `em0` that answers what
    /// stands at this place of the source.
    fn host(&self, driver: Option<usize>) -> (Host, Log) {
        let fake = Fake::new().answer(Question::Sysctl(&self.mib), self.list);
        let (request, size, answers) = self.media;
        let question = Question::Interface {
            request,
            name: "em0",
            size,
        };
        match driver {
            Some(at) => fake.answer(question, &answers[at * size..][..size]),
            None => fake.fail(question, libc::EINVAL),
        }
        .host()
    }
}

fn shown(addresses: &[Address]) -> Vec<String> {
    let text = |address: &Address| {
        let mut text = format!("{}/{}", address.ip, address.prefix_len);
        if let Some(scope) = address.scope_id {
            text += &format!(" %{scope}");
        }
        if let Some(all) = address.broadcast {
            text += &format!(" all {all}");
        }
        if let Some(peer) = address.peer {
            text += &format!(" to {peer}");
        }
        text
    };
    addresses.iter().map(text).collect()
}

#[test]
fn interfaces_are_what_the_kernel_says() {
    for of in SYSTEMS {
        let name = of.name;
        let (host, log) = of.host(Some(0));
        let found = (of.interfaces)(&host).unwrap();
        let [lo0, em0, tun0, dc0] = &found[..] else {
            panic!("{name} {found:?}")
        };
        assert_eq!(lo0.name, "lo0");
        assert_eq!(lo0.kind, InterfaceKind::Loopback);
        assert!(lo0.is_loopback() && lo0.is_up());
        assert_eq!(
            (lo0.index, lo0.mtu, lo0.speed_mbps, &lo0.mac),
            (1, Some(16384), None, &None)
        );
        let addresses = lo0.addresses.as_ref().unwrap();
        assert_eq!(
            shown(addresses),
            ["::1/128", "fe80::1/64 %1", "127.0.0.1/8"],
            "{name}"
        );
        assert_eq!(addresses[1].netmask().to_string(), "ffff:ffff:ffff:ffff::");

        assert_eq!((em0.index, em0.mtu), (2, Some(1500)));
        assert_eq!(em0.kind, InterfaceKind::Ethernet);
        assert_eq!(em0.mac.as_ref().unwrap().to_string(), "02:fc:00:00:00:01");
        assert_eq!(em0.speed_mbps, Some(1000));
        let names: Vec<_> = em0.flags.names().collect();
        let known = ["up", "broadcast", "running", "multicast", "simplex"];
        assert_eq!(
            names.iter().filter(|name| **name != "lower_up").count(),
            known.len()
        );
        assert!(known.iter().all(|known| names.contains(known)), "{name}");
        assert!(em0.is_up());
        let is_macos = name == "macos";
        assert!(names.contains(&"lower_up"), "{name}");
        assert_eq!(em0.duplex, Some(Duplex::Full));
        assert_eq!(em0.oper_state, Some(OperState::Up));
        assert_eq!(em0.tx_queue_len, is_macos.then_some(128));
        let addresses = em0.addresses.as_ref().unwrap();
        assert_eq!(
            shown(addresses),
            [
                "192.0.2.7/24 all 192.0.2.255",
                // Alone it has nobody to reach, whatever the kernel keeps.
                "192.0.2.8/32",
                "fe80::fc:ff:fe00:1/64 %2",
                "2001:db8::7/64",
            ],
            "{name}"
        );
        let flags: Vec<_> = addresses.iter().map(|address| address.flags).collect();
        let [tentative, deprecated] = match name {
            "netbsd" => [AddressFlags::TENTATIVE, AddressFlags::DEPRECATED],
            _ => [AddressFlags::empty(); 2],
        };
        assert_eq!(flags, [tentative, tentative, deprecated, deprecated]);

        assert_eq!(tun0.kind, InterfaceKind::PointToPoint);
        assert!(tun0.is_up() && tun0.mac.is_none() && tun0.speed_mbps.is_none());
        assert_eq!(
            shown(tun0.addresses.as_ref().unwrap()),
            ["10.8.0.2/32 to 10.8.0.1", "10.9.0.2/0"]
        );

        // Switched on, without its cable: the driver works all the same. On
        // macOS nobody but the driver could say so, and this one does not.
        assert!(dc0.flags.contains(InterfaceFlags::RUNNING));
        assert_eq!(dc0.is_up(), is_macos, "{name}");
        assert_eq!(dc0.addresses, Ok(Vec::new()));
        if !is_macos {
            assert_eq!(dc0.oper_state, Some(OperState::Down));
            assert_eq!((dc0.speed_mbps, dc0.duplex), (None, None));
        }

        // The list, and the two interfaces that have a link; on macOS also the
        // one of which that is not known.
        let lines = log.lines();
        assert_eq!(lines[0], format!("{:?}", Question::Sysctl(&of.mib)));
        let expected = match name {
            // The tunnel's driver does not answer, and is asked twice.
            "freebsd" | "macos" => 4,
            _ => 3,
        };
        let (addresses, lines): (Vec<_>, Vec<_>) =
            lines.iter().partition(|line| line.starts_with("Ipv6"));
        assert_eq!(lines.len(), expected, "{lines:?}");
        assert!(lines[1..].iter().all(|line| line.contains("Interface")));
        assert_eq!(addresses.len(), if name == "freebsd" { 4 } else { 0 });
    }
}

#[test]
fn freebsd_is_asked_for_the_flags_of_each_ipv6_address() {
    use crate::parse::freebsd::address;
    let of = &SYSTEMS[0];
    let list = Fake::new().answer(Question::Sysctl(&of.mib), of.list);
    let asked = |name: &[u8], ip: &str| address::question(name, ip.parse().unwrap()).unwrap();
    let em0 = asked(b"em0", "fe80::fc:ff:fe00:1");
    let gone = asked(b"em0", "2001:db8::7");
    let [em0, gone] = [&em0, &gone].map(|structure| Question::Ipv6 {
        request: freebsd::interfaces::SIOCGIFAFLAG_IN6,
        structure,
    });
    let answer = include_bytes!("../../../parse/freebsd/fixtures/freebsd_in6_ifreq.bin");
    let (host, _) = list
        .answer(em0, &answer[freebsd::interfaces::In6Ifreq::SIZE..])
        .fail(gone, libc::EADDRNOTAVAIL)
        .host();
    for found in [of.interfaces, of.addresses].map(|ask| ask(&host).unwrap()) {
        let addresses = found[1].addresses.as_ref().unwrap();
        let flags: Vec<_> = addresses.iter().map(|address| address.flags).collect();
        let none = AddressFlags::empty();
        let told = AddressFlags::DEPRECATED | AddressFlags::SECONDARY;
        assert_eq!(flags, [none, none, told, none]);
    }
}

#[test]
fn without_drivers_nobody_but_the_kernel_is_asked() {
    for of in SYSTEMS {
        let (host, log) = of.host(Some(0));
        let mut expected = (of.interfaces)(&host).unwrap();
        let asked = log.lines().len();
        let mut found = (of.addresses)(&host).unwrap();
        // FreeBSD tells the flags of an IPv6 address one by one.
        let flags = if of.name == "freebsd" { 4 } else { 0 };
        assert_eq!(log.lines().len(), asked + 1 + flags);
        for interface in found.iter_mut().chain(&mut expected) {
            interface.speed_mbps = None;
            interface.duplex = None;
            if of.name == "macos" {
                interface.oper_state = None;
                interface.flags.set(InterfaceFlags::LOWER_UP, false);
            }
        }
        assert_eq!(found, expected);
    }
}

#[test]
fn a_driver_that_says_nothing_leaves_the_kernels_speed_and_no_duplex() {
    // No answer, and one of Wi-Fi without a speed.
    for (of, driver) in SYSTEMS.iter().flat_map(|of| [(of, None), (of, Some(7))]) {
        let (host, _) = of.host(driver);
        let em0 = &(of.interfaces)(&host).unwrap()[1];
        assert_eq!((em0.speed_mbps, em0.duplex), (Some(1000), None));
    }
    for of in SYSTEMS {
        let (host, _) = of.host(Some(1));
        let em0 = &(of.interfaces)(&host).unwrap()[1];
        // macOS has the speed in its list.
        let speed = if of.name == "macos" { 1000 } else { 100 };
        let expected = (Some(speed), Some(Duplex::Half));
        assert_eq!((em0.speed_mbps, em0.duplex), expected, "{}", of.name);
    }
}

#[test]
fn a_hardware_address_that_macos_hides_is_unknown() {
    let mut list = fixture!("macos_routes.bin").to_vec();
    let told = [2, 0xfc, 0, 0, 0, 1];
    let at = list.windows(6).position(|bytes| bytes == told).unwrap();
    list[at..at + 6].copy_from_slice(&[2, 0, 0, 0, 0, 0]);
    let ask = |list: Vec<u8>| {
        let mib = [4, 17, 0, 0, 6, 0];
        let (host, _) = Fake::new().answer(Question::Sysctl(&mib), list).host();
        let both = [
            net::macos::interfaces(&host).unwrap(),
            net::macos::addresses(&host).unwrap(),
        ];
        both.map(|found| found.into_iter().find(|one| one.name == "em0").unwrap().mac)
    };
    assert_eq!(ask(list), [None, None]);
    assert!(
        ask(fixture!("macos_routes.bin").to_vec())
            .iter()
            .all(Option::is_some)
    );
}

#[test]
fn a_link_of_macos_is_there_or_not_as_its_driver_says() {
    let of = &SYSTEMS[3];
    let em0 = |driver| {
        let (host, _) = of.host(Some(driver));
        (of.interfaces)(&host).unwrap().swap_remove(1)
    };
    let connected = em0(7);
    assert_eq!(connected.oper_state, Some(OperState::Up));
    assert!(connected.is_up() && connected.flags.contains(InterfaceFlags::LOWER_UP));
    let cut_off = em0(3);
    assert_eq!(cut_off.oper_state, Some(OperState::Down));
    assert!(!cut_off.is_up() && !cut_off.flags.contains(InterfaceFlags::LOWER_UP));
    assert_eq!((cut_off.speed_mbps, cut_off.duplex), (None, None));
    // The driver does not know.
    let unknown = em0(5);
    assert_eq!((unknown.oper_state, unknown.is_up()), (None, true));
    assert_eq!(unknown.duplex, Some(Duplex::Full));
}

#[test]
fn the_speed_that_every_ethernet_begins_with_is_nobodys() {
    for of in SYSTEMS {
        let billion = 1_000_000_000_u64.to_le_bytes();
        let found = of.list.windows(8).position(|bytes| bytes == billion);
        let at = found.unwrap();
        let mut list = of.list.to_vec();
        list[at..at + 8].copy_from_slice(&10_000_000_u64.to_le_bytes());
        let fake = Fake::new().answer(Question::Sysctl(&of.mib), list);
        let (host, _) = fake.host();
        let expected = match of.name {
            "freebsd" | "netbsd" => None,
            _ => Some(10),
        };
        assert_eq!((of.interfaces)(&host).unwrap()[1].speed_mbps, expected);
    }
}

#[test]
fn counters_are_those_of_each_interface() {
    for of in SYSTEMS {
        let (host, log) = of.host(None);
        let found = (of.counters)(&host).unwrap();
        let names: Vec<_> = found.iter().map(|of| of.name.to_str().unwrap()).collect();
        assert_eq!(names, ["lo0", "em0", "tun0", "dc0"], "{}", of.name);
        let em0 = found[1].counters;
        assert_eq!(em0.bytes_recv, (5 << 32) + 200);
        assert_eq!(em0.bytes_sent, (6 << 32) + 200);
        assert_eq!((em0.packets_recv, em0.packets_sent), (201, 203));
        assert_eq!((em0.errin, em0.errout, em0.dropin), (202, 204, 208));
        assert_eq!((em0.collisions, em0.multicast), (Some(205), Some(206)));
        // Not counted is not zero.
        let dropout = (of.name != "netbsd").then_some(210);
        assert_eq!(em0.dropout, dropout, "{}", of.name);
        assert_eq!((em0.frame, em0.carrier), (None, None));
        let asked = if of.name == "macos" { 2 } else { 1 };
        assert_eq!(log.lines().len(), asked);
    }
}

#[test]
fn the_counters_of_freebsds_usb_are_left_out() {
    let of = &SYSTEMS[0];
    let mut list = of.list.to_vec();
    let at = list.windows(4).position(|bytes| bytes == b"tun0").unwrap();
    // Of sockaddr_dl: three bytes before the name is how long it is.
    list[at - 3] = 6;
    list[at..at + 6].copy_from_slice(b"usbus0");
    let (host, _) = Fake::new().answer(Question::Sysctl(&of.mib), list).host();
    let found = (of.counters)(&host).unwrap();
    assert_eq!(found.len(), 3);
    assert_eq!((of.interfaces)(&host).unwrap().len(), 4);
}

#[test]
fn macos_bytes_are_whole_where_both_tables_agree() {
    const TABLE: &[u8] = include_bytes!("../../../parse/macos/fixtures/macos_if_mib.bin");
    let of = &SYSTEMS[3];
    let question = Question::Sysctl(&[4, 18, 0, 3, 0, 1]);
    let counters = |table: &[u8]| {
        let fake = Fake::new().answer(Question::Sysctl(&of.mib), of.list);
        let (host, _) = fake.answer(question, table).host();
        let found = (of.counters)(&host).unwrap();
        assert_eq!(found.len(), 4);
        found[1].counters
    };
    let cut = (5 << 32) + 200;
    assert_eq!(counters(TABLE).bytes_recv, 0x1234_5678_9abc);
    assert_eq!(counters(TABLE).dropout, Some(9));
    // Another type, another MTU, or a record of another size: another table.
    let em0 = TABLE.len() / 3 * 2;
    for at in [em0 + 52, em0 + 60] {
        let mut other = TABLE.to_vec();
        other[at] ^= 1;
        assert_eq!(counters(&other).bytes_recv, cut);
    }
    assert_eq!(counters(&TABLE[1..]).bytes_recv, cut);
    assert_eq!(counters(&[]).bytes_recv, cut);
}

#[test]
fn what_is_refused_or_malformed_is_an_error_and_never_no_interface() {
    for of in SYSTEMS {
        let kind = |fake: Fake| {
            let (host, _) = fake.host();
            let kinds = [
                (of.interfaces)(&host).unwrap_err().kind(),
                (of.addresses)(&host).unwrap_err().kind(),
                (of.counters)(&host).unwrap_err().kind(),
            ];
            assert_eq!(kinds, [kinds[0]; 3]);
            kinds[0]
        };
        let question = Question::Sysctl(&of.mib);
        let refused = Fake::new().fail(question, libc::EPERM);
        assert_eq!(kind(refused), ErrorKind::AccessDenied);
        let cut = &of.list[..of.list.len() - 1];
        let cut = Fake::new().answer(question, cut);
        assert_eq!(kind(cut), ErrorKind::Malformed);
        // Another machine has nobody to ask.
        let error = (of.interfaces)(&Host::builder().build()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
    }
}

#[test]
fn sockets_are_counted_where_the_kernel_does() {
    let states: Vec<u8> = (100..111_u64).flat_map(u64::to_le_bytes).collect();
    let (host, log) = Fake::new()
        .named("net.inet.tcp.states", states)
        .named("kern.ipc.numopensockets", 77_u32.to_le_bytes())
        .host();
    let found = net::freebsd::socket_summary(&host).unwrap();
    let expected = SocketSummary {
        used: Some(77),
        tcp_established: Some(104 + 105),
        tcp_listening: Some(101),
        tcp_time_wait: Some(110),
        ..SocketSummary::default()
    };
    assert_eq!(found, expected);
    assert_eq!(log.lines().len(), 3);
    let (host, _) = Fake::new()
        .named("net.inet.tcp.pcbcount", 12_u32.to_le_bytes())
        .host();
    let found = net::macos::socket_summary(&host).unwrap();
    assert_eq!((found.tcp_allocated, found.tcp_time_wait), (Some(12), None));
    let (nothing, _) = Fake::new().host();
    for of in SYSTEMS {
        let error = (of.summary)(&nothing).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    }
}

/// The shared tables are FreeBSD's; the others have the same numbers.
#[test]
fn the_systems_number_flags_and_types_alike() {
    macro_rules! alike {
        ($($system:ident: $($name:ident)*;)*) => {$($(
            assert_eq!(
                i64::from($system::interfaces::$name),
                i64::from(freebsd::interfaces::$name)
            );
        )*)*};
    }
    alike! {
        netbsd: IFF_DEBUG IFF_ALLMULTI IFF_SIMPLEX IFF_LINK0 IFF_LINK1 IFF_LINK2
            IFT_ETHER IFT_PPP IFT_LOOP IFT_SLIP IFT_IEEE80211 IFT_TUNNEL IFT_L2VLAN
            IFT_IEEE8023ADLAG IFT_INFINIBAND IFT_BRIDGE;
        openbsd: IFF_DEBUG IFF_ALLMULTI IFF_SIMPLEX IFF_LINK0 IFF_LINK1 IFF_LINK2
            IFT_ETHER IFT_PPP IFT_LOOP IFT_SLIP IFT_IEEE80211 IFT_TUNNEL IFT_L2VLAN
            IFT_IEEE8023ADLAG IFT_INFINIBAND IFT_BRIDGE;
        macos: IFF_DEBUG IFF_ALLMULTI IFF_SIMPLEX IFF_LINK0 IFF_LINK1 IFF_LINK2;
    }
    macro_rules! flags {
        ($($system:ident)*) => {$(
            assert_eq!($system::interfaces::IFF_OACTIVE, IFF_DRV_OACTIVE);
            assert_eq!($system::network::IFF_RUNNING, IFF_DRV_RUNNING);
            assert_eq!($system::network::IFF_UP, IFF_UP);
            assert_eq!($system::network::IFF_BROADCAST, IFF_BROADCAST);
            assert_eq!($system::network::IFF_LOOPBACK, IFF_LOOPBACK);
            assert_eq!($system::network::IFF_POINTOPOINT, IFF_POINTOPOINT);
            assert_eq!($system::network::IFF_NOARP, IFF_NOARP);
            assert_eq!($system::network::IFF_PROMISC, IFF_PROMISC);
            assert_eq!($system::network::IFF_MULTICAST, IFF_MULTICAST);
        )*};
    }
    flags!(netbsd openbsd macos);
}

/// With whatever the kernel answers, every function gives a value or an error.
#[test]
fn no_answer_makes_a_backend_fall_over() {
    for seed in Noise::SEEDS {
        let host = &Noise::host(seed);
        macro_rules! ask {
            ($($system:ident)*) => {$(
                _ = net::$system::interfaces(host);
                _ = net::$system::addresses(host);
                _ = net::$system::io_counters(host);
                _ = net::$system::socket_summary(host);
            )*};
        }
        ask!(freebsd netbsd openbsd macos);
    }
}
