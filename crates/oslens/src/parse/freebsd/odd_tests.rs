//! Records that no header forbids: the most of each number, none of the known
//! kinds, names without a NUL, times that are none, more than the headers have.

use std::time::Duration;

use crate::parse::layout::freebsd::process::{KinfoFile, KinfoVmentry};
use crate::parse::layout::freebsd::system::{
    AcpiBattinfo, AcpiBix, AcpiBst, Devstat, Vmtotal, Xswdev,
};
use crate::parse::layout::{Endian, Record, Type as _};

use super::{battery, devstat, files, maps, memory};

const LITTLE: &[u8] = include_bytes!("fixtures/freebsd_odd_records.bin");
const BIG: &[u8] = include_bytes!("fixtures/freebsd_odd_records.big.bin");

#[test]
fn odd_records_have_what_their_fields_hold() {
    odd_records(LITTLE, Endian::Little);
    odd_records(BIG, Endian::Big);
}

fn odd_records(records: &[u8], order: Endian) {
    let (disks, rest) = records.split_at(8 + 3 * Devstat::SIZE);
    let found: Result<Vec<_>, _> = devstat::devices(disks, order).unwrap().collect();
    let [disk, next] = found.unwrap().try_into().unwrap();
    assert_eq!((disk.name, disk.unit), (&[0xff; 16][..], None));
    assert_eq!((disk.reads, disk.read_bytes), (u64::MAX, u64::MAX));
    assert_eq!(disk.write_bytes, 1 << 33);
    assert_eq!(disk.read_time, None);
    let latest = Duration::new(i64::MAX as u64, 999_999_999);
    assert_eq!(disk.write_time, Some(latest));
    assert_eq!(disk.busy_time, Some(Duration::from_millis(500)));
    // Both began again at zero, one of them already.
    assert_eq!((disk.in_flight, next.in_flight), (Some(2), Some(0)));

    let map = KinfoVmentry::SIZE + 8 + KinfoVmentry::kve_path.offset() + 8 + 4;
    let (map, rest) = rest.split_at(map);
    let found: Result<Vec<_>, _> = maps::maps(map, order).collect();
    let [map, cut] = found.unwrap().try_into().unwrap();
    assert_eq!((map.start, map.end, map.kind), (u64::MAX, 1, -1));
    assert_eq!((map.resident, map.own_resident), (0, 0));
    assert_eq!((map.path, cut.path), (&[0xff; 1024][..], &b"/lib"[..]));

    let (open, rest) = rest.split_at(2 * KinfoFile::SIZE);
    let found: Result<Vec<_>, _> = files::files(open, order).collect();
    let [file, other] = found.unwrap().try_into().unwrap();
    assert_eq!(file.role, files::Role::Descriptor(0x7fff_ffff));
    assert_eq!((file.kind, file.offset), (-1, None));
    assert_eq!(
        (file.details, file.path),
        (files::Details::None, &[b'p'; 1024][..])
    );
    assert_eq!(other.role, files::Role::Other(i32::MIN));
    assert_eq!(other.offset, Some(i64::MAX as u64));

    let (swap, rest) = rest.split_at(3 * Xswdev::SIZE);
    let mut swap = swap
        .chunks(Xswdev::SIZE)
        .map(|bytes| memory::swap_device(Record::new(bytes, order)));
    let device = swap.next().unwrap().unwrap();
    assert_eq!((device.device, device.total), (None, u32::MAX.into()));
    assert_eq!(device.used, 1 << 31);
    // Other versions are other structures.
    assert!(swap.all(|other| other.is_err()));

    let (totals, rest) = rest.split_at(Vmtotal::SIZE);
    let totals = memory::totals(Record::new(totals, order)).unwrap();
    assert_eq!((totals.running, totals.blocked), (0, 32767));
    assert_eq!(totals.shared, Some(u64::MAX));

    let (summaries, rest) = rest.split_at(2 * AcpiBattinfo::SIZE);
    let (first, second) = summaries.split_at(AcpiBattinfo::SIZE);
    let summary = |bytes| battery::summary(Record::new(bytes, order)).unwrap();
    let (first, second) = (summary(first), summary(second));
    assert_eq!((first.percent, first.minutes), (None, None));
    assert_eq!((second.percent, second.minutes), (None, Some(0x7fff_ffff)));
    assert_eq!(second.state, Some(battery::State::Absent));

    let (statuses, about) = rest.split_at(2 * AcpiBst::SIZE);
    let (first, second) = statuses.split_at(AcpiBst::SIZE);
    let status = |bytes| battery::status(Record::new(bytes, order)).unwrap();
    let (first, second) = (status(first), status(second));
    // Charged and discharged at once.
    assert_eq!((first.state, first.rate), (None, None));
    assert_eq!((first.remaining, first.voltage), (None, None));
    assert_eq!(second.state, Some(battery::State::Discharging));
    assert_eq!((second.rate, second.remaining), (Some(0), Some(0)));
    assert_eq!(second.voltage, Some(u32::MAX - 1));

    assert_eq!(about.len(), AcpiBix::SIZE);
    let about = battery::information(Record::new(about, order)).unwrap();
    assert_eq!(
        (about.unit, about.design, about.full),
        (None, None, Some(0))
    );
    assert_eq!((about.model, about.serial), (&[b'm'; 32][..], &b""[..]));
}
