//! There is no header that C could make these bytes of: they are written down
//! as the kernel's sources lay them out.

use super::*;
use crate::net::{SocketType, TcpState, UnixState};

/// A structure of this size: its length, its kind, and these fields.
fn part(size: u32, kind: u32, fields: &[(usize, &[u8])]) -> Vec<u8> {
    let mut part = vec![0; size.next_multiple_of(8) as usize];
    part[..4].copy_from_slice(&size.to_le_bytes());
    part[4..8].copy_from_slice(&kind.to_le_bytes());
    for (at, bytes) in fields {
        part[*at..*at + bytes.len()].copy_from_slice(bytes);
    }
    part
}

/// `struct xinpgen`.
fn generation(count: u32) -> Vec<u8> {
    part(24, count, &[(8, &[0xdd; 16])])
}

fn pcb(local: (&[u8], u16), remote: (&[u8], u16), versions: u8, number: u64) -> Vec<u8> {
    let address = |ip: &[u8]| {
        let mut all = [0; 16];
        all[16 - ip.len()..].copy_from_slice(ip);
        all
    };
    part(
        104,
        0x10,
        &[
            (16, &remote.1.to_be_bytes()),
            (18, &local.1.to_be_bytes()),
            (28, &number.to_le_bytes()),
            (44, &[versions]),
            (48, &address(remote.0)),
            (64, &address(local.0)),
        ],
    )
}

fn socket(number: u64, kind: i16, options: u32, family: i32, uid: u32, pid: i32) -> Vec<u8> {
    part(
        104,
        1,
        &[
            (8, &number.to_le_bytes()),
            (16, &kind.to_le_bytes()),
            (20, &options.to_le_bytes()),
            (28, &(number + u64::from(number != 0)).to_le_bytes()),
            (40, &family.to_le_bytes()),
            (44, &3_i16.to_le_bytes()),
            (48, &128_i16.to_le_bytes()),
            (64, &uid.to_le_bytes()),
            (68, &pid.to_le_bytes()),
        ],
    )
}

/// Buffers and statistics.
fn queues(received: u32, sent: u32) -> Vec<u8> {
    let buffer = |kind, bytes: u32| part(36, kind, &[(8, &bytes.to_le_bytes())]);
    [buffer(2, received), buffer(4, sent), part(136, 8, &[])].concat()
}

fn tcp(state: i32) -> Vec<u8> {
    part(204, 0x20, &[(36, &state.to_le_bytes())])
}

/// A listener for both versions, a connection, and what is left of one.
pub(crate) fn tcp_table() -> Vec<u8> {
    [
        generation(3),
        pcb((&[], 8080), (&[], 0), 3, 70),
        socket(0x1111_0000_0000_0001, 1, 2, 30, 501, 900),
        queues(0, 0),
        tcp(1),
        pcb((&[192, 0, 2, 7], 50000), (&[198, 51, 100, 1], 443), 1, 71),
        socket(0x2222_0000_0000_0001, 1, 0, 2, 502, 901),
        queues(12, 345),
        tcp(4),
        pcb((&[192, 0, 2, 7], 8080), (&[198, 51, 100, 2], 50001), 1, 60),
        socket(0, 0, 0, 0, 0, 0),
        queues(0, 0),
        tcp(10),
        generation(3),
    ]
    .concat()
}

#[test]
fn sockets_are_read_as_the_sources_lay_them_out() {
    let table = tcp_table();
    let found = sockets(&table, Protocol::Tcp, Endian::Little).unwrap();
    let [listener, connected, closed] = found[..] else {
        panic!("{found:?}")
    };
    let expected = Listed {
        socket: Socket {
            family: Family::Inet6,
            socket_type: SocketType::Stream,
            protocol: Protocol::Tcp,
            state: Some(TcpState::Listen),
            local: "[::]:8080".parse().ok(),
            remote: None,
            v6_only: Some(false),
            recv_queue: Some(3),
            send_queue: Some(128),
            uid: Some(501),
            address: Some(0x1111_0000_0000_0001),
            pcb: Some(0x1111_0000_0000_0002),
            unix: None,
        },
        generation: Some(70),
        last_pid: Some(900),
        flow_of: None,
    };
    assert_eq!(listener, expected);
    let socket = connected.socket;
    assert_eq!(socket.local, "192.0.2.7:50000".parse().ok());
    assert_eq!(socket.remote, "198.51.100.1:443".parse().ok());
    assert_eq!(socket.state, Some(TcpState::Established));
    assert_eq!(
        (socket.recv_queue, socket.send_queue),
        (Some(12), Some(345))
    );
    assert_eq!((socket.family, socket.uid), (Family::Inet4, Some(502)));
    // Whose it was is unknown, and not root's.
    assert_eq!(closed.socket.state, Some(TcpState::TimeWait));
    assert_eq!((closed.socket.uid, closed.last_pid), (None, None));
    assert_eq!((closed.socket.pcb, closed.socket.recv_queue), (None, None));
    assert_eq!(closed.socket.local, "192.0.2.7:8080".parse().ok());
}

#[test]
fn datagrams_have_no_state_and_mapped_and_link_addresses_are_told() {
    let link = [0xfe, 0x80, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    let table = [
        generation(2),
        pcb((&link, 546), (&[], 0), 2, 5),
        socket(1, 2, 0, 30, 65, 100),
        queues(9, 0),
        pcb((&[192, 0, 2, 7], 5353), (&[198, 51, 100, 1], 5353), 1, 6),
        socket(3, 2, 0, 30, 65, 100),
        queues(0, 0),
        generation(2),
    ]
    .concat();
    let found = sockets(&table, Protocol::Udp, Endian::Little).unwrap();
    let [link, mapped] = found[..] else {
        panic!("{found:?}")
    };
    assert_eq!(link.socket.local.unwrap().to_string(), "[fe80::1%4]:546");
    assert_eq!((link.socket.state, link.socket.v6_only), (None, Some(true)));
    assert_eq!(link.socket.recv_queue, Some(9));
    assert_eq!(
        mapped.socket.remote,
        "[::ffff:198.51.100.1]:5353".parse().ok()
    );
    assert_eq!(mapped.socket.family, Family::Inet6);
}

/// What a process talks by a network stack of its own, as the kernel lists it:
/// neither a socket, nor a number, nor a user.
pub(crate) fn flow(versions: u8, pid: i32, received: u32, sent: u32) -> Vec<u8> {
    [
        pcb(
            (&[192, 0, 2, 7], 50443),
            (&[198, 51, 100, 9], 443),
            versions,
            0,
        ),
        socket(0, 0, 0, 0, 0, pid),
        queues(received, sent),
    ]
    .concat()
}

/// One UDP socket with this number, and a flow of a process.
pub(crate) fn udp_table(number: u64, pid: i32) -> Vec<u8> {
    [
        generation(2),
        pcb((&[], 5353), (&[], 0), 1, number),
        socket(0x9999_0000_0000_0001, 2, 0, 2, 65, 100),
        queues(0, 0),
        flow(1, pid, 7, 0),
        generation(2),
    ]
    .concat()
}

/// A UNIX socket that is bound to this path, or not, with another end or none.
fn unix(number: u64, path: &[u8], peer: u64, options: u32, state: u16) -> Vec<u8> {
    let length = if path.is_empty() {
        0
    } else {
        2 + path.len() as u8
    };
    let mut all = part(
        588,
        0x200,
        &[
            (8, &(number + 1).to_le_bytes()),
            (32, &peer.to_le_bytes()),
            (76, &[length, 1]),
            (78, path),
        ],
    );
    let mut told = socket(number, 1, options, 1, 501, 900);
    told[26..28].copy_from_slice(&state.to_le_bytes());
    all.extend([told, queues(21, 22)].concat());
    all
}

/// A listener, and both ends of a connection to it.
pub(crate) fn unix_table() -> Vec<u8> {
    [
        generation(3),
        unix(0x10, b"/var/run/mDNSResponder", 0, 2, 0),
        unix(0x20, b"/var/run/mDNSResponder", 0x31, 0, 2),
        unix(0x30, b"", 0x21, 0, 2),
        generation(3),
    ]
    .concat()
}

#[test]
fn unix_sockets_have_names_states_and_other_ends() {
    let table = unix_table();
    let [listener, accepted, unnamed] =
        sockets(&table, Protocol::Unix, Endian::Little).unwrap()[..]
    else {
        panic!()
    };
    let told = listener.socket;
    let own = told.unix.unwrap();
    assert_eq!(own.path, Some(&b"/var/run/mDNSResponder"[..]));
    assert_eq!((own.state, own.peer), (UnixState::Listening, None));
    assert_eq!((told.recv_queue, told.send_queue), (Some(3), Some(128)));
    assert_eq!((told.uid, told.pcb), (Some(501), Some(0x11)));
    let (own, other) = (accepted.socket.unix.unwrap(), unnamed.socket.unix.unwrap());
    assert_eq!(
        (own.peer, other.peer),
        (unnamed.socket.pcb, accepted.socket.pcb)
    );
    assert_eq!((own.state, other.path), (UnixState::Connected, None));
    assert_eq!(
        (accepted.socket.recv_queue, accepted.socket.send_queue),
        (Some(21), Some(22))
    );
    // A table of others.
    assert!(sockets(&table, Protocol::Tcp, Endian::Little).is_err());
    assert!(sockets(&tcp_table(), Protocol::Unix, Endian::Little).is_err());
    for end in 1..table.len() {
        if let Ok(found) = sockets(&table[..end], Protocol::Unix, Endian::Little) {
            assert!(found.len() <= 3, "{end}");
        }
    }
}

#[test]
fn a_flow_without_a_socket_is_that_of_a_process_with_what_is_known_of_it() {
    let table = udp_table(5, 77);
    let [socket, datagrams] = sockets(&table, Protocol::Udp, Endian::Little).unwrap()[..] else {
        panic!()
    };
    assert_eq!((socket.flow_of, socket.generation), (None, Some(5)));
    assert_eq!((datagrams.flow_of, datagrams.generation), (Some(77), None));
    let told = datagrams.socket;
    assert_eq!(told.remote, "198.51.100.9:443".parse().ok());
    assert_eq!((told.uid, told.address, told.state), (None, None, None));
    assert_eq!((told.recv_queue, told.send_queue), (Some(7), None));
    let table = [generation(1), flow(1, 78, 8, 9), tcp(4), generation(1)].concat();
    let [stream] = sockets(&table, Protocol::Tcp, Endian::Little).unwrap()[..] else {
        panic!()
    };
    let told = stream.socket;
    assert_eq!((stream.flow_of, told.family), (Some(78), Family::Inet4));
    assert_eq!(told.state, Some(TcpState::Established));
    assert_eq!((told.recv_queue, told.send_queue), (Some(8), Some(9)));
}

#[test]
fn a_table_that_is_not_understood_is_malformed_as_a_whole() {
    let table = tcp_table();
    fn read(data: &[u8]) -> Result<Vec<Listed<'_>>, Malformed> {
        sockets(data, Protocol::Tcp, Endian::Little)
    }
    assert_eq!(read(&[]), Ok(vec![]));
    assert_eq!(read(&generation(0)), Ok(vec![]));
    for end in 1..table.len() {
        if let Ok(found) = read(&table[..end]) {
            assert!(found.len() <= 3, "{end}");
        }
    }
    // Without the state, without the socket, and with shorter structures.
    let refuses = |parts: &[&[u8]]| read(&parts.concat()).is_err();
    let begin = [generation(1), pcb((&[], 1), (&[], 0), 1, 1)].concat();
    assert!(refuses(&[&begin]));
    let whole = [begin, socket(1, 1, 0, 2, 0, 1)].concat();
    assert!(refuses(&[&whole]));
    assert!(!refuses(&[&whole, &tcp(2)]));
    assert!(refuses(&[&whole, &part(36, 0x20, &[])]));
    assert!(refuses(&[&generation(1), &part(40, 0x10, &[]), &tcp(1)]));
    // Lengths that lie.
    for length in [0_u32, 1, 7, 300, 1 << 30, u32::MAX] {
        for at in [0, 24, 24 + 104] {
            let mut table = table.clone();
            table[at..at + 4].copy_from_slice(&length.to_le_bytes());
            _ = read(&table);
        }
    }
}
