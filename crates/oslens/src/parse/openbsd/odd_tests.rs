//! Records that no header forbids: the most of each number, none of the known
//! kinds, names without a NUL, times that are none.

use crate::parse::layout::openbsd::process::{KinfoFile, KinfoVmentry};
use crate::parse::layout::openbsd::system::{
    ApmPowerInfo, Bcachestats, Cpustats, Diskstats, Sensor, Sensordev, Swapent, Uvmexp, Vmtotal,
};
use crate::parse::layout::{Endian, Record, Type};

use super::{cpu, diskstats, files, maps, memory, sensors};

const LITTLE: &[u8] = include_bytes!("fixtures/openbsd_odd_records.bin");
const BIG: &[u8] = include_bytes!("fixtures/openbsd_odd_records.big.bin");

/// Takes a structure off.
fn take<'a, T: Type>(rest: &mut &'a [u8], count: usize) -> &'a [u8] {
    // Where C has it. Both orders have as many bytes.
    let before = LITTLE.len() - rest.len();
    let start = before.next_multiple_of(T::ALIGN) - before;
    let (found, behind) = rest[start..].split_at(count * T::SIZE);
    *rest = behind;
    found
}

#[test]
fn odd_records_have_what_their_fields_hold() {
    odd_records(LITTLE, Endian::Little);
    odd_records(BIG, Endian::Big);
}

fn odd_records(records: &[u8], order: Endian) {
    let mut rest = records;
    let disks = take::<Diskstats>(&mut rest, 1);
    let mut found = diskstats::disks(disks, Diskstats::SIZE, order).unwrap();
    let disk = found.next().unwrap().unwrap();
    assert_eq!(disk.name, [0xff; 16]);
    assert_eq!((disk.reads, disk.read_bytes), (u64::MAX, u64::MAX));
    assert_eq!((disk.writes, disk.write_bytes), (1 << 63, 1 << 33));
    assert_eq!((disk.busy_time, disk.in_flight), (None, None));

    let swap = take::<Swapent>(&mut rest, 2);
    let found: Vec<_> = memory::swap_devices(swap, order).unwrap().collect();
    let [device] = found.try_into().unwrap();
    assert!(device.is_file && device.path == [0xff; 1024]);
    assert_eq!(device.total, u64::from(u32::MAX) * 512);
    assert_eq!((device.used, device.priority), ((1 << 31) * 512, i32::MIN));

    let map = take::<KinfoVmentry>(&mut rest, 1);
    let mut found = maps::maps(map, KinfoVmentry::SIZE, order).unwrap();
    let map = found.next().unwrap().unwrap();
    assert_eq!((map.start, map.end, map.offset), (u64::MAX, 1, u64::MAX));
    assert_eq!((map.kind, map.wired), (-1, i32::MIN));

    let open = take::<KinfoFile>(&mut rest, 3);
    let found: Result<Vec<_>, _> = files::files(open, KinfoFile::SIZE, order)
        .unwrap()
        .collect();
    let [unknown, file] = found.unwrap().try_into().unwrap();
    assert_eq!((unknown.descriptor, unknown.kind), (0x7fff_ffff, u32::MAX));
    assert_eq!(
        (unknown.details, unknown.offset),
        (files::Details::None, None)
    );
    assert_eq!((file.descriptor, file.offset), (0, Some(u64::MAX - 1)));
    let details = files::Details::Vnode {
        kind: u32::MAX,
        size: u64::MAX,
        links: Some(u32::MAX),
    };
    assert_eq!(file.details, details);

    let (first, second) = take::<Uvmexp>(&mut rest, 2).split_at(Uvmexp::SIZE);
    let uvm = memory::uvmexp(Record::new(first, order)).unwrap();
    assert_eq!((uvm.page_size, uvm.total), (16384, u32::MAX.into()));
    assert_eq!(
        (uvm.faults, uvm.switches),
        (u32::MAX.into(), u32::MAX.into())
    );
    assert_eq!(
        (uvm.swapped_in, uvm.swapped_out),
        (Some((1 << 32) - 2), 1 << 31)
    );
    // Pages of no size are none.
    assert!(memory::uvmexp(Record::new(second, order)).is_err());
    let totals = Record::new(take::<Vmtotal>(&mut rest, 1), order);
    assert_eq!(memory::running(totals), Some(65535));
    let cache = take::<Bcachestats>(&mut rest, 1);
    let cache = memory::buffer_cache(Record::new(cache, order)).unwrap();
    assert_eq!((cache.pages, cache.dirty), (0, i64::MAX as u64));

    let stats = cpu::cpu_stats(Record::new(take::<Cpustats>(&mut rest, 1), order)).unwrap();
    assert_eq!((stats.ticks.system, stats.ticks.idle), (u64::MAX, u64::MAX));
    assert!(stats.is_online);

    let device = Record::new(take::<Sensordev>(&mut rest, 1), order);
    let device = sensors::device(device).unwrap();
    assert_eq!(device.name, [b'x'; 16]);
    assert_eq!((device.count(0), device.count(22)), (-1, i32::MAX));
    let sensor = Record::new(take::<Sensor>(&mut rest, 1), order);
    let reading = sensors::reading(sensor).unwrap();
    assert_eq!(reading.description, [0xb0; 32]);
    assert_eq!((reading.value, reading.is_valid), (Some(i64::MIN), false));

    let (first, second) = take::<ApmPowerInfo>(&mut rest, 2).split_at(ApmPowerInfo::SIZE);
    let nothing = sensors::Power::default();
    assert_eq!(sensors::power(Record::new(first, order)), Ok(nothing));
    let absent = sensors::Power {
        is_present: Some(false),
        is_plugged: Some(true),
        ..nothing
    };
    assert_eq!(sensors::power(Record::new(second, order)), Ok(absent));
}
