//! What a process costs: system calls and allocations, counted exactly.
#![cfg(target_os = "linux")]

use oslens::process::{self, Fields, Sampler};
use oslens_testkit::{
    CountingAllocator, allocations, here,
    ns::NsOptions,
    syscalls::{self, SyscallCounts},
    zoo,
};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// Processes by which the two counts differ.
const MORE: u32 = 20;

/// System calls of `work` for each process more, in a private PID namespace,
/// where nothing else is born or dies. `prepare` is not counted.
fn calls_for_each<T>(
    test: &str,
    prepare: impl Fn() -> T,
    work: impl Fn(T),
) -> Option<(f64, String)> {
    if syscalls::child_size().is_some() {
        let prepared = prepare();
        syscalls::begin();
        work(prepared);
        syscalls::end();
        return None;
    }
    let of = || match syscalls::of_test(test, 1) {
        Ok(counts) => Some(counts),
        Err(reason) => {
            println!("skipped: {test}: {reason}");
            None
        }
    };
    // In debug builds std looks at each descriptor before closing it; the
    // allocator's calls come by the size of the whole, and futex and
    // rt_sigprocmask are those of the harness's own thread, which waits.
    let ours = |counts: &SyscallCounts| {
        let others: u64 = [
            "fcntl",
            "brk",
            "mmap",
            "munmap",
            "mremap",
            "madvise",
            "futex",
            "rt_sigprocmask",
        ]
        .iter()
        .map(|name| counts.get(name))
        .sum();
        (counts.total() - others) as f64
    };
    // A short name: one of 15 bytes would be looked up in the command line.
    let mut parent = zoo::renamed(b"calm");
    parent.fan(5);
    let few = of()?;
    parent.fan(MORE);
    let many = of()?;
    let calls = (ours(&many) - ours(&few)) / f64::from(MORE);
    Some((calls, format!("{few:?} {many:?}")))
}

fn list(fields: Fields) -> impl Fn(()) {
    move |()| {
        process::list(fields).unwrap();
    }
}

macro_rules! costs {
    ($name:ident, $fields:expr, $calls:expr) => {
        #[test]
        fn $name() {
            oslens_testkit::in_namespaces!(NsOptions::new().pid());
            if let Some((calls, counts)) = calls_for_each(here!(), || (), list($fields)) {
                assert_eq!(calls, $calls, "{counts}");
            }
        }
    };
}

costs!(the_table_takes_four_calls, Fields::TABLE, 4.0);
costs!(a_cpu_clock_takes_one_call, Fields::CPU_TOTAL, 1.0);
costs!(
    all_fields_of_stat_take_three_calls,
    Fields::NAME | Fields::RSS | Fields::VMS | Fields::CPU_TIMES | Fields::PAGE_FAULTS,
    3.0
);
costs!(
    memory_takes_three_calls,
    Fields::MEMORY_INFO | Fields::RSS,
    3.0
);
costs!(a_descriptor_count_takes_one_call, Fields::NUM_FDS, 1.0);
// From four names on the directory is opened and closed: 2, stat 3, owner 1,
// cmdline 3, exe 1, io 3, descriptors 1.
costs!(
    the_wide_table_takes_fourteen_calls,
    Fields::TABLE | Fields::CMDLINE | Fields::EXE | Fields::IO_COUNTERS | Fields::NUM_FDS,
    14.0
);

#[test]
fn exact_users_take_three_calls() {
    oslens_testkit::in_namespaces!(NsOptions::new().pid());
    // pidfd_open, ioctl, close; or open, read, close of status.
    if let Some((calls, counts)) = calls_for_each(here!(), || (), list(Fields::UIDS)) {
        assert_eq!(calls, 3.0, "{counts}");
    }
}

#[test]
fn a_warm_sample_takes_two_calls() {
    oslens_testkit::in_namespaces!(NsOptions::new().pid());
    let prepare = || {
        let mut sampler = Sampler::new(Fields::CPU_TOTAL | Fields::RSS);
        sampler.sample().unwrap();
        sampler.sample().unwrap();
        sampler
    };
    let sample = |mut sampler: Sampler| {
        sampler.sample().unwrap();
        // Closing what is kept is no part of a sample.
        std::mem::forget(sampler);
    };
    if let Some((calls, counts)) = calls_for_each(here!(), prepare, sample) {
        assert_eq!(calls, 2.0, "{counts}");
    }
}

#[test]
fn pids_take_no_call_for_a_process() {
    oslens_testkit::in_namespaces!(NsOptions::new().pid());
    let pids = |()| {
        process::pids().unwrap();
    };
    if let Some((calls, counts)) = calls_for_each(here!(), || (), pids) {
        assert_eq!(calls, 0.0, "{counts}");
    }
}

#[test]
fn a_row_allocates_its_name_and_nothing_else() {
    oslens_testkit::in_namespaces!(NsOptions::new().pid());
    let mut parent = zoo::renamed(b"calm");
    parent.fan(5);
    let fields = Fields::TABLE | Fields::CPU_TOTAL | Fields::UIDS;
    // The first call makes the local host.
    process::list(fields).unwrap();
    let (_, few) = allocations::during(|| process::list(fields).unwrap());
    parent.fan(MORE);
    let (_, many) = allocations::during(|| process::list(fields).unwrap());
    // The list of PIDs grows in powers of two.
    let more = many.count - few.count;
    assert!(
        (MORE..=MORE + 4).contains(&(more as u32)),
        "{few:?} {many:?}"
    );
}

#[test]
fn a_warm_sample_allocates_nothing() {
    oslens_testkit::in_namespaces!(NsOptions::new().pid());
    let mut parent = zoo::renamed(b"calm");
    parent.fan(MORE);
    for fields in [
        Fields::CPU_TOTAL | Fields::RSS,
        Fields::TABLE | Fields::CPU_TOTAL | Fields::MEMORY_INFO,
        Fields::all(),
    ] {
        for budget in [0, 10, 1000] {
            let mut sampler = Sampler::new(fields).descriptor_budget(budget);
            for _ in 0..4 {
                sampler.sample().unwrap();
            }
            let (_, used) = allocations::during(|| {
                sampler.sample().unwrap();
            });
            // Counts that do not depend on the number of processes.
            assert!(used.count <= 3, "{fields:?} {budget}: {used:?}");
        }
    }
}
