//! Constants of the running kernel.

/// Bytes in a page.
pub(crate) fn page_size() -> u64 {
    rustix::param::page_size() as u64
}

/// `USER_HZ`, the unit of the times in `/proc/PID/stat`.
pub(crate) fn ticks_per_second() -> u64 {
    rustix::param::clock_ticks_per_second().max(1)
}
