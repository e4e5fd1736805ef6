//! Volumes and disks of the machine that the tests run on.

use std::path::Path;

use std::{cell::Cell, ffi::OsString, io, os::windows::ffi::OsStrExt as _};

use windows_sys::Win32::System::SystemServices::{
    FILE_READ_ONLY_VOLUME, FILE_VOLUME_IS_COMPRESSED,
};

use super::{
    devices::those_that_answer,
    io_counters,
    partitions::{Machine, list},
    usage,
};
use crate::{
    Error, ErrorKind, Host, Result,
    disk::{Partition, Partitions},
};

#[test]
fn a_file_and_a_long_path_are_on_the_volume_of_their_directory() {
    let directory = std::env::temp_dir();
    let whole = usage(&directory).unwrap();
    assert!(whole.total > 0 && whole.used <= whole.total, "{whole:?}");
    let file = usage(&std::env::current_exe().unwrap()).unwrap();
    assert!(file.total > 0);
    // Longer than 260 units, which only the extended form may be.
    let long = directory
        .join("oslens-long")
        .join("d".repeat(200))
        .join("e".repeat(200));
    std::fs::create_dir_all(&long).unwrap();
    let deep = usage(&long);
    std::fs::remove_dir_all(directory.join("oslens-long")).unwrap();
    assert_eq!(deep.unwrap().total, whole.total);
}

#[test]
fn a_path_that_is_not_there_is_not_found() {
    for path in [r"C:\no\such\directory", r"Q:\", "no-such-directory", ""] {
        let error = usage(Path::new(path)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{path}: {error}");
    }
    let error = usage(Path::new("C:\\a\0b")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
}

#[test]
fn the_drive_of_the_system_is_listed_with_its_file_system() {
    let all = Host::local().disk_partitions(Partitions::All).unwrap();
    let physical = Host::local().disk_partitions(Partitions::Physical).unwrap();
    assert!(physical.iter().all(|one| all.contains(one)));
    let drive = std::env::var("SystemDrive").unwrap() + "\\";
    let found = physical
        .iter()
        .find(|one| one.mountpoint == Path::new(&drive))
        .unwrap();
    assert!(!found.fstype.is_empty(), "{found:?}");
    let options = found.options.to_str().unwrap();
    assert!(
        options.starts_with("rw,") && options.ends_with("fixed"),
        "{options}"
    );
    let device = found.device.to_str().unwrap();
    assert!(device.starts_with(r"\Device\"), "{device}");
}

#[test]
fn disks_without_counters_are_unsupported_and_not_zero() {
    match io_counters(Host::local()) {
        Ok(snapshot) => {
            let disks = Host::local().disk_devices().unwrap();
            assert!(snapshot.devices.len() <= disks.len());
            assert!(
                snapshot
                    .devices
                    .iter()
                    .all(|one| disks.iter().any(|disk| disk.name == one.name))
            );
        }
        Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}"),
    }
}

/// A machine with every kind of drive. Asking its server would never end.
#[derive(Default)]
struct Museum {
    asked: Cell<u32>,
}

fn text(units: &[u16]) -> String {
    String::from_utf16(units).unwrap().replace('\0', "")
}

/// With a NUL behind each.
fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

impl Machine for Museum {
    fn letters(&self) -> Result<u32> {
        // A, C, D, E, R, Y and Z.
        Ok(1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 17 | 1 << 24 | 1 << 25)
    }

    fn kind(&self, root: &[u16]) -> u32 {
        match text(root).chars().next() {
            Some('A' | 'E') => 2,
            Some('D') => 5,
            Some('R') => 6,
            Some('Y') => 1,
            Some('Z') => 4,
            _ => 3,
        }
    }

    fn targets(&self, name: &[u16]) -> Vec<u16> {
        wide(match text(name).as_str() {
            "C:" => "\\Device\\HarddiskVolume3\0\\Device\\Hidden\0\0",
            "Z:" => "\\Device\\Mup\\;LanmanRedirector\\;Z:0001\\server\\share\0\0",
            "Volume{1}" => "\\Device\\HarddiskVolume9\0\0",
            _ => "",
        })
    }

    fn information(&self, root: &[u16]) -> Option<(u32, OsString)> {
        self.asked.set(self.asked.get() + 1);
        match text(root).as_str() {
            "C:\\" => Some((0, "NTFS".into())),
            "E:\\" => Some((FILE_READ_ONLY_VOLUME, "FAT32".into())),
            "R:\\" => Some((FILE_VOLUME_IS_COMPRESSED, "NTFS".into())),
            "\\\\?\\Volume{1}\\" => Some((0, "ReFS".into())),
            // Without a disk in it, or without a file system.
            "D:\\" | "Y:\\" => None,
            asked => panic!("{asked} may never answer"),
        }
    }

    fn volumes(&self) -> Vec<Vec<u16>> {
        ["{0}", "{1}", "{2}"]
            .map(|id| wide(&format!("\\\\?\\Volume{id}\\\0")))
            .to_vec()
    }

    fn paths(&self, volume: &[u16]) -> Vec<u16> {
        wide(match text(volume).as_str() {
            "\\\\?\\Volume{0}\\" => "C:\\\0\0",
            "\\\\?\\Volume{1}\\" => "C:\\data\\\0D:\\\0C:\\größe\\\0\0",
            _ => "\0",
        })
    }
}

fn shown(partition: &Partition) -> String {
    let mountpoint = partition
        .mountpoint
        .as_os_str()
        .encode_wide()
        .collect::<Vec<_>>();
    let [device, fstype, options] = [&partition.device, &partition.fstype, &partition.options]
        .map(|text| text.to_str().unwrap());
    format!("{} [{device}] [{fstype}] {options}", text(&mountpoint))
}

#[test]
fn every_kind_of_drive_is_listed_and_none_asked_that_may_not_answer() {
    let all = list(&Museum::default(), Partitions::All).unwrap();
    assert_eq!(
        all.iter().map(shown).collect::<Vec<_>>(),
        [
            r"A:\ [] [] removable",
            r"C:\ [\Device\HarddiskVolume3] [NTFS] rw,fixed",
            r"D:\ [] [] cdrom",
            r"E:\ [] [FAT32] ro,removable",
            r"R:\ [] [NTFS] rw,compressed,ramdisk",
            r"Y:\ [] [] unmounted",
            r"Z:\ [\\server\share] [] remote",
            r"C:\data\ [\Device\HarddiskVolume9] [ReFS] rw,fixed",
            r"C:\größe\ [\Device\HarddiskVolume9] [ReFS] rw,fixed",
        ]
    );
}

#[test]
fn physical_drives_are_fixed_removable_and_optical_ones() {
    let museum = Museum::default();
    let physical = list(&museum, Partitions::Physical).unwrap();
    let places: Vec<_> = physical
        .iter()
        .map(|one| one.mountpoint.to_str().unwrap())
        .collect();
    assert_eq!(places, [r"C:\", r"D:\", r"E:\", r"C:\data\", r"C:\größe\"]);
    // What is not listed is not woken up either; a volume with two places is
    // asked once.
    assert_eq!(museum.asked.get(), 4);
}

#[test]
fn one_disk_that_refuses_does_not_hide_the_others() {
    let refusal = |code| Err(Error::call("IOCTL", io::Error::from_raw_os_error(code)));
    let some = those_that_answer([refusal(50), Ok(1), refusal(21), Ok(2)].into_iter());
    assert_eq!(some.unwrap(), [1, 2]);
    let none = those_that_answer::<u8>([refusal(50), refusal(5)].into_iter()).unwrap_err();
    assert_eq!(none.kind(), ErrorKind::Unsupported);
    let denied = those_that_answer::<u8>([refusal(5), refusal(50)].into_iter()).unwrap_err();
    assert_eq!(denied.kind(), ErrorKind::AccessDenied);
    // A machine without disks has counted nothing.
    assert!(
        those_that_answer::<u8>(std::iter::empty())
            .unwrap()
            .is_empty()
    );
}
