use super::*;
use crate::{
    error::Unavailable,
    net::{TcpState, UnixName},
    sys::kernel::fake::Fake,
};

const TABLE: &[u8] = include_bytes!("../../../../parse/netbsd/fixtures/netbsd_kinfo_pcb.bin");
const FILE: &[u8] = include_bytes!("../../../../parse/netbsd/fixtures/netbsd_sockets.bin");
const PCB: usize = 640;

const fn table(name: &str) -> Question<'_> {
    Question::NamedRecords {
        name,
        numbers: &[0, 0],
        stride: PCB,
    }
}

const fn files(mib: &[i32]) -> Question<'_> {
    Question::Records { mib, stride: 120 }
}

/// Some of the records.
fn records(places: &[usize]) -> Vec<u8> {
    let record = |&at: &usize| &TABLE[at * PCB..(at + 1) * PCB];
    places.iter().flat_map(record).copied().collect()
}

/// The machine as root sees it.
fn machine() -> Fake {
    Fake::new()
        .answer(table("net.inet.tcp.pcblist"), records(&[1]))
        .answer(table("net.inet6.tcp6.pcblist"), records(&[0]))
        .answer(table("net.inet.udp.pcblist"), [])
        .answer(table("net.inet6.udp6.pcblist"), records(&[2]))
        .answer(table("net.inet.raw.pcblist"), records(&[3]))
        .answer(table("net.local.stream.pcblist"), records(&[4, 5]))
        .answer(table("net.local.dgram.pcblist"), [])
        .answer(table("net.local.seqpacket.pcblist"), [])
        .answer(files(&[1, 77, 2, -1]), FILE)
}

fn owners(connection: &Connection) -> Vec<(u32, i32)> {
    let owners = connection.owners.as_ref().unwrap().iter();
    owners.map(|o| (o.pid.get(), o.fd.unwrap())).collect()
}

#[test]
fn the_tables_are_joined_with_the_descriptors_of_all_processes() {
    let (host, log) = machine().host();
    let query = ConnectionQuery::new(Kind::ALL).owners(Owners::All);
    let found = connections(&host, &query).unwrap();
    let [connected, listener, udp, end, peer] = &found[..] else {
        panic!("{found:?}")
    };
    assert_eq!(owners(listener), [(900, 5), (901, 5)]);
    // Its user is that of the file: the table does not tell.
    assert_eq!(
        (listener.uid, listener.state),
        (Some(80), Some(TcpState::Listen))
    );
    // As its descriptors name it.
    assert_eq!(listener.inode, 0xffff_a100_0100_0000);
    assert_eq!(
        (owners(connected), connected.uid),
        (vec![(812, 4)], Some(0))
    );
    assert_eq!((owners(udp), udp.uid), (vec![], None));
    let unix = end.unix.as_ref().unwrap();
    assert_eq!(unix.name, Some(UnixName::Path("/var/run/log".into())));
    assert_eq!(
        (owners(end), unix.peer_inode),
        (vec![(812, 9)], Some(peer.inode))
    );
    // Seven tables, and the files.
    assert_eq!(log.lines().len(), 7 + 1);
}

#[test]
fn only_the_tables_of_the_kinds_are_asked_for() {
    let (host, log) = machine().host();
    let query = ConnectionQuery::new(Kind::TCP).states(TcpStates::ESTABLISHED);
    let found = connections(&host, &query).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].owners, Err(Unavailable::NotRequested));
    assert_eq!(log.lines().len(), 2);
    // This kernel has no IPv6 for raw sockets.
    assert_eq!(connections(&host, &Kind::RAW.into()).unwrap().len(), 1);
    let error = connections(&host, &Kind::RAW6.into()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    let (host, _) = Fake::new()
        .fail(table("net.inet.tcp.pcblist"), libc::EPERM)
        .host();
    let error = connections(&host, &Kind::TCP4.into()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
}

/// What anyone but root gets: the same without addresses.
fn hidden() -> Fake {
    let mut file = FILE.to_vec();
    let place = KinfoFile::ki_fdata.offset();
    for record in file.chunks_mut(120) {
        record[place..place + 8].fill(0);
    }
    Fake::new()
        .answer(table("net.inet.tcp.pcblist"), records(&[6]))
        .answer(files(&[1, 77, 2, -1]), file.clone())
        .answer(files(&[1, 77, 2, 900]), file)
}

#[test]
fn where_addresses_are_hidden_owners_are_denied_and_not_missing() {
    let (host, _) = hidden().host();
    let query = ConnectionQuery::new(Kind::TCP4).owners(Owners::First);
    let found = connections(&host, &query).unwrap();
    assert_eq!(found[0].owners, Err(Unavailable::Denied));
    assert_eq!((found[0].inode, found[0].uid), (0, None));
    let error = process_connections(&host, Pid::new(900), Kind::ALL).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert_eq!(error.pid(), Some(Pid::new(900)));
}

#[test]
fn a_process_has_its_own_sockets_alone() {
    let (host, log) = machine().answer(files(&[1, 77, 2, 812]), FILE).host();
    let found = process_connections(&host, Pid::new(812), Kind::ALL).unwrap();
    let of: Vec<_> = found.iter().map(owners).collect();
    assert_eq!(of, [[(812, 4)], [(812, 9)]]);
    assert_eq!(log.lines().len(), 1 + 7);
    let found = process_connections(&host, Pid::new(812), Kind::TCP4).unwrap();
    assert_eq!(found.len(), 1);
}

#[test]
fn a_process_without_sockets_is_told_from_none() {
    let process = |mib| Question::Records { mib, stride: 680 };
    let (host, _) = Fake::new()
        .answer(files(&[1, 77, 2, 5]), [])
        .answer(process(&[1, 47, 1, 5]), [0; 680])
        .answer(files(&[1, 77, 2, 6]), [])
        .answer(process(&[1, 47, 1, 6]), [])
        // The kernel takes 0 for all of them.
        .answer(files(&[1, 77, 2, 0]), FILE)
        .answer(process(&[1, 47, 1, 0]), [0; 680])
        .host();
    let of = |pid| process_connections(&host, Pid::new(pid), Kind::ALL);
    assert!(of(5).unwrap().is_empty());
    assert!(of(0).unwrap().is_empty());
    assert_eq!(of(6).unwrap_err().kind(), ErrorKind::NoSuchProcess);
    assert_eq!(of(u32::MAX).unwrap_err().kind(), ErrorKind::NoSuchProcess);
}

#[test]
fn a_process_that_loads_a_program_is_not_one_without_sockets() {
    let count = Question::Room {
        mib: &[1, 48, 812, 2],
        size: 4,
    };
    let (host, _) = machine()
        .answer(files(&[1, 77, 2, 812]), [])
        .answer(files(&[1, 77, 2, 812]), FILE)
        .fail(count, libc::EBUSY)
        .answer(count, [1, 0, 0, 0])
        .host();
    let found = process_connections(&host, Pid::new(812), Kind::TCP4).unwrap();
    assert_eq!(found.len(), 1);
}

#[test]
fn sockets_are_counted_in_the_tables_that_there_are() {
    let (host, log) = machine().host();
    let found = socket_summary(&host).unwrap();
    assert_eq!((found.tcp4, found.tcp6), (Some(1), Some(1)));
    assert_eq!((found.udp4, found.udp6), (Some(0), Some(1)));
    // A table that the kernel lacks has no number, not none in it.
    assert_eq!((found.raw4, found.raw6), (Some(1), None));
    assert_eq!(found.tcp_established, Some(1));
    assert_eq!(
        (found.tcp_listening, found.tcp_time_wait),
        (Some(1), Some(0))
    );
    assert_eq!(found.tcp_memory, None);
    assert_eq!(log.lines().len(), 6);
    let error = socket_summary(&Fake::new().host().0).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[test]
fn a_refused_list_of_files_refuses_the_owners_alone() {
    let (host, _) = Fake::new()
        .answer(table("net.inet.tcp.pcblist"), records(&[1]))
        .fail(files(&[1, 77, 2, -1]), libc::EPERM)
        .host();
    let query = ConnectionQuery::new(Kind::TCP4).owners(Owners::All);
    let found = connections(&host, &query).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].owners, Err(Unavailable::Denied));
}
