//! Another machine's files.

use std::io::Write as _;

use oslens_testkit::FixtureRoot;

use super::find;
use crate::{
    ErrorKind, Host,
    error::Unavailable,
    net::{ConnectionQuery, Kind, Owner, Owners},
    process::Pid,
};

#[test]
fn more_interfaces_than_fit_one_read_are_all_counted() {
    let directory = FixtureRoot::new();
    let mut content = b"Inter-|\n face |\n".to_vec();
    for number in 0..500 {
        writeln!(
            content,
            "veth{number}: {number} 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16"
        )
        .unwrap();
    }
    directory.write("proc/1/net/dev", &content);
    let host = Host::builder().root(directory.path()).build();
    let all = host.net_io_counters().unwrap();
    assert_eq!(all.len(), 500);
    assert_eq!(all[499].name, "veth499");
    assert_eq!(all[499].counters.bytes_recv, 499);
    assert_eq!(all[499].counters.collisions, Some(14));

    directory.write("proc/1/net/dev", &content[..content.len() - 20]);
    let error = host.net_io_counters().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
    assert!(error.to_string().contains("proc/1/net/dev"), "{error}");
}

#[test]
fn another_root_is_read_without_netlink() {
    let directory = FixtureRoot::new();
    let tcp = concat!(
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n",
        "   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0\n",
        "   1: 00000000:0017 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 100 0 0 10 0\n",
    );
    directory.write("proc/1/net/tcp", tcp.as_bytes());
    directory.write("proc/net/tcp", b"another namespace");
    let directory = directory
        .dir("proc/1/fd")
        .symlink("proc/77/fd/5", "socket:[4711]")
        .symlink("proc/77/fd/6", "/dev/null");
    let sys = "sys/class/net/eth0";
    for (name, content) in [
        ("ifindex", "2"),
        ("type", "1"),
        ("flags", "0x1003"),
        ("operstate", "up"),
        ("carrier", "1"),
        ("mtu", "1500"),
        ("speed", "100000"),
        ("duplex", "full"),
        ("address", "02:fc:00:00:00:01"),
    ] {
        directory.write(format!("{sys}/{name}"), format!("{content}\n").as_bytes());
    }
    directory.write("sys/class/net/bonding_masters", b"bond0\n");
    directory.write("sys/class/net/ppp0/ifindex", b"3\n");
    directory.write("sys/class/net/ppp0/type", b"512\n");
    directory.write("sys/class/net/ppp0/flags", b"0x1090\n");
    directory.write("sys/class/net/ppp0/speed", b"-1\n");

    let host = Host::builder().root(directory.path()).build();
    let query = ConnectionQuery::new(Kind::ALL).owners(Owners::All);
    let all = host.connections(query).unwrap();
    assert_eq!(all.len(), 2, "{all:#?}");
    let owner = Owner::new(Pid::new(77), 5);
    assert_eq!(find(&all, 4711).owners, Ok(vec![owner]));
    assert_eq!(find(&all, 4712).owners, Ok(Vec::new()));

    let interfaces = host.net_interfaces().unwrap();
    assert_eq!(interfaces.len(), 2);
    let eth0 = &interfaces[0];
    assert!(eth0.is_up());
    assert_eq!((eth0.speed_mbps, eth0.mtu), (Some(100_000), Some(1500)));
    assert_eq!(eth0.addresses, Err(Unavailable::Unsupported));
    assert_eq!(eth0.mac.as_ref().unwrap().as_bytes(), [2, 0xfc, 0, 0, 0, 1]);
    assert_eq!(
        (interfaces[1].speed_mbps, interfaces[1].is_up()),
        (None, false)
    );

    // Where the first process is not shown, neither is everybody.
    directory.remove("proc/1");
    directory.write("proc/net/tcp", tcp);
    let all = host.connections(query).unwrap();
    assert_eq!(find(&all, 4712).owners, Err(Unavailable::Denied));
}
