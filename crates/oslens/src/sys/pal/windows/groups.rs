//! Processor groups.

use windows_sys::Win32::System::Threading::{
    GetActiveProcessorCount, GetActiveProcessorGroupCount,
};

/// How many CPUs each group has.
pub(crate) fn active_counts() -> Vec<u32> {
    // SAFETY: nothing in, a number out.
    let groups = unsafe { GetActiveProcessorGroupCount() };
    (0..groups)
        // SAFETY: a number in, a number out.
        .map(|group| unsafe { GetActiveProcessorCount(group) })
        .collect()
}
