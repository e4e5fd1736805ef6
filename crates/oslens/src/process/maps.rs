//! The memory maps of a process: what its address space consists of.

use std::{collections::HashMap, ffi::OsString, fmt};

use super::Process;
use crate::{Result, sys};

/// One mapping: a range of addresses with one origin and one set of rights.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct MemoryMap {
    /// First address.
    pub start: u64,
    /// First address after it.
    pub end: u64,
    /// What may be done with it.
    pub permissions: Permissions,
    /// Offset in the file. Not told on Windows: 0.
    pub offset: u64,
    /// Major and minor number of the device that the file is on; zeros: no
    /// file, Windows or OpenBSD.
    pub device: (u32, u32),
    /// Inode of the file; 0: no file, Windows or OpenBSD.
    pub inode: u64,
    /// Path of the file, or the kernel's name for it: `[heap]`, `[stack]`,
    /// `[vdso]`, `[anon:…]`, on FreeBSD `[stack]` and `[guard]`, on macOS
    /// `[heap]`, `[stack]`, `[guard]` and `[shared region]`. `None`:
    /// anonymous memory, and on OpenBSD all but `[stack]`. A newline in a path
    /// and the text `\012` look the same in the kernel's list: both are
    /// newlines here.
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::optional"))]
    pub name: Option<OsString>,
    /// The file has no name any more (or its name ends in ` (deleted)`: the
    /// kernel does not tell the two apart here).
    pub deleted: bool,
    /// How much memory it uses.
    pub usage: MapUsage,
}

/// What a process may do with a mapping. Shown as `r-xp`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Permissions {
    /// Read it.
    pub read: bool,
    /// Write to it.
    pub write: bool,
    /// Execute it.
    pub execute: bool,
    /// Writes reach the file and other processes.
    pub shared: bool,
}

impl fmt::Display for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = |set: bool, letter: char| if set { letter } else { '-' };
        write!(
            f,
            "{}{}{}{}",
            letter(self.read, 'r'),
            letter(self.write, 'w'),
            letter(self.execute, 'x'),
            if self.shared { 's' } else { 'p' },
        )
    }
}

macro_rules! map_usage {
    ($($(#[$doc:meta])* $field:ident),* $(,)?) => {
        /// Memory of one mapping, or of several; bytes. `None`: the kernel
        /// does not say.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[non_exhaustive]
        pub struct MapUsage {
            /// Addresses, used or not.
            pub size: u64,
            $($(#[$doc])* pub $field: Option<u64>,)*
        }

        impl MapUsage {
            /// Adds another mapping's memory. What one of them does not know
            /// counts as nothing, and stays unknown if neither knows.
            pub fn add(&mut self, other: &Self) {
                self.size = self.size.saturating_add(other.size);
                $(self.$field = match (self.$field, other.$field) {
                    (Some(a), Some(b)) => Some(a.saturating_add(b)),
                    (a, b) => a.or(b),
                };)*
            }
        }
    };
}

map_usage! {
    /// In physical memory, shared pages counted in full.
    rss,
    /// The same, shared pages divided by the number of their users.
    pss,
    /// The part of `pss` that was written to (since Linux 6.0).
    pss_dirty,
    /// Shared with other processes and not written to.
    shared_clean,
    /// Shared with other processes and written to.
    shared_dirty,
    /// Of this process alone and not written to.
    private_clean,
    /// Of this process alone and written to.
    private_dirty,
    /// Accessed lately.
    referenced,
    /// Not (or no longer) from a file.
    anonymous,
    /// Given back, and not taken yet (`MADV_FREE`; since Linux 4.12).
    lazy_free,
    /// Anonymous memory in huge pages.
    anon_huge_pages,
    /// Shared memory in huge pages (since Linux 4.8).
    shmem_huge_pages,
    /// Of a file, in huge pages (since Linux 5.4).
    file_huge_pages,
    /// Shared hugetlbfs pages; not in `rss` (since Linux 4.4).
    shared_hugetlb,
    /// Private hugetlbfs pages; not in `rss` (since Linux 4.4).
    private_hugetlb,
    /// In swap.
    swap,
    /// In swap, shared pages divided by their users (since Linux 4.3).
    swap_pss,
    /// Locked in physical memory.
    locked,
}

/// All mappings with one name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct MapGroup {
    /// Path or name; `None`: anonymous memory.
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::optional"))]
    pub name: Option<OsString>,
    /// Number of mappings.
    pub count: usize,
    /// Memory of all of them.
    pub usage: MapUsage,
}

/// Sums up mappings by name, in the order in which the names appear first.
#[must_use]
pub fn group_maps(maps: &[MemoryMap]) -> Vec<MapGroup> {
    let mut groups: Vec<MapGroup> = Vec::new();
    let mut index_of = HashMap::new();
    let mut previous: Option<(&Option<OsString>, usize)> = None;
    for map in maps {
        let index = match previous {
            // Most have the same name as the one before.
            Some((name, index)) if *name == map.name => index,
            _ => *index_of.entry(&map.name).or_insert_with(|| {
                groups.push(MapGroup {
                    name: map.name.clone(),
                    count: 0,
                    usage: MapUsage::default(),
                });
                groups.len() - 1
            }),
        };
        previous = Some((&map.name, index));
        if let Some(group) = groups.get_mut(index) {
            // The first one is taken as it is, with what it does not know.
            if group.count == 0 {
                group.usage = map.usage;
            } else {
                group.usage.add(&map.usage);
            }
            group.count += 1;
        }
    }
    groups
}

impl Process {
    /// The mappings of its address space, by ascending address. Empty for
    /// kernel threads.
    ///
    /// ```
    /// use oslens::process::{Process, group_maps};
    ///
    /// let maps = Process::current()?.memory_maps()?;
    /// let code = maps.iter().find(|map| map.permissions.execute).unwrap();
    /// assert!(code.usage.size > 0);
    /// assert!(group_maps(&maps).len() <= maps.len());
    /// # Ok::<(), oslens::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `AccessDenied` for processes that the caller may not inspect;
    /// `Zombie`, `NoSuchProcess`, `Reused`.
    ///
    /// # Platform
    ///
    /// Linux: `/proc/PID/smaps`; `/proc/PID/maps`, without any usage, where
    /// the kernel was built without it. For the sums of a whole process
    /// [`Fields::MEMORY_FOOTPRINT`](super::Fields::MEMORY_FOOTPRINT) is much
    /// cheaper. Windows: `VirtualQueryEx` and `GetMappedFileName`, resident
    /// pages from the working set; reserved addresses too.
    ///
    /// FreeBSD: `kern.proc.vmmap`, with what is resident of each unless the
    /// kernel is told not to count it (`kern.proc_vmmap_skip_resident_count`);
    /// memory that a process shares with its children alone looks like its
    /// own. NetBSD: `vm.proc.map`, and OpenBSD: `kern.proc_vmmap`, which is for
    /// the caller itself and for root: they do not tell what is resident, and
    /// NetBSD refuses to list more than 9,000 at once, its older kernels more
    /// than 900. macOS:
    /// `PROC_PIDREGIONPATHINFO`, with what is resident and, as `swap`, what is
    /// compressed or in swap; the libraries of the system, which processes
    /// share in one piece (`[shared region]`), are not looked into.
    ///
    /// # Cost
    ///
    /// FreeBSD and NetBSD: 1 question, OpenBSD: 1 for 819 mappings, macOS: 1
    /// for each and 1 more on ARM, and the proof of whose they are.
    ///
    /// Linux: 5 system calls and 1 for every 3 KiB of text (some 4
    /// mappings). The kernel walks the page tables meanwhile and holds a
    /// lock that the process needs to change its address space.
    pub fn memory_maps(&self) -> Result<Vec<MemoryMap>> {
        sys::process::memory_maps(self.target())
    }

    /// The mappings summed up by name: [`Process::memory_maps`] and
    /// [`group_maps`].
    ///
    /// # Errors
    ///
    /// As [`Process::memory_maps`].
    pub fn memory_maps_grouped(&self) -> Result<Vec<MapGroup>> {
        Ok(group_maps(&self.memory_maps()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(name: Option<&str>, rss: Option<u64>, swap: Option<u64>) -> MemoryMap {
        MemoryMap {
            start: 0,
            end: 4096,
            permissions: Permissions::default(),
            offset: 0,
            device: (0, 0),
            inode: 0,
            name: name.map(OsString::from),
            deleted: false,
            usage: MapUsage {
                size: 4096,
                rss,
                swap,
                ..MapUsage::default()
            },
        }
    }

    #[test]
    fn groups_keep_the_order_of_first_appearance_and_unknown_stays_unknown() {
        let groups = group_maps(&[
            map(Some("/b"), Some(1), None),
            map(None, Some(2), None),
            map(Some("/b"), Some(4), None),
            map(None, Some(8), Some(3)),
        ]);
        assert_eq!(groups.len(), 2);
        assert_eq!(groups[0].name.as_deref(), Some("/b".as_ref()));
        assert_eq!((groups[0].count, groups[0].usage.size), (2, 8192));
        assert_eq!((groups[0].usage.rss, groups[0].usage.swap), (Some(5), None));
        assert_eq!(
            (groups[1].usage.rss, groups[1].usage.swap),
            (Some(10), Some(3))
        );
    }

    #[test]
    fn permissions_look_like_the_kernels() {
        let all = Permissions {
            read: true,
            write: true,
            execute: true,
            shared: true,
        };
        assert_eq!(all.to_string(), "rwxs");
        assert_eq!(Permissions::default().to_string(), "---p");
    }
}
