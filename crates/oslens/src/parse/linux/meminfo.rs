//! `/proc/meminfo`, see proc_meminfo(5).

use crate::parse::text;

/// The values of `/proc/meminfo`: bytes, or numbers of huge pages. What the
/// kernel does not say, and what is no number that fits, is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub struct MemInfo {
    pub total: Option<u64>,
    pub free: Option<u64>,
    /// Since Linux 3.14.
    pub available: Option<u64>,
    pub buffers: Option<u64>,
    pub cached: Option<u64>,
    pub swap_cached: Option<u64>,
    pub active: Option<u64>,
    pub inactive: Option<u64>,
    /// `Active(file)` (since Linux 2.6.28).
    pub active_file: Option<u64>,
    /// `Inactive(file)` (since Linux 2.6.28).
    pub inactive_file: Option<u64>,
    /// `Inact_dirty` (Linux 2.4).
    pub inact_dirty: Option<u64>,
    /// `Inact_clean` (Linux 2.4).
    pub inact_clean: Option<u64>,
    /// `Inact_laundry` (Linux 2.4).
    pub inact_laundry: Option<u64>,
    pub unevictable: Option<u64>,
    pub mlocked: Option<u64>,
    pub swap_total: Option<u64>,
    pub swap_free: Option<u64>,
    /// `Zswap`: compressed swap in memory (since Linux 5.19).
    pub zswap: Option<u64>,
    /// `Zswapped`: what is compressed there (since Linux 5.19).
    pub zswapped: Option<u64>,
    pub dirty: Option<u64>,
    pub writeback: Option<u64>,
    pub anon_pages: Option<u64>,
    pub mapped: Option<u64>,
    /// `Shmem` (since Linux 2.6.32), else `MemShared` (Linux 2.4).
    pub shared: Option<u64>,
    pub slab: Option<u64>,
    /// `SReclaimable` (since Linux 2.6.19).
    pub slab_reclaimable: Option<u64>,
    /// `SUnreclaim` (since Linux 2.6.19).
    pub slab_unreclaimable: Option<u64>,
    pub kernel_stack: Option<u64>,
    pub page_tables: Option<u64>,
    pub commit_limit: Option<u64>,
    /// `Committed_AS`.
    pub committed: Option<u64>,
    pub vmalloc_used: Option<u64>,
    /// `Percpu` (since Linux 4.21).
    pub per_cpu: Option<u64>,
    /// `HardwareCorrupted`.
    pub hardware_corrupted: Option<u64>,
    /// `AnonHugePages`.
    pub anon_huge_pages: Option<u64>,
    /// Pages.
    pub huge_pages_total: Option<u64>,
    /// Pages.
    pub huge_pages_free: Option<u64>,
    /// Pages.
    pub huge_pages_reserved: Option<u64>,
    /// Pages.
    pub huge_pages_surplus: Option<u64>,
    /// `Hugepagesize`: bytes of a huge page.
    pub huge_page_size: Option<u64>,
}

/// Reads `/proc/meminfo`. Lines that are not understood are skipped: every
/// kernel has others.
#[inline]
#[must_use]
pub fn meminfo(content: &[u8]) -> MemInfo {
    let mut info = MemInfo::default();
    let mut rest = content;
    while let Some(line) = text::take_line(&mut rest) {
        // Split at the colon, not at a blank: with a long name or number
        // there is none behind it (`ShadowCallStack:10373888 kB`).
        let Some(colon) = line.iter().position(|&byte| byte == b':') else {
            continue;
        };
        let Some((key, value)) = line.split_at_checked(colon) else {
            continue;
        };
        let field = match key {
            b"MemTotal" => &mut info.total,
            b"MemFree" => &mut info.free,
            b"MemAvailable" => &mut info.available,
            b"Buffers" => &mut info.buffers,
            b"Cached" => &mut info.cached,
            b"SwapCached" => &mut info.swap_cached,
            b"Active" => &mut info.active,
            b"Inactive" => &mut info.inactive,
            b"Active(file)" => &mut info.active_file,
            b"Inactive(file)" => &mut info.inactive_file,
            b"Inact_dirty" => &mut info.inact_dirty,
            b"Inact_clean" => &mut info.inact_clean,
            b"Inact_laundry" => &mut info.inact_laundry,
            b"Unevictable" => &mut info.unevictable,
            b"Mlocked" => &mut info.mlocked,
            b"SwapTotal" => &mut info.swap_total,
            b"SwapFree" => &mut info.swap_free,
            b"Zswap" => &mut info.zswap,
            b"Zswapped" => &mut info.zswapped,
            b"Dirty" => &mut info.dirty,
            b"Writeback" => &mut info.writeback,
            b"AnonPages" => &mut info.anon_pages,
            b"Mapped" => &mut info.mapped,
            b"Shmem" | b"MemShared" => &mut info.shared,
            b"Slab" => &mut info.slab,
            b"SReclaimable" => &mut info.slab_reclaimable,
            b"SUnreclaim" => &mut info.slab_unreclaimable,
            b"KernelStack" => &mut info.kernel_stack,
            b"PageTables" => &mut info.page_tables,
            b"CommitLimit" => &mut info.commit_limit,
            b"Committed_AS" => &mut info.committed,
            b"VmallocUsed" => &mut info.vmalloc_used,
            b"Percpu" => &mut info.per_cpu,
            b"HardwareCorrupted" => &mut info.hardware_corrupted,
            b"AnonHugePages" => &mut info.anon_huge_pages,
            b"HugePages_Total" => &mut info.huge_pages_total,
            b"HugePages_Free" => &mut info.huge_pages_free,
            b"HugePages_Rsvd" => &mut info.huge_pages_reserved,
            b"HugePages_Surp" => &mut info.huge_pages_surplus,
            b"Hugepagesize" => &mut info.huge_page_size,
            _ => continue,
        };
        *field = quantity(value.get(1..).unwrap_or_default());
    }
    info
}

/// `   24684084 kB` as bytes; without the unit, the number as it is.
#[inline]
fn quantity(mut value: &[u8]) -> Option<u64> {
    let number = text::take_word(&mut value).and_then(text::decimal)?;
    match text::take_word(&mut value) {
        None => Some(number),
        Some(b"kB") => number.checked_mul(1024),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kilobytes_become_bytes_and_numbers_stay() {
        let info = meminfo(
            b"MemTotal:       24684084 kB\nMemFree: 1 kB\nActive(file):     186476 kB\n\
              HugePages_Total:       3\nHugepagesize:       2048 kB\n",
        );
        assert_eq!(info.total, Some(24_684_084 * 1024));
        assert_eq!(info.free, Some(1024));
        assert_eq!(info.active_file, Some(186_476 * 1024));
        assert_eq!(info.active, None);
        assert_eq!(info.huge_pages_total, Some(3));
        assert_eq!(info.huge_page_size, Some(2 << 20));
    }

    #[test]
    fn no_blank_is_needed_behind_the_colon() {
        let info = meminfo(b"ShadowCallStack:10373888 kB\nPageTables:7 kB\nPercpu:\t8 kB\n");
        assert_eq!(info.page_tables, Some(7 * 1024));
        assert_eq!(info.per_cpu, Some(8 * 1024));
    }

    #[test]
    fn values_that_make_no_sense_are_unknown() {
        // A container's file system that subtracted too much.
        let info = meminfo(
            b"MemAvailable: 18446744073709551612 kB\nCached: -4 kB\nBuffers: kB\nSlab: 1 MB\n\
              MemFree: 18446744073709551616 kB\nMemTotal\n:\n\n: 5 kB\nActive:",
        );
        assert_eq!(info, MemInfo::default());
    }
}
