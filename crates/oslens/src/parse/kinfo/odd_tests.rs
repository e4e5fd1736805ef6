//! Records that no header forbids: the most that fields hold, names without a
//! NUL, times that are none, another size than that of the headers.

use std::time::Duration;

use super::{Endian, Ids, Process, Size, State, freebsd, macos, netbsd, openbsd};

const FREEBSD: &[u8] = include_bytes!("fixtures/freebsd_odd_processes.bin");
const NETBSD: &[u8] = include_bytes!("fixtures/netbsd_odd_processes.bin");
const OPENBSD: &[u8] = include_bytes!("fixtures/openbsd_odd_processes.bin");
const MACOS: &[u8] = include_bytes!("fixtures/macos_odd_processes.bin");

/// Nobody of some systems, and what is no user.
const IDS: Ids = Ids {
    real: 4_294_967_294,
    effective: 4_294_967_294,
    saved: u32::MAX,
};
const LATEST: Duration = Duration::new(i64::MAX as u64, 999_999_000);
const LATEST32: Duration = Duration::new(u32::MAX as u64, 999_999_000);

/// What is the same on all systems of the record with the most of everything.
fn most(process: &Process<'_>) {
    assert_eq!((process.pid, process.parent), (i32::MAX, -1));
    assert_eq!(process.group, i32::MIN);
    assert_eq!((process.uid, process.gid), (IDS, IDS));
    let groups: Vec<u32> = process.groups.unwrap().iter().collect();
    assert_eq!(groups.last(), Some(&u32::MAX));
    assert!(process.name.iter().all(|&byte| byte == 0xff));
    assert!(process.login.unwrap().iter().all(|&byte| byte == b'l'));
    assert!(process.wait.unwrap().iter().all(|&byte| byte == b'w'));
    assert!(!process.of_kernel);
}

#[test]
fn odd_processes_of_freebsd_have_what_their_fields_hold() {
    let found: Result<Vec<_>, _> = freebsd::processes(FREEBSD, Endian::Little).collect();
    let [first, second, third] = found.unwrap().try_into().unwrap();
    most(&first);
    assert_eq!(first.groups.unwrap().iter().count(), 15);
    assert_eq!((first.name.len(), first.login.unwrap().len()), (20, 18));
    assert_eq!(first.wait.unwrap().len(), 9);
    assert_eq!(first.session, Some(i32::MAX));
    assert_eq!(first.terminal, Some(u64::MAX - 1));
    assert_eq!((first.nice, first.state), (-128, State::Other(0xfd)));
    assert_eq!(first.cpu, u32::try_from(i32::MAX).ok());
    assert_eq!(first.start, Some(LATEST));
    let times = first.times.unwrap();
    assert_eq!((times.user, times.system), (LATEST, LATEST));
    assert!(times.children_total > Some(LATEST));
    let memory = first.memory.unwrap();
    assert_eq!(memory.size, Size::Bytes(u64::MAX));
    assert_eq!(memory.peak_kib, Some(i64::MAX as u64));
    let counts = first.counts.unwrap();
    assert_eq!(counts.voluntary_switches, i64::MAX as u64);
    assert_eq!(counts.major_faults, 1 << 33);

    assert_eq!((second.pid, second.nice), (0, 127));
    assert!(second.of_kernel);
    assert_eq!((second.start, second.times), (None, None));
    assert_eq!((second.terminal, second.cpu), (None, None));
    assert_eq!(second.groups, None);
    assert_eq!(second.memory.unwrap().resident, 0);
    assert_eq!((third.pid, third.state), (5, State::Stopped));
    assert_eq!((third.groups, third.start), (None, None));
}

#[test]
fn odd_processes_of_netbsd_have_what_their_fields_hold() {
    let found: Result<Vec<_>, _> = netbsd::processes(NETBSD, 704, Endian::Little)
        .unwrap()
        .collect();
    let [first, second, third] = found.unwrap().try_into().unwrap();
    most(&first);
    assert_eq!(first.groups.unwrap().iter().count(), 16);
    assert_eq!((first.name.len(), first.login.unwrap().len()), (24, 24));
    assert_eq!(first.terminal, Some(0xffff_fffe));
    // Not a zombie: the bits above say that it is something else.
    assert!(matches!(first.state, State::Other(_)));
    assert_eq!((first.nice, first.cpu), (235, None));
    assert_eq!(first.threads, Some(u64::MAX));
    assert_eq!(first.start, Some(LATEST32));
    let times = first.times.unwrap();
    assert_eq!((times.user, times.system), (LATEST32, LATEST32));
    assert_eq!(times.children_total, None);
    let memory = first.memory.unwrap();
    assert_eq!(memory.size, Size::Pages(i64::MAX as u64));
    // No size in bytes is more than there is.
    assert_eq!(memory.size.bytes(4096), u64::MAX);
    assert_eq!((memory.text, memory.peak_kib), (0, Some(u64::MAX)));
    assert_eq!(first.counts.unwrap().voluntary_switches, u64::MAX);

    assert_eq!(second.state, State::Suspended);
    assert_eq!((second.start, second.times), (None, None));
    assert_eq!((second.terminal, second.cpu), (None, None));
    assert_eq!(second.groups, None);
    assert_eq!(second.memory.unwrap().size, Size::Pages(0));
    assert_eq!((third.state, third.groups), (State::Dead, None));
    assert!(third.of_kernel);
    assert_eq!(
        (third.memory, third.counts, third.start),
        (None, None, None)
    );
}

#[test]
fn odd_processes_of_openbsd_have_what_their_fields_hold() {
    let found: Result<Vec<_>, _> = openbsd::processes(OPENBSD, 672, Endian::Little)
        .unwrap()
        .collect();
    let [first, second, third] = found.unwrap().try_into().unwrap();
    most(&first);
    assert_eq!(first.groups.unwrap().iter().count(), 16);
    assert_eq!((first.name.len(), first.login.unwrap().len()), (24, 32));
    assert_eq!(first.terminal, Some(0xffff_fffe));
    assert_eq!(first.thread, Some(i32::MAX));
    assert_eq!((first.nice, first.cpu), (235, None));
    assert_eq!(first.state, State::Other(-1));
    assert_eq!(first.start, Some(LATEST));
    assert_eq!(first.times.unwrap().children_total, None);
    let memory = first.memory.unwrap();
    // Each an `int`, and together more than one.
    assert_eq!(memory.size, Size::Pages(3 * 0x7fff_ffff));
    assert_eq!(first.counts.unwrap().voluntary_switches, u64::MAX);

    assert_eq!((second.state, second.thread), (State::Idle, None));
    assert_eq!((second.start, second.times), (None, None));
    assert_eq!((second.terminal, second.cpu), (None, None));
    assert_eq!(second.groups, None);
    assert_eq!((third.state, third.thread), (State::Zombie, None));
    assert_eq!((third.groups, third.start), (None, None));
    let threads = crate::parse::openbsd::process::threads(OPENBSD, 672, Endian::Little);
    let threads: Result<Vec<_>, _> = threads.unwrap().collect();
    let [thread] = threads.unwrap().try_into().unwrap();
    assert_eq!(
        (thread.id, thread.name),
        (0x7fff_ffff, Some(&[b'n'; 24][..]))
    );
}

#[test]
fn odd_processes_of_macos_have_what_their_fields_hold() {
    let found: Result<Vec<_>, _> = macos::processes(MACOS, 648, Endian::Little)
        .unwrap()
        .collect();
    let [first, second, third] = found.unwrap().try_into().unwrap();
    most(&first);
    assert_eq!(first.groups.unwrap().iter().count(), 15);
    assert_eq!((first.name.len(), first.login.unwrap().len()), (17, 12));
    // A device number, whose highest bit is no sign.
    assert_eq!(first.terminal, Some(0x8100_0003));
    assert_eq!((first.nice, first.state), (-128, State::Other(0xfd)));
    assert_eq!(first.start, Some(LATEST));

    assert_eq!((second.start, second.terminal), (None, None));
    assert_eq!((second.nice, second.groups), (127, None));
    assert_eq!((third.state, third.start), (State::Stopped, None));
    assert_eq!((third.groups, third.terminal), (None, Some(0)));
    assert!(third.of_kernel);
}

/// Older kernels write less.
#[test]
fn records_shorter_than_the_headers_have_what_is_whole() {
    // Of NetBSD, without the size of the address space.
    let short: Vec<u8> = NETBSD
        .chunks(704)
        .flat_map(|record| &record[..664])
        .copied()
        .collect();
    let found: Result<Vec<_>, _> = netbsd::processes(&short, 664, Endian::Little)
        .unwrap()
        .collect();
    let found = found.unwrap();
    assert_eq!((found.len(), found[0].memory), (3, None));
    assert_eq!((found[0].pid, found[0].start), (i32::MAX, Some(LATEST32)));
    // Of OpenBSD, without the names of threads.
    let short: Vec<u8> = OPENBSD
        .chunks(672)
        .flat_map(|record| &record[..624])
        .copied()
        .collect();
    let found: Result<Vec<_>, _> = openbsd::processes(&short, 624, Endian::Little)
        .unwrap()
        .collect();
    let found = found.unwrap();
    assert_eq!((found.len(), found[0].thread), (3, Some(i32::MAX)));
    let threads = crate::parse::openbsd::process::threads(&short, 624, Endian::Little);
    assert_eq!(threads.unwrap().next().unwrap().unwrap().name, None);
}
