//! Sockets of this process against what it made.

use std::{
    net::{TcpListener, TcpStream, UdpSocket},
    time::{Duration, Instant},
};

use crate::{
    ErrorKind, Host, Unavailable,
    net::{
        Connection, ConnectionQuery, Family, Kind, Owner, Owners, Protocol, TcpState, TcpStates,
    },
    process::Pid,
};

fn all(query: impl Into<ConnectionQuery>) -> Vec<Connection> {
    Host::local()
        .connections(query.into().owners(Owners::All))
        .unwrap()
}

fn of(all: &[Connection], port: u16) -> Vec<&Connection> {
    let is_local = |one: &&Connection| one.local.is_some_and(|local| local.port() == port);
    all.iter().filter(is_local).collect()
}

fn own() -> Vec<Owner> {
    vec![Owner::process(Pid::current())]
}

/// The system's tables follow a little later.
fn eventually<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < Duration::from_secs(10), "not within 10 s");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_listener_is_listed_with_its_owner_and_without_a_peer() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let all = all(Kind::TCP);
    let found = of(&all, port);
    assert_eq!(found.len(), 1, "{all:#?}");
    assert_eq!(found[0].state, Some(TcpState::Listen));
    assert_eq!(found[0].local, listener.local_addr().ok());
    assert_eq!(found[0].remote, None);
    assert_eq!(found[0].owners, Ok(own()));
    assert_eq!((found[0].family, found[0].uid), (Family::Inet4, None));
}

#[test]
fn a_connection_is_seen_from_both_ends_and_half_closed() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (server, _) = listener.accept().unwrap();
    let port = client.local_addr().unwrap().port();
    let ends = all(ConnectionQuery::new(Kind::TCP4).states(TcpStates::ESTABLISHED));
    let near = of(&ends, port);
    assert_eq!(near[0].remote, listener.local_addr().ok());
    assert_eq!(near[0].owners, Ok(own()));
    assert!(
        ends.iter()
            .any(|end| end.remote == client.local_addr().ok())
    );

    drop(server);
    eventually(|| {
        let all = all(Kind::TCP4);
        let state = of(&all, port).first()?.state;
        (state == Some(TcpState::CloseWait)).then_some(())
    });
}

#[test]
fn udp_sockets_have_an_owner_and_neither_state_nor_peer() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    let all = all(Kind::UDP);
    let found = of(&all, port);
    assert_eq!((found[0].state, found[0].remote), (None, None));
    assert_eq!(found[0].protocol, Protocol::Udp);
    assert_eq!(found[0].owners, Ok(own()));
    let unasked = Host::local().connections(Kind::UDP).unwrap();
    assert_eq!(of(&unasked, port)[0].owners, Err(Unavailable::NotRequested));
}

#[test]
fn a_process_shows_its_own_sockets_alone() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    let mine = super::process_connections(Host::local(), Pid::current(), Kind::all()).unwrap();
    assert_eq!(of(&mine, port).len(), 1);
    assert!(mine.iter().all(|one| one.owners == Ok(own())));
    let tcp = super::process_connections(Host::local(), Pid::current(), Kind::TCP).unwrap();
    assert!(of(&tcp, port).is_empty());
    let nobody = super::process_connections(Host::local(), Pid::new(0xffff_fff0), Kind::TCP);
    assert_eq!(nobody.unwrap_err().kind(), ErrorKind::NoSuchProcess);
}

#[test]
fn what_windows_does_not_list_is_unsupported_and_not_an_empty_list() {
    for kind in [Kind::UNIX, Kind::RAW, Kind::UNIX | Kind::RAW4] {
        let error = Host::local().connections(kind).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    }
    // What else is asked with them is answered.
    assert!(Host::local().connections(Kind::ALL).is_ok());
    assert!(Host::local().connections(Kind::empty()).unwrap().is_empty());
}

#[test]
fn the_counts_are_those_of_the_list() {
    let _listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let _socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    eventually(|| {
        let all = all(Kind::INET);
        let summary = Host::local().socket_summary().unwrap();
        let count = |is: fn(&Connection) -> bool| {
            u64::try_from(all.iter().filter(|one| is(one)).count()).ok()
        };
        let agree = summary.tcp_listening == count(|one| one.state == Some(TcpState::Listen))
            && summary.udp4
                == count(|one| (one.protocol, one.family) == (Protocol::Udp, Family::Inet4));
        (agree && summary.udp4 >= Some(1)).then_some(())
    });
}

#[test]
fn who_is_not_there_has_no_list_of_sockets() {
    let of = |pid| super::process_connections(Host::local(), Pid::new(pid), Kind::INET);
    assert_eq!(of(0).unwrap(), []);
    // The kernel ignores the lowest two bits of a PID that it opens.
    let error = of(std::process::id() + 1).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSuchProcess, "{error}");
    // Its PID stays taken as long as there is a handle.
    let mut ended = std::process::Command::new("cmd")
        .args(["/c", "exit"])
        .spawn()
        .unwrap();
    ended.wait().unwrap();
    let error = of(ended.id()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSuchProcess, "{error}");
    let kind = Kind::UNIX;
    let error = super::process_connections(Host::local(), Pid::current(), kind).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
}
