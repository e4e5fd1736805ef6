//! Descriptors, threads, regions, limits, and what only macOS tells.

use std::path::{Path, PathBuf};

use super::*;
use crate::process::{AccessMode, DescriptorKind, OpenFile};

#[test]
fn descriptors_say_what_they_are_of() {
    let vnode = |index: usize| VNODES.chunks_exact(1200).nth(index).unwrap();
    let of_vnode = |number| of_descriptor(number, PROC_PIDFDVNODEPATHINFO, 1200);
    let full = || {
        kernel()
            .answer(FILES_QUESTION, DESCRIPTORS)
            .answer(of_vnode(0), vnode(0))
            .answer(of_vnode(1), vnode(1))
            .answer(of_vnode(2), vnode(2))
            .answer(of_descriptor(3, PROC_PIDFDSOCKETINFO, 792), SOCKET)
            .answer(of_descriptor(4, PROC_PIDFDPIPEINFO, 184), &PIPES[..184])
            .answer(of_descriptor(5, PROC_PIDFDPSHMINFO, 1192), SHARED_MEMORY)
            .answer(of_descriptor(6, PROC_PIDFDPSEMINFO, 1184), SEMAPHORE)
            .answer(of_descriptor(7, PROC_PIDFDKQUEUEINFO, 168), KQUEUE)
            // Closed meanwhile; on a disk that is gone.
            .fail(of_vnode(11), libc::EBADF)
            .fail(of_vnode(12), libc::ENOENT)
    };
    let (host, log) = full().host();
    let found = descriptors(target(&host, PID)).unwrap();
    let kinds: Vec<_> = found.iter().map(|one| (one.fd, &one.kind)).collect();
    let anonymous = |name: &str| DescriptorKind::Anonymous { name: name.into() };
    let expected = [
        (
            0,
            DescriptorKind::File {
                path: "/Users/alice/notes ä.txt".into(),
                deleted: false,
                size: Some(1_234_567),
            },
        ),
        (
            1,
            DescriptorKind::File {
                path: PathBuf::new(),
                deleted: true,
                size: Some(0),
            },
        ),
        (
            2,
            DescriptorKind::Directory {
                path: "/".into(),
                deleted: false,
            },
        ),
        (
            3,
            DescriptorKind::Socket {
                inode: 0xdead_beef_1234_5678,
            },
        ),
        (4, DescriptorKind::Pipe { inode: 0xa0001 }),
        (
            5,
            DescriptorKind::Memory {
                name: "com.example.area".into(),
            },
        ),
        (6, anonymous("semaphore /turn")),
        (7, anonymous("kqueue")),
        (8, anonymous("fsevents")),
        (9, anonymous("netpolicy")),
        (10, anonymous("unknown")),
        (
            12,
            DescriptorKind::Other {
                link: "vnode".into(),
            },
        ),
    ];
    assert_eq!(
        kinds,
        expected
            .iter()
            .map(|(fd, kind)| (*fd, kind))
            .collect::<Vec<_>>()
    );
    assert_eq!(
        (found[0].position, found[0].mode),
        (4096, AccessMode::ReadAppend)
    );
    // As `open` takes them: O_RDWR and O_APPEND.
    assert_eq!(found[0].flags, 2 | 8);
    assert_eq!((found[1].mode, found[1].flags), (AccessMode::Write, 1));
    assert_eq!((found[2].mode, found[2].flags), (AccessMode::Read, 0));
    // The list, one for each of those that more is told about, and the proof.
    assert_eq!(log.lines().len(), 1 + 10 + 1);

    let (host, log) = full().host();
    let files = OpenFile::among(open_files(target(&host, PID)).unwrap());
    assert_eq!(files.len(), 2);
    assert_eq!(files[0].path, Path::new("/Users/alice/notes ä.txt"));
    // Sockets and the like are not asked about.
    assert_eq!(log.lines().len(), 1 + 5 + 1);

    let (row, _) = row(full(), Fields::NUM_FDS);
    assert_eq!(row.num_fds, Ok(13));
}

#[test]
fn a_socket_whose_number_is_a_files_meanwhile_is_left_out_on_all_versions() {
    // The third of the list.
    let socket = of_descriptor(3, PROC_PIDFDSOCKETINFO, 792);
    for error in [libc::ENOTSOCK, libc::EOPNOTSUPP, libc::EBADF] {
        let (host, _) = kernel()
            .answer(
                FILES_QUESTION,
                [3_u32.to_le_bytes(), 2_u32.to_le_bytes()].concat(),
            )
            .fail(socket, error)
            .host();
        assert!(descriptors(target(&host, PID)).unwrap().is_empty());
    }
}

#[test]
fn nobody_is_told_of_the_files_of_a_process_that_took_the_place_of_another() {
    let (host, _) = kernel().answer(FILES_QUESTION, Vec::new()).host();
    let mut former = target(&host, PID);
    former.id = ProcessId::new(former.id.pid, StartTime::from_raw(START - 1_000_000));
    assert_eq!(descriptors(former).unwrap_err().kind(), ErrorKind::Reused);
    assert_eq!(memory_maps(former).unwrap_err().kind(), ErrorKind::Reused);
    assert_eq!(threads(former).unwrap_err().kind(), ErrorKind::Reused);
    assert_eq!(limits(former).unwrap_err().kind(), ErrorKind::Reused);
    assert_eq!(is_translated(former).unwrap_err().kind(), ErrorKind::Reused);
}

#[test]
fn threads_are_told_apart_by_the_kernels_numbers() {
    let numbers = [4711_u64, 815, 4712].map(u64::to_le_bytes);
    let thread = |number| info(PROC_PIDTHREADID64INFO, number, 112);
    let of = |index: usize| THREADS.chunks_exact(112).nth(index).unwrap();
    let listed = || kernel().answer(info(28, 0, 0), numbers.concat());
    let (host, log) = listed()
        .answer(thread(815), of(2))
        .answer(thread(4711), of(0))
        .fail(thread(4712), libc::ESRCH)
        .host();
    let found = threads(target(&host, PID)).unwrap();
    assert_eq!((found[0].id, found[1].id), (815, 4711));
    assert_eq!(
        (found[0].state, found[1].state),
        (State::Idle, State::Running)
    );
    assert_eq!(found.len(), 2);
    assert_eq!(log.lines().len(), 2 + 3 + 1);
    // What is refused is not asked for in another way.
    let (host, log) = kernel().fail(info(28, 0, 0), NO_RIGHT).host();
    let error = threads(target(&host, PID)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert_eq!(log.lines().len(), 2);
}

#[test]
fn a_process_whose_threads_end_while_they_are_asked_for_has_ended() {
    let (host, _) = kernel()
        .answer(info(28, 0, 0), 4711_u64.to_le_bytes())
        .fail(info(PROC_PIDTHREADID64INFO, 4711, 112), libc::ESRCH)
        .answer(Question::Sysctl(&mib(PID)), ended())
        .host();
    let error = threads(target(&host, PID)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Zombie);
}

/// The record of the process when it has ended.
fn ended() -> Vec<u8> {
    let mut record = running();
    record[KinfoProc::kp_proc.then(ExternProc::p_stat).offset()] = SZOMB as u8;
    record
}

#[test]
fn threads_of_older_kernels_have_addresses_and_those_without_are_left_out() {
    const FIRST: u64 = 0x1_6f5b_7000;
    let handles = [FIRST + 0x8c000, 0, FIRST, 0, FIRST + 0x1000].map(u64::to_le_bytes);
    let thread = |handle| info(PROC_PIDTHREADINFO, handle, 112);
    let of = |index: usize| THREADS.chunks_exact(112).nth(index).unwrap();
    let (host, log) = kernel()
        .fail(info(28, 0, 0), libc::EINVAL)
        .answer(info(PROC_PIDLISTTHREADS, 0, 0), handles.concat())
        .answer(thread(FIRST), of(0))
        .fail(thread(FIRST + 0x1000), libc::ESRCH)
        .answer(thread(FIRST + 0x8c000), of(1))
        .host();
    let found = threads(target(&host, PID)).unwrap();
    assert_eq!(found.len(), 2);
    let [one, two] = [&found[0], &found[1]];
    assert_eq!((one.id, two.id), (FIRST, FIRST + 0x8c000));
    assert_eq!(one.name, "com.example.worker");
    assert_eq!((one.state, two.state), (State::Running, State::DiskSleep));
    assert_eq!(one.user, Duration::from_nanos(1_500_000_001));
    assert_eq!((one.nice, one.cpu_num), (-5, None));
    assert!(!one.start.is_known());
    // Numbers, the list, the niceness, one for each, and the proof.
    assert_eq!(log.lines().len(), 3 + 3 + 1);
}

/// A kernel with these regions.
fn with_regions(flavor: i32, size: usize) -> Fake {
    let mut kernel = kernel();
    let mut address = 0;
    for region in REGIONS.chunks_exact(1272) {
        kernel = kernel.answer(info(flavor, address, size), &region[..size]);
        let place = ProcRegioninfo::pri_address.offset();
        let number = |at: usize| u64::from_le_bytes(region[at..at + 8].try_into().unwrap());
        address = number(place) + number(place + 8);
    }
    kernel.fail(info(flavor, address, size), libc::EINVAL)
}

#[test]
fn regions_are_maps_with_their_files_and_what_is_in_memory_of_them() {
    const PAGE: u64 = 16384;
    let (host, log) = with_regions(PROC_PIDREGIONPATHINFO, 1272).host();
    let maps = memory_maps(target(&host, PID)).unwrap();
    assert_eq!(maps.len(), 9);
    // How large its pages are, the regions and the end, and the proof.
    assert_eq!(log.lines().len(), 1 + 9 + 1 + 1);
    let code = &maps[0];
    assert_eq!(
        (code.start, code.end, code.offset),
        (1 << 32, 0x1_0001_0000, 0x4000)
    );
    assert_eq!(code.permissions.to_string(), "r-xp");
    assert_eq!((code.device, code.inode), ((1, 0x12), 4242));
    assert_eq!(code.name.as_deref(), Some("/usr/local/bin/a".as_ref()));
    assert!(!code.deleted && maps[1].deleted);
    assert_eq!(
        (code.usage.rss, code.usage.anonymous),
        (Some(3 * PAGE), None)
    );
    assert_eq!(
        (code.usage.private_dirty, code.usage.shared_clean),
        (None, None)
    );
    let heap = &maps[2];
    assert_eq!(heap.name.as_deref(), Some("[heap]".as_ref()));
    assert_eq!(
        (heap.usage.rss, heap.usage.swap),
        (Some(20 * PAGE), Some(5 * PAGE))
    );
    assert_eq!(heap.usage.private_dirty, Some(15 * PAGE));
    assert_eq!(heap.usage.private_clean, Some(5 * PAGE));
    assert_eq!(heap.usage.locked, heap.usage.rss);
    assert_eq!(maps[3].permissions.to_string(), "rw-s");
    assert_eq!(maps[3].usage.shared_dirty, Some(7 * PAGE));
    assert_eq!(
        (maps[3].name.as_ref(), maps[3].usage.locked),
        (None, Some(0))
    );
    // What all have is counted nowhere.
    assert_eq!(maps[4].name.as_deref(), Some("[shared region]".as_ref()));
    assert_eq!((maps[4].usage.size, maps[4].usage.rss), (0x6000_0000, None));
    // No more is in memory than there is.
    assert_eq!(maps[5].name.as_deref(), Some("[stack]".as_ref()));
    assert_eq!(maps[5].usage.rss, Some(0x8000));
    // In two places of the process, and of nobody else.
    assert_eq!(maps[6].usage.private_clean, Some(PAGE));
    assert_eq!(maps[7].usage.private_dirty, Some(3 * PAGE));
    assert_eq!(maps[8].name.as_deref(), Some("/Volumes/far/lib".as_ref()));
    assert!(!maps[8].deleted, "who knows");
}

#[test]
fn pages_of_a_translated_process_are_small_ones() {
    let translated = || {
        let mut record = running();
        let flags = KinfoProc::kp_proc.then(ExternProc::p_flag).offset();
        record[flags..flags + 4].copy_from_slice(&(P_LP64 | P_TRANSLATED).to_le_bytes());
        record
    };
    let kernel =
        |flavor, size| with_regions(flavor, size).answer(Question::Sysctl(&mib(PID)), translated());
    // The record of before is given once, and says that it is not.
    let (host, _) = kernel(PROC_PIDREGIONPATHINFO, 1272).host();
    let me = target(&host, PID);
    let heap = |maps: &[crate::process::MemoryMap]| maps[2].usage;
    assert_eq!(heap(&memory_maps(me).unwrap()).rss, Some(20 << 14));
    let usage = heap(&memory_maps(me).unwrap());
    assert_eq!((usage.rss, usage.swap), (Some(20 << 12), Some(5 << 12)));
    // The pages of a caller that is translated itself are no larger.
    let (host, log) = kernel(PROC_PIDREGIONPATHINFO, 1272).page_size(4096).host();
    let maps = memory_maps(target(&host, PID)).unwrap();
    assert_eq!(heap(&maps).rss, Some(20 << 12));
    assert_eq!(log.lines().len(), 9 + 1 + 1);
}

#[test]
fn the_footprint_is_what_nobody_else_has() {
    let kernel = with_regions(PROC_PIDREGIONINFO, 96);
    let (row, log) = row(kernel, Fields::MEMORY_FOOTPRINT);
    let footprint = row.memory_footprint.unwrap();
    let pages = 2 + 20 + u64::from(u32::MAX) + 2 + 3;
    assert_eq!(footprint.uss, pages * 16384);
    assert_eq!((footprint.pss, footprint.swap), (None, Some(6 * 16384)));
    // The record, the regions and the end, how large the pages are, the proof.
    assert_eq!(log.lines().len(), 1 + 10 + 1 + 1);
}

#[test]
fn nobody_asks_for_the_regions_of_the_kernel_which_would_be_reported_as_a_crash() {
    let (host, log) = kernel().host();
    let id = ProcessId::from(Pid::new(0));
    let kernel = Target {
        id,
        ..target(&host, 0)
    };
    let row = read(kernel, Fields::MEMORY_FOOTPRINT).unwrap();
    assert_eq!(row.memory_footprint, Err(Unavailable::Denied));
    let error = memory_maps(kernel).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert!(!log.lines().iter().any(|line| line.contains("PidInfo")));
}

#[test]
fn regions_that_lead_nowhere_end_the_walk_and_none_at_all_is_no_footprint_of_zero() {
    let at = |address| info(PROC_PIDREGIONINFO, address, 96);
    let region = |start: u64, size: u64| {
        let mut region = REGIONS[..96].to_vec();
        let place = ProcRegioninfo::pri_address.offset();
        region[place..place + 8].copy_from_slice(&start.to_le_bytes());
        region[place + 8..place + 16].copy_from_slice(&size.to_le_bytes());
        region
    };
    let footprint = |kernel: Fake| row(kernel, Fields::MEMORY_FOOTPRINT).0.memory_footprint;
    for (start, size) in [(4096, 0), (4096, u64::MAX), (u64::MAX, 1), (0, 0)] {
        let kernel = kernel().answer(at(0), region(start, size));
        assert_eq!(footprint(kernel).unwrap().uss, 0, "{start} {size}");
    }
    // It leads back.
    let back = kernel()
        .answer(at(0), region(4096, 4096))
        .answer(at(8192), region(0, 8192));
    assert!(footprint(back).is_ok());
    let none = kernel().fail(at(0), libc::EINVAL);
    assert_eq!(footprint(none), Err(Unavailable::Gone));
    let gone = kernel()
        .answer(at(0), region(4096, 4096))
        .fail(at(8192), libc::ESRCH);
    assert_eq!(footprint(gone), Err(Unavailable::Gone));
    let cut = kernel().answer(at(0), region(4096, 4096)[..95].to_vec());
    assert_eq!(footprint(cut), Err(Unavailable::Malformed));
}

#[test]
fn limits_are_the_callers_own_and_the_largest_number_is_none() {
    let own = Pid::current().get() as i32;
    let mut record = running();
    let place = KinfoProc::kp_proc.then(ExternProc::p_pid).offset();
    record[place..place + 4].copy_from_slice(&own.to_le_bytes());
    let pair = |soft: u64, hard: u64| [soft.to_le_bytes(), hard.to_le_bytes()].concat();
    let (host, log) = kernel()
        .answer(Question::Sysctl(&mib(own)), record)
        .answer(Question::OwnLimit(RLIMIT_NOFILE), pair(256, RLIM_INFINITY))
        .host();
    let mut me = target(&host, PID);
    me.id = ProcessId::new(Pid::current(), StartTime::from_raw(START));
    let files = ResourceLimit {
        soft: Some(256),
        hard: None,
    };
    assert_eq!(limit(me, Resource::OpenFiles).unwrap(), files);
    // What was not answered is an error, and not without a limit.
    assert!(limits(me).is_err());
    for resource in [
        Resource::Nice,
        Resource::ResidentMemory,
        Resource::FileLocks,
    ] {
        let error = limit(me, resource).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    }
    set_limit(me, Resource::OpenFiles, files).unwrap();
    let done = log.lines();
    let value = pair(256, RLIM_INFINITY);
    let action = format!("OwnLimit {{ resource: 8, value: {value:?} }}");
    assert_eq!(done.last(), Some(&action));
    for wrong in [(Some(2), Some(1)), (None, Some(1)), (Some(u64::MAX), None)] {
        let (soft, hard) = wrong;
        let error = set_limit(me, Resource::OpenFiles, ResourceLimit { soft, hard });
        assert_eq!(error.unwrap_err().kind(), ErrorKind::InvalidInput);
    }
    let other = limit(target(&host, PID), Resource::OpenFiles).unwrap_err();
    assert_eq!(other.kind(), ErrorKind::Unsupported);
    assert!(
        other.to_string().contains("other processes on macOS"),
        "{other}"
    );
}

#[test]
fn what_only_macos_counts_is_told() {
    let (host, log) = kernel()
        .answer(USAGE_QUESTION, USAGE)
        .answer(TASK_QUESTION, &TASK[..96])
        .host();
    let me = target(&host, PID);
    let usage = resource_usage(me).unwrap();
    assert_eq!(usage.physical_footprint, 99 << 20);
    assert_eq!(usage.peak_physical_footprint, Some(150 << 20));
    assert_eq!(
        (usage.instructions, usage.energy_nanojoules),
        (Some(35), Some(43))
    );
    assert_eq!(usage.runnable, Some(Duration::from_secs(2)));
    assert_eq!(
        usage.user_on_performance_cores,
        Some(Duration::from_millis(1))
    );
    assert_eq!((usage.idle_wakeups, usage.interrupt_wakeups), (21, 22));
    assert_eq!(log.lines().len(), 3);
    let task = task_counters(me).unwrap();
    assert_eq!(
        (task.threads, task.running_threads, task.priority),
        (9, 1, 31)
    );
    assert_eq!((task.mach_system_calls, task.unix_system_calls), (13, 14));
    assert_eq!(log.lines().len(), 5);
    assert!(!is_translated(me).unwrap());
    assert_eq!(log.lines().len(), 7);
    // A machine that does not count, and a version that does not tell.
    let question = Question::PidUsage {
        pid: PID,
        flavor: RUSAGE_INFO_V4,
        size: 296,
    };
    let mut silent = USAGE[..296].to_vec();
    let place = RusageInfoV4::ri_instructions.offset();
    silent[place..place + 16].fill(0);
    let (host, _) = kernel()
        .fail(USAGE_QUESTION, libc::EINVAL)
        .answer(question, silent)
        .host();
    let usage = resource_usage(target(&host, PID)).unwrap();
    assert_eq!((usage.instructions, usage.cycles), (None, None));
    assert_eq!(
        (usage.energy_nanojoules, usage.user_on_performance_cores),
        (None, None)
    );
    assert_eq!(usage.disk_bytes_read, Some(31 << 12));
    let (host, _) = kernel().fail(USAGE_QUESTION, NO_RIGHT).host();
    let error = resource_usage(target(&host, PID)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert_eq!(error.pid(), Some(Pid::new(PID as u32)));
}

#[test]
fn what_macos_has_not_is_refused_by_name() {
    let (host, _) = kernel().host();
    let error = set_cpu_affinity(target(&host, PID), &[0]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("CPU affinity"), "{error}");
}
