//! Records that no header forbids: the most of each number, none of the known
//! kinds, names without a NUL, times that are none.

use std::time::Duration;

use crate::parse::kinfo::State;
use crate::parse::layout::netbsd::process::{KinfoFile, KinfoLwp, KinfoVmentry};
use crate::parse::layout::netbsd::system::{IoSysctl, Swapent, UvmexpSysctl, Vmtotal};
use crate::parse::layout::{Endian, Record, Type as _};

use super::{files, iostats, maps, memory, threads};

const LITTLE: &[u8] = include_bytes!("fixtures/netbsd_odd_records.bin");
const BIG: &[u8] = include_bytes!("fixtures/netbsd_odd_records.big.bin");

#[test]
fn odd_records_have_what_their_fields_hold() {
    odd_records(LITTLE, Endian::Little);
    odd_records(BIG, Endian::Big);
}

fn odd_records(records: &[u8], order: Endian) {
    let (disks, rest) = records.split_at(3 * IoSysctl::SIZE);
    let found: Result<Vec<_>, _> = iostats::disks(disks, IoSysctl::SIZE, order)
        .unwrap()
        .collect();
    // The tape and what has no name are none.
    let [disk] = found.unwrap().try_into().unwrap();
    assert_eq!(disk.name, [0xff; 16]);
    assert_eq!((disk.reads, disk.read_bytes), (u64::MAX, u64::MAX));
    assert_eq!((disk.writes, disk.write_bytes), (1 << 63, 1 << 33));
    assert_eq!((disk.busy_time, disk.in_flight), (None, None));
    let latest = Duration::new(u32::MAX.into(), 999_999_000);
    assert_eq!(disk.weighted_time, Some(latest));

    let (swap, rest) = rest.split_at(2 * Swapent::SIZE);
    let found: Vec<_> = memory::swap_devices(swap, order).unwrap().collect();
    let [device] = found.try_into().unwrap();
    assert!(device.is_file && device.path == [0xff; 1025]);
    assert_eq!(device.total, u64::from(u32::MAX) * 512);
    assert_eq!((device.used, device.priority), ((1 << 31) * 512, i32::MIN));

    let (lwps, rest) = rest.split_at(3 * KinfoLwp::SIZE);
    let found: Result<Vec<_>, _> = threads::threads(lwps, KinfoLwp::SIZE, order)
        .unwrap()
        .collect();
    let [thread, other] = found.unwrap().try_into().unwrap();
    assert_eq!(
        (thread.id, thread.time, thread.cpu),
        (0x7fff_ffff, latest, None)
    );
    assert_eq!(
        (thread.name, thread.wait),
        (&[b'n'; 20][..], &[b'w'; 8][..])
    );
    assert_eq!((other.id, other.state), (2, State::Other(-1)));

    let (map, rest) = rest.split_at(KinfoVmentry::SIZE);
    let map = maps::maps(map, KinfoVmentry::SIZE, order)
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    assert_eq!((map.start, map.end, map.offset), (u64::MAX, 1, u64::MAX));
    assert_eq!((map.kind, map.path), (u32::MAX, &[0xff; 1024][..]));

    let (open, rest) = rest.split_at(2 * KinfoFile::SIZE);
    let found: Result<Vec<_>, _> = files::files(open, KinfoFile::SIZE, order)
        .unwrap()
        .collect();
    let [file] = found.unwrap().try_into().unwrap();
    assert_eq!((file.descriptor, file.kind), (0x7fff_ffff, u32::MAX));
    assert_eq!(
        (file.vnode, file.offset, file.pid),
        (None, u64::MAX, u32::MAX)
    );

    let (first, rest) = rest.split_at(UvmexpSysctl::SIZE);
    let (second, rest) = rest.split_at(UvmexpSysctl::SIZE);
    let uvm = memory::uvmexp(Record::new(first, order)).unwrap();
    assert_eq!((uvm.page_size, uvm.total), (8192, 1 << 40));
    // Sums of what CPUs count may be below zero for a moment.
    assert_eq!((uvm.free, uvm.active, uvm.faults), (0, i64::MAX as u64, 0));
    assert_eq!(
        (uvm.swapped_in, uvm.swapped_out),
        (Some(1 << 31), u64::from(u32::MAX))
    );
    assert_eq!(uvm.switches, 1 << 32);
    // Pages of no size are none.
    assert!(memory::uvmexp(Record::new(second, order)).is_err());
    assert_eq!(
        rest.len().next_multiple_of(8),
        Vmtotal::SIZE.next_multiple_of(8)
    );
    let totals = memory::totals(Record::new(rest, order)).unwrap();
    assert_eq!(
        (totals.running, totals.blocked, totals.shared),
        (0, 32767, None)
    );
}
