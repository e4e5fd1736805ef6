//! Volumes and disks of the machine that the tests run on.

use std::path::Path;

use super::{io_counters, usage};
use crate::{ErrorKind, Host, disk::Partitions};

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
