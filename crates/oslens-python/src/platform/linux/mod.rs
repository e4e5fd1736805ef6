//! Linux.

#[cfg(target_env = "gnu")]
mod heap;
mod kernel;

use std::{ffi::OsStr, path::PathBuf};

use oslens::{Host, memory::VirtualMemory};
use pyo3::{prelude::*, wrap_pyfunction};

use super::sensors;
pub(crate) use super::unix::{
    FAMILIES, LOCAL_HOST, addresses, device, is_executable, os_error, os_string,
    usage_of_descriptor,
};

/// What the native module has only here.
pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(kernel::cgroup_limits, module)?)?;
    module.add_function(wrap_pyfunction!(kernel::cgroup_usage, module)?)?;
    module.add_function(wrap_pyfunction!(kernel::pressure, module)?)?;
    module.add_function(wrap_pyfunction!(super::unix::zfs_arc, module)?)?;
    module.add_function(wrap_pyfunction!(sensors::sensors_fans, module)?)?;
    module.add_function(wrap_pyfunction!(sensors::sensors_temperatures, module)?)?;
    #[cfg(target_env = "gnu")]
    {
        module.add_function(wrap_pyfunction!(heap::heap_info, module)?)?;
        module.add_function(wrap_pyfunction!(heap::heap_trim, module)?)?;
    }
    Ok(())
}

/// Whether counts of events that the system does not tell are 0, with a
/// warning; else they are `None`.
pub(crate) const MISSING_COUNTS_ARE_ZERO: bool = false;

/// Which parts of CPU times the named tuple has.
pub(crate) const CPU_PARTS: [usize; 10] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/// Which counters of disks the named tuple has.
pub(crate) const DISK_PARTS: [usize; 9] = [0, 1, 2, 3, 4, 5, 6, 7, 8];

/// Whether it is counted what is swapped in and out.
pub(crate) const COUNTS_SWAPPING: bool = true;

/// psutil's idea of what is used.
pub(crate) fn memory_used(memory: &VirtualMemory) -> u64 {
    memory.used
}

/// The fields of `svmem` that not all systems have, in their order.
pub(crate) fn memory_parts(
    memory: &VirtualMemory,
    mut or_zero: impl FnMut(&'static str, Option<u64>) -> u64,
) -> Vec<u64> {
    // In psutil's order the warning names them.
    let buffers = or_zero("buffers", memory.buffers);
    let cached = or_zero("cached", memory.cached);
    let shared = or_zero("shared", memory.shared);
    let active = or_zero("active", memory.active);
    let inactive = or_zero("inactive", memory.inactive);
    let slab = memory.slab.unwrap_or(0);
    vec![active, inactive, buffers, cached, shared, slab]
}

/// Whether a device is a whole one: not a partition.
pub(crate) fn is_whole(host: &Host, name: &OsStr) -> bool {
    let directory = match name.as_encoded_bytes().contains(&b'/') {
        false => PathBuf::from(name),
        // As sysfs writes `cciss/c0d0`.
        true => PathBuf::from(name.to_string_lossy().replace('/', "!")),
    };
    host.sys_path().join("block").join(directory).exists()
}
