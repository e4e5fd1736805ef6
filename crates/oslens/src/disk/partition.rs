//! What is mounted where.

use std::{ffi::OsString, path::PathBuf};

use super::DeviceNumber;
use crate::{Host, Result, sys};

/// Which mounts [`partitions`] lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Partitions {
    /// Those with a device and a file system that is stored on one: disks,
    /// USB sticks, optical discs, images.
    #[default]
    Physical,
    /// All, also memory, network and kernel file systems.
    All,
}

/// Something that is mounted.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Partition {
    /// The device, or what else was mounted (`server:/export`, `tmpfs`).
    /// Empty for nothing. On Windows the kernel's name for it
    /// (`\Device\HarddiskVolume3`), the share (`\\server\share`), or the
    /// directory that `subst` gave a letter.
    pub device: OsString,
    /// The directory that it is mounted on: `/home`, `C:\`.
    pub mountpoint: PathBuf,
    /// Type of the file system: `ext4`, `fuse.sshfs`, `NTFS`. Empty for a
    /// drive without a disk in it, and for what would have to be asked over
    /// the network.
    pub fstype: OsString,
    /// Options of the mount and of the file system, separated by commas;
    /// starts with `ro` or `rw`. On Windows they end with the kind of drive
    /// (`fixed`, `removable`, `cdrom`, `remote`, `ramdisk`), which stands
    /// alone where the file system was not asked.
    pub options: OsString,
    /// Identity of the mount. Linux.
    pub mount_id: Option<u64>,
    /// Identity of the mount that it is mounted on. Linux.
    pub parent_id: Option<u64>,
    /// The directory of the file system that is mounted: `/`, unless it is a
    /// bind mount or a subvolume. Linux.
    pub root: Option<PathBuf>,
    /// Number of the device that the files are on, as `stat` gives it. The
    /// major part is 0 where no single block device has them (`tmpfs`, `nfs`,
    /// `btrfs`). Linux.
    pub number: Option<DeviceNumber>,
    /// Whether another mount lies over it, so that its mount point leads
    /// elsewhere. Linux.
    pub overmounted: Option<bool>,
}

/// What is mounted where, in the order of mounting.
///
/// No server is asked: a dead network mount cannot block this. How full file
/// systems are tells [`usage`](super::usage).
///
/// # Errors
///
/// [`Unsupported`](crate::ErrorKind::Unsupported) on systems without a
/// backend; otherwise when the list of mounts cannot be read.
///
/// # Platform
///
/// Linux: `/proc/self/mountinfo`: the mounts that *this* process sees; for
/// another [`Host`] those of its first process. `mounts` where that is
/// missing. [`Partitions::Physical`] keeps file systems that
/// `/proc/filesystems` lists without `nodev`, and ZFS.
///
/// Windows: the drive letters, then the volumes that the mount manager has
/// on directories. Local drives are asked for their file system, which may
/// wake up a disk; floppies and network drives are not.
/// [`Partitions::Physical`] keeps fixed and removable drives and optical
/// ones, also without a disk in them.
///
/// FreeBSD, OpenBSD, macOS: `getfsstat`; NetBSD 10: `getvfsstat`: what the
/// kernel has in memory. Options are the marks of the mount
/// (`rw,nosuid,local`); those that only the type of file system knows are not
/// told. [`Partitions::Physical`] keeps what has a device in `/dev`, and ZFS;
/// not what a program serves through FUSE, of which it is not told where it
/// lies. All that is `None` there is not told.
///
/// # Cost
///
/// BSD, macOS: 2 system calls.
///
/// Linux: 4 system calls for a few mounts, one more for each further page of
/// text; 4 more for [`Partitions::Physical`]. Windows: 3 calls for each drive
/// and volume.
///
/// ```
/// use oslens::disk::{self, Partitions};
///
/// for partition in disk::partitions(Partitions::All)? {
///     println!("{} on {}", partition.device.to_string_lossy(), partition.mountpoint.display());
/// }
/// # Ok::<(), oslens::Error>(())
/// ```
pub fn partitions(which: Partitions) -> Result<Vec<Partition>> {
    Host::local().disk_partitions(which)
}

impl Host {
    /// What is mounted where. See [`partitions`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn disk_partitions(&self, which: Partitions) -> Result<Vec<Partition>> {
        sys::disk::partitions(self, which)
    }
}

/// Fills in [`Partition::overmounted`] of a complete list of mounts.
///
/// A mount is out of reach when the walk along its mount point leaves its
/// chain of parents: when something else is mounted on itself or on one of
/// its parents, at a directory on the way.
// Unused on systems that have no backend yet.
#[cfg_attr(not(target_os = "linux"), allow(dead_code))]
pub(crate) fn mark_overmounted(mounts: &mut [Partition]) {
    if mounts.iter().any(|mount| mount.mount_id.is_none()) {
        return;
    }
    let hidden = {
        let path = |index: usize| {
            mounts.get(index).map_or(&[][..], |mount: &Partition| {
                mount.mountpoint.as_os_str().as_encoded_bytes()
            })
        };
        // Sorted so that what lies below a directory follows it at once:
        // `/a`, `/a/b`, `/a-b`.
        let mut order: Vec<usize> = (0..mounts.len()).collect();
        order.sort_by(|&a, &b| compare(path(a), path(b)));
        let mut hidden = vec![false; mounts.len()];
        // The mounts on the directories above, and on this one.
        let mut above: Vec<usize> = Vec::new();
        let mut rest = order.as_slice();
        while let Some(&first) = rest.first() {
            let here = path(first);
            above.retain(|&index| is_above(path(index), here));
            let same = rest
                .iter()
                .take_while(|&&index| path(index) == here)
                .count();
            let (group, behind) = rest.split_at(same);
            above.extend_from_slice(group);
            for &index in group {
                if let Some(hidden) = hidden.get_mut(index) {
                    *hidden = is_hidden(mounts, index, &above);
                }
            }
            rest = behind;
        }
        hidden
    };
    for (mount, hidden) in mounts.iter_mut().zip(hidden) {
        mount.overmounted = Some(hidden);
    }
}

/// Whether the walk to this mount leaves its chain of parents; `above` are
/// the mounts on its mount point and on the directories above that.
#[cfg_attr(not(target_os = "linux"), allow(dead_code))]
fn is_hidden(mounts: &[Partition], index: usize, above: &[usize]) -> bool {
    let get = |index: usize| mounts.get(index).map(|mount| (index, mount));
    let above = || above.iter().filter_map(|&index| get(index));
    let mut chain: Vec<(usize, &Partition)> = Vec::with_capacity(8);
    let mut next = get(index);
    while let Some((index, mount)) = next.filter(|(_, mount)| mount.mount_id.is_some()) {
        // Parents cannot form a circle in the kernel, but in a file they can.
        if chain.iter().any(|(link, _)| *link == index) {
            break;
        }
        chain.push((index, mount));
        next = above().find(|(_, other)| other.mount_id == mount.parent_id);
    }
    if above().count() == chain.len() {
        return false;
    }
    above().any(|(position, other)| {
        let part = |id: Option<u64>| chain.iter().any(|(_, link)| id == link.mount_id);
        // Before Linux 4.10 two mounts could be side by side on one
        // directory of one parent; the later one was found.
        let is_beaten = chain.iter().any(|(index, link)| {
            *index > position
                && link.parent_id == other.parent_id
                && link.mountpoint == other.mountpoint
        });
        !part(other.mount_id) && part(other.parent_id) && !is_beaten
    })
}

/// The order in which a directory is followed by what lies below it.
#[cfg_attr(not(target_os = "linux"), allow(dead_code))]
fn compare(a: &[u8], b: &[u8]) -> std::cmp::Ordering {
    let key = |&byte: &u8| if byte == b'/' { 0 } else { byte };
    a.iter().map(key).cmp(b.iter().map(key))
}

/// Whether `path` is `directory` or lies below it.
#[cfg_attr(not(target_os = "linux"), allow(dead_code))]
fn is_above(directory: &[u8], path: &[u8]) -> bool {
    match path.strip_prefix(directory) {
        Some(rest) => rest.is_empty() || directory.ends_with(b"/") || rest.starts_with(b"/"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mount(id: u64, parent: u64, mountpoint: &str) -> Partition {
        Partition {
            device: OsString::new(),
            mountpoint: mountpoint.into(),
            fstype: OsString::new(),
            options: OsString::new(),
            mount_id: Some(id),
            parent_id: Some(parent),
            root: None,
            number: None,
            overmounted: None,
        }
    }

    fn hidden(mut mounts: Vec<Partition>) -> Vec<u64> {
        mark_overmounted(&mut mounts);
        mounts
            .iter()
            .filter(|mount| mount.overmounted == Some(true))
            .filter_map(|mount| mount.mount_id)
            .collect()
    }

    #[test]
    fn a_tree_of_mounts_hides_nothing() {
        let tree = vec![
            mount(1, 0, "/"),
            mount(2, 1, "/a"),
            mount(3, 2, "/a/b"),
            mount(4, 1, "/ab"),
            mount(5, 1, "/a-b"),
            mount(6, 5, "/a-b/c"),
            mount(7, 3, "/a/b/.d/e"),
        ];
        assert!(hidden(tree).is_empty());
    }

    #[test]
    fn a_mount_on_the_same_directory_hides_the_first_and_all_below_it() {
        let stacked = vec![
            mount(1, 0, "/"),
            mount(2, 1, "/a"),
            mount(3, 2, "/a/b"),
            mount(4, 3, "/a/b/c"),
            mount(5, 2, "/a"),
            mount(6, 5, "/a/d"),
        ];
        assert_eq!(hidden(stacked), [2, 3, 4]);
    }

    #[test]
    fn a_mount_higher_up_hides_what_lies_below() {
        let covered = vec![
            mount(1, 0, "/"),
            mount(2, 1, "/a/b"),
            mount(3, 1, "/a"),
            mount(4, 1, "/c"),
        ];
        assert_eq!(hidden(covered), [2]);
    }

    #[test]
    fn a_mount_over_the_root_hides_the_rest() {
        let switched = vec![mount(1, 0, "/"), mount(2, 1, "/proc"), mount(3, 1, "/")];
        assert_eq!(hidden(switched), [1, 2]);
    }

    #[test]
    fn of_two_mounts_side_by_side_the_later_is_found() {
        let beside = vec![
            mount(1, 0, "/"),
            mount(2, 1, "/a"),
            mount(3, 1, "/a"),
            mount(4, 3, "/a/b"),
        ];
        assert_eq!(hidden(beside), [2]);
    }

    #[test]
    fn circles_end() {
        let circle = vec![mount(1, 2, "/a"), mount(2, 1, "/b"), mount(3, 3, "/c")];
        let _ = hidden(circle);
    }
}
