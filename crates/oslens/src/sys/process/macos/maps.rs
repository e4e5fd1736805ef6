//! The address space of a process.

use std::io;

use super::{asked, bsd::texts::text, extension};
use crate::{
    Error, ErrorKind, Result,
    parse::{
        layout::{
            Type as _,
            macos::{
                details::{
                    PROC_REGION_SHARED, PROC_REGION_SUBMAP, VM_MEMORY_GUARD, VM_MEMORY_MALLOC,
                    VM_MEMORY_MALLOC_LARGE_REUSED, VM_MEMORY_MALLOC_NANO,
                    VM_MEMORY_MALLOC_PROB_GUARD, VM_MEMORY_STACK, VM_PROT_EXECUTE, VM_PROT_READ,
                    VM_PROT_WRITE,
                },
                process::{
                    PROC_PIDREGIONINFO, PROC_PIDREGIONPATHINFO, ProcRegioninfo,
                    ProcRegionwithpathinfo, SM_SHARED, SM_SHARED_ALIASED, SM_TRUESHARED,
                },
            },
        },
        macos::{
            files::Vnode,
            regions::{self, Region},
        },
    },
    process::{MapUsage, MemoryFootprint, MemoryMap, Permissions},
    sys::{
        kernel::{Kernel, Question, malformed},
        process::Target,
    },
};

/// More regions than any process has: one of each 16 KiB of 64 GiB.
const MOST: usize = 4 << 20;

/// Bytes of the pages that the regions of a process are counted in: its own,
/// or the caller's where those are smaller.
fn page_size(kernel: Kernel<'_>, pid: i32) -> Result<u64> {
    /// Of those that are translated.
    const SMALL: u64 = 4096;
    let is_small = kernel.page_size > SMALL && extension::translated(kernel, pid)?;
    Ok(if is_small { SMALL } else { kernel.page_size })
}

/// What is private to a process, and what was compressed of it.
///
/// Region by region: the kernel does not sum it up.
pub(super) fn footprint(kernel: Kernel<'_>, pid: i32) -> Result<MemoryFootprint> {
    const CALL: &str = "proc_pidinfo PROC_PIDREGIONINFO";
    let (mut unique, mut swapped) = (0_u64, 0_u64);
    let flavor = (PROC_PIDREGIONINFO, ProcRegioninfo::SIZE);
    walk(kernel, pid, CALL, flavor, |answer| {
        let region = regions::region(answer, kernel.endian);
        let region = region.map_err(|wrong| malformed(CALL, wrong))?;
        unique = unique.saturating_add(region.unique_pages().into());
        swapped = swapped.saturating_add(region.swapped.into());
        Ok(region)
    })?;
    let page_size = page_size(kernel, pid)?;
    Ok(MemoryFootprint {
        uss: unique.saturating_mul(page_size),
        pss: None,
        swap: Some(swapped.saturating_mul(page_size)),
    })
}

/// The mappings, by ascending address.
pub(crate) fn memory_maps(target: Target<'_>) -> Result<Vec<MemoryMap>> {
    const CALL: &str = "proc_pidinfo PROC_PIDREGIONPATHINFO";
    asked(target, |kernel, pid| {
        let page_size = page_size(kernel, pid)?;
        let mut maps = Vec::new();
        let flavor = (PROC_PIDREGIONPATHINFO, ProcRegionwithpathinfo::SIZE);
        walk(kernel, pid, CALL, flavor, |answer| {
            let read = regions::region_with_file(answer, kernel.endian);
            let (region, file) = read.map_err(|wrong| malformed(CALL, wrong))?;
            maps.extend(map(&region, file, page_size));
            Ok(region)
        })?;
        Ok(maps)
    })
}

/// Asks about one region after the other: each answer is about the one that
/// an address is in, or the next.
fn walk(
    kernel: Kernel<'_>,
    pid: i32,
    call: &'static str,
    (flavor, size): (i32, usize),
    mut visit: impl FnMut(&[u8]) -> Result<Region>,
) -> Result<()> {
    // Nobody may, and who asks all the same is reported as if it had crashed.
    if pid == 0 {
        let refused = io::Error::from_raw_os_error(libc::EPERM);
        return Err(Error::call(call, refused));
    }
    let mut buffer = Vec::new();
    let mut address = 0;
    for _ in 0..MOST {
        let question = Question::PidInfo {
            pid,
            flavor,
            argument: address,
            size,
        };
        match kernel.ask_into(call, question, &mut buffer) {
            Ok(()) => {}
            // A process without any memory is ending.
            Err(error) if error.raw_os_error() == Some(libc::EINVAL) => {
                return match address {
                    0 => Err(error.with_kind(ErrorKind::NoSuchProcess)),
                    // There is nothing there and above.
                    _ => Ok(()),
                };
            }
            Err(error) => return Err(error),
        }
        let region = visit(&buffer)?;
        match region.end() {
            Some(end) if end > address => address = end,
            // The last addresses of all; or an answer that leads nowhere.
            _ => return Ok(()),
        }
    }
    Err(Error::malformed(call, "regions that end"))
}

fn map(region: &Region, file: Option<Vnode<'_>>, page_size: u64) -> Option<MemoryMap> {
    let has = |right: u32| region.protection & right != 0;
    let name = match &file {
        Some(file) if !file.path.is_empty() => Some(text(file.path)),
        _ => purpose(region).map(Into::into),
    };
    Some(MemoryMap {
        start: region.start,
        end: region.end()?,
        permissions: Permissions {
            read: has(VM_PROT_READ),
            write: has(VM_PROT_WRITE),
            execute: has(VM_PROT_EXECUTE),
            shared: region.flags & PROC_REGION_SHARED != 0 || is_shared(region),
        },
        offset: region.offset,
        // As `major` and `minor` take it apart.
        device: file.map_or((0, 0), |file| (file.device >> 24, file.device & 0xff_ffff)),
        inode: file.map_or(0, |file| file.inode),
        name,
        deleted: file.is_some_and(|file| file.is_deleted()),
        usage: usage(region, file.is_some(), page_size),
    })
}

/// What a region without a file is for, as far as there is a usual word.
fn purpose(region: &Region) -> Option<&'static str> {
    if region.flags & PROC_REGION_SUBMAP != 0 {
        // The libraries of the system, which all processes have in one piece.
        return Some("[shared region]");
    }
    match region.tag {
        VM_MEMORY_MALLOC..=VM_MEMORY_MALLOC_LARGE_REUSED
        | VM_MEMORY_MALLOC_NANO..=VM_MEMORY_MALLOC_PROB_GUARD => Some("[heap]"),
        VM_MEMORY_STACK => Some("[stack]"),
        VM_MEMORY_GUARD => Some("[guard]"),
        _ => None,
    }
}

fn is_shared(region: &Region) -> bool {
    matches!(
        i32::try_from(region.share_mode),
        Ok(SM_SHARED | SM_TRUESHARED | SM_SHARED_ALIASED)
    )
}

fn usage(region: &Region, has_file: bool, page_size: u64) -> MapUsage {
    // What is in a submap is not counted.
    if region.flags & PROC_REGION_SUBMAP != 0 {
        return MapUsage {
            size: region.size,
            ..MapUsage::default()
        };
    }
    let bytes = |pages: u32| u64::from(pages).saturating_mul(page_size).min(region.size);
    let rss = bytes(region.resident);
    let dirty = bytes(region.dirtied.min(region.resident));
    let clean = rss.saturating_sub(dirty);
    let is_private = region.is_private();
    let is_shared = is_shared(region);
    MapUsage {
        size: region.size,
        rss: Some(rss),
        // Of what is a copy where it was written to, nobody tells both at
        // once.
        private_clean: is_private.then_some(clean),
        private_dirty: is_private.then_some(dirty),
        shared_clean: is_shared.then_some(clean),
        shared_dirty: is_shared.then_some(dirty),
        anonymous: (!has_file).then_some(rss),
        swap: Some(bytes(region.swapped)),
        // What is wired is in memory.
        locked: Some(if region.wired == 0 { 0 } else { rss }),
        ..MapUsage::default()
    }
}
