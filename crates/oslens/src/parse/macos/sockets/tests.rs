use super::*;
use crate::net::{SocketType, TcpState, UnixState};

const INFO: &[u8] = include_bytes!("../fixtures/macos_socket_fdinfo.bin");
const FDS: &[u8] = include_bytes!("../fixtures/macos_proc_fdinfo.bin");
const SIZE: usize = <SocketFdinfo as crate::parse::layout::Type>::SIZE;

fn nth(at: usize) -> Option<Socket<'static>> {
    told(at).map(|(socket, _)| socket)
}

fn told(at: usize) -> Option<(Socket<'static>, Option<u64>)> {
    socket(&INFO[at * SIZE..][..SIZE], Endian::Little).unwrap()
}

#[test]
fn sockets_are_read_as_the_headers_write_them() {
    let listener = Socket {
        family: Family::Inet6,
        socket_type: SocketType::Stream,
        protocol: Protocol::Tcp,
        state: Some(TcpState::Listen),
        local: "[::]:8080".parse().ok(),
        remote: None,
        v6_only: Some(false),
        recv_queue: Some(3),
        send_queue: Some(128),
        uid: None,
        address: Some(0x1111_0000_0000_0001),
        pcb: Some(0x1111_0000_0000_0002),
        unix: None,
    };
    assert_eq!(nth(0), Some(listener));
    let connected = Socket {
        family: Family::Inet4,
        state: Some(TcpState::Established),
        local: "192.0.2.7:50000".parse().ok(),
        remote: "198.51.100.1:443".parse().ok(),
        v6_only: None,
        recv_queue: Some(12),
        send_queue: Some(345),
        address: Some(0x2222_0000_0000_0001),
        pcb: Some(0x2222_0000_0000_0002),
        ..listener
    };
    assert_eq!(nth(1), Some(connected));
    let mapped = nth(2).unwrap();
    assert_eq!(mapped.family, Family::Inet6);
    assert_eq!(mapped.remote, "[::ffff:198.51.100.1]:60000".parse().ok());
    let udp = nth(3).unwrap();
    assert_eq!(udp.local.unwrap().to_string(), "[fe80::1%4]:546");
    assert_eq!(
        (udp.protocol, udp.state, udp.v6_only),
        (Protocol::Udp, None, Some(true))
    );
    let unix = nth(4).unwrap();
    assert_eq!(
        unix.unix.unwrap().path,
        Some(&b"/var/run/mDNSResponder"[..])
    );
    assert_eq!(unix.unix.unwrap().state, UnixState::Listening);
    assert_eq!((unix.recv_queue, unix.send_queue), (Some(0), Some(5)));
    let client = nth(5).unwrap().unix.unwrap();
    assert_eq!((client.path, client.state), (None, UnixState::Connected));
    assert_eq!(client.peer, Some(0x7777_0000_0000_0002));
    assert_eq!(nth(6), None);
    // The number that the tables have too.
    assert_eq!(told(1).unwrap().1, Some(71));
    assert_eq!(told(4).unwrap().1, None);
}

#[test]
fn descriptors_that_are_sockets_are_found() {
    assert!(descriptors(FDS, Endian::Little).eq([3, 5, 7]));
    // What is not whole is nobody's.
    assert!(descriptors(&FDS[..31], Endian::Little).eq([3]));
    assert_eq!(descriptors(&[], Endian::Little).count(), 0);
}

#[test]
fn what_is_cut_off_or_hostile_is_malformed_and_not_read() {
    for end in 0..SIZE {
        assert!(socket(&INFO[..end], Endian::Little).is_err());
    }
    for fill in [0xff, 0x7f, 0x80] {
        assert_eq!(socket(&[fill; SIZE], Endian::Little), Ok(None));
    }
    // A kind that does not go with the family.
    let mut odd = INFO[..SIZE].to_vec();
    let kind = SocketFdinfo::psi.then(SocketInfo::soi_kind).offset();
    odd[kind..kind + 4].copy_from_slice(&SOCKINFO_UN.to_le_bytes());
    let (odd, _) = socket(&odd, Endian::Little).unwrap().unwrap();
    assert_eq!((odd.local, odd.unix), (None, None));
    // One that is longer.
    let mut longer = INFO[..SIZE].to_vec();
    longer.extend([0xee; 100]);
    assert_eq!(socket(&longer, Endian::Little).unwrap(), told(0));
}

#[test]
fn odd_sockets_have_what_is_in_them() {
    const ODD: &[u8] = include_bytes!("../fixtures/macos_odd_sockets.bin");
    let found: Result<Vec<_>, _> = ODD
        .chunks(SIZE)
        .map(|info| socket(info, Endian::Little))
        .collect();
    let [unknown, tcp, listener, long, other] = found.unwrap().try_into().unwrap();
    assert_eq!(unknown, None);
    let (tcp, generation) = tcp.unwrap();
    assert_eq!(generation, Some(u64::MAX - 1));
    assert_eq!(tcp.local, "[fe80::1%65535]:65535".parse().ok());
    assert_eq!(tcp.remote, "[ff02::fb%258]:65535".parse().ok());
    assert_eq!(tcp.state, Some(TcpState::Other(255)));
    assert_eq!(
        (tcp.recv_queue, tcp.send_queue),
        (Some(u32::MAX), Some(u32::MAX))
    );
    assert_eq!((tcp.address, tcp.pcb), (None, Some(u64::MAX - 1)));
    let (listener, _) = listener.unwrap();
    assert_eq!(listener.local, "0.0.0.0:1".parse().ok());
    assert_eq!(
        (listener.recv_queue, listener.send_queue),
        (Some(32767), Some(32767))
    );
    let expected = Unix {
        path: Some(&[0xfe; 253]),
        state: UnixState::Disconnecting,
        peer: None,
    };
    assert_eq!(long.unwrap().0.unix, Some(expected));
    let (other, _) = other.unwrap();
    assert_eq!((other.state, other.local, other.unix), (None, None, None));
}
