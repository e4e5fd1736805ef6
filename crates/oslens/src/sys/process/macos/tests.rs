//! Against answers that C made of the headers of macOS.

mod lists;

use std::{ffi::OsString, path::PathBuf, time::Duration};

use super::*;
use crate::{
    Host,
    parse::layout::macos::{details::*, process::*},
    process::{Pid, ProcessId, Resource, ResourceLimit, StartTime, State},
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
const DESCRIPTORS: &[u8] = fixture!("descriptors");
const KQUEUE: &[u8] = fixture!("kqueue");
const PIPES: &[u8] = fixture!("pipes");
const SEMAPHORE: &[u8] = fixture!("semaphore");
const SHARED_MEMORY: &[u8] = fixture!("shared_memory");
const SOCKET: &[u8] = fixture!("socket");
const THREADS: &[u8] = fixture!("threads");
const VNODES: &[u8] = fixture!("vnodes");

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
fn page_faults_that_are_counted_no_further_do_not_fall() {
    let faults = |all: i32, pageins: i32| {
        let mut task = TASK[..96].to_vec();
        let place = ProcTaskinfo::pti_faults.offset();
        task[place..place + 4].copy_from_slice(&all.to_le_bytes());
        task[place + 4..place + 8].copy_from_slice(&pageins.to_le_bytes());
        let (row, _) = row(kernel().answer(TASK_QUESTION, task), Fields::PAGE_FAULTS);
        let faults = row.page_faults.unwrap();
        (faults.minor, faults.major)
    };
    assert_eq!(faults(i32::MAX - 1, 100), (2_147_483_546, 100));
    assert_eq!(faults(i32::MAX, 100), (2_147_483_647, 100));
    assert_eq!(faults(i32::MAX, 200), (2_147_483_647, 200));
    // Older kernels go on, to begin again at zero.
    assert_eq!(faults(i32::MIN, 100), (2_147_483_548, 100));
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
        (None, Some(5 << 20), None)
    );
    // Nothing is made up where it is not told.
    let found = memory(kernel());
    assert_eq!((found.peak_rss, found.locked), (None, Some(24 << 14)));
    assert_eq!(found.swap, None);
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
        .answer(Question::PidPath(PID), *b"/sbin/launchd")
        .answer(Question::Session(PID), 1_i32.to_le_bytes());
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
    assert_eq!(row.sid, Ok(Pid::new(1)));
    assert_eq!(row.effective_uid, Ok(0));
    assert_eq!(row.nice, Ok(-5));
    for (missing, of) in [
        (row.cpu_affinity.map(drop), "affinity"),
        (row.ionice.map(drop), "priority"),
        (row.oom_score.map(drop), "score"),
        (row.cgroup.map(drop), "groups"),
        (row.cpu_num.map(drop), "CPU"),
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
    // The disk is gone, and not the process.
    let ejected = || {
        kernel()
            .fail(Question::PidPath(PID), libc::ESRCH)
            .answer(Question::Session(PID), 1_i32.to_le_bytes())
    };
    assert_eq!(
        path(ejected().answer(ARGUMENTS_QUESTION, ARGUMENTS)),
        Ok(Some(PathBuf::from(
            "/Applications/A B.app/Contents/MacOS/a"
        )))
    );
    assert_eq!(path(ejected()), Ok(None));
    // It is ending: its record is there, but it is found no more.
    let ending = ejected().fail(Question::Session(PID), libc::ESRCH);
    let (host, _) = ending.host();
    let path = || read(target(&host, PID), Fields::EXE).unwrap().exe;
    assert_eq!((path(), path()), (Ok(None), Err(Unavailable::Gone)));
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
    // Nobody is denied anything where the disk is gone.
    let ejected = kernel().fail(PLACES_QUESTION, libc::ENOENT);
    let (ejected, _) = row(ejected, Fields::CWD | Fields::ROOT);
    assert_eq!(ejected.cwd, Err(Unavailable::Unsupported));
    assert_eq!(ejected.root, Err(Unavailable::Unsupported));
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
fn the_session_of_a_process_is_asked_for_where_there_is_one() {
    let session = |kernel: Fake| row(kernel, Fields::SID).0.sid;
    let of = |answer: &[u8]| session(kernel().answer(Question::Session(PID), answer));
    assert_eq!(of(&4000_i32.to_le_bytes()), Ok(Pid::new(4000)));
    assert_eq!(of(&(-1_i32).to_le_bytes()), Err(Unavailable::Malformed));
    assert_eq!(of(&[1]), Err(Unavailable::Malformed));
    // It is not found any more, while its record still is.
    let ending = kernel().fail(Question::Session(PID), libc::ESRCH);
    assert_eq!(session(ending), Err(Unavailable::Gone));
    // To the call the number of the kernel means the caller.
    let (host, log) = kernel().host();
    let row = read(target(&host, 0), Fields::SID).unwrap();
    assert_eq!(row.sid, Err(Unavailable::Unsupported));
    let row = read(target(&host, GONE), Fields::SID).unwrap();
    assert_eq!(row.sid, Err(Unavailable::Zombie));
    assert!(!log.lines().iter().any(|line| line.contains("Session")));
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
        .fail(info(28), libc::ESRCH)
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
