//! Control groups: v1, v2, both, and their limits.

use std::{path::Path, time::Duration};

use oslens::{ErrorKind, pressure::Resource};

use crate::{KIB, close, machine};

#[test]
fn the_limits_of_a_container_are_found_at_its_root() {
    let host = machine("container-cgroup2");
    let limits = host.cgroup_limits(1).unwrap();
    assert_eq!(limits.memory, Some(536_870_912));
    assert_eq!(limits.memory_high, None);
    assert_eq!(limits.swap, Some(0), "no swap at all is a limit");
    assert_eq!(limits.cpus, Some(1.5));
    assert_eq!(limits.cpuset, Some(vec![0, 1, 2, 3]));
    assert_eq!(limits.processes, Some(512));
    assert_eq!(limits.cpu_weight, Some(100));
    assert_eq!(limits.cpu_shares, None);

    let usage = host.cgroup_usage(1).unwrap();
    assert_eq!(usage.memory, Some(104_857_600));
    assert_eq!(usage.inactive_file, Some(30_000_000));
    assert_eq!(usage.swap, Some(0));
    assert_eq!(usage.processes, Some(3));
    assert_eq!(usage.cpu, Some(Duration::from_secs(2)));
    assert_eq!(usage.cpu_user, Some(Duration::from_millis(1500)));
    assert_eq!(usage.cpu_system, Some(Duration::from_millis(500)));
    let throttling = usage.throttling.unwrap();
    assert_eq!((throttling.periods, throttling.throttled_periods), (50, 5));
    assert_eq!(throttling.throttled_time, Duration::from_millis(250));
    assert_eq!((usage.read_bytes, usage.write_bytes), (None, None));
}

#[test]
fn the_tightest_limit_on_the_way_up_holds() {
    let host = machine("container-cgroup2");
    let limits = host.cgroup_limits(30).unwrap();
    assert_eq!(limits.memory, Some(536_870_912), "1 GiB of its own");
    assert_eq!(limits.memory_high, Some(268_435_456));
    assert_eq!(limits.swap, Some(0));
    assert_eq!(limits.cpus, Some(1.5), "max of its own");
    assert_eq!(limits.processes, Some(512));
    assert_eq!(limits.cpuset, Some(vec![0, 1, 2, 3]));

    let memory = host.memory_limit(30).unwrap();
    assert_eq!(memory.limit, Some(536_870_912));
    assert_eq!(memory.total, 536_870_912);
    // What the container has left, with its unused file cache.
    assert_eq!(memory.available, 536_870_912 - (104_857_600 - 30_000_000));
    let cpus = host.cpu_limit(30).unwrap();
    assert_eq!((cpus.online, cpus.allowed), (8, Some(4)));
    close(cpus.quota.unwrap(), 1.5);
    close(cpus.cpus(), 1.5);
    assert_eq!(cpus.parallelism(), 2);
}

#[test]
fn a_group_outside_of_the_namespace_is_named_but_its_limits_are_unknown() {
    let host = machine("container-cgroup2");
    let paths = host.cgroup_paths(31).unwrap();
    assert_eq!(paths.len(), 1);
    assert_eq!(paths[0].hierarchy, 0);
    assert_eq!(paths[0].controllers, [""; 0]);
    assert_eq!(paths[0].path, Path::new("/../outside.scope"));
    let limits = host.cgroup_limits(31).unwrap();
    assert_eq!(
        (limits.memory, limits.cpus, limits.processes),
        (None, None, None)
    );
    let usage = host.cgroup_usage(31).unwrap();
    assert_eq!(
        (usage.memory, usage.cpu, usage.processes),
        (None, None, None)
    );
    for answer in [
        host.cgroup_limits(99).map(|_| ()),
        host.cgroup_usage(99).map(|_| ()),
        host.cgroup_paths(99).map(|_| ()),
        host.memory_limit(99).map(|_| ()),
    ] {
        let error = answer.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoSuchProcess, "{error}");
    }
}

#[test]
fn a_group_has_a_pressure_of_its_own() {
    let container = machine("container-cgroup2");
    let pressure = container.cgroup_pressure(1, Resource::Memory).unwrap();
    close(pressure.some.unwrap().avg10, 0.01);
    assert_eq!(pressure.full.unwrap().total, Duration::from_micros(2));
    let none = container.cgroup_pressure(1, Resource::Io).unwrap_err();
    assert_eq!(none.kind(), ErrorKind::Unsupported);

    let server = machine("server-x86_64-numa");
    let limits = server.cgroup_limits(900).unwrap();
    assert_eq!(limits.memory, Some(4 << 30));
    assert_eq!(limits.cpus, Some(4.0));
    assert_eq!(limits.cpu_weight, Some(200));
    assert_eq!(limits.processes, Some(64));
    assert_eq!(limits.cpuset, None);
    let pressure = server.cgroup_pressure(900, Resource::Cpu).unwrap();
    close(pressure.some.unwrap().avg10, 0.02);
}

#[test]
fn v1_controllers_are_found_beside_an_empty_v2_tree() {
    let host = machine("systemd-cgroup-v1-hybrid");
    let limits = host.cgroup_limits(400).unwrap();
    // The service has none, the slice 2 GiB.
    assert_eq!(limits.memory, Some(2_147_483_648));
    assert_eq!(limits.memory_high, None);
    assert_eq!(limits.swap, None, "memory and swap together are unlimited");
    assert_eq!(limits.cpus, Some(2.5));
    assert_eq!(limits.cpu_shares, Some(1024));
    assert_eq!(limits.cpu_weight, None);
    assert_eq!(limits.cpuset, Some(vec![0, 1, 2, 3]));
    assert_eq!(limits.processes, Some(200));

    let usage = host.cgroup_usage(400).unwrap();
    assert_eq!(usage.memory, Some(50_000_000));
    assert_eq!(usage.inactive_file, Some(15_000_000));
    assert_eq!(usage.swap, Some(1_000_000));
    assert_eq!(usage.processes, Some(1));
    assert_eq!(usage.cpu, Some(Duration::from_micros(123_456_789)));
    let throttling = usage.throttling.unwrap();
    assert_eq!((throttling.periods, throttling.throttled_periods), (10, 2));
    assert_eq!(throttling.throttled_time, Duration::from_millis(5));

    let memory = host.memory_limit(400).unwrap();
    assert_eq!(memory.total, 2_147_483_648);
    assert_eq!(memory.available, 2_147_483_648 - 400_000_000);
    let none = host.cgroup_pressure(400, Resource::Cpu).unwrap_err();
    assert_eq!(none.kind(), ErrorKind::Unsupported);

    let paths = host.cgroup_paths(400).unwrap();
    assert_eq!(paths.len(), 6);
    assert_eq!(paths[3].hierarchy, 2);
    assert_eq!(paths[3].controllers, ["cpu", "cpuacct"]);
    assert_eq!(paths[4].controllers, ["name=systemd"]);
    assert_eq!(paths[5].controllers, [""; 0]);
}

#[test]
fn a_process_without_limits_may_use_what_the_machine_has() {
    let host = machine("debian12-x86_64");
    let limits = host.cgroup_limits(100).unwrap();
    assert_eq!(
        (limits.memory, limits.swap, limits.cpus),
        (None, None, None)
    );
    assert_eq!((limits.processes, limits.cpu_weight), (None, None));
    let usage = host.cgroup_usage(100).unwrap();
    assert_eq!(usage.memory, Some(94_371_840));
    let memory = host.memory_limit(100).unwrap();
    assert_eq!(memory.limit, None);
    assert_eq!(memory.total, 24_684_084 * KIB);
    assert_eq!(memory.available, 23_425_672 * KIB);
    let cpus = host.cpu_limit(100).unwrap();
    assert_eq!((cpus.online, cpus.allowed, cpus.quota), (2, Some(2), None));
    assert_eq!(cpus.parallelism(), 2);
}

#[test]
fn groups_that_are_mounted_where_we_cannot_look_limit_nothing() {
    // RHEL 6 has them below /cgroup, not below /sys.
    let host = machine("rhel6-2.6.32");
    let paths = host.cgroup_paths(1500).unwrap();
    assert_eq!(paths[0].controllers, ["memory"]);
    assert_eq!(paths[0].path, Path::new("/web"));
    let limits = host.cgroup_limits(1500).unwrap();
    assert_eq!((limits.memory, limits.cpus), (None, None));
    let none = machine("linux-2.4").cgroup_paths(1).unwrap_err();
    assert_eq!(none.kind(), ErrorKind::Unsupported);
}
