//! Mounts, block devices and their counters.

use std::{path::Path, time::Duration};

use oslens::disk::{Device, DeviceKind, DeviceNumber, IoCounters, Partition, Partitions};

use crate::machine;

const MILLI: Duration = Duration::from_millis(1);

fn io(name: &str, device: &str) -> IoCounters {
    let snapshot = machine(name).disk_io_counters().unwrap();
    *snapshot.get(device).unwrap()
}

#[test]
fn all_20_columns_are_read() {
    let nvme = io("server-x86_64-numa", "nvme0n1");
    assert_eq!((nvme.read_count, nvme.write_count), (50_000, 90_000));
    assert_eq!(nvme.read_bytes, 8_000_000 * 512);
    assert_eq!(nvme.write_bytes, 16_000_000 * 512);
    assert_eq!(nvme.read_time, Some(25_000 * MILLI));
    assert_eq!(nvme.write_time, Some(45_000 * MILLI));
    assert_eq!(nvme.read_merged_count, Some(120));
    assert_eq!(nvme.write_merged_count, Some(340));
    assert_eq!(nvme.in_flight, Some(2));
    assert_eq!(nvme.busy_time, Some(60_000 * MILLI));
    assert_eq!(nvme.weighted_time, Some(71_000 * MILLI));
    let discards = nvme.discards.unwrap();
    assert_eq!((discards.count, discards.merged_count), (300, Some(0)));
    assert_eq!(
        (discards.bytes, discards.time),
        (2_457_600 * 512, 900 * MILLI)
    );
    let flushes = nvme.flushes.unwrap();
    assert_eq!((flushes.count, flushes.time), (4000, 100 * MILLI));
}

#[test]
fn what_old_kernels_do_not_count_is_unknown() {
    let dasd = io("s390x", "dasda");
    assert_eq!(dasd.read_count, 7000);
    assert_eq!(dasd.discards.unwrap().count, 0);
    assert_eq!(dasd.flushes, None);

    let sda = io("rhel6-2.6.32", "sda");
    assert_eq!((sda.read_count, sda.write_count), (11_111, 5555));
    assert_eq!(sda.read_bytes, 170_666_496);
    assert_eq!(sda.write_bytes, 39_821_824);
    assert_eq!(sda.busy_time, Some(9999 * MILLI));
    assert_eq!((sda.discards, sda.flushes), (None, None));

    // The size stands before the name; it is not the number of reads.
    let hda = io("linux-2.4", "hda");
    assert_eq!((hda.read_count, hda.write_count), (3000, 4000));
    assert_eq!(hda.read_bytes, 25_600 * 512);
    assert_eq!(hda.write_bytes, 51_200 * 512);
    assert_eq!(hda.read_merged_count, Some(200));
    assert_eq!(hda.read_time, Some(1000 * MILLI));
    assert_eq!(hda.busy_time, Some(2500 * MILLI));
}

#[test]
fn sysfs_is_asked_where_diskstats_is_missing() {
    let machine = machine("rhel6-2.6.32");
    let before = machine.disk_io_counters().unwrap();
    machine.root.remove("proc/diskstats");
    let after = machine.disk_io_counters().unwrap();
    assert_eq!(before.get("sda"), after.get("sda"));
    assert_eq!(before.get("dm-0"), after.get("dm-0"));
}

#[test]
fn every_byte_counts_once_in_the_total() {
    let total = |name: &str| machine(name).disk_io_total().unwrap();
    // nvme0n1 + sda + sdb; not their partitions, the array, the volume nor
    // the loop device.
    let server = total("server-x86_64-numa").unwrap();
    assert_eq!((server.read_count, server.write_count), (52_001, 94_001));
    assert_eq!(server.read_bytes, (8_000_000 + 80_000 + 80_008) * 512);
    assert_eq!(server.write_bytes, (16_000_000 + 160_000 + 160_008) * 512);
    let debian = total("debian12-x86_64").unwrap();
    assert_eq!(debian.read_bytes, 6_210_356_224);
    assert_eq!(debian.write_bytes, 4_220_776_448);
    let board = total("raspberrypi-arm64").unwrap();
    assert_eq!((board.read_count, board.write_count), (20_000, 5000));
    // A container that was shown no disk.
    assert_eq!(total("lxc-distorted"), None);
}

#[test]
fn devices_say_what_they_are_and_what_they_lie_on() {
    let devices = machine("server-x86_64-numa").disk_devices().unwrap();
    let device =
        |name: &str| -> &Device { devices.iter().find(|device| device.name == name).unwrap() };
    let mut kinds: Vec<_> = devices
        .iter()
        .map(|device| (device.name.to_str().unwrap(), device.kind))
        .collect();
    kinds.sort_by_key(|&(name, _)| name);
    assert_eq!(
        kinds,
        [
            ("dm-0", DeviceKind::Stacked),
            ("loop0", DeviceKind::Stacked),
            ("md0", DeviceKind::Stacked),
            ("nvme0n1", DeviceKind::Disk),
            ("nvme0n1p1", DeviceKind::Partition),
            ("nvme0n1p2", DeviceKind::Partition),
            ("sda", DeviceKind::Disk),
            ("sda1", DeviceKind::Partition),
            ("sdb", DeviceKind::Disk),
            ("sdb1", DeviceKind::Partition),
            ("sr0", DeviceKind::Disk),
        ]
    );
    let mut lower = device("md0").lower.clone();
    lower.sort();
    assert_eq!(lower, ["sda1", "sdb1"]);
    assert_eq!(device("dm-0").lower, ["nvme0n1p2"]);
    let nvme = device("nvme0n1");
    assert_eq!(nvme.number, Some(DeviceNumber::new(259, 0)));
    assert_eq!(nvme.size, Some(2_000_409_264 * 512));
    assert_eq!(nvme.rotational, Some(false));
    assert_eq!(nvme.removable, Some(false));
    assert_eq!(nvme.model.as_deref(), Some("Example NVMe 1TB".as_ref()));
    assert_eq!(
        device("sda").model.as_deref(),
        Some("EXAMPLE HDD4000".as_ref())
    );
    assert_eq!(device("sda").rotational, Some(true));
    assert_eq!(device("sda1").parent.as_deref(), Some("sda".as_ref()));
    assert_eq!(device("sr0").removable, Some(true));
    assert_eq!(device("loop0").read_only, Some(true));
    assert_eq!(device("md0").model, None);

    let board = machine("raspberrypi-arm64").disk_devices().unwrap();
    let kind = |name: &str| board.iter().find(|one| one.name == name).unwrap().kind;
    assert_eq!(kind("mmcblk0"), DeviceKind::Disk);
    assert_eq!(kind("mmcblk0p2"), DeviceKind::Partition);
    assert_eq!(kind("ram0"), DeviceKind::Memory);
    assert_eq!(kind("zram0"), DeviceKind::Memory);
    assert_eq!(machine("container-cgroup2").disk_devices().unwrap(), []);
}

fn mounts(name: &str, which: Partitions) -> Vec<Partition> {
    machine(name).disk_partitions(which).unwrap()
}

fn points(partitions: &[Partition]) -> Vec<&str> {
    partitions
        .iter()
        .map(|partition| partition.mountpoint.to_str().unwrap())
        .collect()
}

#[test]
fn only_what_is_stored_on_a_device_counts_as_physical() {
    let physical = mounts("server-x86_64-numa", Partitions::Physical);
    assert_eq!(
        points(&physical),
        ["/", "/boot", "/srv/two words", "/tank", "/var/data"]
    );
    assert_eq!(mounts("server-x86_64-numa", Partitions::All).len(), 11);
    let container = mounts("container-cgroup2", Partitions::Physical);
    assert_eq!(points(&container), ["/etc/hosts"]);
    assert_eq!(
        container[0].root.as_deref(),
        Some(Path::new("/var/lib/containers/hosts"))
    );
    assert_eq!(
        points(&mounts("debian12-x86_64", Partitions::Physical)),
        ["/", "/boot/efi"]
    );
}

#[test]
fn mounts_have_everything_that_mountinfo_tells() {
    let all = mounts("server-x86_64-numa", Partitions::All);
    let root = &all[0];
    assert_eq!(root.device, "/dev/mapper/vg-root");
    assert_eq!(root.fstype, "xfs");
    assert_eq!(root.options, "rw,relatime,attr2,inode64,noquota");
    assert_eq!((root.mount_id, root.parent_id), (Some(28), Some(1)));
    assert_eq!(root.number, Some(DeviceNumber::new(253, 0)));
    assert_eq!(root.root.as_deref(), Some(Path::new("/")));
    let nfs = all.iter().find(|mount| mount.fstype == "nfs4").unwrap();
    assert_eq!(nfs.device, "192.0.2.10:/export");
    assert!(nfs.options.to_str().unwrap().starts_with("ro,"));
    let bind = all.iter().find(|mount| mount.mount_id == Some(36)).unwrap();
    assert_eq!(bind.root.as_deref(), Some(Path::new("/srv/data")));
    let hidden: Vec<_> = all
        .iter()
        .filter(|mount| mount.overmounted == Some(true))
        .map(|mount| mount.mount_id.unwrap())
        .collect();
    assert_eq!(hidden, [37]);
}

#[test]
fn without_mountinfo_the_old_table_is_read() {
    let all = mounts("linux-2.4", Partitions::All);
    assert_eq!(points(&all), ["/", "/", "/proc"]);
    assert_eq!(all[1].device, "/dev/root");
    assert_eq!(all[1].fstype, "ext3");
    assert_eq!((all[1].mount_id, all[1].number), (None, None));
    assert_eq!(all[1].overmounted, None);
    assert_eq!(mounts("linux-2.4", Partitions::Physical).len(), 1);
}

#[test]
fn dev_root_is_the_device_that_sysfs_says_it_is() {
    let unknown = mounts("raspberrypi-arm64", Partitions::Physical);
    assert_eq!(unknown[0].device, "/dev/root");
    let root = oslens_testkit::fixture("raspberrypi-arm64")
        .symlink("sys/dev/block/179:2", "../../block/mmcblk0/mmcblk0p2");
    let machine = crate::of_root(root, |host| host);
    let known = machine.disk_partitions(Partitions::Physical).unwrap();
    assert_eq!(known[0].device, "/dev/mmcblk0p2");
}

#[test]
fn where_the_first_process_is_hidden_our_own_mounts_are_shown() {
    assert_eq!(points(&mounts("hidepid", Partitions::All)), ["/", "/proc"]);
}
