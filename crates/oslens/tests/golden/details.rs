//! One process in detail: threads, maps, limits, descriptors, namespaces,
//! sockets and relatives.

use std::path::Path;

use oslens::{
    ErrorKind,
    net::{Kind, TcpState},
    os::linux::{ProcessExt as _, Seccomp},
    process::{
        AccessMode, DescriptorKind, IoClass, Pid, Process, Resource, ResourceLimit, Signal, State,
    },
};

use crate::{KIB, Machine, machine, ticks};

fn process(machine: &Machine, pid: u32) -> Process {
    machine.process(pid).unwrap()
}

#[test]
fn threads_have_names_of_any_bytes_and_times_of_their_own() {
    let captured = machine("debian12-x86_64");
    let threads = process(&captured, 100).threads().unwrap();
    let shown: Vec<_> = threads
        .iter()
        .map(|one| (one.id, one.name.to_str().unwrap(), one.nice, one.cpu_num))
        .collect();
    assert_eq!(
        shown,
        [
            (100, "specimen", 5, Some(1)),
            // Only the first thread was made nicer.
            (111, "pool) 1", 0, Some(1)),
            (112, "pool 2", 0, Some(0)),
        ]
    );
    let server = machine("server-x86_64-numa");
    let threads = process(&server, 900).threads().unwrap();
    assert_eq!(threads[2].name, "CPU 1/KVM");
    assert_eq!(threads[2].state, State::Running);
    assert_eq!(
        (threads[2].user, threads[2].system.unwrap()),
        (ticks(1_800_000), ticks(100_000))
    );
    assert_eq!(threads[0].user, ticks(500_000));
    let sum: std::time::Duration = threads.iter().map(|one| one.user).sum();
    assert_eq!(sum, process(&server, 900).cpu_times().unwrap().user);
    // A kernel thread is one.
    assert_eq!(process(&captured, 2).threads().unwrap().len(), 1);
}

#[test]
fn limits_are_read_and_no_limit_is_none() {
    let machine = machine("debian12-x86_64");
    let process = process(&machine, 100);
    let both = |soft, hard| ResourceLimit { soft, hard };
    let limit = |resource| process.limit(resource).unwrap();
    assert_eq!(limit(Resource::OpenFiles), both(Some(256), Some(512)));
    assert_eq!(limit(Resource::CpuTime), both(None, None));
    assert_eq!(limit(Resource::Stack), both(Some(8 << 20), None));
    assert_eq!(limit(Resource::CoreSize), both(Some(0), None));
    assert_eq!(limit(Resource::Processes), both(Some(96_365), Some(96_365)));
    assert_eq!(
        limit(Resource::LockedMemory),
        both(Some(8 << 20), Some(8 << 20))
    );
    assert_eq!(
        limit(Resource::MessageQueues),
        both(Some(819_200), Some(819_200))
    );
    assert_eq!(limit(Resource::RealTimeTimeout), both(None, None));
    assert_eq!(process.limits().unwrap().len(), 16);
    let old = crate::machine("linux-2.4");
    let error = self::process(&old, 1).limits().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
}

#[test]
fn maps_add_up_to_what_the_kernel_rolled_up() {
    let captured = machine("debian12-x86_64");
    let maps = process(&captured, 100).memory_maps().unwrap();
    assert_eq!(maps.len(), 31);
    let sum = |part: fn(&oslens::process::MapUsage) -> Option<u64>| -> u64 {
        maps.iter().filter_map(|map| part(&map.usage)).sum()
    };
    assert_eq!(sum(|usage| usage.rss), 11_516 * KIB);
    assert_eq!(sum(|usage| usage.private_dirty), 10_348 * KIB);
    assert_eq!(sum(|usage| usage.anonymous), 8300 * KIB);
    assert_eq!(sum(|usage| usage.locked), 64 * KIB);
    let first = &maps[0];
    assert_eq!(
        (first.start, first.end),
        (0x5560_8c5b_6000, 0x5560_8c5b_7000)
    );
    assert_eq!(first.permissions.to_string(), "r--p");
    assert_eq!((first.device, first.inode), ((0, 0x29), 3));
    assert_eq!(first.name.as_deref(), Some("/srv/app/specimen".as_ref()));
    let shared = maps.iter().find(|map| map.permissions.shared).unwrap();
    assert_eq!(shared.name.as_deref(), Some("/dev/zero".as_ref()));
    assert!(shared.deleted);
    assert_eq!(shared.usage.size, 4 << 20);
    let groups = process(&captured, 100).memory_maps_grouped().unwrap();
    let libc = groups
        .iter()
        .find(|group| {
            group
                .name
                .as_deref()
                .is_some_and(|name| name.to_str().unwrap().ends_with("libc.so.6"))
        })
        .unwrap();
    assert_eq!(libc.count, 5);
    let total: usize = groups.iter().map(|group| group.count).sum();
    assert_eq!(total, 31);
    // A process that has ended has no empty address space.
    let gone = process(&captured, 101).memory_maps().unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::Zombie, "{gone}");
}

#[test]
fn old_kernels_count_fewer_things_in_a_map() {
    let old = machine("rhel6-2.6.32");
    let maps = process(&old, 1).memory_maps().unwrap();
    assert_eq!(maps[1].usage.shared_clean, Some(560 * KIB));
    assert_eq!(maps[1].usage.pss, Some(50 * KIB));
    assert_eq!(
        (maps[1].usage.swap_pss, maps[1].usage.pss_dirty),
        (None, None)
    );
    let power = machine("ppc64le-64k");
    let maps = process(&power, 1).memory_maps().unwrap();
    assert_eq!(maps[1].usage.swap, Some(64 * KIB));
    assert_eq!(maps[1].usage.size, 5184 * KIB);
}

#[test]
fn descriptors_are_what_their_links_say() {
    let machine = machine("debian12-x86_64");
    let descriptors = process(&machine, 109).descriptors().unwrap();
    let numbers: Vec<u32> = descriptors.iter().map(|one| one.fd).collect();
    assert_eq!(numbers, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    // What has their path on this machine is another file.
    for (fd, path) in [(0, "/dev/null"), (3, "/srv/app/data.log"), (9, "/srv/app")] {
        let link = DescriptorKind::Other { link: path.into() };
        assert_eq!(descriptors[fd].kind, link);
    }
    assert_eq!(process(&machine, 109).open_files().unwrap(), []);
    let log = &descriptors[3];
    assert_eq!((log.position, log.mode), (10, AccessMode::ReadAppend));
    assert_eq!(
        (descriptors[4].position, descriptors[4].mode),
        (4096, AccessMode::Write)
    );
    assert_eq!(descriptors[5].mode, AccessMode::Read);
    assert_eq!(descriptors[6].kind, DescriptorKind::Pipe { inode: 441_586 });
    assert_eq!(descriptors[7].mode, AccessMode::Write);
    assert_eq!(
        descriptors[8].kind,
        DescriptorKind::Memory {
            name: "scratch".into()
        }
    );
    let sockets = process(&machine, 110).descriptors().unwrap();
    assert_eq!(sockets[3].kind, DescriptorKind::Socket { inode: 441_587 });
    let server = crate::machine("server-x86_64-numa");
    let init = process(&server, 1).descriptors().unwrap();
    assert_eq!(
        init[4].kind,
        DescriptorKind::Anonymous {
            name: "eventpoll".into()
        }
    );
}

#[test]
fn the_sockets_of_a_process_are_those_of_its_own_namespace() {
    let captured = machine("debian12-x86_64");
    std::os::unix::fs::symlink("../1/net", captured.root.join("proc/110/net")).unwrap();
    let mut all = process(&captured, 110).connections(Kind::TCP).unwrap();
    all.sort_by_key(|one| one.inode);
    let states: Vec<_> = all.iter().map(|one| one.state.unwrap()).collect();
    assert_eq!(
        states,
        [
            TcpState::Listen,
            TcpState::Established,
            TcpState::Established,
            TcpState::Listen
        ]
    );
    let container = machine("container-cgroup2");
    let mut own = process(&container, 1).connections(Kind::ALL).unwrap();
    own.sort_by_key(|one| one.inode);
    let inodes: Vec<_> = own.iter().map(|one| one.inode).collect();
    assert_eq!(inodes, [502, 503]);
    assert_eq!(
        own[0].owners.as_ref().unwrap().len(),
        1,
        "others are not looked at"
    );
    assert_eq!(
        process(&container, 31)
            .connections(Kind::ALL)
            .unwrap_err()
            .kind(),
        ErrorKind::Zombie
    );
}

#[test]
fn namespaces_and_security_are_read() {
    let machine = machine("debian12-x86_64");
    let process = process(&machine, 100);
    let spaces = process.namespaces().unwrap();
    assert_eq!(spaces.network, Some(4_026_532_180));
    assert_eq!(spaces.mount, Some(4_026_532_319));
    assert_eq!(spaces.pid, Some(4_026_532_320));
    assert_eq!(spaces.time, Some(4_026_531_834));
    assert_eq!(spaces.time_for_children, None);
    let security = process.security().unwrap();
    assert_eq!(security.tracer, None);
    assert_eq!(security.no_new_privs, Some(false));
    assert_eq!(security.seccomp, Some(Seccomp::Off));
    assert_eq!(security.namespace_pids, [Pid::new(100)]);
    let old = crate::machine("rhel6-2.6.32");
    let security = self::process(&old, 1500).security().unwrap();
    assert_eq!((security.no_new_privs, security.seccomp), (None, None));
}

#[test]
fn relatives_are_found_below_the_root() {
    let machine = machine("debian12-x86_64");
    let init = process(&machine, 1);
    assert_eq!(init.children().unwrap().len(), 11);
    assert_eq!(init.descendants().unwrap().len(), 11);
    assert_eq!(init.parent().unwrap(), None);
    let child = process(&machine, 105);
    assert_eq!(child.parent().unwrap(), Some(init));
    let hidden = crate::machine("hidepid");
    let shell = process(&hidden, 500);
    assert_eq!(shell.parent().unwrap(), None, "PID 499 cannot be seen");
    let children: Vec<u32> = shell
        .children()
        .unwrap()
        .iter()
        .map(|one| one.pid().get())
        .collect();
    assert_eq!(children, [501]);
    let tree = hidden.process_tree().unwrap();
    assert_eq!(tree.len(), 2);
    assert_eq!(tree.roots().count(), 1);
}

#[test]
fn nothing_is_done_to_a_process_of_another_root() {
    // Its number belongs to somebody else here: to this very test.
    let own = std::process::id();
    let root = oslens_testkit::fixture("debian12-x86_64");
    let stat = std::fs::read_to_string(root.join("proc/100/stat")).unwrap();
    let stat = stat.replacen("100", &own.to_string(), 1);
    let root = root.file(format!("proc/{own}/stat"), stat);
    let machine = crate::of_root(root, |host| host);
    let process = process(&machine, own);
    let unlimited = ResourceLimit {
        soft: None,
        hard: None,
    };
    let refused = [
        process.kill(),
        process.terminate(),
        process.suspend(),
        process.resume(),
        process.send_signal(Signal::TERM),
        process.set_nice(1),
        process.set_ionice(IoClass::Idle, 0),
        process.set_cpu_affinity(&[0]),
        process.set_limit(Resource::CoreSize, unlimited),
        process.set_oom_score_adjustment(1),
        process.ionice().map(|_| ()),
        process.cpu_affinity().map(|_| ()),
    ];
    for (at, result) in refused.into_iter().enumerate() {
        let error = result.expect_err("it was done");
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{at}: {error}");
    }
    assert!(process.pidfd().is_none());
    // Looking on until it ends is no act.
    let error = process.wait(Some(std::time::Duration::ZERO)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    machine.root.remove(format!("proc/{own}"));
    assert_eq!(process.wait(None).unwrap(), None);
}

#[test]
fn a_single_value_that_is_missing_is_an_error_that_says_why() {
    let captured = machine("debian12-x86_64");
    let zombie = process(&captured, 101);
    assert_eq!(zombie.exe().unwrap_err().kind(), ErrorKind::Zombie);
    assert_eq!(zombie.cmdline().unwrap_err().kind(), ErrorKind::Zombie);
    assert_eq!(zombie.state().unwrap(), State::Zombie);
    assert_eq!(
        process(&captured, 100).username().unwrap().unwrap(),
        "example"
    );
    assert_eq!(
        process(&captured, 109).cwd().unwrap(),
        Path::new("/srv/app")
    );
    let old = machine("rhel6-2.6.32");
    let error = process(&old, 1500).io_counters().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(error.pid(), Some(Pid::new(1500)));
    assert_eq!(
        captured.process(3).unwrap_err().kind(),
        ErrorKind::NoSuchProcess
    );
}
