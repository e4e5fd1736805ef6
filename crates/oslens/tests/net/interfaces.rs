//! Interfaces and counters against `ip` and sysfs.

use std::{
    fs,
    net::{Ipv4Addr, Ipv6Addr, SocketAddrV6, TcpListener},
    path::Path,
    thread,
    time::{Duration, Instant},
};

use oslens::net::{self, AddressScope, Interface, InterfaceFlags, Kind, LinkAddress};
use oslens_testkit::{in_namespaces, ns::NsOptions, skip, tool};

#[test]
fn interfaces_of_every_sort_are_those_that_ip_shows() {
    in_namespaces!(NsOptions::new().net());
    for command in [
        "link add left type veth peer name right",
        "addr add 10.7.0.1/24 brd + dev left",
        "addr add 10.7.0.2/24 brd + label left:1 dev left",
        "addr add 10.7.0.9/32 brd 10.7.0.9 dev left",
        "addr add 10.8.0.1 peer 10.8.0.2/32 dev left",
        "addr add 2001:db8::1/64 dev left nodad",
        "addr add fe80::7/64 dev left nodad",
        "link set left up",
        "link set right up",
        "link add half type veth peer name bare",
        "link set half up",
    ] {
        let words: Vec<_> = command.split(' ').collect();
        match tool("ip", &words) {
            Ok(output) if output.code == Some(0) => {}
            Ok(output) => skip!("ip {command}: {}", output.stderr),
            Err(reason) => skip!("{reason}"),
        }
    }
    // The kernel tells of the carrier a while after the link was set up.
    let deadline = Instant::now() + Duration::from_secs(20);
    for link in ["left", "right"] {
        while !tool("ip", &["link", "show", link]).is_ok_and(|ip| ip.stdout.contains("state UP")) {
            assert!(Instant::now() < deadline, "{link} does not come up");
            thread::sleep(Duration::from_millis(20));
        }
    }
    compare_with_ip();
    let all = net::interfaces().unwrap();
    let find = |name: &str| -> &Interface {
        all.iter()
            .find(|interface| interface.name == name)
            .unwrap_or_else(|| panic!("no {name} in {all:#?}"))
    };
    // Down, without address, and nothing is invented.
    let bare = find("bare");
    assert_eq!(bare.addresses, Ok(Vec::new()));
    assert!(!bare.is_up() && !bare.flags.contains(InterfaceFlags::UP));
    let left = find("left");
    assert_eq!(left.driver_kind.as_deref(), Some("veth".as_ref()));
    assert!(left.is_up());
    // veth says 10,000 since it learnt ethtool.
    assert_eq!(left.speed_mbps, Some(10_000));
    let addresses = left.addresses.as_ref().unwrap();
    let labelled = addresses.iter().find(|one| one.label.is_some()).unwrap();
    assert_eq!(labelled.label.as_deref(), Some("left:1".as_ref()));
    let alone = addresses
        .iter()
        .find(|one| one.ip == Ipv4Addr::new(10, 7, 0, 9))
        .unwrap();
    assert_eq!((alone.prefix_len, alone.broadcast), (32, None));
    let peer = addresses.iter().find(|one| one.peer.is_some()).unwrap();
    assert_eq!(peer.ip, Ipv4Addr::new(10, 8, 0, 1));
    assert_eq!(peer.peer, Some(Ipv4Addr::new(10, 8, 0, 2).into()));
    // An address that means something on one link only, of the interface and
    // of a socket.
    let ip: Ipv6Addr = "fe80::7".parse().unwrap();
    let scoped = addresses.iter().find(|one| one.ip == ip).unwrap();
    assert_eq!(scoped.scope, AddressScope::Link);
    assert_eq!(scoped.scope_id, Some(left.index));
    let listener = TcpListener::bind(SocketAddrV6::new(ip, 0, 0, left.index)).unwrap();
    let local = listener.local_addr().unwrap();
    let sockets = net::connections(Kind::TCP6).unwrap();
    assert_eq!(sockets.len(), 1);
    if cfg!(oslens_no_sock_diag) {
        assert_eq!(sockets[0].local.unwrap().port(), local.port());
    } else {
        assert_eq!(sockets[0].local, Some(local));
        assert_eq!(sockets[0].interface, Some(left.index));
    }
    // Switched on, but the other side is down.
    let half = find("half");
    assert!(half.flags.contains(InterfaceFlags::UP) && !half.is_up());
}

#[test]
fn interfaces_are_those_that_ip_shows() {
    compare_with_ip();
}

fn compare_with_ip() {
    let output = match tool("ip", &["-j", "-d", "addr"]) {
        Ok(output) => output.stdout,
        Err(reason) => skip!("{reason}"),
    };
    let expected: serde_json::Value = serde_json::from_str(&output).unwrap();
    let expected = expected.as_array().unwrap();
    let all = net::interfaces().unwrap();
    assert_eq!(all.len(), expected.len());
    for (interface, expected) in all.iter().zip(expected) {
        assert_eq!(interface.name, expected["ifname"].as_str().unwrap());
        assert_eq!(u64::from(interface.index), expected["ifindex"]);
        assert_eq!(interface.mtu.map(u64::from), expected["mtu"].as_u64());
        let mac = interface.mac.as_ref().map(LinkAddress::to_string);
        if expected["link_type"] != "none" {
            assert_eq!(mac.as_deref(), expected["address"].as_str());
        }
        let flags = expected["flags"].as_array().unwrap();
        for (name, flag) in [
            ("UP", InterfaceFlags::UP),
            ("LOOPBACK", InterfaceFlags::LOOPBACK),
            ("BROADCAST", InterfaceFlags::BROADCAST),
            ("LOWER_UP", InterfaceFlags::LOWER_UP),
            ("NOARP", InterfaceFlags::NOARP),
        ] {
            let shown = flags.iter().any(|shown| shown == name);
            assert_eq!(interface.flags.contains(flag), shown, "{name}");
        }
        let addresses = interface.addresses.as_ref().unwrap();
        let shown = expected["addr_info"].as_array().unwrap();
        assert_eq!(addresses.len(), shown.len(), "{interface:#?}");
        for (address, shown) in addresses.iter().zip(shown) {
            assert_eq!(address.ip.to_string(), shown["local"].as_str().unwrap());
            assert_eq!(u64::from(address.prefix_len), shown["prefixlen"]);
            if address.prefix_len < 32 {
                let broadcast = address.broadcast.map(|ip| ip.to_string());
                assert_eq!(broadcast.as_deref(), shown["broadcast"].as_str());
            }
        }
    }
}

#[test]
fn counters_are_those_of_sysfs() {
    let all = net::io_counters().unwrap();
    let mut compared = 0;
    for interface in &all {
        let directory = Path::new("/sys/class/net")
            .join(&interface.name)
            .join("statistics");
        let read = |name: &str| -> Option<u64> {
            let text = fs::read_to_string(directory.join(name)).ok()?;
            text.trim().parse().ok()
        };
        let counters = interface.counters;
        // They go on counting.
        for (name, value) in [
            ("tx_bytes", counters.bytes_sent),
            ("rx_bytes", counters.bytes_recv),
            ("tx_packets", counters.packets_sent),
            ("rx_packets", counters.packets_recv),
            ("rx_errors", counters.errin),
            ("tx_errors", counters.errout),
            ("tx_dropped", counters.dropout.unwrap()),
            ("collisions", counters.collisions.unwrap()),
        ] {
            let Some(later) = read(name) else { continue };
            assert!(later >= value, "{:?} {name}", interface.name);
            assert!(later - value < 1 << 30, "{:?} {name}", interface.name);
            compared += 1;
        }
    }
    if compared == 0 {
        eprintln!("skipped: no interfaces in /sys");
    }
}

#[test]
fn interfaces_that_come_and_go_do_not_fail_the_list() {
    in_namespaces!(NsOptions::new().net());
    let add = [
        "link", "add", "left", "type", "veth", "peer", "name", "right",
    ];
    match tool("ip", &add) {
        Ok(output) if output.code == Some(0) => {}
        Ok(output) => skip!("ip: {}", output.stderr),
        Err(reason) => skip!("{reason}"),
    }
    std::thread::scope(|scope| {
        let churn = scope.spawn(|| {
            for _ in 0..30 {
                tool("ip", &["link", "del", "left"]).unwrap();
                tool("ip", &add).unwrap();
            }
        });
        while !churn.is_finished() {
            let all = net::interfaces().unwrap();
            assert!(all.iter().any(|interface| interface.name == "lo"));
            assert!(!net::io_counters().unwrap().is_empty());
        }
    });
}
