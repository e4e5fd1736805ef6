//! Drive letters, and volumes that are mounted on directories.

use std::{ffi::OsString, os::windows::ffi::OsStringExt as _, path::PathBuf};

use windows_sys::Win32::System::{
    SystemServices::{FILE_READ_ONLY_VOLUME, FILE_VOLUME_IS_COMPRESSED},
    WindowsProgramming::{
        DRIVE_CDROM, DRIVE_FIXED, DRIVE_NO_ROOT_DIR, DRIVE_RAMDISK, DRIVE_REMOTE, DRIVE_REMOVABLE,
    },
};

use crate::{
    Error, Host, Result,
    disk::{Partition, Partitions},
    parse::windows::dos_devices,
    sys::pal::windows::{
        volumes::{
            QuietErrors, dos_device, drive_letters, drive_type, volume_information, volume_paths,
            volumes,
        },
        wide,
    },
};

/// Drives by letter, each followed by nothing else; then the volumes that
/// have a directory instead of a letter, or beside it.
pub(crate) fn partitions(_: &Host, which: Partitions) -> Result<Vec<Partition>> {
    // An empty drive is an error here, and no question to the user.
    let _quiet = QuietErrors::begin();
    let letters = drive_letters().map_err(|error| Error::call("GetLogicalDrives", error))?;
    let mut partitions = Vec::new();
    for bit in 0..26_u8 {
        if letters & 1 << bit == 0 {
            continue;
        }
        let letter = u16::from(b'A' + bit);
        let [colon, backslash] = [b':', b'\\'].map(u16::from);
        let root = [letter, colon, backslash, 0];
        let kind = drive_type(&root);
        let is_floppy = bit < 2 && kind == DRIVE_REMOVABLE;
        if which == Partitions::Physical && (is_floppy || !is_physical(kind)) {
            continue;
        }
        partitions.push(partition(
            wide::text(&root[..3]).into(),
            device(&[letter, colon, 0]),
            // A server may not answer; a floppy takes its time.
            (kind != DRIVE_REMOTE && !is_floppy).then_some(&root),
            kind,
        ));
    }
    // A system without a mount manager has no such volumes.
    for volume in volumes().unwrap_or_default() {
        let kind = drive_type(&volume);
        if which == Partitions::Physical && !is_physical(kind) {
            continue;
        }
        let paths = volume_paths(&volume).unwrap_or_default();
        for path in dos_devices::list(&paths).filter(|path| path.len() > 3) {
            partitions.push(partition(
                OsString::from_wide(path).into(),
                device(&volume_device(&volume)),
                Some(&volume),
                kind,
            ));
        }
    }
    Ok(partitions)
}

fn is_physical(kind: u32) -> bool {
    matches!(kind, DRIVE_FIXED | DRIVE_REMOVABLE | DRIVE_CDROM)
}

/// `Volume{…}`, the DOS name of `\\?\Volume{…}\`.
fn volume_device(volume: &[u16]) -> Vec<u16> {
    let backslash = u16::from(b'\\');
    let mut name: Vec<u16> = volume.iter().copied().skip(4).collect();
    name.retain(|unit| *unit != backslash);
    name
}

/// What a drive or volume stands for; empty where the system does not say.
fn device(name: &[u16]) -> OsString {
    let targets = dos_device(Some(name)).unwrap_or_default();
    // The first is the one in use; behind it are those that it hides.
    dos_devices::list(&targets)
        .next()
        .map(|target| wide::text(&dos_devices::readable(target)))
        .unwrap_or_default()
}

fn partition(
    mountpoint: PathBuf,
    device: OsString,
    volume: Option<&[u16]>,
    kind: u32,
) -> Partition {
    let volume = volume.and_then(|root| volume_information(root).ok());
    let kind = match kind {
        DRIVE_REMOVABLE => "removable",
        DRIVE_FIXED => "fixed",
        DRIVE_REMOTE => "remote",
        DRIVE_CDROM => "cdrom",
        DRIVE_RAMDISK => "ramdisk",
        DRIVE_NO_ROOT_DIR => "unmounted",
        _ => "unknown",
    };
    let mut options = Vec::new();
    if let Some(volume) = &volume {
        options.push(match volume.flags & FILE_READ_ONLY_VOLUME {
            0 => "rw",
            _ => "ro",
        });
        if volume.flags & FILE_VOLUME_IS_COMPRESSED != 0 {
            options.push("compressed");
        }
    }
    options.push(kind);
    Partition {
        device,
        mountpoint,
        fstype: volume
            .map(|volume| wide::text_until_nul(&volume.file_system))
            .unwrap_or_default(),
        options: options.join(",").into(),
        mount_id: None,
        parent_id: None,
        root: None,
        number: None,
        overmounted: None,
    }
}
