//! Memory of NetBSD and OpenBSD, which both have UVM.

use crate::parse::layout::{netbsd, openbsd::system::DEV_BSIZE};

/// What UVM says of memory. Pages, and counters since boot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Uvm {
    /// Bytes in a page.
    pub page_size: u64,
    /// Pages that it manages.
    pub total: u64,
    /// Used for nothing.
    pub free: u64,
    /// Used lately.
    pub active: u64,
    /// Not used for a while.
    pub inactive: u64,
    /// Cannot be paged out.
    pub wired: u64,
    /// Data of files (NetBSD).
    pub file: Option<u64>,
    /// Programs' text (NetBSD).
    pub exec: Option<u64>,
    /// Memory of programs that belongs to no file (NetBSD).
    pub anon: Option<u64>,
    /// Data of files that waits to be written (NetBSD).
    pub dirty: Option<u64>,
    /// Page faults.
    pub faults: u64,
    /// Pages read back from swap. `None`: not counted.
    pub swapped_in: Option<u64>,
    /// Pages written to swap; on OpenBSD also to files that were mapped and
    /// changed.
    pub swapped_out: u64,
    /// Context switches.
    pub switches: u64,
    /// Interrupts.
    pub interrupts: u64,
    /// Software interrupts.
    pub soft_interrupts: u64,
    /// System calls.
    pub syscalls: u64,
    /// New processes.
    pub forks: u64,
}

/// What waits for a CPU or a disk, and memory that is shared, of
/// `struct vmtotal`. FreeBSD has it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Threads that run or could.
    pub running: u64,
    /// Threads that wait for a disk.
    pub blocked: u64,
    /// Pages in memory that several processes share. `None`: NetBSD and
    /// OpenBSD write zero for what they do not count.
    pub shared: Option<u64>,
}

/// A device or file that is swapped to, as `struct swapent` has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SwapDevice<'a> {
    /// Where it is.
    pub path: &'a [u8],
    /// A file, and no device.
    pub is_file: bool,
    /// Bytes of it.
    pub total: u64,
    /// Bytes in use.
    pub used: u64,
    /// The lower is filled first.
    pub priority: i32,
}

/// Blocks of `DEV_BSIZE` in bytes. The kernel counts with `int`,
/// and its sign is a block number's highest bit.
pub(crate) fn blocks(number: u32) -> u64 {
    const _: () = assert!(netbsd::system::DEV_BSIZE == DEV_BSIZE);
    u64::from(number) * DEV_BSIZE as u64
}
