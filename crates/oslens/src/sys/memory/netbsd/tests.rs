use std::path::Path;

use super::*;
use crate::{
    ErrorKind,
    sys::kernel::{Question, fake::Fake},
};

const UVMEXP: &[u8] = include_bytes!("../../../parse/netbsd/fixtures/netbsd_uvmexp.bin");
const SWAPENT: &[u8] = include_bytes!("../../../parse/netbsd/fixtures/netbsd_swapent.bin");

fn machine() -> Fake {
    Fake::new()
        .answer(Question::Sysctl(&[CTL_VM, VM_UVMEXP2]), UVMEXP)
        .answer(Question::SwapDevices, SWAPENT)
}

#[test]
fn what_is_available_is_free_or_of_files() {
    let (host, log) = machine().host();
    let memory = virtual_memory(&host).unwrap();
    assert_eq!(memory.total, 1_000_000 << 12);
    assert_eq!(
        (memory.free, memory.available),
        (100_000 << 12, 420_000 << 12)
    );
    assert_eq!(memory.used, 580_000 << 12);
    assert_eq!(memory.cached, Some(320_000 << 12));
    assert_eq!(
        (memory.anon, memory.dirty),
        (Some(250_000 << 12), Some(77 << 12))
    );
    assert_eq!(
        (memory.active, memory.inactive),
        (Some(400_000 << 12), Some(200_000 << 12))
    );
    assert_eq!(
        (memory.unevictable, memory.shared),
        (Some(5_000 << 12), None)
    );
    assert_eq!(memory.buffers, None);
    assert_eq!(log.lines().len(), 2);
    let (host, _) = machine()
        .named("vm.bufmem", 150_000_000_i64.to_le_bytes())
        .host();
    assert_eq!(virtual_memory(&host).unwrap().buffers, Some(150_000_000));
}

#[test]
fn swap_is_the_sum_of_its_devices() {
    let (host, log) = machine().host();
    let swap = swap_memory(&host).unwrap();
    assert_eq!(swap.total, 3_000_000_000 * 512 + 2048 * 512);
    assert_eq!(swap.used, 1000 * 512);
    assert_eq!(swap.swapped_in, Some(6 << 12));
    assert_eq!(swap.swapped_out, Some(12 << 12));
    assert_eq!(log.lines().len(), 2);
    let [device, file] = swap_devices(&host).unwrap().try_into().unwrap();
    assert_eq!(device.path, Path::new("/dev/wd0b"));
    // The first to be filled has the highest.
    assert!(device.priority > file.priority && file.is_file);
    let (host, _) = Fake::new().answer(Question::SwapDevices, []).host();
    assert_eq!(swap_devices(&host).unwrap(), []);
}

#[test]
fn a_kernel_that_does_not_answer_is_an_error() {
    let (host, _) = Fake::new()
        .fail(Question::Sysctl(&[CTL_VM, VM_UVMEXP2]), libc::EPERM)
        .host();
    let error = virtual_memory(&host).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    let (host, _) = machine().answer(Question::SwapDevices, [0; 9]).host();
    swap_devices(&host).unwrap();
    let error = swap_devices(&host).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
}

#[test]
fn faults_are_those_of_uvm() {
    let (host, _) = machine().host();
    let found = super::stats(&host).unwrap();
    assert_eq!(found.page_faults, Some(5_000_000_001));
    assert_eq!((found.major_page_faults, found.oom_kills), (None, None));
    assert_eq!(zfs_arc(&host).unwrap(), None);
}
