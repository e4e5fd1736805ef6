//! Against a kernel that gives the answers that C made of its headers.

use std::time::Instant;

use super::*;
use crate::{
    ErrorKind, Host, Unavailable,
    parse::layout::freebsd::process::{
        KERN_PROC_ARGS, KERN_PROC_CWD, KERN_PROC_ENV, KERN_PROC_FILEDESC, KERN_PROC_INC_THREAD,
        KERN_PROC_PATHNAME, KERN_PROC_RLIMIT, KERN_PROC_UMASK, KERN_PROC_VMMAP, KfFile, KinfoFile,
    },
    process::{AccessMode, DescriptorKind, Pid, Resource, ResourceLimit, State as ProcessState},
    sys::{kernel::fake::Fake, process::Target},
};

mod maps;

const RECORDS: &[u8] = include_bytes!("../../../parse/kinfo/fixtures/freebsd_kinfo_proc.bin");
const FILES: &[u8] = include_bytes!("../../../parse/freebsd/fixtures/freebsd_open_files.bin");
const THREADS: &[u8] = include_bytes!("../../../parse/freebsd/fixtures/freebsd_threads.bin");
const CPUS: &[u8] = include_bytes!("../../../parse/freebsd/fixtures/freebsd_cpuset.bin");

const RECORD: usize = 1088;
const PID: i32 = 70001;

fn record(at: usize) -> &'static [u8] {
    &RECORDS[at * RECORD..(at + 1) * RECORD]
}

/// The PID in the record of the process that has ended.
fn zombie() -> i32 {
    kinfo::freebsd::processes(record(2), Endian::Little)
        .next()
        .unwrap()
        .unwrap()
        .pid
}

/// What proves who was asked.
const PROOF: usize = 3;

/// A kernel with these three processes.
fn fake() -> Fake {
    let mut boot = 1_600_000_000_i64.to_le_bytes().to_vec();
    boot.extend([0; 8]);
    [(0, 0), (PID, 1), (zombie(), 2)].into_iter().fold(
        Fake::new().answer(Question::Sysctl(&[CTL_KERN, KERN_BOOTTIME]), boot),
        |fake, (pid, at)| {
            let mib = [CTL_KERN, KERN_PROC, KERN_PROC_PID, pid];
            fake.answer(Question::Sysctl(&mib), record(at))
        },
    )
}

fn mib(question: i32) -> [i32; 4] {
    [CTL_KERN, KERN_PROC, question, PID]
}

fn target(host: &Host, pid: i32) -> Target<'_> {
    Target {
        host,
        id: identity(host, Pid::new(pid.unsigned_abs())).unwrap(),
        handle: None,
        proof: None,
    }
}

fn row(host: &Host, fields: Fields) -> ProcessRow {
    read(target(host, PID), fields).unwrap()
}

#[test]
fn descriptors_are_told_apart_and_what_has_none_is_not_among_them() {
    let numbers = mib(KERN_PROC_FILEDESC);
    let question = Question::Sysctl(&numbers);
    let (host, log) = fake().answer(question, FILES).host();
    let target = target(&host, PID);
    let asked = log.lines().len();
    let found = descriptors(target).unwrap();
    assert_eq!(log.lines().len() - asked, 1 + PROOF);
    let fds: Vec<_> = found.iter().map(|descriptor| descriptor.fd).collect();
    assert_eq!(fds, [0, 1, 2, 3, 5, 6]);
    let kinds: Vec<_> = found.iter().map(|descriptor| &descriptor.kind).collect();
    assert_eq!(
        kinds,
        [
            &DescriptorKind::File {
                path: "/var/log/messages".into(),
                deleted: false,
                size: Some(5_000_000_000)
            },
            &DescriptorKind::File {
                path: "".into(),
                deleted: true,
                size: Some(12)
            },
            &DescriptorKind::Directory {
                path: "/tmp".into(),
                deleted: false
            },
            &DescriptorKind::Socket {
                inode: 0xffff_f800_1234_5678
            },
            &DescriptorKind::Pipe {
                inode: 0xffff_f800_0000_1000
            },
            &DescriptorKind::Anonymous {
                name: "kqueue".into()
            },
        ]
    );
    let modes: Vec<_> = found.iter().map(|d| (d.mode, d.flags)).collect();
    assert_eq!(
        modes[..3],
        [
            (AccessMode::ReadWrite, 2),
            (AccessMode::Append, 1 | 8),
            (AccessMode::Read, 0)
        ]
    );
    assert_eq!(modes[4], (AccessMode::Read, 4), "O_NONBLOCK");
    assert_eq!((found[0].position, found[3].position), (4_294_967_297, 0));
    let files = open_files(target).unwrap();
    assert_eq!(files, found[..2]);
}

#[test]
fn nothing_is_called_deleted_by_a_kernel_that_does_not_count_names() {
    let mut files = FILES.to_vec();
    let at = KinfoFile::kf_un
        .like::<KfFile>()
        .then(KfFile::kf_file_nlink)
        .offset();
    for file in files.chunks_exact_mut(1392) {
        // Not where a socket has its addresses.
        if file[4] == 1 {
            file[at..at + 8].fill(0);
        }
    }
    let numbers = mib(KERN_PROC_FILEDESC);
    let question = Question::Sysctl(&numbers);
    let (host, _) = fake().answer(question, files).host();
    let found = open_files(target(&host, PID)).unwrap();
    assert_eq!(found.len(), 2);
    for file in found {
        let DescriptorKind::File { deleted, .. } = file.kind else {
            panic!("{file:?}");
        };
        assert!(!deleted);
    }
}

#[test]
fn a_file_that_does_not_answer_is_not_called_deleted() {
    let mut files = FILES.to_vec();
    // The deleted one: nothing is left of what its file system told.
    let at = 4 * 1392 + KinfoFile::kf_un.offset();
    let size = KfFile::kf_file_size.offset();
    files[at + size..at + size + 8].fill(0);
    let numbers = mib(KERN_PROC_FILEDESC);
    let question = Question::Sysctl(&numbers);
    let status = 4 * 1392 + KinfoFile::kf_status.offset();
    for (valid, expected) in [(0, false), (1, true)] {
        files[status] = valid;
        let (host, _) = fake().answer(question, files.clone()).host();
        let found = open_files(target(&host, PID)).unwrap();
        let DescriptorKind::File { deleted, size, .. } = found[1].kind else {
            panic!("{found:?}");
        };
        assert_eq!((deleted, size), (expected, expected.then_some(0)));
    }
}

#[test]
fn who_may_not_ask_is_denied_and_what_is_over_has_nothing() {
    let zombie = zombie();
    let of = |pid| [CTL_KERN, KERN_PROC, KERN_PROC_FILEDESC, pid];
    let (host, _) = fake()
        .fail(Question::Sysctl(&of(PID)), libc::EPERM)
        .fail(Question::Sysctl(&of(zombie)), libc::ESRCH)
        .fail(Question::Sysctl(&of(0)), libc::EPERM)
        .fail(Question::Sysctl(&mib(KERN_PROC_VMMAP)), libc::EPERM)
        .host();
    let error = descriptors(target(&host, PID)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert_eq!(error.pid(), Some(Pid::new(70001)));
    assert_eq!(error.process_name(), Some("nineteen-characters".as_ref()));
    let error = memory_maps(target(&host, PID)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    let error = descriptors(target(&host, zombie)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Zombie);
    assert_eq!(descriptors(target(&host, 0)).unwrap(), []);
}

#[test]
fn an_answer_about_another_process_is_never_given() {
    let numbers = mib(KERN_PROC_FILEDESC);
    let question = Question::Sysctl(&numbers);
    let mut other = record(1).to_vec();
    let start = crate::parse::layout::freebsd::process::KinfoProc::ki_start.offset();
    let (host, _) = fake().answer(question, FILES).host();
    let id = target(&host, PID).id;
    other[start] ^= 1;
    let question = Question::Sysctl(&[CTL_KERN, KERN_PROC, KERN_PROC_PID, PID]);
    let boot = [1_600_000_000_i64.to_le_bytes(), [0; 8]].concat();
    let (host, _) = Fake::new()
        .answer(question, other)
        .answer(Question::Sysctl(&[CTL_KERN, KERN_BOOTTIME]), boot)
        .host();
    let meant = Target {
        host: &host,
        id,
        handle: None,
        proof: None,
    };
    for error in [
        descriptors(meant).unwrap_err(),
        threads(meant).unwrap_err(),
        memory_maps(meant).unwrap_err(),
        limits(meant).unwrap_err(),
        setting(meant).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Reused);
    }
}

#[test]
fn each_detail_takes_one_question() {
    let (host, log) = fake()
        .answer(Question::Sysctl(&mib(KERN_PROC_ARGS)), *b"sh\0-c\0\0")
        .answer(
            Question::Sysctl(&mib(KERN_PROC_ENV)),
            *b"A=b=c\0nothing\0D=\0",
        )
        .answer(Question::Sysctl(&mib(KERN_PROC_PATHNAME)), *b"/bin/sh\0")
        .answer(
            Question::Sysctl(&mib(KERN_PROC_CWD)),
            &FILES[1392..2 * 1392],
        )
        .answer(Question::CpuSet { pid: PID }, CPUS)
        .host();
    let target = target(&host, PID);
    let asked = log.lines().len();
    let fields =
        Fields::CMDLINE | Fields::ENVIRON | Fields::EXE | Fields::CWD | Fields::CPU_AFFINITY;
    let row = read(target, fields).unwrap();
    assert_eq!(log.lines().len() - asked, PROOF + 5 + PROOF);
    assert_eq!(row.cmdline.unwrap(), ["sh", "-c", ""]);
    let variables = row.environ.unwrap();
    assert_eq!(
        variables,
        [("A".into(), "b=c".into()), ("D".into(), "".into())]
    );
    assert_eq!(row.exe.unwrap().unwrap(), std::path::Path::new("/bin/sh"));
    assert_eq!(row.cwd.unwrap(), std::path::Path::new("/home/alice"));
    assert_eq!(row.cpu_affinity.unwrap(), [3, 9, 70]);
}

#[test]
fn directories_and_the_number_of_descriptors_come_in_one_answer() {
    let numbers = mib(KERN_PROC_FILEDESC);
    let question = Question::Sysctl(&numbers);
    let (host, log) = fake().answer(question, FILES).host();
    let target = target(&host, PID);
    let asked = log.lines().len();
    let row = read(target, Fields::CWD | Fields::ROOT | Fields::NUM_FDS).unwrap();
    assert_eq!(log.lines().len() - asked, PROOF + 1 + PROOF);
    assert_eq!(row.cwd.unwrap(), std::path::Path::new("/home/alice"));
    assert_eq!(row.root.unwrap(), std::path::Path::new("/"));
    assert_eq!(row.num_fds.unwrap(), 6);
}

#[test]
fn a_missing_detail_says_why() {
    let (host, _) = fake()
        .answer(Question::Sysctl(&mib(KERN_PROC_ARGS)), [])
        .fail(Question::Sysctl(&mib(KERN_PROC_ENV)), libc::EPERM)
        .fail(Question::Sysctl(&mib(KERN_PROC_PATHNAME)), libc::ENOENT)
        .answer(Question::Sysctl(&mib(KERN_PROC_CWD)), [0; 7])
        .fail(Question::Sysctl(&mib(KERN_PROC_FILEDESC)), libc::EPERM)
        .host();
    let all = FIELDS_OF_FILES | Fields::CMDLINE | Fields::ENVIRON | Fields::EXE;
    let found = row(&host, all);
    assert_eq!(found.cmdline.unwrap().len(), 0);
    assert_eq!(found.environ, Err(Unavailable::Denied));
    assert_eq!(found.exe, Ok(None), "the kernel has forgotten its path");
    assert_eq!(found.root, Err(Unavailable::Denied));
    assert_eq!(found.num_fds, Err(Unavailable::Denied));
    assert_eq!(row(&host, Fields::CWD).cwd, Err(Unavailable::Malformed));
    let unsupported = row(&host, Fields::MEMORY_FOOTPRINT | Fields::IONICE);
    assert_eq!(unsupported.memory_footprint, Err(Unavailable::Unsupported));
    assert_eq!(unsupported.ionice, Err(Unavailable::Unsupported));
}

const FIELDS_OF_FILES: Fields = Fields::ROOT.union(Fields::NUM_FDS);

#[test]
fn the_kernel_and_the_dead_have_no_arguments() {
    let (host, log) = fake().host();
    let now = Instant::now();
    let mut of_kernel = ProcessRow::empty(Pid::new(0), now);
    let process = kinfo::freebsd::processes(record(0), Endian::Little);
    let process = process.into_iter().next().unwrap().unwrap();
    let fields = Fields::CMDLINE | Fields::ENVIRON;
    let kernel = host.kernel().unwrap();
    FreeBsd::put_details(kernel, &process, &mut of_kernel, fields, &mut Vec::new());
    assert_eq!(of_kernel.cmdline.unwrap().len(), 0);
    assert_eq!(of_kernel.environ.unwrap().len(), 0);
    assert_eq!(log.lines().len(), 0);
    let dead = read(target(&host, zombie()), fields).unwrap();
    assert_eq!(dead.cmdline, Err(Unavailable::Zombie));
}

#[test]
fn init_is_a_program_though_the_kernel_treats_it_as_its_own() {
    use crate::parse::layout::freebsd::process::{KinfoProc, P_SYSTEM};
    let mut init = record(1).to_vec();
    let flags = KinfoProc::ki_flag.offset();
    init[flags..flags + 8].copy_from_slice(&i64::from(P_SYSTEM).to_le_bytes());
    let boot = [1_600_000_000_i64.to_le_bytes(), [0; 8]].concat();
    let question = [CTL_KERN, KERN_PROC, KERN_PROC_PID, PID];
    let (host, _) = Fake::new()
        .answer(Question::Sysctl(&question), init)
        .answer(Question::Sysctl(&[CTL_KERN, KERN_BOOTTIME]), boot)
        .answer(Question::Sysctl(&mib(KERN_PROC_ARGS)), *b"/sbin/init\0")
        .fail(Question::Sysctl(&mib(KERN_PROC_FILEDESC)), libc::EPERM)
        .host();
    assert_eq!(row(&host, Fields::CMDLINE).cmdline.unwrap(), ["/sbin/init"]);
    let error = descriptors(target(&host, PID)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
}

#[test]
fn threads_have_their_own_names_and_times() {
    let numbers = mib(KERN_PROC_PID | KERN_PROC_INC_THREAD);
    let question = Question::Sysctl(&numbers);
    let (host, log) = fake().answer(question, THREADS).host();
    let target = target(&host, PID);
    let asked = log.lines().len();
    let found = threads(target).unwrap();
    assert_eq!(log.lines().len() - asked, 1 + PROOF);
    assert_eq!(found.len(), 2);
    assert_eq!(
        (found[0].id, found[0].name.to_str()),
        (100_321, Some("main"))
    );
    assert_eq!(found[0].cpu_num, Some(3));
    let worker = &found[1];
    assert_eq!(worker.name, "a-worker-of-the-pol");
    assert_eq!(worker.state, ProcessState::Sleeping);
    assert_eq!((worker.user.as_millis(), worker.nice), (1500, 5));
    assert_eq!(worker.system.unwrap().as_millis(), 250);
    assert!(!worker.start.is_known());
}

fn rlimit(soft: u64, hard: u64) -> Vec<u8> {
    [soft.to_le_bytes(), hard.to_le_bytes()].concat()
}

#[test]
fn limits_are_told_of_every_process() {
    let of = |number| [CTL_KERN, KERN_PROC, KERN_PROC_RLIMIT, PID, number];
    let endless = u64::try_from(i64::MAX).unwrap();
    let (host, log) = (0..15)
        .fold(fake(), |fake, number| {
            fake.answer(Question::Sysctl(&of(number)), rlimit(1, endless))
        })
        .answer(Question::Sysctl(&of(8)), rlimit(100, 200))
        .fail(Question::Sysctl(&of(15)), libc::EINVAL)
        .host();
    let target = target(&host, PID);
    let asked = log.lines().len();
    let all = limits(target).unwrap();
    assert_eq!(log.lines().len() - asked, 16 + PROOF);
    // An older kernel has no limit of pipes.
    assert_eq!(all.len(), 15);
    let (resource, found) = all[0];
    assert_eq!(resource, Resource::CpuTime);
    assert_eq!((found.soft, found.hard), (Some(1), None));
    let error = limit(target, Resource::PipeBuffers).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    let error = limit(target, Resource::FileLocks).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[test]
fn a_limit_is_set_after_a_last_look_at_whose_it_is() {
    let (host, log) = fake().host();
    let target = target(&host, PID);
    let asked = log.lines().len();
    let limit = ResourceLimit {
        soft: Some(10),
        hard: None,
    };
    set_limit(target, Resource::OpenFiles, limit).unwrap();
    let lines = log.lines().split_off(asked);
    let value = rlimit(10, u64::try_from(i64::MAX).unwrap());
    assert_eq!(
        lines[PROOF],
        format!("Sysctl {{ mib: [1, 14, 37, 70001, 8], value: {value:?} }}")
    );
    assert_eq!(lines.len(), PROOF + 1 + PROOF);
    // The kernel would lower the soft one without a word.
    let asked = log.lines().len();
    for limit in [
        ResourceLimit {
            soft: None,
            hard: Some(10),
        },
        ResourceLimit {
            soft: Some(1 << 63),
            hard: None,
        },
        ResourceLimit {
            soft: Some(i64::MAX.unsigned_abs()),
            hard: None,
        },
    ] {
        let error = set_limit(target, Resource::OpenFiles, limit).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{limit:?}");
    }
    assert_eq!(log.lines().len(), asked);
}

#[test]
fn a_refused_change_is_denied() {
    let mut fake = fake().answer(Question::CpuSet { pid: PID }, CPUS);
    fake.refusal = Some(libc::EPERM);
    let (host, _) = fake.host();
    let target = target(&host, PID);
    let limit = ResourceLimit {
        soft: Some(1),
        hard: Some(1),
    };
    let error = set_limit(target, Resource::OpenFiles, limit).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert_eq!(error.pid(), Some(Pid::new(70001)));
    let error = set_cpu_affinity(target, &[0]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
}

#[test]
fn a_set_of_cpus_is_as_large_as_the_kernels() {
    let (host, log) = fake().answer(Question::CpuSet { pid: PID }, CPUS).host();
    let of = target(&host, PID);
    set_cpu_affinity(of, &[70, 0]).unwrap();
    let mut set = [0; 128];
    (set[0], set[8]) = (1, 1 << 6);
    let wanted = format!("CpuSet {{ pid: 70001, set: {set:?} }}");
    assert!(log.lines().contains(&wanted), "{:#?}", log.lines());
    for wrong in [&[][..], &[1024], &[u32::MAX]] {
        let error = set_cpu_affinity(of, wrong).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{wrong:?}");
    }
    let mut fake = fake().answer(Question::CpuSet { pid: PID }, CPUS);
    fake.refusal = Some(libc::EDEADLK);
    let (host, _) = fake.host();
    let error = set_cpu_affinity(target(&host, PID), &[500]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "it is not there");
}

#[test]
fn the_jail_and_the_class_are_in_the_record() {
    let question = Question::Sysctl(&[CTL_KERN, KERN_PROC, KERN_PROC_PID, PID]);
    let mut own = THREADS[..RECORD].to_vec();
    own[..4].copy_from_slice(&1088_i32.to_le_bytes());
    let boot = [1_600_000_000_i64.to_le_bytes(), [0; 8]].concat();
    let (host, _) = Fake::new()
        .answer(question, own)
        .answer(Question::Sysctl(&[CTL_KERN, KERN_BOOTTIME]), boot)
        .answer(Question::Sysctl(&mib(KERN_PROC_UMASK)), [0o22, 0])
        .host();
    let target = target(&host, PID);
    let found = setting(target).unwrap();
    assert_eq!(found.jail, Some(7));
    assert_eq!(found.tracer, Some(Pid::new(900)));
    assert_eq!((found.routing_table, found.in_capability_mode), (2, true));
    assert_eq!(found.emulation.unwrap(), "FreeBSD ELF64");
    assert_eq!(found.login_class.unwrap(), "daemon");
    assert_eq!((found.login_name, found.wait_channel), (None, None));
    assert_eq!(umask(target).unwrap(), 0o22);
}

#[test]
fn the_umask_of_the_caller_is_not_that_of_the_kernel() {
    let question = [CTL_KERN, KERN_PROC, KERN_PROC_UMASK, 0];
    let (host, _) = fake().answer(Question::Sysctl(&question), [0o22, 0]).host();
    let error = umask(target(&host, 0)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    // Nobody looks into one that is loading another program, for a moment.
    let numbers = mib(KERN_PROC_UMASK);
    let question = Question::Sysctl(&numbers);
    let (host, _) = fake()
        .fail(question, libc::EBUSY)
        .answer(question, [0o77, 0])
        .host();
    assert_eq!(umask(target(&host, PID)).unwrap(), 0o77);
}

#[test]
fn groups_that_have_no_room_in_the_record_are_asked_for() {
    use crate::parse::layout::freebsd::process::{
        KERN_PROC_GROUPS, KI_CRF_GRP_OVERFLOW, KinfoProc,
    };
    let mut many = record(1).to_vec();
    let at = KinfoProc::ki_cr_flags.offset();
    many[at..at + 4].copy_from_slice(&KI_CRF_GRP_OVERFLOW.to_le_bytes());
    let groups: Vec<u8> = (100_u32..120).flat_map(u32::to_le_bytes).collect();
    let boot = [1_600_000_000_i64.to_le_bytes(), [0; 8]].concat();
    let kernel = |groups: Vec<u8>| {
        let question = [CTL_KERN, KERN_PROC, KERN_PROC_PID, PID];
        let fake = Fake::new()
            .answer(Question::Sysctl(&question), many.clone())
            .answer(Question::Sysctl(&[CTL_KERN, KERN_BOOTTIME]), boot.clone())
            .answer(Question::Sysctl(&mib(KERN_PROC_GROUPS)), groups);
        fake.host().0
    };
    // The first is the effective one.
    let found = row(&kernel(groups.clone()), Fields::GROUPS).groups.unwrap();
    assert_eq!(found, (101..120).collect::<Vec<_>>());
    let cut = row(&kernel(groups[..7].to_vec()), Fields::GROUPS);
    assert_eq!(cut.groups, Err(Unavailable::Malformed));
    // All others are in the record.
    let (host, log) = fake().host();
    row(&host, Fields::GROUPS).groups.unwrap();
    assert!(log.lines().iter().all(|line| !line.contains("34")));
}
