use super::*;
use crate::{
    error::Unavailable,
    net::{TcpState, UnixName},
    parse::layout::macos::process::{ExternProc, InSockinfo, SocketInfo},
    parse::macos::pcblist::tests::{tcp_table, udp_table, unix_table},
    sys::kernel::fake::Fake,
};

const INFO: &[u8] = include_bytes!("../../../../parse/macos/fixtures/macos_socket_fdinfo.bin");
const FDS: &[u8] = include_bytes!("../../../../parse/macos/fixtures/macos_proc_fdinfo.bin");
const PROCESSES: &[u8] = include_bytes!("../../../../parse/kinfo/fixtures/macos_kinfo_proc.bin");
const SIZE: usize = 792;

fn info(at: usize) -> &'static [u8] {
    &INFO[at * SIZE..(at + 1) * SIZE]
}

const fn list(pid: i32) -> Question<'static> {
    Question::PidInfo {
        pid,
        flavor: 1,
        argument: 0,
        size: 0,
    }
}

const fn about(pid: i32, descriptor: i32) -> Question<'static> {
    Question::DescriptorInfo {
        pid,
        descriptor,
        flavor: 3,
        size: SIZE,
    }
}

/// The kernel, two processes, and one that does not tell.
const DENIED: i32 = 77;

fn processes() -> Vec<u8> {
    let mut all = PROCESSES.to_vec();
    all.extend_from_within(648..2 * 648);
    let at = 3 * 648 + ExternProc::p_pid.offset();
    all[at..at + 4].copy_from_slice(&DENIED.to_le_bytes());
    all
}

fn machine() -> (Fake, [i32; 2]) {
    let pids = kinfo::macos::processes(PROCESSES, 648, crate::parse::layout::Endian::Little)
        .unwrap()
        .map(|process| process.unwrap().pid);
    let pids: [i32; 3] = pids.collect::<Vec<_>>().try_into().unwrap();
    let [kernel, second, third] = pids;
    assert_eq!(kernel, 0);
    let fake = Fake::new()
        .answer(Question::Sysctl(&[1, 14, 0]), processes())
        .fail(list(DENIED), libc::EPERM)
        .answer(list(second), FDS)
        .answer(about(second, 3), info(0))
        .answer(about(second, 5), info(5))
        // Closed meanwhile.
        .fail(about(second, 7), libc::EBADF)
        .answer(list(third), FDS)
        .answer(about(third, 3), info(0))
        .answer(about(third, 5), info(6))
        .fail(about(third, 7), libc::ENOTSUP);
    (fake, [second, third])
}

fn owners(connection: &Connection) -> Vec<(u32, i32)> {
    let owners = connection.owners.as_ref().unwrap().iter();
    owners.map(|o| (o.pid.get(), o.fd.unwrap())).collect()
}

#[test]
fn a_socket_that_is_torn_down_and_a_process_that_fails_spoil_no_list() {
    let (fake, [second, third]) = machine();
    let (host, _) = fake
        .fail(about(second, 7), libc::EINVAL)
        .fail(list(third), libc::EIO)
        .host();
    let found = |pid: i32| process_connections(&host, Pid::new(pid.unsigned_abs()), Kind::ALL);
    // The first answer to a question is given once.
    _ = found(second).unwrap();
    assert_eq!(found(second).unwrap().len(), 2);
    _ = found(third).unwrap();
    assert_eq!(found(third).unwrap_err().kind(), ErrorKind::Os);
    let query = ConnectionQuery::new(Kind::ALL).owners(Owners::All);
    assert!(!connections(&host, &query).unwrap().is_empty());
}

#[test]
fn a_denied_process_and_a_closed_descriptor_spoil_no_list() {
    let (fake, [second, third]) = machine();
    let (second, third) = (second.unsigned_abs(), third.unsigned_abs());
    let (host, log) = fake.host();
    let query = ConnectionQuery::new(Kind::ALL).owners(Owners::All);
    let found = connections(&host, &query).unwrap();
    let [listener, unix] = &found[..] else {
        panic!("{found:?}")
    };
    // One that two processes hold is one.
    assert_eq!(listener.state, Some(TcpState::Listen));
    assert_eq!(owners(listener), [(second, 3), (third, 3)]);
    assert_eq!(
        (listener.recv_queue, listener.send_queue),
        (Some(3), Some(128))
    );
    assert_eq!(owners(unix), [(second, 5)]);
    let end = unix.unix.as_ref().unwrap();
    assert_eq!(
        (end.name.as_ref(), end.peer_inode),
        (None, Some(0x7777_0000_0000_0002))
    );
    // Tables that this kernel lacks, the processes, the descriptors of each, and
    // each that is a socket.
    assert_eq!(log.lines().len(), 2 + 1 + 3 + 3 + 3);
    let found = connections(&host, &Kind::TCP6.into()).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].owners, Err(Unavailable::NotRequested));
    let query = ConnectionQuery::new(Kind::TCP).states(TcpStates::ESTABLISHED);
    assert!(connections(&host, &query).unwrap().is_empty());
}

const TCP: Question<'_> = Question::Named("net.inet.tcp.pcblist_n");

#[test]
fn everybody_is_shown_all_sockets_of_the_internet_in_one_question() {
    let (host, log) = machine().0.answer(TCP, tcp_table()).host();
    let found = connections(&host, &Kind::TCP.into()).unwrap();
    let states: Vec<_> = found.iter().filter_map(|c| c.state).collect();
    let (listen, left) = (TcpState::Listen, TcpState::TimeWait);
    assert_eq!(states, [listen, TcpState::Established, left]);
    assert!(
        found
            .iter()
            .all(|c| c.owners == Err(Unavailable::NotRequested))
    );
    assert_eq!(found[1].uid, Some(502));
    assert_eq!(log.lines().len(), 1);
    let query = ConnectionQuery::new(Kind::TCP4).states(TcpStates::TIME_WAIT);
    assert_eq!(connections(&host, &query).unwrap().len(), 1);
    // Without their table UNIX sockets are known by their holders alone; the
    // other tables are not asked for again.
    let found = connections(&host, &Kind::UNIX.into()).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(log.lines().len(), 2 + 1 + 10);
}

#[test]
fn everybody_is_shown_all_unix_sockets_in_two_questions_but_not_their_holders() {
    const NONE: [u8; 24] = {
        let mut head = [0; 24];
        head[0] = 24;
        head
    };
    let [streams, datagrams] = UNIX_TABLES.map(Question::Named);
    let both = || machine().0.answer(streams, unix_table());
    let (host, log) = both().answer(datagrams, NONE).host();
    let found = connections(&host, &Kind::UNIX.into()).unwrap();
    assert_eq!((found.len(), log.lines().len()), (3, 2));
    assert!(
        found
            .iter()
            .all(|c| c.owners == Err(Unavailable::NotRequested))
    );
    assert_eq!(found[0].uid, Some(501));
    let peer = found[1].unix.as_ref().unwrap().peer_inode;
    assert_eq!(peer, Some(found[2].inode));
    // The holders do not say which of these are theirs.
    let query = ConnectionQuery::new(Kind::UNIX).owners(Owners::All);
    let held = connections(&host, &query).unwrap();
    assert_eq!((held.len(), owners(&held[0]).len()), (1, 1));
    // One of both tables is not all of them.
    for fake in [both(), both().answer(datagrams, [7; 1000])] {
        let (host, _) = fake.host();
        let found = connections(&host, &Kind::UNIX.into()).unwrap();
        assert_eq!(found.len(), 1);
    }
}

#[test]
fn a_listed_socket_gets_its_holders_or_who_used_it_last_or_is_denied() {
    let [second, third] = machine().1;
    let ask = |last: i32| {
        let mut table = tcp_table();
        let mut pids = table.windows(4).enumerate();
        let (at, _) = pids
            .find(|(_, bytes)| *bytes == 901_i32.to_le_bytes())
            .unwrap();
        table[at..at + 4].copy_from_slice(&last.to_le_bytes());
        let (host, _) = Fake::new()
            .answer(TCP, table)
            .answer(Question::Sysctl(&[1, 14, 0]), processes())
            .fail(list(DENIED), libc::EPERM)
            .answer(list(second), &FDS[8..16])
            .answer(about(second, 3), info(0))
            .answer(list(third), [])
            .host();
        let query = ConnectionQuery::new(Kind::TCP).owners(Owners::All);
        connections(&host, &query).unwrap()
    };
    let found = ask(DENIED);
    let [listener, connected, left] = &found[..] else {
        panic!("{found:?}")
    };
    assert_eq!(owners(listener), [(second.unsigned_abs(), 3)]);
    assert_eq!(listener.uid, Some(501));
    // It does not show its descriptors, but used this one.
    let user = Owner::process(Pid::new(DENIED.unsigned_abs()));
    assert_eq!(connected.owners, Ok(vec![user]));
    assert_eq!(left.owners, Ok(vec![]));
    // One that has none of it now, and one that is gone.
    for other in [second, third, 901] {
        assert_eq!(ask(other)[1].owners, Err(Unavailable::Denied));
    }
}

#[test]
fn a_datagram_socket_is_listed_once_with_its_holder_and_a_flow_with_its_process() {
    const UDP: Question<'_> = Question::Named("net.inet.udp.pcblist_n");
    let [second, third] = machine().1;
    let mut held = info(3).to_vec();
    let number = 5_u64;
    let at = SocketFdinfo::psi.offset() + SocketInfo::soi_proto.offset();
    let at = at + InSockinfo::insi_gencnt.offset();
    held[at..at + 8].copy_from_slice(&number.to_le_bytes());
    let (host, _) = Fake::new()
        .answer(UDP, udp_table(number, third))
        .answer(Question::Sysctl(&[1, 14, 0]), processes())
        .fail(list(DENIED), libc::EPERM)
        .answer(list(second), &FDS[8..16])
        .answer(about(second, 3), held)
        .answer(list(third), [])
        .host();
    let query = ConnectionQuery::new(Kind::UDP).owners(Owners::All);
    let found = connections(&host, &query).unwrap();
    let [socket, flow] = &found[..] else {
        panic!("{found:?}")
    };
    assert_eq!(owners(socket), [(second.unsigned_abs(), 3)]);
    let user = Owner::process(Pid::new(third.unsigned_abs()));
    assert_eq!(flow.owners, Ok(vec![user]));
}

#[test]
fn a_table_that_is_refused_or_not_understood_is_done_without() {
    for fake in [
        machine().0.fail(TCP, libc::EPERM),
        machine().0.answer(TCP, [7; 1000]),
    ] {
        let (host, _) = fake.host();
        let query = ConnectionQuery::new(Kind::TCP).owners(Owners::All);
        let found = connections(&host, &query).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(owners(&found[0]).len(), 2);
    }
}

#[test]
fn a_process_shows_its_sockets_and_what_may_not_be_seen_is_denied() {
    let (fake, [second, _]) = machine();
    let fake = fake
        .answer(list(40), &FDS[8..16])
        .answer(about(40, 3), info(4))
        .fail(list(41), libc::ESRCH);
    let (host, log) = fake.host();
    let of = |pid: i32| process_connections(&host, Pid::new(pid.unsigned_abs()), Kind::ALL);
    let found = of(second).unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(owners(&found[0]), [(second.unsigned_abs(), 3)]);
    assert_eq!(log.lines().len(), 1 + 3);
    let found = of(40).unwrap();
    let name = found[0].unix.as_ref().unwrap().name.clone();
    assert_eq!(name, Some(UnixName::Path("/var/run/mDNSResponder".into())));
    let error = of(DENIED).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert_eq!(error.pid(), Some(Pid::new(DENIED.unsigned_abs())));
    assert_eq!(of(41).unwrap_err().kind(), ErrorKind::NoSuchProcess);
}

#[test]
fn sockets_are_counted_in_the_tables_that_there_are() {
    let (host, _) = machine().0.answer(TCP, tcp_table()).host();
    let found = counted(&host.kernel().unwrap());
    assert_eq!((found.tcp4, found.tcp6), (Some(1), Some(1)));
    assert_eq!(
        (found.tcp_listening, found.tcp_time_wait),
        (Some(1), Some(1))
    );
    // There is no table of UDP here.
    assert_eq!((found.udp4, found.udp6), (None, None));
}
