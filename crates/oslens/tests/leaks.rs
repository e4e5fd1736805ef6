//! Nothing is left behind: no descriptor and no memory, after success and
//! after failure.

#![cfg(target_os = "linux")]

mod surface;

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::MetadataExt as _,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use oslens::{
    Error, Host,
    host::UserNames,
    process::{Fields, Pid, Process, Sampler, Signal, wait_all, wait_any},
};
use oslens_testkit::{FixtureRoot, allocations, zoo};
use surface::{HOST_CALLS, PROCESS_CALLS};

#[global_allocator]
static ALLOCATOR: oslens_testkit::CountingAllocator = oslens_testkit::CountingAllocator;

/// Descriptors and live bytes are the whole process's: one test at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The open descriptors, with what they are open on.
fn descriptors() -> BTreeSet<(String, u64)> {
    let names: Vec<_> = fs::read_dir("/proc/self/fd")
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names
        .into_iter()
        // Fails for the directory's own descriptor, which is closed by now.
        .filter_map(|name| {
            let target = fs::metadata(format!("/proc/self/fd/{name}")).ok()?;
            Some((name, target.ino()))
        })
        .collect()
}

/// Runs it many times and says whether bytes or descriptors stay behind.
fn assert_leaves_nothing(name: &str, times: usize, mut run: impl FnMut()) {
    // Tables that are made once (the boot time, the terminals), and buffers
    // of the C library.
    run();
    run();
    let mut growth = 0;
    let before = descriptors();
    // The test harness itself may allocate between the two looks, once; a
    // leak does so every time.
    for _ in 0..4 {
        let live = allocations::live_bytes();
        for _ in 0..times {
            run();
        }
        growth = allocations::live_bytes() - live;
        if growth < 8 * times as i64 {
            break;
        }
    }
    assert!(
        growth < 8 * times as i64,
        "{name}: {growth} bytes stay behind after {times} calls"
    );
    let after = descriptors();
    let left: Vec<_> = after.difference(&before).collect();
    assert!(left.is_empty(), "{name} left descriptors open: {left:?}");
}

#[test]
fn no_function_of_the_host_leaves_anything_behind() {
    let _alone = alone();
    for (name, call) in HOST_CALLS {
        assert_leaves_nothing(name, 10, || _ = call(Host::local()));
    }
}

#[test]
fn no_function_of_the_host_leaves_anything_behind_where_everything_is_missing() {
    let _alone = alone();
    let empty = FixtureRoot::new();
    let host = Host::builder().root(empty.path()).build();
    for (name, call) in HOST_CALLS {
        assert_leaves_nothing(name, 10, || _ = call(&host));
    }
}

#[test]
fn no_function_of_the_host_leaves_anything_behind_where_everything_is_broken() {
    let _alone = alone();
    let mut broken = FixtureRoot::new();
    for name in [
        "stat",
        "meminfo",
        "vmstat",
        "diskstats",
        "net/dev",
        "net/tcp",
        "self/mountinfo",
        "self/net/dev",
        "uptime",
        "loadavg",
        "swaps",
        "1/stat",
        "1/status",
        "1/statm",
        "1/cmdline",
    ] {
        broken = broken.file(format!("proc/{name}"), b"\xff\0 nonsense \n:::\n");
    }
    let host = Host::builder().root(broken.path()).build();
    for (name, call) in HOST_CALLS {
        assert_leaves_nothing(name, 10, || _ = call(&host));
    }
    for (name, call) in PROCESS_CALLS {
        assert_leaves_nothing(name, 10, || _ = host.process(1).and_then(|it| call(&it)));
    }
}

#[test]
fn no_function_of_a_process_leaves_anything_behind() {
    let _alone = alone();
    let mut busy = zoo::threaded(&[b"one", b"two"]);
    busy.socket("tcp4-listen");
    busy.pipe();
    let zombie = zoo::zombie();
    let mut gone = zoo::sleeper();
    let of_the_gone = Process::open(gone.pid()).unwrap();
    gone.reap();
    let of_the_zombie = Process::open(zombie.pid()).unwrap();
    let of_the_busy = Process::open(busy.pid()).unwrap();
    for (name, call) in PROCESS_CALLS {
        assert_leaves_nothing(name, 10, || _ = call(&of_the_busy));
        assert_leaves_nothing(name, 10, || _ = call(&of_the_gone));
        // Waiting would collect it.
        if *name != "wait" {
            assert_leaves_nothing(name, 10, || _ = call(&of_the_zombie));
        }
    }
}

#[test]
fn opening_and_acting_leave_nothing_behind() {
    let _alone = alone();
    let specimen = zoo::sleeper();
    let pid = specimen.pid();
    let mut gone = zoo::sleeper();
    let of_the_gone = Process::open(gone.pid()).unwrap();
    gone.reap();
    assert_leaves_nothing("open", 50, || drop(Process::open(pid)));
    assert_leaves_nothing("open nobody", 50, || drop(Process::open(u32::MAX)));
    assert_leaves_nothing("open the gone", 50, || {
        drop(Process::open(of_the_gone.pid()));
    });
    let opened = Process::open(pid).unwrap();
    let refused = |it: &Process| -> Result<(), Error> {
        it.send_signal(Signal::from_raw(0))?;
        it.set_nice(1000)
    };
    for it in [&opened, &of_the_gone] {
        assert_leaves_nothing("nice", 20, || _ = it.set_nice(1));
        assert_leaves_nothing("affinity", 20, || _ = it.set_cpu_affinity(&[0]));
        assert_leaves_nothing("refused", 20, || _ = refused(it));
        assert_leaves_nothing("suspend and resume", 20, || {
            _ = it.suspend();
            _ = it.resume();
        });
    }
    let both = [opened, of_the_gone];
    assert_leaves_nothing("wait_any", 20, || {
        _ = wait_any(&both[..1], Some(Duration::ZERO));
    });
    assert_leaves_nothing("wait_all", 20, || {
        _ = wait_all(&both, Some(Duration::from_millis(1)));
    });
    assert_leaves_nothing("names", 20, || {
        let mut names = UserNames::new(Host::local());
        _ = names.user(0).is_some() && names.group(0).is_some();
    });
}

#[test]
fn a_sampler_keeps_to_its_budget_and_gives_everything_back() {
    let _alone = alone();
    let mut parent = zoo::sleeper();
    parent.fan(20);
    let fields = Fields::CPU_TOTAL | Fields::RSS | Fields::NAME | Fields::IO_COUNTERS;
    let before = descriptors();
    for budget in [0, 1, 7, 40] {
        let mut sampler = Sampler::new(fields).descriptor_budget(budget);
        for _ in 0..4 {
            sampler.sample().unwrap();
            assert!(sampler.descriptors() <= budget);
            let held = descriptors().difference(&before).count();
            assert!(held <= budget, "{held} held, {budget} allowed");
        }
        drop(sampler);
        assert_eq!(descriptors().difference(&before).count(), 0);
    }
    assert_leaves_nothing("a sampler", 5, || {
        let mut sampler = Sampler::new(Fields::all());
        sampler.sample().unwrap();
        sampler.sample().unwrap();
    });
}

#[test]
fn a_sampler_does_not_grow_with_the_processes_that_it_has_seen_end() {
    let _alone = alone();
    let mut sampler = Sampler::new(Fields::TABLE);
    let generation = |sampler: &mut Sampler| {
        let mut parent = zoo::sleeper();
        parent.fan(10);
        sampler.sample().unwrap();
        drop(parent);
        sampler.sample().unwrap();
        assert!(sampler.sample().unwrap().get(Pid::current()).is_some());
    };
    for _ in 0..3 {
        generation(&mut sampler);
    }
    // Other programs' processes come and go, and rows have different sizes; a
    // hundred forgotten rows would be above this each time.
    let growth = (0..3)
        .map(|_| {
            let live = allocations::live_bytes();
            for _ in 0..10 {
                generation(&mut sampler);
            }
            allocations::live_bytes() - live
        })
        .min()
        .unwrap();
    assert!(growth < 64 * 1024, "{growth} bytes");
}
