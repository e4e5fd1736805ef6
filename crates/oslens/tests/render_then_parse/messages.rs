//! Netlink messages.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use oslens::parse::{
    netlink, rtnetlink,
    sock_diag::{self, AF_INET, AF_INET6, AF_UNIX, InetSocket, TcpInfo, UnixSocket, needs_scope},
};

use crate::random::{Random, check};

fn ip(random: &mut Random, v6: bool) -> IpAddr {
    if v6 {
        let prefix = random.pick(&[0u128, 0xfe80 << 112, 0xff02 << 112, 0x2001_0db8 << 96]);
        IpAddr::V6(Ipv6Addr::from(prefix | u128::from(random.number())))
    } else {
        IpAddr::V4(Ipv4Addr::from(random.small()))
    }
}

fn octets(ip: IpAddr) -> Vec<u8> {
    match ip {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    }
}

/// Attributes of newer kernels, between those that are known.
fn unknown(random: &mut Random, message: &mut Vec<u8>) {
    if random.below(4) == 0 {
        let value = random.bytes(9, b"");
        netlink::push_attribute(message, 4000, &value);
    }
}

#[test]
fn framing() {
    check(|random| {
        let messages = random.several(5, |random| {
            (
                random.small() as u16,
                random.small() as u16,
                random.small(),
                random.bytes(30, b""),
            )
        });
        let mut datagram = Vec::new();
        for (kind, flags, sequence, payload) in &messages {
            let length = (netlink::HEADER + payload.len()) as u32;
            datagram.extend(length.to_ne_bytes());
            datagram.extend(kind.to_ne_bytes());
            datagram.extend(flags.to_ne_bytes());
            datagram.extend(sequence.to_ne_bytes());
            datagram.extend(random.small().to_ne_bytes());
            datagram.extend(payload);
            datagram.resize(datagram.len().next_multiple_of(4), 0);
        }
        let parsed: Vec<_> = netlink::messages(&datagram).map(Result::unwrap).collect();
        let expected: Vec<_> = messages
            .iter()
            .map(|(kind, flags, sequence, payload)| netlink::Message {
                kind: *kind,
                flags: *flags,
                sequence: *sequence,
                payload,
            })
            .collect();
        assert_eq!(parsed, expected);

        let attributes = random.several(5, |random| {
            (random.below(0x4000) as u16, random.bytes(30, b""))
        });
        let mut bytes = Vec::new();
        for (kind, value) in &attributes {
            // `NLA_F_NESTED` and `NLA_F_NET_BYTEORDER` say nothing here.
            let flags = random.pick(&[0, 0x4000, 0x8000]);
            netlink::push_attribute(&mut bytes, kind | flags, value);
        }
        let parsed: Vec<_> = netlink::attributes(&bytes)
            .map(|(kind, value)| (kind, value.to_vec()))
            .collect();
        assert_eq!(parsed, attributes);
    });
}

#[test]
fn interfaces() {
    check(|random| {
        let name = random.name(15, b"");
        let kind = random.maybe(|random| random.name(10, b""));
        let addresses = [random.maybe(|random| random.bytes(20, b"")), None];
        let link = rtnetlink::Link {
            index: random.small(),
            hardware: random.small() as u16,
            flags: random.small(),
            name: &name,
            address: addresses[0].as_deref(),
            broadcast: addresses[1].as_deref(),
            mtu: random.maybe(Random::small),
            operstate: random.maybe(|random| random.small() as u8),
            master: random.maybe(Random::small),
            kind: kind.as_deref(),
            tx_queue_len: random.maybe(Random::small),
        };
        let mut message = vec![0, 0];
        message.extend(link.hardware.to_ne_bytes());
        message.extend(link.index.to_ne_bytes());
        message.extend(link.flags.to_ne_bytes());
        message.extend(random.small().to_ne_bytes());
        let info = kind.as_ref().map(|kind| {
            let mut nested = Vec::new();
            netlink::push_attribute(&mut nested, 1, kind);
            // `IFLA_INFO_DATA`, which has numbers of its own.
            netlink::push_attribute(&mut nested, 2, b"\x08\0\x01\0\0\0\0\0");
            nested
        });
        let word = |value: Option<u32>| value.map(|value| value.to_ne_bytes().to_vec());
        for (number, value) in [
            (3, Some([&*name, b"\0"].concat())),
            (13, word(link.tx_queue_len)),
            (16, link.operstate.map(|state| vec![state])),
            (4, word(link.mtu)),
            (10, word(link.master)),
            (1, addresses[0].clone()),
            (2, addresses[1].clone()),
            (18 | 0x8000, info),
        ] {
            unknown(random, &mut message);
            if let Some(value) = value {
                netlink::push_attribute(&mut message, number, &value);
            }
        }
        assert_eq!(rtnetlink::link(&message), Ok(link));
    });
}

#[test]
fn addresses() {
    check(|random| {
        let v6 = random.flag();
        let label = random.maybe(|random| random.bytes(15, b""));
        let local = ip(random, v6);
        let address = rtnetlink::Address {
            index: random.small(),
            local,
            prefix_len: random.below(129) as u8,
            peer: random
                .maybe(|random| ip(random, v6))
                .filter(|peer| *peer != local),
            broadcast: random.maybe(|random| ip(random, v6)),
            scope: random.small() as u8,
            flags: random.small(),
            label: label.as_deref(),
        };
        let family = if v6 { AF_INET6 } else { AF_INET };
        let mut message = vec![
            family,
            address.prefix_len,
            address.flags as u8,
            address.scope,
        ];
        message.extend(address.index.to_ne_bytes());
        let other = address.peer.unwrap_or(local);
        // IPv6 leaves out what is the same.
        let own = (!v6 || address.peer.is_some()).then_some(local);
        for (number, value) in [
            (1, Some(octets(other))),
            (2, own.map(octets)),
            (4, address.broadcast.map(octets)),
            (3, label.as_ref().map(|label| [label, &b"\0"[..]].concat())),
            (8, Some(address.flags.to_ne_bytes().to_vec())),
        ] {
            unknown(random, &mut message);
            if let Some(value) = value {
                netlink::push_attribute(&mut message, number, &value);
            }
        }
        assert_eq!(rtnetlink::address(&message), Ok(Some(address)));
    });
}

fn socket_address(random: &mut Random, v6: bool, interface: u32) -> SocketAddr {
    let port = random.small() as u16;
    match ip(random, v6) {
        IpAddr::V6(ip) => {
            let scope = if needs_scope(&ip) { interface } else { 0 };
            SocketAddr::V6(SocketAddrV6::new(ip, port, 0, scope))
        }
        ip @ IpAddr::V4(_) => SocketAddr::new(ip, port),
    }
}

fn tcp_info(random: &mut Random) -> (TcpInfo, Vec<u8>) {
    // Lengths that kernels have had: 2.6, 3.15, 4.2, 4.9, 4.19, 5.4.
    let length = random.pick(&[104, 120, 144, 168, 224, 232]);
    let mut bytes: Vec<u8> = (0..length).map(|_| random.next() as u8).collect();
    let known = |end: usize| length >= end;
    let info = TcpInfo {
        retransmits: random.small() as u8,
        rto: random.small(),
        snd_mss: random.small(),
        rcv_mss: random.small(),
        unacked: random.small(),
        lost: random.small(),
        last_data_sent: random.small(),
        last_data_recv: random.small(),
        pmtu: random.small(),
        rtt: random.small(),
        rttvar: random.small(),
        snd_ssthresh: random.small(),
        snd_cwnd: random.small(),
        total_retrans: random.small(),
        pacing_rate: known(112).then(|| random.number()),
        bytes_acked: known(128).then(|| random.number()),
        bytes_received: known(136).then(|| random.number()),
        segs_out: known(140).then(|| random.small()),
        segs_in: known(144).then(|| random.small()),
        notsent_bytes: known(148).then(|| random.small()),
        min_rtt: known(152).then(|| random.small()),
        delivery_rate: known(168).then(|| random.number()),
        bytes_sent: known(208).then(|| random.number()),
        bytes_retrans: known(216).then(|| random.number()),
    };
    bytes[2] = info.retransmits;
    let words = [
        (8, Some(info.rto)),
        (16, Some(info.snd_mss)),
        (20, Some(info.rcv_mss)),
        (24, Some(info.unacked)),
        (32, Some(info.lost)),
        (44, Some(info.last_data_sent)),
        (52, Some(info.last_data_recv)),
        (60, Some(info.pmtu)),
        (68, Some(info.rtt)),
        (72, Some(info.rttvar)),
        (76, Some(info.snd_ssthresh)),
        (80, Some(info.snd_cwnd)),
        (100, Some(info.total_retrans)),
        (136, info.segs_out),
        (140, info.segs_in),
        (144, info.notsent_bytes),
        (148, info.min_rtt),
    ];
    for (at, value) in words {
        if let Some(value) = value {
            bytes[at..at + 4].copy_from_slice(&value.to_ne_bytes());
        }
    }
    for (at, value) in [
        (104, info.pacing_rate),
        (120, info.bytes_acked),
        (128, info.bytes_received),
        (160, info.delivery_rate),
        (200, info.bytes_sent),
        (208, info.bytes_retrans),
    ] {
        if let Some(value) = value {
            bytes[at..at + 8].copy_from_slice(&value.to_ne_bytes());
        }
    }
    (info, bytes)
}

#[test]
fn internet_sockets() {
    check(|random| {
        let v6 = random.flag();
        let interface = random.small();
        let socket = InetSocket {
            state: random.small() as u8,
            local: socket_address(random, v6, interface),
            remote: socket_address(random, v6, interface),
            interface: Some(interface),
            recv_queue: random.small(),
            send_queue: random.small(),
            uid: random.small(),
            inode: u64::from(random.small()),
            v6_only: random.maybe(Random::flag).filter(|_| v6),
        };
        let mut message = vec![if v6 { AF_INET6 } else { AF_INET }, socket.state, 0, 0];
        message.extend(socket.local.port().to_be_bytes());
        message.extend(socket.remote.port().to_be_bytes());
        for address in [socket.local, socket.remote] {
            let mut bytes = octets(address.ip());
            bytes.resize(16, 0);
            message.extend(bytes);
        }
        message.extend(interface.to_ne_bytes());
        // Cookie and timer.
        message.extend(random.next().to_ne_bytes());
        message.extend(random.small().to_ne_bytes());
        message.extend(socket.recv_queue.to_ne_bytes());
        message.extend(socket.send_queue.to_ne_bytes());
        message.extend(socket.uid.to_ne_bytes());
        message.extend((socket.inode as u32).to_ne_bytes());
        assert_eq!(message.len(), 72);
        let tcp = random.maybe(tcp_info);
        let control = random.maybe(|random| random.bytes(15, b""));
        unknown(random, &mut message);
        if let Some(only) = socket.v6_only {
            netlink::push_attribute(&mut message, 11, &[u8::from(only)]);
        }
        if let Some((_, bytes)) = &tcp {
            netlink::push_attribute(&mut message, 2, bytes);
        }
        unknown(random, &mut message);
        if let Some(name) = &control {
            netlink::push_attribute(&mut message, 4, &[name, &b"\0"[..]].concat());
        }
        let (parsed, attributes) = sock_diag::inet(&message).unwrap();
        assert_eq!(parsed, socket);
        assert_eq!(
            sock_diag::tcp_details(attributes),
            (tcp.map(|(info, _)| info), control.as_deref())
        );
    });
}

#[test]
fn unix_sockets() {
    check(|random| {
        let name = match random.below(3) {
            0 => Vec::new(),
            // Abstract names hold NULs too.
            1 => [b"\0", &*random.bytes(30, b""), b"\0x"].concat(),
            _ => random.path(30, b""),
        };
        let queues = random.maybe(|random| (random.small(), random.small()));
        let socket = UnixSocket {
            kind: random.pick(&[1, 2, 5]),
            state: random.pick(&[1, 7, 10]),
            inode: u64::from(random.small()),
            name: &name,
            peer: random
                .maybe(|random| u64::from(random.small()))
                .filter(|peer| *peer != 0),
            recv_queue: queues.map(|(receive, _)| receive),
            send_queue: queues.map(|(_, send)| send),
            uid: random.maybe(Random::small),
        };
        let mut message = vec![AF_UNIX, socket.kind, socket.state, 0];
        message.extend((socket.inode as u32).to_ne_bytes());
        message.extend(random.next().to_ne_bytes());
        if !name.is_empty() {
            netlink::push_attribute(&mut message, 0, &name);
        }
        if let Some(peer) = socket.peer {
            netlink::push_attribute(&mut message, 2, &(peer as u32).to_ne_bytes());
        }
        if let Some((receive, send)) = queues {
            let value = [receive.to_ne_bytes(), send.to_ne_bytes()].concat();
            netlink::push_attribute(&mut message, 4, &value);
        }
        unknown(random, &mut message);
        if let Some(uid) = socket.uid {
            netlink::push_attribute(&mut message, 7, &uid.to_ne_bytes());
        }
        assert_eq!(sock_diag::unix(&message), Ok(socket));
    });
}
