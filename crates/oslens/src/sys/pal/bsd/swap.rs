//! Where pages are swapped to.

use std::io;

use super::room;

#[cfg(target_os = "netbsd")]
use crate::parse::layout::netbsd::system::{SWAP_NSWAP, SWAP_STATS, Swapent};
#[cfg(target_os = "openbsd")]
use crate::parse::layout::openbsd::system::{SWAP_NSWAP, SWAP_STATS, Swapent};

unsafe extern "C" {
    /// `int swapctl(int, void *, int)`.
    fn swapctl(
        command: libc::c_int,
        argument: *mut libc::c_void,
        count: libc::c_int,
    ) -> libc::c_int;
}

/// The records of all devices and files that are swapped to.
pub(super) fn devices(answer: &mut Vec<u8>) -> io::Result<()> {
    // SAFETY: this command takes no argument.
    let count = room::check(unsafe { swapctl(SWAP_NSWAP, std::ptr::null_mut(), 0) })?;
    let size = usize::try_from(count)
        .unwrap_or(0)
        .saturating_mul(size_of::<Swapent>());
    room::fixed(answer, &[], size, |buffer, size| {
        if count == 0 {
            return Ok(());
        }
        // SAFETY: `buffer` has room for `count` structures of the size that
        // the table of layouts has proved, and the kernel writes no more; it
        // copies them there, so that their place does not matter.
        let filled = room::check(unsafe { swapctl(SWAP_STATS, buffer.cast(), count) })?;
        *size = usize::try_from(filled)
            .unwrap_or(0)
            .saturating_mul(size_of::<Swapent>())
            .min(*size);
        Ok(())
    })
}
