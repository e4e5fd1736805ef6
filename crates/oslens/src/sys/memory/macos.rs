//! Memory on macOS: Mach, `sysctl`.

#[cfg(test)]
mod tests;

use super::bsd;
use crate::{
    Error, Host, Result,
    memory::{Stats, SwapDevice, SwapMemory, VirtualMemory, ZfsArc},
    parse::{
        layout::macos::system::{CTL_VM, HOST_INFO_MAX, HOST_VM_INFO64, VM_SWAPUSAGE},
        macos::memory::{self, SwapUsage, VmStatistics},
    },
    sys::kernel::{Kernel, Question, malformed},
};

fn statistics(kernel: &Kernel<'_>) -> Result<VmStatistics> {
    let what = "host_statistics64";
    let question = Question::HostStatistics {
        flavor: HOST_VM_INFO64,
        // Newer kernels have more to say, older ones less.
        words: usize::try_from(HOST_INFO_MAX).unwrap_or(0),
    };
    let answer = kernel.ask(what, question)?;
    memory::vm_statistics(kernel.record(&answer)).map_err(|expected| malformed(what, expected))
}

/// Bytes of the pages that Mach counts: the kernel's own, where a translated
/// program (Rosetta) is told of smaller ones.
fn page_size(kernel: &Kernel<'_>) -> Result<u64> {
    let size = kernel.optional_counter("vm.pagesize")?;
    Ok(size
        .filter(|size| size.is_power_of_two())
        .unwrap_or(kernel.page_size))
}

pub(crate) fn virtual_memory(host: &Host) -> Result<VirtualMemory> {
    let kernel = host.kernel()?;
    let total = kernel.number("sysctl hw.memsize")?;
    let pages = statistics(&kernel)?;
    let page_size = page_size(&kernel)?;
    let bytes = |pages: u64| bsd::bytes(pages, page_size);
    // Mach takes what was read ahead for free.
    let free = pages.free.saturating_sub(pages.speculative.unwrap_or(0));
    // Files, read ahead or not, and what programs can do without. The memory
    // of programs that is inactive would have to be compressed.
    let caches = pages
        .external
        .map(|files| files.saturating_add(pages.purgeable.unwrap_or(0)));
    let available = match caches {
        Some(caches) => free.saturating_add(caches),
        None => pages.free.saturating_add(pages.inactive),
    };
    let available = bytes(available).min(total);
    Ok(VirtualMemory {
        total,
        available,
        used: total.saturating_sub(available),
        free: bytes(free).min(total),
        active: Some(bytes(pages.active)),
        inactive: Some(bytes(pages.inactive)),
        cached: caches.map(bytes),
        anon: pages.internal.map(bytes),
        unevictable: Some(bytes(pages.wired)),
        zswap: pages.compressor.map(bytes),
        zswapped: compressed_in_memory(&kernel, &pages).map(bytes),
        ..VirtualMemory::default()
    })
}

/// Pages of programs that are compressed, but for those on a disk. `None`: the
/// kernel does not say how many are there.
fn compressed_in_memory(kernel: &Kernel<'_>, pages: &VmStatistics) -> Option<u64> {
    let all = pages.compressed?;
    if let Some(on_disk) = pages.compressed_on_disk {
        return Some(all.saturating_sub(on_disk));
    }
    // None are where nothing is used of the swap files. The rest of what is
    // told of memory does not hang on this.
    let usage = swap_usage(kernel).ok()?;
    (usage.used == 0).then_some(all)
}

fn swap_usage(kernel: &Kernel<'_>) -> Result<SwapUsage> {
    let what = "sysctl vm.swapusage";
    let answer = kernel.sysctl(what, &[CTL_VM, VM_SWAPUSAGE])?;
    memory::swap_usage(kernel.record(&answer)).map_err(|expected| malformed(what, expected))
}

pub(crate) fn swap_memory(host: &Host) -> Result<SwapMemory> {
    let kernel = host.kernel()?;
    let usage = swap_usage(&kernel)?;
    let pages = statistics(&kernel)?;
    let page_size = page_size(&kernel)?;
    let bytes = |pages: u64| bsd::bytes(pages, page_size);
    let used = usage.used.min(usage.total);
    Ok(SwapMemory {
        total: usage.total,
        used,
        free: usage.total - used,
        swapped_in: pages.swapped_in.map(bytes),
        swapped_out: pages.swapped_out.map(bytes),
    })
}

pub(crate) fn swap_devices(_: &Host) -> Result<Vec<SwapDevice>> {
    Err(Error::unsupported(
        "the swap files of macOS, which it makes and removes as it needs them",
    ))
}

pub(crate) fn stats(host: &Host) -> Result<Stats> {
    Ok(Stats {
        page_faults: Some(statistics(&host.kernel()?)?.faults),
        ..Stats::default()
    })
}

pub(crate) fn zfs_arc(host: &Host) -> Result<Option<ZfsArc>> {
    bsd::zfs_arc(&host.kernel()?)
}
