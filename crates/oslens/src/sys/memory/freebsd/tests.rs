use std::path::Path;

use super::*;
use crate::{
    ErrorKind,
    parse::layout::{Type as _, freebsd::system::Xswdev},
    sys::kernel::fake::Fake,
};

const VMTOTAL: &[u8] = include_bytes!("../../../parse/freebsd/fixtures/freebsd_vmtotal.bin");
const XSWDEV: &[u8] = include_bytes!("../../../parse/freebsd/fixtures/freebsd_xswdev.bin");

fn swap_info(index: &i32) -> Question<'_> {
    Question::NamedNumbers {
        name: "vm.swap_info",
        numbers: std::slice::from_ref(index),
    }
}

/// A machine with so many pages on its lists.
fn machine() -> Fake {
    let mut fake = Fake::new().named("hw.physmem", (8_u64 << 30).to_le_bytes());
    for (name, pages) in [
        ("v_free_count", 1000_u32),
        ("v_active_count", 2000),
        ("v_inactive_count", 3000),
        ("v_wire_count", 4000),
        ("v_user_wire_count", 5),
        ("v_laundry_count", 600),
    ] {
        fake = fake.named(&format!("vm.stats.vm.{name}"), pages.to_le_bytes());
    }
    fake.named("vfs.bufspace", 123_456_u64.to_le_bytes())
        .named("vm.swap_reserved", 987_654_u64.to_le_bytes())
        .answer(Question::Sysctl(&[CTL_VM, VM_TOTAL]), VMTOTAL)
}

/// A machine that swaps to a device and to a file.
fn swapping() -> Fake {
    let mut records = XSWDEV.chunks_exact(Xswdev::SIZE);
    Fake::new()
        .answer(swap_info(&0), records.next().unwrap())
        .answer(swap_info(&1), records.next().unwrap())
}

#[test]
fn memory_is_what_the_lists_of_pages_say() {
    let (host, log) = machine().host();
    let memory = virtual_memory(&host).unwrap();
    assert_eq!(memory.total, 8 << 30);
    assert_eq!((memory.free, memory.available), (1000 << 12, 4000 << 12));
    assert_eq!(memory.used, memory.total - memory.available);
    assert_eq!(memory.active, Some(2000 << 12));
    assert_eq!(memory.inactive, Some(3000 << 12));
    assert_eq!(memory.unevictable, Some(4000 << 12));
    assert_eq!(
        (memory.mlocked, memory.dirty),
        (Some(5 << 12), Some(600 << 12))
    );
    assert_eq!(memory.buffers, Some(123_456));
    assert_eq!(memory.shared, Some(5_000_000_000 << 12));
    assert_eq!(memory.committed, Some(987_654));
    // Gone from new kernels, and not zero there.
    assert_eq!((memory.cached, memory.anon), (None, None));
    assert_eq!(log.lines().len(), 11);
    let (host, _) = machine()
        .named("vm.stats.vm.v_cache_count", 10_u32.to_le_bytes())
        .host();
    let memory = virtual_memory(&host).unwrap();
    assert_eq!(
        (memory.cached, memory.available),
        (Some(10 << 12), 4010 << 12)
    );
}

#[test]
fn memory_without_its_total_is_an_error() {
    let kind = |fake: Fake| virtual_memory(&fake.host().0).unwrap_err().kind();
    assert_eq!(kind(Fake::new()), ErrorKind::Unsupported);
    let refused = machine().fail(Question::Named("vfs.bufspace"), libc::EPERM);
    let (host, _) = refused.host();
    virtual_memory(&host).unwrap();
    assert_eq!(
        virtual_memory(&host).unwrap_err().kind(),
        ErrorKind::AccessDenied
    );
}

#[test]
fn swap_is_the_sum_of_its_devices_and_moves_in_bytes() {
    let (host, log) = swapping()
        .named("vm.stats.vm.v_swappgsin", 7_u64.to_le_bytes())
        .named("vm.stats.vm.v_swappgsout", 8_u32.to_le_bytes())
        .host();
    let swap = swap_memory(&host).unwrap();
    assert_eq!(swap.total, 3_000_000_010 << 12);
    assert_eq!(swap.used, 25 << 12);
    assert_eq!(swap.free, swap.total - swap.used);
    assert_eq!(swap.swapped_in, Some(7 << 12));
    assert_eq!(swap.swapped_out, Some(8 << 12));
    // Each device, the end of the list, and both counters.
    assert_eq!(log.lines().len(), 5);
    let (host, _) = Fake::new().host();
    let none = swap_memory(&host).unwrap();
    assert_eq!((none.total, none.swapped_in), (0, None));
}

#[test]
fn devices_have_their_names_or_their_numbers() {
    let named = swapping().answer(Question::DeviceName(0x5f), *b"ada0p3");
    let devices = swap_devices(&named.host().0).unwrap();
    let [device, file] = devices.try_into().unwrap();
    assert_eq!(device.path, Path::new("/dev/ada0p3"));
    assert!(!device.is_file && file.is_file);
    assert_eq!((file.total, file.used), (10 << 12, 0));
    let path = |fake: Fake| swap_devices(&fake.host().0).unwrap().remove(0).path;
    assert_eq!(path(swapping()), Path::new("#C:0x5f"));
    let unknown = swapping().answer(Question::DeviceName(0x5f), *b"#C:0x5f");
    assert_eq!(path(unknown), Path::new("#C:0x5f"));
}

#[test]
fn a_later_version_of_the_record_is_refused() {
    let later = XSWDEV.chunks_exact(Xswdev::SIZE).nth(2).unwrap();
    let (host, _) = Fake::new().answer(swap_info(&0), later).host();
    let error = swap_memory(&host).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
}

#[test]
fn faults_that_read_are_told_apart() {
    let (host, log) = Fake::new()
        .named("vm.stats.vm.v_vm_faults", 500_u64.to_le_bytes())
        .named("vm.stats.vm.v_io_faults", 20_u64.to_le_bytes())
        .host();
    let found = super::stats(&host).unwrap();
    assert_eq!(
        (found.page_faults, found.major_page_faults),
        (Some(500), Some(20))
    );
    assert_eq!((found.oom_kills, log.lines().len()), (None, 2));
}

#[test]
fn the_cache_of_zfs_is_there_where_zfs_is() {
    let (host, log) = Fake::new().host();
    assert_eq!(zfs_arc(&host).unwrap(), None);
    assert_eq!(log.lines().len(), 1);
    let (host, log) = Fake::new()
        .named("kstat.zfs.misc.arcstats.size", (3_u64 << 30).to_le_bytes())
        .named("kstat.zfs.misc.arcstats.c_min", (1_u64 << 30).to_le_bytes())
        .named("kstat.zfs.misc.arcstats.hits", 9_u64.to_le_bytes())
        .host();
    let arc = zfs_arc(&host).unwrap().unwrap();
    assert_eq!((arc.size, arc.reclaimable()), (3 << 30, Some(2 << 30)));
    assert_eq!((arc.hits, arc.misses), (Some(9), None));
    assert_eq!(log.lines().len(), 6);
}
