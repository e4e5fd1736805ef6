//! Memory on Linux: `/proc/meminfo`, and what it leaves open.

#[cfg(test)]
mod tests;

use std::{ffi::OsString, os::unix::ffi::OsStringExt as _, path::Path};

use rustix::fs::CWD;

use crate::{
    Error, Host, Result,
    memory::{HugePages, Stats, SwapDevice, SwapMemory, VirtualMemory, ZfsArc},
    parse::{
        linux::{arcstats, meminfo, swaps, vmstat, zoneinfo},
        text,
    },
    sys::pal::linux::file,
};

/// `/proc/meminfo` is 1.5 KiB long today.
const MEMINFO_SIZE: usize = 4096;

pub(crate) fn virtual_memory(host: &Host) -> Result<VirtualMemory> {
    let (mut stack, mut heap) = ([0; MEMINFO_SIZE], Vec::new());
    let path = file::below(host.proc_path(), "meminfo");
    let info = meminfo::meminfo(file::record_in(&path, &mut stack, &mut heap)?);
    let (Some(total), Some(free)) = (info.total, info.free) else {
        return Err(Error::malformed(path, "MemTotal and MemFree"));
    };
    let available = available(host, &info, total, free);
    // LXC: the host's free memory, in a smaller total.
    let free = free.min(total);
    Ok(VirtualMemory {
        total,
        available,
        used: total.saturating_sub(available),
        free,
        active: info.active,
        inactive: info.inactive.or_else(|| inactive_2_4(&info)),
        buffers: info.buffers,
        // Reclaimable slab is missing before Linux 2.6.19: then it cannot be
        // told from the rest of the slab, and the page cache is the answer.
        cached: info
            .cached
            .map(|cached| cached.saturating_add(info.slab_reclaimable.unwrap_or(0))),
        shared: info.shared,
        slab: info.slab,
        slab_reclaimable: info.slab_reclaimable,
        slab_unreclaimable: info.slab_unreclaimable,
        dirty: info.dirty,
        writeback: info.writeback,
        anon: info.anon_pages,
        mapped: info.mapped,
        unevictable: info.unevictable,
        mlocked: info.mlocked,
        page_tables: info.page_tables,
        kernel_stack: info.kernel_stack,
        per_cpu: info.per_cpu,
        committed: info.committed,
        commit_limit: info.commit_limit,
        zswap: info.zswap,
        zswapped: info.zswapped,
        hardware_corrupted: info.hardware_corrupted,
        anon_huge_pages: info.anon_huge_pages,
        huge_pages: huge_pages(&info),
    })
}

/// Memory that programs could get, never more than there is.
fn available(host: &Host, info: &meminfo::MemInfo, total: u64, free: u64) -> u64 {
    let available = match info.available {
        // Zero is what some kernels said by mistake; on a machine that is
        // truly that full, the estimate is next to zero too.
        None | Some(0) => estimate(host, info, free),
        Some(available) => available,
    };
    if available <= total {
        return available;
    }
    // LXC with a made-up meminfo.
    free.min(total)
}

/// What kernels since 3.14 say themselves (`si_mem_available`): free memory
/// without the reserve, and the caches without the part that is in use, taken
/// as half of them or the reserve, whichever is less.
fn estimate(host: &Host, info: &meminfo::MemInfo, free: u64) -> u64 {
    let (Some(active), Some(inactive), Some(slab), Some(low)) = (
        info.active_file,
        info.inactive_file,
        info.slab_reclaimable,
        low_watermark(host),
    ) else {
        return free.saturating_add(info.cached.unwrap_or(0));
    };
    let spare = |cache: u64| cache - (cache / 2).min(low);
    free.saturating_add(spare(active.saturating_add(inactive)))
        .saturating_add(spare(slab))
        .saturating_sub(low)
}

/// Bytes that the kernel keeps free. `None` also where the file is refused:
/// the estimate does without.
#[cold]
fn low_watermark(host: &Host) -> Option<u64> {
    let content = file::records(&file::below(host.proc_path(), "zoneinfo")).ok()?;
    zoneinfo::low_watermark(&content)?.checked_mul(host.page_size())
}

/// Linux 2.4 had several lists.
fn inactive_2_4(info: &meminfo::MemInfo) -> Option<u64> {
    [info.inact_dirty, info.inact_clean, info.inact_laundry]
        .into_iter()
        .flatten()
        .reduce(u64::saturating_add)
}

fn huge_pages(info: &meminfo::MemInfo) -> Option<HugePages> {
    Some(HugePages {
        size: info.huge_page_size?,
        total: info.huge_pages_total?,
        free: info.huge_pages_free?,
        // Since Linux 2.6.16 and 2.6.24; before, there were none.
        reserved: info.huge_pages_reserved.unwrap_or(0),
        surplus: info.huge_pages_surplus.unwrap_or(0),
    })
}

pub(crate) fn swap_memory(host: &Host) -> Result<SwapMemory> {
    let (mut stack, mut heap) = ([0; MEMINFO_SIZE], Vec::new());
    let path = file::below(host.proc_path(), "meminfo");
    let info = meminfo::meminfo(file::record_in(&path, &mut stack, &mut heap)?);
    let (total, free) = match (info.swap_total, info.swap_free) {
        (Some(total), Some(free)) => (total, free),
        _ if host.is_local() => {
            let info = rustix::system::sysinfo();
            let unit = u64::from(info.mem_unit.max(1));
            (
                widen(info.totalswap).saturating_mul(unit),
                widen(info.freeswap).saturating_mul(unit),
            )
        }
        _ => return Err(Error::malformed(path, "SwapTotal and SwapFree")),
    };
    // LXC: the host's free swap below the container's total.
    let free = free.min(total);
    let pages = swap_pages(&file::below(host.proc_path(), "vmstat"))?;
    let bytes = |pages: u64| pages.checked_mul(host.page_size());
    Ok(SwapMemory {
        total,
        used: total - free,
        free,
        swapped_in: pages.swapped_in.and_then(bytes),
        swapped_out: pages.swapped_out.and_then(bytes),
    })
}

/// A C `unsigned long`, which has 32 bits on some targets.
#[allow(clippy::useless_conversion)]
fn widen(value: impl Into<u64>) -> u64 {
    value.into()
}

/// The counters stand in the first page of the file: the rest is not read.
/// A container may hide the file; then nothing is known.
fn swap_pages(path: &Path) -> Result<vmstat::SwapPages> {
    let error = |action, errno| Error::file(action, path, errno);
    let fd = match file::open_at(CWD, path) {
        Ok(fd) => fd,
        Err(rustix::io::Errno::NOENT | rustix::io::Errno::ACCESS) => {
            return Ok(vmstat::SwapPages::default());
        }
        Err(errno) => return Err(error("open", errno)),
    };
    let mut content = Vec::with_capacity(8192);
    loop {
        let before = content.len();
        content.reserve(4096);
        file::retry(|| rustix::io::read(&fd, rustix::buffer::spare_capacity(&mut content)))
            .map_err(|errno| error("read", errno))?;
        let pages = vmstat::swap_pages(&content);
        let found = pages.swapped_in.is_some() && pages.swapped_out.is_some();
        if found || content.len() == before || content.len() > 1 << 20 {
            return Ok(pages);
        }
    }
}

pub(crate) fn swap_devices(host: &Host) -> Result<Vec<SwapDevice>> {
    let path = file::below(host.proc_path(), "swaps");
    let content = file::records_of_feature(host.proc_path(), &path)?.unwrap_or_default();
    swaps::swaps(&content)
        .map(|swap| {
            let swap = swap.map_err(|malformed| Error::malformed(&path, malformed.0))?;
            Ok(SwapDevice {
                path: OsString::from_vec(text::octal_unescaped(swap.path)).into(),
                is_file: swap.kind == b"file",
                total: swap.size,
                used: swap.used,
                priority: swap.priority,
            })
        })
        .collect()
}

pub(crate) fn stats(host: &Host) -> Result<Stats> {
    let path = file::below(host.proc_path(), "vmstat");
    let events =
        vmstat::events(&file::records_of_feature(host.proc_path(), &path)?.unwrap_or_default());
    Ok(Stats {
        page_faults: events.page_faults,
        major_page_faults: events.major_page_faults,
        oom_kills: events.oom_kills,
    })
}

pub(crate) fn zfs_arc(host: &Host) -> Result<Option<ZfsArc>> {
    let path = file::below(host.proc_path(), "spl/kstat/zfs/arcstats");
    let Some(content) = file::records_of_feature(host.proc_path(), &path)? else {
        return Ok(None);
    };
    let stats =
        arcstats::arcstats(&content).map_err(|malformed| Error::malformed(path, malformed.0))?;
    Ok(Some(ZfsArc {
        size: stats.size,
        target: stats.target,
        min: stats.min,
        max: stats.max,
        hits: stats.hits,
        misses: stats.misses,
    }))
}
