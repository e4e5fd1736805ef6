use std::path::Path;

use super::*;
use crate::{ErrorKind, sys::kernel::fake::Fake};

const UVMEXP: &[u8] = include_bytes!("../../../parse/openbsd/fixtures/openbsd_uvmexp.bin");
const CACHE: &[u8] = include_bytes!("../../../parse/openbsd/fixtures/openbsd_bcachestats.bin");
const SWAPENT: &[u8] = include_bytes!("../../../parse/openbsd/fixtures/openbsd_swapent.bin");

fn machine() -> Fake {
    Fake::new()
        .answer(
            Question::Sysctl(&[CTL_HW, HW_PHYSMEM64]),
            (4_u64 << 30).to_le_bytes(),
        )
        .answer(Question::Sysctl(&[CTL_VM, VM_UVMEXP]), UVMEXP)
        .answer(Question::SwapDevices, SWAPENT)
}

#[test]
fn the_buffer_cache_is_the_cache_of_files() {
    let cache = Question::Sysctl(&[CTL_VFS, VFS_GENERIC, VFS_BCACHESTAT]);
    let (host, log) = machine().answer(cache, CACHE).host();
    let memory = virtual_memory(&host).unwrap();
    assert_eq!(memory.total, 4 << 30);
    assert_eq!(
        (memory.free, memory.available),
        (100_000 << 12, 350_000 << 12)
    );
    assert_eq!(memory.used, memory.total - memory.available);
    assert_eq!(
        (memory.cached, memory.dirty),
        (Some(50_000 << 12), Some(70 << 12))
    );
    assert_eq!(
        (memory.unevictable, memory.shared),
        (Some(5_000 << 12), None)
    );
    assert_eq!(memory.buffers, None);
    assert_eq!(log.lines().len(), 3);
    let (host, _) = machine().host();
    let memory = virtual_memory(&host).unwrap();
    assert_eq!((memory.cached, memory.shared), (None, None));
    assert_eq!(memory.available, 300_000 << 12);
}

#[test]
fn swap_is_the_sum_of_its_devices() {
    let (host, log) = machine().host();
    let swap = swap_memory(&host).unwrap();
    assert_eq!(swap.total, 3_000_000_000 * 512 + 2048 * 512);
    assert_eq!(swap.used, 1000 * 512);
    let (read, written) = (4_000_000_002 << 12, 12 << 12);
    assert_eq!(
        (swap.swapped_in, swap.swapped_out),
        (Some(read), Some(written))
    );
    assert_eq!(log.lines().len(), 2);
    let [device, file] = swap_devices(&host).unwrap().try_into().unwrap();
    assert_eq!(device.path, Path::new("/dev/sd0b"));
    assert_eq!((device.priority, file.priority), (0, -2));
}

#[test]
fn faults_are_those_of_uvm_and_there_is_no_zfs() {
    let (host, _) = machine().host();
    let found = super::stats(&host).unwrap();
    assert_eq!(found.page_faults, Some(4_000_000_001));
    assert_eq!(zfs_arc(&host).unwrap(), None);
    let (host, _) = Fake::new()
        .fail(Question::Sysctl(&[CTL_VM, VM_UVMEXP]), libc::EPERM)
        .host();
    let error = super::stats(&host).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert!(virtual_memory(&host).is_err());
}
