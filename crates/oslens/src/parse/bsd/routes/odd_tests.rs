//! Messages that no header forbids: the most of each number, names that are
//! longer than the structure, masks that are cut, addresses that are none.

use super::*;
use crate::parse::{freebsd, macos, netbsd, openbsd};

#[test]
fn odd_messages_have_what_is_in_them_and_the_rest_is_left_out() {
    for (system, data, format) in [
        (
            "freebsd",
            &include_bytes!("fixtures/freebsd_odd_routes.bin")[..],
            &freebsd::routes::FORMAT,
        ),
        (
            "netbsd",
            include_bytes!("fixtures/netbsd_odd_routes.bin"),
            &netbsd::routes::FORMAT,
        ),
        (
            "openbsd",
            include_bytes!("fixtures/openbsd_odd_routes.bin"),
            &openbsd::routes::FORMAT,
        ),
        (
            "macos",
            include_bytes!("fixtures/macos_odd_routes.bin"),
            &macos::routes::FORMAT,
        ),
    ] {
        let found: Result<Vec<_>, _> = messages(data, Endian::Little, format).collect();
        let found: [Message<'_>; 5] = found.unwrap().try_into().unwrap();
        let Message::Link(link) = found[0] else {
            panic!("{system}: {:?}", found[0]);
        };
        assert_eq!(link.name, b"abcdefghijklmn\xff", "{system}");
        let mac: Vec<u8> = (1..=20).collect();
        assert_eq!((link.mac, link.index), (&mac[..], 65535), "{system}");
        assert_eq!((link.flags, link.data.kind), (-1, 255), "{system}");
        assert_eq!(link.data.mtu, u64::from(u32::MAX), "{system}");
        assert_eq!(link.data.baudrate, u64::MAX, "{system}");
        let state = (system != "macos").then_some(99);
        assert_eq!(link.data.link_state, state, "{system}");
        let most = Some(u64::MAX);
        let counters = IoCounters {
            bytes_sent: u64::MAX,
            bytes_recv: u64::MAX,
            packets_sent: u64::MAX,
            packets_recv: u64::MAX,
            errin: u64::MAX,
            errout: u64::MAX,
            dropin: u64::MAX,
            dropout: match system {
                "netbsd" => None,
                // An `int` there.
                "macos" => Some(u32::MAX.into()),
                _ => most,
            },
            multicast: most,
            collisions: most,
            ..IoCounters::default()
        };
        assert_eq!(link.data.counters, counters, "{system}");
        let flags = |flags| (system == "netbsd").then_some(flags);
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let expected = [
            Address {
                index: 65535,
                ip: ip("10.1.2.3"),
                scope_id: None,
                prefix_len: 17,
                destination: None,
                flags: flags(1),
            },
            Address {
                index: 65535,
                ip: ip("255.255.255.255"),
                scope_id: None,
                // Only the ones that it begins with are a prefix.
                prefix_len: 8,
                destination: None,
                flags: flags(0),
            },
            Address {
                index: 65535,
                ip: ip("febf::1"),
                scope_id: Some(0x1234),
                prefix_len: 71,
                destination: Some(ip("fe80::2")),
                flags: flags(16),
            },
            Address {
                index: 7,
                ip: ip("fe80::3"),
                scope_id: Some(7),
                prefix_len: 128,
                destination: None,
                flags: flags(0),
            },
        ];
        assert_eq!(found[1..], expected.map(Message::Address), "{system}");
    }
}
