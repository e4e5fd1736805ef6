//! Processes in the moments and corners where values are easily wrong: dying,
//! dead, refused, hidden, oddly named.
#![cfg(target_os = "linux")]

use std::{
    process::Command,
    time::{Duration, Instant},
};

use oslens::{
    ErrorKind, Host, Unavailable,
    os::linux::ProcessExt as _,
    process::{self, DescriptorKind, Fields, Pid, Process, Sampler},
};
use oslens_testkit::{FixtureRoot, churn::Churn, here, ns::NsOptions, skip, zoo};

/// Runs this test again under strace, which makes system calls fail as an
/// older or stricter kernel would; `true` in that child.
fn under_fault(test: &str, fault: &str) -> Result<bool, String> {
    const CHILD: &str = "OSLENS_TEST_FAULT";
    if std::env::var_os(CHILD).is_some() {
        return Ok(true);
    }
    let output = Command::new("strace")
        .args(["-f", "-qq", "-o", "/dev/null", "-e"])
        .arg(format!("inject={fault}"))
        .arg("--")
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(CHILD, "1")
        .output()
        .map_err(|error| format!("strace cannot be run: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    if errors.contains("ptrace") || errors.contains("invalid argument") {
        return Err(format!("strace may not do this here: {}", errors.trim()));
    }
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}\n{errors}"
    );
    Ok(false)
}

macro_rules! under_fault {
    ($fault:expr) => {
        match under_fault(here!(), $fault) {
            Ok(true) => {}
            Ok(false) => return,
            Err(reason) => skip!("{reason}"),
        }
    };
}

#[test]
fn a_zombie_has_no_descriptors_and_no_score_by_any_way() {
    let zombie = zoo::zombie();
    let process = Process::open(zombie.pid()).unwrap();
    let kind = |error: oslens::Error| error.kind();
    assert_eq!(process.num_fds().map_err(kind), Err(ErrorKind::Zombie));
    assert_eq!(process.oom_score().map_err(kind), Err(ErrorKind::Zombie));
    let by_id = Process::from_id(process.id());
    assert_eq!(by_id.num_fds().map_err(kind), Err(ErrorKind::Zombie));
    assert_eq!(by_id.oom_score().map_err(kind), Err(ErrorKind::Zombie));
    let mut threaded = zoo::threaded(&[b"a"]);
    threaded.leader_exits();
    let process = Process::open(threaded.pid()).unwrap();
    assert_eq!(process.num_fds().map_err(kind), Err(ErrorKind::Zombie));
}

#[test]
fn what_a_dying_process_lost_is_gone_and_not_zero() {
    let _churn = Churn::start(1000);
    let end = Instant::now() + Duration::from_secs(3);
    let without_stat = Fields::MEMORY_INFO | Fields::ENVIRON | Fields::CMDLINE | Fields::NUM_FDS;
    while Instant::now() < end {
        for fields in [Fields::all(), Fields::TABLE | Fields::CMDLINE, without_stat] {
            // Kernel threads have none of it, truly; they are children of 2,
            // and may end as well.
            let is_kernel = |row: &process::ProcessRow| {
                row.pid.get() == 2
                    || row.ppid == Ok(Pid::new(2))
                    || std::fs::read_to_string(format!("/proc/{}/status", row.pid))
                        .is_ok_and(|status| status.contains("PPid:\t2\n"))
            };
            for row in process::list(fields).unwrap() {
                // A program that is just being started has memory, and no
                // arguments yet.
                let no_memory = row.vms == Ok(0);
                let is_bare = no_memory
                    || row.num_threads == Ok(0)
                    || row.ppid == Ok(Pid::new(0)) && row.pid.get() > 2;
                assert!(!is_bare || is_kernel(&row), "{row:?}");
            }
        }
    }
}

#[test]
fn users_are_known_where_the_kernel_hides_them_from_a_handle() {
    // Linux 6.13 answers so for processes whose parent is in no namespace
    // of the caller's.
    under_fault!("ioctl:error=ESRCH");
    let me = Process::current().unwrap();
    let uids = me.uids().unwrap();
    assert_eq!(uids.effective, me.effective_uid().unwrap());
    let rows = process::list(Fields::UIDS).unwrap();
    let row = rows.iter().find(|row| row.pid == me.pid()).unwrap();
    assert_eq!(row.uids, Ok(uids));
    assert!(rows.iter().all(|row| row.uids != Err(Unavailable::Gone)));
}

#[test]
fn a_sampler_knows_its_processes_again_on_a_kernel_without_handle_questions() {
    under_fault!("ioctl:error=ENOTTY");
    let specimen = zoo::sleeper();
    let mut sampler = Sampler::new(Fields::UIDS);
    for round in 0..3 {
        let sample = sampler.sample().unwrap();
        let row = sample.get(specimen.pid()).unwrap();
        assert!(row.start.is_known() && row.uids.is_ok(), "{row:?}");
        assert_eq!(sample.previous(row).is_some(), round > 0);
    }
}

#[test]
fn what_does_not_exist_is_not_denied_to_strangers() {
    let _zombie = zoo::zombie();
    oslens_testkit::in_namespaces!(NsOptions::new().uid(zoo::NOBODY));
    let Some(pid) = zombie_of_another() else {
        skip!("no zombie of another user is visible");
    };
    let zombie = Process::open(pid).unwrap();
    assert_eq!(zombie.exe().unwrap_err().kind(), ErrorKind::Zombie);
    assert_eq!(zombie.environ().unwrap_err().kind(), ErrorKind::Zombie);
    assert_eq!(zombie.cwd().unwrap_err().kind(), ErrorKind::Zombie);
    let rows = process::list(Fields::NAME | Fields::PPID).unwrap();
    if let Some(kernel) = rows.iter().find(|row| row.ppid == Ok(Pid::new(2))) {
        let kernel = Process::from_id(kernel.id());
        assert_eq!(kernel.exe().unwrap(), None);
        assert_eq!(kernel.environ().unwrap(), []);
        let kernel = Process::open(kernel.pid()).unwrap();
        assert_eq!(kernel.exe().unwrap(), None);
        assert_eq!(kernel.memory_footprint().unwrap().uss, 0);
    }
}

fn zombie_of_another() -> Option<Pid> {
    let rows = process::list(Fields::STATE | Fields::EFFECTIVE_UID).unwrap();
    rows.iter()
        .find(|row| row.state == Ok(process::State::Zombie) && row.effective_uid == Ok(0))
        .map(|row| row.pid)
}

#[test]
fn the_deleted_remark_is_dropped_unless_it_is_the_name() {
    let home = oslens_testkit::FixtureRoot::new()
        .dir("gone")
        .dir("kept (deleted)");
    let of = |name: &str| {
        let dir = home.join(name);
        let specimen = zoo::Builder::new().cwd(&dir).spawn();
        (dir, specimen)
    };
    let (gone, specimen) = of("gone");
    std::fs::remove_dir(&gone).unwrap();
    let process = Process::open(specimen.pid()).unwrap();
    assert_eq!(process.cwd().unwrap(), gone);
    let (kept, specimen) = of("kept (deleted)");
    let process = Process::open(specimen.pid()).unwrap();
    assert_eq!(process.cwd().unwrap(), kept);

    let specimen = zoo::Builder::new().exe_name("x (deleted)").spawn();
    let exe = Process::open(specimen.pid()).unwrap().exe().unwrap();
    assert_eq!(exe.as_deref(), Some(specimen.exe()));
    // Another file with the very name that the kernel shows changes nothing.
    let specimen = zoo::deleted_executable();
    let mut remarked = specimen.exe().as_os_str().to_owned();
    remarked.push(" (deleted)");
    let _ = std::fs::create_dir_all(specimen.exe().parent().unwrap());
    std::fs::write(&remarked, b"").unwrap();
    let exe = Process::open(specimen.pid()).unwrap().exe().unwrap();
    std::fs::remove_file(&remarked).unwrap();
    assert_eq!(exe.as_deref(), Some(specimen.exe()));
}

#[test]
fn a_path_that_is_too_long_for_the_kernel_is_not_no_executable() {
    under_fault!("readlinkat:error=ENAMETOOLONG");
    let me = Process::from_id(process_id());
    let error = me.exe().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
}

fn process_id() -> process::ProcessId {
    let rows = process::list(Fields::START).unwrap();
    let me = rows.iter().find(|row| row.pid == Pid::current());
    me.unwrap().id()
}

#[test]
fn a_thread_is_not_opened_as_a_process() {
    let specimen = zoo::threaded(&[b"a"]);
    let process = Process::open(specimen.pid()).unwrap();
    let threads = process.threads().unwrap();
    let thread = threads
        .iter()
        .find(|thread| thread.id != u64::from(specimen.pid()));
    let thread = u32::try_from(thread.unwrap().id).unwrap();
    let kind = |host: &Host| host.process(thread).map(|_| ()).unwrap_err().kind();
    assert_eq!(kind(Host::local()), ErrorKind::NoSuchProcess);
    // Without handles, too.
    let other = Host::builder().proc("/proc").build();
    assert_eq!(kind(&other), ErrorKind::NoSuchProcess);
    assert!(other.process(specimen.pid()).is_ok());
}

#[test]
fn a_position_in_the_upper_half_of_the_addresses_is_told() {
    use std::io::{Seek as _, SeekFrom};
    const VSYSCALL: u64 = 0xffff_ffff_ff60_0000;
    let mut memory = std::fs::File::open("/proc/self/mem").unwrap();
    // std takes the answer for an error; the kernel has moved all the same.
    let _ = memory.seek(SeekFrom::Start(VSYSCALL));
    let open = Process::current().unwrap().descriptors().unwrap();
    let number = std::os::fd::AsRawFd::as_raw_fd(&memory) as u32;
    let memory = open.iter().find(|open| open.fd == number).unwrap();
    assert_eq!(memory.position, VSYSCALL);
}

#[test]
fn a_parent_that_is_not_told_is_an_error_and_not_none() {
    oslens_testkit::in_namespaces!(NsOptions::new().pid().hidepid(1).uid(zoo::NOBODY));
    let rows = process::list(Fields::PPID).unwrap();
    let Some(stranger) = rows.iter().find(|row| row.ppid == Err(Unavailable::Denied)) else {
        skip!("no process of another user is visible");
    };
    let stranger = Process::from_id(stranger.id());
    assert_eq!(
        stranger.parent().unwrap_err().kind(),
        ErrorKind::AccessDenied
    );
}

#[test]
fn a_sandbox_that_forbids_signals_does_not_keep_the_dead_alive() {
    under_fault!("pidfd_send_signal:error=EPERM");
    let mut specimen = zoo::sleeper();
    let process = Process::open(specimen.pid()).unwrap();
    assert!(process.pidfd().is_none());
    assert!(process.is_running().unwrap());
    specimen.kill_unreaped();
    specimen.reap();
    assert!(!process.is_running().unwrap());
    let error = process.set_nice(3).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSuchProcess);
}

#[test]
fn the_user_in_a_captured_root_is_not_the_one_who_copied_it() {
    let root = FixtureRoot::new()
        .file(
            "proc/4/stat",
            b"4 (a) S 1 4 4 0 -1 0 1 2 3 4 1 1 0 0 9 0 1 0 5 6553 3\n",
        )
        .file("proc/4/status", b"Tgid:\t4\nUid:\t5\t6\t7\t8\n");
    let host = Host::builder().root(root.path()).build();
    let rows = host.processes(Fields::TABLE).unwrap();
    assert_eq!(rows[0].effective_uid, Ok(6));
    let process = host.process(4u32).unwrap();
    assert_eq!(process.effective_uid().unwrap(), 6);
}

#[test]
fn a_line_of_a_process_that_is_being_collected_is_no_row() {
    let root = FixtureRoot::new()
        .file(
            "proc/4/stat",
            b"4 (a) X 0 -1 -1 0 -1 0 0 0 0 0 0 0 0 0 0 0 0 0 5 0 0\n",
        )
        .file(
            "proc/5/stat",
            b"5 (a) S 1 4 4 0 -1 0 1 2 3 4 1 1 0 0 9 0 1 0 5 6553 3\n",
        );
    let host = Host::builder().root(root.path()).build();
    let rows = host.processes(Fields::PPID).unwrap();
    assert_eq!(
        rows.iter().map(|row| row.pid.get()).collect::<Vec<_>>(),
        [5]
    );
}

#[test]
fn a_file_system_that_does_not_answer_hides_its_own_files_only() {
    // The first one is rustix's, which tries whether there is such a call.
    under_fault!("statx:error=ENOTCONN:when=2+");
    let link = std::env::current_exe().unwrap();
    let _file = std::fs::File::open(&link).unwrap();
    let _socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let me = Process::current().unwrap();
    let open = me.descriptors().unwrap();
    assert!(
        open.iter()
            .any(|open| matches!(&open.kind, DescriptorKind::Other { link: l } if **l == *link))
    );
    let is_socket = |kind: &DescriptorKind| matches!(kind, DescriptorKind::Socket { .. });
    assert!(open.iter().any(|open| is_socket(&open.kind)));
    assert!(me.open_files().unwrap().is_empty());
}

#[test]
fn a_long_name_with_blanks_is_recovered() {
    for (name, args) in [
        ("a long program's name", &[][..]),
        ("another long name", &["-x"]),
    ] {
        let program = format!("/opt/b c/{name}");
        let specimen = zoo::Builder::new()
            .exe_name(name)
            .arg0(program)
            .args(args)
            .spawn();
        let process = Process::open(specimen.pid()).unwrap();
        assert_eq!(process.name().unwrap(), name);
    }
    // What follows a name of just 15 bytes is no part of it.
    // The title takes the place of the arguments.
    let mut specimen = zoo::Builder::new().args(["room for it"]).spawn();
    specimen.rename(b"just15bytesare!");
    specimen.set_title(b"just15bytesare! worker");
    let process = Process::open(specimen.pid()).unwrap();
    assert_eq!(process.name().unwrap(), "just15bytesare!");
}
