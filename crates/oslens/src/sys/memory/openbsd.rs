//! Memory on OpenBSD: `sysctl`, `swapctl`.

#[cfg(test)]
mod tests;

use super::bsd;
use crate::{
    Host, Result,
    memory::{Stats, SwapDevice, SwapMemory, VirtualMemory, ZfsArc},
    parse::{
        bsd::memory::Uvm,
        layout::openbsd::system::{
            CTL_HW, CTL_VFS, CTL_VM, HW_PHYSMEM64, VFS_BCACHESTAT, VFS_GENERIC, VM_UVMEXP,
        },
        openbsd::memory,
    },
    sys::kernel::{Kernel, Question, malformed},
};

fn uvm(kernel: &Kernel<'_>) -> Result<Uvm> {
    let what = "sysctl vm.uvmexp";
    let answer = kernel.sysctl(what, &[CTL_VM, VM_UVMEXP])?;
    memory::uvmexp(kernel.record(&answer)).map_err(|expected| malformed(what, expected))
}

pub(crate) fn virtual_memory(host: &Host) -> Result<VirtualMemory> {
    let kernel = host.kernel()?;
    let total = kernel.number_at("sysctl hw.physmem", &[CTL_HW, HW_PHYSMEM64])?;
    let uvm = uvm(&kernel)?;
    let cache = kernel
        .optional_answer(
            "sysctl vfs.bcachestat",
            Question::Sysctl(&[CTL_VFS, VFS_GENERIC, VFS_BCACHESTAT]),
        )?
        .and_then(|answer| memory::buffer_cache(kernel.record(&answer)));
    let bytes = |pages: u64| bsd::bytes(pages, uvm.page_size);
    // The cache is on none of the lists, and gives way to programs.
    let pages = uvm
        .free
        .saturating_add(uvm.inactive)
        .saturating_add(cache.map_or(0, |cache| cache.pages));
    let available = bytes(pages).min(total);
    Ok(VirtualMemory {
        total,
        available,
        used: total.saturating_sub(available),
        free: bytes(uvm.free).min(total),
        active: Some(bytes(uvm.active)),
        inactive: Some(bytes(uvm.inactive)),
        // Files are cached there, and nowhere else.
        cached: cache.map(|cache| bytes(cache.pages)),
        dirty: cache.map(|cache| bytes(cache.dirty)),
        unevictable: Some(bytes(uvm.wired)),
        ..VirtualMemory::default()
    })
}

pub(crate) fn swap_memory(host: &Host) -> Result<SwapMemory> {
    let kernel = host.kernel()?;
    Ok(bsd::swap_of(&devices(&kernel)?, &uvm(&kernel)?))
}

pub(crate) fn swap_devices(host: &Host) -> Result<Vec<SwapDevice>> {
    devices(&host.kernel()?)
}

fn devices(kernel: &Kernel<'_>) -> Result<Vec<SwapDevice>> {
    bsd::swap_devices(kernel, |answer, endian| {
        Ok(memory::swap_devices(answer, endian)?
            .map(bsd::swap_device)
            .collect())
    })
}

pub(crate) fn stats(host: &Host) -> Result<Stats> {
    Ok(Stats {
        page_faults: Some(uvm(&host.kernel()?)?.faults),
        ..Stats::default()
    })
}

pub(crate) fn zfs_arc(host: &Host) -> Result<Option<ZfsArc>> {
    // It has no ZFS.
    host.kernel().map(|_| None)
}
