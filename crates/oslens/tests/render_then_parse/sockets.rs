//! Tables below `/proc/net`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use oslens::parse::{
    linux::{
        net_inet::{self, Endian},
        net_unix,
    },
    sock_diag::InetSocket,
};

use crate::random::{Random, check, put};

fn address(random: &mut Random, v6: bool) -> SocketAddr {
    let ip = if v6 {
        let high = u128::from(random.number()) << 64;
        IpAddr::V6(Ipv6Addr::from(high | u128::from(random.number())))
    } else {
        IpAddr::V4(Ipv4Addr::from(random.small()))
    };
    SocketAddr::new(ip, random.small() as u16)
}

fn written(address: SocketAddr, endian: Endian) -> String {
    let bytes = match address.ip() {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    };
    let mut text = String::new();
    for word in bytes.chunks_exact(4) {
        let word: [u8; 4] = word.try_into().unwrap();
        let number = match endian {
            Endian::Little => u32::from_le_bytes(word),
            Endian::Big => u32::from_be_bytes(word),
        };
        text.push_str(&format!("{number:08X}"));
    }
    format!("{text}:{:04X}", address.port())
}

#[test]
fn internet_sockets() {
    check(|random| {
        let v6 = random.flag();
        let endian = random.pick(&[Endian::Little, Endian::Big]);
        let sockets = random.several(5, |random| InetSocket {
            state: random.small() as u8,
            local: address(random, v6),
            remote: address(random, v6),
            interface: None,
            recv_queue: random.small(),
            send_queue: random.small(),
            uid: random.small(),
            inode: random.number(),
            v6_only: None,
        });
        let mut text = b"  sl  local_address rem_address   st tx_queue rx_queue\n".to_vec();
        for (number, socket) in sockets.iter().enumerate() {
            put!(text, "{number:4}: {} ", written(socket.local, endian));
            put!(
                text,
                "{} {:02X} ",
                written(socket.remote, endian),
                socket.state
            );
            put!(text, "{:08X}:{:08X} ", socket.send_queue, socket.recv_queue);
            put!(text, "00:{:08X} 00000000 ", random.small());
            put!(text, "{:5} {:8} {} ", socket.uid, 0, socket.inode);
            put!(text, "2 {:016x} 100 0 0 10 0\n", random.next());
        }
        let parsed: Vec<_> = net_inet::sockets(&text, endian)
            .map(Result::unwrap)
            .collect();
        assert_eq!(parsed, sockets);
    });
}

#[test]
fn unix_sockets() {
    check(|random| {
        let rows = random.several(6, |random| {
            let path = match random.below(3) {
                0 => Vec::new(),
                1 => [b"@", &*random.bytes(40, b"")].concat(),
                // Relative ones are what was bound, and paths hold newlines.
                _ => random.bytes(40, b""),
            };
            let inode = random.number();
            let small = random.small();
            (small, small as u16, (small >> 16) as u8, inode, path)
        });
        let mut text = b"Num       RefCount Protocol Flags    Type St Inode Path\n".to_vec();
        for (flags, kind, state, inode, path) in &rows {
            put!(text, "{:016x}: 00000002 00000000 ", random.next());
            put!(text, "{flags:08X} {kind:04X} {state:02X} {inode:5}");
            if !path.is_empty() {
                text.push(b' ');
                text.extend(path);
            }
            text.push(b'\n');
        }
        let parsed: Vec<_> = net_unix::rows(&text).map(Result::unwrap).collect();
        let expected: Vec<_> = rows
            .iter()
            .map(|(flags, kind, state, inode, path)| net_unix::Row {
                flags: *flags,
                kind: *kind,
                state: *state,
                inode: *inode,
                path,
            })
            .collect();
        assert_eq!(parsed, expected);
    });
}
