//! Tables of Windows' network and disks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};
use std::time::Duration;

use oslens::net::TcpState;
use oslens::parse::windows::connections::{Socket, tcp4, tcp6, udp4, udp6};
use oslens::parse::windows::{disk_devices, dos_devices, if_table, socket_address};

use crate::random::{Random, check};

/// `MIB_TCP_STATE`, from 1.
const STATES: [TcpState; 12] = [
    TcpState::Close,
    TcpState::Listen,
    TcpState::SynSent,
    TcpState::SynRecv,
    TcpState::Established,
    TcpState::FinWait1,
    TcpState::FinWait2,
    TcpState::CloseWait,
    TcpState::Closing,
    TcpState::LastAck,
    TcpState::TimeWait,
    TcpState::DeleteTcb,
];

fn ip4(random: &mut Random) -> Ipv4Addr {
    random.small().into()
}

fn ip6(random: &mut Random) -> Ipv6Addr {
    let low = u128::from(random.number());
    match random.below(3) {
        0 => (0xfe80 << 112 | low).into(),
        1 => (0x2001_0db8 << 96 | low).into(),
        _ => low.into(),
    }
}

/// An address, and the words that a table has for it.
fn address(random: &mut Random, v6: bool) -> (SocketAddr, Vec<u8>) {
    let port = random.small() as u16;
    let rest = (random.next() as u16).to_le_bytes();
    let (address, mut words) = if v6 {
        let ip = ip6(random);
        let scope = random.small();
        let shown = if ip.segments()[0] == 0xfe80 { scope } else { 0 };
        let words = [&ip.octets()[..], &scope.to_le_bytes()].concat();
        (SocketAddr::V6(SocketAddrV6::new(ip, port, 0, shown)), words)
    } else {
        let ip = ip4(random);
        (SocketAddr::new(ip.into(), port), ip.octets().to_vec())
    };
    words.extend(port.to_be_bytes());
    // Whatever is left in the upper half of the word.
    words.extend(rest);
    (address, words)
}

fn is_set(address: &SocketAddr) -> bool {
    address.port() != 0 || !address.ip().is_unspecified()
}

fn table(random: &mut Random, rows: &[Vec<u8>]) -> Vec<u8> {
    let mut table = u32::try_from(rows.len()).unwrap().to_le_bytes().to_vec();
    table.extend(rows.concat());
    // The buffer is longer than what is in it.
    table.extend(random.bytes(100, b""));
    table
}

#[test]
fn tcp_tables_of_both_families() {
    check(|random| {
        let v6 = random.flag();
        let sockets = random.several(5, |random| {
            let number = random.below(12) as u32 + 1;
            let state = STATES[number as usize - 1];
            let (local, local_words) = address(random, v6);
            let (remote, remote_words) = address(random, v6);
            let pid = random.small();
            let number = number.to_le_bytes();
            let row = if v6 {
                [&local_words[..], &remote_words, &number, &pid.to_le_bytes()].concat()
            } else {
                [&number[..], &local_words, &remote_words, &pid.to_le_bytes()].concat()
            };
            let has_peer = state != TcpState::Listen && is_set(&remote);
            let socket = Socket {
                state: Some(state),
                local,
                remote: has_peer.then_some(remote),
                pid,
            };
            (socket, row)
        });
        let (sockets, rows): (Vec<_>, Vec<_>) = sockets.into_iter().unzip();
        let table = table(random, &rows);
        let read: Vec<_> = match v6 {
            true => tcp6(&table).unwrap().collect(),
            false => tcp4(&table).unwrap().collect(),
        };
        assert_eq!(read, sockets);
    });
}

#[test]
fn udp_tables_of_both_families() {
    check(|random| {
        let v6 = random.flag();
        let sockets = random.several(5, |random| {
            let (local, words) = address(random, v6);
            let pid = random.small();
            let socket = Socket {
                state: None,
                local,
                remote: None,
                pid,
            };
            (socket, [&words[..], &pid.to_le_bytes()].concat())
        });
        let (sockets, rows): (Vec<_>, Vec<_>) = sockets.into_iter().unzip();
        let table = table(random, &rows);
        let read: Vec<_> = match v6 {
            true => udp6(&table).unwrap().collect(),
            false => udp4(&table).unwrap().collect(),
        };
        assert_eq!(read, sockets);
    });
}

#[test]
fn tables_of_interfaces() {
    check(|random| {
        let rows = random.several(3, |random| {
            let mut row = random.bytes(if_table::ROW_SIZE, b"");
            row.resize(if_table::ROW_SIZE, 0xcc);
            let alias: Vec<u16> = random.several(20, |random| random.next() as u16 | 1);
            let address = random.bytes(32, b"");
            let numbers = [1208, 1232, 1240, 1280, 1304, 1312].map(|at| (at, random.number()));
            let index = random.small();
            row[8..12].copy_from_slice(&index.to_le_bytes());
            for (at, unit) in alias.iter().chain([&0]).enumerate() {
                row[28 + 2 * at..30 + 2 * at].copy_from_slice(&unit.to_le_bytes());
            }
            row[1056..1060].copy_from_slice(&(address.len() as u32).to_le_bytes());
            row[1060..1060 + address.len()].copy_from_slice(&address);
            for (at, number) in numbers {
                row[at..at + 8].copy_from_slice(&number.to_le_bytes());
            }
            (
                index,
                alias,
                address,
                numbers.map(|(_, number)| number),
                row,
            )
        });
        let mut table = u64::try_from(rows.len()).unwrap().to_le_bytes().to_vec();
        rows.iter().for_each(|(.., row)| table.extend(row));
        let read: Vec<_> = if_table::rows(&table).unwrap().collect();
        assert_eq!(read.len(), rows.len());
        for (read, (index, alias, address, numbers, _)) in read.iter().zip(rows) {
            assert_eq!((read.index, &read.alias), (index, &alias));
            assert_eq!(read.physical_address, address);
            let io = read.counters;
            let counted = [io.bytes_recv, io.dropin, io.errin, io.bytes_sent];
            assert_eq!(counted, numbers[..4]);
            assert_eq!((io.dropout, io.errout), (Some(numbers[4]), numbers[5]));
        }
    });
}

#[test]
fn addresses_of_interfaces() {
    check(|random| {
        let (ip, scope, mut structure) = if random.flag() {
            let ip = ip6(random);
            let scope = random.small();
            let head = [23, 0, 9, 9, 9, 9, 9, 9];
            let structure = [&head[..], &ip.octets(), &scope.to_le_bytes()].concat();
            let is_link = ip.segments()[0] == 0xfe80 && scope != 0;
            (IpAddr::V6(ip), is_link.then_some(scope), structure)
        } else {
            let ip = ip4(random);
            let structure = [&[2, 0, 9, 9][..], &ip.octets(), &[0; 8]].concat();
            (IpAddr::V4(ip), None, structure)
        };
        assert_eq!(socket_address::ip(&structure), Some((ip, scope)));
        let least = if ip.is_ipv6() { 28 } else { 8 };
        structure.truncate(random.below(least) as usize);
        assert_eq!(socket_address::ip(&structure), None);
    });
}

#[test]
fn counters_of_disks() {
    check(|random| {
        let mut answer = random.bytes(disk_devices::PERFORMANCE_SIZE, b"");
        answer.resize(disk_devices::PERFORMANCE_SIZE, 0);
        let longs = [0, 8, 16, 24].map(|at| (at, random.number() >> 1));
        let words = [40, 44, 48].map(|at| (at, random.small()));
        for (at, number) in longs {
            answer[at..at + 8].copy_from_slice(&number.to_le_bytes());
        }
        for (at, number) in words {
            answer[at..at + 4].copy_from_slice(&number.to_le_bytes());
        }
        let io = disk_devices::performance(&answer).unwrap();
        let [read, written, read_time, write_time] = longs.map(|(_, number)| number);
        assert_eq!((io.read_bytes, io.write_bytes), (read, written));
        let time = |steps: u64| {
            Duration::from_secs(steps / 10_000_000) + Duration::from_nanos(steps % 10_000_000 * 100)
        };
        assert_eq!(io.read_time, Some(time(read_time)));
        assert_eq!(io.write_time, Some(time(write_time)));
        let [reads, writes, depth] = words.map(|(_, number)| u64::from(number));
        assert_eq!((io.read_count, io.write_count), (reads, writes));
        assert_eq!(io.in_flight, Some(depth));
    });
}

#[test]
fn lists_of_names() {
    check(|random| {
        let names = random.several(6, |random| {
            let mut name: Vec<u16> = random.several(12, |random| random.next() as u16 | 0x100);
            name.push(u16::from(b'x'));
            name
        });
        let mut list: Vec<u16> = Vec::new();
        for name in &names {
            list.extend(name);
            list.push(0);
        }
        list.push(0);
        let read: Vec<_> = dos_devices::list(&list).map(<[u16]>::to_vec).collect();
        assert_eq!(read, names);
        // A name of no known form stays what it is.
        for name in &names {
            assert_eq!(dos_devices::readable(name), *name);
            assert_eq!(dos_devices::physical_drive(name), None);
        }
    });
}
