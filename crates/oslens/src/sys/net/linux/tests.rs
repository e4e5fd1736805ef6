//! Sockets made here, seen through sock_diag, through the text, and through
//! the system's own tools.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket},
    os::{
        fd::{AsFd, AsRawFd as _, OwnedFd},
        linux::net::SocketAddrExt as _,
        unix::{
            net::{UnixDatagram, UnixListener, UnixStream},
            process::CommandExt as _,
        },
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType as RustixType};

use super::*;
use crate::{
    error::Unavailable,
    net::{
        Family, Interface, InterfaceFlags, LinkAddress, Owner, Protocol, SocketType, TcpState,
        TcpStates, UnixName, UnixState,
    },
};

/// Whether the first of [`both`] is netlink.
const SOCK_DIAG: bool = !cfg!(oslens_no_sock_diag);

fn inode(socket: impl AsFd) -> u64 {
    rustix::fs::fstat(socket).unwrap().st_ino
}

/// Both ways to the same answer.
fn both(kind: Kind) -> [Vec<Connection>; 2] {
    [true, false].map(|netlink| {
        let mut all = Vec::new();
        let query = ConnectionQuery::new(kind);
        sockets::list(
            &net_dir(Host::local()),
            netlink,
            &query,
            &|_| true,
            &mut all,
        )
        .unwrap();
        all
    })
}

fn find(all: &[Connection], inode: u64) -> &Connection {
    all.iter()
        .find(|connection| connection.inode == inode)
        .unwrap_or_else(|| panic!("no socket {inode} in {all:#?}"))
}

/// Waits until `ready`, for what the kernel does in its own time.
fn eventually(mut ready: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(10);
    while !ready() {
        assert!(Instant::now() < end, "still not so after 10 s");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A directory that is removed again.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("oslens-net-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, content: &[u8]) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A child that ends with the test.
struct Guard(Child);

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs one of the tests below that are ignored, which are programs for the
/// other tests, through `wrapper`; `None` when that cannot be run here.
fn program(mut wrapper: Command, name: &str) -> Command {
    wrapper
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "--ignored", "--nocapture"])
        .arg(format!("sys::net::linux::tests::{name}"));
    wrapper
}

fn unshared_network() -> Option<Command> {
    let mut command = Command::new("unshare");
    command.arg("--net");
    let works = Command::new("unshare")
        .args(["--net", "true"])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !works {
        eprintln!("skipped: no private network namespace can be made here");
        return None;
    }
    Some(command)
}

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
fn a_listener_for_both_protocols_is_told_from_one_for_ipv6_only() {
    let Ok(listener) = TcpListener::bind("[::]:0") else {
        eprintln!("skipped: no IPv6");
        return;
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
        eprintln!("skipped: no sock_diag here");
        return;
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
        eprintln!("skipped: not allowed to make raw sockets");
        return;
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
    let directory = Directory::new();
    let path = directory.0.join("a socket  with blanks ");
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
    let lines = directory.0.join("two\nlines");
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
fn a_shared_socket_shows_every_owner() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let copy = rustix::io::dup(&socket).unwrap();
    // The child gets `copy`, which is not closed on exec.
    let child = Guard(Command::new("sleep").arg("600").spawn().unwrap());
    let query = ConnectionQuery::new(Kind::UDP4).owners(Owners::All);
    let expected = [
        Owner::new(Pid::current(), socket.as_raw_fd()),
        Owner::new(Pid::current(), copy.as_raw_fd()),
        Owner::new(Pid::new(child.0.id()), copy.as_raw_fd()),
    ];
    eventually(|| {
        let all = connections(Host::local(), &query).unwrap();
        let owners = find(&all, inode(&socket)).owners.clone().unwrap();
        assert!(owners.is_sorted());
        expected.iter().all(|owner| owners.contains(owner))
    });
    let query = query.owners(Owners::First);
    let all = connections(Host::local(), &query).unwrap();
    assert_eq!(find(&all, inode(&socket)).owners.as_ref().unwrap().len(), 1);

    let own = process_connections(Host::local(), Pid::current(), Kind::UDP).unwrap();
    let found = find(&own, inode(&socket));
    assert_eq!(found.owners.as_deref(), Ok(&expected[..2]));
    let own = process_connections(Host::local(), Pid::current(), Kind::TCP).unwrap();
    assert!(own.iter().all(|other| other.inode != inode(&socket)));
}

#[test]
fn a_process_that_is_gone_or_has_no_sockets_is_told_apart() {
    let child = Guard(Command::new("sleep").arg("600").spawn().unwrap());
    let pid = Pid::new(child.0.id());
    eventually(|| {
        // Until it has run `exec`, it has this process's sockets.
        process_connections(Host::local(), pid, Kind::ALL)
            .unwrap()
            .iter()
            .all(|connection| connection.protocol == Protocol::Unix)
    });
    drop(child);
    let error = process_connections(Host::local(), pid, Kind::ALL).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSuchProcess);
    assert_eq!(error.pid(), Some(pid));
}

/// A program: listens, says where, and stays until its input ends.
#[test]
#[ignore = "a program that other tests run"]
fn listening_program() {
    let tcp = TcpListener::bind("0.0.0.0:0").unwrap();
    let path = Directory::new();
    let _unix = UnixListener::bind(path.0.join("s")).unwrap();
    println!("\nport {}", tcp.local_addr().unwrap().port());
    let _ = std::io::stdin().read(&mut [0]);
}

#[test]
fn a_process_in_another_network_namespace_is_seen_there() {
    let Some(wrapper) = unshared_network() else {
        return;
    };
    let child = program(wrapper, "listening_program")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut child = Guard(child);
    let output = BufReader::new(child.0.stdout.take().unwrap());
    let port: u16 = output
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix("port ")?.parse().ok())
        .unwrap();
    // `unshare` becomes the program: the PID is the same.
    let pid = Pid::new(child.0.id());
    let found = process_connections(Host::local(), pid, Kind::ALL).unwrap();
    let tcp: Vec<_> = found
        .iter()
        .filter(|connection| connection.protocol == Protocol::Tcp)
        .collect();
    assert_eq!(tcp.len(), 1, "{found:#?}");
    assert_eq!(tcp[0].local.unwrap().port(), port);
    assert_eq!(tcp[0].state, Some(TcpState::Listen));
    assert_eq!(tcp[0].owners.as_ref().unwrap()[0].pid, pid);
    assert!(
        found
            .iter()
            .any(|connection| connection.family == Family::Unix)
    );
    // It is not in ours.
    let ours = connections(Host::local(), &ConnectionQuery::new(Kind::TCP)).unwrap();
    assert!(ours.iter().all(|other| other.inode != tcp[0].inode));
}

/// A program: a user who may not look at the processes of others.
#[test]
#[ignore = "a program that other tests run"]
fn stranger_program() {
    let port: u16 = std::env::var("OSLENS_TEST_PORT").unwrap().parse().unwrap();
    let mine = TcpListener::bind("127.0.0.1:0").unwrap();
    let query = ConnectionQuery::new(Kind::TCP4).owners(Owners::All);
    let all = connections(Host::local(), &query).unwrap();
    let theirs = all
        .iter()
        .find(|other| other.local.is_some_and(|local| local.port() == port))
        .unwrap();
    assert_eq!(theirs.owners, Err(Unavailable::Denied));
    let own = find(&all, inode(&mine)).owners.as_ref().unwrap();
    assert!(own.iter().any(|owner| owner.pid == Pid::current()));
    let error = process_connections(Host::local(), Pid::new(1), Kind::ALL).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert_eq!(error.pid(), Some(Pid::new(1)));
    assert!(!super::interfaces(Host::local()).unwrap().is_empty());
    println!("\nall seen");
}

#[test]
fn an_owner_that_may_not_be_looked_for_is_denied_not_missing() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: needs root to become another user");
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    // Where the stranger may run it.
    let directory = Directory::new();
    let copy = directory.0.join("program");
    fs::copy(std::env::current_exe().unwrap(), &copy).unwrap();
    let output = Command::new(&copy)
        .args(["--exact", "--ignored", "--nocapture"])
        .arg("sys::net::linux::tests::stranger_program")
        .env(
            "OSLENS_TEST_PORT",
            listener.local_addr().unwrap().port().to_string(),
        )
        .current_dir("/")
        .uid(65534)
        .gid(65534)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("all seen"), "{output:?}");
}

#[test]
fn counters_are_those_of_sysfs() {
    let all = io_counters(Host::local()).unwrap();
    let mut compared = 0;
    for interface in &all {
        let directory = Path::new("/sys/class/net")
            .join(&interface.name)
            .join("statistics");
        let read = |name: &str| -> Option<u64> {
            let text = fs::read_to_string(directory.join(name)).ok()?;
            text.trim().parse().ok()
        };
        let counters = interface.counters;
        // They go on counting.
        for (name, value) in [
            ("tx_bytes", counters.bytes_sent),
            ("rx_bytes", counters.bytes_recv),
            ("tx_packets", counters.packets_sent),
            ("rx_packets", counters.packets_recv),
            ("rx_errors", counters.errin),
            ("tx_errors", counters.errout),
            ("tx_dropped", counters.dropout.unwrap()),
            ("collisions", counters.collisions.unwrap()),
        ] {
            let Some(later) = read(name) else { continue };
            assert!(later >= value, "{:?} {name}", interface.name);
            assert!(later - value < 1 << 30, "{:?} {name}", interface.name);
            compared += 1;
        }
    }
    if compared == 0 {
        eprintln!("skipped: no interfaces in /sys");
    }
}

#[test]
fn more_interfaces_than_fit_one_read_are_all_counted() {
    let directory = Directory::new();
    let mut content = b"Inter-|\n face |\n".to_vec();
    for number in 0..500 {
        writeln!(
            content,
            "veth{number}: {number} 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16"
        )
        .unwrap();
    }
    directory.file("proc/1/net/dev", &content);
    let host = Host::builder().root(&directory.0).build();
    let all = host.net_io_counters().unwrap();
    assert_eq!(all.len(), 500);
    assert_eq!(all[499].name, "veth499");
    assert_eq!(all[499].counters.bytes_recv, 499);
    assert_eq!(all[499].counters.collisions, Some(14));

    directory.file("proc/1/net/dev", &content[..content.len() - 20]);
    let error = host.net_io_counters().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
    assert!(error.to_string().contains("proc/1/net/dev"), "{error}");
}

/// A program: shows the interfaces of its namespace against `ip`.
#[test]
#[ignore = "a program that other tests run"]
fn interfaces_program() {
    compare_with_ip();
    let all = super::interfaces(Host::local()).unwrap();
    let find = |name: &str| -> &Interface {
        all.iter()
            .find(|interface| interface.name == name)
            .unwrap_or_else(|| panic!("no {name} in {all:#?}"))
    };
    // Down, without address, and nothing is invented.
    let bare = find("bare");
    assert_eq!(bare.addresses, Ok(Vec::new()));
    assert!(!bare.is_up() && !bare.flags.contains(InterfaceFlags::UP));
    let left = find("left");
    assert_eq!(left.driver_kind.as_deref(), Some("veth".as_ref()));
    assert!(left.is_up());
    // veth says 10,000 since it learnt ethtool.
    assert_eq!(left.speed_mbps, Some(10_000));
    let addresses = left.addresses.as_ref().unwrap();
    let labelled = addresses.iter().find(|one| one.label.is_some()).unwrap();
    assert_eq!(labelled.label.as_deref(), Some("left:1".as_ref()));
    let alone = addresses
        .iter()
        .find(|one| one.ip == Ipv4Addr::new(10, 7, 0, 9))
        .unwrap();
    assert_eq!((alone.prefix_len, alone.broadcast), (32, None));
    let peer = addresses.iter().find(|one| one.peer.is_some()).unwrap();
    assert_eq!(peer.ip, Ipv4Addr::new(10, 8, 0, 1));
    assert_eq!(peer.peer, Some(Ipv4Addr::new(10, 8, 0, 2).into()));
    // Switched on, but the other side is down.
    let half = find("half");
    assert!(half.flags.contains(InterfaceFlags::UP) && !half.is_up());
    println!("\nall seen");
}

#[test]
fn interfaces_of_every_sort_are_those_that_ip_shows() {
    let Some(mut wrapper) = unshared_network() else {
        return;
    };
    wrapper.args(["sh", "-ec"]).arg(
        "ip link set lo up
         ip link add left type veth peer name right
         ip addr add 10.7.0.1/24 brd + dev left
         ip addr add 10.7.0.2/24 brd + label left:1 dev left
         ip addr add 10.7.0.9/32 brd 10.7.0.9 dev left
         ip addr add 10.8.0.1 peer 10.8.0.2/32 dev left
         ip addr add 2001:db8::1/64 dev left nodad 2>/dev/null || true
         ip link set left up
         ip link set right up
         ip link add half type veth peer name bare
         ip link set half up
         exec \"$@\"",
    );
    wrapper.arg("sh");
    let output = program(wrapper, "interfaces_program").output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    if errors.contains("not found") || errors.contains("Unknown device type") {
        eprintln!("skipped: no ip, or no veth: {errors}");
        return;
    }
    assert!(text.contains("all seen"), "{text}{errors}");
}

#[test]
fn interfaces_are_those_that_ip_shows() {
    compare_with_ip();
}

fn compare_with_ip() {
    let output = Command::new("ip").args(["-j", "-d", "addr"]).output();
    let Ok(output) = output else {
        eprintln!("skipped: no ip");
        return;
    };
    let expected: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let expected = expected.as_array().unwrap();
    let all = super::interfaces(Host::local()).unwrap();
    assert_eq!(all.len(), expected.len());
    for (interface, expected) in all.iter().zip(expected) {
        assert_eq!(interface.name, expected["ifname"].as_str().unwrap());
        assert_eq!(u64::from(interface.index), expected["ifindex"]);
        assert_eq!(interface.mtu.map(u64::from), expected["mtu"].as_u64());
        let mac = interface.mac.as_ref().map(LinkAddress::to_string);
        if expected["link_type"] != "none" {
            assert_eq!(mac.as_deref(), expected["address"].as_str());
        }
        let flags = expected["flags"].as_array().unwrap();
        for (name, flag) in [
            ("UP", InterfaceFlags::UP),
            ("LOOPBACK", InterfaceFlags::LOOPBACK),
            ("BROADCAST", InterfaceFlags::BROADCAST),
            ("LOWER_UP", InterfaceFlags::LOWER_UP),
            ("NOARP", InterfaceFlags::NOARP),
        ] {
            let shown = flags.iter().any(|shown| shown == name);
            assert_eq!(interface.flags.contains(flag), shown, "{name}");
        }
        let addresses = interface.addresses.as_ref().unwrap();
        let shown = expected["addr_info"].as_array().unwrap();
        assert_eq!(addresses.len(), shown.len(), "{interface:#?}");
        for (address, shown) in addresses.iter().zip(shown) {
            assert_eq!(address.ip.to_string(), shown["local"].as_str().unwrap());
            assert_eq!(u64::from(address.prefix_len), shown["prefixlen"]);
            if address.prefix_len < 32 {
                let broadcast = address.broadcast.map(|ip| ip.to_string());
                assert_eq!(broadcast.as_deref(), shown["broadcast"].as_str());
            }
        }
    }
}

#[test]
fn another_root_is_read_without_netlink() {
    let directory = Directory::new();
    let tcp = concat!(
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n",
        "   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0\n",
        "   1: 00000000:0017 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 100 0 0 10 0\n",
    );
    directory.file("proc/1/net/tcp", tcp.as_bytes());
    directory.file("proc/net/tcp", b"another namespace");
    fs::create_dir_all(directory.0.join("proc/1/fd")).unwrap();
    fs::create_dir_all(directory.0.join("proc/77/fd")).unwrap();
    std::os::unix::fs::symlink("socket:[4711]", directory.0.join("proc/77/fd/5")).unwrap();
    std::os::unix::fs::symlink("/dev/null", directory.0.join("proc/77/fd/6")).unwrap();
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
        directory.file(&format!("{sys}/{name}"), format!("{content}\n").as_bytes());
    }
    directory.file("sys/class/net/bonding_masters", b"bond0\n");
    directory.file("sys/class/net/ppp0/ifindex", b"3\n");
    directory.file("sys/class/net/ppp0/type", b"512\n");
    directory.file("sys/class/net/ppp0/flags", b"0x1090\n");
    directory.file("sys/class/net/ppp0/speed", b"-1\n");

    let host = Host::builder().root(&directory.0).build();
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
    fs::remove_dir_all(directory.0.join("proc/1/fd")).unwrap();
    directory.file("proc/net/tcp", tcp.as_bytes());
    fs::remove_dir_all(directory.0.join("proc/1")).unwrap();
    let all = host.connections(query).unwrap();
    assert_eq!(find(&all, 4712).owners, Err(Unavailable::Denied));
}

#[test]
fn sysfs_agrees_with_netlink_about_the_flags() {
    // Between the two readings a link may change.
    eventually(|| {
        let netlink = super::interfaces(Host::local()).unwrap();
        let sysfs = interfaces::from_sysfs(Host::local(), Unavailable::Denied).unwrap();
        if sysfs.len() != netlink.len() {
            return false;
        }
        netlink.iter().zip(&sysfs).all(|(netlink, sysfs)| {
            let flags = InterfaceFlags::UP | InterfaceFlags::RUNNING | InterfaceFlags::LOWER_UP;
            (&netlink.name, netlink.index, netlink.mtu) == (&sysfs.name, sysfs.index, sysfs.mtu)
                && netlink.flags & flags == sysfs.flags & flags
                && netlink.mac == sysfs.mac
                && netlink.speed_mbps == sysfs.speed_mbps
        })
    });
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
    let Ok(output) = Command::new("ss").args(["-tanpHe4"]).output() else {
        eprintln!("skipped: no ss");
        return;
    };
    let mut shown: Vec<(String, String, String)> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter(|line| line.contains(&format!(":{port} ")))
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
    shown.sort();
    found.sort();
    assert_eq!(found, shown);
}
