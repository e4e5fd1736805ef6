//! The table of processes and every field of a row.

use std::{
    ffi::{OsStr, OsString},
    os::unix::ffi::OsStrExt as _,
    path::Path,
    time::{Duration, SystemTime},
};

use oslens::{
    ErrorKind, Unavailable,
    process::{CgroupPath, Fields, Pid, ProcessRow, State},
};

use crate::{KIB, Machine, machine, ticks};

fn rows(machine: &Machine) -> Vec<ProcessRow> {
    machine.processes(Fields::all()).unwrap()
}

fn row(machine: &Machine, pid: u32) -> ProcessRow {
    let rows = rows(machine);
    let row = rows.into_iter().find(|row| row.pid.get() == pid);
    row.unwrap_or_else(|| panic!("no process {pid}"))
}

fn name(row: &ProcessRow) -> &[u8] {
    row.name.as_ref().unwrap().as_bytes()
}

fn words(words: &[&str]) -> Vec<OsString> {
    words.iter().map(OsString::from).collect()
}

#[test]
fn processes_are_listed_by_number_and_threads_are_not() {
    let machine = machine("debian12-x86_64");
    let pids: Vec<u32> = machine
        .host
        .pids()
        .unwrap()
        .into_iter()
        .map(Pid::get)
        .collect();
    let mut expected = vec![1, 2];
    expected.extend(100..=110);
    assert_eq!(pids, expected);
    let listed: Vec<u32> = rows(&machine).iter().map(|row| row.pid.get()).collect();
    assert_eq!(listed, expected);
    assert!(machine.pid_exists(101).unwrap(), "a zombie is there");
    assert!(!machine.pid_exists(3).unwrap());
}

#[test]
fn a_captured_process_has_every_value_that_its_files_have() {
    let machine = machine("debian12-x86_64");
    let row = row(&machine, 100);
    assert_eq!(name(&row), b"specimen");
    assert_eq!(row.ppid, Ok(Pid::new(1)));
    assert_eq!((row.pgid, row.sid), (Ok(Pid::new(100)), Ok(Pid::new(100))));
    assert_eq!(row.state, Ok(State::Sleeping));
    assert_eq!(row.terminal, Ok(None));
    let times = row.cpu_times.unwrap();
    assert_eq!((times.user, times.system), (ticks(2), ticks(0)));
    assert_eq!(times.iowait, Some(ticks(0)));
    assert_eq!(row.cpu_total, Ok(ticks(2)));
    assert_eq!(row.cpu_num, Ok(1));
    assert_eq!(row.nice, Ok(5));
    assert_eq!(row.num_threads, Ok(3));
    let boot = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_257_165);
    assert_eq!(row.create_time, Ok(boot + ticks(275_865)));
    // statm, which is read anyway: `stat` lags a little behind.
    assert_eq!((row.rss, row.vms), (Ok(2879 * 4096), Ok(13_933 * 4096)));
    let memory = row.memory_info.unwrap();
    assert_eq!(memory.shared, Some(804 * 4096));
    assert_eq!(
        (memory.text, memory.data),
        (Some(4096), Some(12_377 * 4096))
    );
    let faults = row.page_faults.unwrap();
    assert_eq!(
        (faults.minor, faults.major, faults.children_minor),
        (2634, 0, Some(0))
    );
    let more = row.memory_info_ex.unwrap();
    assert_eq!(more.peak_rss, Some(11_516 * KIB));
    assert_eq!(more.peak_vms, Some(55_732 * KIB));
    assert_eq!(more.rss_anon, Some(8300 * KIB));
    assert_eq!(more.rss_file, Some(1156 * KIB));
    assert_eq!(more.rss_shmem, Some(2060 * KIB));
    assert_eq!((more.swap, more.hugetlb), (Some(0), Some(0)));
    assert_eq!(more.locked, Some(64 * KIB));
    let footprint = row.memory_footprint.unwrap();
    assert_eq!(footprint.uss, 10_348 * KIB);
    // The kernel rounds the share of each mapping down, and that of all once.
    let pss = if cfg!(oslens_no_smaps_rollup) {
        10_389
    } else {
        10_392
    };
    assert_eq!(footprint.pss, Some(pss * KIB));
    assert_eq!(footprint.swap, Some(0));
    let users = row.uids.unwrap();
    assert_eq!(
        (users.real, users.effective, users.saved),
        (1000, 1000, 1000)
    );
    assert_eq!(users.filesystem, 1000);
    assert_eq!(row.gids.unwrap().effective, 1000);
    assert_eq!(row.effective_uid, Ok(1000));
    assert_eq!(row.groups, Ok(vec![27, 1000]));
    let switches = row.ctx_switches.unwrap();
    assert_eq!((switches.voluntary, switches.involuntary), (1, Some(7)));
    let capabilities = row.capabilities.unwrap();
    assert_eq!((capabilities.permitted, capabilities.effective), (0, 0));
    assert_eq!(capabilities.bounding, 0x1ff_feff_ffff);
    assert_eq!(capabilities.ambient, Some(0));
    assert_eq!(row.cmdline, Ok(words(&["/srv/app/specimen", "threads"])));
    assert_eq!(row.exe, Ok(Some("/srv/app/specimen".into())));
    assert_eq!((row.cwd, row.root), (Ok("/".into()), Ok("/".into())));
    let environ = row.environ.unwrap();
    assert_eq!(environ.len(), 4);
    assert_eq!(environ[2], ("USER".into(), "example".into()));
    let io = row.io_counters.unwrap();
    assert_eq!((io.read_count, io.read_chars), (Some(8), Some(3980)));
    assert_eq!(
        (io.read_bytes, io.cancelled_write_bytes),
        (Some(0), Some(0))
    );
    assert_eq!(row.oom_score, Ok(666));
    let groups: Vec<CgroupPath> = row.cgroup.unwrap();
    assert_eq!(groups[0].path, Path::new("/system.slice/app.service"));
}

#[test]
fn descriptors_are_counted_one_by_one_where_there_is_no_procfs() {
    // A directory's size means the number of descriptors in procfs only.
    let machine = machine("debian12-x86_64");
    assert_eq!(row(&machine, 109).num_fds, Ok(11));
    assert_eq!(row(&machine, 110).num_fds, Ok(11));
}

#[test]
fn names_have_any_bytes_and_long_ones_are_whole() {
    let machine = machine("debian12-x86_64");
    assert_eq!(name(&row(&machine, 102)), b"a) S 1 (b");
    assert_eq!(row(&machine, 102).state, Ok(State::Sleeping));
    assert_eq!(name(&row(&machine, 103)), b"two\nlines\tx");
    assert_eq!(name(&row(&machine, 104)), b"caf\xe9 \xff");
    assert_eq!(name(&row(&machine, 107)), b"a-program-with-a-long-name");
    assert_eq!(row(&machine, 108).state, Ok(State::Stopped));
}

#[test]
fn a_removed_executable_is_named_without_the_kernels_remark() {
    let machine = machine("debian12-x86_64");
    let link = std::fs::read_link(machine.root.join("proc/105/exe")).unwrap();
    assert_eq!(link, Path::new("/srv/app/upgraded (deleted)"));
    assert_eq!(row(&machine, 105).exe, Ok(Some("/srv/app/upgraded".into())));
}

#[test]
fn an_overwritten_command_line_has_no_empty_arguments_at_its_end() {
    let row = row(&machine("debian12-x86_64"), 106);
    assert_eq!(row.cmdline, Ok(words(&["worker:", "idle"])));
    assert_eq!(name(&row), b"specimen");
    let files = self::row(&machine("debian12-x86_64"), 109);
    assert_eq!(
        files.cmdline,
        Ok(words(&["/srv/app/specimen", "files", "", "two words"])),
        "an empty argument in between is one"
    );
}

#[test]
fn a_zombie_is_a_zombie_and_not_empty() {
    let row = row(&machine("debian12-x86_64"), 101);
    assert_eq!(row.state, Ok(State::Zombie));
    assert_eq!(name(&row), b"specimen");
    assert_eq!(row.ppid, Ok(Pid::new(1)));
    const ZOMBIE: Unavailable = Unavailable::Zombie;
    assert_eq!((row.rss, row.vms), (Err(ZOMBIE), Err(ZOMBIE)));
    assert_eq!(row.memory_info, Err(ZOMBIE));
    assert_eq!(row.memory_info_ex, Err(ZOMBIE));
    assert_eq!(row.memory_footprint, Err(ZOMBIE));
    assert_eq!(row.cmdline, Err(ZOMBIE));
    assert_eq!(
        (row.exe, row.cwd, row.root),
        (Err(ZOMBIE), Err(ZOMBIE), Err(ZOMBIE))
    );
    assert_eq!(row.environ, Err(ZOMBIE));
    assert_eq!(row.num_fds, Err(ZOMBIE));
    // It still has users, a start and what it used.
    assert_eq!(row.uids.unwrap().real, 0);
    assert!(row.start.is_known() && row.cpu_times.is_ok());
}

#[test]
fn a_kernel_thread_has_no_memory_no_file_and_no_arguments() {
    let machine = machine("debian12-x86_64");
    let row = row(&machine, 2);
    assert_eq!(name(&row), b"kthreadd");
    assert_eq!(row.ppid, Ok(Pid::new(0)));
    assert_eq!((row.rss, row.vms), (Ok(0), Ok(0)));
    assert_eq!(row.memory_footprint.unwrap().uss, 0);
    assert_eq!(row.cmdline, Ok(vec![]));
    assert_eq!(row.exe, Ok(None));
    assert_eq!(row.environ, Ok(vec![]));
    let capabilities = row.capabilities.unwrap();
    assert_eq!(capabilities.effective, 0x1ff_ffff_ffff);
}

#[test]
fn what_needs_system_calls_is_unsupported_on_another_root() {
    for name in ["debian12-x86_64", "hidepid", "server-x86_64-numa"] {
        for row in rows(&machine(name)) {
            assert_eq!(row.ionice, Err(Unavailable::Unsupported));
            assert_eq!(row.cpu_affinity, Err(Unavailable::Unsupported));
        }
    }
    // The numbers of terminals are those of the other machine's devices.
    let shell = row(&machine("hidepid"), 500);
    assert_eq!(shell.terminal, Err(Unavailable::Unsupported));
}

#[test]
fn the_user_is_the_processes_and_not_who_copied_the_files() {
    let machine = machine("debian12-x86_64");
    let rows = machine.processes(Fields::EFFECTIVE_UID).unwrap();
    assert!(!rows.is_empty());
    for row in &rows {
        let path = machine.root.join(format!("proc/{}/status", row.pid));
        let status = std::fs::read(path).unwrap();
        let status = String::from_utf8_lossy(&status);
        let users = status.lines().find_map(|line| line.strip_prefix("Uid:"));
        let effective = users.unwrap().split_whitespace().nth(1).unwrap();
        assert_eq!(row.effective_uid, Ok(effective.parse().unwrap()));
    }
    assert_eq!(rows[0].name, Err(Unavailable::NotRequested));
}

#[test]
fn a_server_has_guests_real_time_threads_and_tasks_that_wait_for_disks() {
    let machine = machine("server-x86_64-numa");
    let vm = row(&machine, 900);
    assert_eq!(name(&vm), b"qemu-system-x86_64");
    assert_eq!(vm.nice, Ok(-5));
    assert_eq!(vm.num_threads, Ok(3));
    assert_eq!(vm.cpu_num, Ok(9));
    assert_eq!(vm.cpu_times.unwrap().iowait, Some(ticks(4321)));
    assert_eq!(vm.cpu_total, Ok(ticks(4_300_000)));
    assert_eq!(vm.rss, Ok(2_028_000 * KIB));
    let more = vm.memory_info_ex.unwrap();
    assert_eq!(more.hugetlb, Some(65_536 * KIB));
    assert_eq!(more.peak_rss, Some(2_100_000 * KIB));
    let footprint = vm.memory_footprint.unwrap();
    assert_eq!(footprint.uss, 2_002_000 * KIB);
    assert_eq!(footprint.pss, Some(2_012_000 * KIB));
    assert_eq!(vm.io_counters.unwrap().read_bytes, Some(5_000_000_000_000));
    assert_eq!(vm.uids.unwrap().real, 64_055);

    let init = row(&machine, 1);
    let times = init.cpu_times.unwrap();
    assert_eq!(times.children_user, Some(Duration::from_secs(1000)));
    assert_eq!(times.children_system, Some(Duration::from_secs(500)));
    let faults = init.page_faults.unwrap();
    assert_eq!((faults.major, faults.children_major), (120, Some(4000)));
    assert_eq!(faults.children_minor, Some(9_000_000));
    assert_eq!(init.num_fds, Ok(5));

    let irq = row(&machine, 901);
    assert_eq!(name(&irq), b"irq/128-eno1");
    assert_eq!(irq.cmdline, Ok(vec![]));
    let dd = row(&machine, 902);
    assert_eq!(dd.state, Ok(State::DiskSleep));
    assert_eq!((dd.nice, dd.sid), (Ok(19), Ok(Pid::new(800))));
    assert_eq!(dd.cwd, Ok("/srv/two words".into()));
    let environ = dd.environ.unwrap();
    let get = |name: &str| environ.iter().find(|(key, _)| key == name);
    assert_eq!(get("PWD").unwrap().1, "/srv/two words");
    assert_eq!(get("EMPTY").unwrap().1, "");
    let boot = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    assert_eq!(dd.create_time, Ok(boot + Duration::from_secs(863_999)));
}

#[test]
fn pages_of_64_kib_are_counted_as_such() {
    let row = row(&machine("ppc64le-64k"), 1);
    assert_eq!(row.rss, Ok(14_080 * KIB));
    let memory = row.memory_info.unwrap();
    assert_eq!(memory.rss, 14_080 * KIB);
    assert_eq!(memory.vms, 26_880 * KIB);
    assert_eq!(
        (memory.shared, memory.text),
        (Some(8960 * KIB), Some(1920 * KIB))
    );
    // The kernel's own sum agrees.
    let more = row.memory_info_ex.unwrap();
    let parts = [more.rss_anon, more.rss_file, more.rss_shmem];
    assert_eq!(parts.into_iter().flatten().sum::<u64>(), memory.rss);
    let footprint = row.memory_footprint.unwrap();
    assert_eq!(footprint.uss, 7040 * KIB);
    assert_eq!(
        (footprint.pss, footprint.swap),
        (Some(7744 * KIB), Some(64 * KIB))
    );
}

#[test]
fn an_old_kernel_has_fewer_columns_keys_and_files() {
    let machine = machine("rhel6-2.6.32");
    let init = row(&machine, 1);
    assert_eq!(name(&init), b"init");
    let more = init.memory_info_ex.unwrap();
    assert_eq!(more.peak_rss, Some(1500 * KIB));
    assert_eq!(
        (more.swap, more.rss_anon, more.rss_shmem),
        (None, None, None)
    );
    assert_eq!(more.hugetlb, None);
    // No smaps_rollup: the mappings one by one.
    let footprint = init.memory_footprint.unwrap();
    assert_eq!((footprint.uss, footprint.pss), (940 * KIB, Some(990 * KIB)));
    assert_eq!(init.capabilities.unwrap().ambient, None);
    assert_eq!(init.io_counters.unwrap().write_bytes, Some(8192));
    let groups = init.cgroup.unwrap();
    assert_eq!(groups[0].controllers, ["memory"]);

    let server = row(&machine, 1500);
    assert_eq!(server.io_counters, Err(Unavailable::Unsupported));
    assert_eq!(server.memory_footprint, Err(Unavailable::Unsupported));
    assert_eq!(server.groups, Ok(vec![48]));
    assert_eq!(server.num_threads, Ok(2));
}

#[test]
fn linux_2_4_has_a_placeholder_for_threads_that_is_no_number_of_threads() {
    let machine = machine("linux-2.4");
    let row = row(&machine, 1);
    assert_eq!(name(&row), b"init");
    assert_eq!(row.rss, Ok(120 * 4096));
    assert_eq!(row.vms, Ok(338 * 4096));
    let times = row.cpu_times.unwrap();
    assert_eq!((times.user, times.system), (ticks(0), ticks(405)));
    assert_eq!(times.iowait, None);
    assert_eq!(row.num_threads, Err(Unavailable::Unsupported), "not zero");
    assert_eq!(row.groups, Ok(vec![]));
    assert_eq!(row.ctx_switches, Err(Unavailable::Unsupported));
    assert_eq!(row.cgroup, Err(Unavailable::Unsupported));
    assert_eq!(row.environ, Err(Unavailable::Unsupported));
    assert_eq!(row.oom_score, Err(Unavailable::Unsupported));
    assert_eq!(row.memory_info_ex.unwrap().peak_rss, None);
}

#[test]
fn what_hidepid_hides_does_not_exist() {
    let machine = machine("hidepid");
    let pids: Vec<u32> = machine
        .host
        .pids()
        .unwrap()
        .into_iter()
        .map(Pid::get)
        .collect();
    assert_eq!(pids, [500, 501]);
    assert!(!machine.pid_exists(1).unwrap());
    assert_eq!(
        machine.process(499).unwrap_err().kind(),
        ErrorKind::NoSuchProcess
    );
    let shell = row(&machine, 500);
    assert_eq!(shell.ppid, Ok(Pid::new(499)), "although it cannot be seen");
    assert_eq!(shell.cmdline, Ok(words(&["-bash"])));
}

#[test]
fn a_process_that_started_after_a_made_up_boot_is_no_error() {
    let row = row(&machine("lxc-distorted"), 1);
    let boot = SystemTime::UNIX_EPOCH + Duration::from_secs(1_650_000_000);
    assert_eq!(row.create_time, Ok(boot + Duration::from_secs(5000)));
}

#[test]
fn a_process_of_another_root_is_read_and_recognised_by_its_start() {
    let machine = machine("debian12-x86_64");
    let process = machine.process(100).unwrap();
    assert!(process.is_running().unwrap());
    let row = process.read(Fields::NAME | Fields::CMDLINE).unwrap();
    assert_eq!(name(&row), b"specimen");
    assert_eq!(row.id(), process.id());
    // Somebody else has the number now.
    let stat = std::fs::read(machine.root.join("proc/102/stat")).unwrap();
    let other = String::from_utf8(stat).unwrap().replace("275865", "275999");
    machine
        .root
        .write("proc/100/stat", other.replacen("102", "100", 1));
    assert!(!process.is_running().unwrap());
    let error = process.read(Fields::NAME).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Reused, "{error}");
    machine.root.remove("proc/100");
    assert!(!process.is_running().unwrap());
    let error = process.read(Fields::NAME).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSuchProcess, "{error}");
}

#[test]
fn a_sampler_on_another_root_sees_what_changed_between_two_samples() {
    let machine = machine("raspberrypi-arm64");
    let mut sampler = machine.sampler(Fields::CPU_TIMES | Fields::RSS);
    assert_eq!(sampler.sample().unwrap().rows().len(), 1);
    let stat = std::fs::read_to_string(machine.root.join("proc/1/stat")).unwrap();
    // utime and stime are the 14th and 15th column, 11 after the state.
    let mut columns: Vec<&str> = stat.split(' ').collect();
    (columns[13], columns[14]) = ("300", "200");
    machine.root.write("proc/1/stat", columns.join(" "));
    let sample = sampler.sample().unwrap();
    let row = &sample.rows()[0];
    let times = row.cpu_times.unwrap();
    assert_eq!((times.user, times.system), (ticks(300), ticks(200)));
    assert!(sample.previous(row).is_some());
    machine.root.remove("proc/1");
    let zoo = oslens_testkit::fixture("hidepid");
    let machine = crate::of_root(zoo, |host| host);
    let mut sampler = machine.sampler(Fields::NAME);
    sampler.sample().unwrap();
    machine.root.remove("proc/501");
    let sample = sampler.sample().unwrap();
    let gone: Vec<u32> = sample.gone().map(|row| row.pid.get()).collect();
    assert_eq!(gone, [501]);
    assert!(sample.get(500).is_some() && sample.get(501).is_none());
}

#[test]
fn every_fixture_gives_a_whole_table() {
    for name in oslens_testkit::fixture_names() {
        if name == "logind-no-utmp" {
            // Nobody runs there: then it is no /proc.
            let error = machine(&name).pids().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
            continue;
        }
        for row in rows(&machine(&name)) {
            let pid = row.pid;
            assert!(row.start.is_known(), "{name} {pid}");
            assert!(row.name.as_deref().is_ok_and(|name| name != OsStr::new("")));
            assert!(
                row.create_time.is_ok() && row.cpu_times.is_ok(),
                "{name} {pid}"
            );
            assert!(row.uids.is_ok() && row.page_faults.is_ok(), "{name} {pid}");
        }
    }
}
