//! What is mounted where.

use std::{collections::HashMap, ffi::OsString, path::PathBuf};

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
    /// Empty for nothing.
    pub device: OsString,
    /// The directory that it is mounted on.
    pub mountpoint: PathBuf,
    /// Type of the file system: `ext4`, `fuse.sshfs`.
    pub fstype: OsString,
    /// Options of the mount and of the file system, separated by commas;
    /// starts with `ro` or `rw`.
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
/// File systems are not touched: a dead network mount cannot block this. How
/// full they are tells [`usage`](super::usage).
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
/// # Cost
///
/// Linux: 4 system calls for a few mounts, one more for each further page of
/// text; 4 more for [`Partitions::Physical`].
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
    let hidden: Vec<bool> = {
        let mut parents = HashMap::with_capacity(mounts.len());
        // A mount namespace has one mount for each (parent, directory),
        // except that propagation can put one below another: any one that is
        // not the mount asked about is enough.
        let mut mounted_on = HashMap::with_capacity(mounts.len());
        for mount in mounts.iter() {
            let (Some(id), Some(parent)) = (mount.mount_id, mount.parent_id) else {
                return;
            };
            parents.insert(id, parent);
            mounted_on.insert((parent, mount.mountpoint.as_path()), id);
        }
        mounts
            .iter()
            .map(|mount| {
                let Some(mut ancestor) = mount.mount_id else {
                    return false;
                };
                // The mount of the chain that may lie on `ancestor`.
                let mut expected = None;
                // Parents cannot form a circle in the kernel, but in a file
                // they can.
                for _ in 0..=mounts.len() {
                    let elsewhere = mount.mountpoint.ancestors().any(|directory| {
                        mounted_on
                            .get(&(ancestor, directory))
                            .is_some_and(|&id| Some(id) != expected && id != ancestor)
                    });
                    if elsewhere {
                        return true;
                    }
                    let Some(&parent) = parents.get(&ancestor) else {
                        break;
                    };
                    expected = Some(ancestor);
                    ancestor = parent;
                }
                false
            })
            .collect()
    };
    for (mount, hidden) in mounts.iter_mut().zip(hidden) {
        mount.overmounted = Some(hidden);
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
    fn circles_end() {
        let circle = vec![mount(1, 2, "/a"), mount(2, 1, "/b"), mount(3, 3, "/c")];
        let _ = hidden(circle);
    }
}
