//! Memory on FreeBSD: `sysctl`.

#[cfg(test)]
mod tests;

use std::{ffi::OsString, os::unix::ffi::OsStringExt as _};

use super::bsd;
use crate::{
    Host, Result,
    memory::{Stats, SwapDevice, SwapMemory, VirtualMemory, ZfsArc},
    parse::{
        freebsd::memory,
        layout::freebsd::system::{CTL_VM, VM_TOTAL},
    },
    sys::kernel::{Kernel, Question, malformed},
};

const SWAP_INFO: &str = "sysctl vm.swap_info";

pub(crate) fn virtual_memory(host: &Host) -> Result<VirtualMemory> {
    let kernel = host.kernel()?;
    let bytes = |pages: u64| bsd::bytes(pages, kernel.page_size);
    let pages = |name: &str| Ok::<_, crate::Error>(kernel.optional_counter(name)?.map(bytes));
    let total = kernel.number("sysctl hw.physmem")?;
    let free = bytes(kernel.number("sysctl vm.stats.vm.v_free_count")?);
    let inactive = bytes(kernel.number("sysctl vm.stats.vm.v_inactive_count")?);
    // Gone since FreeBSD 12.
    let cached = pages("vm.stats.vm.v_cache_count")?;
    let available = free
        .saturating_add(inactive)
        .saturating_add(cached.unwrap_or(0))
        .min(total);
    let totals = kernel
        .optional_answer("sysctl vm.vmtotal", Question::Sysctl(&[CTL_VM, VM_TOTAL]))?
        .and_then(|answer| memory::totals(kernel.record(&answer)));
    Ok(VirtualMemory {
        total,
        available,
        used: total.saturating_sub(available),
        free: free.min(total),
        active: pages("vm.stats.vm.v_active_count")?,
        inactive: Some(inactive),
        buffers: kernel.optional_counter("vfs.bufspace")?,
        cached,
        // Not also the virtual part, which is not in memory.
        shared: totals.and_then(|totals| totals.shared).map(bytes),
        dirty: pages("vm.stats.vm.v_laundry_count")?,
        unevictable: pages("vm.stats.vm.v_wire_count")?,
        mlocked: pages("vm.stats.vm.v_user_wire_count")?,
        committed: kernel.optional_counter("vm.swap_reserved")?,
        ..VirtualMemory::default()
    })
}

pub(crate) fn swap_memory(host: &Host) -> Result<SwapMemory> {
    let kernel = host.kernel()?;
    let devices: Vec<SwapDevice> = records(&kernel)?
        .into_iter()
        .map(|record| device(&kernel, record, OsString::new()))
        .collect();
    let moved = |name: &str| {
        let pages = kernel.optional_counter(name)?;
        Ok::<_, crate::Error>(pages.map(|pages| bsd::bytes(pages, kernel.page_size)))
    };
    // The pages; the counters without `pgs` are how often.
    let swapped_in = moved("vm.stats.vm.v_swappgsin")?;
    let swapped_out = moved("vm.stats.vm.v_swappgsout")?;
    Ok(bsd::sum(&devices, swapped_in, swapped_out))
}

pub(crate) fn swap_devices(host: &Host) -> Result<Vec<SwapDevice>> {
    let kernel = host.kernel()?;
    let mut devices = Vec::new();
    for record in records(&kernel)? {
        let path = match record.device {
            Some(number) => name(&kernel, number),
            None => "<file>".into(),
        };
        devices.push(device(&kernel, record, path));
    }
    Ok(devices)
}

/// What is swapped to, asked one by one until there is no more.
fn records(kernel: &Kernel<'_>) -> Result<Vec<memory::SwapDevice>> {
    let mut records = Vec::new();
    for index in 0..1024 {
        let question = Question::NamedNumbers {
            name: "vm.swap_info",
            numbers: &[index],
        };
        let Some(answer) = kernel.optional_answer(SWAP_INFO, question)? else {
            break;
        };
        let record = memory::swap_device(kernel.record(&answer))
            .map_err(|expected| malformed(SWAP_INFO, expected))?;
        records.push(record);
    }
    Ok(records)
}

fn device(kernel: &Kernel<'_>, record: memory::SwapDevice, path: OsString) -> SwapDevice {
    let total = bsd::bytes(record.total, kernel.page_size);
    SwapDevice {
        path: path.into(),
        is_file: record.device.is_none(),
        total,
        used: bsd::bytes(record.used, kernel.page_size).min(total),
        // They are filled in turns.
        priority: 0,
    }
}

/// What a device is called, or its number as `devname(3)` writes it.
fn name(kernel: &Kernel<'_>, number: u64) -> OsString {
    let unnamed = || format!("#C:{number:#x}").into();
    let Ok(mut name) = kernel.ask("devname", Question::DeviceName(number)) else {
        return unnamed();
    };
    match name.first() {
        None => unnamed(),
        Some(b'#') => OsString::from_vec(name),
        Some(_) => {
            let mut path = b"/dev/".to_vec();
            path.append(&mut name);
            OsString::from_vec(path)
        }
    }
}

pub(crate) fn stats(host: &Host) -> Result<Stats> {
    let kernel = host.kernel()?;
    Ok(Stats {
        page_faults: kernel.optional_counter("vm.stats.vm.v_vm_faults")?,
        major_page_faults: kernel.optional_counter("vm.stats.vm.v_io_faults")?,
        oom_kills: None,
    })
}

pub(crate) fn zfs_arc(host: &Host) -> Result<Option<ZfsArc>> {
    bsd::zfs_arc(&host.kernel()?)
}
