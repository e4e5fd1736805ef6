//! Memory maps: `kern.proc.vmmap`.

use super::{
    super::{
        Target,
        bsd::{self, texts},
    },
    FreeBsd,
};
use crate::{
    Result,
    parse::{
        self,
        freebsd::maps::Mapping,
        layout::freebsd::{
            details::{
                KVME_FLAG_POSIXSHM, KVME_FLAG_SYSVSHM, KVME_FLAG_USER_WIRED, KVME_TYPE_GUARD,
            },
            process::{
                KERN_PROC, KERN_PROC_VMMAP, KVME_FLAG_COW, KVME_FLAG_GROWS_DOWN, KVME_PROT_EXEC,
                KVME_PROT_READ, KVME_PROT_WRITE, KVME_TYPE_DEVICE, KVME_TYPE_PHYS, KVME_TYPE_VNODE,
            },
            system::CTL_KERN,
        },
    },
    process::{MapUsage, MemoryMap, Permissions},
    sys::kernel::{Kernel, Question, malformed},
};

const WHAT: &str = "sysctl kern.proc.vmmap";

/// The mappings, by ascending address.
pub(crate) fn memory_maps(target: Target<'_>) -> Result<Vec<MemoryMap>> {
    bsd::of_living::<FreeBsd, _>(target, Some(Vec::new()), |kernel, pid| {
        let mib = [CTL_KERN, KERN_PROC, KERN_PROC_VMMAP, pid];
        let mut answer = Vec::new();
        kernel.ask_patiently(WHAT, Question::Sysctl(&mib), &mut answer)?;
        parse::freebsd::maps::maps(&answer, kernel.endian)
            .map(|mapping| {
                let mapping = mapping.map_err(|wrong| malformed(WHAT, wrong))?;
                Ok(map(kernel, &mapping))
            })
            .collect()
    })
}

fn map(kernel: Kernel<'_>, mapping: &Mapping<'_>) -> MemoryMap {
    let may = |protection| mapping.protection & protection != 0;
    let is = |flag| mapping.flags & flag != 0;
    let size = mapping.end.saturating_sub(mapping.start);
    MemoryMap {
        start: mapping.start,
        end: mapping.end,
        permissions: Permissions {
            read: may(KVME_PROT_READ),
            write: may(KVME_PROT_WRITE),
            execute: may(KVME_PROT_EXEC),
            shared: is_shared(mapping),
        },
        offset: mapping.offset,
        device: device(mapping.device),
        inode: mapping.inode,
        name: match mapping.path {
            [] if mapping.kind == KVME_TYPE_GUARD => Some("[guard]".into()),
            [] if is(KVME_FLAG_GROWS_DOWN) => Some("[stack]".into()),
            [] => None,
            path => Some(texts::text(path)),
        },
        deleted: false,
        usage: MapUsage {
            size,
            rss: Some(mapping.resident.saturating_mul(kernel.page_size)),
            locked: Some(if is(KVME_FLAG_USER_WIRED) { size } else { 0 }),
            ..MapUsage::default()
        },
    }
}

/// Whether writes reach others. Anonymous memory that a process shares with
/// its children looks like that of its own.
fn is_shared(mapping: &Mapping<'_>) -> bool {
    let is_of_others = matches!(
        mapping.kind,
        KVME_TYPE_VNODE | KVME_TYPE_DEVICE | KVME_TYPE_PHYS
    ) || mapping.flags & (KVME_FLAG_SYSVSHM | KVME_FLAG_POSIXSHM) != 0;
    is_of_others && mapping.flags & KVME_FLAG_COW == 0
}

/// Major and minor number, as `major` and `minor` of `sys/types.h`.
fn device(number: u64) -> (u32, u32) {
    let major = number >> 32 & 0xffff_ff00 | number >> 8 & 0xff;
    let minor = number >> 24 & 0xff00 | number & 0xffff_00ff;
    (major as u32, minor as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn device_numbers_are_taken_apart_as_the_header_does() {
        // `makedev(0xab, 0xcd)` and one with all parts.
        assert_eq!(device(0xabcd), (0xab, 0xcd));
        assert_eq!(
            device(0x1122_3344_5566_7788),
            (0x1122_3377, 0x5566_4488),
            "MMMmmmMm, from the right byte"
        );
    }
}
