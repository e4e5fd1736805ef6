//! Memory maps: `vm.proc.map`.

use super::{
    super::{
        Target,
        bsd::{self, texts},
    },
    NetBsd,
};
use crate::{
    Result,
    parse::{
        self,
        layout::{
            Type as _,
            netbsd::{
                process::{
                    KVME_FLAG_COW, KVME_PROT_EXEC, KVME_PROT_READ, KVME_PROT_WRITE, KinfoVmentry,
                    VM_PROC, VM_PROC_MAP,
                },
                system::CTL_VM,
            },
        },
        netbsd::maps::Mapping,
    },
    process::{MapUsage, MemoryMap, Permissions},
    sys::kernel::{Question, malformed},
};

const WHAT: &str = "sysctl vm.proc.map";

/// The mappings, by ascending address.
pub(crate) fn memory_maps(target: Target<'_>) -> Result<Vec<MemoryMap>> {
    bsd::of_living::<NetBsd, _>(target, Some(Vec::new()), |kernel, pid| {
        if pid == 0 {
            return Ok(Vec::new());
        }
        let wrong = |wrong| malformed(WHAT, wrong);
        let stride = KinfoVmentry::SIZE;
        let mib = [CTL_VM, VM_PROC, VM_PROC_MAP, pid, stride as i32];
        let answer = kernel.ask(WHAT, Question::Whole { mib: &mib, stride })?;
        parse::netbsd::maps::maps(&answer, stride, kernel.endian)
            .map_err(wrong)?
            .map(|mapping| mapping.map(|mapping| map(&mapping)).map_err(wrong))
            .collect()
    })
}

fn map(mapping: &Mapping<'_>) -> MemoryMap {
    let may = |protection: i32| mapping.protection & protection.unsigned_abs() != 0;
    // All that is a process's own is copied when it is written to, memory
    // without a file too; the kernel's word for that which is shared is `ANON`.
    let is_private = mapping.flags & KVME_FLAG_COW.unsigned_abs() != 0;
    let size = mapping.end.saturating_sub(mapping.start);
    MemoryMap {
        start: mapping.start,
        end: mapping.end,
        permissions: Permissions {
            read: may(KVME_PROT_READ),
            write: may(KVME_PROT_WRITE),
            execute: may(KVME_PROT_EXEC),
            shared: !is_private,
        },
        offset: mapping.offset,
        device: device(mapping.device),
        inode: mapping.inode,
        name: (!mapping.path.is_empty()).then(|| texts::text(mapping.path)),
        deleted: false,
        usage: MapUsage {
            size,
            locked: Some(if mapping.wired > 0 { size } else { 0 }),
            ..MapUsage::default()
        },
    }
}

/// Major and minor number, as `major` and `minor` of `sys/types.h`.
fn device(number: u64) -> (u32, u32) {
    let major = number >> 8 & 0xfff;
    let minor = number >> 12 & 0xf_ff00 | number & 0xff;
    (major as u32, minor as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn device_numbers_are_taken_apart_as_the_header_does() {
        assert_eq!(device(0x0005), (0, 5));
        assert_eq!(device(0x1234_5678), (0x456, 0x1_2378));
    }
}
