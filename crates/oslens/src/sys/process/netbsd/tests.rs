//! Against a kernel that gives the answers that C made of its headers.

use super::*;
use crate::{
    ErrorKind, Host, Unavailable,
    parse::layout::netbsd::{
        process::{
            CTL_PROC, KERN_FILE_BYPID, KERN_FILE2, KERN_LWP, KERN_PROC_ARGS, KERN_PROC_ARGV,
            KERN_PROC_CWD, KERN_PROC_ENV, KERN_PROC_NARGV, KERN_PROC_PATHNAME, KinfoFile, KinfoLwp,
            KinfoVmentry, VM_PROC, VM_PROC_MAP,
        },
        system::{CTL_HW, CTL_VM, HW_NCPU},
    },
    process::{AccessMode, DescriptorKind, Pid, Resource, ResourceLimit, State as ProcessState},
    sys::{kernel::fake::Fake, process::Target},
};

const RECORDS: &[u8] = include_bytes!("../../../parse/kinfo/fixtures/netbsd_kinfo_proc2.bin");
const FILES: &[u8] = include_bytes!("../../../parse/netbsd/fixtures/netbsd_open_files.bin");
const MAPS: &[u8] = include_bytes!("../../../parse/netbsd/fixtures/netbsd_kinfo_vmentry.bin");
const THREADS: &[u8] = include_bytes!("../../../parse/netbsd/fixtures/netbsd_kinfo_lwp.bin");

const PID: i32 = 4001;
const ZOMBIE: i32 = 4002;

/// A kernel with these three processes.
fn fake() -> Fake {
    let stride = KinfoProc2::SIZE;
    [0, PID, ZOMBIE]
        .into_iter()
        .zip(RECORDS.chunks(stride))
        .fold(Fake::new(), |fake, (pid, record)| {
            let mib = [CTL_KERN, KERN_PROC2, KERN_PROC_PID, pid];
            fake.answer(records(&mib), record)
        })
}

fn target(host: &Host, pid: i32) -> Target<'_> {
    Target {
        host,
        id: identity(host, Pid::new(pid.unsigned_abs())).unwrap(),
        handle: None,
        proof: None,
    }
}

fn files_of(pid: i32) -> [i32; 4] {
    [CTL_KERN, KERN_FILE2, KERN_FILE_BYPID, pid]
}

fn arguments(kind: i32) -> [i32; 4] {
    [CTL_KERN, KERN_PROC_ARGS, PID, kind]
}

/// The kernel panics when there is room for a part of a record.
fn mappings(mib: &[i32]) -> Question<'_> {
    Question::Whole { mib, stride: 1128 }
}

fn room(mib: &[i32], size: usize) -> Question<'_> {
    Question::Room { mib, size }
}

#[test]
fn descriptors_are_told_apart_and_have_no_paths() {
    let mib = files_of(PID);
    let question = Question::Records {
        mib: &mib,
        stride: KinfoFile::SIZE,
    };
    let (host, log) = fake().answer(question, FILES).host();
    let target = target(&host, PID);
    let asked = log.lines().len();
    let found = descriptors(target).unwrap();
    assert_eq!(log.lines().len() - asked, 2);
    let kinds: Vec<_> = found.iter().map(|d| (d.fd, d.kind.clone())).collect();
    let name = |name: &str| DescriptorKind::Anonymous { name: name.into() };
    assert_eq!(
        kinds,
        [
            (
                0,
                DescriptorKind::File {
                    path: "".into(),
                    deleted: false,
                    size: Some(5_000_000_000)
                }
            ),
            (1, DescriptorKind::CharacterDevice { path: "".into() }),
            (
                3,
                DescriptorKind::Socket {
                    inode: u64::MAX - 0xfff
                }
            ),
            (4, DescriptorKind::Pipe { inode: 0 }),
            (5, name("kqueue")),
            (6, name("eventfd")),
        ]
    );
    let first = &found[0];
    assert_eq!((first.mode, first.flags), (AccessMode::ReadAppend, 2 | 8));
    assert_eq!(first.position, 4_294_967_297);
    assert_eq!((found[3].mode, found[3].flags), (AccessMode::Write, 1));
    assert_eq!(open_files(target).unwrap(), found[..1]);
    let row = read(target, Fields::NUM_FDS).unwrap();
    assert_eq!(row.num_fds.unwrap(), 6);
}

#[test]
fn nobody_asks_about_process_0_which_would_mean_everybody() {
    let (host, log) = fake().host();
    let kernel = target(&host, 0);
    assert_eq!(descriptors(kernel).unwrap(), []);
    assert_eq!(memory_maps(kernel).unwrap(), []);
    let row = read(kernel, Fields::NUM_FDS | Fields::CMDLINE).unwrap();
    assert_eq!(row.num_fds, Err(Unavailable::Unsupported));
    assert_eq!(row.cmdline.unwrap().len(), 0);
    assert!(
        log.lines().iter().all(|line| line.contains("47")),
        "{log:?}"
    );
}

#[test]
fn a_process_that_loads_a_program_is_asked_again() {
    let (files, argv) = (files_of(PID), arguments(KERN_PROC_ARGV));
    let question = Question::Records {
        mib: &files,
        stride: KinfoFile::SIZE,
    };
    let count = arguments(KERN_PROC_NARGV);
    let (host, _) = fake()
        .answer(question, [])
        .fail(room(&count, 4), libc::EBUSY)
        .answer(room(&count, 4), [2, 0, 0, 0])
        .answer(question, FILES)
        .fail(room(&argv, 4096), libc::EBUSY)
        .fail(room(&argv, 4096), libc::EBUSY)
        .answer(room(&argv, 4096), *b"sh\0-c\0\0")
        .host();
    let target = target(&host, PID);
    assert_eq!(descriptors(target).unwrap().len(), 6);
    let row = read(target, Fields::CMDLINE).unwrap();
    assert_eq!(row.cmdline.unwrap(), ["sh", "-c", ""]);
}

#[test]
fn a_process_that_has_nothing_open_is_not_one_that_hides_it() {
    let (files, count) = (files_of(PID), arguments(KERN_PROC_NARGV));
    let question = Question::Records {
        mib: &files,
        stride: KinfoFile::SIZE,
    };
    let number = || fake().answer(question, []);
    // It is no longer loading a program, and has still nothing.
    let (host, log) = number().answer(room(&count, 4), [1, 0, 0, 0]).host();
    let one = target(&host, PID);
    let asked = log.lines().len();
    assert_eq!(descriptors(one).unwrap(), []);
    assert_eq!(log.lines().len() - asked, 3 + 1);
    assert_eq!(read(one, Fields::NUM_FDS).unwrap().num_fds, Ok(0));
    // It loads one all the time.
    let (host, _) = number().fail(room(&count, 4), libc::EBUSY).host();
    let one = target(&host, PID);
    let error = descriptors(one).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(libc::EBUSY));
    let row = read(one, Fields::NUM_FDS).unwrap();
    assert_eq!(row.num_fds, Err(Unavailable::Denied));
}

#[test]
fn one_that_is_busy_forever_is_not_waited_for() {
    let argv = arguments(KERN_PROC_ARGV);
    let (host, log) = fake().fail(room(&argv, 4096), libc::EBUSY).host();
    let row = read(target(&host, PID), Fields::CMDLINE).unwrap();
    assert_eq!(row.cmdline, Err(Unavailable::Denied));
    assert!(log.lines().len() < 20);
}

#[test]
fn a_pass_waits_once_for_what_is_busy_and_not_with_each_question() {
    let kinds = [
        (KERN_PROC_ARGV, 4096),
        (KERN_PROC_ENV, 4096),
        (KERN_PROC_PATHNAME, 2048),
        (KERN_PROC_CWD, 2048),
        (KERN_PROC_NARGV, 4),
    ];
    let files = files_of(PID);
    let question = Question::Records {
        mib: &files,
        stride: KinfoFile::SIZE,
    };
    let busy = kinds.iter().fold(fake(), |fake, &(kind, size)| {
        fake.fail(room(&arguments(kind), size), libc::EBUSY)
    });
    let (host, log) = busy.answer(question, []).host();
    let one = target(&host, PID);
    let asked = log.lines().len();
    let fields = Fields::CMDLINE | Fields::ENVIRON | Fields::EXE | Fields::CWD | Fields::NUM_FDS;
    let row = read(one, fields).unwrap();
    assert_eq!(row.cwd, Err(Unavailable::Denied));
    assert_eq!(row.num_fds, Err(Unavailable::Denied));
    // Its record twice, and its files; the command line ten times.
    assert_eq!(log.lines().len() - asked, 2 + 1 + 10 + 4);
}

#[test]
fn arguments_that_the_kernel_cuts_are_asked_for_with_all_the_room_there_is() {
    let argv = arguments(KERN_PROC_ARGV);
    let long = [vec![b'x'; 5000], vec![0]].concat();
    let (host, _) = fake()
        .answer(room(&argv, 4096), &long[..4096])
        .answer(room(&argv, 262_144), &long[..])
        .host();
    let row = read(target(&host, PID), Fields::CMDLINE).unwrap();
    let arguments = row.cmdline.unwrap();
    assert_eq!((arguments.len(), arguments[0].len()), (1, 5000));
}

#[test]
fn each_detail_takes_one_question() {
    let of = arguments;
    let (host, log) = fake()
        .answer(room(&of(KERN_PROC_ARGV), 4096), *b"sh\0")
        .answer(room(&of(KERN_PROC_ENV), 4096), *b"A=b\0")
        .answer(room(&of(KERN_PROC_PATHNAME), 2048), *b"/bin/sh\0")
        .answer(room(&of(KERN_PROC_CWD), 2048), *b"/home/alice\0")
        .host();
    let target = target(&host, PID);
    let asked = log.lines().len();
    let fields = Fields::CMDLINE | Fields::ENVIRON | Fields::EXE | Fields::CWD;
    let row = read(target, fields).unwrap();
    assert_eq!(log.lines().len() - asked, 1 + 4 + 1);
    assert_eq!(row.cmdline.unwrap(), ["sh"]);
    assert_eq!(row.environ.unwrap(), [("A".into(), "b".into())]);
    assert_eq!(row.exe.unwrap().unwrap(), std::path::Path::new("/bin/sh"));
    assert_eq!(row.cwd.unwrap(), std::path::Path::new("/home/alice"));
}

#[test]
fn a_missing_detail_says_why() {
    let of = arguments;
    let (host, _) = fake()
        .fail(room(&of(KERN_PROC_ARGV), 4096), libc::EINVAL)
        .fail(room(&of(KERN_PROC_ENV), 4096), libc::EPERM)
        .fail(room(&of(KERN_PROC_PATHNAME), 2048), libc::ENOENT)
        .fail(room(&of(KERN_PROC_CWD), 2048), libc::EINVAL)
        .host();
    let fields = Fields::CMDLINE
        | Fields::ENVIRON
        | Fields::EXE
        | Fields::CWD
        | Fields::ROOT
        | Fields::CPU_AFFINITY;
    let row = read(target(&host, PID), fields).unwrap();
    assert_eq!(row.cmdline, Err(Unavailable::Zombie), "it is ending");
    assert_eq!(row.environ, Err(Unavailable::Denied));
    assert_eq!(row.exe, Ok(None));
    assert_eq!(row.cwd, Err(Unavailable::Unsupported), "an older kernel");
    assert_eq!(row.root, Err(Unavailable::Unsupported));
    assert_eq!(row.cpu_affinity, Err(Unavailable::Unsupported));
}

fn cpus_of(pid: i32) -> Question<'static> {
    Question::FirstCpuSet { pid, size: 8 }
}

/// A machine of 40 CPUs.
fn forty(fake: Fake) -> Fake {
    fake.answer(Question::Sysctl(&[CTL_HW, HW_NCPU]), [40, 0, 0, 0])
}

#[test]
fn cpus_are_told_of_every_process() {
    let (host, log) = forty(fake())
        .answer(cpus_of(PID), [5, 0, 0, 0, 0x80, 0xff, 0, 0])
        .host();
    let of = |pid| {
        read(target(&host, pid), Fields::CPU_AFFINITY)
            .unwrap()
            .cpu_affinity
    };
    // Of what is beyond the CPUs nothing is said.
    assert_eq!(of(PID).unwrap(), [0, 2, 39]);
    assert_eq!(of(0), Err(Unavailable::Unsupported), "it means the caller");
    assert!(!log.lines().iter().any(|line| line.contains("pid: 0")));
    assert_eq!(of(ZOMBIE), Err(Unavailable::Zombie));
    // It may run on all of them.
    let (host, log) = forty(fake()).answer(cpus_of(PID), [0; 8]).host();
    let one = target(&host, PID);
    let asked = log.lines().len();
    let row = read(one, Fields::CPU_AFFINITY).unwrap();
    assert_eq!(row.cpu_affinity.unwrap(), Vec::from_iter(0..40));
    assert_eq!(log.lines().len() - asked, 1 + 2 + 1);
    for (errno, why) in [
        (libc::EPERM, Unavailable::Denied),
        (libc::ESRCH, Unavailable::Gone),
    ] {
        let (host, _) = forty(fake()).fail(cpus_of(PID), errno).host();
        let row = read(target(&host, PID), Fields::CPU_AFFINITY).unwrap();
        assert_eq!(row.cpu_affinity, Err(why));
    }
}

#[test]
fn a_process_is_bound_to_cpus_that_there_are_or_to_none() {
    let (host, log) = forty(fake()).host();
    let one = target(&host, PID);
    set_cpu_affinity(one, &[33, 0]).unwrap();
    let done = "CpuSet { pid: 4001, set: [1, 0, 0, 0, 2, 0, 0, 0] }";
    assert_eq!(log.lines().iter().filter(|line| *line == done).count(), 1);
    // The kernel would let it run everywhere.
    for wrong in [&[][..], &[40], &[1, 4000]] {
        let error = set_cpu_affinity(one, wrong).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }
    assert_eq!(
        log.lines()
            .iter()
            .filter(|line| line.contains("set: ["))
            .count(),
        1
    );
    let mut refusing = forty(fake());
    refusing.refusal = Some(libc::EPERM);
    let (host, _) = refusing.host();
    let error = set_cpu_affinity(target(&host, PID), &[0]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
}

#[test]
fn the_time_of_a_thread_is_not_told_apart() {
    let question = Question::Records {
        mib: &[CTL_KERN, KERN_LWP, PID],
        stride: KinfoLwp::SIZE,
    };
    let (host, log) = fake().answer(question, THREADS).host();
    let target = target(&host, PID);
    let asked = log.lines().len();
    let found = threads(target).unwrap();
    assert_eq!(log.lines().len() - asked, 2);
    let ids: Vec<_> = found.iter().map(|thread| thread.id).collect();
    assert_eq!(ids, [1, 7], "without those that are none");
    let worker = &found[1];
    assert_eq!(worker.name, "a-name-of-19-chars.");
    assert_eq!(worker.state, ProcessState::Running);
    assert_eq!(worker.user.as_micros(), 12_345_678);
    assert_eq!((worker.system, worker.cpu_num), (None, Some(3)));
    assert_eq!(worker.nice, -5, "that of its process");
}

#[test]
fn threads_that_end_or_load_a_program_while_they_are_listed_are_no_errors() {
    let question = Question::Records {
        mib: &[CTL_KERN, KERN_LWP, PID],
        stride: KinfoLwp::SIZE,
    };
    // One has ended that the kernel was about to go on from.
    let (host, _) = fake()
        .fail(question, libc::EAGAIN)
        .fail(question, libc::EAGAIN)
        .answer(question, THREADS)
        .host();
    assert_eq!(threads(target(&host, PID)).unwrap().len(), 2);
    // The process has no threads to show while it loads another program.
    let (host, _) = fake()
        .fail(question, libc::ESRCH)
        .answer(question, THREADS)
        .host();
    assert_eq!(threads(target(&host, PID)).unwrap().len(), 2);
    let (host, log) = fake().fail(question, libc::ESRCH).host();
    let error = threads(target(&host, PID)).unwrap_err();
    assert_eq!(
        error.kind(),
        ErrorKind::TimedOut,
        "it is there all the time"
    );
    // It is ending, and has been waited for.
    let mut hidden = RECORDS[KinfoProc2::SIZE..2 * KinfoProc2::SIZE].to_vec();
    let alive = hidden.clone();
    let at = KinfoProc2::p_uvalid.offset();
    hidden[at..at + 8].fill(0);
    let mib = [CTL_KERN, KERN_PROC2, KERN_PROC_PID, PID];
    let (host, log_of_ending) = Fake::new()
        .answer(records(&mib), alive)
        .answer(records(&mib), hidden)
        .fail(question, libc::ESRCH)
        .host();
    let error = threads(target(&host, PID)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert_eq!(log_of_ending.lines().len(), 1 + 1 + 10);
    let (host, _) = fake().fail(question, libc::EAGAIN).host();
    assert_eq!(
        threads(target(&host, PID)).unwrap_err().kind(),
        ErrorKind::Os
    );
    assert!(log.lines().len() < 50);
}

#[test]
fn what_is_over_has_nothing() {
    let files = files_of(ZOMBIE);
    let question = Question::Records {
        mib: &files,
        stride: KinfoFile::SIZE,
    };
    let lwps = Question::Records {
        mib: &[CTL_KERN, KERN_LWP, ZOMBIE],
        stride: KinfoLwp::SIZE,
    };
    let maps = [CTL_VM, VM_PROC, VM_PROC_MAP, ZOMBIE, 1128];
    // It has no descriptors and no threads, and the kernel does not mind.
    let (host, _) = fake()
        .answer(question, [])
        .answer(lwps, [])
        .fail(mappings(&maps), libc::EFAULT)
        .host();
    let target = target(&host, ZOMBIE);
    for error in [
        descriptors(target).unwrap_err(),
        threads(target).unwrap_err(),
        memory_maps(target).unwrap_err(),
        limits(target).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Zombie);
    }
}

#[test]
fn mappings_are_shared_unless_they_are_copied_when_written_to() {
    assert_eq!(KinfoVmentry::SIZE, 1128);
    let mib = [CTL_VM, VM_PROC, VM_PROC_MAP, PID, 1128];
    let (host, _) = fake().answer(mappings(&mib), MAPS).host();
    let found = memory_maps(target(&host, PID)).unwrap();
    let shown: Vec<String> = found
        .iter()
        .map(|map| map.permissions.to_string())
        .collect();
    assert_eq!(shown, ["r-xp", "rw-p", "rw-s", "rw-s"]);
    let text = &found[0];
    assert_eq!(text.name.as_deref(), Some("/bin/sh".as_ref()));
    assert_eq!((text.device, text.inode), ((0x0a, 0x1_6005), 1234));
    assert_eq!(text.usage.rss, None, "nobody tells");
    assert_eq!(found[1].usage.locked, Some(0x1_0000));
    let (host, _) = fake().fail(mappings(&mib), libc::EPERM).host();
    let error = memory_maps(target(&host, PID)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
}

fn limit_of(number: i32, which: i32) -> [i32; 5] {
    [CTL_PROC, PID, 2, number, which]
}

#[test]
fn limits_are_told_of_every_process() {
    let endless = i64::MAX.to_le_bytes();
    let (host, log) = (1..=12)
        .fold(fake(), |fake, number| {
            fake.answer(
                Question::Sysctl(&limit_of(number, 1)),
                [number as u8, 0, 0, 0, 0, 0, 0, 0],
            )
            .answer(Question::Sysctl(&limit_of(number, 2)), endless)
        })
        .host();
    let target = target(&host, PID);
    let asked = log.lines().len();
    let all = limits(target).unwrap();
    assert_eq!(log.lines().len() - asked, 2 * 12 + 1);
    assert_eq!(all.len(), 12);
    // They are counted from 1: that of CPU time is 0 elsewhere.
    assert_eq!((all[0].0, all[0].1.soft), (Resource::CpuTime, Some(1)));
    assert_eq!((all[11].0, all[11].1.soft), (Resource::Threads, Some(12)));
    assert!(all.iter().all(|(_, limit)| limit.hard.is_none()));
    let files = limit(target, Resource::OpenFiles).unwrap();
    assert_eq!((files.soft, files.hard), (Some(9), None));
}

#[test]
fn limits_of_a_process_that_loads_a_program_are_asked_for_again() {
    let (soft, hard) = (limit_of(9, 1), limit_of(9, 2));
    let number = 128_u64.to_le_bytes();
    let (host, _) = fake()
        .fail(Question::Sysctl(&soft), libc::EBUSY)
        .answer(Question::Sysctl(&soft), number)
        .fail(Question::Sysctl(&hard), libc::EBUSY)
        .fail(Question::Sysctl(&hard), libc::EBUSY)
        .answer(Question::Sysctl(&hard), number)
        .host();
    let files = limit(target(&host, PID), Resource::OpenFiles).unwrap();
    assert_eq!((files.soft, files.hard), (Some(128), Some(128)));
    let mut busy = fake().answer(Question::Sysctl(&hard), number);
    busy.refusal = Some(libc::EBUSY);
    let (host, log) = busy.host();
    let target = target(&host, PID);
    let error = set_limit(target, Resource::OpenFiles, files).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(libc::EBUSY));
    let tried = log
        .lines()
        .iter()
        .filter(|line| line.contains("value"))
        .count();
    assert!((2..20).contains(&tried), "{tried}");
    // While it was waited for, another one got its PID.
    let one = RECORDS[KinfoProc2::SIZE..2 * KinfoProc2::SIZE].to_vec();
    let mut other = one.clone();
    other[KinfoProc2::p_ustart_sec.offset()] ^= 1;
    let mib = [CTL_KERN, KERN_PROC2, KERN_PROC_PID, PID];
    // When it was opened, and before anything is done.
    let mut busy = (0..3)
        .fold(Fake::new(), |fake, _| {
            fake.answer(records(&mib), one.clone())
        })
        .answer(records(&mib), other)
        .answer(Question::Sysctl(&hard), number);
    busy.refusal = Some(libc::EBUSY);
    let (host, log) = busy.host();
    let target = self::target(&host, PID);
    let error = set_limit(target, Resource::OpenFiles, files).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Reused);
    let tried = log
        .lines()
        .iter()
        .filter(|line| line.contains("value"))
        .count();
    assert_eq!(tried, 1, "the other one is left alone");
}

#[test]
fn the_soft_limit_is_never_above_the_hard_one_while_both_are_set() {
    let change = |present: u64, soft, hard| {
        let question = limit_of(9, 2);
        let (host, log) = fake()
            .answer(Question::Sysctl(&question), present.to_le_bytes())
            .host();
        let limit = ResourceLimit {
            soft: Some(soft),
            hard: Some(hard),
        };
        set_limit(target(&host, PID), Resource::OpenFiles, limit).unwrap();
        let done: Vec<String> = log
            .lines()
            .into_iter()
            .filter(|line| line.contains("value"))
            .collect();
        let wanted = |which, value: u64| {
            let value = value.to_le_bytes();
            format!("Sysctl {{ mib: [10, 4001, 2, 9, {which}], value: {value:?} }}")
        };
        (done, wanted(1, soft), wanted(2, hard))
    };
    let (done, soft, hard) = change(200, 50, 100);
    assert_eq!(done, [soft, hard], "lowered");
    let (done, soft, hard) = change(200, 300, 400);
    assert_eq!(done, [hard, soft], "raised");
}

#[test]
fn whose_programs_it_runs_is_in_the_record() {
    let mut own = RECORDS[KinfoProc2::SIZE..2 * KinfoProc2::SIZE].to_vec();
    own[KinfoProc2::p_ename.offset()..][..6].copy_from_slice(b"netbsd");
    let mib = [CTL_KERN, KERN_PROC2, KERN_PROC_PID, PID];
    let (host, _) = Fake::new().answer(records(&mib), own).host();
    let found = setting(target(&host, PID)).unwrap();
    assert_eq!(found.emulation.unwrap(), "netbsd");
    assert_eq!(found.login_name.unwrap(), "alice");
    assert_eq!(found.wait_channel, None);
}
