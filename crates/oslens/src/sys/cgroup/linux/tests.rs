use std::{collections::BTreeSet, process::Command};

use super::*;
use crate::test_tree::TestTree;

const PID: u32 = 42;
const MIB: u64 = 1 << 20;
const V2: &str = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";

/// A root with one process, in these groups, under these mounts.
fn tree(cgroup: &str, mountinfo: &str) -> TestTree {
    TestTree::new()
        .file("proc/42/cgroup", cgroup)
        .file("proc/1/mountinfo", mountinfo)
        .file("proc/stat", "cpu  1 1 1 1\ncpu0 1 1 1 1\n")
}

/// Files below one group.
fn group(tree: TestTree, directory: &str, files: &[(&str, &str)]) -> TestTree {
    files.iter().fold(tree, |tree, (name, content)| {
        tree.file(format!("sys/fs/cgroup/{directory}/{name}"), content)
    })
}

fn limits_of(tree: &TestTree) -> Limits {
    tree.host().cgroup_limits(PID).unwrap()
}

fn nested_v2() -> TestTree {
    let tree = tree("0::/kubepods/pod1/web\n", V2);
    let tree = group(
        tree,
        "",
        &[
            ("cpuset.cpus.effective", "0-7\n"),
            ("cpu.stat", "usage_usec 9\n"),
        ],
    );
    let tree = group(
        tree,
        "kubepods",
        &[
            ("memory.max", "max\n"),
            ("cpu.max", "max 100000\n"),
            ("pids.max", "1000\n"),
            ("memory.swap.max", "0\n"),
        ],
    );
    let tree = group(
        tree,
        "kubepods/pod1",
        &[
            ("memory.max", "268435456\n"),
            ("memory.current", "209715200\n"),
            ("memory.stat", "anon 1\ninactive_file 104857600\n"),
            ("memory.high", "max\n"),
            ("cpu.max", "150000 100000\n"),
            ("pids.max", "max\n"),
        ],
    );
    group(
        tree,
        "kubepods/pod1/web",
        &[
            ("memory.max", "536870912\n"),
            ("memory.high", "500000000\n"),
            ("memory.current", "104857600\n"),
            (
                "memory.stat",
                "anon 1\ninactive_file 1048576\nactive_file 5\n",
            ),
            ("memory.swap.current", "4096\n"),
            ("memory.swap.max", "max\n"),
            ("cpu.max", "400000 100000\n"),
            ("cpu.weight", "79\n"),
            (
                "cpu.stat",
                "usage_usec 5000000\nuser_usec 3000000\nsystem_usec 2000000\nnr_periods 10\nnr_throttled 4\nthrottled_usec 1500\n",
            ),
            ("cpuset.cpus.effective", "2-3,5\n"),
            ("pids.max", "max\n"),
            ("pids.current", "7\n"),
            (
                "io.stat",
                "8:0 rbytes=10 wbytes=20 rios=1 wios=1 dbytes=0 dios=0\n",
            ),
            (
                "memory.pressure",
                "some avg10=1.00 avg60=0.00 avg300=0.00 total=7\n",
            ),
        ],
    )
}

#[test]
fn the_tightest_of_nested_groups_holds() {
    let tree = nested_v2();
    let limits = limits_of(&tree);
    assert_eq!(limits.memory, Some(256 * MIB));
    assert_eq!(limits.memory_high, Some(500_000_000));
    assert_eq!(limits.swap, Some(0));
    assert_eq!(limits.cpus, Some(1.5));
    assert_eq!(limits.cpuset, Some(vec![2, 3, 5]));
    assert_eq!(limits.processes, Some(1000));
    assert_eq!((limits.cpu_weight, limits.cpu_shares), (Some(79), None));
    let usage = tree.host().cgroup_usage(PID).unwrap();
    assert_eq!(usage.memory, Some(100 * MIB));
    assert_eq!(usage.inactive_file, Some(MIB));
    assert_eq!((usage.swap, usage.processes), (Some(4096), Some(7)));
    assert_eq!(usage.cpu, Some(Duration::from_secs(5)));
    assert_eq!(usage.cpu_user, Some(Duration::from_secs(3)));
    assert_eq!(
        usage.throttling,
        Some(Throttling {
            periods: 10,
            throttled_periods: 4,
            throttled_time: Duration::from_micros(1500),
        })
    );
    assert_eq!((usage.read_bytes, usage.write_bytes), (Some(10), Some(20)));
    let host = tree.host();
    let pressure = host.cgroup_pressure(PID, Resource::Memory).unwrap();
    assert_eq!(pressure.some.unwrap().total, Duration::from_micros(7));
    let error = host.cgroup_pressure(PID, Resource::Irq).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[test]
fn a_container_has_the_memory_and_cpus_that_its_groups_leave() {
    let tree = nested_v2()
        .file(
            "proc/meminfo",
            "MemTotal: 16777216 kB\nMemFree: 1 kB\nMemAvailable: 8388608 kB\n",
        )
        .file("proc/42/status", "Name:\tx\nCpus_allowed_list:\t0-127\n")
        .file("sys/devices/system/cpu/online", "0-7\n");
    let host = tree.host();
    let memory = host.memory_limit(PID).unwrap();
    assert_eq!(memory.limit, Some(256 * MIB));
    assert_eq!(memory.total, 256 * MIB);
    // Of the pod: 256 - (200 - 100); of the container there is more.
    assert_eq!(memory.available, 156 * MIB);
    assert_eq!(memory.used(), 100 * MIB);
    let cpu = host.cpu_limit(PID).unwrap();
    assert_eq!(
        (cpu.online, cpu.allowed, cpu.quota),
        (8, Some(8), Some(1.5))
    );
    assert!((cpu.cpus() - 1.5).abs() < 1e-9);
    assert_eq!(cpu.parallelism(), 2);
    // Nearly everything is used: less than nothing is nothing.
    let tree = group(
        tree,
        "kubepods/pod1",
        &[("memory.current", "999999999999\n")],
    );
    assert_eq!(tree.host().memory_limit(PID).unwrap().available, 0);
}

#[test]
fn a_machine_without_limits_has_all_its_memory() {
    let meminfo = "MemTotal: 1000 kB\nMemFree: 1 kB\nMemAvailable: 500 kB\n";
    let free = tree("0::/init.scope\n", V2).file("proc/meminfo", meminfo);
    let memory = free.host().memory_limit(PID).unwrap();
    assert_eq!((memory.total, memory.available), (1000 << 10, 500 << 10));
    assert_eq!(memory.limit, None);
    // A kernel without control groups.
    let none = TestTree::new()
        .file("proc/42/status", "Name: x\n")
        .file("proc/stat", "cpu  1 1 1 1\ncpu0 1 1 1 1\n")
        .file("proc/meminfo", meminfo);
    let host = none.host();
    assert_eq!(host.memory_limit(PID).unwrap(), memory);
    let cpu = host.cpu_limit(PID).unwrap();
    assert_eq!((cpu.online, cpu.allowed, cpu.quota), (1, None, None));
    assert_eq!(cpu.parallelism(), 1);
    assert_eq!(
        host.cgroup_limits(PID).unwrap_err().kind(),
        ErrorKind::Unsupported
    );
    // A limit above what there is does not make more of it.
    let high = group(free, "", &[("memory.max", "99999999999\n")]);
    let memory = high.host().memory_limit(PID).unwrap();
    assert_eq!(
        (memory.total, memory.limit),
        (1000 << 10, Some(99_999_999_999))
    );
}

#[test]
fn a_process_that_is_gone_is_no_such_process() {
    let tree = tree("0::/\n", V2).file("proc/meminfo", "MemTotal: 1 kB\nMemFree: 1 kB\n");
    let host = tree.host();
    for error in [
        host.cgroup_paths(7).unwrap_err(),
        host.cgroup_limits(7).unwrap_err(),
        host.cgroup_usage(7).unwrap_err(),
        host.memory_limit(7).unwrap_err(),
        host.cpu_limit(7).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::NoSuchProcess, "{error}");
        assert_eq!(error.pid(), Some(Pid::new(7)));
    }
}

const V1: &str = "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n\
    32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n\
    35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n\
    39 31 0:36 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n\
    37 31 0:34 / /sys/fs/cgroup/blkio rw - cgroup cgroup rw,blkio\n\
    40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd\n";

fn v1(cgroup: &str, mountinfo: &str) -> TestTree {
    let tree = tree(cgroup, mountinfo);
    let tree = group(
        tree,
        "memory",
        &[
            ("memory.limit_in_bytes", "9223372036854771712\n"),
            ("memory.use_hierarchy", "1\n"),
        ],
    );
    let tree = group(
        tree,
        "memory/slice",
        &[
            ("memory.limit_in_bytes", "104857600\n"),
            ("memory.memsw.limit_in_bytes", "157286400\n"),
            ("memory.use_hierarchy", "1\n"),
        ],
    );
    let tree = group(
        tree,
        "memory/slice/web",
        &[
            ("memory.limit_in_bytes", "209715200\n"),
            ("memory.memsw.limit_in_bytes", "9223372036854771712\n"),
            ("memory.usage_in_bytes", "50000\n"),
            ("memory.memsw.usage_in_bytes", "60000\n"),
            ("memory.stat", "inactive_file 1\ntotal_inactive_file 2000\n"),
            ("memory.use_hierarchy", "1\n"),
        ],
    );
    let tree = group(
        tree,
        "cpu,cpuacct/slice/web",
        &[
            ("cpu.cfs_quota_us", "50000\n"),
            ("cpu.cfs_period_us", "100000\n"),
            ("cpu.shares", "1024\n"),
            (
                "cpu.stat",
                "nr_periods 3\nnr_throttled 2\nthrottled_time 1000\n",
            ),
            // More than two to the power of 62 nanoseconds: 256 CPUs, a year.
            ("cpuacct.usage", "8072000000000000000\n"),
        ],
    );
    let tree = group(
        tree,
        "cpu,cpuacct/slice",
        &[
            ("cpu.cfs_quota_us", "-1\n"),
            ("cpu.cfs_period_us", "100000\n"),
        ],
    );
    let tree = group(
        tree,
        "pids/slice/web",
        &[("pids.max", "max\n"), ("pids.current", "3\n")],
    );
    group(
        tree,
        "blkio/slice/web",
        &[(
            "blkio.throttle.io_service_bytes",
            "8:0 Read 5\n8:0 Write 6\nTotal 11\n",
        )],
    )
}

const IN_V1: &str = "9:name=systemd:/slice/web\n8:pids:/slice/web\n7:blkio:/slice/web\n\
    4:memory:/slice/web\n1:cpu,cpuacct:/slice/web\n";

#[test]
fn version_1_is_understood() {
    let tree = v1(IN_V1, V1);
    let limits = limits_of(&tree);
    assert_eq!(limits.memory, Some(100 * MIB));
    assert_eq!(limits.swap, Some(50 * MIB));
    assert_eq!(limits.cpus, Some(0.5));
    assert_eq!((limits.cpu_shares, limits.cpu_weight), (Some(1024), None));
    assert_eq!((limits.processes, &limits.cpuset), (None, &None));
    let usage = tree.host().cgroup_usage(PID).unwrap();
    assert_eq!((usage.memory, usage.swap), (Some(50_000), Some(10_000)));
    assert_eq!(usage.inactive_file, Some(2000));
    assert_eq!(usage.cpu, Some(Duration::from_secs(8_072_000_000)));
    assert_eq!(usage.cpu_user, None);
    assert_eq!(
        usage.throttling.unwrap().throttled_time,
        Duration::from_micros(1)
    );
    assert_eq!((usage.read_bytes, usage.write_bytes), (Some(5), Some(6)));
    let host = tree.host();
    let paths = host.cgroup_paths(PID).unwrap();
    assert_eq!(paths.len(), 5);
    assert_eq!(paths[4].controllers, ["cpu", "cpuacct"]);
    assert_eq!(paths[4].path, Path::new("/slice/web"));
    assert_eq!(
        host.cgroup_pressure(PID, Resource::Cpu).unwrap_err().kind(),
        ErrorKind::Unsupported
    );
}

#[test]
fn a_group_that_does_not_count_for_its_parent_is_not_limited_by_it() {
    let tree = group(
        v1(IN_V1, V1),
        "memory/slice",
        &[("memory.use_hierarchy", "0\n")],
    );
    assert_eq!(limits_of(&tree).memory, Some(200 * MIB));
}

#[test]
fn in_hybrid_each_controller_is_where_it_is() {
    let hybrid = format!("{V1}41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
    // No pids in v1 here: it is enabled in v2.
    let tree = v1(
        "4:memory:/slice/web\n1:cpu,cpuacct:/slice/web\n0::/slice/web\n",
        &hybrid,
    );
    let tree = group(
        tree,
        "unified/slice/web",
        &[("pids.max", "12\n"), ("memory.max", "1\n")],
    );
    let limits = limits_of(&tree);
    assert_eq!(limits.processes, Some(12));
    assert_eq!(limits.memory, Some(100 * MIB));
}

#[test]
fn a_mount_may_show_a_group_as_its_root() {
    // Docker with v1: the container's group is mounted, and named in full.
    let docker = tree(
        "4:memory:/docker/abc/child\n",
        "35 31 0:32 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n",
    );
    let docker = group(docker, "memory", &[("memory.limit_in_bytes", "1000\n")]);
    let docker = group(
        docker,
        "memory/child",
        &[("memory.limit_in_bytes", "2000\n")],
    );
    assert_eq!(limits_of(&docker).memory, Some(1000));
    // `/docker/abcd` is not in `/docker/abc`.
    let other = group(
        tree(
            "4:memory:/docker/abcd\n",
            "35 31 0:32 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n",
        ),
        "memory",
        &[("memory.limit_in_bytes", "1000\n")],
    );
    assert_eq!(limits_of(&other), Limits::default());
    // A cgroup namespace: the container sees its group as the root, with the
    // limits that a real root does not have. So does LXC.
    let namespace = tree("0::/\n", V2);
    let namespace = group(
        namespace,
        "",
        &[("memory.max", "4096\n"), ("cpu.max", "20000 100000\n")],
    );
    let limits = limits_of(&namespace);
    assert_eq!((limits.memory, limits.cpus), (Some(4096), Some(0.2)));
    // A process outside of the namespace: nothing that is seen is about it.
    let outside = group(tree("0::/../other\n", V2), "", &[("memory.max", "4096\n")]);
    assert_eq!(limits_of(&outside), Limits::default());
    assert_eq!(outside.host().cgroup_usage(PID).unwrap(), Usage::default());
}

#[test]
fn the_mount_nearest_to_the_group_is_taken() {
    let both = format!("30 23 0:26 /a /sys/fs/cgroup/elsewhere rw - cgroup2 cgroup2 rw\n{V2}");
    let tree = tree("0::/a/b\n", &both);
    let tree = group(tree, "elsewhere/b", &[("memory.max", "5\n")]);
    let tree = group(tree, "a/b", &[("memory.max", "9\n")]);
    assert_eq!(limits_of(&tree).memory, Some(5));
    // Mounted where this root does not show it.
    let hidden = "30 23 0:26 / /mnt/cgroup rw - cgroup2 cgroup2 rw\n";
    let tree = self::tree("0::/a\n", hidden);
    assert_eq!(limits_of(&tree), Limits::default());
}

#[test]
fn a_removed_group_still_has_the_limits_around_it() {
    let tree = group(
        tree("0::/slice/gone (deleted)\n", V2),
        "slice",
        &[("memory.max", "4096\n")],
    );
    assert_eq!(limits_of(&tree).memory, Some(4096));
    assert_eq!(tree.host().cgroup_usage(PID).unwrap(), Usage::default());
}

#[test]
fn text_that_is_no_limit_is_malformed_and_names_the_file() {
    let tree = group(tree("0::/a\n", V2), "a", &[("memory.max", "much\n")]);
    let error = tree.host().cgroup_limits(PID).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
    assert!(error.to_string().contains("a/memory.max"), "{error}");
}

/// A child of this process, in a group of its own within this process's,
/// that ends with the test.
struct Caged {
    child: std::process::Child,
    directories: Vec<PathBuf>,
}

impl Drop for Caged {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        for directory in &self.directories {
            let _ = std::fs::remove_dir(directory);
        }
    }
}

#[test]
fn limits_that_were_just_set_are_found() {
    let host = Host::local();
    let me = Pid::current();
    let Ok(groups) = Groups::of(host, me) else {
        oslens_testkit::skip!("no control groups");
    };
    let (Some(memory), Some(cpu)) = (groups.of_controller("memory"), groups.of_controller("cpu"))
    else {
        oslens_testkit::skip!("no memory and cpu controllers");
    };
    let Ok(child) = Command::new("sleep").arg("60").spawn() else {
        oslens_testkit::skip!("no sleep");
    };
    let mut caged = Caged {
        child,
        directories: Vec::new(),
    };
    let pid = caged.child.id();
    let name = format!("oslens-test-{}", std::process::id());
    let parents: BTreeSet<_> = [(memory.leaf(), memory.v2), (cpu.leaf(), cpu.v2)].into();
    for (parent, _) in parents {
        let directory = parent.join(&name);
        if std::fs::create_dir(&directory).is_err() {
            oslens_testkit::skip!("{} cannot be written", parent.display());
        }
        caged.directories.push(directory.clone());
        if std::fs::write(directory.join("cgroup.procs"), pid.to_string()).is_err() {
            oslens_testkit::skip!("{} takes no process", directory.display());
        }
    }
    let set = |group: &Group, v1: &str, v2: &str, value: &str| {
        let file = if group.v2 { v2 } else { v1 };
        std::fs::write(group.leaf().join(&name).join(file), value)
    };
    let half = match cpu.v2 {
        true => "50000 100000",
        false => "50000",
    };
    if set(memory, "memory.limit_in_bytes", "memory.max", "67108864").is_err()
        || set(cpu, "cpu.cfs_quota_us", "cpu.max", half).is_err()
    {
        oslens_testkit::skip!("the controllers are not delegated to here");
    }
    let limits = host.cgroup_limits(pid).unwrap();
    assert_eq!(limits.memory, Some(64 * MIB));
    assert_eq!(limits.cpus, Some(0.5));
    let container = host.memory_limit(pid).unwrap();
    assert_eq!(container.total, 64 * MIB);
    assert!(container.available <= 64 * MIB);
    assert_eq!(host.cpu_limit(pid).unwrap().quota, Some(0.5));
    let usage = host.cgroup_usage(pid).unwrap();
    assert!(usage.memory.is_some_and(|bytes| bytes < 64 * MIB));
    let paths = host.cgroup_paths(pid).unwrap();
    assert!(paths.iter().any(|group| group.path.ends_with(&name)));
}

#[test]
fn bytes_that_go_through_an_encrypted_volume_are_counted_once() {
    let root = oslens_testkit::FixtureRoot::new()
        .file("proc/42/cgroup", "0::/\n")
        .file("proc/1/mountinfo", V2)
        .file("sys/devices/sda/size", "2000\n")
        .file("sys/devices/dm-0/slaves/sda", "")
        .symlink("sys/dev/block/8:0", "../../devices/sda")
        .symlink("sys/dev/block/253:0", "../../devices/dm-0")
        .file(
            "sys/fs/cgroup/io.stat",
            "8:0 rbytes=10 wbytes=20 rios=1 wios=1\n253:0 rbytes=9 wbytes=19 rios=1 wios=1\n",
        );
    let host = crate::Host::builder().root(root.path()).build();
    let usage = host.cgroup_usage(PID).unwrap();
    assert_eq!((usage.read_bytes, usage.write_bytes), (Some(10), Some(20)));
}
