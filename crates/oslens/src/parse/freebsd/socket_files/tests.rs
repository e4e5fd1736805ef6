use super::*;
use crate::net::{SocketType, UnixState};

const ALL: &[u8] = include_bytes!("../fixtures/freebsd_xfile.bin");
const ONE: &[u8] = include_bytes!("../fixtures/freebsd_sockets.bin");

#[test]
fn descriptors_that_are_sockets_are_found() {
    let found: Vec<_> = descriptors(ALL, Endian::Little)
        .map(|found| found.map(|found| (found.pid, found.fd, found.socket)))
        .collect::<Result<_, _>>()
        .unwrap();
    let listener = Some(0xffff_f800_0100_0000);
    assert_eq!(
        found,
        [
            (900, 5, listener),
            (901, 5, listener),
            (812, 4, Some(0xffff_f800_0200_0000)),
            (812, 9, Some(0xffff_f800_1200_0100)),
        ]
    );
}

#[test]
fn the_sockets_of_a_process_are_read_as_the_headers_write_them() {
    let found: Vec<_> = sockets(ONE, Endian::Little)
        .collect::<Result<_, _>>()
        .unwrap();
    let [(tcp_fd, tcp), (udp_fd, udp), (unix_fd, unix)] = found[..] else {
        panic!("{found:?}")
    };
    assert_eq!((tcp_fd, udp_fd, unix_fd), (4, 5, 9));
    let expected = Socket {
        family: Family::Inet4,
        socket_type: SocketType::Stream,
        protocol: Protocol::Tcp,
        // Neither is told.
        state: None,
        uid: None,
        v6_only: None,
        address: None,
        local: "192.0.2.7:22".parse().ok(),
        remote: "192.0.2.9:50000".parse().ok(),
        recv_queue: Some(12),
        send_queue: Some(345),
        pcb: Some(0xffff_f800_0200_0100),
        unix: None,
    };
    assert_eq!(tcp, expected);
    assert_eq!(udp.protocol, Protocol::Udp);
    assert_eq!(udp.local, "0.0.0.0:123".parse().ok());
    assert_eq!((udp.remote, udp.recv_queue), (None, None));
    let end = unix.unix.unwrap();
    assert_eq!(end.path, Some(&b"/var/run/log"[..]));
    assert_eq!(end.state, UnixState::Connected);
    assert_eq!(end.peer, Some(0xffff_f800_1300_0000));
    assert_eq!((unix.recv_queue, unix.local), (Some(9), None));
}

#[test]
fn a_list_that_is_cut_off_gives_what_is_whole_and_an_error() {
    for end in 1..ALL.len() {
        let found: Vec<_> = descriptors(&ALL[..end], Endian::Little).collect();
        assert_eq!(found.last().is_some_and(Result::is_err), end % 128 != 0);
    }
    for end in (1..ONE.len()).step_by(7) {
        let found: Vec<_> = sockets(&ONE[..end], Endian::Little).collect();
        assert_eq!(found.last().is_some_and(Result::is_err), end % 1392 != 0);
    }
}

#[test]
fn lengths_that_lie_neither_panic_nor_loop() {
    // Zero marks the end.
    assert_eq!(sockets(&[0; 1392], Endian::Little).count(), 0);
    for length in [-1, 1, 100, i32::MIN, i32::MAX] {
        let mut data = ONE.to_vec();
        data[..4].copy_from_slice(&i32::to_le_bytes(length));
        let whole = sockets(ONE, Endian::Little).count();
        let found: Vec<_> = sockets(&data, Endian::Little).collect();
        let is_wrong = found.iter().any(Result::is_err);
        assert!(is_wrong || found.len() < whole, "{length}");
        let mut data = ALL.to_vec();
        data[..8].copy_from_slice(&i64::from(length).to_le_bytes());
        let whole = descriptors(ALL, Endian::Little).count();
        let found: Vec<_> = descriptors(&data, Endian::Little).collect();
        let is_wrong = found.iter().any(Result::is_err);
        assert!(is_wrong || found.len() < whole, "{length}");
    }
    // Fields that no kernel fills in so.
    let mut record = [0xff; 1392];
    record[..4].copy_from_slice(&1392_i32.to_le_bytes());
    record[4..8].copy_from_slice(&2_i32.to_le_bytes());
    record[8..12].copy_from_slice(&3_i32.to_le_bytes());
    assert_eq!(sockets(&record, Endian::Little).count(), 0);
}
