//! Memory maps: `kern.proc_vmmap`, a part of them at a time.

use super::{
    super::{Target, bsd},
    OpenBsd,
};
use crate::{
    Result,
    parse::{
        self,
        layout::{
            Type as _,
            openbsd::{
                details::{KVE_ET_COPYONWRITE, KVE_ET_OBJ, KVE_ET_STACK},
                process::{
                    KERN_PROC_VMMAP, KVE_PROT_EXEC, KVE_PROT_READ, KVE_PROT_WRITE, KinfoVmentry,
                },
                system::CTL_KERN,
            },
        },
        openbsd::maps::Mapping,
    },
    process::{MapUsage, MemoryMap, Permissions},
    sys::kernel::{Kernel, Question, malformed},
};

const WHAT: &str = "sysctl kern.proc_vmmap";

/// Bytes of an answer: whole records, and no more than the kernel takes
/// (`MAXPHYS`).
const ROOM: usize = 65_536 / KinfoVmentry::SIZE * KinfoVmentry::SIZE;

/// The mappings, by ascending address.
pub(crate) fn memory_maps(target: Target<'_>) -> Result<Vec<MemoryMap>> {
    bsd::of_living::<OpenBsd, _>(target, Some(Vec::new()), |kernel, pid| match pid {
        // That would be the kernel's own.
        0 => Ok(Vec::new()),
        _ => all(kernel, pid),
    })
}

fn all(kernel: Kernel<'_>, pid: i32) -> Result<Vec<MemoryMap>> {
    let mut maps = Vec::new();
    let mut answer = Vec::new();
    let mut start = 0_u64;
    loop {
        let from = bsd::limits::bytes(start, kernel.endian);
        let question = Question::From {
            mib: &[CTL_KERN, KERN_PROC_VMMAP, pid],
            from: &from,
            size: ROOM,
        };
        kernel.ask_into(WHAT, question, &mut answer)?;
        let wrong = |wrong| malformed(WHAT, wrong);
        let found = parse::openbsd::maps::maps(&answer, KinfoVmentry::SIZE, kernel.endian);
        let mut end = start;
        for mapping in found.map_err(wrong)? {
            let mapping = mapping.map_err(wrong)?;
            end = end.max(mapping.end);
            // In between the kernel notes where there is room for others.
            if mapping.end > mapping.start {
                maps.push(map(&mapping));
            }
        }
        // The next ones are behind the last one, if there are any.
        if answer.len() < ROOM || end <= start {
            return Ok(maps);
        }
        start = end;
    }
}

fn map(mapping: &Mapping) -> MemoryMap {
    let may = |protection| mapping.protection & protection != 0;
    let is = |kind| mapping.kind & kind != 0;
    let size = mapping.end.saturating_sub(mapping.start);
    MemoryMap {
        start: mapping.start,
        end: mapping.end,
        permissions: Permissions {
            read: may(KVE_PROT_READ),
            write: may(KVE_PROT_WRITE),
            execute: may(KVE_PROT_EXEC),
            shared: is(KVE_ET_OBJ) && !is(KVE_ET_COPYONWRITE),
        },
        offset: mapping.offset,
        device: (0, 0),
        inode: 0,
        name: is(KVE_ET_STACK).then(|| "[stack]".into()),
        deleted: false,
        usage: MapUsage {
            size,
            locked: Some(if mapping.wired > 0 { size } else { 0 }),
            ..MapUsage::default()
        },
    }
}
