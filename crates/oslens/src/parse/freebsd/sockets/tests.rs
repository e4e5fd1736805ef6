use super::*;
use crate::net::{SocketType, TcpState, UnixState};

const TCP: &[u8] = include_bytes!("../fixtures/freebsd_pcblist_tcp.bin");
const RAW: &[u8] = include_bytes!("../fixtures/freebsd_pcblist_raw.bin");
const UNIX: &[u8] = include_bytes!("../fixtures/freebsd_pcblist_unix.bin");
const TABLES: [(&[u8], Which); 4] = [
    (TCP, Which::Tcp),
    (RAW, Which::Raw),
    (RAW, Which::Udp),
    (UNIX, Which::Unix),
];

fn read(data: &[u8], which: Which) -> Vec<Socket<'_>> {
    let table = table(data, which, Endian::Little).unwrap();
    table.sockets().collect::<Result<_, _>>().unwrap()
}

#[test]
fn tcp_sockets_are_read_as_the_headers_write_them() {
    let sockets = read(TCP, Which::Tcp);
    let [listener, v4, mapped, link, closed, unbound] = sockets.try_into().unwrap();
    let expected = Socket {
        family: Family::Inet6,
        socket_type: SocketType::Stream,
        protocol: Protocol::Tcp,
        state: Some(TcpState::Listen),
        local: "[::]:8080".parse().ok(),
        remote: None,
        v6_only: Some(false),
        // A listener's are connections.
        recv_queue: Some(3),
        send_queue: Some(128),
        uid: Some(80),
        address: Some(0xffff_f800_0100_0000),
        pcb: Some(0xffff_f800_0100_0100),
        unix: None,
    };
    assert_eq!(listener, expected);
    let expected = Socket {
        family: Family::Inet4,
        state: Some(TcpState::Established),
        local: "192.0.2.7:22".parse().ok(),
        remote: "198.51.100.1:50000".parse().ok(),
        v6_only: None,
        recv_queue: Some(12),
        send_queue: Some(345),
        uid: Some(0),
        address: Some(0xffff_f800_0200_0000),
        pcb: Some(0xffff_f800_0200_0100),
        ..expected
    };
    assert_eq!(v4, expected);
    assert_eq!(mapped.family, Family::Inet6);
    assert_eq!(mapped.local, "[::ffff:192.0.2.7]:8080".parse().ok());
    assert_eq!(mapped.remote, "[::ffff:198.51.100.1]:443".parse().ok());
    assert_eq!(mapped.state, Some(TcpState::CloseWait));
    assert_eq!(link.local.unwrap().to_string(), "[fe80::1%2]:22");
    assert_eq!(link.remote.unwrap().to_string(), "[fe80::2%2]:60000");
    // Its user is unknown, not root.
    assert_eq!(closed.state, Some(TcpState::TimeWait));
    assert_eq!(closed.family, Family::Inet6);
    assert_eq!(closed.remote, "[2001:db8::8]:50001".parse().ok());
    assert_eq!(
        (closed.uid, closed.recv_queue, closed.pcb),
        (None, None, None)
    );
    assert_eq!((unbound.local, unbound.remote), (None, None));
    assert_eq!(unbound.state, Some(TcpState::Close));
}

#[test]
fn raw_sockets_have_the_protocol_that_they_speak() {
    let sockets = read(RAW, Which::Raw);
    let [ping, advertiser] = &sockets[..] else {
        panic!("{sockets:?}")
    };
    assert_eq!(ping.protocol, Protocol::Raw(1));
    assert_eq!(ping.local, "192.0.2.7:0".parse().ok());
    assert_eq!((ping.recv_queue, ping.uid), (Some(84), Some(1001)));
    assert_eq!(advertiser.protocol, Protocol::Raw(58));
    assert_eq!(advertiser.family, Family::Inet6);
    assert_eq!(advertiser.local, None);
}

#[test]
fn the_ends_of_a_unix_socket_know_each_other() {
    let sockets = read(UNIX, Which::Unix);
    let [listener, accepted, client] = &sockets[..] else {
        panic!("{sockets:?}")
    };
    let unix = listener.unix.unwrap();
    assert_eq!(unix.path, Some(&b"/var/run/log"[..]));
    assert_eq!((unix.state, unix.peer), (UnixState::Listening, None));
    assert_eq!(
        (listener.recv_queue, listener.send_queue),
        (Some(2), Some(50))
    );
    assert_eq!(accepted.unix.unwrap().state, UnixState::Connected);
    assert_eq!(accepted.unix.unwrap().path, Some(&b"/var/run/log"[..]));
    assert_eq!(accepted.unix.unwrap().peer, client.pcb);
    assert_eq!(client.unix.unwrap().peer, accepted.pcb);
    assert_eq!(client.unix.unwrap().path, None);
    assert_eq!((client.uid, client.send_queue), (Some(1001), Some(9)));
}

#[test]
fn a_table_that_changed_while_it_was_written_says_so() {
    let is_consistent = |data: &[u8], which| {
        let table = table(data, which, Endian::Little).unwrap();
        table.is_consistent()
    };
    assert!(is_consistent(TCP, Which::Tcp));
    assert!(is_consistent(UNIX, Which::Unix));
    assert!(!is_consistent(RAW, Which::Raw));
    // Cut before its end.
    assert!(!is_consistent(&TCP[..TCP.len() - 64], Which::Tcp));
    // No sockets at all.
    assert!(is_consistent(&TCP[..64], Which::Tcp));
    assert!(read(&TCP[..64], Which::Tcp).is_empty());
    // The two structures have them in the same place.
    use crate::parse::layout::freebsd::network::Xunpgen;
    assert_eq!(Xunpgen::xug_gen.offset(), Xinpgen::xig_gen.offset());
    assert_eq!(Xunpgen::xug_len.offset(), Xinpgen::xig_len.offset());
}

#[test]
fn a_table_that_is_cut_off_gives_what_is_whole_and_an_error() {
    for (data, which) in TABLES {
        let whole = read(data, which).len();
        for end in 0..data.len() {
            let Ok(table) = table(&data[..end], which, Endian::Little) else {
                assert!(end < 64);
                continue;
            };
            let found: Vec<_> = table.sockets().collect();
            assert!(found.iter().filter(|found| found.is_ok()).count() <= whole);
            assert!(found.iter().rev().skip(1).all(Result::is_ok));
        }
    }
}

#[test]
fn lengths_that_lie_neither_panic_nor_loop() {
    for (data, which) in TABLES {
        for length in [0, 1, 7, 8, 65, 300, 1 << 20, u64::MAX] {
            for at in [0, 64] {
                let mut data = data.to_vec();
                data[at..at + 8].copy_from_slice(&u64::to_le_bytes(length));
                if let Ok(table) = table(&data, which, Endian::Little) {
                    assert!(table.sockets().count() <= data.len() / 8);
                    _ = table.is_consistent();
                }
            }
        }
    }
    assert!(table(&[], Which::Tcp, Endian::Little).is_err());
    assert!(table(&[0xff; 4096], Which::Unix, Endian::Big).is_err());
}

#[test]
fn odd_tables_have_what_is_in_them() {
    for (data, order) in [
        (
            &include_bytes!("../fixtures/freebsd_odd_sockets.bin")[..],
            Endian::Little,
        ),
        (
            include_bytes!("../fixtures/freebsd_odd_sockets.big.bin"),
            Endian::Big,
        ),
    ] {
        let (tcp, unix) = data.split_at(2 * 80 + 5 * (744 + 24));
        let tcp = table(tcp, Which::Tcp, order).unwrap();
        assert!(!tcp.is_consistent());
        let sockets: Result<Vec<_>, _> = tcp.sockets().collect();
        let [most, mapped, other] = sockets.unwrap().try_into().unwrap();
        assert_eq!(most.state, Some(TcpState::Other(255)));
        assert_eq!(most.local, "[fe80::1%65535]:65535".parse().ok());
        assert_eq!(most.remote, "[ff02::fb%9]:65535".parse().ok());
        assert_eq!(
            (most.recv_queue, most.send_queue),
            (Some(u32::MAX), Some(u32::MAX))
        );
        assert_eq!((most.address, most.pcb), (Some(u64::MAX - 1), None));
        assert_eq!(most.uid, Some(4_294_967_294));
        assert_eq!(mapped.local, "[::ffff:192.0.2.7]:80".parse().ok());
        assert_eq!(mapped.remote, "[::ffff:198.51.100.1]:81".parse().ok());
        assert_eq!(
            (other.family, other.state),
            (Family::Inet4, Some(TcpState::Other(255)))
        );
        assert_eq!((other.local, other.uid), ("0.0.0.0:1".parse().ok(), None));

        let unix = table(unix, Which::Unix, order).unwrap();
        assert!(unix.is_consistent());
        let sockets: Result<Vec<_>, _> = unix.sockets().collect();
        let sockets = sockets.unwrap();
        let paths: Vec<_> = sockets.iter().map(|one| one.unix.unwrap().path).collect();
        assert_eq!(paths, [Some(&[0xfe; 253][..]), None, None, None]);
        let state = sockets[0].unix.unwrap();
        assert_eq!((state.state, state.peer), (UnixState::Disconnecting, None));
        assert_eq!(sockets[0].socket_type, SocketType::Other(255));
        assert_eq!(sockets[0].uid, Some(4_294_967_294));
        assert_eq!(sockets[1].socket_type, SocketType::SeqPacket);
        // A process has none of them, as far as is told.
        assert_eq!(sockets[1].uid, None);
    }
}
