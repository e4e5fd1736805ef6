//! Against bytes that C made on the systems' own headers: see `fixtures/`,
//! where the sources are beside them.

use super::*;
use crate::parse::{freebsd, macos, netbsd, openbsd};

type Found<'a> = Vec<Result<Message<'a>, Malformed>>;
type Parser = fn(&[u8]) -> Found<'_>;

const SYSTEMS: [(&str, &[u8], Parser); 4] = [
    (
        "freebsd",
        include_bytes!("fixtures/freebsd_routes.bin"),
        |data| messages(data, Endian::Little, &freebsd::routes::FORMAT).collect(),
    ),
    (
        "netbsd",
        include_bytes!("fixtures/netbsd_routes.bin"),
        |data| messages(data, Endian::Little, &netbsd::routes::FORMAT).collect(),
    ),
    (
        "openbsd",
        include_bytes!("fixtures/openbsd_routes.bin"),
        |data| messages(data, Endian::Little, &openbsd::routes::FORMAT).collect(),
    ),
    (
        "macos",
        include_bytes!("fixtures/macos_routes.bin"),
        |data| messages(data, Endian::Little, &macos::routes::FORMAT).collect(),
    ),
];

/// What the sources say was counted.
fn counters(n: u64, dropout: Option<u64>) -> IoCounters {
    IoCounters {
        bytes_recv: (5 << 32) + n,
        bytes_sent: (6 << 32) + n,
        packets_recv: n + 1,
        errin: n + 2,
        packets_sent: n + 3,
        errout: n + 4,
        collisions: Some(n + 5),
        multicast: Some(n + 6),
        dropin: n + 8,
        dropout,
        ..IoCounters::default()
    }
}

#[test]
fn interfaces_and_addresses_are_read_as_the_headers_write_them() {
    for (system, data, parser) in SYSTEMS {
        let found: Result<Vec<_>, _> = parser(data).into_iter().collect();
        let (is_netbsd, is_macos) = (system == "netbsd", system == "macos");
        let is_openbsd = system == "openbsd";
        let link = |name: &'static str, mac: &'static [u8], index: u32, flags, data: Data| {
            Message::Link(Link {
                name: name.as_bytes(),
                index,
                flags,
                mac,
                queue: is_macos.then_some(128),
                data: Data {
                    link_state: data.link_state.filter(|_| !is_macos),
                    counters: {
                        let n = u64::from(index) * 100;
                        counters(n, (!is_netbsd).then_some(n + 10))
                    },
                    ..data
                },
            })
        };
        let data = |kind, link_state, mtu, baudrate| Data {
            kind,
            link_state: Some(link_state),
            mtu,
            baudrate,
            counters: IoCounters::default(),
        };
        let address = |index, ip: &str, scope_id, prefix_len, destination: Option<&str>| {
            let ip: IpAddr = ip.parse().unwrap();
            let flags = match (ip, destination) {
                (IpAddr::V6(_), _) => 16,
                (_, Some(_)) => 1,
                _ => 0,
            };
            Message::Address(Address {
                index,
                ip,
                scope_id,
                prefix_len,
                destination: destination.map(|ip| ip.parse().unwrap()),
                flags: is_netbsd.then_some(flags),
            })
        };
        let (up, down) = if is_openbsd { (4, 2) } else { (2, 1) };
        let mac = |last| -> &'static [u8] {
            match last {
                1 => &[2, 0xfc, 0, 0, 0, 1],
                _ => &[2, 0xfc, 0, 0, 0, 2],
            }
        };
        assert_eq!(
            found.unwrap(),
            [
                link("lo0", &[], 1, 0x8049, data(24, 0, 16384, 0)),
                address(1, "::1", None, 128, None),
                address(1, "fe80::1", Some(1), 64, None),
                address(1, "127.0.0.1", None, 8, None),
                link("em0", mac(1), 2, 0x8843, data(6, up, 1500, 1_000_000_000)),
                address(2, "192.0.2.7", None, 24, Some("192.0.2.255")),
                address(2, "192.0.2.8", None, 32, Some("192.0.2.8")),
                address(2, "fe80::fc:ff:fe00:1", Some(2), 64, None),
                address(2, "2001:db8::7", None, 64, None),
                link("tun0", &[], 3, 0x51, data(23, 0, 1420, 0)),
                address(3, "10.8.0.2", None, 32, Some("10.8.0.1")),
                address(3, "10.9.0.2", None, 0, None),
                link("dc0", mac(2), 4, 0x843, data(6, down, 1500, 10_000_000)),
            ],
            "{system}"
        );
    }
}

#[test]
fn an_answer_that_is_cut_off_is_read_as_far_as_it_goes() {
    for (system, data, parser) in SYSTEMS {
        let whole = parser(data);
        assert!(parser(&[]).is_empty());
        for end in 1..data.len() {
            let found = parser(&data[..end]);
            assert!(found.len() <= whole.len(), "{system} {end}");
            let good = found.iter().take_while(|message| message.is_ok()).count();
            assert_eq!(found[..good], whole[..good], "{system} {end}");
            // At most one is wrong, and it is the last.
            assert!(found.len() - good <= 1, "{system} {end}");
        }
    }
}

#[test]
fn no_length_makes_a_parser_go_on_for_ever_or_past_the_end() {
    for (system, data, parser) in SYSTEMS {
        for at in 0..data.len() {
            for byte in [0, 1, 2, 3, 4, 0x7f, 0x80, 0xff] {
                let mut hostile = data.to_vec();
                hostile[at] = byte;
                let found = parser(&hostile);
                assert!(found.len() <= data.len() / PREFIX, "{system} {at} {byte}");
            }
        }
    }
}

#[test]
fn a_message_without_a_length_is_malformed() {
    for (system, _, parser) in SYSTEMS {
        for length in 0..4 {
            let message = [length, 0, 5, 14, 1, 2, 3, 4];
            let found = parser(&message);
            assert!(matches!(found[..], [Err(_)]), "{system} {length}");
        }
    }
}

/// A message of FreeBSD about an address, with these addresses behind it.
fn one_address(present: i32, behind: &[u8]) -> Option<Address> {
    let header = AddressHeader {
        addresses: present,
        size: 4,
        index: 7,
        flags: None,
    };
    let format = Format {
        version: 5,
        link: 14,
        address: 12,
        unit: 8,
        inet6: 28,
        read_link: |_| None,
        read_address: |_| None,
    };
    let bytes: Vec<u8> = [0; 4].iter().chain(behind).copied().collect();
    address(&bytes, &header, &format, Endian::Little)
}

#[test]
fn an_address_needs_no_mask_and_no_interface_beside_it() {
    let inet = [16, 2, 0, 0, 192, 0, 2, 7, 0, 0, 0, 0, 0, 0, 0, 0];
    let found = one_address(RTA_IFA, &inet).unwrap();
    assert_eq!((found.prefix_len, found.destination), (32, None));
    let mut inet6 = vec![28, 28, 0, 0, 0, 0, 0, 0, 0xfe, 0x80];
    inet6.resize(32, 0);
    let found = one_address(RTA_IFA, &inet6).unwrap();
    assert_eq!((found.prefix_len, found.scope_id), (128, Some(7)));
    // No address, one of another family, and one that is cut off.
    assert_eq!(one_address(RTA_NETMASK, &inet), None);
    assert_eq!(one_address(RTA_IFA, &[16, 77, 0, 0, 1, 2, 3, 4]), None);
    assert_eq!(one_address(RTA_IFA, &inet[..7]), None);
    assert_eq!(one_address(RTA_IFA, &[0; 16]), None);
    assert_eq!(one_address(RTA_IFA, &[]), None);
}

#[test]
fn a_mask_counts_its_first_ones_alone() {
    let mask = |bytes: &[u8]| ones(bytes, 4, 4);
    assert_eq!(mask(&[8, 0, 0, 0, 255, 255, 0xf0, 0]), 20);
    assert_eq!(mask(&[8, 0, 0, 0, 255, 0, 255, 0]), 8);
    assert_eq!(mask(&[3, 0, 0]), 0);
    assert_eq!(mask(&[255; 40]), 32);
    assert_eq!(ones(&[255; 40], 8, 16), 128);
}

/// Those of the sources, for each of the eight answers.
const MEDIA: [(Option<u64>, Option<Duplex>); 8] = [
    (Some(1_000), Some(Duplex::Full)),
    (Some(100), Some(Duplex::Half)),
    (Some(10), None),
    (Some(10_000), Some(Duplex::Full)),
    (Some(400_000), Some(Duplex::Full)),
    (None, None),
    (Some(54), None),
    (None, None),
];

#[test]
fn speed_and_duplex_are_those_of_the_active_medium() {
    type Reader = fn(&[u8], Endian) -> Result<Media, Malformed>;
    let systems: [(&[u8], usize, u64, Reader); 3] = [
        (
            include_bytes!("fixtures/freebsd_media.bin"),
            48,
            400_000,
            freebsd::media::active,
        ),
        (
            include_bytes!("fixtures/netbsd_media.bin"),
            48,
            400_000,
            netbsd::media::active,
        ),
        (
            include_bytes!("fixtures/openbsd_media.bin"),
            64,
            100_000,
            openbsd::media::active,
        ),
    ];
    for (data, size, fastest, reader) in systems {
        assert_eq!(data.len(), size * MEDIA.len());
        for (request, (speed_mbps, duplex)) in data.chunks_exact(size).zip(MEDIA) {
            let speed_mbps = speed_mbps.map(|speed| speed.min(fastest));
            let expected = Media {
                speed_mbps,
                duplex,
                connected: Some(true),
            };
            assert_eq!(reader(request, Endian::Little), Ok(expected));
            for end in 0..24 {
                assert!(reader(&request[..end], Endian::Little).is_err());
            }
        }
    }
}

#[test]
fn a_link_without_another_side_is_told_from_one_that_nobody_knows_of() {
    let data = include_bytes!("fixtures/macos_media.bin");
    let (full, half) = (Some(Duplex::Full), Some(Duplex::Half));
    let expected = [
        (full, Some(true)),
        (half, Some(true)),
        (None, Some(true)),
        (None, Some(false)),
        (None, Some(false)),
        (full, None),
        (None, None),
        (None, Some(true)),
    ];
    for (request, (duplex, connected)) in data.chunks_exact(44).zip(expected) {
        let media = macos::media::active(request, Endian::Little);
        let expected = Media {
            speed_mbps: None,
            duplex,
            connected,
        };
        assert_eq!(media, Ok(expected));
        for end in 0..32 {
            assert!(macos::media::active(&request[..end], Endian::Little).is_err());
        }
    }
    assert_eq!(data.len(), 8 * 44);
}
