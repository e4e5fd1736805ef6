use std::{
    ffi::{OsStr, OsString},
    os::unix::ffi::{OsStrExt as _, OsStringExt as _},
    path::PathBuf,
};

use oslens_testkit::FixtureRoot;

use crate::{
    ErrorKind, Host,
    disk::{DeviceKind, DeviceNumber, Partitions},
};

fn host(root: &FixtureRoot) -> Host {
    Host::builder().root(root.path()).build()
}

const FILESYSTEMS: &str =
    "nodev\tsysfs\nnodev\ttmpfs\nnodev\tfuse\nnodev\tzfs\n\text4\n\tfuseblk\n\tvfat\n";

#[test]
fn only_what_is_stored_on_a_device_is_physical() {
    let mountinfo = b"22 1 0:21 / / rw - zfs tank/root rw,xattr\n\
        23 22 8:1 / /boot rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro\n\
        24 22 0:30 / /run rw,nosuid - tmpfs tmpfs rw,size=4k\n\
        25 22 0:31 / /n rw - fuse.sshfs ada@host: rw\n\
        26 22 8:17 / /media/usb ro - fuseblk /dev/sdb1 rw,user_id=0\n\
        27 22 8:33 / /media/odd rw - fuseblk.ntfs /dev/sdc1 rw\n\
        28 22 0:40 / /x rw - ext4 none rw\n";
    let root = FixtureRoot::new()
        .file("proc/1/mountinfo", mountinfo)
        .file("proc/filesystems", FILESYSTEMS);
    let mountpoints = |which| -> Vec<PathBuf> {
        let partitions = host(&root).disk_partitions(which).unwrap();
        partitions
            .into_iter()
            .map(|partition| partition.mountpoint)
            .collect()
    };
    assert_eq!(
        mountpoints(Partitions::Physical),
        ["/", "/boot", "/media/usb", "/media/odd"].map(PathBuf::from)
    );
    assert_eq!(mountpoints(Partitions::All).len(), 7);
    // The list of types is not needed for all of them.
    root.remove("proc/filesystems");
    assert_eq!(mountpoints(Partitions::All).len(), 7);
    // Without it nothing can be ruled out but what has no device.
    assert_eq!(mountpoints(Partitions::Physical).len(), 6);
}

#[test]
fn a_mount_is_told_in_full() {
    let root = FixtureRoot::new().file(
        "proc/1/mountinfo",
        "23 22 8:1 /sub /boot rw,relatime shared:1 - ext4 /dev/sda1 ro,errors=remount-ro\n",
    );
    let all = host(&root).disk_partitions(Partitions::All).unwrap();
    let [partition] = &all[..] else {
        panic!("{all:?}")
    };
    assert_eq!(partition.device, "/dev/sda1");
    assert_eq!(partition.fstype, "ext4");
    assert_eq!(partition.options, "ro,relatime,errors=remount-ro");
    assert_eq!(partition.mount_id, Some(23));
    assert_eq!(partition.parent_id, Some(22));
    assert_eq!(partition.root, Some(PathBuf::from("/sub")));
    assert_eq!(partition.number, Some(DeviceNumber::new(8, 1)));
    assert_eq!(partition.overmounted, Some(false));
}

#[test]
fn mount_points_may_be_any_bytes() {
    let root = FixtureRoot::new().file(
        "proc/1/mountinfo",
        b"1 0 0:5 / /a\\040b\\011c\\012d\\134e\xff rw - tmpfs none rw\n",
    );
    let all = host(&root).disk_partitions(Partitions::All).unwrap();
    assert_eq!(
        all[0].mountpoint.as_os_str(),
        OsStr::from_bytes(b"/a b\tc\nd\\e\xff")
    );
    assert_eq!(all[0].device, OsString::new());
}

#[test]
fn the_first_process_of_another_host_says_what_is_mounted_there() {
    let root = FixtureRoot::new()
        .file("proc/self/mountinfo", "1 0 0:5 / /ours rw - tmpfs x rw\n")
        .file("proc/1/mounts", "/dev/sda1 /theirs ext4 rw,noatime 0 0\n");
    let all = host(&root).disk_partitions(Partitions::All).unwrap();
    assert_eq!(all[0].mountpoint, PathBuf::from("/theirs"));
    assert_eq!(all[0].options, "rw,noatime");
    assert_eq!((all[0].mount_id, all[0].overmounted), (None, None));
    root.remove("proc/1/mounts");
    let all = host(&root).disk_partitions(Partitions::All).unwrap();
    assert_eq!(all[0].mountpoint, PathBuf::from("/ours"));
}

#[test]
fn the_name_that_the_boot_loader_used_is_resolved() {
    let root = FixtureRoot::new()
        .file(
            "proc/1/mountinfo",
            "1 0 179:2 / / rw - ext4 /dev/root rw\n2 1 0:9 / /x rw - ext4 /dev/root rw\n",
        )
        .symlink("sys/dev/block/179:2", "../../devices/mmcblk0/mmcblk0p2");
    let all = host(&root).disk_partitions(Partitions::All).unwrap();
    assert_eq!(all[0].device, "/dev/mmcblk0p2");
    assert_eq!(all[1].device, "/dev/root");
}

#[test]
fn broken_mounts_are_an_error_that_names_the_file() {
    let root = FixtureRoot::new().file("proc/1/mountinfo", "1 0 0:5 / /a rw - tmpfs\n");
    let error = host(&root).disk_partitions(Partitions::All).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
    assert!(error.to_string().contains("proc/1/mountinfo"), "{error}");
    let error = host(&FixtureRoot::new())
        .disk_partitions(Partitions::All)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Os);
}

#[test]
fn counters_are_bytes_and_times() {
    let root = FixtureRoot::new().file(
        "proc/diskstats",
        " 104       0 cciss/c0d0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\n   3    1   hda1 1 2 3 4\n",
    );
    let snapshot = host(&root).disk_io_counters().unwrap();
    let disk = snapshot.get("cciss/c0d0").unwrap();
    assert_eq!((disk.read_count, disk.read_bytes), (1, 3 * 512));
    assert_eq!((disk.write_count, disk.write_bytes), (5, 7 * 512));
    assert_eq!(disk.read_time.unwrap().as_millis(), 4);
    assert_eq!(disk.busy_time.unwrap().as_millis(), 10);
    assert_eq!(disk.in_flight, Some(9));
    assert_eq!(disk.discards.unwrap().bytes, 14 * 512);
    assert_eq!(disk.flushes.unwrap().time.as_millis(), 17);
    let partition = snapshot.get("hda1").unwrap();
    assert_eq!(partition.write_bytes, 4 * 512);
    assert_eq!(partition.read_time, None);
    assert_eq!(partition.in_flight, None);
}

#[test]
fn sysfs_stands_in_for_diskstats() {
    let root = FixtureRoot::new()
        .file("sys/block/cciss!c0d0/stat", "1 2 3 4 5 6 7 8 9 10 11\n")
        .file("sys/block/cciss!c0d0/dev", "104:0\n")
        .file("sys/block/cciss!c0d0/cciss!c0d0p1/partition", "1\n")
        .file("sys/block/cciss!c0d0/cciss!c0d0p1/stat", "1 2 3 4\n")
        .file("sys/block/cciss!c0d0/queue/stat", "not a partition\n");
    let snapshot = host(&root).disk_io_counters().unwrap();
    let names: Vec<_> = snapshot.devices.iter().map(|device| &device.name).collect();
    assert_eq!(names, ["cciss/c0d0", "cciss/c0d0p1"]);
    assert_eq!(snapshot.devices[0].number, Some(DeviceNumber::new(104, 0)));
    // Neither: the kernel counts nothing, which is not the same as zero.
    let error = host(&FixtureRoot::new()).disk_io_counters().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[test]
fn stacked_devices_and_partitions_are_told_apart() {
    let root = FixtureRoot::new()
        .file("sys/block/nvme0n1/size", "2000\n")
        .file("sys/block/nvme0n1/removable", "0\n")
        .file("sys/block/nvme0n1/queue/rotational", "0\n")
        .file("sys/block/nvme0n1/device/model", "ACME SSD   \n")
        .file("sys/block/nvme0n1/nvme0n1p2/partition", "2\n")
        .file("sys/block/nvme0n1/nvme0n1p2/dev", "259:2\n")
        .file("sys/block/nvme0n1/nvme0n1p2/size", "1000\n")
        .file("sys/block/nvme0c1n1/hidden", "1\n")
        .file("sys/block/dm-0/slaves/nvme0n1p2", "")
        .file("sys/block/md127/slaves/sdb", "")
        .file("sys/block/md127/slaves/cciss!c0d0", "")
        .dir("sys/block/loop3")
        .dir("sys/block/zram0")
        .dir("sys/block/ram15")
        .dir("sys/block/nbd0")
        .dir("sys/block/zd16")
        .file(
            "proc/diskstats",
            "259 0 nvme0n1 10 0 8 0 10 0 8 0 0 5 5\n259 2 nvme0n1p2 9 0 8 0 9 0 8 0 0 5 5\n252 0 dm-0 8 0 8 0 8 0 8 0 0 5 5\n43 0 nbd0 1 0 8 0 1 0 8 0 0 5 5\n",
        );
    let devices = host(&root).disk_devices().unwrap();
    let kinds: Vec<_> = devices
        .iter()
        .map(|device| (device.name.to_str().unwrap(), device.kind))
        .collect();
    assert_eq!(
        kinds,
        [
            ("dm-0", DeviceKind::Stacked),
            ("loop3", DeviceKind::Stacked),
            ("md127", DeviceKind::Stacked),
            ("nbd0", DeviceKind::Disk),
            ("nvme0c1n1", DeviceKind::Path),
            ("nvme0n1", DeviceKind::Disk),
            ("nvme0n1p2", DeviceKind::Partition),
            ("ram15", DeviceKind::Memory),
            ("zd16", DeviceKind::Stacked),
            ("zram0", DeviceKind::Memory),
        ]
    );
    assert_eq!(devices[2].lower, ["cciss/c0d0", "sdb"].map(OsString::from));
    assert_eq!(devices[5].model.as_deref(), Some(OsStr::new("ACME SSD")));
    assert_eq!(devices[5].size, Some(2000 * 512));
    assert_eq!(devices[5].rotational, Some(false));
    assert_eq!(devices[6].parent.as_deref(), Some(OsStr::new("nvme0n1")));
    assert_eq!(devices[6].number, Some(DeviceNumber::new(259, 2)));
    let total = host(&root).disk_io_total().unwrap().unwrap();
    assert_eq!(total.read_count, 11);
    // No /sys/block: no devices, and so no total.
    assert_eq!(host(&FixtureRoot::new()).disk_devices().unwrap(), []);
}

#[test]
fn names_keep_their_bytes() {
    let root = FixtureRoot::new().file("proc/diskstats", b"8 0 sd\xff 1 2 3 4\n");
    let snapshot = host(&root).disk_io_counters().unwrap();
    assert_eq!(
        snapshot.devices[0].name,
        OsString::from_vec(b"sd\xff".to_vec())
    );
}
