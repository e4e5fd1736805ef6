//! FreeBSD, NetBSD, OpenBSD and macOS.

#[cfg(not(target_os = "openbsd"))]
mod heap;

use std::ffi::OsStr;

use oslens::{Host, memory::VirtualMemory};
use pyo3::{prelude::*, wrap_pyfunction};

#[cfg(not(target_os = "macos"))]
use super::sensors;
pub(crate) use super::unix::{
    FAMILIES, LOCAL_HOST, addresses, device, is_executable, os_error, os_string,
    usage_of_descriptor,
};

/// What the native module has only here.
pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    #[cfg(not(target_os = "macos"))]
    {
        module.add_function(wrap_pyfunction!(sensors::sensors_temperatures, module)?)?;
        module.add_function(wrap_pyfunction!(sensors::sensors_fans, module)?)?;
    }
    #[cfg(not(target_os = "openbsd"))]
    {
        module.add_function(wrap_pyfunction!(super::unix::zfs_arc, module)?)?;
        module.add_function(wrap_pyfunction!(heap::heap_info, module)?)?;
        module.add_function(wrap_pyfunction!(heap::heap_trim, module)?)?;
    }
    Ok(())
}

/// Whether counts of events that the system does not tell are 0, with a
/// warning; else they are `None`.
pub(crate) const MISSING_COUNTS_ARE_ZERO: bool = true;

/// Which parts of CPU times the named tuple has: user, system, idle and nice,
/// and but for macOS interrupts.
#[cfg(target_os = "macos")]
pub(crate) const CPU_PARTS: [usize; 4] = [0, 1, 2, 3];
#[cfg(not(target_os = "macos"))]
pub(crate) const CPU_PARTS: [usize; 5] = [0, 1, 2, 3, 5];

/// Which counters of disks the named tuple has: calls and bytes, where they
/// are known their times, and on FreeBSD how long the disk was busy.
#[cfg(target_os = "freebsd")]
pub(crate) const DISK_PARTS: [usize; 7] = [0, 1, 2, 3, 4, 5, 8];
#[cfg(target_os = "macos")]
pub(crate) const DISK_PARTS: [usize; 6] = [0, 1, 2, 3, 4, 5];
#[cfg(any(target_os = "netbsd", target_os = "openbsd"))]
pub(crate) const DISK_PARTS: [usize; 4] = [0, 1, 2, 3];

/// Whether it is counted what is swapped in and out.
pub(crate) const COUNTS_SWAPPING: bool = true;

/// psutil's idea of what is used: what is active, what cannot be evicted, and
/// on FreeBSD and OpenBSD the caches.
pub(crate) fn memory_used(memory: &VirtualMemory) -> u64 {
    let cached = match cfg!(any(target_os = "freebsd", target_os = "openbsd")) {
        true => memory.cached,
        false => Some(0),
    };
    [memory.active, memory.unevictable, cached]
        .into_iter()
        .map(Option::unwrap_or_default)
        .fold(0, u64::saturating_add)
}

/// The fields of `svmem` that not all systems have, in their order.
pub(crate) fn memory_parts(
    memory: &VirtualMemory,
    mut or_zero: impl FnMut(&'static str, Option<u64>) -> u64,
) -> Vec<u64> {
    let active = or_zero("active", memory.active);
    let inactive = or_zero("inactive", memory.inactive);
    let wired = or_zero("wired", memory.unevictable);
    if cfg!(target_os = "macos") {
        return vec![active, inactive, wired];
    }
    // psutil calls the cache of files so, too, on NetBSD without the text of
    // programs.
    let files = match cfg!(any(target_os = "netbsd", target_os = "openbsd")) {
        true => memory
            .cached
            .map(|cached| cached.saturating_sub(memory.mapped.unwrap_or(0))),
        false => memory.buffers,
    };
    let buffers = files.unwrap_or(0);
    let cached = memory.cached.unwrap_or(0);
    let shared = memory.shared.unwrap_or(0);
    vec![active, inactive, buffers, cached, shared, wired]
}

/// Whether a device is a whole one: here all that are counted are.
pub(crate) fn is_whole(_: &Host, _: &OsStr) -> bool {
    true
}
