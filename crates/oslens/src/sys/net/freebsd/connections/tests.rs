use super::*;
use crate::{
    net::{Family, Protocol, TcpState, UnixName, UnixState},
    sys::kernel::{
        Question,
        fake::{Fake, Log},
    },
};

const TCP: &[u8] = include_bytes!("../../../../parse/freebsd/fixtures/freebsd_pcblist_tcp.bin");
const RAW: &[u8] = include_bytes!("../../../../parse/freebsd/fixtures/freebsd_pcblist_raw.bin");
const UNIX: &[u8] = include_bytes!("../../../../parse/freebsd/fixtures/freebsd_pcblist_unix.bin");
const FILES: &[u8] = include_bytes!("../../../../parse/freebsd/fixtures/freebsd_xfile.bin");
const PROCESS: &[u8] = include_bytes!("../../../../parse/freebsd/fixtures/freebsd_sockets.bin");
const ALL_FILES: Question<'_> = Question::Sysctl(&[1, 15]);

/// The end of a table without sockets is its beginning.
fn empty(head: usize) -> Vec<u8> {
    [&TCP[..head], &TCP[..head]].concat()
}

fn machine() -> Fake {
    let mut none = UNIX[..32].to_vec();
    none.extend_from_within(..);
    Fake::new()
        .named("net.inet.tcp.pcblist", TCP)
        .named("net.inet.udp.pcblist", empty(64))
        .named("net.inet.raw.pcblist", RAW)
        .named("net.local.stream.pcblist", UNIX)
        .named("net.local.dgram.pcblist", none.clone())
        .named("net.local.seqpacket.pcblist", none)
        .answer(ALL_FILES, FILES)
}

fn owners(connection: &Connection) -> Vec<(u32, i32)> {
    let owners = connection.owners.as_ref().unwrap().iter();
    owners.map(|o| (o.pid.get(), o.fd.unwrap())).collect()
}

fn count(log: &Log, name: &str) -> usize {
    log.lines()
        .iter()
        .filter(|line| line.contains(name))
        .count()
}

#[test]
fn the_tables_are_joined_with_the_descriptors_of_all_processes() {
    let (host, log) = machine().host();
    let query = ConnectionQuery::new(Kind::TCP).owners(Owners::All);
    let found = connections(&host, &query).unwrap();
    assert_eq!(found.len(), 6);
    // Two processes have the listener.
    assert_eq!(found[0].state, Some(TcpState::Listen));
    assert_eq!(owners(&found[0]), [(900, 5), (901, 5)]);
    assert_eq!(found[0].uid, Some(80));
    assert_eq!(owners(&found[1]), [(812, 4)]);
    // Left by a process that has closed it.
    assert_eq!(found[4].state, Some(TcpState::TimeWait));
    assert_eq!((owners(&found[4]), found[4].inode), (vec![], 0));
    // Nobody has it.
    assert!(owners(&found[5]).is_empty());
    assert_eq!(log.lines().len(), 2);
}

#[test]
fn a_list_without_owners_takes_one_question_for_each_table() {
    let (host, log) = machine().host();
    let found = connections(&host, &Kind::ALL.into()).unwrap();
    assert_eq!(found.len(), 9);
    assert!(
        found
            .iter()
            .all(|c| c.owners == Err(Unavailable::NotRequested))
    );
    assert_eq!(log.lines().len(), 5);
    let query = ConnectionQuery::new(Kind::TCP6).states(TcpStates::LISTEN | TcpStates::TIME_WAIT);
    let found = connections(&host, &query).unwrap();
    let states: Vec<_> = found.iter().filter_map(|c| c.state).collect();
    assert_eq!(states, [TcpState::Listen, TcpState::TimeWait]);
    assert!(found.iter().all(|c| c.family == Family::Inet6));
    assert!(
        connections(&host, &Kind::empty().into())
            .unwrap()
            .is_empty()
    );
}

#[test]
fn the_ends_of_a_unix_socket_have_each_others_number() {
    let (host, _) = machine().host();
    let query = ConnectionQuery::new(Kind::UNIX).owners(Owners::First);
    let found = connections(&host, &query).unwrap();
    let [listener, accepted, client] = &found[..] else {
        panic!("{found:?}")
    };
    let end = |connection: &Connection| connection.unix.clone().unwrap();
    assert_eq!(
        end(listener).name,
        Some(UnixName::Path("/var/run/log".into()))
    );
    assert_eq!(end(listener).state, UnixState::Listening);
    assert_eq!(end(accepted).peer_inode, Some(client.inode));
    assert_eq!(end(client).peer_inode, Some(accepted.inode));
    assert_eq!(end(client).name, None);
    assert_eq!(owners(accepted), [(812, 9)]);
}

#[test]
fn a_table_that_changes_is_asked_for_again_but_not_for_ever() {
    let (host, log) = machine().host();
    let found = connections(&host, &Kind::RAW.into()).unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].protocol, Protocol::Raw(1));
    assert_eq!(count(&log, "raw.pcblist"), TRIES);
    // The second one is whole.
    let mut whole = RAW.to_vec();
    let tail = RAW.len() - 64;
    whole[tail..].copy_from_slice(&RAW[..64]);
    let fake = Fake::new().named("net.inet.raw.pcblist", RAW);
    let (host, log) = fake.named("net.inet.raw.pcblist", whole).host();
    assert_eq!(connections(&host, &Kind::RAW6.into()).unwrap().len(), 1);
    assert_eq!(log.lines().len(), 2);
}

#[test]
fn a_table_that_the_kernel_lacks_is_left_out_and_nothing_is_unsupported() {
    let (host, _) = Fake::new().named("net.inet.tcp.pcblist", TCP).host();
    assert_eq!(connections(&host, &Kind::INET.into()).unwrap().len(), 6);
    let error = connections(&host, &Kind::UDP.into()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[test]
fn a_refused_list_of_files_refuses_the_owners_alone() {
    let (host, _) = Fake::new()
        .named("net.inet.tcp.pcblist", TCP)
        .fail(ALL_FILES, libc::EPERM)
        .host();
    let query = ConnectionQuery::new(Kind::TCP).owners(Owners::All);
    let found = connections(&host, &query).unwrap();
    assert_eq!(found.len(), 6);
    assert!(found.iter().all(|c| c.owners == Err(Unavailable::Denied)));
    let (host, _) = Fake::new()
        .fail(Question::Named("net.inet.tcp.pcblist"), libc::EPERM)
        .host();
    let error = connections(&host, &Kind::TCP.into()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
}

#[test]
fn where_addresses_are_hidden_each_process_is_asked() {
    let hide = |data: &[u8], places: &mut dyn Iterator<Item = usize>| {
        let mut data = data.to_vec();
        places.for_each(|at| data[at..at + 8].fill(0));
        data
    };
    // xf_data of each, and xso_so of the listed sockets.
    let files = hide(FILES, &mut (0..5).map(|at| at * 128 + 56));
    let listed = hide(TCP, &mut (0..7).map(|at| 64 + at * 744 + 8 + 8 + 8));
    let (host, log) = Fake::new()
        .named("net.inet.tcp.pcblist", listed)
        .answer(ALL_FILES, files)
        .answer(Question::Sysctl(&[1, 14, 33, 812]), PROCESS)
        .fail(Question::Sysctl(&[1, 14, 33, 900]), libc::EPERM)
        .fail(Question::Sysctl(&[1, 14, 33, 901]), libc::ESRCH)
        .host();
    let query = ConnectionQuery::new(Kind::TCP).owners(Owners::All);
    let found = connections(&host, &query).unwrap();
    assert_eq!(owners(&found[1]), [(812, 4)]);
    // It may be that of a process that does not tell.
    assert_eq!(found[0].owners, Err(Unavailable::Denied));
    assert_eq!(log.lines().len(), 2 + 3);
}

#[test]
fn a_process_that_is_loading_a_program_spoils_no_list_and_is_asked_again() {
    let mut files = FILES.to_vec();
    (0..5).for_each(|at| files[at * 128 + 56..][..8].fill(0));
    let of = |pid| [1, 14, 33, pid];
    let (host, log) = Fake::new()
        .named("net.inet.tcp.pcblist", TCP)
        .answer(ALL_FILES, files)
        .fail(Question::Sysctl(&of(812)), libc::EBUSY)
        .answer(Question::Sysctl(&of(812)), PROCESS)
        // This one takes its time.
        .fail(Question::Sysctl(&of(900)), libc::EBUSY)
        .fail(Question::Sysctl(&of(901)), libc::ENOMEM)
        .host();
    let query = ConnectionQuery::new(Kind::TCP).owners(Owners::All);
    let found = connections(&host, &query).unwrap();
    assert_eq!(found.len(), 6);
    assert_eq!(owners(&found[1]), [(812, 4)]);
    assert_eq!(count(&log, "33, 812"), 2);
    assert_eq!(count(&log, "33, 900"), 10);
}

#[test]
fn a_processs_sockets_have_what_the_tables_know() {
    let (host, log) = machine()
        .answer(Question::Sysctl(&[1, 14, 33, 812]), PROCESS)
        .host();
    let found = process_connections(&host, Pid::new(812), Kind::ALL).unwrap();
    assert_eq!(found.len(), 3);
    assert!(found.iter().all(|c| owners(c).len() == 1));
    let tcp = found.iter().find(|c| c.protocol == Protocol::Tcp).unwrap();
    assert_eq!(owners(tcp), [(812, 4)]);
    assert_eq!(tcp.state, Some(TcpState::Established));
    assert_eq!((tcp.uid, tcp.recv_queue), (Some(0), Some(12)));
    // In no table: what its descriptor tells.
    let udp = found.iter().find(|c| c.protocol == Protocol::Udp).unwrap();
    assert_eq!(udp.local, "0.0.0.0:123".parse().ok());
    assert_eq!((owners(udp), udp.uid), (vec![(812, 5)], None));
    let unix = found.iter().find(|c| c.unix.is_some()).unwrap();
    assert_eq!((owners(unix), unix.uid), (vec![(812, 9)], Some(0)));
    // Its files, and the tables of the kinds that it has.
    assert_eq!(log.lines().len(), 1 + 5);
    let found = process_connections(&host, Pid::new(812), Kind::TCP6).unwrap();
    assert!(found.is_empty());
    assert_eq!(log.lines().len(), 1 + 5 + 1);
}

#[test]
fn a_socket_that_a_process_has_twice_is_one_with_two_descriptors() {
    let mut twice = PROCESS.to_vec();
    let record: Vec<u8> = PROCESS[1392..2 * 1392].to_vec();
    twice.extend(&record);
    let at = twice.len() - 1392 + 8;
    twice[at..at + 4].copy_from_slice(&30_i32.to_le_bytes());
    let (host, _) = machine()
        .answer(Question::Sysctl(&[1, 14, 33, 812]), twice)
        .host();
    let found = process_connections(&host, Pid::new(812), Kind::TCP).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(owners(&found[0]), [(812, 4), (812, 30)]);
}

#[test]
fn a_denied_a_gone_and_a_dead_process_are_told_apart() {
    let (host, _) = Fake::new()
        .fail(Question::Sysctl(&[1, 14, 33, 1]), libc::EPERM)
        .fail(Question::Sysctl(&[1, 14, 33, 2]), libc::ESRCH)
        .fail(Question::Sysctl(&[1, 14, 1, 2]), libc::ESRCH)
        .fail(Question::Sysctl(&[1, 14, 33, 3]), libc::ESRCH)
        .answer(Question::Sysctl(&[1, 14, 1, 3]), [0; 1088])
        .host();
    let of = |pid| process_connections(&host, Pid::new(pid), Kind::ALL);
    let error = of(1).unwrap_err();
    assert_eq!(
        (error.kind(), error.pid()),
        (ErrorKind::AccessDenied, Some(Pid::new(1)))
    );
    assert_eq!(of(2).unwrap_err().kind(), ErrorKind::NoSuchProcess);
    // Its table is gone, but its parent has not asked.
    assert!(of(3).unwrap().is_empty());
    assert_eq!(of(u32::MAX).unwrap_err().kind(), ErrorKind::NoSuchProcess);
}
