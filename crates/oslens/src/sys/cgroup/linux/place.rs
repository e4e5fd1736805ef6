//! Where the control groups of a process are in the file system.

use std::{
    ffi::OsStr,
    os::unix::ffi::OsStrExt as _,
    path::{Component, Path, PathBuf},
};

use crate::{
    Error, ErrorKind, Host, Result, parse::linux::cgroup as parse, process::Pid,
    sys::pal::linux::file,
};

/// A group in one hierarchy.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) v2: bool,
    /// The directories of the group and of those around it, up to the mount
    /// point. Never empty.
    pub(super) levels: Vec<PathBuf>,
}

impl Group {
    pub(super) fn leaf(&self) -> &Path {
        self.levels.first().map_or(Path::new(""), PathBuf::as_path)
    }
}

/// The groups of one process that can be seen from here.
pub(super) struct Groups {
    /// With the controllers of the hierarchy.
    v1: Vec<(Vec<u8>, Group)>,
    pub(super) v2: Option<Group>,
}

impl Groups {
    pub(super) fn of(host: &Host, pid: Pid) -> Result<Self> {
        let (path, content) = memberships(host, pid)?;
        let mountinfo = mountinfo(host)?;
        let mut groups = Self {
            v1: Vec::new(),
            v2: None,
        };
        for line in parse::memberships(&content) {
            let line =
                line.map_err(|malformed| Error::malformed(&path, malformed.0).with_pid(pid))?;
            if line.controllers.is_empty() {
                groups.v2 = groups.v2.or_else(|| {
                    let mounts = parse::mounts(&mountinfo).filter(|mount| mount.v2);
                    place(host, mounts, line.path, true)
                });
                continue;
            }
            let mounts = parse::mounts(&mountinfo).filter(|mount| {
                let mut names = line.controllers.split(|&byte| byte == b',');
                !mount.v2 && names.all(|name| parse::has_name(mount.options, name))
            });
            if let Some(group) = place(host, mounts, line.path, false) {
                groups.v1.push((line.controllers.to_vec(), group));
            }
        }
        Ok(groups)
    }

    /// The group that a controller, by its name in v1, applies to. A
    /// controller is in one hierarchy only: what no v1 hierarchy has, v2 has
    /// if anyone.
    pub(super) fn of_controller(&self, name: &str) -> Option<&Group> {
        self.v1
            .iter()
            .find(|(controllers, _)| parse::has_name(controllers, name.as_bytes()))
            .map(|(_, group)| group)
            .or(self.v2.as_ref())
    }
}

/// `/proc/PID/cgroup`.
pub(super) fn memberships(host: &Host, pid: Pid) -> Result<(PathBuf, Vec<u8>)> {
    let directory = host.proc_path().join(pid.to_string());
    let path = directory.join("cgroup");
    match file::records(&path) {
        Ok(content) => Ok((path, content)),
        Err(error) if file::is_absent(&error) => {
            if directory.is_dir() {
                // Built without CONFIG_CGROUPS.
                return Err(Error::unsupported("control groups on this kernel").with_pid(pid));
            }
            match host.proc_path().join("self").symlink_metadata().is_ok()
                || host.proc_path().join("stat").exists()
            {
                true => Err(error.with_pid(pid).with_kind(ErrorKind::NoSuchProcess)),
                false => Err(error),
            }
        }
        Err(error) => Err(error.with_pid(pid)),
    }
}

/// The mounts that this program sees, because it is the one that reads. In
/// another root, those of its first process.
fn mountinfo(host: &Host) -> Result<Vec<u8>> {
    if !host.is_local() {
        let path = host.proc_path().join("1/mountinfo");
        match file::records(&path) {
            // Not in a copy. In a procfs, `self` would be this very process.
            Err(error)
                if (file::is_absent(&error) || error.kind() == ErrorKind::AccessDenied)
                    && !file::is_procfs(host.proc_path()) => {}
            result => return result,
        }
    }
    file::records(&host.proc_path().join("self/mountinfo"))
}

/// The directories of the group `path` in the hierarchy that is mounted
/// there. `None` when no mount shows it: a group outside of this container.
fn place<'a>(
    host: &Host,
    mounts: impl Iterator<Item = parse::CgroupMount<'a>>,
    path: &[u8],
    v2: bool,
) -> Option<Group> {
    let (mount_point, below) = mounts
        .filter_map(|mount| {
            let below = below(path, &mount.root)?;
            let mount_point = visible(host, Path::new(OsStr::from_bytes(&mount.mount_point)))?;
            Some((mount.root.len(), mount_point, below))
        })
        // Of several mounts the one nearest to the group; the first of equals.
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
        .map(|(_, mount_point, below)| (mount_point, below))?;
    let mut directory = mount_point;
    let mut levels = vec![directory.clone()];
    for name in below.split(|&byte| byte == b'/') {
        match name {
            b"" => {}
            // The namespace ends below the group: what is above its root can
            // be counted, but not entered.
            b".." => return None,
            name => {
                directory.push(OsStr::from_bytes(name));
                levels.push(directory.clone());
            }
        }
    }
    levels.reverse();
    Some(Group { v2, levels })
}

/// The rest of `path` below `root`, by whole names.
fn below<'a>(path: &'a [u8], root: &[u8]) -> Option<&'a [u8]> {
    let root = root.strip_suffix(b"/").unwrap_or(root);
    let rest = path.strip_prefix(root)?;
    match rest.first() {
        None | Some(b'/') => Some(rest),
        Some(_) => None,
    }
}

/// Where a mount point of the host is seen from here: another root's `/sys`
/// may be anywhere.
fn visible(host: &Host, mount_point: &Path) -> Option<PathBuf> {
    if host.is_local() {
        return Some(mount_point.to_path_buf());
    }
    let rest = mount_point.strip_prefix("/sys").ok()?;
    // Kernels never print it; a file that does would lead out of the root.
    let leaves = rest.components().any(|part| part == Component::ParentDir);
    (!leaves).then(|| host.sys_path().join(rest))
}
