//! What the BSDs and macOS have in common about memory.

use std::{ffi::OsString, os::unix::ffi::OsStringExt as _};

use crate::{
    Result,
    memory::{SwapDevice, SwapMemory, ZfsArc},
    parse::{
        Malformed,
        bsd::memory::{self, Uvm},
        layout::Endian,
    },
    sys::kernel::{Kernel, Question, malformed},
};

/// So many pages, in bytes.
pub(super) fn bytes(pages: u64, page_size: u64) -> u64 {
    pages.saturating_mul(page_size)
}

/// What NetBSD and OpenBSD swap to, as a parser finds it in the answer of
/// `swapctl`.
pub(super) fn swap_devices(
    kernel: &Kernel<'_>,
    parser: fn(&[u8], Endian) -> Result<Vec<SwapDevice>, Malformed>,
) -> Result<Vec<SwapDevice>> {
    let what = "swapctl";
    let answer = kernel.ask(what, Question::SwapDevices)?;
    parser(&answer, kernel.endian).map_err(|expected| malformed(what, expected))
}

/// All of these together, and what UVM has moved.
pub(super) fn swap_of(devices: &[SwapDevice], uvm: &Uvm) -> SwapMemory {
    let bytes = |pages| bytes(pages, uvm.page_size);
    let (swapped_in, swapped_out) = (uvm.swapped_in.map(bytes), bytes(uvm.swapped_out));
    sum(devices, swapped_in, Some(swapped_out))
}

/// A record of `swapctl`, for everybody.
pub(super) fn swap_device(device: memory::SwapDevice<'_>) -> SwapDevice {
    SwapDevice {
        path: OsString::from_vec(device.path.to_vec()).into(),
        is_file: device.is_file,
        total: device.total,
        used: device.used.min(device.total),
        // The kernel fills the lowest number first, our users look for the
        // highest.
        priority: -i64::from(device.priority),
    }
}

/// All of these together.
pub(super) fn sum<'d>(
    devices: impl IntoIterator<Item = &'d SwapDevice>,
    swapped_in: Option<u64>,
    swapped_out: Option<u64>,
) -> SwapMemory {
    let (total, used) = devices.into_iter().fold((0_u64, 0_u64), |sum, device| {
        (
            sum.0.saturating_add(device.total),
            sum.1.saturating_add(device.used),
        )
    });
    SwapMemory {
        total,
        used,
        free: total.saturating_sub(used),
        swapped_in,
        swapped_out,
    }
}

/// The statistics that OpenZFS keeps under the same names wherever there is
/// `sysctl` by name.
pub(super) fn zfs_arc(kernel: &Kernel<'_>) -> Result<Option<ZfsArc>> {
    let number = |name: &str| {
        let name = format!("kstat.zfs.misc.arcstats.{name}");
        kernel.optional_counter(&name)
    };
    let Some(size) = number("size")? else {
        return Ok(None);
    };
    Ok(Some(ZfsArc {
        size,
        target: number("c")?,
        min: number("c_min")?,
        max: number("c_max")?,
        hits: number("hits")?,
        misses: number("misses")?,
    }))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use crate::sys::{
        kernel::fake::Noise,
        memory::{freebsd, macos, netbsd, openbsd},
    };

    /// With whatever the kernel answers, every function gives a value or an error.
    #[test]
    fn no_answer_makes_a_backend_fall_over() {
        for seed in Noise::SEEDS {
            let host = &Noise::host(seed);
            macro_rules! ask {
                ($($system:ident)*) => {$(
                    _ = $system::virtual_memory(host);
                    _ = $system::swap_memory(host);
                    _ = $system::swap_devices(host);
                    _ = $system::stats(host);
                    _ = $system::zfs_arc(host);
                )*};
            }
            ask!(freebsd netbsd openbsd macos);
        }
    }
}
