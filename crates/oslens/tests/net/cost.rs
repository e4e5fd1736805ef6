//! What the answers cost: system calls and allocations.

use std::net::UdpSocket;

use oslens::net::{self, ConnectionQuery, Kind, Owners};
use oslens_testkit::{
    CountingAllocator, allocations, here, in_namespaces, ns::NsOptions, skip, syscalls,
};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// So many sockets of this process.
fn sockets(count: usize) -> Vec<UdpSocket> {
    (0..count)
        .map(|_| UdpSocket::bind("127.0.0.1:0").unwrap())
        .collect()
}

#[test]
fn counters_take_three_system_calls() {
    if syscalls::child_size().is_some() {
        // The first call finds out whether there is /proc/thread-self.
        net::io_counters().unwrap();
        syscalls::begin();
        net::io_counters().unwrap();
        syscalls::end();
        return;
    }
    if net::io_counters().unwrap().len() > 20 {
        skip!("more interfaces than fit one read");
    }
    let counts = match syscalls::of_test(here!(), 1) {
        Ok(counts) => counts,
        Err(reason) => skip!("{reason}"),
    };
    let calls = ["openat", "read", "close"].map(|name| counts.get(name));
    assert_eq!(calls, [1, 1, 1], "{counts:?}");
    // The standard library checks a descriptor before it closes it, in builds
    // for debugging.
    assert_eq!(counts.total() - counts.get("fcntl"), 3, "{counts:?}");
}

#[test]
fn a_socket_more_takes_no_allocation_of_its_own() {
    in_namespaces!(NsOptions::new().net());
    if cfg!(oslens_no_sock_diag) {
        return;
    }
    let used = |count: usize| {
        let _sockets = sockets(count);
        let (all, used) = allocations::during(|| net::connections(Kind::UDP4).unwrap());
        assert_eq!(all.len(), count);
        used.count
    };
    let (few, many) = (used(8), used(500));
    // The list grows by doubling: 8, 16, …, 512.
    assert!(many - few <= 6, "{few} for 8 sockets, {many} for 500");
}

#[test]
fn owners_take_one_system_call_for_each_descriptor() {
    if let Some(size) = syscalls::child_size() {
        let _sockets = sockets(size);
        syscalls::begin();
        let query = ConnectionQuery::new(Kind::UDP4).owners(Owners::First);
        net::connections(query).unwrap();
        syscalls::end();
        return;
    }
    in_namespaces!(NsOptions::new().net().pid());
    let of = |size| syscalls::of_test(here!(), size);
    let (few, many) = match (of(10), of(110)) {
        (Ok(few), Ok(many)) => (few, many),
        (Err(reason), _) | (_, Err(reason)) => skip!("{reason}"),
    };
    assert_eq!(many.get("readlinkat") - few.get("readlinkat"), 100);
    let others = |counts: &syscalls::SyscallCounts| counts.total() - counts.get("readlinkat");
    // Apart from growing lists, nothing else.
    assert!(others(&many) <= others(&few) + 4, "{few:?} {many:?}");
}
