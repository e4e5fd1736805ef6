use super::*;
use crate::net::{SocketType, UnixState};

const TABLE: &[u8] = include_bytes!("../fixtures/netbsd_kinfo_pcb.bin");
const FILES: &[u8] = include_bytes!("../fixtures/netbsd_sockets.bin");
const PCB: usize = <KinfoPcb as crate::parse::layout::Type>::SIZE;
const FILE: usize = <KinfoFile as crate::parse::layout::Type>::SIZE;

fn read(data: &[u8], stride: usize) -> Vec<Result<Socket<'_>, Malformed>> {
    let found = sockets(data, stride, Endian::Little);
    found.map_or_else(|error| vec![Err(error)], Iterator::collect)
}

fn files(data: &[u8], stride: usize) -> Vec<Result<Descriptor, Malformed>> {
    let found = descriptors(data, stride, Endian::Little);
    found.map_or_else(|error| vec![Err(error)], Iterator::collect)
}

#[test]
fn sockets_are_read_as_the_headers_write_them() {
    let found: Vec<_> = read(TABLE, PCB).into_iter().map(Result::unwrap).collect();
    let [listener, connected, udp, raw, end, peer, hidden] = found[..] else {
        panic!("{found:?}")
    };
    let expected = Socket {
        family: Family::Inet6,
        socket_type: SocketType::Stream,
        protocol: Protocol::Tcp,
        state: Some(TcpState::Listen),
        local: "[::]:8080".parse().ok(),
        remote: None,
        v6_only: Some(false),
        recv_queue: None,
        send_queue: None,
        uid: None,
        address: Some(0xffff_a100_0100_0000),
        pcb: Some(0xffff_a100_0100_0100),
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
        address: Some(0xffff_a100_0200_0000),
        pcb: Some(0xffff_a100_0200_0100),
        ..expected
    };
    assert_eq!(connected, expected);
    assert_eq!(udp.local.unwrap().to_string(), "[fe80::1%3]:546");
    assert_eq!((udp.state, udp.v6_only), (None, Some(true)));
    assert_eq!(raw.protocol, Protocol::Raw(1));
    assert_eq!(raw.remote, "198.51.100.1:0".parse().ok());
    // The ends of a UNIX socket know each other.
    let (one, other) = (end.unix.unwrap(), peer.unix.unwrap());
    assert_eq!(one.path, Some(&b"/var/run/log"[..]));
    assert_eq!((other.path, other.state), (None, UnixState::Connected));
    assert_eq!((one.peer, other.peer), (peer.pcb, end.pcb));
    assert_eq!((end.local, end.recv_queue), (None, Some(9)));
    assert_eq!((hidden.address, hidden.pcb), (None, None));
    assert_eq!(hidden.state, Some(TcpState::CloseWait));
}

#[test]
fn descriptors_that_are_sockets_are_found() {
    let found: Vec<_> = files(FILES, FILE).into_iter().map(Result::unwrap).collect();
    let listener = Some(0xffff_a100_0100_0000);
    let simple: Vec<_> = found
        .iter()
        .map(|d| (d.pid, d.fd, d.uid, d.socket))
        .collect();
    assert_eq!(
        simple,
        [
            (900, 5, Some(80), listener),
            (901, 5, Some(80), listener),
            (812, 4, Some(0), Some(0xffff_a100_0200_0000)),
            (812, 9, Some(0), Some(0xffff_a100_0500_0000)),
        ]
    );
}

#[test]
fn records_that_grew_are_read_as_before() {
    let mut longer = Vec::new();
    for record in TABLE.chunks(PCB) {
        longer.extend(record);
        longer.extend([0xee; 16]);
    }
    assert_eq!(read(&longer, PCB + 16), read(TABLE, PCB));
}

#[test]
fn what_is_cut_off_or_hostile_is_malformed_and_not_read() {
    assert_eq!(read(TABLE, 0), [Err(Malformed("a size of records"))]);
    assert_eq!(files(FILES, 0), [Err(Malformed("a size of records"))]);
    for end in 1..TABLE.len() {
        let found = read(&TABLE[..end], PCB);
        assert_eq!(found.last().is_some_and(Result::is_err), end % PCB != 0);
    }
    for end in 1..FILES.len() {
        let found = files(&FILES[..end], FILE);
        assert_eq!(found.last().is_some_and(Result::is_err), end % FILE != 0);
    }
    for fill in [0xff, 0x7f, 0x80] {
        assert!(read(&vec![fill; 10 * PCB], PCB).iter().all(Result::is_err));
        assert!(
            files(&vec![fill; 10 * FILE], FILE)
                .iter()
                .all(Result::is_err)
        );
    }
}

#[test]
fn odd_sockets_have_what_is_in_them_and_the_rest_is_left_out() {
    const ODD: &[u8] = include_bytes!("../fixtures/netbsd_odd_pcb.bin");
    let found: Result<Vec<_>, _> = sockets(ODD, 648, Endian::Little).unwrap().collect();
    let [tcp, long, unsaid, udp] = found.unwrap().try_into().unwrap();
    assert_eq!(tcp.local, "[fe80::1%65535]:65535".parse().ok());
    assert_eq!(tcp.remote, "[ff02::fb%258]:65535".parse().ok());
    assert_eq!(tcp.state, Some(TcpState::Other(255)));
    assert_eq!(
        (tcp.recv_queue, tcp.send_queue),
        (Some(u32::MAX), Some(u32::MAX))
    );
    assert_eq!((tcp.address, tcp.pcb), (None, Some(u64::MAX - 1)));
    let expected = Unix {
        path: Some(&[0xfe; 253]),
        state: UnixState::Disconnecting,
        peer: None,
    };
    assert_eq!(
        (long.unix, long.socket_type),
        (Some(expected), SocketType::SeqPacket)
    );
    assert_eq!(unsaid.unix.unwrap().path, None);
    assert_eq!(udp.local, "[::]:53".parse().ok());
    assert_eq!(udp.remote, "[::ffff:198.51.100.1]:54".parse().ok());
    // One whose process has no number that a process can have, and one of no
    // type that there is.
    let mut files = include_bytes!("../fixtures/netbsd_sockets.bin").to_vec();
    let number = |files: &[u8]| {
        let all: Result<Vec<_>, _> = descriptors(files, 120, Endian::Little).unwrap().collect();
        all.unwrap().len()
    };
    let all = number(&files);
    let is_socket = |record: &[u8]| record[KinfoFile::ki_ftype.offset()] == DTYPE_SOCKET as u8;
    let place = files.chunks(120).position(is_socket).unwrap() * 120;
    files[place + KinfoFile::ki_pid.offset()..][..4].fill(0xff);
    assert_eq!(number(&files), all - 1);
    files[place + KinfoFile::ki_ftype.offset()..][..4].fill(0xff);
    assert_eq!(number(&files), all - 1);
}
