//! Addresses, states, queues and names.

use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket},
    os::{
        fd::OwnedFd,
        linux::net::SocketAddrExt as _,
        unix::net::{UnixDatagram, UnixListener, UnixStream},
    },
    time::Duration,
};

use oslens_testkit::{FixtureRoot, skip, tool};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType as RustixType};

use super::{SOCK_DIAG, both, eventually, find, inode};
use crate::{
    Host,
    error::Unavailable,
    net::{
        ConnectionQuery, Family, Kind, Owners, Protocol, SocketType, TcpState, TcpStates, UnixName,
        UnixState,
    },
    sys::net::linux::{connections, socket_summary},
};

#[test]
fn tcp_states_and_queues_are_the_same_through_netlink_and_text() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut client = TcpStream::connect(address).unwrap();
    let _waiting = TcpStream::connect(address).unwrap();
    let (server, peer) = listener.accept().unwrap();
    client.write_all(&[7; 1234]).unwrap();
    let read = || both(Kind::TCP4);
    eventually(|| find(&read()[0], inode(&server)).recv_queue == Some(1234));
    for all in read() {
        let found = find(&all, inode(&server));
        assert_eq!(found.state, Some(TcpState::Established));
        assert_eq!((found.local, found.remote), (Some(address), Some(peer)));
        assert_eq!(found.recv_queue, Some(1234));
        assert_eq!(found.send_queue, Some(0));
        assert_eq!(found.uid, Some(rustix::process::geteuid().as_raw()));
        assert_eq!(
            (found.family, found.protocol),
            (Family::Inet4, Protocol::Tcp)
        );
        assert_eq!(found.owners, Err(Unavailable::NotRequested));
        let found = find(&all, inode(&listener));
        assert_eq!(found.state, Some(TcpState::Listen));
        assert_eq!(found.remote, None);
        // The one that was not accepted.
        assert_eq!(found.recv_queue, Some(1));
    }
    let [diag, text] = read();
    if SOCK_DIAG {
        assert!(find(&diag, inode(&listener)).send_queue > Some(0));
    }
    assert_eq!(find(&text, inode(&listener)).send_queue, None);

    // The client closes: the server may still send.
    drop(client);
    let [mut diag, mut text] = [Vec::new(), Vec::new()];
    eventually(|| {
        [diag, text] = read();
        // The end is acknowledged with a delay.
        [&diag, &text].into_iter().all(|all| {
            let peer = all.iter().find(|other| other.local == Some(peer));
            peer.unwrap().state != Some(TcpState::FinWait1)
        })
    });
    for all in [diag, text] {
        let found = find(&all, inode(&server));
        assert_eq!(found.state, Some(TcpState::CloseWait));
        let peer = all.iter().find(|other| other.local == Some(peer)).unwrap();
        assert_eq!(peer.state, Some(TcpState::FinWait2));
        assert_eq!((peer.inode, peer.uid), (0, None));
    }
}

#[test]
fn a_connection_in_time_wait_has_no_owner_and_that_is_known() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (mut server, _) = listener.accept().unwrap();
    let address = client.local_addr().unwrap();
    drop(client);
    assert_eq!(server.read(&mut [0; 8]).unwrap(), 0);
    drop(server);
    let query = ConnectionQuery::new(Kind::TCP4)
        .states(TcpStates::TIME_WAIT)
        .owners(Owners::All);
    let mut found = Vec::new();
    eventually(|| {
        found = connections(Host::local(), &query).unwrap();
        assert!(
            found
                .iter()
                .all(|other| other.state == Some(TcpState::TimeWait))
        );
        found.retain(|other| other.local == Some(address));
        !found.is_empty()
    });
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].inode, found[0].uid), (0, None));
    assert_eq!(found[0].owners, Ok(Vec::new()));
}

#[test]
fn a_socket_that_only_holds_its_port_is_listed_on_request() {
    let mut specimen = oslens_testkit::zoo::sleeper();
    specimen.socket("tcp4-bound");
    let pid = crate::process::Pid::new(specimen.pid());
    let held_by_it = |query: ConnectionQuery| {
        let mut all = connections(Host::local(), &query.owners(Owners::All)).unwrap();
        all.retain(|it| it.owners.iter().flatten().any(|owner| owner.pid == pid));
        all
    };
    assert_eq!(held_by_it(ConnectionQuery::new(Kind::TCP4)), []);
    let asked = ConnectionQuery::new(Kind::TCP4).states(TcpStates::BOUND_INACTIVE);
    let found = held_by_it(asked);
    if found.is_empty() {
        oslens_testkit::skip_allowed!("this kernel (before 6.8) or netlink does not list them");
    }
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].state, Some(TcpState::BoundInactive));
    assert!(found[0].local.is_some_and(|local| local.port() != 0));
    assert!(TcpStates::all().contains(TcpStates::BOUND_INACTIVE));
}

#[test]
fn a_listener_for_both_protocols_is_told_from_one_for_ipv6_only() {
    let Ok(listener) = TcpListener::bind("[::]:0") else {
        skip!("no IPv6");
    };
    let port = listener.local_addr().unwrap().port();
    let client = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    let (server, _) = listener.accept().unwrap();
    let only = rustix::net::socket(AddressFamily::INET6, RustixType::STREAM, None).unwrap();
    rustix::net::sockopt::set_ipv6_v6only(&only, true).unwrap();
    rustix::net::bind(&only, &"[::1]:0".parse::<SocketAddr>().unwrap()).unwrap();
    rustix::net::listen(&only, 3).unwrap();
    let [diag, text] = both(Kind::TCP);
    if SOCK_DIAG {
        assert_eq!(find(&diag, inode(&listener)).v6_only, Some(false));
        assert_eq!(find(&diag, inode(&only)).v6_only, Some(true));
        assert_eq!(find(&diag, inode(&only)).send_queue, Some(3));
    }
    assert_eq!(find(&text, inode(&only)).v6_only, None);
    for all in [diag, text] {
        let found = find(&all, inode(&server));
        assert_eq!(found.family, Family::Inet6);
        let mapped = format!("[::ffff:127.0.0.1]:{port}").parse().unwrap();
        assert_eq!(found.local, Some(mapped));
        assert_eq!(find(&all, inode(&client)).family, Family::Inet4);
        // Any address, but a port: bound, so not `None`.
        let any = format!("[::]:{port}").parse().unwrap();
        assert_eq!(find(&all, inode(&listener)).local, Some(any));
    }
}

#[test]
fn tcp_statistics_count_the_bytes_that_were_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (mut server, _) = listener.accept().unwrap();
    client.write_all(&[1; 5000]).unwrap();
    server.read_exact(&mut [0; 5000]).unwrap();
    server.write_all(b"thanks").unwrap();
    client.read_exact(&mut [0; 6]).unwrap();
    let query = ConnectionQuery::new(Kind::TCP4).tcp_info(true);
    let all = connections(Host::local(), &query).unwrap();
    let Some(info) = &find(&all, inode(&client)).tcp else {
        skip!("no sock_diag here");
    };
    // The connection's setup counts as one byte.
    assert_eq!(info.bytes_acked, Some(5001));
    assert_eq!(info.bytes_received, Some(6));
    assert_eq!(info.bytes_sent, Some(5000));
    assert_eq!((info.retransmitted, info.lost, info.unacked), (0, 0, 0));
    assert!(info.rtt > Duration::ZERO && info.rtt < Duration::from_secs(1));
    assert!(info.congestion_window > 0 && info.send_mss > 500);
    assert!(
        info.congestion_control
            .as_deref()
            .is_some_and(|name| !name.is_empty())
    );
    let plain = connections(Host::local(), &ConnectionQuery::new(Kind::TCP4)).unwrap();
    assert_eq!(find(&plain, inode(&client)).tcp, None);
}

#[test]
fn udp_sockets_are_seen_bound_and_connected() {
    let bound = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = bound.local_addr().unwrap();
    let connected = UdpSocket::bind("127.0.0.1:0").unwrap();
    connected.connect(address).unwrap();
    connected.send(&[1; 77]).unwrap();
    let [diag, text] = both(Kind::UDP);
    for all in [&diag, &text] {
        let found = find(all, inode(&bound));
        assert_eq!((found.local, found.remote), (Some(address), None));
        assert_eq!((found.protocol, found.state), (Protocol::Udp, None));
        assert_eq!(found.socket_type, SocketType::Datagram);
        assert!(found.recv_queue >= Some(77));
        let found = find(all, inode(&connected));
        assert_eq!(found.remote, Some(address));
    }
    assert_eq!(
        find(&diag, inode(&bound)).recv_queue,
        find(&text, inode(&bound)).recv_queue
    );
}

#[test]
fn raw_sockets_say_their_protocol() {
    let icmp = Some(rustix::net::ipproto::ICMP);
    let Ok(socket) = rustix::net::socket(AddressFamily::INET, RustixType::RAW, icmp) else {
        skip!("not allowed to make raw sockets");
    };
    for all in both(Kind::RAW) {
        let found = find(&all, inode(&socket));
        assert_eq!(found.protocol, Protocol::Raw(1));
        assert_eq!(found.socket_type, SocketType::Raw);
        assert_eq!((found.local, found.remote), (None, None));
    }
}

#[test]
fn unix_sockets_keep_their_names() {
    let directory = FixtureRoot::new();
    let path = directory.join("a socket  with blanks ");
    let listener = UnixListener::bind(&path).unwrap();
    let client = UnixStream::connect(&path).unwrap();
    let (server, _) = listener.accept().unwrap();
    let _waiting = UnixStream::connect(&path).unwrap();
    let name = format!("oslens {} \u{e4}", std::process::id());
    let address = std::os::unix::net::SocketAddr::from_abstract_name(&name).unwrap();
    let datagrams = UnixDatagram::bind_addr(&address).unwrap();
    let unnamed = UnixDatagram::unbound().unwrap();
    let records: OwnedFd = rustix::net::socket_with(
        AddressFamily::UNIX,
        RustixType::SEQPACKET,
        SocketFlags::CLOEXEC,
        None,
    )
    .unwrap();
    let lines = directory.join("two\nlines");
    rustix::net::bind(&records, &SocketAddrUnix::new(&lines).unwrap()).unwrap();
    rustix::net::listen(&records, 5).unwrap();

    let [diag, text] = both(Kind::UNIX);
    for all in [&diag, &text] {
        let unix = |socket: u64| find(all, socket).unix.as_deref().unwrap();
        let named = Some(UnixName::Path(path.clone()));
        assert_eq!(unix(inode(&listener)).name, named);
        assert_eq!(unix(inode(&listener)).state, UnixState::Listening);
        assert_eq!(unix(inode(&server)).name, named);
        assert_eq!(unix(inode(&server)).state, UnixState::Connected);
        assert_eq!(unix(inode(&client)).name, None);
        let named = Some(UnixName::Abstract((&name).into()));
        assert_eq!(unix(inode(&datagrams)).name, named);
        assert_eq!(unix(inode(&datagrams)).state, UnixState::Unconnected);
        assert_eq!(unix(inode(&unnamed)).name, None);
        assert_eq!(
            unix(inode(&records)).name,
            Some(UnixName::Path(lines.clone()))
        );
        let kinds = [inode(&listener), inode(&datagrams), inode(&records)]
            .map(|socket| find(all, socket).socket_type);
        let expected = [
            SocketType::Stream,
            SocketType::Datagram,
            SocketType::SeqPacket,
        ];
        assert_eq!(kinds, expected);
    }
    if SOCK_DIAG {
        let found = find(&diag, inode(&server));
        assert_eq!(
            found.unix.as_ref().unwrap().peer_inode,
            Some(inode(&client))
        );
        let found = find(&diag, inode(&listener));
        assert_eq!(found.recv_queue, Some(1));
        assert!(found.send_queue > Some(1));
        if let Some(uid) = found.uid {
            assert_eq!(uid, rustix::process::geteuid().as_raw());
        }
    }
    let found = find(&text, inode(&listener));
    assert_eq!((found.recv_queue, found.uid), (None, None));
}

#[test]
fn counts_agree_with_the_list() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let summary = socket_summary(Host::local()).unwrap();
    assert!(summary.used >= Some(2));
    assert!(summary.tcp4 >= Some(2));
    assert!(summary.tcp_established >= Some(2));
    assert!(summary.tcp_listening >= Some(1));
}

#[test]
fn connections_are_those_that_ss_shows() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (_server, _) = listener.accept().unwrap();
    let port = listener.local_addr().unwrap().port();
    let shown = match tool("ss", &["-tanH4"]) {
        Ok(output) => output.stdout,
        Err(reason) => skip!("{reason}"),
    };
    let mut shown: Vec<(String, String, String)> = shown
        .lines()
        .filter(|line| {
            line.split_whitespace()
                .any(|word| word.ends_with(&format!(":{port}")))
        })
        .map(|line| {
            let words: Vec<_> = line.split_whitespace().collect();
            let state = match words[0] {
                "ESTAB" => "ESTABLISHED",
                other => other,
            };
            (state.into(), words[3].into(), words[4].into())
        })
        .collect();
    let all = connections(Host::local(), &Kind::TCP4.into()).unwrap();
    let text = |address: Option<SocketAddr>| {
        address.map_or("0.0.0.0:*".to_owned(), |address| address.to_string())
    };
    let mut found: Vec<_> = all
        .iter()
        .filter(|one| {
            [one.local, one.remote]
                .into_iter()
                .flatten()
                .any(|address| address.port() == port)
        })
        .map(|one| {
            (
                one.state.unwrap().to_string(),
                text(one.local),
                text(one.remote),
            )
        })
        .collect();
    // What somebody had on this port before ends whenever it wants.
    shown.retain(|(state, ..)| state != "TIME-WAIT");
    found.retain(|(state, ..)| state != "TIME_WAIT");
    shown.sort();
    found.sort();
    assert_eq!(found.len(), 3);
    assert_eq!(found, shown);
}
