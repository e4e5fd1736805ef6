//! The CPUs and the memory of this machine, as oslens and as other programs
//! see them, and what asking costs.

#![cfg(target_os = "linux")]

use std::time::Duration;

use oslens::{cpu, memory};
use oslens_testkit::{allocations, here, skip, syscalls, tool};

#[global_allocator]
static ALLOCATOR: oslens_testkit::CountingAllocator = oslens_testkit::CountingAllocator;

/// Two values that were read one after the other.
fn near(ours: u64, theirs: u64, tolerance: u64) -> bool {
    ours.abs_diff(theirs) <= tolerance
}

#[test]
fn memory_is_what_free_says() {
    let free = match tool("free", &["-b"]) {
        Ok(output) => output.stdout,
        Err(reason) => skip!("{reason}"),
    };
    let row = |name: &str| -> Vec<u64> {
        free.lines()
            .find_map(|line| line.strip_prefix(name))
            .unwrap_or_default()
            .split_ascii_whitespace()
            .filter_map(|word| word.parse().ok())
            .collect()
    };
    // total, used, free, shared, buff/cache, available
    let [total, _, free_bytes, shared, _, available] = row("Mem:")[..] else {
        skip!("free prints other columns:\n{free}");
    };
    let ours = memory::virtual_memory().unwrap();
    let tolerance = total / 10;
    assert_eq!(ours.total, total);
    assert!(near(ours.free, free_bytes, tolerance), "{ours:?}\n{free}");
    assert!(
        near(ours.available, available, tolerance),
        "{ours:?}\n{free}"
    );
    assert!(
        near(ours.shared.unwrap(), shared, tolerance),
        "{ours:?}\n{free}"
    );
    let swap = memory::swap_memory().unwrap();
    let theirs = row("Swap:");
    assert_eq!(Some(&swap.total), theirs.first());
    assert!(
        near(swap.used, theirs[1], swap.total / 10),
        "{swap:?}\n{free}"
    );
}

#[test]
fn cpus_are_what_nproc_and_lscpu_say() {
    let nproc = match tool("nproc", &["--all"]) {
        Ok(output) => output.stdout,
        Err(reason) => skip!("{reason}"),
    };
    // --all counts the configured ones.
    let configured: u32 = nproc.trim().parse().unwrap();
    assert!(cpu::count().unwrap() <= configured);
    // Without, it knows this thread's affinity (and OMP_NUM_THREADS, and since
    // coreutils 9.8 the quota).
    let usable = tool("nproc", &[""; 0]).unwrap().stdout;
    let limit = cpu::limit().unwrap();
    if limit.quota.is_none() && std::env::var_os("OMP_NUM_THREADS").is_none() {
        assert_eq!(limit.allowed, usable.trim().parse().ok());
    }
    let lscpu = match tool("lscpu", &["--online", "--parse=CPU,SOCKET,CORE"]) {
        Ok(output) if output.code == Some(0) => output.stdout,
        Ok(output) => skip!("lscpu: {}", output.stderr),
        Err(reason) => skip!("{reason}"),
    };
    let rows: Vec<Vec<&str>> = lscpu
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split(',').collect())
        .collect();
    let cpus: Vec<u32> = rows.iter().map(|row| row[0].parse().unwrap()).collect();
    assert_eq!(cpu::online().unwrap(), cpus);
    let cores: std::collections::HashSet<_> = rows.iter().map(|row| &row[1..]).collect();
    if let Some(ours) = cpu::physical_count().unwrap() {
        assert_eq!(ours as usize, cores.len(), "{lscpu}");
    }
}

#[test]
fn counters_are_what_vmstat_says() {
    let vmstat = match tool("vmstat", &["-s"]) {
        Ok(output) => output.stdout,
        Err(reason) => skip!("{reason}"),
    };
    let number = |label: &str| -> Option<u64> {
        vmstat
            .lines()
            .find_map(|line| line.trim().strip_suffix(label))?
            .trim()
            .parse()
            .ok()
    };
    let stats = cpu::stats().unwrap();
    for (ours, label) in [
        (stats.ctx_switches, " CPU context switches"),
        (stats.interrupts, " interrupts"),
        (stats.forks, " forks"),
    ] {
        let Some(theirs) = number(label) else {
            continue;
        };
        let ours = ours.unwrap();
        // Asked later, so not less, and not much more.
        assert!(ours >= theirs, "{label}: {ours} and {theirs}");
        assert!(near(ours, theirs, 200_000), "{label}: {ours} and {theirs}");
    }
    let page = rustix::param::page_size() as u64;
    let swap = memory::swap_memory().unwrap();
    for (ours, label) in [
        (swap.swapped_in, " pages swapped in"),
        (swap.swapped_out, " pages swapped out"),
    ] {
        if let (Some(ours), Some(theirs)) = (ours, number(label)) {
            assert!(near(ours, theirs * page, 64 << 20), "{label}");
        }
    }
}

#[test]
fn a_busy_thread_makes_the_machine_busy() {
    let before = cpu::times().unwrap();
    let start = std::time::Instant::now();
    while start.elapsed() < Duration::from_millis(300) {
        std::hint::black_box(0);
    }
    let delta = cpu::times().unwrap().since(&before);
    let fractions = delta.fractions().expect("ticks passed");
    let sum = fractions.user
        + fractions.system
        + fractions.idle
        + fractions.nice
        + [
            fractions.iowait,
            fractions.irq,
            fractions.softirq,
            fractions.steal,
        ]
        .into_iter()
        .flatten()
        .sum::<f64>();
    assert!((sum - 1.0).abs() < 1e-6, "{sum}");
    // As nice when the test is.
    let busy = fractions.user + fractions.nice;
    assert!(busy > 0.0, "{fractions:?}");
    assert!(delta.busy().unwrap() > 0.0);
}

/// Asserts how many system calls one call makes.
fn costs(test: &str, calls: u64, work: impl Fn()) {
    if let Some(size) = syscalls::child_size() {
        // What is asked once and kept.
        work();
        syscalls::begin();
        for _ in 0..size {
            work();
        }
        syscalls::end();
        return;
    }
    let (few, many) = match (syscalls::of_test(test, 10), syscalls::of_test(test, 110)) {
        (Ok(few), Ok(many)) => (few, many),
        (Err(reason), _) | (_, Err(reason)) => skip!("{reason}"),
    };
    // With debug assertions, std asks by `fcntl` whether what it closes is open.
    let of = |counts: &syscalls::SyscallCounts| counts.total() - counts.get("fcntl");
    assert_eq!(of(&many) - of(&few), calls * 100, "{many:?}");
}

#[test]
fn memory_costs_one_file() {
    costs(here!(), 3, || {
        memory::virtual_memory().unwrap();
    });
}

#[test]
fn cpu_times_cost_one_file() {
    costs(here!(), 3, || {
        cpu::times().unwrap();
    });
}

#[test]
fn cpu_times_of_each_cpu_cost_one_file() {
    if std::fs::read("/proc/stat").unwrap().len() >= 8192 {
        skip!("this machine has too many CPUs or interrupts for one read");
    }
    costs(here!(), 3, || {
        cpu::times_per_cpu().unwrap();
    });
}

#[test]
fn the_load_costs_one_file() {
    costs(here!(), 3, || {
        cpu::load_average().unwrap();
    });
}

#[test]
fn one_shot_reads_allocate_next_to_nothing() {
    // The path of the file, and the list that is returned.
    let (_, used) = allocations::during(|| memory::virtual_memory().unwrap());
    assert!(used.count <= 1, "{used:?}");
    let (cpus, used) = allocations::during(|| cpu::times_per_cpu().unwrap());
    assert!(used.count <= 2 || cpus.len() > 16, "{used:?}");
}
