//! Interfaces, their counters, and sockets as text.

use oslens::{
    Unavailable,
    net::{
        Connection, ConnectionQuery, Duplex, Family, InterfaceKind, Kind, OperState, Owners,
        SocketType, TcpState, TcpStates, UnixName, UnixState,
    },
};

use crate::{Machine, machine};

fn counters(name: &str) -> Vec<(String, u64, u64)> {
    let all = machine(name).net_io_counters().unwrap();
    all.iter()
        .map(|one| {
            let name = one.name.to_str().unwrap().to_owned();
            (name, one.counters.bytes_recv, one.counters.bytes_sent)
        })
        .collect()
}

#[test]
fn a_name_ends_at_the_last_colon_and_numbers_have_64_bits() {
    let all = counters("server-x86_64-numa");
    let names: Vec<_> = all.iter().map(|one| one.0.as_str()).collect();
    assert_eq!(
        names,
        ["lo", "eno1", "eno2", "bond0", "bond0.100", "bond0:1"]
    );
    assert_eq!(all[4].1, u64::MAX);
    assert_eq!(all[4].2, 9_007_199_254_740_993);
    assert_eq!((all[5].1, all[5].2), (10, 20));
    let one = machine("server-x86_64-numa").net_io_counters().unwrap()[1].counters;
    assert_eq!(
        (one.packets_recv, one.packets_sent),
        (4_000_000_000, 5_000_000_000)
    );
    assert_eq!((one.errin, one.errout, one.dropin), (3, 1, 2));
    assert_eq!(one.dropout, Some(4));
}

#[test]
fn there_need_not_be_a_blank_after_the_colon() {
    let old = counters("rhel6-2.6.32");
    assert_eq!(old[1], ("eth0".into(), 123_456_789_012, 98_765_432_109));
    let older = counters("linux-2.4");
    assert_eq!(older[1], ("eth0".into(), 4_294_960_000, 123_456_789));
    assert_eq!(older[2], ("eth0:1".into(), 0, 0));
    assert_eq!(counters("hidepid"), [("lo".into(), 0, 0)]);
}

#[test]
fn interfaces_of_another_root_come_from_sysfs_without_addresses() {
    let all = machine("server-x86_64-numa").net_interfaces().unwrap();
    let names: Vec<_> = all.iter().map(|one| one.name.to_str().unwrap()).collect();
    assert_eq!(names, ["lo", "eno1", "eno2", "bond0", "bond0.100"]);
    assert!(all[0].is_loopback() && all[0].is_up());
    assert_eq!(all[0].kind, InterfaceKind::Loopback);
    assert_eq!((all[0].speed_mbps, all[0].duplex), (None, None));
    let port = &all[1];
    assert_eq!((port.index, port.mtu), (2, Some(9000)));
    assert_eq!(port.kind, InterfaceKind::Ethernet);
    assert_eq!(port.speed_mbps, Some(10_000));
    assert_eq!(port.duplex, Some(Duplex::Full));
    assert_eq!(port.oper_state, Some(OperState::Up));
    assert_eq!(port.mac.as_ref().unwrap().to_string(), "00:00:5e:00:53:01");
    assert!(port.is_up());
    for one in &all {
        assert_eq!(one.addresses, Err(Unavailable::Unsupported));
    }
}

fn ask(machine: &Machine, query: impl Into<ConnectionQuery>) -> Vec<Connection> {
    let mut all = machine.connections(query).unwrap();
    all.sort_by_key(|one| one.inode);
    all
}

fn address(address: Option<std::net::SocketAddr>) -> Option<String> {
    address.map(|address| address.to_string())
}

fn owners(connection: &Connection) -> Vec<(u32, i32)> {
    let owners = connection.owners.as_ref().unwrap();
    owners
        .iter()
        .map(|one| (one.pid.get(), one.fd.unwrap()))
        .collect()
}

#[test]
fn captured_sockets_are_those_that_were_opened_with_their_owner() {
    let machine = machine("debian12-x86_64");
    let all = ask(
        &machine,
        ConnectionQuery::new(Kind::ALL).owners(Owners::All),
    );
    let inodes: Vec<_> = all.iter().map(|one| one.inode).collect();
    assert_eq!(inodes, (441_587..=441_593).collect::<Vec<_>>());
    for (at, one) in all.iter().enumerate() {
        // The specimen opened them in this order, from descriptor 3 on.
        assert_eq!(owners(one), [(110, at as i32 + 3)]);
    }
    let inet: Vec<_> = all[..5]
        .iter()
        .map(|one| {
            (
                one.family,
                one.state,
                address(one.local),
                address(one.remote),
            )
        })
        .collect();
    let some = |text: &str| Some(text.to_owned());
    let (server, client) = (some("127.0.0.1:8080"), some("127.0.0.1:40000"));
    assert_eq!(
        inet,
        [
            (Family::Inet4, Some(TcpState::Listen), server.clone(), None),
            (
                Family::Inet4,
                Some(TcpState::Established),
                client.clone(),
                server.clone()
            ),
            (Family::Inet4, Some(TcpState::Established), server, client),
            (
                Family::Inet6,
                Some(TcpState::Listen),
                some("[::]:8081"),
                None
            ),
            (Family::Inet4, None, some("127.0.0.1:5353"), None),
        ]
    );
    let unix: Vec<_> = all[5..]
        .iter()
        .map(|one| (one.socket_type, one.unix.as_ref().unwrap()))
        .collect();
    assert_eq!(unix[0].0, SocketType::Stream);
    assert_eq!(
        unix[0].1.name,
        Some(UnixName::Path("/srv/app/control socket".into()))
    );
    assert_eq!(unix[0].1.state, UnixState::Listening);
    assert_eq!(unix[1].0, SocketType::Datagram);
    assert_eq!(
        unix[1].1.name,
        Some(UnixName::Abstract("app/abstract".into()))
    );
}

#[test]
fn a_socket_has_all_its_owners_or_the_first_or_none() {
    let machine = machine("container-cgroup2");
    let all = ask(
        &machine,
        ConnectionQuery::new(Kind::ALL).owners(Owners::All),
    );
    let of = |inode: u64| all.iter().find(|one| one.inode == inode).unwrap();
    assert_eq!(owners(of(502)), [(1, 3), (30, 3)], "inherited over fork");
    assert_eq!(owners(of(503)), [(1, 4)]);
    assert_eq!(owners(of(504)), []);
    let first = ask(
        &machine,
        ConnectionQuery::new(Kind::TCP4).owners(Owners::First),
    );
    assert_eq!(owners(&first[0]).len(), 1);
    let none = ask(&machine, Kind::TCP4);
    assert_eq!(none[0].owners, Err(Unavailable::NotRequested));
}

#[test]
fn queues_users_and_addresses_are_read_from_the_text() {
    let all = ask(&machine("container-cgroup2"), Kind::ALL);
    let of = |inode: u64| all.iter().find(|one| one.inode == inode).unwrap();
    let listener = of(502);
    assert_eq!(address(listener.local).unwrap(), "0.0.0.0:8080");
    assert_eq!((listener.recv_queue, listener.send_queue), (Some(2), None));
    assert_eq!(listener.uid, Some(1000));
    let connected = of(503);
    assert_eq!(address(connected.local).unwrap(), "192.0.2.2:8080");
    assert_eq!(address(connected.remote).unwrap(), "192.0.2.7:54321");
    assert_eq!(
        (connected.recv_queue, connected.send_queue),
        (Some(32), Some(16))
    );
    assert_eq!(address(of(504).local).unwrap(), "[2001:db8::1]:8081");
    assert_eq!(address(of(505).remote).unwrap(), "[::ffff:192.0.2.7]:80");
    assert_eq!(of(505).state, Some(TcpState::CloseWait));
    assert_eq!(of(506).socket_type, SocketType::Datagram);
    let unix = |inode| of(inode).unix.as_ref().unwrap();
    assert_eq!(
        unix(507).name,
        Some(UnixName::Path("/run/app control.sock".into()))
    );
    assert_eq!(unix(507).state, UnixState::Listening);
    assert_eq!(
        (&unix(508).name, unix(508).state),
        (&None, UnixState::Connected)
    );
    assert_eq!(of(510).socket_type, SocketType::SeqPacket);
    assert_eq!(unix(510).state, UnixState::Listening);
}

#[test]
fn kinds_and_states_choose() {
    let machine = machine("container-cgroup2");
    let inodes = |query: ConnectionQuery| -> Vec<u64> {
        ask(&machine, query).iter().map(|one| one.inode).collect()
    };
    assert_eq!(inodes(Kind::TCP.into()), [502, 503, 504, 505]);
    assert_eq!(inodes(Kind::INET4.into()), [502, 503, 506]);
    assert_eq!(inodes(Kind::UNIX.into()), [507, 508, 509, 510]);
    let listening = ConnectionQuery::new(Kind::TCP).states(TcpStates::LISTEN);
    assert_eq!(inodes(listening), [502, 504]);
}

#[test]
fn a_time_wait_socket_has_no_user_and_no_owner() {
    let machine = machine("rhel6-2.6.32");
    let all = ask(
        &machine,
        ConnectionQuery::new(Kind::INET).owners(Owners::All),
    );
    assert_eq!(all[0].state, Some(TcpState::TimeWait));
    assert_eq!((all[0].inode, all[0].uid), (0, None));
    assert_eq!(owners(&all[0]), []);
    assert_eq!(address(all[0].remote).unwrap(), "198.51.100.7:50000");
    assert_eq!(owners(&all[1]), [(1500, 4)]);
    assert_eq!(address(all[2].local).unwrap(), "0.0.0.0:68");
}

#[test]
fn addresses_of_a_big_endian_machine_are_read_in_its_order() {
    let all = ask(&machine("s390x"), Kind::TCP);
    let shown: Vec<_> = all
        .iter()
        .map(|one| (address(one.local), address(one.remote)))
        .collect();
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        shown,
        [
            (some("127.0.0.1:22"), None),
            (some("192.0.2.1:22"), some("198.51.100.7:50000")),
            (some("[::1]:631"), None),
            (some("[2001:db8::1]:80"), some("[2001:db8::2]:32768")),
        ]
    );
}

#[test]
fn where_processes_are_hidden_nobody_may_be_somebody() {
    let root = oslens_testkit::fixture("hidepid").file(
        "proc/500/net/tcp",
        std::fs::read(oslens_testkit::fixture("rhel6-2.6.32").join("proc/1/net/tcp")).unwrap(),
    );
    let machine = crate::of_root(root, |host| host);
    let all = ask(
        &machine,
        ConnectionQuery::new(Kind::TCP).owners(Owners::All),
    );
    assert_eq!(all[1].inode, 7001);
    assert_eq!(all[1].owners, Err(Unavailable::Denied));
}

#[test]
fn sockets_are_counted_by_the_kernel() {
    let summary = machine("debian12-x86_64").socket_summary().unwrap();
    assert_eq!(summary.used, Some(7));
    assert_eq!((summary.tcp4, summary.tcp_time_wait), (Some(3), Some(0)));
    assert_eq!(summary.tcp_memory, Some(101 * 4096));
    assert_eq!(summary.tcp_listening, Some(2));
    assert_eq!(summary.udp4, Some(1));
}
