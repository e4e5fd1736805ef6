//! Against answers that C made of the headers of macOS.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    time::Duration,
};

use super::*;
use crate::{
    Host,
    parse::layout::macos::{details::*, process::*},
    process::{
        AccessMode, DescriptorKind, OpenFile, Pid, ProcessId, Resource, ResourceLimit, StartTime,
        State,
    },
    sys::kernel::fake::{Fake, Log},
};

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!(
            "../../../parse/macos/fixtures/macos_",
            $name,
            ".bin"
        ))
        .as_slice()
    };
}

const RECORDS: &[u8] = include_bytes!("../../../parse/kinfo/fixtures/macos_kinfo_proc.bin");
const TASK: &[u8] = fixture!("task");
const USAGE: &[u8] = fixture!("usage");
const ARGUMENTS: &[u8] = fixture!("arguments");
const REGIONS: &[u8] = fixture!("regions");

/// The process of the records, and one of them that is a zombie.
const PID: i32 = 4001;
const GONE: i32 = 4002;
const START: u64 = 1_700_000_000_250_001;
const NO_RIGHT: i32 = libc::EPERM;
const ARGUMENT_ROOM: usize = 1 << 20;

fn record(index: usize) -> Vec<u8> {
    RECORDS
        .chunks_exact(KinfoProc::SIZE)
        .nth(index)
        .unwrap()
        .to_vec()
}

/// The record of the process, which runs as far as it says.
fn running() -> Vec<u8> {
    let mut record = record(1);
    record[KinfoProc::kp_proc.then(ExternProc::p_stat).offset()] = SRUN as u8;
    record
}

fn mib(pid: i32) -> [i32; 4] {
    [CTL_KERN, KERN_PROC, KERN_PROC_PID, pid]
}

fn info(flavor: i32, argument: u64, size: usize) -> Question<'static> {
    Question::PidInfo {
        pid: PID,
        flavor,
        argument,
        size,
    }
}

fn of_descriptor(descriptor: i32, flavor: i32, size: usize) -> Question<'static> {
    Question::DescriptorInfo {
        pid: PID,
        descriptor,
        flavor,
        size,
    }
}

const TASK_QUESTION: Question<'static> = Question::PidInfo {
    pid: PID,
    flavor: PROC_PIDTASKINFO,
    argument: 0,
    size: 96,
};
const PLACES_QUESTION: Question<'static> = Question::PidInfo {
    pid: PID,
    flavor: PROC_PIDVNODEPATHINFO,
    argument: 0,
    size: 2352,
};
const FILES_QUESTION: Question<'static> = Question::PidInfo {
    pid: PID,
    flavor: PROC_PIDLISTFDS,
    argument: 0,
    size: 0,
};
const USAGE_QUESTION: Question<'static> = Question::PidUsage {
    pid: PID,
    flavor: RUSAGE_INFO_V6,
    size: 464,
};
const ARGUMENTS_QUESTION: Question<'static> = Question::Room {
    mib: &[CTL_KERN, KERN_PROCARGS2, PID],
    size: 64 << 10,
};

/// A kernel with the process, and what is the same for all of them.
fn kernel() -> Fake {
    Fake::new()
        .page_size(16384)
        .answer(Question::Sysctl(&mib(PID)), running())
        .answer(Question::Sysctl(&mib(GONE)), record(2))
        .answer(Question::Sysctl(&mib(0)), record(0))
        .named("hw.tbfrequency", 24_000_000_u64.to_le_bytes())
        .named("kern.argmax", (ARGUMENT_ROOM as u32).to_le_bytes())
}

fn target(host: &Host, pid: i32) -> Target<'_> {
    let start = match pid {
        PID => START,
        _ => 0,
    };
    Target {
        host,
        id: ProcessId::new(Pid::new(pid as u32), StartTime::from_raw(start)),
        handle: None,
        proof: None,
    }
}

fn row(kernel: Fake, fields: Fields) -> (ProcessRow, Log) {
    let (host, log) = kernel.host();
    let row = read(target(&host, PID), fields).unwrap();
    (row, log)
}

#[test]
fn one_question_tells_all_that_the_kernel_counts_of_a_task() {
    let fields = Fields::STATE
        | Fields::CPU_TOTAL
        | Fields::NUM_THREADS
        | Fields::RSS
        | Fields::VMS
        | Fields::MEMORY_INFO
        | Fields::PAGE_FAULTS
        | Fields::CTX_SWITCHES;
    let (row, log) = row(kernel().answer(TASK_QUESTION, &TASK[..96]), fields);
    assert_eq!(row.state, Ok(State::Running));
    assert_eq!(row.cpu_total, Ok(Duration::from_micros(13_845_678)));
    assert_eq!((row.num_threads, row.rss), (Ok(9), Ok(123 << 20)));
    assert_eq!(row.vms, Ok(418 << 30));
    let memory = row.memory_info.unwrap();
    assert_eq!((memory.rss, memory.vms), (123 << 20, 418 << 30));
    assert_eq!(
        (memory.shared, memory.text, memory.data),
        (None, None, None)
    );
    let faults = row.page_faults.unwrap();
    assert_eq!((faults.minor, faults.major), (4930, 70));
    assert_eq!((faults.children_minor, faults.children_major), (None, None));
    let switches = row.ctx_switches.unwrap();
    assert_eq!((switches.voluntary, switches.involuntary), (1500, None));
    // The record, the task, how fast its clock goes, and whose it was.
    assert_eq!(log.lines().len(), 4, "{:?}", log.lines());
}

#[test]
fn a_process_without_a_thread_that_runs_sleeps_whatever_its_record_says() {
    let (sleeper, _) = row(
        kernel().answer(TASK_QUESTION, &TASK[96..192]),
        Fields::STATE,
    );
    assert_eq!(sleeper.state, Ok(State::Sleeping));
    // Of another user's the record is all there is.
    let (other, _) = row(kernel().fail(TASK_QUESTION, NO_RIGHT), Fields::STATE);
    assert_eq!(other.state, Ok(State::Running));
    // What is stopped is not asked about.
    let stopped = Fake::new().answer(Question::Sysctl(&mib(PID)), record(1));
    let (stopped, log) = row(stopped, Fields::STATE);
    assert_eq!(stopped.state, Ok(State::Sleeping));
    assert!(!log.lines().iter().any(|line| line.contains("PidInfo")));
}

#[test]
fn what_a_process_has_used_is_told_by_the_newest_version_that_the_kernel_knows() {
    let fields = Fields::CPU_TIMES | Fields::IO_COUNTERS | Fields::MEMORY_INFO_EX;
    let (newest, log) = row(kernel().answer(USAGE_QUESTION, USAGE), fields);
    let times = newest.cpu_times.unwrap();
    assert_eq!(times.user, Duration::from_micros(12_345_678));
    assert_eq!(times.system, Duration::from_millis(1500));
    assert_eq!(times.children_user, Some(Duration::from_secs(1)));
    assert_eq!(times.children_system, Some(Duration::from_millis(500)));
    assert_eq!((times.children_total, times.iowait), (None, None));
    let io = newest.io_counters.unwrap();
    assert_eq!(
        (io.read_bytes, io.write_bytes),
        (Some(31 << 12), Some(32 << 12))
    );
    assert_eq!(
        (io.read_count, io.read_chars, io.write_count),
        (None, None, None)
    );
    assert_eq!(newest.memory_info_ex.unwrap().locked, Some(24 << 14));
    assert_eq!(log.lines().len(), 4);

    let older = |flavor, size: usize| {
        let mut kernel = kernel();
        for (newer, size) in [(6, 464), (4, 296), (2, 160)] {
            if newer > flavor {
                let question = Question::PidUsage {
                    pid: PID,
                    flavor: newer,
                    size,
                };
                kernel = kernel.fail(question, libc::EINVAL);
            }
        }
        let question = Question::PidUsage {
            pid: PID,
            flavor,
            size,
        };
        row(kernel.answer(question, &USAGE[..size]), fields).0
    };
    assert_eq!(older(4, 296).io_counters, newest.io_counters);
    assert_eq!(older(2, 160).cpu_times, newest.cpu_times);
    let oldest = older(0, 96);
    assert_eq!(oldest.io_counters, Err(Unavailable::Unsupported));
    let times = oldest.cpu_times.unwrap();
    assert_eq!((times.user.as_secs(), times.children_user), (12, None));
}

#[test]
fn the_caller_knows_more_of_its_memory() {
    let own = Pid::current().get() as i32;
    let mut record = running();
    let place = KinfoProc::kp_proc.then(ExternProc::p_pid).offset();
    record[place..place + 4].copy_from_slice(&own.to_le_bytes());
    let usage = Question::PidUsage {
        pid: own,
        flavor: RUSAGE_INFO_V6,
        size: 464,
    };
    let task = Question::OwnTask {
        flavor: TASK_VM_INFO,
        words: 93,
    };
    let kernel = || {
        kernel()
            .answer(Question::Sysctl(&mib(own)), record.clone())
            .answer(usage, USAGE)
    };
    let memory = |kernel: Fake| {
        let (host, _) = kernel.host();
        let mut me = target(&host, PID);
        me.id = ProcessId::new(Pid::current(), StartTime::from_raw(START));
        let row = read(me, Fields::MEMORY_INFO_EX).unwrap();
        row.memory_info_ex.unwrap()
    };
    let found = memory(kernel().answer(task, fixture!("task_memory")));
    assert_eq!(found.peak_rss, Some(200 << 20));
    assert_eq!(found.rss_anon, Some(80 << 20));
    assert_eq!(found.rss_file, Some(43 << 20));
    assert_eq!(
        (found.rss_shmem, found.swap, found.peak_vms),
        (None, None, None)
    );
    // Nothing is made up where it is not told.
    let found = memory(kernel());
    assert_eq!((found.peak_rss, found.locked), (None, Some(24 << 14)));
}

#[test]
fn a_version_that_the_kernel_lacks_is_asked_for_once_in_a_pass() {
    let two = Question::PidUsage {
        pid: PID,
        flavor: RUSAGE_INFO_V4,
        size: RusageInfoV4::SIZE,
    };
    let table = [running(), running()].concat();
    let all = [CTL_KERN, KERN_PROC, KERN_PROC_ALL, 0];
    let (host, log) = kernel()
        .answer(Question::Sysctl(&all), table)
        .fail(USAGE_QUESTION, libc::EINVAL)
        .answer(two, &USAGE[..RusageInfoV4::SIZE])
        .host();
    let rows = list(&host, Fields::CPU_TIMES).unwrap();
    assert!(rows.iter().all(|row| row.cpu_times.is_ok()));
    let asked = log.lines();
    let count = |what: &str| asked.iter().filter(|line| line.contains(what)).count();
    assert_eq!((count("flavor: 6"), count("flavor: 4")), (1, 2));
    assert_eq!(count("tbfrequency"), 1);
}

#[test]
fn a_clock_that_is_not_known_makes_no_times_of_zero() {
    let unknown = Fake::new()
        .answer(Question::Sysctl(&mib(PID)), running())
        .answer(TASK_QUESTION, &TASK[..96]);
    let fields = Fields::CPU_TOTAL | Fields::RSS;
    let (row, _) = row(unknown, fields);
    assert_eq!(row.cpu_total, Err(Unavailable::Unsupported));
    assert_eq!(row.rss, Ok(123 << 20));
    let stands = kernel().named("hw.tbfrequency", 0_u64.to_le_bytes());
    let (host, _) = stands.answer(TASK_QUESTION, &TASK[..96]).host();
    // The first answer is the clock's, which is given once.
    read(target(&host, PID), fields).unwrap();
    let row = read(target(&host, PID), fields).unwrap();
    assert_eq!(row.cpu_total, Err(Unavailable::Malformed));
}

#[test]
fn what_is_another_users_is_denied_and_nothing_of_it_is_zero() {
    let list = |argument| info(PROC_PIDREGIONINFO, argument, 96);
    let denied = kernel()
        .fail(TASK_QUESTION, NO_RIGHT)
        .fail(USAGE_QUESTION, NO_RIGHT)
        .fail(PLACES_QUESTION, NO_RIGHT)
        .fail(FILES_QUESTION, NO_RIGHT)
        .fail(list(0), NO_RIGHT)
        .fail(ARGUMENTS_QUESTION, libc::EINVAL)
        .answer(Question::PidPath(PID), *b"/sbin/launchd");
    let (row, _) = row(denied, Fields::all());
    const DENIED: Unavailable = Unavailable::Denied;
    assert_eq!(row.cpu_times, Err(DENIED));
    assert_eq!(row.cpu_total, Err(DENIED));
    assert_eq!(row.memory_info, Err(DENIED));
    assert_eq!(row.memory_info_ex, Err(DENIED));
    assert_eq!(row.memory_footprint, Err(DENIED));
    assert_eq!(row.num_threads, Err(DENIED));
    assert_eq!(row.num_fds, Err(DENIED));
    assert_eq!(row.io_counters, Err(DENIED));
    assert_eq!(row.page_faults, Err(DENIED));
    assert_eq!(row.cmdline, Err(DENIED));
    assert_eq!(row.environ, Err(DENIED));
    assert_eq!((row.cwd, row.root), (Err(DENIED), Err(DENIED)));
    // What everybody may know.
    assert_eq!(row.exe, Ok(Some("/sbin/launchd".into())));
    assert_eq!(row.effective_uid, Ok(0));
    assert_eq!(row.nice, Ok(-5));
    for (missing, of) in [
        (row.cpu_affinity.map(drop), "affinity"),
        (row.ionice.map(drop), "priority"),
        (row.oom_score.map(drop), "score"),
        (row.cgroup.map(drop), "groups"),
        (row.cpu_num.map(drop), "CPU"),
        (row.sid.map(drop), "session"),
    ] {
        assert_eq!(missing, Err(Unavailable::Unsupported), "{of}");
    }
}

#[test]
fn a_process_that_ends_meanwhile_is_gone_and_a_zombie_is_one() {
    let ended = |left: Vec<u8>| {
        let (host, _) = kernel()
            .answer(Question::Sysctl(&mib(PID)), left.clone())
            .fail(TASK_QUESTION, libc::ESRCH)
            .fail(ARGUMENTS_QUESTION, libc::EINVAL)
            .host();
        let mut row = ProcessRow::empty(Pid::new(PID as u32), std::time::Instant::now());
        row.state = Ok(State::Running);
        let kernel = host.kernel().unwrap();
        // The first answer was that of the listing.
        let mut first = Vec::new();
        MacOs::ask_one(kernel, PID, &mut first).unwrap();
        let process = MacOs::records(&first, kernel.endian)
            .unwrap()
            .next()
            .unwrap()
            .unwrap();
        let fields = Fields::RSS | Fields::CMDLINE | Fields::STATE;
        details::Pass::default().put(kernel, &process, &mut row, fields);
        row
    };
    let gone = ended(Vec::new());
    assert_eq!(gone.rss, Err(Unavailable::Gone));
    assert_eq!(gone.cmdline, Err(Unavailable::Gone));
    let zombie = ended(record(2));
    assert_eq!(zombie.rss, Err(Unavailable::Zombie));
    assert_eq!(zombie.cmdline, Err(Unavailable::Zombie));
    assert_eq!(zombie.state, Ok(State::Zombie));
}

#[test]
fn the_command_line_and_the_environment_are_of_one_question() {
    let fields = Fields::CMDLINE | Fields::ENVIRON;
    let (row, log) = row(kernel().answer(ARGUMENTS_QUESTION, ARGUMENTS), fields);
    assert_eq!(row.cmdline.unwrap(), ["a", "-x", ""]);
    let environ = row.environ.unwrap();
    let home = (OsString::from("HOME"), OsString::from("/Users/alice"));
    assert_eq!((environ.len(), &environ[0]), (4, &home));
    // The record, they, and whose they were.
    assert_eq!(log.lines().len(), 3);
    // The kernel leaves out what the caller may not see.
    let kept = kernel().answer(ARGUMENTS_QUESTION, *b"\x01\0\0\0/bin/a\0\0a\0");
    let (row, _) = super::tests::row(kept, fields);
    assert_eq!(row.cmdline.unwrap(), ["a"]);
    assert_eq!(row.environ, Err(Unavailable::Denied));
}

#[test]
fn arguments_that_had_no_room_are_asked_for_again() {
    // What has room is the end, and begins anywhere.
    let mut end = vec![b'y'; 64 << 10];
    end[..4].copy_from_slice(&1_i32.to_le_bytes());
    let all = Question::Room {
        mib: &[CTL_KERN, KERN_PROCARGS2, PID],
        size: ARGUMENT_ROOM,
    };
    let kernel = kernel()
        .answer(ARGUMENTS_QUESTION, end)
        .answer(all, ARGUMENTS);
    let (row, log) = row(kernel, Fields::CMDLINE);
    assert_eq!(row.cmdline.unwrap(), ["a", "-x", ""]);
    assert_eq!(log.lines().len(), 5);
}

#[test]
fn a_long_name_is_made_whole_by_the_command_line() {
    let mut arguments = 1_i32.to_le_bytes().to_vec();
    arguments.extend_from_slice(b"/bin/b\0\0/bin/sixteen-letters-and-more\0\0");
    let (row, _) = row(kernel().answer(ARGUMENTS_QUESTION, arguments), Fields::NAME);
    assert_eq!(row.name.unwrap(), "sixteen-letters-and-more");
    assert_eq!(row.cmdline, Err(Unavailable::NotRequested));
    let (row, _) = super::tests::row(kernel().fail(ARGUMENTS_QUESTION, NO_RIGHT), Fields::NAME);
    assert_eq!(row.name.unwrap(), "sixteen-letters-");
}

#[test]
fn a_program_whose_file_was_removed_has_the_path_that_it_was_started_by() {
    let path = |kernel: Fake| row(kernel, Fields::EXE).0.exe;
    let removed = kernel().fail(Question::PidPath(PID), libc::ENOENT);
    assert_eq!(
        path(removed.answer(ARGUMENTS_QUESTION, ARGUMENTS)),
        Ok(Some(PathBuf::from(
            "/Applications/A B.app/Contents/MacOS/a"
        )))
    );
    let relative = kernel()
        .fail(Question::PidPath(PID), libc::ENOENT)
        .answer(ARGUMENTS_QUESTION, *b"\x01\0\0\0./a\0a\0\0");
    assert_eq!(path(relative), Ok(None));
    let cut = kernel().answer(Question::PidPath(PID), *b"/bin/a\0junk");
    assert_eq!(path(cut), Ok(Some("/bin/a".into())));
    let denied = kernel().fail(Question::PidPath(PID), NO_RIGHT);
    assert_eq!(path(denied), Err(Unavailable::Denied));
}

#[test]
fn the_root_is_the_systems_unless_the_process_has_another() {
    let places = |index: usize| {
        let answer = fixture!("places").chunks_exact(2352).nth(index).unwrap();
        row(
            kernel().answer(PLACES_QUESTION, answer),
            Fields::CWD | Fields::ROOT,
        )
        .0
    };
    let usual = places(0);
    assert_eq!(usual.cwd, Ok("/Users/alice".into()));
    assert_eq!(usual.root, Ok("/".into()));
    let jailed = places(1);
    assert_eq!(jailed.cwd, Err(Unavailable::Unsupported), "it was removed");
    assert_eq!(jailed.root, Ok("/private/var/jail".into()));
}

#[test]
fn the_kernel_has_no_program_no_arguments_and_no_descriptors() {
    let (host, log) = kernel().host();
    let fields = Fields::EXE | Fields::CMDLINE | Fields::ENVIRON | Fields::NUM_FDS | Fields::NAME;
    let row = read(target(&host, 0), fields).unwrap();
    assert_eq!(row.name.unwrap(), "kernel_task");
    assert_eq!(row.exe, Ok(None));
    assert_eq!(row.cmdline, Ok(Vec::new()));
    assert_eq!(row.environ, Ok(Vec::new()));
    assert_eq!(row.num_fds, Ok(0));
    assert!(descriptors(target(&host, 0)).unwrap().is_empty());
    assert!(log.lines().iter().all(|line| line.starts_with("Sysctl")));
}

#[test]
fn a_zombie_has_its_record_and_nothing_else() {
    let (host, log) = kernel().host();
    let row = read(target(&host, GONE), Fields::all()).unwrap();
    assert_eq!(row.state, Ok(State::Zombie));
    assert_eq!(row.name.unwrap(), "gone");
    assert_eq!(row.cmdline, Err(Unavailable::Zombie));
    assert_eq!(row.cpu_times, Err(Unavailable::Zombie));
    assert_eq!(row.num_fds, Err(Unavailable::Zombie));
    assert!(!log.lines().iter().any(|line| line.contains("Pid")));
    // The questions do not find it.
    let info = |flavor| Question::PidInfo {
        pid: GONE,
        flavor,
        argument: 0,
        size: 0,
    };
    let (host, _) = kernel()
        .fail(info(PROC_PIDLISTFDS), libc::ESRCH)
        .fail(info(PROC_PIDLISTTHREADS), libc::ESRCH)
        .host();
    let target = target(&host, GONE);
    for error in [
        descriptors(target).map(drop).unwrap_err(),
        threads(target).map(drop).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Zombie, "{error}");
        assert_eq!(error.pid(), Some(Pid::new(GONE as u32)));
    }
}

#[test]
fn descriptors_say_what_they_are_of() {
    let vnode = |index: usize| fixture!("vnodes").chunks_exact(1200).nth(index).unwrap();
    let of_vnode = |number| of_descriptor(number, PROC_PIDFDVNODEPATHINFO, 1200);
    let full = || {
        kernel()
            .answer(FILES_QUESTION, fixture!("descriptors"))
            .answer(of_vnode(0), vnode(0))
            .answer(of_vnode(1), vnode(1))
            .answer(of_vnode(2), vnode(2))
            .answer(
                of_descriptor(3, PROC_PIDFDSOCKETINFO, 792),
                fixture!("socket"),
            )
            .answer(
                of_descriptor(4, PROC_PIDFDPIPEINFO, 184),
                &fixture!("pipes")[..184],
            )
            .answer(
                of_descriptor(5, PROC_PIDFDPSHMINFO, 1192),
                fixture!("shared_memory"),
            )
            .answer(
                of_descriptor(6, PROC_PIDFDPSEMINFO, 1184),
                fixture!("semaphore"),
            )
            .answer(
                of_descriptor(7, PROC_PIDFDKQUEUEINFO, 168),
                fixture!("kqueue"),
            )
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
                size: 1_234_567,
            },
        ),
        (
            1,
            DescriptorKind::File {
                path: PathBuf::new(),
                deleted: true,
                size: 0,
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
fn threads_are_told_apart_by_addresses_and_those_without_are_left_out() {
    const FIRST: u64 = 0x1_6f5b_7000;
    let handles = [FIRST + 0x8c000, 0, FIRST, 0, FIRST + 0x1000].map(u64::to_le_bytes);
    let thread = |handle| info(PROC_PIDTHREADINFO, handle, 112);
    let of = |index: usize| fixture!("threads").chunks_exact(112).nth(index).unwrap();
    let (host, log) = kernel()
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
    // The list, the niceness, one for each, and the proof.
    assert_eq!(log.lines().len(), 2 + 3 + 1);
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
    assert_eq!(maps.len(), 6);
    assert_eq!(log.lines().len(), 6 + 1 + 1);
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
}

#[test]
fn the_footprint_is_what_nobody_else_has() {
    let kernel = with_regions(PROC_PIDREGIONINFO, 96);
    let (row, log) = row(kernel, Fields::MEMORY_FOOTPRINT);
    let footprint = row.memory_footprint.unwrap();
    assert_eq!(footprint.uss, 26 * 16384);
    assert_eq!((footprint.pss, footprint.swap), (None, None));
    assert_eq!(log.lines().len(), 1 + 7 + 1);
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
