//! Who holds a socket, and who may know.

use std::{net::UdpSocket, os::fd::AsRawFd as _};

use oslens_testkit::{
    in_namespaces,
    ns::NsOptions,
    skip,
    zoo::{self, NOBODY},
};

use super::{find, inode};
use crate::{
    ErrorKind, Host,
    error::Unavailable,
    net::{ConnectionQuery, Kind, Owner, Owners, Protocol, TcpState, UnixName},
    process::Pid,
    sys::net::linux::{connections, process_connections},
};

#[test]
fn a_shared_socket_shows_every_owner() {
    let mut holder = zoo::sleeper();
    let fd = holder.socket("udp4").number("fd");
    let child = holder.fan(1)[0];
    let address = find_by_fd(holder.pid(), fd);
    let query = ConnectionQuery::new(Kind::UDP4).owners(Owners::All);
    let all = connections(Host::local(), &query).unwrap();
    let mut expected = [holder.pid(), child].map(|pid| owner(pid, fd));
    expected.sort_unstable();
    assert_eq!(find(&all, address).owners.as_deref(), Ok(&expected[..]));
    let all = connections(Host::local(), &query.owners(Owners::First)).unwrap();
    let one = find(&all, address).owners.as_ref().unwrap();
    assert_eq!(one.len(), 1);
    assert!(expected.contains(&one[0]));
}

fn owner(pid: u32, fd: u64) -> Owner {
    Owner::new(Pid::new(pid), i32::try_from(fd).unwrap())
}

/// The inode of a descriptor of that process.
fn find_by_fd(pid: u32, fd: u64) -> u64 {
    let link = std::fs::read_link(format!("/proc/{pid}/fd/{fd}")).unwrap();
    let link = link.to_str().unwrap();
    link.trim_matches(|letter: char| !letter.is_ascii_digit())
        .parse()
        .unwrap()
}

#[test]
fn a_process_shows_its_sockets_with_every_descriptor() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let copy = socket.try_clone().unwrap();
    let own = process_connections(Host::local(), Pid::current(), Kind::UDP).unwrap();
    let mut expected =
        [socket.as_raw_fd(), copy.as_raw_fd()].map(|fd| Owner::new(Pid::current(), fd));
    expected.sort_unstable();
    let found = find(&own, inode(&socket));
    assert_eq!(found.owners.as_deref(), Ok(&expected[..]));
    let own = process_connections(Host::local(), Pid::current(), Kind::TCP).unwrap();
    assert!(own.iter().all(|other| other.inode != inode(&socket)));
}

#[test]
fn a_process_that_is_gone_is_told_from_one_without_sockets() {
    let mut without = zoo::sleeper();
    let pid = Pid::new(without.pid());
    let none = process_connections(Host::local(), pid, Kind::INET).unwrap();
    assert_eq!(none, []);
    without.reap();
    let error = process_connections(Host::local(), pid, Kind::ALL).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSuchProcess);
    assert_eq!(error.pid(), Some(pid));
}

#[test]
fn a_process_in_another_network_namespace_is_seen_there() {
    let mut stranger = match zoo::in_another_network() {
        Ok(stranger) => stranger,
        Err(reason) => skip!("{reason}"),
    };
    let tcp = stranger.socket("tcp4-listen");
    stranger.unix_socket("listen", "stream", b"\0oslens in another network");
    let pid = Pid::new(stranger.pid());
    let found = process_connections(Host::local(), pid, Kind::ALL).unwrap();
    let listener: Vec<_> = found
        .iter()
        .filter(|connection| connection.protocol == Protocol::Tcp)
        .collect();
    assert_eq!(listener.len(), 1, "{found:#?}");
    assert_eq!(listener[0].local, Some(tcp.address("local")));
    assert_eq!(listener[0].state, Some(TcpState::Listen));
    let expected = owner(stranger.pid(), tcp.number("fd"));
    assert_eq!(listener[0].owners.as_deref(), Ok(&[expected][..]));
    let name = UnixName::Abstract("oslens in another network".into());
    assert!(found.iter().any(|connection| {
        connection
            .unix
            .as_ref()
            .is_some_and(|unix| unix.name.as_ref() == Some(&name))
    }));
    // It is not in ours.
    let ours = connections(Host::local(), &ConnectionQuery::new(Kind::TCP)).unwrap();
    assert!(ours.iter().all(|other| other.inode != listener[0].inode));
}

#[test]
fn an_owner_that_may_not_be_looked_for_is_denied_not_missing() {
    in_namespaces!(NsOptions::new().uid(NOBODY));
    // The machine's first process is root's.
    let error = process_connections(Host::local(), Pid::new(1), Kind::ALL).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert_eq!(error.pid(), Some(Pid::new(1)));
    sees_its_own_and_not_to_whom_others_belong();
}

#[test]
fn an_owner_that_is_hidden_is_denied_not_missing() {
    in_namespaces!(NsOptions::new().net().hidepid(2).uid(NOBODY));
    sees_its_own_and_not_to_whom_others_belong();
}

fn sees_its_own_and_not_to_whom_others_belong() {
    let mine = UdpSocket::bind("127.0.0.1:0").unwrap();
    let query = ConnectionQuery::new(Kind::UDP4 | Kind::UNIX).owners(Owners::All);
    let all = connections(Host::local(), &query).unwrap();
    let own = find(&all, inode(&mine)).owners.as_ref().unwrap();
    assert!(own.iter().any(|owner| owner.pid == Pid::current()));
    for connection in &all {
        match &connection.owners {
            Ok(owners) => assert!(!owners.is_empty() || connection.inode == 0),
            Err(reason) => assert_eq!(*reason, Unavailable::Denied),
        }
    }
}
