//! What is mounted where.

use std::{
    borrow::Cow,
    ffi::OsString,
    os::unix::ffi::{OsStrExt as _, OsStringExt as _},
    path::{Path, PathBuf},
};

use crate::{
    Error, ErrorKind, Host, Result,
    disk::{DeviceNumber, Partition, Partitions, mark_overmounted},
    parse::{
        Malformed,
        linux::{
            filesystems,
            mounts::{self, Mount},
        },
    },
    sys::pal::linux::file,
};

pub(crate) fn partitions(host: &Host, which: Partitions) -> Result<Vec<Partition>> {
    let (path, content, is_mountinfo) = read(host)?;
    let parsed: Result<Vec<Partition>, Malformed> = if is_mountinfo {
        mounts::mountinfo(&content)
            .map(|mount| mount.map(|mount| partition(host, mount)))
            .collect()
    } else {
        mounts::mounts(&content)
            .map(|mount| mount.map(|mount| partition(host, mount)))
            .collect()
    };
    let mut all = parsed.map_err(|malformed| Error::malformed(path, malformed.0))?;
    mark_overmounted(&mut all);
    if which == Partitions::Physical {
        let types = types(host)?;
        all.retain(|partition| {
            !partition.device.is_empty()
                && types
                    .as_ref()
                    .is_none_or(|types| stored(types, partition.fstype.as_bytes()))
        });
    }
    Ok(all)
}

/// The list of mounts, and whether it is `mountinfo`.
fn read(host: &Host) -> Result<(PathBuf, Vec<u8>, bool)> {
    // `self` below another root's /proc is this very process, unless it is a
    // copy: it would show our mounts as those of the other host.
    let owners: &[&str] = if host.is_local() {
        &["self"]
    } else {
        &["1", "self"]
    };
    let mut first_error = None;
    for owner in owners {
        if first_error.is_some() && file::is_procfs(host.proc_path()) {
            break;
        }
        for name in ["mountinfo", "mounts"] {
            let path = host.proc_path().join(owner).join(name);
            match file::records(&path) {
                Ok(content) => return Ok((path, content, name == "mountinfo")),
                Err(error) => {
                    first_error.get_or_insert(error);
                }
            }
        }
    }
    Err(first_error.unwrap_or_else(|| Error::unsupported("mounts without /proc")))
}

fn partition(host: &Host, mount: Mount<'_>) -> Partition {
    let number = mount
        .info
        .as_ref()
        .map(|info| DeviceNumber::new(info.major, info.minor));
    let device = match &*mount.source {
        b"none" => OsString::new(),
        b"/dev/root" | b"rootfs" => number
            .and_then(|number| device_by_number(host, number))
            .unwrap_or_else(|| os_string(mount.source)),
        _ => os_string(mount.source),
    };
    let options = match &mount.info {
        Some(info) => mounts::merge_options(&mount.options, &info.super_options),
        None => mount.options.into_owned(),
    };
    Partition {
        device,
        mountpoint: os_string(mount.mountpoint).into(),
        fstype: os_string(mount.fstype),
        options: OsString::from_vec(options),
        mount_id: mount.info.as_ref().map(|info| info.id),
        parent_id: mount.info.as_ref().map(|info| info.parent),
        number,
        root: mount.info.map(|info| os_string(info.root).into()),
        overmounted: None,
    }
}

fn os_string(bytes: Cow<'_, [u8]>) -> OsString {
    OsString::from_vec(bytes.into_owned())
}

/// The device behind `/dev/root`, a name that the kernel gives to what it was
/// told to boot from and that is no file.
fn device_by_number(host: &Host, number: DeviceNumber) -> Option<OsString> {
    let link = host.sys_path().join(format!("dev/block/{number}"));
    let target = std::fs::read_link(link).ok()?;
    let name = super::block::dev_name(target.file_name()?);
    let device = Path::new("/dev").join(&name);
    // Another root's /dev is not ours to look into.
    (!host.is_local() || device.exists()).then(|| device.into_os_string())
}

/// Whether file systems of this type are stored on devices.
fn stored(types: &[u8], fstype: &[u8]) -> bool {
    // The kernel lists types without subtype: `fuseblk.ntfs`.
    let base = fstype.split(|&byte| byte == b'.').next().unwrap_or(fstype);
    // ZFS opens its devices itself, so that the kernel takes it for one that
    // has none.
    base == b"zfs" || filesystems::on_devices(types).any(|name| name == base)
}

/// The types of file systems; `None` where the kernel does not tell (Android
/// denies it), so that none is left out.
fn types(host: &Host) -> Result<Option<Vec<u8>>> {
    match file::records(&host.proc_path().join("filesystems")) {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == ErrorKind::AccessDenied || file::is_absent(&error) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
