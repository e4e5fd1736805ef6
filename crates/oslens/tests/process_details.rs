//! What is said about a process is what the process is.

#![cfg(target_os = "linux")]

use std::{
    fs,
    os::unix::{ffi::OsStrExt as _, fs::MetadataExt as _},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use oslens::{
    ErrorKind, Host,
    os::linux::{ProcessExt as _, Seccomp},
    process::{self, AccessMode, DescriptorKind, Pid, Process, Resource, State},
};
use oslens_testkit::{FixtureRoot, churn::Churn, zoo};

/// A directory that is removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("oslens-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(fs::canonicalize(path).unwrap())
    }

    fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, content).unwrap();
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn threads_have_their_own_names_whatever_is_in_them() {
    let names: [&[u8]; 4] = [b"a)", b"(b) S 1", b"c d\xff", b"\n)"];
    let specimen = zoo::threaded(&names);
    let threads = Process::open(specimen.pid()).unwrap().threads().unwrap();
    assert_eq!(threads.len(), names.len() + 1);
    assert!(threads.is_sorted_by_key(|thread| thread.id));
    for name in names {
        let thread = threads
            .iter()
            .find(|thread| thread.name.as_bytes() == name)
            .unwrap_or_else(|| panic!("no thread {name:?} in {threads:?}"));
        assert_ne!(thread.id, specimen.pid().into());
        assert!(thread.start.is_known());
        assert!(thread.cpu_num.is_some());
    }
    assert_eq!(threads[0].id, specimen.pid().into());
}

#[test]
fn the_times_of_the_threads_add_up_to_those_of_the_process() {
    let mut specimen = zoo::sleeper();
    specimen.burn(Duration::from_millis(200));
    let process = Process::open(specimen.pid()).unwrap();
    let threads = process.threads().unwrap();
    let sum: Duration = threads
        .iter()
        .map(|one| one.user + one.system.unwrap())
        .sum();
    let times = process.cpu_times().unwrap();
    let whole = times.user + times.system;
    assert!(whole >= Duration::from_millis(20), "{whole:?}");
    assert!(
        whole.abs_diff(sum) <= Duration::from_millis(40),
        "{whole:?} {sum:?}"
    );
}

#[test]
fn open_files_are_those_that_were_opened() {
    let scratch = Scratch::new("files");
    let content = [7; 100];
    let mut specimen = zoo::sleeper();
    let modes = [
        ("r", AccessMode::Read),
        ("w", AccessMode::Write),
        ("a", AccessMode::Append),
        ("r+", AccessMode::ReadWrite),
        ("a+", AccessMode::ReadAppend),
    ];
    let mut expected = Vec::new();
    for (index, (mode, access)) in modes.into_iter().enumerate() {
        let path = scratch.file(&format!("{index} with blanks"), &content);
        let fd = specimen.open(mode, &path, 10 + index as u64);
        expected.push((fd, path, access, 10 + index as u64));
    }
    // Really named like that, and there.
    let tricky = scratch.file("still here (deleted)", &content);
    let tricky_fd = specimen.open("r", &tricky, 0);
    let gone = scratch.0.join("gone");
    let gone_fd = specimen.open_deleted(&gone);
    // Its name is gone, but not the file.
    let linked = scratch.file("linked", &content);
    let linked_fd = specimen.open("r", &linked, 0);
    fs::hard_link(&linked, scratch.0.join("other name")).unwrap();
    fs::remove_file(&linked).unwrap();
    specimen.open_memory(b"some memory");
    let process = Process::open(specimen.pid()).unwrap();
    let files = process.open_files().unwrap();
    for (fd, path, access, position) in expected {
        let file = files.iter().find(|file| file.fd == fd).unwrap();
        assert_eq!((&file.path, file.mode), (&path, access));
        assert!(!file.deleted);
        assert_eq!(file.mode.as_str(), access.as_str());
        assert_eq!(file.position, position, "{path:?}");
        assert_eq!(file.size, Some(fs::metadata(&path).unwrap().len()));
    }
    let of = |fd| files.iter().find(|file| file.fd == fd).unwrap();
    assert_eq!(
        (&of(tricky_fd).path, of(tricky_fd).deleted),
        (&tricky, false)
    );
    assert_eq!((&of(gone_fd).path, of(gone_fd).deleted), (&gone, true));
    assert_eq!(
        (&of(linked_fd).path, of(linked_fd).deleted),
        (&linked, true)
    );
    // Where the tests print to may be a file, too.
    let own = files.iter().filter(|file| file.fd > 2).count();
    assert_eq!(own, 8, "{files:?}");
    assert!(files.is_sorted_by_key(|file| file.fd));
}

#[test]
fn every_descriptor_is_told_by_its_kind() {
    let scratch = Scratch::new("descriptors");
    let mut specimen = zoo::sleeper();
    let memory = specimen.open_memory(b"n)m\n");
    let directory = specimen.open("r", &scratch.0, 0);
    let null = specimen.open("r+", Path::new("/dev/null"), 0);
    let socket = specimen.socket("udp4").number("fd") as u32;
    specimen.pipe();
    let process = Process::open(specimen.pid()).unwrap();
    let all = process.descriptors().unwrap();
    let kind = |fd| &all.iter().find(|one| one.fd == fd).unwrap().kind;
    assert!(
        matches!(kind(memory), DescriptorKind::Memory { name } if name.as_bytes() == b"n)m\n"),
        "{:?}",
        kind(memory)
    );
    assert!(
        matches!(kind(directory), DescriptorKind::Directory { path, deleted: false } if *path == scratch.0)
    );
    assert!(
        matches!(kind(null), DescriptorKind::CharacterDevice { path } if path == Path::new("/dev/null"))
    );
    let link = fs::read_link(format!("/proc/{}/fd/{socket}", specimen.pid())).unwrap();
    let DescriptorKind::Socket { inode } = kind(socket) else {
        panic!("{:?}", kind(socket));
    };
    assert_eq!(link.to_str().unwrap(), format!("socket:[{inode}]"));
    let pipes = all
        .iter()
        .filter(|one| matches!(one.kind, DescriptorKind::Pipe { .. }))
        .count();
    assert!(pipes >= 2, "{all:?}");
    assert_eq!(all.len() as u32, process.num_fds().unwrap());
}

#[test]
fn memory_maps_show_what_was_mapped() {
    let scratch = Scratch::new("maps");
    let file = scratch.file("a\nmapped file", &[1; 3 * 4096]);
    let mut specimen = zoo::sleeper();
    specimen.map_file(&file);
    specimen.hold_memory(8 << 20, 4 << 20);
    let process = Process::open(specimen.pid()).unwrap();
    let maps = process.memory_maps().unwrap();
    assert!(maps.is_sorted_by_key(|map| map.start));
    assert!(maps.iter().all(|map| map.usage.size == map.end - map.start));
    let mapped = maps
        .iter()
        .find(|map| map.name.as_deref() == Some(file.as_os_str()))
        .expect("the file is mapped");
    assert_eq!(mapped.inode, fs::metadata(&file).unwrap().ino());
    assert!(!mapped.deleted && mapped.permissions.read);
    assert!(
        maps.iter()
            .any(|map| map.name.as_deref() == Some("[stack]".as_ref()))
    );
    // The kernel's own text has as many lines.
    let text = specimen.proc_file("maps");
    assert_eq!(
        maps.len(),
        text.iter().filter(|&&byte| byte == b'\n').count()
    );

    let groups = process.memory_maps_grouped().unwrap();
    assert_eq!(
        groups.iter().map(|group| group.count).sum::<usize>(),
        maps.len()
    );
    let rss: u64 = groups.iter().filter_map(|group| group.usage.rss).sum();
    assert!(rss >= 4 << 20, "{rss}");
    let sum: u64 = maps.iter().filter_map(|map| map.usage.rss).sum();
    assert_eq!(rss, sum);
    let info = process.memory_info().unwrap();
    assert!(info.rss.abs_diff(rss) <= 1 << 20, "{} {rss}", info.rss);
    let footprint = process.memory_footprint().unwrap();
    let uss: u64 = maps
        .iter()
        .map(|map| map.usage.private_clean.unwrap() + map.usage.private_dirty.unwrap())
        .sum();
    assert_eq!(footprint.uss, uss);
    fs::remove_file(&file).unwrap();
    let maps = process.memory_maps().unwrap();
    assert!(
        maps.iter()
            .any(|map| map.deleted && map.name.as_deref() == Some(file.as_os_str()))
    );
}

#[test]
fn kernel_threads_have_no_maps_and_no_executable() {
    let Some(kthreadd) = Process::open(2)
        .ok()
        .filter(|process| process.name().is_ok_and(|name| name == "kthreadd"))
    else {
        oslens_testkit::skip_allowed!("PID 2 is not kthreadd here");
    };
    if !oslens_testkit::is_root() {
        oslens_testkit::skip!("needs root to look into kernel threads");
    }
    assert_eq!(kthreadd.memory_maps().unwrap(), []);
    assert_eq!(kthreadd.exe().unwrap(), None);
    assert!(kthreadd.cmdline().unwrap().is_empty());
    assert_eq!(kthreadd.parent().unwrap(), None);
}

#[test]
fn both_ways_to_the_limits_agree() {
    let mut specimen = zoo::sleeper();
    // Of another type in musl.
    specimen.set_limit(libc::RLIMIT_NOFILE as _, 123, 456);
    specimen.set_limit(libc::RLIMIT_CORE as _, 0, 0);
    let process = Process::open(specimen.pid()).unwrap();
    let other = Host::builder()
        .root("/")
        .build()
        .process(specimen.pid())
        .unwrap();
    let all = process.limits().unwrap();
    assert_eq!(all.len(), 16, "those that Linux has");
    for (resource, limit) in all {
        assert_eq!(process.limit(resource).unwrap(), limit, "{resource:?}");
        assert_eq!(other.limit(resource).unwrap(), limit, "{resource:?}");
    }
    let files = process.limit(Resource::OpenFiles).unwrap();
    assert_eq!((files.soft, files.hard), (Some(123), Some(456)));
}

#[test]
fn namespaces_are_those_of_the_process() {
    let me = Process::current().unwrap();
    let mine = me.namespaces().unwrap();
    let inode = |name: &str| fs::metadata(format!("/proc/self/ns/{name}")).unwrap().ino();
    assert_eq!(mine.network, Some(inode("net")));
    assert_eq!(mine.mount, Some(inode("mnt")));
    assert_eq!(mine.user, Some(inode("user")));
    match zoo::in_another_network() {
        Ok(other) => {
            let theirs = Process::open(other.pid()).unwrap().namespaces().unwrap();
            assert_ne!(theirs.network, mine.network);
            assert_eq!(theirs.mount, mine.mount);
        }
        Err(reason) => oslens_testkit::skip!("{reason}"),
    }
}

#[test]
fn a_process_has_a_pid_in_each_of_its_namespaces() {
    match zoo::with_child_in_another_pid_namespace() {
        Ok((_parent, child)) => {
            let security = Process::open(child).unwrap().security().unwrap();
            let pids = security.namespace_pids;
            assert!(pids.len() >= 2, "{pids:?}");
            assert_eq!(pids[0], Pid::new(child));
            assert_eq!(security.seccomp, Some(Seccomp::Off));
        }
        Err(reason) => oslens_testkit::skip!("{reason}"),
    }
}

#[test]
fn a_debugger_is_seen() {
    let mut specimen = zoo::sleeper();
    let traced = specimen.traced_child();
    let process = Process::open(traced).unwrap();
    assert_eq!(
        process.security().unwrap().tracer,
        Some(Pid::new(specimen.pid()))
    );
    assert_eq!(process.state().unwrap(), State::TracingStop);
}

#[test]
fn parents_and_children_are_found_from_both_sides() {
    let mut specimen = zoo::sleeper();
    let fan = specimen.fan(5);
    let chain = specimen.chain(6);
    let zombie = specimen.zombie_child();
    let process = Process::open(specimen.pid()).unwrap();
    assert_eq!(process.parent().unwrap(), Some(Process::current().unwrap()));

    let children = process.children().unwrap();
    let mut pids: Vec<_> = children.iter().map(|child| child.pid().get()).collect();
    for child in &children {
        assert_eq!(child.parent().unwrap().as_ref(), Some(&process));
    }
    pids.sort_unstable();
    let mut expected: Vec<_> = fan.iter().copied().chain([chain[0], zombie]).collect();
    expected.sort_unstable();
    assert_eq!(pids, expected, "zombies are children too");

    let descendants = process.descendants().unwrap();
    assert_eq!(descendants.len(), fan.len() + chain.len() + 1);
    let start = descendants
        .iter()
        .position(|one| one.pid().get() == chain[0])
        .unwrap();
    let run: Vec<_> = descendants[start..start + chain.len()]
        .iter()
        .map(|one| one.pid().get())
        .collect();
    assert_eq!(run, chain, "each is followed by its children");

    let last = Process::open(*chain.last().unwrap()).unwrap();
    let parents: Vec<_> = last
        .parents()
        .unwrap()
        .iter()
        .map(|parent| parent.pid().get())
        .collect();
    let upwards: Vec<_> = chain
        .iter()
        .rev()
        .skip(1)
        .copied()
        .chain([specimen.pid()])
        .collect();
    assert_eq!(parents[..upwards.len()], upwards);
    let tree = process::tree().unwrap();
    let ancestors: Vec<_> = tree.ancestors(last.pid()).map(|id| id.pid.get()).collect();
    assert_eq!(ancestors, parents);
}

#[test]
fn an_orphan_gets_another_parent() {
    let mut specimen = zoo::sleeper();
    let orphan = specimen.orphan();
    let process = Process::open(orphan).unwrap();
    let parent = process.parent().unwrap().expect("somebody adopted it");
    assert_ne!(parent.pid().get(), specimen.pid());
    assert!(parent.id().start <= process.id().start);
    assert!(
        Process::open(specimen.pid())
            .unwrap()
            .children()
            .unwrap()
            .iter()
            .all(|child| child.pid().get() != orphan)
    );
    process.kill().unwrap();
}

#[test]
fn cpu_use_is_a_fraction_of_one_cpu() {
    let specimen = zoo::sleeper();
    let process = Process::open(specimen.pid()).unwrap();
    let idle = process.cpu_fraction(Duration::from_millis(30)).unwrap();
    assert!((0.0..0.5).contains(&idle), "{idle}");
    let me = Process::current().unwrap();
    let spinner = std::thread::spawn(|| {
        let until = Instant::now() + Duration::from_millis(400);
        while Instant::now() < until {
            std::hint::spin_loop();
        }
    });
    let busy = me.cpu_fraction(Duration::from_millis(300)).unwrap();
    assert!(busy > 0.05, "{busy}");
    spinner.join().unwrap();
    let error = me.cpu_fraction(Duration::ZERO).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[test]
fn processes_that_die_during_a_call_are_gone_and_nothing_else() {
    let _churn = Churn::start(500);
    let until = Instant::now() + Duration::from_secs(2);
    let mut looked_at = 0;
    let mut gone = 0;
    while Instant::now() < until {
        for pid in process::pids().unwrap() {
            let Ok(process) = Process::open(pid) else {
                gone += 1;
                continue;
            };
            macro_rules! look {
                ($($call:ident),*) => {$(
                    if let Err(error) = process.$call() {
                        gone += 1;
                        assert!(
                            matches!(
                                error.kind(),
                                ErrorKind::NoSuchProcess
                                    | ErrorKind::Reused
                                    | ErrorKind::Zombie
                                    | ErrorKind::AccessDenied
                            ),
                            "{}: {error}",
                            stringify!($call)
                        );
                    }
                )*};
            }
            look!(
                threads,
                open_files,
                descriptors,
                limits,
                namespaces,
                security,
                parent,
                name,
                cmdline,
                exe,
                memory_info,
                uids,
                num_fds,
                cpu_affinity,
                cpu_total,
                is_running
            );
            looked_at += 1;
            if Instant::now() >= until {
                break;
            }
        }
    }
    println!("{looked_at} processes looked at, {gone} times gone");
    assert!(looked_at > 0);
}

#[test]
fn a_captured_root_of_an_old_kernel_is_read() {
    let root = FixtureRoot::new()
        .file("proc/stat", b"btime 1000\n")
        .file(
            "proc/77/stat",
            b"77 (old) S 1 77 77 0 -1 0 1 2 3 4 5 6 7 8 9 0 2 0 5500 4096 1 0 0 0 0 0 0 0 0 0 0 0 0 0 17",
        )
        .file(
            "proc/77/task/77/stat",
            b"77 (old) S 1 77 77 0 -1 0 1 2 3 4 150 250 7 8 9 -5 2 0 5500 4096 1 0 0 0 0 0 0 0 0 0 0 0 0 0 17",
        )
        .file(
            "proc/77/task/78/stat",
            b"78 (x) (y) D 1 77 77 0 -1 0 1 2 3 4 5 6 7 8 9 0 2 0 5600 4096 1 0 0 0 0 0 0 0 0 0 0 0 0 0 17",
        )
        .file(
            "proc/77/limits",
            b"Limit                     Soft Limit           Hard Limit           Units     \n\
Max open files            1024                 1024                 files     \n",
        )
        .file(
            "proc/77/smaps",
            b"00008000-0000a000 r-xp 00000000 1f:03 1234       /bin/old (deleted)\n\
Size:                  8 kB\nRss:                   4 kB\nShared_Clean:          4 kB\n",
        )
        .symlink("proc/77/fd/0", "/no/such/file/anywhere")
        .symlink("proc/77/fd/10", "socket:[9]")
        .symlink("proc/77/fd/2", "anon_inode:inotify")
        .file("proc/77/fdinfo/0", b"pos:\t5\nflags:\t0100001\n")
        .file("proc/77/fdinfo/10", b"pos:\t0\nflags:\t02\n")
        .file("proc/77/fdinfo/2", b"pos:\t0\nflags:\t00\n")
        .file("proc/77/status", b"Name:\told\nTracerPid:\t0\n");
    let host = Host::builder()
        .root(root.path())
        .page_size(4096)
        .ticks_per_second(100)
        .build();
    let process = host.process(77).unwrap();
    let threads = process.threads().unwrap();
    assert_eq!(threads.len(), 2);
    assert_eq!(threads[0].user, Duration::from_millis(1500));
    assert_eq!(threads[0].system, Some(Duration::from_millis(2500)));
    assert_eq!((threads[0].nice, threads[0].cpu_num), (-5, None));
    assert_eq!(
        (threads[1].name.as_bytes(), threads[1].state),
        (&b"x) (y"[..], State::DiskSleep)
    );

    assert_eq!(process.limits().unwrap().len(), 1);
    let error = process.limit(Resource::RealTimeTimeout).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("RLIMIT_RTTIME"), "{error}");

    let maps = process.memory_maps().unwrap();
    assert_eq!(maps.len(), 1);
    assert_eq!(maps[0].name.as_deref(), Some("/bin/old".as_ref()));
    assert!(maps[0].deleted);
    assert_eq!((maps[0].usage.rss, maps[0].usage.swap), (Some(4096), None));

    let open = process.descriptors().unwrap();
    let numbers: Vec<_> = open.iter().map(|one| one.fd).collect();
    assert_eq!(numbers, [0, 2, 10]);
    assert_eq!((open[0].position, open[0].mode), (5, AccessMode::Write));
    assert_eq!(open[2].kind, DescriptorKind::Socket { inode: 9 });

    let security = process.security().unwrap();
    assert_eq!((security.tracer, security.seccomp), (None, None));
    assert!(security.namespace_pids.is_empty());
    for error in [
        process.oom_score_adjustment().unwrap_err(),
        process.login_uid().unwrap_err(),
        process.wait_channel().unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    }
    assert_eq!(process.children().unwrap(), []);
    assert_eq!(process.parent().unwrap(), None);

    // Half-written files are malformed, by name, and nothing panics.
    root.write("proc/77/smaps", b"00008000-0000a000 r-x");
    root.write("proc/77/limits", b"Limit\nMax open files            10");
    root.write("proc/77/fdinfo/0", b"pos:");
    root.write("proc/77/task/78/stat", b"78 (x");
    for (file, error) in [
        ("smaps", process.memory_maps().unwrap_err()),
        ("limits", process.limits().unwrap_err()),
        ("fdinfo/0", process.descriptors().unwrap_err()),
        ("task/78/stat", process.threads().unwrap_err()),
    ] {
        assert_eq!(error.kind(), ErrorKind::Malformed, "{error}");
        assert!(error.to_string().contains(file), "{error}");
    }
}
