//! Memory maps: `/proc/PID/smaps`, or `maps` where the kernel has no
//! counters.

use std::{ffi::OsString, os::unix::ffi::OsStringExt as _};

use super::dir::Dir;
use crate::{
    ErrorKind, Result, parse,
    parse::linux::maps::{Counters, Head},
    process::{MapUsage, MemoryMap, Permissions},
    sys::process::Target,
};

pub(crate) fn memory_maps(target: Target<'_>) -> Result<Vec<MemoryMap>> {
    of(&Dir::open(target)?)
}

/// The same of a directory.
pub(super) fn of(dir: &Dir<'_>) -> Result<Vec<MemoryMap>> {
    let (name, content) = match dir.long_records("smaps") {
        Ok(content) => ("smaps", content),
        // A kernel without CONFIG_PROC_PAGE_MONITOR.
        Err(error) if error.kind() == ErrorKind::Unsupported => ("maps", dir.records("maps")?),
        Err(error) => return Err(error),
    };
    if content.is_empty() {
        dir.zombie_if_ended()?;
    }
    parse::linux::maps::mappings(&content)
        .map(|mapping| {
            mapping
                .map(|(head, counters)| map(&head, &counters))
                .map_err(|malformed| dir.malformed(name, malformed))
        })
        .collect()
}

fn map(head: &Head<'_>, counters: &Counters) -> MemoryMap {
    let plain = parse::linux::maps::unescape(head.name);
    let (name, deleted) = match plain.strip_suffix(b" (deleted)") {
        Some(path) if path.starts_with(b"/") => (path.to_vec(), true),
        _ => (plain, false),
    };
    let [read, write, execute, shared] = head.perms;
    let bytes = |kilobytes: Option<u64>| Some(kilobytes?.saturating_mul(1024));
    MemoryMap {
        start: head.start,
        end: head.end,
        permissions: Permissions {
            read: read == b'r',
            write: write == b'w',
            execute: execute == b'x',
            shared: shared == b's',
        },
        offset: head.offset,
        device: head.device,
        inode: head.inode,
        name: (!name.is_empty()).then(|| OsString::from_vec(name)),
        deleted,
        usage: MapUsage {
            size: head.end.saturating_sub(head.start),
            rss: bytes(counters.rss),
            pss: bytes(counters.pss),
            pss_dirty: bytes(counters.pss_dirty),
            shared_clean: bytes(counters.shared_clean),
            shared_dirty: bytes(counters.shared_dirty),
            private_clean: bytes(counters.private_clean),
            private_dirty: bytes(counters.private_dirty),
            referenced: bytes(counters.referenced),
            anonymous: bytes(counters.anonymous),
            lazy_free: bytes(counters.lazy_free),
            anon_huge_pages: bytes(counters.anon_huge_pages),
            shmem_huge_pages: bytes(counters.shmem_pmd_mapped),
            file_huge_pages: bytes(counters.file_pmd_mapped),
            shared_hugetlb: bytes(counters.shared_hugetlb),
            private_hugetlb: bytes(counters.private_hugetlb),
            swap: bytes(counters.swap),
            swap_pss: bytes(counters.swap_pss),
            locked: bytes(counters.locked),
        },
    }
}
