use super::*;
use crate::net::{SocketType, UnixState};

const FILES: &[u8] = include_bytes!("../fixtures/openbsd_sockets.bin");
const STRIDE: usize = 632;

fn read(data: &[u8], stride: usize) -> Vec<Result<Found<'_>, Malformed>> {
    let found = sockets(data, stride, Endian::Little);
    found.map_or_else(|error| vec![Err(error)], Iterator::collect)
}

#[test]
fn sockets_are_read_as_the_headers_write_them() {
    let found: Vec<_> = read(FILES, STRIDE)
        .into_iter()
        .map(Result::unwrap)
        .collect();
    let [one, other, connected, udp, raw, unix, closed] = found[..] else {
        panic!("{found:?}")
    };
    let listener = Socket {
        family: Family::Inet6,
        socket_type: SocketType::Stream,
        protocol: Protocol::Tcp,
        state: Some(TcpState::Listen),
        local: "[::]:8080".parse().ok(),
        remote: None,
        v6_only: Some(true),
        recv_queue: None,
        send_queue: None,
        uid: Some(80),
        address: Some(0xffff_fd80_0000_1000),
        pcb: Some(0xffff_fd80_0000_1100),
        unix: None,
    };
    let descriptor = Descriptor {
        pid: 4001,
        fd: 3,
        uid: Some(80),
        socket: listener.pcb,
    };
    assert_eq!(one, (Some(descriptor), listener));
    // Of two processes.
    let descriptor = Descriptor {
        pid: 4002,
        ..descriptor
    };
    assert_eq!(other, (Some(descriptor), listener));

    let (_, connected) = connected;
    assert_eq!(connected.local, "192.0.2.7:40000".parse().ok());
    assert_eq!(connected.remote, "198.51.100.1:443".parse().ok());
    assert_eq!(connected.state, Some(TcpState::Established));
    assert_eq!(
        (connected.recv_queue, connected.send_queue),
        (Some(12), Some(345))
    );
    let (_, udp) = udp;
    assert_eq!(udp.local.unwrap().to_string(), "[fe80::1%3]:546");
    assert_eq!(
        (udp.protocol, udp.state, udp.remote),
        (Protocol::Udp, None, None)
    );
    let (_, raw) = raw;
    assert_eq!((raw.protocol, raw.local), (Protocol::Raw(1), None));

    let (holder, unix) = unix;
    assert_eq!(holder.unwrap().pid, 4006);
    assert_eq!((unix.address, unix.pcb), (None, None));
    let end = unix.unix.unwrap();
    assert_eq!(end.path, Some(&b"/dev/log"[..]));
    assert_eq!((end.state, end.peer), (UnixState::Connected, None));

    let (holder, closed) = closed;
    assert_eq!((holder, closed.uid), (None, None));
    assert_eq!(closed.state, Some(TcpState::TimeWait));
}

#[test]
fn records_of_another_size_are_read_as_far_as_they_go() {
    let mut longer = Vec::new();
    for record in FILES.chunks(STRIDE) {
        longer.extend(record);
        longer.extend([0xee; 24]);
    }
    assert_eq!(read(&longer, STRIDE + 24), read(FILES, STRIDE));
    // An older kernel's, without the state of TCP.
    let cut: Vec<u8> = FILES
        .chunks(STRIDE)
        .flat_map(|one| &one[..592])
        .copied()
        .collect();
    assert_eq!(read(&cut, 592)[0], Err(Malformed("a whole kinfo_file")));
}

#[test]
fn what_is_cut_off_or_hostile_is_malformed_and_not_read() {
    assert_eq!(read(FILES, 0).len(), 1);
    for end in 1..FILES.len() {
        let found = read(&FILES[..end], STRIDE);
        let last = found.last().is_some_and(Result::is_err);
        assert_eq!(last, end % STRIDE != 0, "{end}");
        assert!(found.iter().rev().skip(1).all(Result::is_ok));
    }
    for fill in [0xff, 0x7f, 0x80] {
        for found in read(&vec![fill; 10 * STRIDE], STRIDE) {
            assert!(found.is_err());
        }
    }
}

#[test]
fn odd_sockets_have_what_is_in_them_and_the_rest_is_left_out() {
    const ODD: &[u8] = include_bytes!("../fixtures/openbsd_odd_sockets.bin");
    let found: Vec<_> = read(ODD, 640).into_iter().map(Result::unwrap).collect();
    let [tcp, unix, raw, udp] = found[..] else {
        panic!("{found:?}")
    };
    let (descriptor, tcp) = (tcp.0.unwrap(), tcp.1);
    assert_eq!((descriptor.pid, descriptor.fd), (i32::MAX, i32::MAX));
    assert_eq!(
        (descriptor.uid, descriptor.socket),
        (Some(4_294_967_294), None)
    );
    assert_eq!(tcp.local, "[fe80::1%65535]:65535".parse().ok());
    assert_eq!(tcp.remote, "[ff02::fb%258]:65535".parse().ok());
    assert_eq!(tcp.state, Some(TcpState::Other(255)));
    assert_eq!(
        (tcp.recv_queue, tcp.send_queue),
        (Some(u32::MAX), Some(u32::MAX))
    );
    assert_eq!((tcp.address, tcp.pcb), (Some(u64::MAX - 1), None));
    assert_eq!((tcp.v6_only, tcp.uid), (None, Some(4_294_967_294)));
    let (none, unix) = unix;
    assert_eq!((none, unix.uid), (None, None));
    assert_eq!(unix.socket_type, SocketType::SeqPacket);
    let expected = Unix {
        path: Some(&[0xfe; 104]),
        state: UnixState::Disconnecting,
        peer: None,
    };
    assert_eq!(unix.unix, Some(expected));
    assert_eq!(raw.1.protocol, Protocol::Raw(255));
    assert_eq!(
        (raw.1.local, raw.1.remote),
        ("192.0.2.7:0".parse().ok(), None)
    );
    assert_eq!(udp.1.local, "[::]:53".parse().ok());
    assert_eq!(udp.1.remote, "[::ffff:198.51.100.1]:54".parse().ok());
}
