//! The four backends, against a kernel that answers with what C made of the
//! systems' own headers.

use std::time::Duration;

use crate::{
    Error, ErrorKind, Host,
    disk::{Device, DeviceKind, DeviceNumber, IoSnapshot, Partition, Partitions},
    sys::{
        disk::{freebsd, macos, netbsd, openbsd},
        kernel::{
            BlockStorage, Question,
            fake::{Fake, Log, Noise},
        },
    },
};

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../parse/", $name)).as_slice()
    };
}

const FREEBSD_MOUNTS: &[u8] = fixture!("bsd/fixtures/freebsd_mounts.bin");
const NETBSD_MOUNTS: &[u8] = fixture!("bsd/fixtures/netbsd_mounts.bin");
const OPENBSD_MOUNTS: &[u8] = fixture!("bsd/fixtures/openbsd_mounts.bin");
const MACOS_MOUNTS: &[u8] = fixture!("bsd/fixtures/macos_mounts.bin");
const DEVSTAT: &[u8] = fixture!("freebsd/fixtures/freebsd_devstat.bin");
const GEOM: &[u8] = fixture!("freebsd/fixtures/geom.xml");
const IOSTATS: &[u8] = fixture!("netbsd/fixtures/netbsd_iostats.bin");
const DISKSTATS: &[u8] = fixture!("openbsd/fixtures/openbsd_diskstats.bin");

type PartitionsOf = fn(&Host, Partitions) -> crate::Result<Vec<Partition>>;
const MOUNTS: [(&str, &[u8], PartitionsOf); 4] = [
    ("freebsd", FREEBSD_MOUNTS, freebsd::partitions),
    ("netbsd", NETBSD_MOUNTS, netbsd::partitions),
    ("openbsd", OPENBSD_MOUNTS, openbsd::partitions),
    ("macos", MACOS_MOUNTS, macos::partitions),
];

fn kind<T: std::fmt::Debug>(result: Result<T, Error>) -> ErrorKind {
    result.unwrap_err().kind()
}

fn names(snapshot: &IoSnapshot) -> Vec<&str> {
    let names = snapshot.devices.iter().map(|one| one.name.to_str());
    names.map(Option::unwrap).collect()
}

#[test]
fn mounts_are_told_in_one_question_and_file_systems_are_not_asked() {
    for (name, answer, partitions) in MOUNTS {
        let (host, log) = Fake::new().answer(Question::Mounts, answer).host();
        let all = partitions(&host, Partitions::All).unwrap();
        assert_eq!(log.lines(), ["Mounts"], "{name}");
        let physical = partitions(&host, Partitions::Physical).unwrap();
        assert_eq!(all[0].mountpoint.to_str(), Some("/"), "{name}");
        assert_eq!(all[0], physical[0], "{name}");
        assert!(physical.len() == 2 && all.len() > 2, "{name}");
        for partition in &all {
            let options = partition.options.to_str().unwrap();
            assert!(options.starts_with("ro") || options.starts_with("rw"));
            let unknown = (partition.mount_id, partition.overmounted);
            assert_eq!(unknown, (None, None));
        }
    }
}

#[test]
fn mounts_that_cannot_be_had_are_an_error_and_not_none() {
    for (name, answer, partitions) in MOUNTS {
        let (host, _) = Fake::new().fail(Question::Mounts, libc::EPERM).host();
        let error = partitions(&host, Partitions::All);
        assert_eq!(kind(error), ErrorKind::AccessDenied, "{name}");
        let cut = &answer[..answer.len() - 1];
        let (host, _) = Fake::new().answer(Question::Mounts, cut).host();
        let error = partitions(&host, Partitions::Physical);
        assert_eq!(kind(error), ErrorKind::Malformed, "{name}");
        let elsewhere = Host::builder().root("/nonexistent").build();
        let error = partitions(&elsewhere, Partitions::All);
        assert_eq!(kind(error), ErrorKind::Unsupported, "{name}");
    }
}

fn devstat(version: i32) -> Fake {
    Fake::new().named("kern.devstat.version", version.to_le_bytes())
}

#[test]
fn disks_of_freebsd_are_counted_with_two_questions() {
    let (host, log) = devstat(6).named("kern.devstat.all", DEVSTAT).host();
    let snapshot = freebsd::io_counters(&host).unwrap();
    assert_eq!(log.lines().len(), 2);
    assert_eq!(names(&snapshot), ["ada1", "sixteen-letters-0"]);
    let counters = snapshot.get("ada1").unwrap();
    assert_eq!((counters.read_count, counters.write_count), (12, 13));
    assert_eq!(counters.read_time, Some(Duration::from_millis(22_500)));
    assert_eq!(counters.busy_time, Some(Duration::from_millis(31_250)));
    assert_eq!(counters.in_flight, Some(3));
    let discards = counters.discards.unwrap();
    assert_eq!(
        (discards.count, discards.bytes, discards.merged_count),
        (14, 4, None)
    );
    // What it does not count is unknown, and not zero.
    assert_eq!((counters.read_merged_count, counters.flushes), (None, None));
}

#[test]
fn counters_of_freebsd_in_a_form_that_is_not_known_are_unsupported() {
    let (host, log) = devstat(7).named("kern.devstat.all", DEVSTAT).host();
    assert_eq!(kind(freebsd::io_counters(&host)), ErrorKind::Unsupported);
    assert_eq!(log.lines().len(), 1);
    let (host, _) = Fake::new().host();
    assert_eq!(kind(freebsd::io_counters(&host)), ErrorKind::Unsupported);
    assert_eq!(kind(freebsd::devices(&host)), ErrorKind::Unsupported);
    let (host, _) = devstat(6).named("kern.devstat.all", &DEVSTAT[..100]).host();
    assert_eq!(kind(freebsd::io_counters(&host)), ErrorKind::Malformed);
}

#[test]
fn a_disk_that_comes_while_freebsd_is_asked_is_waited_for() {
    let question = Question::Named("kern.devstat.all");
    let (host, log) = devstat(6)
        .fail(question, libc::EBUSY)
        .answer(question, DEVSTAT)
        .host();
    let snapshot = freebsd::io_counters(&host).unwrap();
    assert_eq!((snapshot.devices.len(), log.lines().len()), (2, 3));
    // It does not go on for ever.
    let (host, log) = devstat(6).fail(question, libc::EBUSY).host();
    assert_eq!(kind(freebsd::io_counters(&host)), ErrorKind::Os);
    assert_eq!(log.lines().len(), 12);
}

#[test]
fn freebsd_without_a_disk_has_none() {
    let question = Question::Named("kern.devstat.all");
    let (host, _) = devstat(6).fail(question, libc::EINVAL).host();
    assert_eq!(freebsd::io_counters(&host).unwrap().devices, []);
    // Since FreeBSD 10.
    let (host, _) = devstat(6).answer(question, [0; 8]).host();
    assert_eq!(freebsd::io_counters(&host).unwrap().devices, []);
}

#[test]
fn devices_of_freebsd_say_what_they_are_made_of_and_disks_come_first() {
    let (host, log) = Fake::new().named("kern.geom.confxml", GEOM).host();
    let devices = freebsd::devices(&host).unwrap();
    assert_eq!(log.lines().len(), 1);
    let rows: Vec<_> = devices
        .iter()
        .map(|device| {
            let lower: Vec<_> = device
                .lower
                .iter()
                .map(|one| one.to_str().unwrap())
                .collect();
            let parent = device.parent.as_ref().map(|disk| disk.to_str().unwrap());
            (device.name.to_str().unwrap(), device.kind, parent, lower)
        })
        .collect();
    let expected = [
        ("ada0", DeviceKind::Disk, None, vec![]),
        ("ada0p1", DeviceKind::Partition, Some("ada0"), vec![]),
        ("ada0p2", DeviceKind::Partition, Some("ada0"), vec![]),
        ("ada1", DeviceKind::Disk, None, vec![]),
        ("gpt/boot", DeviceKind::Stacked, None, vec!["ada0p1"]),
        ("md0", DeviceKind::Memory, None, vec![]),
        (
            "mirror/gm0",
            DeviceKind::Stacked,
            None,
            vec!["ada1", "ada0p2"],
        ),
        ("zvol/tank/vol0", DeviceKind::Stacked, None, vec![]),
    ];
    assert_eq!(rows, expected);
    assert_eq!(devices[0].model, Some("Disks & <Co> 500".into()));
    assert_eq!(devices[0].size, Some(500_107_862_016));
    // That of the disk.
    assert_eq!(devices[1].rotational, Some(true));
    assert_eq!(devices[3].rotational, None);
}

#[test]
fn parts_of_parts_of_freebsd_belong_to_the_disk_and_circles_end() {
    let tree = |class: &str, id: u8, name: &str, of: u8| {
        format!(
            "<class id=\"0\"><name>{class}</name><geom id=\"0\"><consumer id=\"0\">\
             <provider ref=\"0x{of}\"/></consumer><provider id=\"0x{id}\"><name>{name}</name>\
             </provider></geom></class>"
        )
    };
    let mesh = |parts: &[String]| format!("<mesh>{}</mesh>\0", parts.concat());
    let slices = mesh(&[
        tree("PART", 3, "da10s1a", 2),
        tree("PART", 2, "da10s1", 1),
        tree("DISK", 1, "da10", 9),
        tree("DISK", 4, "da2", 9),
    ]);
    let (host, _) = Fake::new().named("kern.geom.confxml", slices).host();
    let devices = freebsd::devices(&host).unwrap();
    let name = |device: &Device| device.name.to_str().unwrap().to_owned();
    let found: Vec<_> = devices.iter().map(name).collect();
    assert_eq!(found, ["da2", "da10", "da10s1", "da10s1a"]);
    assert_eq!(devices[3].parent, Some("da10".into()));
    let circle = mesh(&[tree("PART", 1, "a", 2), tree("PART", 2, "b", 1)]);
    let (host, _) = Fake::new().named("kern.geom.confxml", circle).host();
    assert_eq!(freebsd::devices(&host).unwrap().len(), 2);
}

#[test]
fn disks_of_netbsd_are_counted_with_one_question() {
    let question = Question::Sysctl(&[6, 9, 128]);
    let (host, log) = Fake::new().answer(question, IOSTATS).host();
    let snapshot = netbsd::io_counters(&host).unwrap();
    assert_eq!(log.lines().len(), 1);
    assert_eq!(names(&snapshot), ["wd0", "fifteen-letters"]);
    let counters = snapshot.get("wd0").unwrap();
    assert_eq!((counters.read_count, counters.read_bytes), (12, 2 << 40));
    assert_eq!(counters.busy_time, Some(Duration::from_millis(31_250)));
    assert_eq!((counters.read_time, counters.in_flight), (None, Some(2)));
    let (host, _) = Fake::new().answer(question, &IOSTATS[..200]).host();
    assert_eq!(kind(netbsd::io_counters(&host)), ErrorKind::Malformed);
    let (host, _) = Fake::new().fail(question, libc::EPERM).host();
    assert_eq!(kind(netbsd::io_counters(&host)), ErrorKind::AccessDenied);
}

/// The questions about counters of OpenBSD.
const STATS: Question<'_> = Question::Sysctl(&[6, 9]);
const COUNT: Question<'_> = Question::Sysctl(&[6, 10]);

fn openbsd_host(answers: &[(&[u8], i32)]) -> (Host, Log) {
    let fake = answers.iter().fold(Fake::new(), |fake, (stats, count)| {
        fake.answer(STATS, *stats)
            .answer(COUNT, count.to_le_bytes())
    });
    fake.host()
}

#[test]
fn disks_of_openbsd_are_counted_with_two_questions() {
    let (host, log) = openbsd_host(&[(DISKSTATS, 2)]);
    let snapshot = openbsd::io_counters(&host).unwrap();
    assert_eq!(log.lines().len(), 2);
    assert_eq!(names(&snapshot), ["sd0", "cd0"]);
    let counters = snapshot.get("sd0").unwrap();
    assert_eq!((counters.write_count, counters.write_bytes), (13, 3 << 40));
    assert_eq!(counters.busy_time, Some(Duration::from_millis(31_250)));
    let (host, _) = openbsd_host(&[(&[], 0)]);
    assert_eq!(openbsd::io_counters(&host).unwrap().devices, []);
}

#[test]
fn a_disk_that_comes_while_openbsd_is_asked_does_not_move_the_fields_of_others() {
    // One more before it was counted, one less, and then all is well.
    let answers: [(&[u8], i32); 3] = [(DISKSTATS, 1), (&DISKSTATS[..112], 2), (DISKSTATS, 2)];
    let (host, log) = openbsd_host(&answers);
    let snapshot = openbsd::io_counters(&host).unwrap();
    assert_eq!(names(&snapshot), ["sd0", "cd0"]);
    assert_eq!(log.lines().len(), 6);
    // It does not go on for ever.
    let never: [(&[u8], i32); 1] = [(DISKSTATS, 3)];
    let (host, log) = openbsd_host(&never);
    assert_eq!(kind(openbsd::io_counters(&host)), ErrorKind::Malformed);
    assert_eq!(log.lines().len(), 8);
}

#[test]
fn longer_records_of_another_openbsd_are_read_when_they_come_out_twice() {
    let longer: Vec<u8> = DISKSTATS
        .chunks(112)
        .flat_map(|record| [record, &[0xee; 24]].concat())
        .collect();
    let (host, log) = openbsd_host(&[(&longer, 2)]);
    let snapshot = openbsd::io_counters(&host).unwrap();
    assert_eq!(names(&snapshot), ["sd0", "cd0"]);
    assert_eq!(log.lines().len(), 4);
}

#[test]
fn disks_of_netbsd_are_as_large_as_their_drivers_say() {
    const DRIVE: &[u8] = fixture!("netbsd/fixtures/netbsd_drive.plist");
    let list = |name: &str| crate::parse::netbsd::drive::question(name.as_bytes()).unwrap();
    let (disk, part, made) = (list("wd0"), list("dk0"), list("raid0"));
    let ask = |list| Question::Property {
        path: "/dev/drvctl",
        request: 0xc010_447d,
        list,
    };
    let fake = || Fake::new().named("hw.disknames", *b"dk0 wd0 raid0\0");
    let (host, log) = fake()
        .answer(ask(&disk), [DRIVE, b"\0"].concat())
        .answer(ask(&part), *b"<plist version=\"1.0\"><dict/></plist>")
        .answer(ask(&made), DRIVE)
        .host();
    let sizes: Vec<_> = netbsd::devices(&host)
        .unwrap()
        .into_iter()
        .map(|one| (one.name, one.size))
        .collect();
    let size = Some(41_943_040 * 512);
    assert_eq!(
        sizes,
        [
            ("wd0".into(), size),
            ("raid0".into(), size),
            ("dk0".into(), None)
        ]
    );
    assert_eq!(log.lines().len(), 1 + 3);
    // What is not understood of one says nothing of the others.
    let (host, _) = fake()
        .answer(ask(&disk), *b"<plist>")
        .answer(ask(&made), DRIVE)
        .host();
    let devices = netbsd::devices(&host).unwrap();
    let of = |name: &str| devices.iter().find(|one| one.name == name).unwrap().size;
    assert_eq!((of("wd0"), of("raid0")), (None, size));
    // Nobody knocks again at a door that is closed.
    let (host, log) = fake().fail(ask(&disk), libc::EACCES).host();
    let devices = netbsd::devices(&host).unwrap();
    assert!(devices.len() == 3 && devices.iter().all(|one| one.size.is_none()));
    assert_eq!(log.lines().len(), 1 + 1);
}

#[test]
fn devices_of_netbsd_and_openbsd_are_known_by_their_names() {
    let (host, _) = Fake::new()
        .named("hw.disknames", *b"dk0 wd0 raid0 cd0 md0\0")
        .host();
    let devices = netbsd::devices(&host).unwrap();
    let kinds: Vec<_> = devices
        .iter()
        .map(|one| (one.name.to_str().unwrap(), one.kind))
        .collect();
    let expected = [
        ("wd0", DeviceKind::Disk),
        ("raid0", DeviceKind::Stacked),
        ("cd0", DeviceKind::Disk),
        ("md0", DeviceKind::Memory),
        ("dk0", DeviceKind::Partition),
    ];
    assert_eq!(kinds, expected);
    assert_eq!((devices[0].size, devices[0].removable), (None, None));
    let names = Question::Sysctl(&[6, 8]);
    let (host, _) = Fake::new()
        .answer(names, *b"sd0:5e1b5a0d3b5ee7c4,cd0:\0")
        .answer(STATS, DISKSTATS)
        .answer(COUNT, 2_i32.to_le_bytes())
        .host();
    let devices = openbsd::devices(&host).unwrap();
    assert_eq!(devices.len(), 2);
    assert_eq!(devices[1].name, "cd0");
    let total = openbsd::io_counters(&host).unwrap().total(&devices);
    assert_eq!(total.map(|total| total.read_count), Some(12));
}

#[test]
fn what_softraid_makes_of_disks_is_counted_with_them_alone() {
    use crate::parse::layout::{
        Type as _,
        openbsd::system::{HW_SENSORS, SENSOR_DRIVE, Sensor, Sensordev},
    };
    let device = |name: &[u8]| {
        let mut bytes = vec![0; Sensordev::SIZE];
        bytes[Sensordev::xname.offset()..][..name.len()].copy_from_slice(name);
        let drives = Sensordev::maxnumt.offset() + 4 * SENSOR_DRIVE.unsigned_abs() as usize;
        bytes[drives] = 1;
        bytes
    };
    let drive = |name: &[u8]| {
        let mut bytes = vec![0; Sensor::SIZE];
        bytes[Sensor::desc.offset()..][..name.len()].copy_from_slice(name);
        bytes
    };
    let names = Question::Sysctl(&[6, 8]);
    let (host, log) = Fake::new()
        .answer(names, *b"sd0:5e1b5a0d3b5ee7c4,sd1:,sd2:1e1b5a0d3b5ee7c4\0")
        .answer(Question::Sysctl(&[6, HW_SENSORS, 0]), device(b"mfi0"))
        .answer(Question::Sysctl(&[6, HW_SENSORS, 1]), device(b"softraid0"))
        .answer(
            Question::Sysctl(&[6, HW_SENSORS, 1, SENSOR_DRIVE, 0]),
            drive(b"sd2"),
        )
        .host();
    let devices = openbsd::devices(&host).unwrap();
    let kinds: Vec<_> = devices
        .iter()
        .map(|one| (one.name.to_str().unwrap(), one.kind))
        .collect();
    let expected = [
        ("sd0", DeviceKind::Disk),
        // All that the controller shows of its disks.
        ("sd1", DeviceKind::Disk),
        ("sd2", DeviceKind::Stacked),
    ];
    assert_eq!(kinds, expected);
    // The names, two devices, the end, and one drive.
    assert_eq!(log.lines().len(), 1 + 3 + 1);
}

fn storage() -> Vec<BlockStorage> {
    vec![
        BlockStorage {
            name: "disk0".into(),
            reads: Some(12),
            writes: Some(13),
            read_bytes: Some(2 << 40),
            write_bytes: Some(3 << 40),
            read_time: Some(22_500_000_000),
            write_time: None,
            size: Some(1 << 40),
            removable: Some(false),
            model: Some("  APPLE SSD  ".into()),
            number: Some((1, 4)),
            writable: Some(true),
            medium: Some("Solid State".into()),
        },
        BlockStorage {
            name: "disk4".into(),
            model: Some("Disk Image".into()),
            writable: Some(false),
            ..BlockStorage::default()
        },
    ]
}

#[test]
fn disks_of_macos_without_counters_are_left_out_and_images_not_counted_twice() {
    let mut fake = Fake::new();
    fake.block_storage = storage();
    let (host, _) = fake.host();
    let snapshot = macos::io_counters(&host).unwrap();
    assert_eq!(names(&snapshot), ["disk0"]);
    let counters = snapshot.get("disk0").unwrap();
    assert_eq!(counters.read_time, Some(Duration::from_millis(22_500)));
    assert_eq!((counters.write_time, counters.busy_time), (None, None));
    let devices = macos::devices(&host).unwrap();
    assert_eq!(devices[0].model, Some("APPLE SSD".into()));
    assert_eq!(
        (devices[0].size, devices[0].removable),
        (Some(1 << 40), Some(false))
    );
    assert_eq!(devices[0].kind, DeviceKind::Disk);
    assert_eq!(devices[1].kind, DeviceKind::Stacked);
    let number = Some(DeviceNumber::new(1, 4));
    assert_eq!(
        (devices[0].number, snapshot.devices[0].number),
        (number, number)
    );
    // What it does not say is not no.
    let known = |device: &Device| (device.rotational, device.read_only);
    assert_eq!(known(&devices[0]), (Some(false), Some(false)));
    assert_eq!(known(&devices[1]), (None, Some(true)));
}

#[test]
fn disks_of_macos_of_which_none_counts_are_unsupported() {
    let mut fake = Fake::new();
    fake.block_storage = storage().split_off(1);
    let (host, _) = fake.host();
    assert_eq!(kind(macos::io_counters(&host)), ErrorKind::Unsupported);
    let (host, _) = Fake::new().host();
    assert_eq!(macos::io_counters(&host).unwrap().devices, []);
}

/// With whatever the kernel answers, every function gives a value or an error.
#[test]
fn no_answer_makes_a_backend_fall_over() {
    for seed in Noise::SEEDS {
        let host = &Noise::host(seed);
        macro_rules! ask {
            ($($system:ident)*) => {$(
                _ = $system::partitions(host, Partitions::All);
                _ = $system::devices(host);
                _ = $system::io_counters(host);
            )*};
        }
        ask!(freebsd netbsd openbsd macos);
    }
}
