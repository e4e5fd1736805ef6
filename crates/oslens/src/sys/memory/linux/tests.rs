use std::path::Path;

use super::*;
use crate::{ErrorKind, test_tree::TestTree};

const MIB: u64 = 1 << 20;

const VM: &str = "MemTotal:       24684084 kB
MemFree:        23899748 kB
MemAvailable:   24242284 kB
Buffers:            2112 kB
Cached:           543160 kB
SwapCached:            0 kB
Active:           188056 kB
Inactive:         360964 kB
Active(file):     186476 kB
Inactive(file):   350024 kB
SwapTotal:          2048 kB
SwapFree:           1024 kB
Dirty:             34596 kB
AnonPages:         22596 kB
Shmem:              8872 kB
ShadowCallStack:10373888 kB
Slab:              46736 kB
SReclaimable:      25280 kB
SUnreclaim:        21456 kB
CommitLimit:    12342040 kB
Committed_AS:      71228 kB
HugePages_Total:       4
HugePages_Free:        3
HugePages_Rsvd:        2
HugePages_Surp:        1
Hugepagesize:       2048 kB
";

fn memory(meminfo: &str) -> VirtualMemory {
    let tree = TestTree::new().file("proc/meminfo", meminfo);
    tree.host().virtual_memory().unwrap()
}

#[test]
fn a_virtual_machine_says_everything() {
    let memory = memory(VM);
    assert_eq!(memory.total, 24_684_084 << 10);
    assert_eq!(memory.available, 24_242_284 << 10);
    assert_eq!(memory.used, (24_684_084 - 24_242_284) << 10);
    assert_eq!(memory.cached, Some((543_160 + 25_280) << 10));
    assert_eq!(memory.shared, Some(8872 << 10));
    assert_eq!(memory.writeback, None);
    let pages = memory.huge_pages.unwrap();
    assert_eq!((pages.size, pages.total, pages.free), (2 * MIB, 4, 3));
    assert_eq!((pages.reserved, pages.surplus), (2, 1));
}

#[test]
fn an_old_kernel_is_estimated_as_later_ones_do_it_themselves() {
    // 2.6.32, with the watermarks of a 64 KiB page: low = 100 pages.
    let meminfo = "MemTotal: 1000000 kB\nMemFree: 100000 kB\nBuffers: 10 kB\nCached: 300000 kB\n\
        Active: 1 kB\nInactive: 2 kB\nActive(file): 100000 kB\nInactive(file): 150000 kB\n\
        SReclaimable: 8000 kB\nSlab: 9000 kB\n";
    let tree = TestTree::new().file("proc/meminfo", meminfo).file(
        "proc/zoneinfo",
        "Node 0, zone DMA\n  pages free 1\n        min      1\n        low      40\n\
         Node 0, zone Normal\n        low      60\n",
    );
    let host = tree.builder().page_size(65536).build();
    let low = 100 * 64;
    let expected = 100_000 - low + (250_000 - low) + (8000 - 4000);
    assert_eq!(host.virtual_memory().unwrap().available, expected << 10);
    // Without zoneinfo, or with a kernel that knows no file lists.
    assert_eq!(memory(meminfo).available, 400_000 << 10);
    let older = memory("MemTotal: 1000 kB\nMemFree: 100 kB\nCached: 300 kB\n");
    assert_eq!(older.available, 400 << 10);
    assert_eq!((older.slab, older.active, older.shared), (None, None, None));
}

#[test]
fn linux_2_4_has_several_inactive_lists() {
    let memory = memory(
        "        total:    used:    free:  shared: buffers:  cached:\n\
         Mem:  1000 1 1 0 1 1\nSwap: 0 0 0\nMemTotal: 1000 kB\nMemFree: 100 kB\nMemShared: 7 kB\n\
         Inact_dirty: 1 kB\nInact_laundry: 2 kB\nInact_clean: 4 kB\n",
    );
    assert_eq!(memory.inactive, Some(7 << 10));
    assert_eq!(memory.shared, Some(7 << 10));
}

#[test]
fn an_available_of_zero_is_a_kernel_defect() {
    let meminfo = "MemTotal: 1000 kB\nMemFree: 100 kB\nMemAvailable: 0 kB\nCached: 300 kB\n";
    assert_eq!(memory(meminfo).available, 400 << 10);
}

#[test]
fn a_reserve_above_the_free_memory_does_not_underflow() {
    let tree = TestTree::new()
        .file(
            "proc/meminfo",
            "MemTotal: 1000 kB\nMemFree: 1 kB\nActive(file): 0 kB\nInactive(file): 0 kB\nSReclaimable: 0 kB\n",
        )
        .file("proc/zoneinfo", "low 5000\n");
    let memory = tree.host().virtual_memory().unwrap();
    assert_eq!((memory.available, memory.used), (0, 1000 << 10));
}

#[test]
fn numbers_that_cannot_be_stay_within_the_total() {
    // A container with the host's caches and its own total.
    let distorted =
        memory("MemTotal: 1000 kB\nMemFree: 600 kB\nMemAvailable: 9000 kB\nCached: 8000 kB\n");
    assert_eq!(
        (distorted.available, distorted.used),
        (600 << 10, 400 << 10)
    );
    let worse = memory("MemTotal: 1000 kB\nMemFree: 5000 kB\nMemAvailable: 9000 kB\n");
    assert_eq!((worse.available, worse.used), (1000 << 10, 0));
    assert_eq!(worse.free, worse.total);
    assert!(worse.used_fraction() == 0.0);
    // A subtraction that went below zero somewhere else.
    let wrapped = memory(
        "MemTotal: 1000 kB\nMemFree: 100 kB\nMemAvailable: 18446744073709551615 kB\nCached: 300 kB\n",
    );
    assert_eq!(wrapped.available, 400 << 10);
    let huge = memory(
        "MemTotal: 1000 kB\nMemFree: 18014398509481983 kB\nCached: 18014398509481983 kB\n\
         SReclaimable: 18014398509481983 kB\n",
    );
    assert_eq!(huge.available, huge.total);
    assert_eq!(huge.cached, Some(u64::MAX));
}

#[test]
fn a_meminfo_without_a_total_is_malformed() {
    for meminfo in ["", "MemFree: 1 kB\n", "MemTotal: 5 kB\n"] {
        let tree = TestTree::new().file("proc/meminfo", meminfo);
        let error = tree.host().virtual_memory().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed, "{meminfo:?}");
        assert!(error.to_string().contains("proc/meminfo"), "{error}");
        assert_eq!(
            tree.host().swap_memory().unwrap_err().kind(),
            ErrorKind::Malformed
        );
    }
}

#[test]
fn swap_traffic_counts_pages_of_that_kernel() {
    let mut vmstat = String::new();
    for zone in 0..1000 {
        vmstat += &format!("nr_of_something_{zone} {zone}\n");
    }
    vmstat += "pswpin 3\npswpout 5\npgfault 7\n";
    let tree = TestTree::new()
        .file("proc/meminfo", VM)
        .file("proc/vmstat", vmstat);
    let swap = tree.builder().page_size(65536).build();
    let swap = swap.swap_memory().unwrap();
    assert_eq!((swap.total, swap.used, swap.free), (2 * MIB, MIB, MIB));
    assert_eq!(swap.swapped_in, Some(3 * 65536));
    assert_eq!(swap.swapped_out, Some(5 * 65536));
    assert!(swap.used_fraction() == 0.5);
}

#[test]
fn swap_without_counters_is_unknown_traffic_not_zero() {
    let tree = TestTree::new().file(
        "proc/meminfo",
        "MemTotal: 1 kB\nMemFree: 1 kB\nSwapTotal: 10 kB\nSwapFree: 99 kB\n",
    );
    let swap = tree.host().swap_memory().unwrap();
    assert_eq!((swap.used, swap.free), (0, 10 << 10));
    assert_eq!((swap.swapped_in, swap.swapped_out), (None, None));
    let tree = TestTree::new()
        .file("proc/meminfo", VM)
        .file("proc/vmstat", "nr_free_pages 1\npswpin 2");
    let swap = tree.host().swap_memory().unwrap();
    assert_eq!((swap.swapped_in, swap.swapped_out), (None, None));
}

#[test]
fn swap_files_with_blanks_are_listed() {
    let tree = TestTree::new().file(
        "proc/swaps",
        "Filename\tType\tSize\tUsed\tPriority\n/dev/vdb partition 2048 1024 -2\n/my\\040swap file 4 0 5\n",
    );
    let devices = tree.host().swap_devices().unwrap();
    assert_eq!(devices.len(), 2);
    assert_eq!(devices[0].total, 2 * MIB);
    assert!(!devices[0].is_file);
    assert_eq!(devices[1].path, Path::new("/my swap"));
    assert_eq!((devices[1].is_file, devices[1].priority), (true, 5));
}

#[test]
fn events_are_those_of_vmstat_and_nothing_is_known_without_procfs() {
    let tree = TestTree::new()
        .file("proc/stat", "")
        .file("proc/vmstat", "pgfault 9\npgmajfault 2\noom_kill 3\n");
    let stats = tree.host().memory_stats().unwrap();
    assert_eq!(
        (stats.page_faults, stats.major_page_faults),
        (Some(9), Some(2))
    );
    assert_eq!(stats.oom_kills, Some(3));
    let error = TestTree::new().host().memory_stats().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    // This machine's counters only grow.
    let before = crate::memory::stats().unwrap();
    let now = crate::memory::stats().unwrap();
    assert!(before.page_faults <= now.page_faults);
    assert!(before.page_faults.is_some());
}

#[test]
fn a_kernel_without_swap_has_no_list_and_no_procfs_is_an_error() {
    let tree = TestTree::new().file("proc/stat", "");
    assert_eq!(tree.host().swap_devices().unwrap(), []);
    let error = TestTree::new().host().swap_devices().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(tree.host().zfs_arc().unwrap(), None);
    let error = TestTree::new().host().zfs_arc().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[test]
fn the_zfs_cache_is_there_only_with_zfs() {
    let path = "proc/spl/kstat/zfs/arcstats";
    let tree = TestTree::new().file(path, "name type data\nc_min 4 512\nsize 4 2048\n");
    let arc = tree.host().zfs_arc().unwrap().unwrap();
    assert_eq!((arc.size, arc.reclaimable()), (2048, Some(1536)));
    let without = TestTree::new().file("proc/stat", "");
    assert_eq!(without.host().zfs_arc().unwrap(), None);
}

#[test]
fn this_machine_agrees_with_sysinfo() {
    let host = Host::local();
    let memory = host.virtual_memory().unwrap();
    let theirs = rustix::system::sysinfo();
    let unit = u64::from(theirs.mem_unit);
    // Containers with a meminfo of their own have less than the machine.
    assert!(memory.total <= widen(theirs.totalram) * unit);
    if memory.total == widen(theirs.totalram) * unit {
        let free = widen(theirs.freeram) * unit;
        assert!(
            memory.free.abs_diff(free) < memory.total / 4,
            "{} and {free}",
            memory.free
        );
        let swap = host.swap_memory().unwrap();
        assert_eq!(swap.total, widen(theirs.totalswap) * unit);
    }
    assert!(memory.available > 0 && memory.available <= memory.total);
    let swap = host.swap_memory().unwrap();
    assert_eq!(swap.used + swap.free, swap.total);
    let devices: u64 = host
        .swap_devices()
        .unwrap()
        .iter()
        .map(|device| device.total)
        .sum();
    // The header page of each device counts in neither.
    assert!(
        devices.abs_diff(swap.total) <= swap.total / 100,
        "{devices}"
    );
}

#[test]
fn the_estimate_is_near_what_this_kernel_says() {
    let Ok(content) = std::fs::read("/proc/meminfo") else {
        oslens_testkit::skip!("no /proc/meminfo");
    };
    let info = meminfo::meminfo(&content);
    let (Some(total), Some(free), Some(said)) = (info.total, info.free, info.available) else {
        oslens_testkit::skip!("this kernel says no MemAvailable");
    };
    let estimated = estimate(Host::local(), &info, free);
    assert!(
        estimated.abs_diff(said) < total / 20,
        "{estimated} and {said}"
    );
}
