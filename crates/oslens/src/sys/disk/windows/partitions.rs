//! Drive letters, and volumes that are mounted on directories.

use std::{ffi::OsString, path::PathBuf};

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

/// What the list is made of. A trait, for no test can have every kind of
/// drive.
pub(super) trait Machine {
    /// The drive letters in use: bit 0 is A.
    fn letters(&self) -> Result<u32>;
    /// The `DRIVE_*` of a drive or volume.
    fn kind(&self, root: &[u16]) -> u32;
    /// What a name of DOS stands for: a list, the one in use first.
    fn targets(&self, name: &[u16]) -> Vec<u16>;
    /// The flags and the file system of a drive or volume. This may wait for
    /// a device.
    fn information(&self, root: &[u16]) -> Option<(u32, OsString)>;
    /// The names of all volumes.
    fn volumes(&self) -> Vec<Vec<u16>>;
    /// Where a volume is mounted: a list.
    fn paths(&self, volume: &[u16]) -> Vec<u16>;
}

/// The machine that this runs on.
struct Local;

impl Machine for Local {
    fn letters(&self) -> Result<u32> {
        drive_letters().map_err(|error| Error::call("GetLogicalDrives", error))
    }

    fn kind(&self, root: &[u16]) -> u32 {
        drive_type(root)
    }

    fn targets(&self, name: &[u16]) -> Vec<u16> {
        dos_device(Some(name)).unwrap_or_default()
    }

    fn information(&self, root: &[u16]) -> Option<(u32, OsString)> {
        let volume = volume_information(root).ok()?;
        Some((volume.flags, wide::text_until_nul(&volume.file_system)))
    }

    fn volumes(&self) -> Vec<Vec<u16>> {
        // A system without a mount manager has none.
        volumes().unwrap_or_default()
    }

    fn paths(&self, volume: &[u16]) -> Vec<u16> {
        volume_paths(volume).unwrap_or_default()
    }
}

/// Drives by letter, then the volumes that have a directory instead of a
/// letter, or beside it.
pub(crate) fn partitions(host: &Host, which: Partitions) -> Result<Vec<Partition>> {
    crate::sys::pal::windows::system::this_machine(host)?;
    // An empty drive is an error here, and no question to the user.
    let _quiet = QuietErrors::begin();
    list(&Local, which)
}

pub(super) fn list(machine: &impl Machine, which: Partitions) -> Result<Vec<Partition>> {
    let letters = machine.letters()?;
    let mut partitions = Vec::new();
    for bit in 0..26_u8 {
        if letters & 1 << bit == 0 {
            continue;
        }
        let letter = u16::from(b'A' + bit);
        let [colon, backslash] = [b':', b'\\'].map(u16::from);
        let root = [letter, colon, backslash, 0];
        let kind = machine.kind(&root);
        let is_floppy = bit < 2 && kind == DRIVE_REMOVABLE;
        if which == Partitions::Physical && (is_floppy || !is_physical(kind)) {
            continue;
        }
        partitions.push(Partition {
            mountpoint: wide::text_until_nul(&root).into(),
            // A server may not answer; a floppy takes its time.
            ..partition(
                machine,
                &[letter, colon, 0],
                (kind != DRIVE_REMOTE && !is_floppy).then_some(&root),
                kind,
            )
        });
    }
    for volume in machine.volumes() {
        let paths = machine.paths(&volume);
        let mut paths = dos_devices::list(&paths)
            // Drives were listed by letter.
            .filter(|path| path.len() > 3)
            .peekable();
        if paths.peek().is_none() {
            continue;
        }
        let kind = machine.kind(&volume);
        if which == Partitions::Physical && !is_physical(kind) {
            continue;
        }
        let found = partition(machine, &volume_device(&volume), Some(&volume), kind);
        partitions.extend(paths.map(|path| Partition {
            mountpoint: wide::text(path).into(),
            ..found.clone()
        }));
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

/// A drive or volume without its place; with what it says of itself, if it is
/// to be asked.
fn partition(machine: &impl Machine, name: &[u16], volume: Option<&[u16]>, kind: u32) -> Partition {
    let volume = volume.and_then(|root| machine.information(root));
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
    if let Some((flags, _)) = &volume {
        options.push(match flags & FILE_READ_ONLY_VOLUME {
            0 => "rw",
            _ => "ro",
        });
        if flags & FILE_VOLUME_IS_COMPRESSED != 0 {
            options.push("compressed");
        }
    }
    options.push(kind);
    let targets = machine.targets(name);
    Partition {
        // Behind the first are those that it hides.
        device: dos_devices::list(&targets)
            .next()
            .map(|target| wide::text(&dos_devices::readable(target)))
            .unwrap_or_default(),
        mountpoint: PathBuf::new(),
        fstype: volume.map(|(_, name)| name).unwrap_or_default(),
        options: options.join(",").into(),
        mount_id: None,
        parent_id: None,
        root: None,
        number: None,
        overmounted: None,
    }
}
