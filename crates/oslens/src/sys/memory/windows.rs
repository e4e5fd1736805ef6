//! Memory on Windows.

use crate::{
    Error, Host, Result,
    memory::{Stats, SwapDevice, SwapMemory, VirtualMemory, ZfsArc},
    parse::windows::{Layout, page_files, performance},
    sys::pal::windows::{
        buffer::Buffer,
        native::{self, class},
        system, wide,
    },
};

pub(crate) fn virtual_memory(host: &Host) -> Result<VirtualMemory> {
    system::this_machine(host)?;
    let pages = system::performance()?;
    let bytes = |count: usize| (count as u64).saturating_mul(pages.PageSize as u64);
    // No system runs without them: zero is a number that is not kept.
    let known = |count: usize| (count > 0).then(|| bytes(count));
    let total = bytes(pages.PhysicalTotal);
    let available = bytes(pages.PhysicalAvailable).min(total);
    Ok(VirtualMemory {
        total,
        available,
        used: total - available,
        free: available,
        cached: known(pages.SystemCache),
        slab: known(pages.KernelTotal),
        slab_unreclaimable: known(pages.KernelNonpaged),
        unevictable: known(pages.KernelNonpaged),
        committed: known(pages.CommitTotal),
        commit_limit: known(pages.CommitLimit),
        ..VirtualMemory::default()
    })
}

pub(crate) fn swap_memory(host: &Host) -> Result<SwapMemory> {
    system::this_machine(host)?;
    let devices = swap_devices(host)?;
    let sum =
        |part: fn(&SwapDevice) -> u64| devices.iter().map(part).fold(0_u64, u64::saturating_add);
    let total = sum(|device| device.total);
    let used = sum(|device| device.used).min(total);
    Ok(SwapMemory {
        total,
        used,
        free: total - used,
        swapped_in: None,
        swapped_out: None,
    })
}

pub(crate) fn swap_devices(host: &Host) -> Result<Vec<SwapDevice>> {
    system::this_machine(host)?;
    let mut buffer = Buffer::new(1024);
    let bytes = native::query_system(class::PAGE_FILE, &mut buffer)?;
    // The paths are in the same memory, and pointers lead to them.
    let base = bytes.as_ptr() as u64;
    let page = system::page_size();
    Ok(page_files::page_files(bytes, Layout::NATIVE, base)
        .map(|file| SwapDevice {
            path: wide::text_of(file.dos_path()).into(),
            is_file: true,
            total: u64::from(file.total).saturating_mul(page),
            used: u64::from(file.used).saturating_mul(page),
            priority: 0,
        })
        .collect())
}

pub(crate) fn stats(host: &Host) -> Result<Stats> {
    system::this_machine(host)?;
    // The later versions are longer.
    let mut buffer = Buffer::default();
    let record = native::query_system_record(class::PERFORMANCE, 1024, &mut buffer)?;
    let system = performance::system_performance(record)
        .map_err(|malformed| Error::malformed("NtQuerySystemInformation", malformed.0))?;
    // No system runs without a page fault: zeros are counters that are not
    // kept.
    let kept = system.page_faults > 0;
    Ok(Stats {
        page_faults: kept.then(|| system.page_faults.into()),
        major_page_faults: kept.then(|| system.page_read_ios.into()),
        oom_kills: None,
    })
}

pub(crate) fn zfs_arc(_: &Host) -> Result<Option<ZfsArc>> {
    Err(Error::unsupported("the ZFS cache on Windows"))
}
