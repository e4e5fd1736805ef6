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
    os::freebsd::{Mapped, Mapping as Told},
    parse::{
        self,
        freebsd::maps::Mapping,
        layout::freebsd::{
            details::{
                KVME_FLAG_POSIXSHM, KVME_FLAG_SYSVSHM, KVME_FLAG_USER_WIRED, KVME_TYPE_GUARD,
                KVME_TYPE_MGTDEVICE, KVME_TYPE_SG,
            },
            process::{
                KERN_PROC, KERN_PROC_VMMAP, KVME_FLAG_COW, KVME_FLAG_GROWS_DOWN, KVME_PROT_EXEC,
                KVME_PROT_READ, KVME_PROT_WRITE, KVME_TYPE_DEAD, KVME_TYPE_DEFAULT,
                KVME_TYPE_DEVICE, KVME_TYPE_NONE, KVME_TYPE_PHYS, KVME_TYPE_SWAP, KVME_TYPE_VNODE,
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
    each(target, map)
}

/// The same, with what this kernel alone tells.
pub(crate) fn mappings(target: Target<'_>) -> Result<Vec<Told>> {
    each(target, |kernel, mapping, counts| Told {
        map: map(kernel, mapping, counts),
        mapped: mapped(mapping.kind),
        own_resident: mapping.own_resident.saturating_mul(kernel.page_size),
        references: u32::try_from(mapping.references).unwrap_or(0),
        shadows: u32::try_from(mapping.shadows).unwrap_or(0),
    })
}

/// What is made of each mapping, and of whether the kernel counts what is
/// resident.
fn each<T>(
    target: Target<'_>,
    make: impl Fn(Kernel<'_>, &Mapping<'_>, bool) -> T,
) -> Result<Vec<T>> {
    bsd::of_living::<FreeBsd, _>(target, Some(Vec::new()), |kernel, pid| {
        let mib = [CTL_KERN, KERN_PROC, KERN_PROC_VMMAP, pid];
        let mut answer = Vec::new();
        kernel.ask_patiently(WHAT, Question::Sysctl(&mib), &mut answer)?;
        let mappings: Vec<Mapping<'_>> = parse::freebsd::maps::maps(&answer, kernel.endian)
            .collect::<Result<_, _>>()
            .map_err(|wrong| malformed(WHAT, wrong))?;
        // No process runs on nothing: where nothing is resident, the kernel
        // was told not to count (`kern.proc_vmmap_skip_resident_count`).
        let counts = mappings.iter().any(|mapping| mapping.resident > 0);
        Ok(mappings
            .iter()
            .map(|mapping| make(kernel, mapping, counts))
            .collect())
    })
}

fn mapped(kind: i32) -> Mapped {
    match kind {
        KVME_TYPE_NONE => Mapped::Nothing,
        KVME_TYPE_DEFAULT => Mapped::Default,
        KVME_TYPE_VNODE => Mapped::File,
        KVME_TYPE_SWAP => Mapped::Anonymous,
        KVME_TYPE_DEVICE | KVME_TYPE_MGTDEVICE => Mapped::Device,
        KVME_TYPE_PHYS => Mapped::Physical,
        KVME_TYPE_DEAD => Mapped::Dead,
        KVME_TYPE_SG => Mapped::ScatterGather,
        KVME_TYPE_GUARD => Mapped::Guard,
        _ => Mapped::Unknown,
    }
}

fn map(kernel: Kernel<'_>, mapping: &Mapping<'_>, counts: bool) -> MemoryMap {
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
            // The kernel names devices without the directory that they are in.
            [b'/', ..] => Some(texts::text(mapping.path)),
            device if mapped(mapping.kind) == Mapped::Device => {
                Some(texts::text(&[b"/dev/", device].concat()))
            }
            path => Some(texts::text(path)),
        },
        deleted: false,
        usage: MapUsage {
            size,
            rss: counts.then(|| mapping.resident.saturating_mul(kernel.page_size)),
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
