//! The network and the disks against what Linux says of the same machine,
//! whose files Wine shows as drive Z, and against Wine's own tools.
#![cfg(windows)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::{Ipv6Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use oslens::net::{self, InterfaceFlags, Kind, TcpState};
use oslens::{ErrorKind, disk};
use oslens_testkit::{skip_allowed, zoo};

/// A file of the machine below Wine.
fn linux(path: &str) -> Option<String> {
    fs::read_to_string(PathBuf::from(r"Z:\").join(path)).ok()
}

/// What a line of shell prints below Wine, which starts programs of Linux but
/// gives them no pipe and does not wait for them.
fn output_of_linux(line: &str) -> Option<String> {
    const END: &str = "the end\n";
    let name = format!("oslens-{}", std::process::id());
    let [script, output] =
        ["sh", "out"].map(|kind| PathBuf::from(format!(r"Z:\tmp\{name}.{kind}")));
    let text = format!("exec > /tmp/{name}.out\n{line}\necho {END}");
    fs::write(&script, text).ok()?;
    let words = ["/unix", "/bin/sh", &format!("/tmp/{name}.sh")];
    Command::new("start").args(words).status().ok()?;
    let start = Instant::now();
    let text = loop {
        let text = fs::read_to_string(&output).unwrap_or_default();
        if text.ends_with(END) || start.elapsed() > Duration::from_secs(10) {
            break text;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    for file in [script, output] {
        let _ = fs::remove_file(file);
    }
    text.strip_suffix(END).map(ToOwned::to_owned)
}

/// Two sources that change meanwhile agree at last.
fn eventually(mut agree: impl FnMut() -> Result<(), String>) {
    let start = Instant::now();
    while let Err(difference) = agree() {
        assert!(start.elapsed() < Duration::from_secs(10), "{difference}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Bytes and packets received and sent, and so on, by interface.
fn netdev() -> Option<BTreeMap<String, Vec<u64>>> {
    let text = linux("proc/net/dev")?;
    let lines = text.lines().skip(2).filter_map(|line| {
        let (name, numbers) = line.rsplit_once(':')?;
        let numbers = numbers.split_whitespace().flat_map(str::parse);
        Some((name.trim().to_owned(), numbers.collect()))
    });
    Some(lines.collect())
}

#[test]
fn interfaces_are_those_of_the_machine_below() {
    if netdev().is_none() {
        skip_allowed!("no Linux below this Windows");
    }
    eventually(|| {
        let interfaces = net::interfaces().unwrap();
        let names: BTreeSet<_> = interfaces
            .iter()
            .map(|one| one.name.to_string_lossy().into_owned())
            .collect();
        let expected: BTreeSet<_> = netdev().unwrap().into_keys().collect();
        if names != expected {
            return Err(format!("{names:?} instead of {expected:?}"));
        }
        for interface in &interfaces {
            let name = interface.name.to_string_lossy();
            let attribute = |file: &str| {
                let text = linux(&format!("sys/class/net/{name}/{file}"));
                text.map(|text| text.trim().to_owned()).unwrap_or_default()
            };
            assert_eq!(interface.index.to_string(), attribute("ifindex"), "{name}");
            let mtu = interface.mtu.map(|mtu| mtu.to_string()).unwrap_or_default();
            assert_eq!(mtu, attribute("mtu"), "{name}");
            let mac = interface.mac.as_ref().map(ToString::to_string);
            if !interface.is_loopback() {
                assert_eq!(mac.unwrap_or_default(), attribute("address"), "{name}");
            }
            let flags = attribute("flags");
            let flags = u32::from_str_radix(flags.trim_start_matches("0x"), 16).unwrap();
            assert_eq!(interface.is_loopback(), flags & 8 != 0, "{name}");
            assert_eq!(
                interface.is_up(),
                flags & 1 != 0 && attribute("operstate") != "down",
                "{name}"
            );
            assert!(interface.speed_mbps != Some(0), "{name}");
        }
        Ok(())
    });
}

#[test]
fn addresses_are_those_of_linux_and_of_ipconfig() {
    let Some(expected) = linux("proc/net/if_inet6") else {
        skip_allowed!("no Linux with IPv6 below this Windows");
    };
    let interfaces = net::interfaces().unwrap();
    let ours: BTreeSet<(String, Ipv6Addr, u8)> = interfaces
        .iter()
        .flat_map(|one| {
            one.addresses
                .iter()
                .flatten()
                .map(move |address| (one, address))
        })
        .filter_map(|(one, address)| match address.ip {
            std::net::IpAddr::V6(ip) => Some((
                one.name.to_string_lossy().into_owned(),
                ip,
                address.prefix_len,
            )),
            std::net::IpAddr::V4(_) => None,
        })
        .collect();
    let expected: BTreeSet<(String, Ipv6Addr, u8)> = expected
        .lines()
        .map(|line| {
            let words: Vec<_> = line.split_whitespace().collect();
            let ip = u128::from_str_radix(words[0], 16).unwrap();
            let prefix = u8::from_str_radix(words[2], 16).unwrap();
            (words[5].to_owned(), ip.into(), prefix)
        })
        .collect();
    assert_eq!(ours, expected);

    let ipconfig = Command::new("ipconfig").output().unwrap();
    let ipconfig = String::from_utf8_lossy(&ipconfig.stdout).into_owned();
    for interface in interfaces.iter().filter(|one| !one.is_loopback()) {
        for address in interface.addresses.iter().flatten() {
            assert!(ipconfig.contains(&address.ip.to_string()), "{ipconfig}");
            let is_link_local = address.ip.to_string().starts_with("fe80");
            assert_eq!(address.scope_id, is_link_local.then_some(interface.index));
        }
    }
}

#[test]
fn an_ipv4_network_has_a_mask_and_a_broadcast_address() {
    for interface in net::interfaces().unwrap() {
        for address in interface.addresses.iter().flatten() {
            let (std::net::IpAddr::V4(ip), std::net::IpAddr::V4(mask)) =
                (address.ip, address.netmask())
            else {
                assert_eq!(address.broadcast, None);
                continue;
            };
            match address.broadcast {
                Some(broadcast) => {
                    assert!(interface.flags.contains(InterfaceFlags::BROADCAST));
                    assert_eq!(u32::from(broadcast), u32::from(ip) | !u32::from(mask));
                }
                None => assert!(interface.is_loopback() || address.prefix_len > 30),
            }
        }
    }
}

#[test]
fn counters_lie_between_two_readings_of_linux() {
    let Some(before) = netdev() else {
        skip_allowed!("no Linux below this Windows");
    };
    let ours = net::io_counters().unwrap();
    let after = netdev().unwrap();
    assert!(!ours.is_empty());
    for interface in &ours {
        let name = interface.name.to_string_lossy().into_owned();
        let (Some(before), Some(after)) = (before.get(&name), after.get(&name)) else {
            panic!("{name} is not an interface of Linux");
        };
        let io = interface.counters;
        for (at, value) in [
            (0, io.bytes_recv),
            (1, io.packets_recv),
            (8, io.bytes_sent),
            (9, io.packets_sent),
        ] {
            // Wine counts multicast packets a second time among the others.
            let multicast = if at == 1 { after[7] } else { 0 };
            let range = before[at]..=after[at] + multicast;
            assert!(
                range.contains(&value),
                "{name} {at}: {value} not in {range:?}"
            );
        }
    }
}

#[test]
fn a_listener_is_in_linuxs_table_too() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let Some(table) = linux("proc/net/tcp") else {
        skip_allowed!("no Linux below this Windows");
    };
    let row = format!("0100007F:{port:04X} 00000000:0000 0A");
    assert!(table.contains(&row), "{table}");
    let all = net::connections_with_owners(Kind::TCP4).unwrap();
    let mine = all
        .iter()
        .find(|one| one.local == listener.local_addr().ok())
        .unwrap();
    assert_eq!(mine.state, Some(TcpState::Listen));
    let owners = mine.owners.as_ref().unwrap();
    assert_eq!(owners[0].pid.get(), std::process::id());
    assert_eq!(owners[0].fd, None);
}

#[test]
fn sockets_of_another_process_are_its_own() {
    let mut specimen = zoo::Builder::new().spawn();
    let pid = specimen.pid();
    let before = net::connections_with_owners(Kind::INET).unwrap();
    let owned = |all: &[net::Connection]| {
        let of_it = |one: &&net::Connection| {
            let owners = one.owners.as_ref().unwrap();
            owners.iter().any(|owner| owner.pid.get() == pid)
        };
        all.iter().filter(of_it).cloned().collect::<Vec<_>>()
    };
    assert_eq!(owned(&before), []);
    for (kind, protocol) in [
        ("tcp4-listen", net::Protocol::Tcp),
        ("tcp4-established", net::Protocol::Tcp),
        ("udp4", net::Protocol::Udp),
        ("tcp6-listen", net::Protocol::Tcp),
        ("tcp6-established", net::Protocol::Tcp),
        ("udp6", net::Protocol::Udp),
    ] {
        let before = owned(&net::connections_with_owners(Kind::INET).unwrap()).len();
        let reply = specimen.socket(kind);
        let now = owned(&net::connections_with_owners(Kind::INET).unwrap());
        assert!(now.len() > before, "{kind}: {now:#?}");
        let end = if kind.ends_with("established") {
            "client"
        } else {
            "local"
        };
        let local = reply.address(end);
        let made = now.iter().find(|one| one.local == Some(local)).unwrap();
        assert_eq!(made.protocol, protocol, "{kind}");
        match end {
            "client" => {
                assert_eq!(made.state, Some(TcpState::Established));
                assert_eq!(made.remote, Some(reply.address("server")));
            }
            _ => assert_eq!(made.remote, None),
        }
    }
}

#[test]
fn a_volume_is_as_large_as_linux_says() {
    let Some(text) = output_of_linux("df -B1 --output=size,avail /") else {
        skip_allowed!("no Linux below this Windows");
    };
    let numbers: Vec<u64> = text.split_whitespace().flat_map(str::parse).collect();
    let [size, available] = numbers[..] else {
        skip_allowed!("df said {text:?}");
    };
    let ours = disk::usage(r"Z:\").unwrap();
    assert_eq!(ours.total, size);
    assert!(
        ours.available.abs_diff(available) < 64 << 20,
        "{ours:?} {text}"
    );
    assert_eq!(ours.inodes, None);
    let within = disk::usage_within(r"Z:\", Duration::from_secs(10)).unwrap();
    assert_eq!(within.total, size);
}

#[test]
fn every_volume_has_a_letter_a_device_and_a_kind() {
    let all = disk::partitions(disk::Partitions::All).unwrap();
    let places: BTreeSet<_> = all.iter().map(|one| one.mountpoint.clone()).collect();
    assert_eq!(places.len(), all.len(), "{all:?}");
    for letter in b'A'..=b'Z' {
        let root = format!("{}:\\", char::from(letter));
        // What exists is listed; an empty drive is listed and does not exist.
        if Path::new(&root).exists() {
            assert!(places.contains(Path::new(&root)), "{root} {places:?}");
        }
    }
    for one in &all {
        let options = one.options.to_string_lossy();
        let kind = options.rsplit(',').next().unwrap();
        let kinds = [
            "fixed",
            "removable",
            "cdrom",
            "remote",
            "ramdisk",
            "unknown",
            "unmounted",
        ];
        assert!(kinds.contains(&kind), "{options}");
        assert!(!one.device.is_empty(), "{one:?}");
    }
}

#[test]
fn disks_are_numbered_and_their_counters_grow_or_are_unsupported() {
    let disks = disk::devices().unwrap();
    for disk in &disks {
        assert!(disk.name.to_string_lossy().starts_with("PhysicalDrive"));
    }
    let before = match disk::io_counters() {
        Ok(before) => before,
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
            skip_allowed!("no disk has counters: {error}");
        }
    };
    let now = disk::io_counters().unwrap();
    for delta in now.since(&before).devices {
        assert!(disks.iter().any(|disk| disk.name == delta.name));
    }
}

#[test]
fn nothing_stays_open_that_was_opened_to_look() {
    use oslens::os::windows::ProcessExt as _;
    // A process of its own: other tests open handles meanwhile.
    const CHILD: &str = "OSLENS_TEST_LOOKS";
    if std::env::var_os(CHILD).is_none() {
        let status = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", oslens_testkit::here!(), "--test-threads=1"])
            .env(CHILD, "1")
            .status()
            .unwrap();
        assert!(status.success());
        return;
    }
    let look = || {
        let _ = disk::partitions(disk::Partitions::All).unwrap();
        let _ = (disk::devices().unwrap(), disk::io_counters());
        let _ = disk::usage(r"C:\").unwrap();
        let _ = net::connections(Kind::INET).unwrap();
        let _ = (net::interfaces().unwrap(), net::io_counters().unwrap());
    };
    let own = oslens::process::Process::current().unwrap();
    let open = || own.handle_counts().unwrap().handles;
    // What the system's libraries keep, they keep once.
    (0..10).for_each(|_| look());
    let before = open();
    // Wine tells the size of its table, which doubles.
    (0..100).for_each(|_| look());
    let after = open();
    assert!(after < before + 100, "{before} handles became {after}");
}
