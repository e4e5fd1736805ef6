//! Memory on NetBSD: `sysctl`, `swapctl`.

#[cfg(test)]
mod tests;

use super::bsd;
use crate::{
    Host, Result,
    memory::{Stats, SwapDevice, SwapMemory, VirtualMemory, ZfsArc},
    parse::{
        bsd::memory::Uvm,
        layout::netbsd::system::{CTL_VM, VM_UVMEXP2},
        netbsd::memory,
    },
    sys::kernel::{Kernel, malformed},
};

fn uvm(kernel: &Kernel<'_>) -> Result<Uvm> {
    let what = "sysctl vm.uvmexp2";
    let answer = kernel.sysctl(what, &[CTL_VM, VM_UVMEXP2])?;
    memory::uvmexp(kernel.record(&answer)).map_err(|expected| malformed(what, expected))
}

pub(crate) fn virtual_memory(host: &Host) -> Result<VirtualMemory> {
    let kernel = host.kernel()?;
    let uvm = uvm(&kernel)?;
    let bytes = |pages: u64| bsd::bytes(pages, uvm.page_size);
    // Data of files, and programs that were run: what has not been written is
    // written, and nothing of it swapped. The memory of programs that is not
    // active could only be swapped; that of the kernel is on no list at all,
    // so that it cannot be taken as the rest.
    let caches = uvm
        .file
        .zip(uvm.exec)
        .map(|(file, exec)| file.saturating_add(exec));
    let total = bytes(uvm.total);
    let available = bytes(uvm.free.saturating_add(caches.unwrap_or(uvm.inactive))).min(total);
    Ok(VirtualMemory {
        total,
        available,
        used: total.saturating_sub(available),
        free: bytes(uvm.free).min(total),
        active: Some(bytes(uvm.active)),
        inactive: Some(bytes(uvm.inactive)),
        // Of the kernel's own memory: what file systems keep beside data.
        buffers: kernel.optional_counter("vm.bufmem")?,
        cached: caches.map(bytes),
        mapped: uvm.exec.map(bytes),
        dirty: uvm.dirty.map(bytes),
        anon: uvm.anon.map(bytes),
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
    bsd::zfs_arc(&host.kernel()?)
}
