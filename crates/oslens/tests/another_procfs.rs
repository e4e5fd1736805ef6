//! A procfs that is mounted for another host is still a procfs: `self` in it
//! is the process that reads.
#![cfg(target_os = "linux")]

use std::path::Path;

use oslens::{
    ErrorKind, Host,
    disk::Partitions,
    net::{ConnectionQuery, Kind},
    process::Pid,
};
use oslens_testkit::{FixtureRoot, ns::NsOptions, skip, zoo};

#[test]
fn what_another_host_hides_is_not_replaced_by_our_own() {
    oslens_testkit::in_namespaces!(NsOptions::new().pid().net().hidepid(2).uid(zoo::NOBODY));
    if Path::new("/proc/1").exists() {
        skip!("the first process is not hidden");
    }
    // Not the local host, though the same files: its first process counts.
    let host = Host::builder().root("/").build();
    assert!(host.disk_partitions(Partitions::All).is_err());
    assert!(host.connections(Kind::ALL).is_err());
    assert!(host.net_io_counters().is_err());
    assert!(host.socket_summary().is_err());
    assert!(host.cgroup_limits(Pid::current()).is_err());
    // The local host's are this process's.
    assert!(Host::local().disk_partitions(Partitions::All).is_ok());
    assert!(Host::local().connections(Kind::ALL).is_ok());
    assert!(Host::local().net_io_counters().is_ok());
}

#[test]
fn a_copy_without_a_first_process_is_read_as_it_is() {
    let root = FixtureRoot::new()
        .file(
            "proc/self/mountinfo",
            "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n",
        )
        .file("proc/net/dev", "Inter-|\n face |\n")
        .file("proc/net/tcp", "  sl\n");
    let host = Host::builder().root(root.path()).build();
    let mounts = host.disk_partitions(Partitions::All).unwrap();
    assert_eq!(mounts.len(), 1);
    assert!(host.net_io_counters().unwrap().is_empty());
    // Other protocols than this one may be missing.
    assert!(host.connections(Kind::INET).unwrap().is_empty());
}

#[test]
fn sockets_that_nothing_lists_are_an_error_and_not_none() {
    let root = FixtureRoot::new().dir("proc");
    let host = Host::builder().root(root.path()).build();
    for kind in [Kind::TCP, Kind::UNIX, Kind::ALL] {
        let error = host.connections(ConnectionQuery::new(kind)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Os, "{error}");
        assert!(error.to_string().contains("proc/net"), "{error}");
    }
}
