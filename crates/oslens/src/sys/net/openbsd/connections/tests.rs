use super::*;
use crate::{
    error::Unavailable,
    net::{TcpState, UnixName, UnixState},
    sys::kernel::fake::Fake,
};

const HELD: &[u8] = include_bytes!("../../../../parse/openbsd/fixtures/openbsd_sockets.bin");
const SIZE: usize = 632;

const fn files(mib: &[i32]) -> Question<'_> {
    Question::Records { mib, stride: SIZE }
}

/// All sockets: of the records of descriptors those that are not twice there,
/// without process and descriptor.
fn listed(places: &[usize]) -> Vec<u8> {
    let mut data = Vec::new();
    for &at in places {
        let mut record = HELD[at * SIZE..(at + 1) * SIZE].to_vec();
        for field in [
            KinfoFile::p_pid.offset(),
            KinfoFile::fd_fd.offset(),
            KinfoFile::f_count.offset(),
            KinfoFile::f_uid.offset(),
        ] {
            record[field..field + 4].fill(0);
        }
        data.extend(record);
    }
    data
}

/// The machine as root sees it.
fn machine() -> Fake {
    Fake::new()
        .answer(files(&[1, 73, 1, 2]), listed(&[1, 3, 4, 5, 6, 7]))
        .answer(files(&[1, 73, 2, -1]), &HELD[..7 * SIZE])
}

/// The same without the addresses in the kernel.
fn hidden(data: &[u8]) -> Vec<u8> {
    let mut data = data.to_vec();
    for record in data.chunks_mut(SIZE) {
        let (file, pcb) = (KinfoFile::f_data.offset(), KinfoFile::so_pcb.offset());
        record[file..file + 8].fill(0);
        record[pcb..pcb + 8].fill(0xff);
    }
    data
}

fn owners(connection: &Connection) -> Vec<(u32, i32)> {
    let owners = connection.owners.as_ref().unwrap().iter();
    owners.map(|o| (o.pid.get(), o.fd.unwrap())).collect()
}

#[test]
fn everybody_who_holds_a_socket_is_named_in_two_questions() {
    let (host, log) = machine().host();
    let query = ConnectionQuery::new(Kind::all()).owners(Owners::All);
    let found = connections(&host, &query).unwrap();
    let [listener, connected, udp, raw, unix, closed] = &found[..] else {
        panic!("{found:?}")
    };
    assert_eq!(owners(listener), [(4001, 3), (4002, 3)]);
    assert_eq!(
        (listener.uid, listener.inode),
        (Some(80), 0xffff_fd80_0000_1100)
    );
    assert_eq!(
        (owners(connected), connected.uid),
        (vec![(4003, 7)], Some(1001))
    );
    assert_eq!(owners(udp), [(4004, 4)]);
    assert_eq!(owners(raw), [(4005, 3)]);
    assert_eq!(owners(unix), [(4006, 5)]);
    let end = unix.unix.as_ref().unwrap();
    assert_eq!(end.name, Some(UnixName::Path("/dev/log".into())));
    assert_eq!(end.state, UnixState::Connected);
    // No process has it any more.
    assert_eq!(closed.state, Some(TcpState::TimeWait));
    assert_eq!((owners(closed), closed.uid), (vec![], None));
    assert_eq!(log.lines().len(), 2);
}

#[test]
fn a_list_without_owners_is_one_question() {
    let (host, log) = machine().host();
    let query = ConnectionQuery::new(Kind::TCP).states(TcpStates::LISTEN);
    let found = connections(&host, &query).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].owners, Err(Unavailable::NotRequested));
    assert_eq!((found[0].recv_queue, found[0].v6_only), (None, Some(true)));
    assert_eq!(log.lines().len(), 1);
}

#[test]
fn without_numbers_sockets_are_known_by_what_they_look_like() {
    let (host, _) = Fake::new()
        .answer(files(&[1, 73, 1, 2]), hidden(&listed(&[1, 3, 4, 7])))
        .answer(files(&[1, 73, 2, -1]), hidden(&HELD[..7 * SIZE]))
        .host();
    let query = ConnectionQuery::new(Kind::INET).owners(Owners::All);
    let found = connections(&host, &query).unwrap();
    assert!(found.iter().all(|connection| connection.inode == 0));
    let of: Vec<_> = found.iter().map(owners).collect();
    let listener = vec![(4001, 3), (4002, 3)];
    assert_eq!(of, [listener, vec![(4003, 7)], vec![(4004, 4)], vec![]]);
}

#[test]
fn sockets_that_look_the_same_lose_no_holder_and_have_none_twice() {
    let ask = |sockets: &[usize]| {
        let (host, _) = Fake::new()
            .answer(files(&[1, 73, 1, 2]), hidden(&listed(sockets)))
            .answer(files(&[1, 73, 2, -1]), hidden(&HELD[..3 * SIZE]))
            .host();
        let query = ConnectionQuery::new(Kind::TCP).owners(Owners::All);
        let found = connections(&host, &query).unwrap();
        let mut of: Vec<_> = found.iter().map(owners).collect();
        of.sort();
        of
    };
    let (one, other) = ((4001, 3), (4002, 3));
    // Two listeners on a port, and two that hold one.
    assert_eq!(ask(&[1, 2]), [[one], [other]]);
    // One of three is nobody's.
    assert_eq!(ask(&[1, 1, 2]), [vec![], vec![one], vec![other]]);
    assert_eq!(ask(&[1]), [[one, other]]);
    // Opened after the first question.
    assert_eq!(ask(&[]), [[one], [other]]);
}

#[test]
fn a_socket_that_was_opened_meanwhile_is_listed_once() {
    let (host, _) = Fake::new()
        .answer(files(&[1, 73, 1, 2]), [])
        .answer(files(&[1, 73, 2, -1]), &HELD[..7 * SIZE])
        .host();
    let query = ConnectionQuery::new(Kind::INET).owners(Owners::First);
    let found = connections(&host, &query).unwrap();
    let of: Vec<_> = found.iter().map(owners).collect();
    let listener = vec![(4001, 3), (4002, 3)];
    assert_eq!(of, [listener, vec![(4003, 7)], vec![(4004, 4)]]);
}

#[test]
fn a_process_is_one_question_and_told_from_none() {
    let process = |mib| Question::Records { mib, stride: 648 };
    let (host, log) = Fake::new()
        .answer(files(&[1, 73, 2, 4003]), &HELD[3 * SIZE..4 * SIZE])
        .fail(files(&[1, 73, 2, 2]), libc::ESRCH)
        .answer(process(&[1, 66, 1, 2]), [0; 648])
        .fail(files(&[1, 73, 2, 3]), libc::ESRCH)
        .answer(process(&[1, 66, 1, 3]), [])
        .fail(files(&[1, 73, 2, 4]), libc::EPERM)
        .host();
    let of = |pid, kind| process_connections(&host, Pid::new(pid), kind);
    let found = of(4003, Kind::ALL).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(
        (owners(&found[0]), found[0].uid),
        (vec![(4003, 7)], Some(1001))
    );
    assert_eq!(log.lines().len(), 1);
    assert!(of(4003, Kind::UDP).unwrap().is_empty());
    // A thread of the kernel, and nobody.
    assert!(of(2, Kind::ALL).unwrap().is_empty());
    assert_eq!(
        of(3, Kind::ALL).unwrap_err().kind(),
        ErrorKind::NoSuchProcess
    );
    let error = of(4, Kind::ALL).unwrap_err();
    assert_eq!(
        (error.kind(), error.pid()),
        (ErrorKind::AccessDenied, Some(Pid::new(4)))
    );
}

#[test]
fn sockets_are_counted_in_one_list() {
    let (host, log) = machine().host();
    let found = socket_summary(&host).unwrap();
    // Without the one in TIME_WAIT.
    assert_eq!((found.tcp4, found.tcp6), (Some(1), Some(1)));
    assert_eq!((found.udp4, found.udp6), (Some(0), Some(1)));
    assert_eq!((found.raw4, found.tcp_time_wait), (Some(1), Some(1)));
    assert_eq!((found.tcp_established, found.used), (Some(1), None));
    assert_eq!(log.lines().len(), 1);
}

#[test]
fn a_refused_list_of_files_refuses_the_owners_alone() {
    let (host, _) = Fake::new()
        .answer(files(&[1, 73, 1, 2]), listed(&[3]))
        .fail(files(&[1, 73, 2, -1]), libc::EPERM)
        .host();
    let query = ConnectionQuery::new(Kind::TCP4).owners(Owners::All);
    let found = connections(&host, &query).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].owners, Err(Unavailable::Denied));
}
