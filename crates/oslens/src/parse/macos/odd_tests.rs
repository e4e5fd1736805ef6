//! Records that no header forbids: the most of each number, none of the known
//! kinds, names without a NUL, sizes that are none.

use std::time::Duration;

use crate::parse::layout::macos::process::{
    ProcFdinfo, ProcRegioninfo, ProcTaskinfo, ProcThreadinfo, RusageInfoV0, VnodeFdinfowithpath,
};
use crate::parse::layout::macos::system::{VmStatistics64, XswUsage};
use crate::parse::layout::{Endian, Record, Type as _};

use super::{files, memory, process, regions, sockets};

const RECORDS: &[u8] = include_bytes!("fixtures/macos_odd_records.bin");

#[test]
fn odd_records_have_what_their_fields_hold() {
    let order = Endian::Little;
    let (thread, rest) = RECORDS.split_at(ProcThreadinfo::SIZE);
    let thread = process::thread(thread, order).unwrap();
    assert_eq!(thread.user, Duration::from_nanos(u64::MAX));
    assert_eq!((thread.state, thread.name), (-1, &[0xff; 64][..]));

    let (task, rest) = rest.split_at(ProcTaskinfo::SIZE);
    let task = process::task(task, order).unwrap();
    assert_eq!((task.resident, task.user), (u64::MAX, u64::MAX));
    // Counters that begin again at zero, with a sign that means nothing.
    assert_eq!((task.faults, task.switches), (u32::MAX, 1 << 31));
    assert_eq!((task.threads, task.priority), (0x7fff_ffff, -1));
    // As many seconds as there are, on a machine of one tick in each.
    let most = process::mach_time(task.user, 1).unwrap();
    assert_eq!(most, Duration::from_secs(u64::MAX));

    let (open, rest) = rest.split_at(3 * ProcFdinfo::SIZE);
    let found: Vec<_> = files::descriptors(open, order).collect();
    let [other, socket] = found.try_into().unwrap();
    assert_eq!((other.number, other.kind), (0x7fff_ffff, u32::MAX));
    assert_eq!(socket.number, 0);
    assert!(sockets::descriptors(open, order).eq([0]));

    let (file, rest) = rest.split_at(VnodeFdinfowithpath::SIZE);
    let opened = files::opened(file, order).unwrap();
    assert_eq!((opened.flags, opened.offset), (u32::MAX, 0));
    let vnode = files::vnode(file, order).unwrap();
    assert_eq!((vnode.device, vnode.mode), (u32::MAX, 0xffff));
    assert_eq!(
        (vnode.links, vnode.inode, vnode.size),
        (0xffff, u64::MAX, 0)
    );
    assert_eq!(vnode.path, [0xff; 1024]);

    let (found, rest) = rest.split_at(3 * ProcRegioninfo::SIZE);
    let found: Vec<_> = found
        .chunks(ProcRegioninfo::SIZE)
        .map(|bytes| regions::region(bytes, order).unwrap())
        .collect();
    let ends: Vec<_> = found.iter().map(regions::Region::end).collect();
    assert_eq!(ends, [None, None, Some(u64::MAX)]);
    let pages: Vec<_> = found.iter().map(regions::Region::unique_pages).collect();
    assert_eq!(pages, [0, u32::MAX, u32::MAX]);

    let (usage, rest) = rest.split_at(RusageInfoV0::SIZE);
    let usage = process::usage(usage, order).unwrap();
    assert_eq!((usage.user, usage.footprint), (u64::MAX, u64::MAX));
    // What an older version does not have is unknown.
    assert_eq!((usage.disk_read, usage.energy), (None, None));

    let (statistics, rest) = rest.split_at(VmStatistics64::SIZE);
    let statistics = memory::vm_statistics(Record::new(statistics, order)).unwrap();
    assert_eq!(statistics.free, u32::MAX.into());
    assert_eq!(
        (statistics.faults, statistics.swapped_in),
        (u64::MAX, Some(u64::MAX))
    );
    let (swap, pipe) = rest.split_at(XswUsage::SIZE);
    let swap = memory::swap_usage(Record::new(swap, order)).unwrap();
    assert_eq!((swap.total, swap.used), (0, u64::MAX));
    // Its other end is closed.
    assert_eq!(files::pipe(pipe, order), Ok(u64::MAX));
}
