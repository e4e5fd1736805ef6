//! Memory of the machine, swap, and what a container may use of them.
//!
//! ```
//! let memory = oslens::memory::virtual_memory()?;
//! println!(
//!     "{} MiB of {} MiB are available",
//!     memory.available >> 20,
//!     memory.total >> 20
//! );
//! # Ok::<(), oslens::Error>(())
//! ```

mod container;

use std::path::PathBuf;

pub use container::{ContainerMemory, limit};

use crate::{Host, Result, sys};

/// Physical memory of a machine, bytes. `None`: this system or kernel does
/// not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct VirtualMemory {
    /// What the system can use of the memory that is built in.
    pub total: u64,
    /// What new programs could get without swapping: free memory and the
    /// caches that the system would give up.
    pub available: u64,
    /// `total` without `available`.
    pub used: u64,
    /// Used for nothing, not even a cache. Near zero on a healthy machine;
    /// look at `available`.
    pub free: u64,
    /// Used lately.
    pub active: Option<u64>,
    /// Not used for a while.
    pub inactive: Option<u64>,
    /// Cache of block devices.
    pub buffers: Option<u64>,
    /// Cache of files, with what the kernel's own caches would give up
    /// (`Cached` and `SReclaimable`). Contains `shared`.
    pub cached: Option<u64>,
    /// Shared memory and tmpfs.
    pub shared: Option<u64>,
    /// The kernel's own caches.
    pub slab: Option<u64>,
    /// Part of `slab` that it would give up.
    pub slab_reclaimable: Option<u64>,
    /// Part of `slab` that it would not.
    pub slab_unreclaimable: Option<u64>,
    /// Waits to be written to disks.
    pub dirty: Option<u64>,
    /// Is being written to disks.
    pub writeback: Option<u64>,
    /// Memory of programs that belongs to no file.
    pub anon: Option<u64>,
    /// Files that programs have mapped.
    pub mapped: Option<u64>,
    /// Cannot be swapped or given up.
    pub unevictable: Option<u64>,
    /// Locked by programs; contained in `unevictable`.
    pub mlocked: Option<u64>,
    /// Page tables.
    pub page_tables: Option<u64>,
    /// Stacks of tasks within the kernel.
    pub kernel_stack: Option<u64>,
    /// The kernel's variables that each CPU has its own copy of.
    pub per_cpu: Option<u64>,
    /// Promised to programs, used or not.
    pub committed: Option<u64>,
    /// Most that may be promised, where the system is strict about it.
    pub commit_limit: Option<u64>,
    /// Swapped out, but still compressed in memory: what that takes.
    pub zswap: Option<u64>,
    /// Swapped out, but still compressed in memory: what it was before.
    pub zswapped: Option<u64>,
    /// Taken out of use because the hardware found it faulty.
    pub hardware_corrupted: Option<u64>,
    /// Memory of programs in transparent huge pages; contained in `anon`.
    pub anon_huge_pages: Option<u64>,
    /// Huge pages that were set apart.
    pub huge_pages: Option<HugePages>,
}

impl VirtualMemory {
    /// Which fraction of the memory is used, 0 to 1.
    ///
    /// ```
    /// let memory = oslens::memory::virtual_memory()?;
    /// assert!((0.0..=1.0).contains(&memory.used_fraction()));
    /// # Ok::<(), oslens::Error>(())
    /// ```
    #[must_use]
    pub fn used_fraction(&self) -> f64 {
        fraction(self.used, self.total)
    }
}

/// Huge pages of the default size that were set apart (hugetlbfs). Numbers of
/// pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct HugePages {
    /// Bytes of one.
    pub size: u64,
    /// All.
    pub total: u64,
    /// Not in use.
    pub free: u64,
    /// Promised, but not in use yet; contained in `free`.
    pub reserved: u64,
    /// Above the number that was set.
    pub surplus: u64,
}

/// Swap of a machine, bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SwapMemory {
    /// All of it. Zero: the machine has none.
    pub total: u64,
    /// In use.
    pub used: u64,
    /// Not in use.
    pub free: u64,
    /// Read back from swap since boot. `None`: the system does not say.
    pub swapped_in: Option<u64>,
    /// Written to swap since boot. `None`: the system does not say.
    pub swapped_out: Option<u64>,
}

impl SwapMemory {
    /// Which fraction of the swap is used, 0 to 1; 0 where there is none.
    #[must_use]
    pub fn used_fraction(&self) -> f64 {
        fraction(self.used, self.total)
    }
}

/// A device or file that memory is swapped to; bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SwapDevice {
    /// The device or file. The kernel adds ` (deleted)` to a file that was
    /// removed.
    pub path: PathBuf,
    /// Whether it is a file; else it is a partition or other device.
    pub is_file: bool,
    /// Its size.
    pub total: u64,
    /// In use.
    pub used: u64,
    /// The higher ones are filled first.
    pub priority: i64,
}

/// Events of the machine's memory since boot. `None`: this system does not
/// say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Stats {
    /// Accesses of programs to memory that was not mapped yet.
    pub page_faults: Option<u64>,
    /// Those of `page_faults` that had to wait for a disk.
    pub major_page_faults: Option<u64>,
    /// Processes that the system killed because memory ran out, that of the
    /// machine or what a control group may use (since Linux 4.13).
    pub oom_kills: Option<u64>,
}

/// The cache of OpenZFS (ARC), bytes.
///
/// It is not among the caches in [`VirtualMemory`]: Linux and FreeBSD take it
/// for memory that is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ZfsArc {
    /// What it holds.
    pub size: u64,
    /// What it would like to hold.
    pub target: Option<u64>,
    /// It gives nothing up below this.
    pub min: Option<u64>,
    /// It does not grow above this.
    pub max: Option<u64>,
    /// Reads that it answered.
    pub hits: Option<u64>,
    /// Reads that went to the disks.
    pub misses: Option<u64>,
}

impl ZfsArc {
    /// What it would give up to programs: what it holds above its minimum.
    /// Add it to [`VirtualMemory::available`] for the truth about a machine
    /// with ZFS. `None`: the minimum is not known.
    #[must_use]
    pub fn reclaimable(&self) -> Option<u64> {
        Some(self.size.saturating_sub(self.min?))
    }
}

/// Of nothing, nothing is used. Never above 1.
fn fraction(used: u64, total: u64) -> f64 {
    match total {
        0 => 0.0,
        total => (used as f64 / total as f64).min(1.0),
    }
}

impl Host {
    /// Physical memory. See [`virtual_memory`].
    ///
    /// # Errors
    ///
    /// When the system does not say how much there is, and how much is free.
    pub fn virtual_memory(&self) -> Result<VirtualMemory> {
        sys::memory::virtual_memory(self)
    }

    /// Swap. See [`swap_memory`].
    ///
    /// # Errors
    ///
    /// When the system does not say how much there is.
    pub fn swap_memory(&self) -> Result<SwapMemory> {
        sys::memory::swap_memory(self)
    }

    /// Where memory is swapped to. See [`swap_devices`].
    ///
    /// # Errors
    ///
    /// When the list cannot be read or understood.
    pub fn swap_devices(&self) -> Result<Vec<SwapDevice>> {
        sys::memory::swap_devices(self)
    }

    /// Events of the memory since boot. See [`stats`].
    ///
    /// # Errors
    ///
    /// When the list cannot be read.
    pub fn memory_stats(&self) -> Result<Stats> {
        sys::memory::stats(self)
    }

    /// The cache of OpenZFS. See [`zfs_arc`].
    ///
    /// # Errors
    ///
    /// When its statistics cannot be read or understood.
    pub fn zfs_arc(&self) -> Result<Option<ZfsArc>> {
        sys::memory::zfs_arc(self)
    }
}

/// How much physical memory this machine has, and what it is used for.
///
/// It is the machine's memory, whatever limit a container has.
///
/// ```
/// let memory = oslens::memory::virtual_memory()?;
/// assert!(memory.available <= memory.total);
/// assert_eq!(memory.used, memory.total - memory.available);
/// # Ok::<(), oslens::Error>(())
/// ```
///
/// # Errors
///
/// When the system does not say how much there is, and how much is free.
///
/// # Platform
///
/// Linux: `/proc/meminfo`. Where the kernel does not say what is available
/// (before Linux 3.14, and by a defect of some later ones 0), it is estimated
/// as the kernel does: from the free memory, the caches, and the low
/// watermarks of `/proc/zoneinfo`. Numbers that cannot be, as containers with
/// a made-up `/proc/meminfo` have shown them, are brought within the total.
///
/// Windows: `GetPerformanceInfo`. `free` is as `available`: how much of that
/// is still a cache only the privileged are told. `cached` is the system's
/// working set with the standby and modified pages, `slab` the kernel's
/// memory, `unevictable` its non-paged pool.
///
/// On the BSDs and macOS `unevictable` is what is wired. FreeBSD:
/// `vm.stats.vm`; `available` is free and inactive, `buffers` the buffer
/// cache, `dirty` the laundry; the pages of the file cache are not counted, and
/// the ARC of ZFS is wired: see [`zfs_arc`]. NetBSD: UVM; `available` is free
/// or of files, written or not, `buffers` what file systems keep beside that
/// (`vm.bufmem`), `mapped` the text of programs. OpenBSD: UVM;
/// `available` is free, inactive or in the buffer cache, which is `cached`.
/// macOS: `host_statistics64`; `cached` is what belongs to files or can be
/// purged, `available` that and what is free, `free` without what was read
/// ahead, `zswap` what compressed memory takes and `zswapped` what it was,
/// which older kernels do not tell while some of it is on a disk. To programs
/// that are not of the system itself, all of them together, the kernel gives a
/// new answer at least twice in a second, but not more than ten times: in
/// between it repeats the last one, here and for [`swap_memory`] and
/// [`stats`](fn@stats).
///
/// # Cost
///
/// Linux: 3 system calls; about 10 where the available memory is estimated.
/// Windows: about 2. FreeBSD: 11 questions to `sysctl`, one of which looks at
/// all processes and their memory (`shared`); NetBSD: 2; OpenBSD: 3; macOS: 2,
/// on older kernels 3, and 1 to Mach.
pub fn virtual_memory() -> Result<VirtualMemory> {
    Host::local().virtual_memory()
}

/// How much swap this machine has, and what went through it.
///
/// ```
/// use oslens::{ErrorKind, memory};
///
/// match memory::swap_memory() {
///     Ok(swap) => assert_eq!(swap.used + swap.free, swap.total),
///     Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported),
/// }
/// ```
///
/// # Errors
///
/// When the system does not say how much there is.
///
/// # Platform
///
/// Linux: `/proc/meminfo`, or sysinfo(2) where that does not say (on the
/// local host); `pswpin` and `pswpout` of `/proc/vmstat`, in pages of the
/// running kernel.
///
/// Windows: the sum of [`swap_devices`].
///
/// FreeBSD, NetBSD, OpenBSD: the same, and the pages that were swapped; OpenBSD
/// counts with those written to swap those of mapped files. macOS:
/// `vm.swapusage`, and the pages that were swapped once compressed.
///
/// # Cost
///
/// Linux: 6 system calls. FreeBSD: 3 questions to `sysctl`, and 1 for each
/// device; NetBSD, OpenBSD: 2; macOS: 2, and 1 to Mach.
pub fn swap_memory() -> Result<SwapMemory> {
    Host::local().swap_memory()
}

/// The devices and files that this machine swaps to; empty when there are
/// none.
///
/// ```
/// use oslens::{ErrorKind, memory};
///
/// match memory::swap_devices() {
///     Ok(devices) => println!("{} devices and files", devices.len()),
///     Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported),
/// }
/// ```
///
/// # Errors
///
/// When the list cannot be read or understood.
///
/// # Platform
///
/// Linux: `/proc/swaps`; a kernel without it has no swap.
///
/// Windows: the page files, all of priority 0.
///
/// FreeBSD: `vm.swap_info`, filled in turns: all of priority 0; a file is not
/// named. NetBSD, OpenBSD: `swapctl`, whose lowest priority is filled first:
/// here it has a minus sign. macOS makes and removes swap files as it needs
/// them: unsupported.
///
/// # Cost
///
/// Linux: 4 system calls. FreeBSD: 1 question to `sysctl`, and 2 for each
/// device; NetBSD, OpenBSD: 1 to `swapctl`.
pub fn swap_devices() -> Result<Vec<SwapDevice>> {
    Host::local().swap_devices()
}

/// Page faults and processes killed for lack of memory, since boot.
///
/// ```
/// let stats = oslens::memory::stats()?;
/// if let Some(killed) = stats.oom_kills.filter(|&killed| killed > 0) {
///     println!("{killed} processes were killed for lack of memory");
/// }
/// # Ok::<(), oslens::Error>(())
/// ```
///
/// # Errors
///
/// When the list cannot be read.
///
/// # Platform
///
/// Linux: `/proc/vmstat`: `pgfault`, `pgmajfault` and `oom_kill`, of the whole
/// machine, also within a container. For the kills within one control group
/// see its `memory.events`.
///
/// Windows: counters of 32 bits, which begin again at zero; the major page
/// faults are the reads that they made.
///
/// FreeBSD: `v_vm_faults` and `v_io_faults`. NetBSD, OpenBSD (32 bits), macOS:
/// page faults alone.
///
/// # Cost
///
/// Linux: 4 system calls. FreeBSD: 2 questions to `sysctl`; NetBSD, OpenBSD,
/// macOS: 1.
pub fn stats() -> Result<Stats> {
    Host::local().memory_stats()
}

/// The cache of OpenZFS; `None` where that is not loaded.
///
/// ```
/// use oslens::{ErrorKind, memory};
///
/// match memory::zfs_arc() {
///     Ok(Some(arc)) => println!("ZFS holds {} bytes", arc.size),
///     Ok(None) => println!("no ZFS"),
///     Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported),
/// }
/// ```
///
/// # Errors
///
/// When its statistics cannot be read or understood.
///
/// # Platform
///
/// Linux: `/proc/spl/kstat/zfs/arcstats`. FreeBSD, NetBSD, macOS:
/// `kstat.zfs.misc.arcstats`. OpenBSD has no ZFS.
///
/// # Cost
///
/// Linux: 1 system call without ZFS, about 5 with it. FreeBSD, NetBSD, macOS: 1
/// question to `sysctl` without, 6 with it.
pub fn zfs_arc() -> Result<Option<ZfsArc>> {
    Host::local().zfs_arc()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_is_between_zero_and_one() {
        assert!(fraction(0, 0) == 0.0);
        assert!(fraction(5, 0) == 0.0);
        assert!(fraction(5, 4) == 1.0);
        assert!(fraction(1, 4) == 0.25);
        assert!(fraction(u64::MAX, u64::MAX) == 1.0);
    }

    #[test]
    fn the_arc_gives_up_what_is_above_its_minimum() {
        let mut arc = ZfsArc {
            size: 10,
            min: Some(4),
            ..ZfsArc::default()
        };
        assert_eq!(arc.reclaimable(), Some(6));
        arc.min = Some(11);
        assert_eq!(arc.reclaimable(), Some(0));
        arc.min = None;
        assert_eq!(arc.reclaimable(), None);
    }
}
