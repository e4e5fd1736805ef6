use super::*;
use crate::{ErrorKind, parse::layout::macos::system::XswUsage, sys::kernel::fake::Fake};

const STATISTICS: &[u8] = include_bytes!("../../../parse/macos/fixtures/macos_vm_statistics64.bin");
const SWAPUSAGE: &[u8] = include_bytes!("../../../parse/macos/fixtures/macos_xsw_usage.bin");
const VM_INFO: Question<'_> = Question::HostStatistics {
    flavor: HOST_VM_INFO64,
    words: 1024,
};

/// A machine with pages of 16 KiB, of which a translated program is told that
/// they have 4.
fn machine(statistics: &[u8]) -> Fake {
    Fake::new()
        .named("hw.memsize", (16_u64 << 30).to_le_bytes())
        .named("vm.pagesize", 16384_i32.to_le_bytes())
        .answer(VM_INFO, statistics)
        .answer(Question::Sysctl(&[CTL_VM, VM_SWAPUSAGE]), SWAPUSAGE)
}

#[test]
fn pages_are_those_of_the_kernel() {
    let (host, log) = machine(STATISTICS).host();
    let memory = virtual_memory(&host).unwrap();
    assert_eq!(memory.total, 16 << 30);
    assert_eq!(memory.free, 10_000 << 14);
    assert_eq!(memory.cached, Some(305_000 << 14));
    assert_eq!(memory.available, 315_000 << 14);
    assert_eq!(memory.used, memory.total - memory.available);
    assert_eq!(
        (memory.anon, memory.unevictable),
        (Some(450_000 << 14), Some(100_000 << 14))
    );
    assert_eq!(
        (memory.zswap, memory.zswapped),
        (Some(60_000 << 14), Some(150_000 << 14))
    );
    assert_eq!((memory.buffers, memory.shared), (None, None));
    assert_eq!(log.lines().len(), 3);
}

#[test]
fn an_old_kernel_fills_in_less() {
    let (host, _) = machine(&STATISTICS[..96]).host();
    let memory = virtual_memory(&host).unwrap();
    assert_eq!(memory.available, 380_000 << 14);
    assert_eq!(
        (memory.cached, memory.zswap, memory.anon),
        (None, None, None)
    );
    let swap = swap_memory(&host).unwrap();
    assert_eq!((swap.swapped_in, swap.swapped_out), (None, None));
    let (host, _) = machine(&STATISTICS[..8]).host();
    let error = virtual_memory(&host).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
}

#[test]
fn what_is_compressed_on_a_disk_is_not_taken_for_what_is_in_memory() {
    // A kernel that does not count it: 38 words.
    let older = || machine(&STATISTICS[..152]);
    let (host, log) = older().host();
    let memory = virtual_memory(&host).unwrap();
    assert_eq!((memory.zswap, memory.zswapped), (Some(60_000 << 14), None));
    assert_eq!(log.lines().len(), 4);
    // There is none on a disk.
    let mut unused = SWAPUSAGE.to_vec();
    let place = XswUsage::xsu_used.offset();
    unused[place..place + 8].fill(0);
    const USAGE: Question<'_> = Question::Sysctl(&[CTL_VM, VM_SWAPUSAGE]);
    let silent = || {
        Fake::new()
            .named("hw.memsize", (16_u64 << 30).to_le_bytes())
            .named("vm.pagesize", 16384_i32.to_le_bytes())
            .answer(VM_INFO, &STATISTICS[..152])
    };
    let (host, _) = silent().answer(USAGE, unused).host();
    let memory = virtual_memory(&host).unwrap();
    assert_eq!(memory.zswapped, Some(200_000 << 14));
    // Nobody says, or not to this program: all else is known still.
    for silent in [silent(), silent().fail(USAGE, libc::EPERM)] {
        let (host, _) = silent.host();
        let memory = virtual_memory(&host).unwrap();
        assert_eq!((memory.total, memory.zswapped), (16 << 30, None));
    }
}

#[test]
fn swap_counts_what_was_swapped_and_not_what_was_read() {
    let (host, log) = machine(STATISTICS).host();
    let swap = swap_memory(&host).unwrap();
    assert_eq!(
        (swap.total, swap.used, swap.free),
        (5 << 30, 3 << 30, 2 << 30)
    );
    assert_eq!(
        (swap.swapped_in, swap.swapped_out),
        (Some(11 << 14), Some(12 << 14))
    );
    assert_eq!(log.lines().len(), 3);
    let error = swap_devices(&host).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[test]
fn faults_are_those_of_mach() {
    let (host, _) = machine(STATISTICS).host();
    let found = super::stats(&host).unwrap();
    assert_eq!(found.page_faults, Some(5_000_000_001));
    assert_eq!(
        (found.major_page_faults, zfs_arc(&host).unwrap()),
        (None, None)
    );
}
