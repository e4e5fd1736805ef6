//! Against bytes that C made on the systems' own headers: see `fixtures/`,
//! where the sources are beside them.

use std::time::Duration;

use super::{
    Counts, Endian, Ids, Memory, Process, Size, State, Times, freebsd, macos, netbsd, openbsd,
};

use crate::parse::Malformed;
use crate::parse::layout::{freebsd::process::KinfoProc, netbsd::process::KinfoProc2};

const FREEBSD: &[u8] = include_bytes!("fixtures/freebsd_kinfo_proc.bin");
const NETBSD: &[u8] = include_bytes!("fixtures/netbsd_kinfo_proc2.bin");
const OPENBSD: &[u8] = include_bytes!("fixtures/openbsd_kinfo_proc.bin");
const MACOS: &[u8] = include_bytes!("fixtures/macos_kinfo_proc.bin");

type Found<'a> = Vec<Result<Process<'a>, Malformed>>;
/// A system's parser, with the size of its records.
type Parser = fn(&[u8], usize) -> Found<'_>;

const SYSTEMS: [(&str, &[u8], usize, Parser); 4] = [
    ("freebsd", FREEBSD, 1088, |data, _| {
        freebsd::processes(data, Endian::Little).collect()
    }),
    ("netbsd", NETBSD, 680, |data, stride| {
        netbsd::processes(data, stride, Endian::Little)
            .map_or_else(|e| vec![Err(e)], Iterator::collect)
    }),
    ("openbsd", OPENBSD, 648, |data, stride| {
        openbsd::processes(data, stride, Endian::Little)
            .map_or_else(|e| vec![Err(e)], Iterator::collect)
    }),
    ("macos", MACOS, 648, |data, stride| {
        macos::processes(data, stride, Endian::Little)
            .map_or_else(|e| vec![Err(e)], Iterator::collect)
    }),
];

fn three(system: usize) -> [Process<'static>; 3] {
    let (_, data, stride, parser) = SYSTEMS[system];
    let found: Result<Vec<_>, _> = parser(data, stride).into_iter().collect();
    found.unwrap().try_into().unwrap()
}

/// What all systems with `ru_…` counters say of the second process.
const COUNTS: Counts = Counts {
    minor_faults: 11,
    major_faults: 12,
    children_faults: None,
    blocks_in: 13,
    blocks_out: 14,
    voluntary_switches: 15,
    involuntary_switches: 16,
};
const START: Duration = Duration::new(1_700_000_000, 250_001_000);
const USER: Duration = Duration::new(12, 345_678_000);
const SYSTEM: Duration = Duration::new(1, 999_999_000);

/// What they say without telling the children's times apart.
const TIMES: Times = Times {
    user: USER,
    system: SYSTEM,
    children: None,
    children_total: Some(Duration::new(300, 3_000)),
};
const MEMORY: Memory = Memory {
    resident: 1000,
    size: Size::Pages(60),
    text: 10,
    data: 20,
    stack: 30,
    peak_kib: Some(54321),
};

#[test]
fn a_process_of_freebsd_is_read_as_its_headers_write_it() {
    let [kernel, process, zombie] = three(0);
    let expected = Process {
        pid: 70001,
        parent: 812,
        group: 70000,
        session: Some(811),
        terminal: Some(0x6a_0000_0007),
        thread: Some(100_321),
        uid: Ids {
            real: 1001,
            effective: 0,
            saved: 65534,
        },
        gid: Ids {
            real: 1002,
            effective: 5,
            saved: 9,
        },
        groups: process.groups,
        state: State::Running,
        nice: -5,
        of_kernel: false,
        start: Some(START),
        cpu: Some(300),
        threads: Some(3),
        times: Some(Times {
            children: Some((Duration::new(100, 1_000), Duration::new(200, 2_000))),
            ..TIMES
        }),
        memory: Some(Memory {
            size: Size::Bytes(123_456_789),
            ..MEMORY
        }),
        counts: Some(Counts {
            children_faults: Some((101, 102)),
            ..COUNTS
        }),
        name: b"nineteen-characters",
        login: Some(b"alice"),
        wait: Some(b""),
    };
    assert_eq!(process, expected);
    assert!(kernel.of_kernel && kernel.pid == 0 && kernel.name == b"kernel");
    assert_eq!((kernel.terminal, kernel.cpu), (None, Some(0)));
    assert_eq!(kernel.wait, Some(&b"swapin"[..]));
    assert_eq!(
        (zombie.state, zombie.cpu, zombie.nice),
        (State::Zombie, Some(1), 20)
    );
    assert_eq!(process.memory.unwrap().size.bytes(4096), 123_456_789);
}

#[test]
fn faults_of_children_that_freebsd_does_not_fill_in_are_unknown_and_not_zero() {
    use crate::parse::layout::freebsd::process::Rusage;
    let mut data = FREEBSD[1088..2 * 1088].to_vec();
    let at = KinfoProc::ki_rusage_ch.then(Rusage::ru_maxrss).offset();
    data[at..at + 14 * 8].fill(0);
    let process = freebsd::processes(&data, Endian::Little).next().unwrap();
    let process = process.unwrap();
    assert_eq!(process.counts.unwrap().children_faults, None);
    // It does fill in their times.
    assert_eq!(
        process.times.unwrap().children,
        three(0)[1].times.unwrap().children
    );
}

#[test]
fn a_process_of_netbsd_is_read_as_its_headers_write_it() {
    let [kernel, process, zombie] = three(1);
    let expected = Process {
        pid: 4001,
        parent: 812,
        group: 4000,
        session: Some(811),
        terminal: Some(0x503),
        thread: None,
        uid: Ids {
            real: 1001,
            effective: 0,
            saved: 32767,
        },
        gid: Ids {
            real: 1002,
            effective: 5,
            saved: 9,
        },
        groups: process.groups,
        state: State::Running,
        nice: -5,
        of_kernel: false,
        start: Some(START),
        cpu: Some(2),
        threads: Some(3),
        times: Some(TIMES),
        memory: Some(Memory {
            size: Size::Pages(5000),
            ..MEMORY
        }),
        counts: Some(COUNTS),
        name: b"a-name-of-23-characters",
        login: Some(b"alice"),
        wait: Some(b""),
    };
    assert_eq!(process, expected);
    assert!(kernel.of_kernel && kernel.state == State::Sleeping);
    assert_eq!((kernel.terminal, kernel.cpu, kernel.nice), (None, None, 0));
    // What it has used is not valid any more, and so is not zero.
    assert_eq!((zombie.state, zombie.nice), (State::Zombie, 20));
    assert_eq!(
        (zombie.times, zombie.counts, zombie.start),
        (None, None, None)
    );
}

#[test]
fn a_process_of_openbsd_is_read_as_its_headers_write_it() {
    let [kernel, process, dead] = three(2);
    let expected = Process {
        groups: process.groups,
        thread: Some(123_456),
        threads: None,
        // Its seconds have 64 bits.
        start: Some(Duration::new(5_000_000_000, 250_001_000)),
        memory: Some(MEMORY),
        ..three(1)[1]
    };
    assert_eq!(process, expected);
    assert!(kernel.of_kernel && kernel.thread.is_none());
    assert_eq!((kernel.terminal, kernel.cpu, kernel.nice), (None, None, 0));
    assert_eq!((dead.state, dead.times), (State::Zombie, None));
    assert_eq!(process.memory.unwrap().size.bytes(4096), 60 * 4096);
}

#[test]
fn what_is_loading_a_program_on_netbsd_has_nothing_of_the_process_before_it() {
    let at = |field: usize| 680 + field;
    let mut data = [&NETBSD[680..1360], &NETBSD[680..1360]].concat();
    data[at(KinfoProc2::p_pid.offset())..][..4].copy_from_slice(&55_i32.to_le_bytes());
    data[at(KinfoProc2::p_stat.offset())] = data[at(KinfoProc2::p_realstat.offset())];
    data[KinfoProc2::p_rtime_sec.offset()] = 3;
    data[at(KinfoProc2::p_rtime_sec.offset())] = 3;
    let found: Vec<_> = netbsd::processes(&data, 680, Endian::Little)
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(found[0], three(1)[1]);
    assert_eq!((found[1].pid, found[1].name), (55, found[0].name));
    assert_eq!(
        (found[1].start, found[1].times, found[1].cpu),
        (None, None, None)
    );
    assert_eq!((found[1].memory, found[1].counts), (None, None));
    let (start, copy) = (found[0].start, (found[1].start, found[1].memory));
    // Alone in an answer, its record says that nothing is filled in.
    let mut alone = data[680..].to_vec();
    alone[KinfoProc2::p_uvalid.offset()..][..8].fill(0);
    let alone = netbsd::processes(&alone, 680, Endian::Little)
        .unwrap()
        .next();
    let alone = alone.unwrap().unwrap();
    assert_eq!((alone.start, alone.memory), copy);
    // Another one that started in the same tick has had other faults.
    let mut other = data.clone();
    other[at(KinfoProc2::p_uru_minflt.offset())] ^= 1;
    let other = netbsd::processes(&other, 680, Endian::Little)
        .unwrap()
        .nth(1);
    assert_eq!(other.unwrap().unwrap().start, start);
    // Or has run for another time.
    data[at(KinfoProc2::p_rtime_usec.offset())..][..4].copy_from_slice(&7_u32.to_le_bytes());
    let other = netbsd::processes(&data, 680, Endian::Little)
        .unwrap()
        .nth(1);
    assert_eq!(other.unwrap().unwrap().start, start);
}

#[test]
fn what_is_exiting_on_openbsd_has_no_start_and_no_times_instead_of_zeros() {
    use crate::parse::layout::openbsd::{details, process::KinfoProc};
    let with = |flags: u32, state: u8| {
        let mut record = OPENBSD[648..2 * 648].to_vec();
        let mut put = |at: usize, bytes: &[u8]| record[at..at + bytes.len()].copy_from_slice(bytes);
        put(KinfoProc::p_psflags.offset(), &flags.to_le_bytes());
        put(KinfoProc::p_stat.offset(), &[state]);
        // As the kernel fills it, which says all the same that it has.
        put(KinfoProc::p_ustart_sec.offset(), &[0; 12]);
        put(KinfoProc::p_uutime_sec.offset(), &[0; 16]);
        record
    };
    let read = |record: &[u8]| {
        let process = openbsd::processes(record, 648, Endian::Little)
            .unwrap()
            .next();
        let process = process.unwrap().unwrap();
        (process.state, process.start, process.times, process.counts)
    };
    // A thread of it runs until the end.
    for state in [7, 3, 6] {
        let record = with(details::PS_EXITING, state);
        assert_eq!(read(&record), (State::Dead, None, None, None));
        let record = with(details::PS_EXITING | details::PS_ZOMBIE, state);
        assert_eq!(read(&record), (State::Zombie, None, None, None));
    }
}

#[test]
fn a_session_whose_leader_has_ended_is_unknown_on_openbsd_and_not_the_kernels() {
    use crate::parse::layout::openbsd::process::KinfoProc;
    let mut records = OPENBSD.to_vec();
    let session = |records: &[u8], at: usize| {
        let mut found = openbsd::processes(records, 648, Endian::Little).unwrap();
        found.nth(at).unwrap().unwrap().session
    };
    assert_eq!(session(&records, 1), Some(811));
    records[648 + KinfoProc::p_sid.offset()..][..4].fill(0);
    assert_eq!(
        (session(&records, 0), session(&records, 1)),
        (Some(0), None)
    );
}

#[test]
fn the_kernels_own_on_openbsd_have_run_for_a_time_but_for_those_that_idle() {
    use crate::parse::layout::openbsd::process::KinfoProc;
    let system = |name: &[u8], times: [u32; 6]| {
        let mut record = OPENBSD[..648].to_vec();
        let mut put = |at: usize, bytes: &[u8]| record[at..at + bytes.len()].copy_from_slice(bytes);
        put(KinfoProc::p_comm.offset(), &[name, &[0]].concat());
        let fields = [
            KinfoProc::p_rtime_sec,
            KinfoProc::p_rtime_usec,
            KinfoProc::p_uutime_sec,
            KinfoProc::p_uutime_usec,
            KinfoProc::p_ustime_sec,
            KinfoProc::p_ustime_usec,
        ];
        for (field, number) in fields.iter().zip(times) {
            put(field.offset(), &number.to_le_bytes());
        }
        let mut found = openbsd::processes(&record, 648, Endian::Little).unwrap();
        let kernel = found.next().unwrap().unwrap();
        assert!(kernel.of_kernel);
        kernel.times.unwrap().system
    };
    let ran = Duration::new(70, 5000);
    assert_eq!(system(b"softnet0", [70, 5, 0, 0, 0, 0]), ran);
    assert_eq!(system(b"idler", [70, 5, 0, 0, 0, 0]), ran);
    for idle in [&b"idle0"[..], b"idle12"] {
        assert_eq!(system(idle, [70, 5, 0, 0, 0, 0]), Duration::ZERO);
    }
    // Of an older release.
    let counted = system(b"softnet0", [70, 5, 0, 0, 60, 0]);
    assert_eq!(counted, Duration::from_secs(60));
}

#[test]
fn a_process_of_macos_is_read_as_its_headers_write_it() {
    let [kernel, process, zombie] = three(3);
    let expected = Process {
        pid: 4001,
        parent: 812,
        group: 4000,
        session: None,
        terminal: Some(0x1000_0003),
        thread: None,
        uid: Ids {
            real: 501,
            effective: 0,
            saved: 502,
        },
        gid: Ids {
            real: 20,
            effective: 5,
            saved: 9,
        },
        groups: process.groups,
        state: State::Sleeping,
        nice: -5,
        of_kernel: false,
        start: Some(START),
        cpu: None,
        threads: None,
        times: None,
        memory: None,
        counts: None,
        name: b"sixteen-letters-",
        login: Some(b"alice"),
        wait: Some(b"wait"),
    };
    assert_eq!(process, expected);
    assert!(kernel.of_kernel && kernel.terminal.is_none());
    assert_eq!(
        (zombie.state, zombie.nice, zombie.parent),
        (State::Zombie, 20, 4001)
    );
}

#[test]
fn supplementary_groups_are_told_from_the_effective_one_and_never_in_part() {
    let groups = |system: usize, at: usize| -> Vec<u32> {
        three(system)[at].groups.unwrap().iter().collect()
    };
    assert_eq!(groups(0, 1), [1002]);
    assert_eq!(groups(1, 1), [7, 1002]);
    assert_eq!(groups(2, 1), [7, 1002]);
    assert_eq!(groups(3, 1), [20]);
    for system in 0..4 {
        assert_eq!(groups(system, 0), [0_u32; 0]);
    }
    // More than there is room for.
    let mut many = FREEBSD.to_vec();
    many[KinfoProc::ki_cr_flags.offset() + 3] = 0x80;
    let kernel = freebsd::processes(&many, Endian::Little).next().unwrap();
    assert_eq!(kernel.unwrap().groups, None);
    for count in [17_i16, -1, i16::MAX] {
        let mut record = NETBSD[..680].to_vec();
        let at = KinfoProc2::p_ngroups.offset();
        record[at..at + 2].copy_from_slice(&count.to_le_bytes());
        let mut found = netbsd::processes(&record, 680, Endian::Little).unwrap();
        assert_eq!(found.next().unwrap().unwrap().groups, None, "{count}");
    }
}

#[test]
fn an_answer_that_is_cut_off_gives_the_whole_records_and_an_error() {
    for (name, data, stride, parser) in SYSTEMS {
        assert_eq!(parser(&[], stride), []);
        for end in 1..data.len() {
            let found = parser(&data[..end], stride);
            let whole = found.iter().filter(|one| one.is_ok()).count();
            assert_eq!(whole, end / stride, "{name} at {end}");
            let errors = found.len() - whole;
            assert_eq!(errors, usize::from(end % stride != 0), "{name} at {end}");
        }
    }
}

#[test]
fn records_of_other_releases_are_stepped_over_by_the_size_that_the_kernel_says() {
    for (name, data, stride, parser) in SYSTEMS {
        // A newer kernel's records, with more at their end.
        let mut longer = Vec::new();
        for (at, record) in data.chunks(stride).enumerate() {
            let mut record = record.to_vec();
            record.resize(stride + 24, 0xee);
            if name == "freebsd" {
                let size = i32::try_from(stride + 24).unwrap();
                record[..4].copy_from_slice(&size.to_le_bytes());
            }
            longer.extend(record);
            let found = parser(&longer, stride + 24);
            assert_eq!(found.len(), at + 1, "{name}");
        }
        let here: Vec<_> = parser(data, stride);
        assert_eq!(parser(&longer, stride + 24), here, "{name}");
    }
    // An older one's without the last fields: what is there is told.
    let cut: Vec<u8> = OPENBSD
        .chunks(648)
        .flat_map(|one| &one[..608])
        .copied()
        .collect();
    let found = SYSTEMS[2].3(&cut, 608);
    assert_eq!(found.len(), 3);
    assert_eq!(found[1].unwrap().thread, None);
    assert_eq!(found[1].unwrap().name, b"a-name-of-23-characters");
}

#[test]
fn hostile_numbers_neither_panic_nor_loop() {
    assert!(netbsd::processes(NETBSD, 0, Endian::Little).is_err());
    assert!(openbsd::processes(OPENBSD, 0, Endian::Little).is_err());
    assert!(macos::processes(MACOS, 0, Endian::Little).is_err());
    for size in [0, -1, 3, 100, i32::MIN, i32::MAX] {
        let mut data = FREEBSD.to_vec();
        data[..4].copy_from_slice(&size.to_le_bytes());
        let found: Found<'_> = freebsd::processes(&data, Endian::Little).collect();
        assert_eq!(found, [Err(Malformed("a whole kinfo_proc"))], "{size}");
    }
    for (_, data, stride, parser) in SYSTEMS {
        for (at, fill) in [(4, 0xff), (4, 0x80), (4, 0x7f)] {
            let mut record = vec![fill; stride];
            // The size of FreeBSD's record.
            record[..at].copy_from_slice(&data[..at]);
            let found = parser(&record, stride);
            assert_eq!(found.len(), 1);
            let process = found[0].unwrap();
            // Text without an end is all of the field.
            assert!(process.name.len() < 32 && !process.name.is_empty());
            // No such millionth of a second, and no negative amount of memory.
            assert_eq!(process.times, None);
            let resident = process.memory.map(|memory| memory.resident);
            assert!(fill == 0x7f || resident.unwrap_or(0) == 0);
        }
    }
}

#[test]
fn the_other_byte_order_is_read_too() {
    let mut record = [0_u8; 648];
    record[108..112].copy_from_slice(&4001_i32.to_be_bytes());
    let found: Vec<_> = openbsd::processes(&record, 648, Endian::Big)
        .unwrap()
        .collect();
    assert_eq!(found[0].unwrap().pid, 4001);
}
