//! What is mounted and how full it is, for `df` and the health page.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use oslens::disk::{self, DeviceNumber, Partition, Partitions, Usage};

use crate::args::high::Settings;
use crate::cell::Missing;
use crate::deadline;
use crate::exit::Failure;

/// A mounted file system.
#[derive(Debug)]
pub(crate) struct FileSystem {
    pub(crate) partition: Partition,
    pub(crate) usage: Result<Usage, Missing>,
}

/// File systems that store nothing. They are not even asked: an automounter
/// would mount something only to be measured.
const PSEUDO: &[&str] = &[
    "autofs",
    "binfmt_misc",
    "bpf",
    "cgroup",
    "cgroup2",
    "configfs",
    "debugfs",
    "devfs",
    "devpts",
    "efivarfs",
    "fdesc",
    "fdescfs",
    "fusectl",
    "hugetlbfs",
    "kernfs",
    "linprocfs",
    "linsysfs",
    "mqueue",
    "mqueuefs",
    "nsfs",
    "proc",
    "procfs",
    "pstore",
    "ptyfs",
    "rpc_pipefs",
    "securityfs",
    "selinuxfs",
    "sysfs",
    "tracefs",
];

/// File systems in memory, and images that are always full.
const IN_MEMORY: &[&str] = &["devtmpfs", "mfs", "ramfs", "rootfs", "squashfs", "tmpfs"];

fn is_among(fstype: &OsStr, names: &[&str]) -> bool {
    fstype.to_str().is_some_and(|name| names.contains(&name))
}

impl FileSystem {
    /// Whether it stores files beyond a restart and can run full.
    pub(crate) fn is_stored(&self) -> bool {
        !is_among(&self.partition.fstype, PSEUDO) && !is_among(&self.partition.fstype, IN_MEMORY)
    }

    fn ask(partition: Partition, settings: &Settings) -> Self {
        let usage = if is_among(&partition.fstype, &["autofs"]) {
            Err(Missing::NotApplicable)
        } else if partition.overmounted == Some(true) {
            // Its mount point leads to another one.
            Err(Missing::NotApplicable)
        } else {
            let path = below(&settings.root, &partition.mountpoint);
            disk::usage_within(path, settings.timeout).map_err(|error| {
                match Missing::from(&error) {
                    // A drive without a disk in it has no file system.
                    Missing::Failed if partition.fstype.is_empty() => Missing::NotApplicable,
                    why => why,
                }
            })
        };
        Self { partition, usage }
    }
}

/// A path of the machine that is looked at, as this process reaches it.
pub(crate) fn below(root: &Path, path: &Path) -> PathBuf {
    root.join(path.strip_prefix("/").unwrap_or(path))
}

/// What `df` shows: every file system with space, each once; with `all`,
/// every mount.
///
/// # Errors
///
/// When the list of mounts cannot be read.
pub(crate) fn list(settings: &Settings, all: bool) -> Result<Vec<FileSystem>, Failure> {
    let mut mounts = settings.host.disk_partitions(Partitions::All)?;
    if !all {
        mounts.retain(|mount| mount.overmounted != Some(true) && !is_among(&mount.fstype, PSEUDO));
        drop_repeated(&mut mounts);
    }
    let mut file_systems = usages(&mounts, settings);
    if !all {
        // A file system without space is not full and never will be; one
        // that may not be looked at (a mount of another user) is left out as
        // df does, and so is an empty drive.
        file_systems.retain(|file_system| match &file_system.usage {
            Ok(usage) => usage.total > 0,
            Err(why) => !matches!(why, Missing::Denied | Missing::NotApplicable),
        });
    }
    Ok(file_systems)
}

/// Asks all of them, without waiting for one after the other.
pub(crate) fn usages(mounts: &[Partition], settings: &Settings) -> Vec<FileSystem> {
    deadline::for_all(mounts, |mount| FileSystem::ask(mount.clone(), settings))
}

/// Keeps one mount of each file system, in the order of mounting: the whole
/// one rather than a directory of it, then the one nearest to the root.
fn drop_repeated(mounts: &mut Vec<Partition>) {
    type Key<'m> = (DeviceNumber, Option<&'m Path>);
    fn key(mount: &Partition) -> Option<Key<'_>> {
        // The subvolumes of btrfs share a number, but are mounted to be told
        // apart.
        let subvolume = (mount.fstype == "btrfs").then_some(mount.root.as_deref());
        Some((mount.number?, subvolume.flatten()))
    }
    let is_part = |mount: &Partition| {
        mount
            .root
            .as_deref()
            .is_some_and(|root| root != Path::new("/"))
    };
    let mut best: HashMap<Key<'_>, usize> = HashMap::new();
    let rank = |at: usize| {
        let mount = mounts.get(at)?;
        Some((is_part(mount), mount.mountpoint.as_os_str().len()))
    };
    for (at, mount) in mounts.iter().enumerate() {
        let Some(key) = key(mount) else { continue };
        best.entry(key)
            .and_modify(|kept| {
                if rank(at) < rank(*kept) {
                    *kept = at;
                }
            })
            .or_insert(at);
    }
    let keep: Vec<bool> = mounts
        .iter()
        .enumerate()
        .map(|(at, mount)| key(mount).is_none_or(|key| best.get(&key) == Some(&at)))
        .collect();
    let mut keep = keep.into_iter();
    mounts.retain(|_| keep.next().unwrap_or(true));
}

/// The mount that holds a file, or that was made from a device.
///
/// # Errors
///
/// One line when the file cannot be found, or does not answer in time.
pub(crate) fn holding<'m>(
    path: &Path,
    mounts: &'m [Partition],
    settings: &Settings,
) -> Result<&'m Partition, String> {
    let visible = || {
        mounts
            .iter()
            .filter(|mount| mount.overmounted != Some(true))
    };
    if let Some(mount) = visible().find(|mount| mount.device == path.as_os_str()) {
        return Ok(mount);
    }
    let whole = if settings.host.is_local() {
        path.to_owned()
    } else {
        below(&settings.root, path)
    };
    let root = settings.root.clone();
    let found = deadline::within(settings.timeout, move || {
        crate::platform::real_path(&root, &whole)
    });
    let real = match found {
        Some(Ok(real)) => real,
        Some(Err(error)) => return Err(error.to_string()),
        None => return Err("no answer in time".to_owned()),
    };
    visible()
        .filter(|mount| real.starts_with(&mount.mountpoint))
        // The last of equals: it lies on top.
        .max_by_key(|mount| mount.mountpoint.components().count())
        .ok_or_else(|| "no mount holds it".to_owned())
}
