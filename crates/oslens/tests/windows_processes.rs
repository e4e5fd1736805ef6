//! Processes on Windows: what is read of them, compared under Wine with what
//! Linux says of the same processes.

#![cfg(windows)]

use std::{
    ffi::{OsStr, OsString},
    os::windows::ffi::{OsStrExt as _, OsStringExt as _},
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant, SystemTime},
};

use oslens::{
    ErrorKind, Host, Unavailable,
    os::windows::{PriorityClass, ProcessExt as _},
    process::{
        self, DescriptorKind, Fields, Pid, Process, ProcessRow, Resource, Sampler, Signal, Tree,
    },
};
use oslens_testkit::{FixtureRoot, skip_allowed, wine, zoo};

fn row_of(pid: u32, fields: Fields) -> ProcessRow {
    process::list(fields)
        .unwrap()
        .into_iter()
        .find(|row| row.pid.get() == pid)
        .unwrap()
}

/// The numbers of a file of `/proc`, split at blanks.
fn numbers(content: &[u8]) -> Vec<u64> {
    String::from_utf8_lossy(content)
        .split_ascii_whitespace()
        .map(|word| word.parse().unwrap_or(0))
        .collect()
}

#[test]
fn every_program_is_listed_with_its_name_and_parent() {
    let specimen = zoo::Builder::new().exe_name("a b (c).exe").spawn();
    let row = row_of(specimen.pid(), Fields::TABLE);
    assert_eq!(row.name, Ok("a b (c).exe".into()));
    assert_eq!(row.ppid, Ok(Pid::current()));
    let rows = process::list(Fields::PPID).unwrap();
    assert!(rows.windows(2).all(|pair| pair[0].pid < pair[1].pid));
    let pids: Vec<Pid> = rows.iter().map(|row| row.pid).collect();
    assert!(pids.contains(&Pid::current()));
    assert!(process::pids().unwrap().contains(&Pid::new(specimen.pid())));
}

#[test]
fn the_systems_own_list_names_the_same_processes() {
    let specimen = zoo::Builder::new().exe_name("listed.exe").spawn();
    let output = match Command::new("tasklist").output() {
        Ok(output) => String::from_utf8_lossy(&output.stdout).into_owned(),
        Err(error) => skip_allowed!("tasklist: {error}"),
    };
    let line = output
        .lines()
        .find(|line| line.contains("listed.exe"))
        .unwrap_or_else(|| panic!("{output}"));
    assert!(line.contains(&specimen.pid().to_string()), "{line}");
    // `listed.exe   236 Console   1   12,728 K`
    let process = Process::open(specimen.pid()).unwrap();
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    if let [.., session, memory, "K"] = words[..] {
        assert_eq!(session.parse(), Ok(process.session_id().unwrap()));
        let memory: u64 = memory.replace(',', "").parse().unwrap();
        let ours = process.read(Fields::RSS).unwrap().rss.unwrap();
        assert!(ours.abs_diff(memory << 10) < 2 << 20, "{ours} {line}");
    }
    for row in process::list(Fields::NAME).unwrap() {
        let name = row.name.unwrap();
        // Those that start and end meanwhile are on one list alone.
        if ["services.exe", "listed.exe"].contains(&name.to_str().unwrap()) {
            let pid = row.pid.to_string();
            let is_listed = output.lines().any(|line| line.contains(&pid));
            assert!(is_listed, "{name:?} {pid}: {output}");
        }
    }
}

#[test]
fn the_management_interface_counts_the_same_threads_and_parents() {
    let mut specimen = zoo::sleeper();
    specimen.thread("one");
    let output = Command::new("wmic")
        .args(["process", "get", "ParentProcessId,ProcessId,ThreadCount"])
        .output();
    let output = match output {
        // UTF-16, of which only the digits matter.
        Ok(output) => String::from_utf8_lossy(&output.stdout).replace('\0', ""),
        Err(error) => skip_allowed!("wmic: {error}"),
    };
    let row = output.lines().find_map(|line| {
        let words = line.split_ascii_whitespace().map(str::parse::<u32>);
        let numbers = words.collect::<Result<Vec<_>, _>>().ok()?;
        (numbers.get(1) == Some(&specimen.pid())).then_some(numbers)
    });
    let Some(row) = row else {
        skip_allowed!("wmic does not list the specimen: {output:?}");
    };
    let ours = row_of(specimen.pid(), Fields::PPID | Fields::NUM_THREADS);
    assert_eq!(row[0], ours.ppid.unwrap().get());
    assert_eq!(row[2], ours.num_threads.unwrap());
}

#[test]
fn command_line_environment_and_directory_of_another_process_are_read() {
    let dir = FixtureRoot::new();
    let arguments = [
        "one two",
        "",
        r#"qu"ote"#,
        r"back\\slash\",
        "\u{3b1}\u{1f980}",
    ];
    let specimen = zoo::Builder::new()
        .args(arguments)
        .env("GR\u{dc}SSE", "stra\u{df}e=1;\u{1f980}")
        .env("EMPTY", "x")
        .cwd(dir.path())
        .spawn();
    let process = Process::open(specimen.pid()).unwrap();

    let cmdline = process.cmdline().unwrap();
    assert_eq!(cmdline[1..], arguments.map(OsString::from));
    assert_eq!(Path::new(&cmdline[0]), specimen.exe());

    let environ = process.environ().unwrap();
    let value = |name: &str| {
        let found = environ.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.clone())
    };
    assert_eq!(
        value("GR\u{dc}SSE"),
        Some("stra\u{df}e=1;\u{1f980}".into()),
        "{environ:?}"
    );
    assert_eq!(value("EMPTY"), Some("x".into()));
    assert_eq!(value("PATH"), None, "the specimen has a bare environment");

    let same = |a: &Path, b: &Path| {
        let plain = |path: &Path| {
            let text = path.to_string_lossy().to_lowercase();
            text.trim_start_matches(r"\\?\").to_owned()
        };
        assert_eq!(plain(a), plain(b));
    };
    same(&process.cwd().unwrap(), dir.path());
    same(&process.exe().unwrap().unwrap(), specimen.exe());

    // The batch says the same.
    let row = row_of(
        specimen.pid(),
        Fields::CMDLINE | Fields::ENVIRON | Fields::CWD | Fields::EXE,
    );
    assert_eq!(row.cmdline, Ok(cmdline));
    assert_eq!(row.environ, Ok(environ));
    assert_eq!(row.cwd, process.cwd().map_err(|_| Unavailable::Gone));
    assert_eq!(row.exe, process.exe().map_err(|_| Unavailable::Gone));
}

#[test]
fn linux_runs_the_same_program_with_the_same_arguments() {
    let specimen = zoo::Builder::new()
        .args(["one two", "\u{3b1}\u{1f980}"])
        .exe_name("witnessed.exe")
        .spawn();
    let line = match specimen.proc_file("cmdline") {
        Ok(line) => line,
        Err(reason) => skip_allowed!("{reason}"),
    };
    let process = Process::open(specimen.pid()).unwrap();
    let words: Vec<&[u8]> = line.split(|byte| *byte == 0).collect();
    for argument in &process.cmdline().unwrap()[1..] {
        let argument = argument.to_str().unwrap().as_bytes();
        assert!(words.contains(&argument), "{words:?}");
    }
    let exe = process.exe().unwrap().unwrap();
    // Drive C: is a directory somewhere below the Wine prefix.
    let unix = wine::unix_path(&exe).unwrap_or_else(|| {
        let below = exe.to_str().unwrap().split_once(r":\").unwrap().1;
        below.replace('\\', "/").into()
    });
    let maps = String::from_utf8_lossy(&specimen.proc_file("maps").unwrap()).into_owned();
    assert!(maps.contains(unix.to_str().unwrap()), "{unix:?} {maps}");
}

#[test]
fn a_directory_that_was_changed_to_is_the_one_that_is_told() {
    let dir = FixtureRoot::new();
    let mut specimen = zoo::sleeper();
    let process = Process::open(specimen.pid()).unwrap();
    let before = process.cwd().unwrap();
    assert!(!before.as_os_str().is_empty());
    specimen.chdir(dir.path());
    let name = |path: &Path| path.file_name().map(OsStr::to_os_string);
    assert_eq!(name(&process.cwd().unwrap()), name(dir.path()));
}

#[test]
fn unpaired_surrogates_are_kept() {
    let odd = OsString::from_wide(&[0x61, 0xd800, 0x62, 0xdc00, 0x63]);
    let specimen = zoo::Builder::new().args([&odd]).env("ODD", &odd).spawn();
    let process = Process::open(specimen.pid()).unwrap();
    let wide = |text: &OsStr| text.encode_wide().collect::<Vec<_>>();
    let cmdline = process.cmdline().unwrap();
    assert_eq!(wide(&cmdline[1]), wide(&odd));
    let environ = process.environ().unwrap();
    let (_, value) = environ.iter().find(|(name, _)| name == "ODD").unwrap();
    assert_eq!(wide(value), wide(&odd));
}

#[test]
fn an_open_file_beyond_max_path_is_told_in_full() {
    let root = FixtureRoot::new();
    let mut long = PathBuf::from(format!(r"\\?\{}", root.path().display()).replace('/', r"\"));
    for _ in 0..6 {
        long.push("d".repeat(60));
    }
    std::fs::create_dir_all(&long).unwrap();
    // Half a character, where the file system takes it.
    let odd = OsString::from_wide(&[0x61, 0xd83d, 0x62]);
    let mut held = Vec::new();
    for name in [OsStr::new("long.txt"), &odd] {
        let path = long.join(name);
        match std::fs::write(&path, b"12345") {
            Ok(()) => held.push((std::fs::File::open(&path).unwrap(), name)),
            Err(error) => assert_eq!(name, odd, "{error}"),
        }
    }
    let files = Process::current().unwrap().open_files().unwrap();
    for (_, name) in &held {
        let file = files
            .iter()
            .find(|file| file.path.file_name() == Some(name))
            .unwrap_or_else(|| panic!("{name:?}: {files:?}"));
        assert!(file.path.as_os_str().len() > 360, "{file:?}");
        assert_eq!(file.size, Some(5));
    }
}

#[test]
fn a_path_beyond_max_path_is_told_in_full() {
    let root = FixtureRoot::new();
    let mut long = PathBuf::from(format!(r"\\?\{}", root.path().display()).replace('/', r"\"));
    for _ in 0..6 {
        long.push("d".repeat(60));
    }
    if let Err(error) = std::fs::create_dir_all(&long) {
        skip_allowed!("no path of {} characters: {error}", long.as_os_str().len());
    }
    let specimen = zoo::sleeper();
    long.push("long.exe");
    std::fs::copy(specimen.exe(), &long).unwrap();
    let mut child = match Command::new(&long)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()
    {
        Ok(child) => child,
        Err(error) => skip_allowed!("no program with a path of that length: {error}"),
    };
    let process = Process::open(child.id()).unwrap();
    let exe = process.exe().unwrap().unwrap();
    assert!(exe.as_os_str().len() > 300, "{exe:?}");
    assert!(exe.ends_with("long.exe"), "{exe:?}");
    assert_eq!(process.name().unwrap(), "long.exe");
    let files = row_of(child.id(), Fields::EXE).exe.unwrap().unwrap();
    assert_eq!(files, exe);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn cpu_times_are_those_that_linux_counts() {
    let mut specimen = zoo::sleeper();
    specimen.burn(Duration::from_millis(400));
    let process = Process::open(specimen.pid()).unwrap();
    let ours = process.cpu_times().unwrap();
    let total = process.cpu_total().unwrap();
    // How much of the time it got depends on who else wants the CPUs.
    assert!(total >= Duration::from_millis(50), "{ours:?}");
    let row = row_of(specimen.pid(), Fields::CPU_TIMES);
    let near = |a: Duration, b: Duration| a.abs_diff(b) <= Duration::from_millis(30);
    assert!(near(row.cpu_times.unwrap().user, ours.user), "{row:?}");
    let stat = match specimen.proc_file("stat") {
        Ok(stat) => stat,
        Err(reason) => skip_allowed!("{reason}"),
    };
    let end = stat.iter().rposition(|byte| *byte == b')').unwrap();
    let stat = numbers(&stat[end + 2..]);
    let ticks = |count: u64| Duration::from_millis(count * 10);
    assert!(near(ours.user, ticks(stat[11])), "{ours:?} {stat:?}");
    assert!(near(ours.system, ticks(stat[12])), "{ours:?} {stat:?}");
}

#[test]
fn memory_is_what_linux_counts() {
    let mut specimen = zoo::sleeper();
    let process = Process::open(specimen.pid()).unwrap();
    let before = process.memory_info().unwrap();
    specimen.hold_memory(64 << 20, 32 << 20);
    let after = process.memory_info().unwrap();
    let grown = after.rss - before.rss;
    assert!(
        (30 << 20..48 << 20).contains(&grown),
        "{before:?} {after:?}"
    );
    let peaks = process.memory_info_ex().unwrap();
    assert!(peaks.peak_rss.unwrap() >= after.rss);
    let row = row_of(specimen.pid(), Fields::RSS | Fields::VMS);
    assert!(row.rss.unwrap().abs_diff(after.rss) < 1 << 20);
    let counters = process.memory_counters().unwrap();
    assert!(counters.virtual_size >= 64 << 20, "{counters:?}");
    let statm = match specimen.proc_file("statm") {
        Ok(statm) => numbers(&statm),
        Err(reason) => skip_allowed!("{reason}"),
    };
    let linux = statm[1] * 4096;
    assert!(after.rss.abs_diff(linux) < 2 << 20, "{after:?} {linux}");
}

#[test]
fn threads_have_numbers_names_and_starts() {
    let mut specimen = zoo::sleeper();
    let first = specimen.thread("worker one");
    let second = specimen.thread("w\u{f6}rker");
    let process = Process::open(specimen.pid()).unwrap();
    let threads = process.threads().unwrap();
    assert!(threads.windows(2).all(|pair| pair[0].id < pair[1].id));
    let thread = |id: u32| {
        let id = u64::from(id);
        threads.iter().find(|thread| thread.id == id).unwrap()
    };
    assert_eq!(thread(first).name, "worker one");
    assert_eq!(thread(second).name, "w\u{f6}rker");
    assert!(thread(first).start <= thread(second).start);
    assert_eq!(process.num_threads().unwrap() as usize, threads.len());
    let status = match specimen.proc_file("status") {
        Ok(status) => String::from_utf8_lossy(&status).into_owned(),
        Err(reason) => skip_allowed!("{reason}"),
    };
    let count = status
        .lines()
        .find_map(|line| line.strip_prefix("Threads:"))
        .map(|count| count.trim().parse::<usize>().unwrap());
    assert_eq!(count, Some(threads.len()));
}

#[test]
fn the_start_is_when_it_was_started_and_the_same_for_all_who_ask() {
    let before = SystemTime::now();
    let specimen = zoo::sleeper();
    let after = SystemTime::now();
    let process = Process::open(specimen.pid()).unwrap();
    let start = process.create_time().unwrap();
    let slack = Duration::from_millis(100);
    assert!(
        start >= before - slack && start <= after + slack,
        "{start:?}"
    );
    assert!(process.id().start.is_known());
    assert_eq!(row_of(specimen.pid(), Fields::NAME).id(), process.id());
    assert_eq!(row_of(specimen.pid(), Fields::NAME).create_time, Ok(start));
    assert_eq!(
        Host::local().identify(specimen.pid()).unwrap(),
        process.id()
    );
}

#[test]
fn families_are_found() {
    let mut specimen = zoo::sleeper();
    let chain = specimen.chain(3);
    let process = Process::open(specimen.pid()).unwrap();
    assert_eq!(process.parent().unwrap().unwrap().pid(), Pid::current());
    let children: Vec<u32> = process
        .children()
        .unwrap()
        .iter()
        .map(|child| child.pid().get())
        .collect();
    assert!(children.contains(&chain[0]), "{children:?} {chain:?}");
    let last = Process::open(chain[2]).unwrap();
    let parents: Vec<u32> = last
        .parents()
        .unwrap()
        .iter()
        .map(|parent| parent.pid().get())
        .collect();
    assert_eq!(
        parents[..4],
        [chain[1], chain[0], specimen.pid(), std::process::id()]
    );
    let tree = Tree::from_rows(&process::list(Fields::PPID).unwrap());
    let below: Vec<u32> = tree
        .descendants(Pid::current())
        .map(|(_, id)| id.pid.get())
        .collect();
    assert!(chain.iter().all(|pid| below.contains(pid)), "{below:?}");
}

#[test]
fn open_files_are_listed_and_a_pipe_that_is_read_from_hangs_nobody() {
    let dir = FixtureRoot::new();
    let path = dir.path().join("held \u{fc}.txt");
    std::fs::write(&path, b"12345").unwrap();
    let mut specimen = zoo::sleeper();
    specimen.blocked_pipe();
    specimen.open("r", &path);
    let process = Process::open(specimen.pid()).unwrap();
    for _ in 0..3 {
        let start = Instant::now();
        let files = process.open_files().unwrap();
        let took = start.elapsed();
        assert!(took < Duration::from_secs(3), "{took:?}");
        let file = files
            .iter()
            .find(|file| file.path.file_name() == path.file_name())
            .unwrap_or_else(|| panic!("{files:?}"));
        assert_eq!((file.size, file.deleted), (Some(5), false));
        assert_eq!(file.mode, process::AccessMode::Read);
        assert!(std::fs::read(&file.path).is_ok(), "{file:?}");
    }
    let all = process.descriptors().unwrap();
    assert!(all.windows(2).all(|pair| pair[0].fd <= pair[1].fd));
    let is_directory = |kind: &DescriptorKind| matches!(kind, DescriptorKind::Directory { .. });
    assert!(all.iter().any(|one| is_directory(&one.kind)), "{all:?}");
    let is_object = |kind: &DescriptorKind| matches!(kind, DescriptorKind::Anonymous { .. });
    assert!(all.iter().any(|one| is_object(&one.kind)), "{all:?}");
    let counts = process.handle_counts().unwrap();
    assert!(counts.handles as usize >= all.len());
    assert_eq!(process.num_fds().unwrap(), counts.handles);
}

#[test]
fn a_process_has_its_own_connections_and_no_others() {
    use oslens::net::Kind;
    let mut specimen = zoo::sleeper();
    let listening = specimen.socket("tcp4-listen").address("local");
    let own = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let process = Process::open(specimen.pid()).unwrap();
    let connections = process.connections(Kind::TCP4).unwrap();
    let has = |address| connections.iter().any(|one| one.local == Some(address));
    assert!(has(listening), "{connections:?}");
    assert!(!has(own.local_addr().unwrap()), "{connections:?}");
    specimen.kill();
    let error = process.connections(Kind::TCP4).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSuchProcess, "{error}");
}

#[test]
fn memory_maps_name_the_program_and_never_take_size_for_rss() {
    let mut specimen = zoo::sleeper();
    specimen.hold_memory(32 << 20, 0);
    let process = Process::open(specimen.pid()).unwrap();
    let maps = process.memory_maps().unwrap();
    assert!(maps.windows(2).all(|pair| pair[0].end <= pair[1].start));
    let program = specimen.exe().file_name().unwrap();
    let mapped = maps.iter().find(|map| {
        let name = map.name.as_deref().map(Path::new);
        name.and_then(Path::file_name) == Some(program)
    });
    assert!(mapped.is_some(), "{maps:?}");
    assert!(maps.iter().any(|map| map.permissions.execute));
    assert!(maps.iter().any(|map| map.usage.size >= 32 << 20));

    let own = Process::current().unwrap().memory_maps().unwrap();
    let rss: u64 = own.iter().filter_map(|map| map.usage.rss).sum();
    let size: u64 = own.iter().map(|map| map.usage.size).sum();
    let known = Process::current().unwrap().memory_info().unwrap().rss;
    assert!(rss > 1 << 20 && rss < size, "{rss} of {size}");
    assert!(rss < known * 4, "{rss} {known}");
}

#[test]
fn what_wine_does_not_know_is_unsupported_and_never_zero() {
    if wine::version().is_none() {
        skip_allowed!("Windows knows all of it");
    }
    let row = row_of(std::process::id(), Fields::all());
    const WHY: Unavailable = Unavailable::Unsupported;
    assert_eq!(row.state, Err(WHY));
    assert_eq!(row.io_counters, Err(WHY));
    assert_eq!(row.page_faults, Err(WHY));
    assert_eq!(row.ctx_switches, Err(WHY));
    assert_eq!(row.ionice, Err(WHY));
    assert_eq!(row.memory_footprint, Err(WHY));
    let me = Process::current().unwrap();
    let error = me.state().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    let error = me.io_priority().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    let error = me.is_protected().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
}

#[test]
fn what_only_unix_has_is_unsupported_by_name() {
    let me = Process::current().unwrap();
    for (error, name) in [
        (me.uids().unwrap_err(), "users"),
        (me.gids().unwrap_err(), "groups"),
        (me.pgid().unwrap_err(), "process group"),
        (me.sid().unwrap_err(), "session"),
        (me.terminal().unwrap_err(), "terminal"),
        (me.cpu_num().unwrap_err(), "CPU number"),
        (me.limit(Resource::OpenFiles).unwrap_err(), "limits"),
        (me.send_signal(Signal::USR1).unwrap_err(), "signals"),
    ] {
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        assert!(error.to_string().contains(name), "{error}");
    }
    let elsewhere = Host::builder().proc("Z:/proc").build();
    let error = elsewhere.processes(Fields::NAME).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
}

#[test]
fn a_number_that_is_no_pid_is_no_process() {
    let specimen = zoo::sleeper();
    // The kernel ignores the two lowest bits when it opens a process.
    for pid in [
        specimen.pid() + 1,
        specimen.pid() + 3,
        u32::MAX,
        0xffff_fff0,
    ] {
        assert!(!process::pid_exists(pid).unwrap(), "{pid}");
        let error = Process::open(pid).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoSuchProcess, "{error}");
        assert_eq!(error.pid(), Some(Pid::new(pid)));
    }
    assert!(process::pid_exists(specimen.pid()).unwrap());
}

#[test]
fn the_user_is_an_account_with_its_domain() {
    let specimen = zoo::sleeper();
    let user = Process::open(specimen.pid()).unwrap().username().unwrap();
    let user = user.unwrap().into_string().unwrap();
    let (domain, name) = user.split_once('\\').unwrap_or_else(|| panic!("{user}"));
    assert!(!domain.is_empty() && !name.is_empty(), "{user}");
    if let Some(expected) = std::env::var_os("USERNAME") {
        assert_eq!(OsStr::new(name), expected);
    }
}

#[test]
fn services_are_found_in_their_processes() {
    let rows = process::list(Fields::NAME).unwrap();
    let hosted: Vec<(OsString, Vec<OsString>)> = rows
        .iter()
        .filter_map(|row| {
            let services = Process::from_id(row.id()).services().ok()?;
            Some((row.name.clone().ok()?, services))
        })
        .filter(|(_, services)| !services.is_empty())
        .collect();
    if hosted.is_empty() {
        skip_allowed!("no service runs");
    }
    let me = Process::current().unwrap();
    assert_eq!(me.services().unwrap(), Vec::<OsString>::new());
}

#[test]
fn what_only_windows_knows_is_told() {
    let specimen = zoo::sleeper();
    let process = Process::open(specimen.pid()).unwrap();
    process
        .set_priority_class(PriorityClass::BelowNormal)
        .unwrap();
    assert_eq!(
        process.priority_class().unwrap(),
        PriorityClass::BelowNormal
    );
    assert_eq!(process.nice().unwrap(), 10);
    assert_eq!(row_of(specimen.pid(), Fields::NICE).nice, Ok(10));
    assert!(process.handle().is_some());
    assert!(!process.is_wow64().unwrap());
    assert!(process.is_in_job().is_ok());
    process.integrity_level().unwrap();
    process.elevation().unwrap();
    process.desktop().unwrap();
    let me = Process::current().unwrap();
    assert_eq!(process.session_id().unwrap(), me.session_id().unwrap());
}

#[test]
fn the_debug_privilege_is_enabled_on_request() {
    match oslens::os::windows::enable_debug_privilege() {
        Ok(()) => {}
        Err(error) => assert_eq!(error.kind(), ErrorKind::AccessDenied, "{error}"),
    }
}

#[test]
fn a_sampler_knows_who_is_new_who_is_gone_and_who_worked() {
    let mut busy = zoo::sleeper();
    let mut short = zoo::sleeper();
    let fields = Fields::NAME | Fields::CPU_TOTAL | Fields::CMDLINE | Fields::EXE;
    let mut sampler = Sampler::new(fields);
    sampler.sample().unwrap();
    short.kill();
    let young = zoo::sleeper();
    busy.burn(Duration::from_millis(200));
    let sample = sampler.sample().unwrap();
    assert!(sample.gone().any(|row| row.pid.get() == short.pid()));
    let row = sample.get(young.pid()).unwrap();
    assert!(sample.delta(row).is_none(), "it was not there before");
    let row = sample.get(busy.pid()).unwrap();
    let cpu = sample.delta(row).unwrap().cpu.unwrap();
    assert!(cpu > 0.05, "{cpu}");
    assert!(row.cmdline.is_ok() && row.exe.is_ok());
    let before = row.clone();
    for _ in 0..3 {
        let sample = sampler.sample().unwrap();
        let row = sample.get(busy.pid()).unwrap();
        assert_eq!((&row.name, &row.exe), (&before.name, &before.exe));
        assert_eq!(row.cmdline, before.cmdline);
    }
    assert_eq!(sampler.descriptors(), 0);
}

#[test]
fn listings_survive_processes_that_come_and_go() {
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                drop(zoo::sleeper());
            }
        });
        for _ in 0..20 {
            for row in process::list(Fields::all()).unwrap() {
                assert!(row.start.is_known());
                assert!(row.name.is_ok());
            }
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

#[test]
fn every_question_about_every_process_is_answered_or_refused_by_name() {
    use ErrorKind::{AccessDenied, NoSuchProcess, Unsupported};
    fn check<T>(what: &str, pid: Pid, result: oslens::Result<T>) {
        if let Err(error) = result {
            let kind = error.kind();
            assert!(
                [AccessDenied, NoSuchProcess, Unsupported].contains(&kind),
                "{what} of {pid}: {kind:?} {error}"
            );
            assert_eq!(error.pid(), Some(pid), "{what}: {error}");
        }
    }
    macro_rules! ask {
        ($process:ident: $($method:ident),* $(,)?) => {
            $(check(stringify!($method), $process.pid(), $process.$method());)*
        };
    }
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                drop(zoo::sleeper());
            }
        });
        for _ in 0..3 {
            for pid in process::pids().unwrap() {
                let Ok(process) = Process::open(pid) else {
                    continue;
                };
                ask!(process: name, ppid, state, cpu_times, cpu_total, nice, num_threads,
                    create_time, memory_info, memory_info_ex, memory_footprint, page_faults,
                    ctx_switches, cmdline, exe, cwd, environ, io_counters, num_fds, ionice,
                    cpu_affinity, username, uids, gids, terminal, root, limits, threads,
                    open_files, descriptors, memory_maps, parent, parents, children, is_running);
                ask!(process: handle_counts, memory_counters, session_id, is_in_job,
                    integrity_level, elevation, is_protected, is_wow64, desktop, window_title,
                    priority_class, io_priority);
            }
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

#[test]
fn a_program_whose_name_is_half_a_character_is_told_as_it_is() {
    let dir = FixtureRoot::new();
    let name = OsString::from_wide(&[0x61, 0xd83d, 0x2e, 0x65, 0x78, 0x65]);
    let specimen = zoo::sleeper();
    let path = dir.path().join(&name);
    let child = std::fs::copy(specimen.exe(), &path).and_then(|_| {
        Command::new(&path)
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::null())
            .spawn()
    });
    let mut child = match child {
        Ok(child) => child,
        Err(error) => skip_allowed!("no program of that name: {error}"),
    };
    let process = Process::open(child.id()).unwrap();
    assert_eq!(row_of(child.id(), Fields::NAME).name, Ok(name.clone()));
    assert_eq!(process.name().unwrap(), name);
    assert_eq!(process.exe().unwrap().unwrap().file_name().unwrap(), name);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn no_handle_is_left_behind() {
    let specimen = zoo::sleeper();
    let me = Process::current().unwrap();
    let work = || {
        process::list(Fields::all()).unwrap();
        let process = Process::open(specimen.pid()).unwrap();
        process.read(Fields::all()).unwrap();
        process.threads().unwrap();
        process.open_files().unwrap();
        process.memory_maps().unwrap();
        process.username().unwrap();
        process.services().unwrap();
        assert!(Process::open(specimen.pid() + 1).is_err());
    };
    // What is looked up once stays.
    work();
    // Other tests of this program open handles too: only a steady growth is
    // ours.
    let mut least = u32::MAX;
    let before = me.num_fds().unwrap();
    for _ in 0..5 {
        for _ in 0..10 {
            work();
        }
        least = least.min(me.num_fds().unwrap().saturating_sub(before));
    }
    assert!(least < 40, "{least} handles more than {before}");
}
