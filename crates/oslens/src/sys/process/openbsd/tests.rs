//! Against a kernel that gives the answers that C made of its headers.

use super::*;
use crate::{
    ErrorKind, Host, Unavailable,
    os::openbsd::Pledge,
    parse::layout::openbsd::process::{
        KERN_FILE, KERN_FILE_BYPID, KERN_PROC_ARGS, KERN_PROC_ARGV, KERN_PROC_CWD, KERN_PROC_ENV,
        KERN_PROC_SHOW_THREADS, KERN_PROC_VMMAP, KinfoFile, KinfoVmentry,
    },
    process::{DescriptorKind, Pid, Resource, ResourceLimit, State as ProcessState},
    sys::{kernel::fake::Fake, process::Target},
};

const RECORDS: &[u8] = include_bytes!("../../../parse/kinfo/fixtures/openbsd_kinfo_proc.bin");
const FILES: &[u8] = include_bytes!("../../../parse/openbsd/fixtures/openbsd_open_files.bin");
const MAPS: &[u8] = include_bytes!("../../../parse/openbsd/fixtures/openbsd_kinfo_vmentry.bin");
const THREADS: &[u8] = include_bytes!("../../../parse/openbsd/fixtures/openbsd_threads.bin");

const PID: i32 = 4001;
const ZOMBIE: i32 = 4002;

/// What proves who was asked.
const PROOF: usize = 3;

fn boot(fake: Fake) -> Fake {
    let boot = [1_600_000_000_i64.to_le_bytes(), [0; 8]].concat();
    fake.answer(Question::Sysctl(&[CTL_KERN, KERN_BOOTTIME]), boot)
}

/// A kernel with these three processes.
fn fake() -> Fake {
    [0, PID, ZOMBIE]
        .into_iter()
        .zip(RECORDS.chunks(KinfoProc::SIZE))
        .fold(boot(Fake::new()), |fake, (pid, record)| {
            fake.answer(records(&of_pid(pid)), record)
        })
}

fn of_pid(pid: i32) -> [i32; 4] {
    [CTL_KERN, KERN_PROC, KERN_PROC_PID, pid]
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
    [CTL_KERN, KERN_FILE, KERN_FILE_BYPID, pid]
}

fn files(mib: &[i32]) -> Question<'_> {
    Question::Records {
        mib,
        stride: KinfoFile::SIZE,
    }
}

fn arguments(kind: i32) -> [i32; 4] {
    [CTL_KERN, KERN_PROC_ARGS, PID, kind]
}

fn room(mib: &[i32], size: usize) -> Question<'_> {
    Question::Room { mib, size }
}

/// Texts as the kernel gives them.
fn texts(texts: &[&[u8]]) -> Vec<u8> {
    let mut at = 0x7f7f_0000_1000 + 8 * (texts.len() as u64 + 1);
    let mut data = Vec::new();
    for text in texts {
        data.extend(at.to_le_bytes());
        at += text.len() as u64 + 1;
    }
    data.extend([0; 8]);
    for text in texts {
        data.extend([*text, &[0]].concat());
    }
    data
}

#[test]
fn threads_are_counted_where_nothing_says_how_many_there_are() {
    let mib = |pid| {
        [
            CTL_KERN,
            KERN_PROC,
            KERN_PROC_PID | KERN_PROC_SHOW_THREADS,
            pid,
        ]
    };
    let count = |fake: Fake, pid| {
        let (host, log) = fake.host();
        let target = target(&host, pid);
        let asked = log.lines().len();
        let row = read(target, Fields::NUM_THREADS).unwrap();
        (row.num_threads, log.lines().len() - asked)
    };
    let told = fake().answer(records(&mib(PID)), THREADS);
    assert_eq!(count(told, PID), (Ok(2), PROOF + 1 + PROOF));
    assert_eq!(count(fake(), ZOMBIE), (Err(Unavailable::Zombie), PROOF));
    let refused = fake().fail(records(&mib(PID)), libc::EPERM);
    assert_eq!(count(refused, PID).0, Err(Unavailable::Denied));
    let ended = fake().answer(records(&mib(PID)), []);
    assert_eq!(count(ended, PID).0, Err(Unavailable::Gone));
}

#[test]
fn a_kernel_with_shorter_records_is_unsupported() {
    let mib = files_of(PID);
    let (host, _) = fake().fail(files(&mib), libc::EINVAL).host();
    let old = target(&host, PID);
    let kind = |error: Error| error.kind();
    assert_eq!(kind(descriptors(old).unwrap_err()), ErrorKind::Unsupported);
    let row = read(old, Fields::NUM_FDS).unwrap();
    assert_eq!(
        row.num_fds,
        Err(Unavailable::Unsupported),
        "it is not ending"
    );
    let all = [CTL_KERN, KERN_PROC, KERN_PROC_KTHREAD, 0];
    let (host, _) = boot(Fake::new())
        .fail(records(&all), libc::EINVAL)
        .fail(records(&of_pid(PID)), libc::EINVAL)
        .host();
    assert_eq!(kind(pids(&host).unwrap_err()), ErrorKind::Unsupported);
    let error = identity(&host, Pid::new(4001)).unwrap_err();
    assert_eq!(kind(error), ErrorKind::Unsupported);
}

#[test]
fn descriptors_are_told_apart_and_have_no_paths() {
    let mib = files_of(PID);
    let (host, log) = fake().answer(files(&mib), FILES).host();
    let target = target(&host, PID);
    let asked = log.lines().len();
    let found = descriptors(target).unwrap();
    assert_eq!(log.lines().len() - asked, 1 + PROOF);
    let kinds: Vec<_> = found.iter().map(|d| (d.fd, d.kind.clone())).collect();
    let file = |deleted, size| DescriptorKind::File {
        path: "".into(),
        deleted,
        size: Some(size),
    };
    let directory = DescriptorKind::Directory {
        path: "".into(),
        deleted: false,
    };
    let name = "kqueue".into();
    assert_eq!(
        kinds,
        [
            (0, file(false, 5_000_000_000)),
            (1, file(true, 12)),
            (2, directory),
            (
                3,
                DescriptorKind::Socket {
                    inode: 0xffff_8000_1234_5678
                }
            ),
            (
                5,
                DescriptorKind::Pipe {
                    inode: 0xffff_8000_0000_1000
                }
            ),
            (6, DescriptorKind::Anonymous { name }),
        ]
    );
    let positions: Vec<_> = found.iter().map(|d| d.position).collect();
    assert_eq!(positions[..2], [4_294_967_297, 0]);
    assert_eq!(open_files(target).unwrap(), found[..2]);
    let row = read(target, Fields::NUM_FDS).unwrap();
    assert_eq!(row.num_fds.unwrap(), 6, "not its program and directory");
}

#[test]
fn nobody_asks_about_process_0_which_would_mean_everybody() {
    let (host, log) = fake().host();
    let kernel = target(&host, 0);
    assert_eq!(descriptors(kernel).unwrap(), []);
    assert_eq!(memory_maps(kernel).unwrap(), []);
    let row = read(kernel, Fields::NUM_FDS | Fields::CMDLINE | Fields::CWD).unwrap();
    assert_eq!(row.num_fds, Err(Unavailable::Unsupported));
    assert_eq!(row.cwd, Err(Unavailable::Unsupported));
    assert_eq!(row.cmdline.unwrap().len(), 0);
    let lines = log.lines();
    assert!(
        lines
            .iter()
            .all(|line| !line.contains("73") && !line.contains("80")),
        "{lines:?}"
    );
}

#[test]
fn what_is_over_or_denied_has_nothing() {
    let (of_zombie, mib) = (files_of(ZOMBIE), files_of(PID));
    let threads_of = [
        CTL_KERN,
        KERN_PROC,
        KERN_PROC_PID | KERN_PROC_SHOW_THREADS,
        ZOMBIE,
    ];
    let (host, _) = fake()
        .fail(files(&of_zombie), libc::ESRCH)
        .fail(files(&mib), libc::EPERM)
        .answer(records(&threads_of), &RECORDS[2 * 648..])
        .host();
    let zombie = target(&host, ZOMBIE);
    assert_eq!(descriptors(zombie).unwrap_err().kind(), ErrorKind::Zombie);
    assert_eq!(threads(zombie).unwrap_err().kind(), ErrorKind::Zombie);
    let error = descriptors(target(&host, PID)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    let row = read(zombie, Fields::CMDLINE | Fields::NUM_FDS).unwrap();
    assert_eq!(row.cmdline, Err(Unavailable::Zombie));
    assert_eq!(row.num_fds, Err(Unavailable::Zombie));
}

#[test]
fn each_detail_takes_one_question_and_the_program_is_not_told() {
    let of = arguments;
    let (host, log) = fake()
        .answer(room(&of(KERN_PROC_ARGV), 4096), texts(&[b"sh", b"-c", b""]))
        .answer(room(&of(KERN_PROC_ENV), 4096), texts(&[b"A=b", b"none"]))
        .answer(
            room(&[CTL_KERN, KERN_PROC_CWD, PID], 4096),
            *b"/home/alice\0",
        )
        .host();
    let target = target(&host, PID);
    let asked = log.lines().len();
    let fields = Fields::CMDLINE | Fields::ENVIRON | Fields::EXE | Fields::CWD;
    let row = read(target, fields).unwrap();
    assert_eq!(log.lines().len() - asked, PROOF + 3 + PROOF);
    assert_eq!(row.cmdline.unwrap(), ["sh", "-c", ""]);
    assert_eq!(row.environ.unwrap(), [("A".into(), "b".into())]);
    assert_eq!(row.cwd.unwrap(), std::path::Path::new("/home/alice"));
    // Nobody guesses it from the arguments.
    assert_eq!(row.exe, Err(Unavailable::Unsupported));
}

#[test]
fn arguments_get_the_room_that_they_take() {
    let argv = arguments(KERN_PROC_ARGV);
    let long = vec![b'x'; 100_000];
    let (host, log) = fake()
        .fail(room(&argv, 4096), libc::ENOMEM)
        .fail(room(&argv, 65_536), libc::ENOMEM)
        .fail(room(&argv, 524_288), libc::EBUSY)
        .answer(room(&argv, 524_288), texts(&[&long]))
        .host();
    let row = read(target(&host, PID), Fields::CMDLINE).unwrap();
    assert_eq!(row.cmdline.unwrap()[0].len(), 100_000);
    // So many texts as fill what a program may have: their pointers take
    // more.
    let short = |fake: Fake| {
        [4096, 65_536, 524_288].iter().fold(fake, |fake, &size| {
            fake.fail(room(&argv, size), libc::ENOMEM)
        })
    };
    let many = texts(&vec![&b""[..]; 524_288]);
    let most = room(&argv, 4_718_608);
    assert!(
        many.len() + 1 < 4_718_608,
        "the kernel wants more than that"
    );
    let (host, _) = short(fake()).answer(most, many).host();
    let row = read(target(&host, PID), Fields::CMDLINE).unwrap();
    assert_eq!(row.cmdline.unwrap().len(), 524_288);
    let (host, _) = short(fake()).fail(most, libc::ENOMEM).host();
    let row = read(target(&host, PID), Fields::CMDLINE).unwrap();
    assert_eq!(row.cmdline, Err(Unavailable::Malformed));
    let (host, _) = fake().fail(room(&argv, 4096), libc::EBUSY).host();
    let row = read(target(&host, PID), Fields::CMDLINE).unwrap();
    assert_eq!(row.cmdline, Err(Unavailable::Denied));
    assert!(log.lines().len() < 20);
}

#[test]
fn a_missing_detail_says_why() {
    let of = arguments;
    let (host, _) = fake()
        .fail(room(&of(KERN_PROC_ARGV), 4096), libc::EINVAL)
        .fail(room(&of(KERN_PROC_ENV), 4096), libc::EPERM)
        .fail(room(&[CTL_KERN, KERN_PROC_CWD, PID], 4096), libc::ENOENT)
        .host();
    let fields = Fields::CMDLINE | Fields::ENVIRON | Fields::CWD | Fields::CPU_AFFINITY;
    let row = read(target(&host, PID), fields).unwrap();
    assert_eq!(row.cmdline, Err(Unavailable::Zombie), "it is ending");
    assert_eq!(row.environ, Err(Unavailable::Denied));
    assert_eq!(row.cwd, Err(Unavailable::Unsupported), "it was removed");
    assert_eq!(row.cpu_affinity, Err(Unavailable::Unsupported));
    let error = set_cpu_affinity(target(&host, PID), &[0]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[test]
fn threads_have_their_own_names_and_times() {
    let mib = [
        CTL_KERN,
        KERN_PROC,
        KERN_PROC_PID | KERN_PROC_SHOW_THREADS,
        PID,
    ];
    let (host, log) = fake().answer(records(&mib), THREADS).host();
    let target = target(&host, PID);
    let asked = log.lines().len();
    let found = threads(target).unwrap();
    assert_eq!(log.lines().len() - asked, 1 + PROOF);
    let ids: Vec<_> = found.iter().map(|thread| thread.id).collect();
    assert_eq!(ids, [98_412, 231_001], "the process itself is none");
    let worker = &found[0];
    assert_eq!((&*worker.name, worker.nice), ("worker".as_ref(), 5));
    assert_eq!(worker.state, ProcessState::Sleeping);
    assert_eq!(worker.user.as_millis(), 1500);
    assert_eq!(worker.system.map(|time| time.as_millis()), Some(0));
}

/// The question for the mappings from this address on.
fn from<'a>(mib: &'a [i32], address: &'a [u8]) -> Question<'a> {
    Question::From {
        mib,
        from: address,
        size: 65_520,
    }
}

#[test]
fn a_long_list_of_mappings_is_asked_for_in_parts() {
    let stride = KinfoVmentry::SIZE;
    let mib = [CTL_KERN, KERN_PROC_VMMAP, PID];
    // 819 records have room in one answer.
    let part = |from: u64, count: u64| -> Vec<u8> {
        (from..from + count)
            .flat_map(|at| {
                let mut record = MAPS[..stride].to_vec();
                record[..8].copy_from_slice(&(at * 4096).to_le_bytes());
                record[8..16].copy_from_slice(&((at + 1) * 4096).to_le_bytes());
                record
            })
            .collect()
    };
    let next = (820_u64 * 4096).to_le_bytes();
    // The kernel's note about room, which ends where it begins, and is not the
    // end of the list.
    let mut rest = part(820, 3);
    let note = [&rest[..8], &rest[..8], &[0; 64]].concat();
    rest.splice(..0, note);
    let (host, log) = fake()
        .answer(from(&mib, &[0; 8]), part(1, 819))
        .answer(from(&mib, &next), rest)
        .host();
    let target = target(&host, PID);
    let asked = log.lines().len();
    let found = memory_maps(target).unwrap();
    assert_eq!(log.lines().len() - asked, 2 + PROOF);
    assert_eq!(found.len(), 822);
    assert!(found.windows(2).all(|pair| pair[0].end == pair[1].start));
}

#[test]
fn a_kernel_that_always_gives_the_same_mappings_is_not_asked_forever() {
    let mib = [CTL_KERN, KERN_PROC_VMMAP, PID];
    let same: Vec<u8> = MAPS[..80].repeat(819);
    let next = 0x24_0000_u64.to_le_bytes();
    let (host, _) = fake()
        .answer(from(&mib, &[0; 8]), same.clone())
        .answer(from(&mib, &next), same)
        .host();
    assert_eq!(memory_maps(target(&host, PID)).unwrap().len(), 2 * 819);
}

#[test]
fn mappings_have_rights_and_no_names_but_the_stack() {
    let mib = [CTL_KERN, KERN_PROC_VMMAP, PID];
    let (host, _) = fake().answer(from(&mib, &[0; 8]), MAPS).host();
    let found = memory_maps(target(&host, PID)).unwrap();
    let shown: Vec<String> = found
        .iter()
        .map(|map| map.permissions.to_string())
        .collect();
    assert_eq!(shown, ["r-xp", "---p", "rw-p"]);
    assert_eq!((&found[0].name, found[0].offset), (&None, 4096));
    assert_eq!(found[2].name.as_deref(), Some("[stack]".as_ref()));
    assert_eq!(found[2].usage.locked, Some(found[2].usage.size));
    let (host, _) = fake().fail(from(&mib, &[0; 8]), libc::EPERM).host();
    let error = memory_maps(target(&host, PID)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
}

#[test]
fn limits_are_those_of_the_caller_alone() {
    let own = Pid::current();
    let pid = i32::try_from(own.get()).unwrap();
    let mut record = RECORDS[648..2 * 648].to_vec();
    let at = KinfoProc::p_pid.offset();
    record[at..at + 4].copy_from_slice(&pid.to_le_bytes());
    let limit_of = |soft: u64, hard: u64| [soft.to_le_bytes(), hard.to_le_bytes()].concat();
    let endless = i64::MAX.unsigned_abs();
    let (host, log) = (0..9)
        .fold(fake(), |fake, number| {
            fake.answer(Question::OwnLimit(number), limit_of(7, endless))
        })
        .answer(records(&of_pid(pid)), record)
        .host();
    let me = target(&host, pid);
    let all = limits(me).unwrap();
    assert_eq!(all.len(), 9);
    assert!(all.iter().all(|(_, l)| (l.soft, l.hard) == (Some(7), None)));
    let new = ResourceLimit {
        soft: Some(5),
        hard: Some(6),
    };
    set_limit(me, Resource::OpenFiles, new).unwrap();
    let value = limit_of(5, 6);
    let wanted = format!("OwnLimit {{ resource: 8, value: {value:?} }}");
    assert_eq!(log.lines().last(), Some(&wanted));
    let error = limit(me, Resource::AddressSpace).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);

    let other = target(&host, PID);
    let asked = log.lines().len();
    for error in [
        limits(other).unwrap_err(),
        limit(other, Resource::OpenFiles).unwrap_err(),
        set_limit(other, Resource::OpenFiles, new).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert_eq!(error.pid(), Some(Pid::new(4001)));
    }
    let lines = log.lines().split_off(asked);
    assert!(
        lines.iter().all(|line| !line.contains("OwnLimit")),
        "{lines:?}"
    );
}

#[test]
fn promises_are_in_the_record() {
    let mut own = THREADS[..KinfoProc::SIZE].to_vec();
    let at = KinfoProc::p_login.offset();
    own[at..at + 5].copy_from_slice(b"alice");
    let (host, _) = boot(Fake::new()).answer(records(&of_pid(PID)), own).host();
    let found = setting(target(&host, PID)).unwrap();
    let pledge = found.pledge.unwrap();
    assert_eq!(pledge, Pledge::STDIO | Pledge::RPATH);
    assert_eq!(pledge.words().collect::<Vec<_>>(), ["stdio", "rpath"]);
    // Of the releases that had it.
    let pledge = Pledge::from_bits_retain(pledge.bits() | 0x10);
    assert_eq!(
        pledge.words().collect::<Vec<_>>(),
        ["stdio", "rpath", "tmppath"]
    );
    assert!(found.has_unveil && found.is_unveil_locked && !found.is_chrooted);
    assert_eq!(found.login_name.unwrap(), "alice");
    assert_eq!((found.emulation, found.routing_table), (None, 0));
}
