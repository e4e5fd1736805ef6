//! Every reader on the golden roots of the test kit: machines of other kinds,
//! captured or written by hand. What is expected was computed from their
//! files by hand or with psutil, see `fixtures/README.md` there.
#![cfg(target_os = "linux")]

mod bad_files;
mod cgroups;
mod cpus;
mod details;
mod disks;
mod memory;
mod network;
mod people;
mod processes;
mod sensors;

use std::time::Duration;

use oslens::Host;
use oslens_testkit::FixtureRoot;

const KIB: u64 = 1024;

/// A golden root and the host that reads it.
struct Machine {
    root: FixtureRoot,
    host: Host,
}

impl std::ops::Deref for Machine {
    type Target = Host;

    fn deref(&self) -> &Host {
        &self.host
    }
}

/// The machine of this name, with its own page size and byte order.
fn machine(name: &str) -> Machine {
    of_root(oslens_testkit::fixture(name), |host| match name {
        "ppc64le-64k" => host.page_size(65536),
        "s390x" => host.big_endian(true),
        _ => host,
    })
}

/// A machine with 4 KiB pages and 100 ticks per second, little-endian unless
/// told otherwise: the machine that runs the tests may be any.
fn of_root(
    root: FixtureRoot,
    change: impl FnOnce(oslens::HostBuilder) -> oslens::HostBuilder,
) -> Machine {
    let host = Host::builder()
        .root(root.path())
        .page_size(4096)
        .ticks_per_second(100)
        .big_endian(false);
    let host = change(host).build();
    Machine { root, host }
}

/// Kernel ticks of these machines.
fn ticks(ticks: u64) -> Duration {
    Duration::from_millis(ticks * 10)
}

#[track_caller]
fn close(left: f64, right: f64) {
    assert!((left - right).abs() < 1e-9, "{left} is not {right}");
}
