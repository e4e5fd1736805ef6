//! Memory, swap, huge pages and the cache of ZFS.

use std::path::Path;

use crate::{KIB, machine};

#[test]
fn memory_of_a_virtual_machine_is_what_psutil_reads() {
    let memory = machine("debian12-x86_64").virtual_memory().unwrap();
    assert_eq!(memory.total, 25_276_502_016);
    assert_eq!(memory.available, 23_987_888_128);
    assert_eq!(memory.used, 1_288_613_888);
    assert_eq!(memory.free, 22_244_388_864);
    assert_eq!(memory.active, Some(863_911_936));
    assert_eq!(memory.inactive, Some(1_166_467_072));
    assert_eq!(memory.buffers, Some(9_572_352));
    assert_eq!(memory.cached, Some(2_052_521_984));
    assert_eq!(memory.shared, Some(11_268_096));
    assert_eq!(memory.slab, Some(438_829_056));
    assert_eq!(memory.dirty, Some(137_648 * KIB));
    assert_eq!(memory.zswap, Some(0));
    let swap = machine("debian12-x86_64").swap_memory().unwrap();
    assert_eq!((swap.total, swap.used, swap.free), (0, 0, 0));
    assert_eq!((swap.swapped_in, swap.swapped_out), (Some(0), Some(0)));
}

#[test]
fn a_server_says_everything() {
    let host = machine("server-x86_64-numa");
    let memory = host.virtual_memory().unwrap();
    assert_eq!(memory.total, 134_217_728_000);
    assert_eq!(memory.available, 61_440_000_000);
    assert_eq!(memory.cached, Some(20_889_600_000));
    assert_eq!(memory.slab_reclaimable, Some(2_400_000 * KIB));
    assert_eq!(memory.slab_unreclaimable, Some(2_600_000 * KIB));
    assert_eq!(memory.writeback, Some(40 * KIB));
    assert_eq!(memory.anon, Some(24_000_000 * KIB));
    assert_eq!(memory.mapped, Some(900_000 * KIB));
    assert_eq!(memory.unevictable, Some(30_000 * KIB));
    assert_eq!(memory.mlocked, Some(20_000 * KIB));
    assert_eq!(memory.page_tables, Some(80_000 * KIB));
    assert_eq!(memory.kernel_stack, Some(20_000 * KIB));
    assert_eq!(memory.per_cpu, Some(45_000 * KIB));
    assert_eq!(memory.committed, Some(50_000_000 * KIB));
    assert_eq!(memory.commit_limit, Some(73_859_068 * KIB));
    assert_eq!(memory.zswap, Some(1200 * KIB));
    assert_eq!(memory.zswapped, Some(4800 * KIB));
    assert_eq!(memory.hardware_corrupted, Some(4 * KIB));
    assert_eq!(memory.anon_huge_pages, Some(4_096_000 * KIB));
    let pages = memory.huge_pages.unwrap();
    assert_eq!(pages.size, 2048 * KIB);
    assert_eq!((pages.total, pages.free), (64, 32));
    assert_eq!((pages.reserved, pages.surplus), (4, 1));

    let swap = host.swap_memory().unwrap();
    assert_eq!(swap.total, 8_589_930_496);
    assert_eq!(swap.used, 397_930_496);
    assert_eq!(swap.swapped_in, Some(2500 * 4096));
    assert_eq!(swap.swapped_out, Some(100_000 * 4096));
    let devices = host.swap_devices().unwrap();
    assert_eq!(devices.len(), 2);
    assert_eq!(devices[0].path, Path::new("/dev/dm-1"));
    assert!(!devices[0].is_file && devices[1].is_file);
    assert_eq!(devices[0].used, 388_604 * KIB);
    assert_eq!(devices[0].priority, -2);
    assert_eq!(devices[1].path, Path::new("/srv/swap file"));
    assert_eq!(
        (devices[1].total, devices[1].priority),
        (2_097_152 * KIB, 5)
    );

    let arc = host.zfs_arc().unwrap().unwrap();
    assert_eq!(arc.size, 16 << 30);
    assert_eq!(arc.target, Some(20 << 30));
    assert_eq!(arc.reclaimable(), Some(12 << 30));
    assert_eq!((arc.hits, arc.misses), (Some(900_000), Some(100_000)));
    assert_eq!(machine("laptop-x86_64").zfs_arc().unwrap(), None);
}

#[test]
fn kills_are_known_where_the_kernel_counts_them() {
    let new = machine("debian12-x86_64").memory_stats().unwrap();
    assert_eq!(new.oom_kills, Some(0));
    let old = machine("rhel6-2.6.32").memory_stats().unwrap();
    assert_eq!(old.oom_kills, None);
    let none = machine("linux-2.4").memory_stats().unwrap();
    assert_eq!(none, oslens::memory::Stats::default());
}

#[test]
fn a_kernel_without_memavailable_is_estimated_as_later_ones_do_it() {
    // By hand: low = (102 + 6937) * 4 KiB; 100000 − low + 250000 − low
    // + 40000 − 20000. psutil says the same.
    let memory = machine("rhel6-2.6.32").virtual_memory().unwrap();
    assert_eq!(memory.available, 321_216_512);
    assert_eq!(memory.used, 702_783_488);
    assert_eq!((memory.per_cpu, memory.zswap), (None, None));
}

#[test]
fn linux_2_4_has_a_table_on_top_and_lists_of_its_own() {
    let host = machine("linux-2.4");
    let memory = host.virtual_memory().unwrap();
    assert_eq!(memory.total, 256_000 * KIB);
    // It knows no lists of files: the free memory and the cache.
    assert_eq!(memory.available, (51_200 + 102_400) * KIB);
    assert_eq!(memory.cached, Some(102_400 * KIB));
    assert_eq!(memory.active, Some(90_000 * KIB));
    assert_eq!(memory.inactive, Some(25_000 * KIB));
    assert_eq!(
        (memory.slab, memory.dirty, memory.huge_pages),
        (None, None, None)
    );
    let swap = host.swap_memory().unwrap();
    assert_eq!((swap.total, swap.free), (131_072 * KIB, 130_048 * KIB));
    assert_eq!((swap.swapped_in, swap.swapped_out), (None, None));
    assert_eq!(host.swap_devices().unwrap(), []);
}

#[test]
fn pages_of_64_kib_are_counted_as_such() {
    let host = machine("ppc64le-64k");
    let swap = host.swap_memory().unwrap();
    assert_eq!(swap.swapped_in, Some(100 * 65536));
    assert_eq!(swap.swapped_out, Some(1024 * 65536));
    assert_eq!(swap.used, 65_472 * KIB);
    let pages = host.virtual_memory().unwrap().huge_pages.unwrap();
    assert_eq!((pages.size, pages.total), (16 << 20, 0));
}

#[test]
fn made_up_numbers_are_brought_within_the_total() {
    let host = machine("lxc-distorted");
    let memory = host.virtual_memory().unwrap();
    assert_eq!(memory.total, 524_288 * KIB);
    assert_eq!(memory.available, 400_000 * KIB);
    assert_eq!(memory.used, 124_288 * KIB);
    assert!((0.0..=1.0).contains(&memory.used_fraction()));
    // psutil: used −8053059584, −1500 %.
    let swap = host.swap_memory().unwrap();
    assert_eq!((swap.used, swap.free), (0, 524_288 * KIB));
    assert!(swap.used_fraction().abs() < f64::EPSILON);
    assert_eq!((swap.swapped_in, swap.swapped_out), (None, None));
    assert_eq!(host.swap_devices().unwrap()[0].path, Path::new("none"));
}

#[test]
fn keys_that_are_missing_are_unknown_not_zero() {
    let memory = machine("hidepid").virtual_memory().unwrap();
    assert_eq!(memory.available, 700_000 * KIB);
    assert_eq!((memory.active, memory.inactive), (None, None));
    assert_eq!(
        (memory.shared, memory.slab, memory.anon),
        (None, None, None)
    );
    assert_eq!(memory.buffers, Some(0), "this one is there");
}
