//! `/proc/meminfo`, see proc_meminfo(5).

use crate::parse::text;

/// The values of `/proc/meminfo`: bytes, or numbers of huge pages. What the
/// kernel does not say, and what is no number that fits, is `None`. The names
/// are the kernel's; which key is which field says [`meminfo`].
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
    let mut rest = text::whole_lines(content);
    while let Some(line) = text::take_line(&mut rest) {
        // Split at the colon, not at a blank: with a long name or number
        // there is none behind it (`ShadowCallStack:10373888 kB`).
        let Some(colon) = line.iter().position(|&byte| byte == b':') else {
            continue;
        };
        let Some((key, value)) = line.split_at_checked(colon) else {
            continue;
        };
        // By length first: a comparison or two for a line instead of forty,
        // which is a quarter of the time that this function takes.
        let field = match key.len() {
            4 => match key {
                b"Slab" => &mut info.slab,
                _ => continue,
            },
            5 => match key {
                b"Zswap" => &mut info.zswap,
                b"Dirty" => &mut info.dirty,
                b"Shmem" => &mut info.shared,
                _ => continue,
            },
            6 => match key {
                b"Cached" => &mut info.cached,
                b"Active" => &mut info.active,
                b"Mapped" => &mut info.mapped,
                b"Percpu" => &mut info.per_cpu,
                _ => continue,
            },
            7 => match key {
                b"MemFree" => &mut info.free,
                b"Buffers" => &mut info.buffers,
                b"Mlocked" => &mut info.mlocked,
                _ => continue,
            },
            8 => match key {
                b"MemTotal" => &mut info.total,
                b"Inactive" => &mut info.inactive,
                b"SwapFree" => &mut info.swap_free,
                b"Zswapped" => &mut info.zswapped,
                _ => continue,
            },
            9 => match key {
                b"SwapTotal" => &mut info.swap_total,
                b"Writeback" => &mut info.writeback,
                b"AnonPages" => &mut info.anon_pages,
                b"MemShared" => &mut info.shared,
                _ => continue,
            },
            10 => match key {
                b"SwapCached" => &mut info.swap_cached,
                b"SUnreclaim" => &mut info.slab_unreclaimable,
                b"PageTables" => &mut info.page_tables,
                _ => continue,
            },
            11 => match key {
                b"Inact_dirty" => &mut info.inact_dirty,
                b"Inact_clean" => &mut info.inact_clean,
                b"Unevictable" => &mut info.unevictable,
                b"KernelStack" => &mut info.kernel_stack,
                b"CommitLimit" => &mut info.commit_limit,
                b"VmallocUsed" => &mut info.vmalloc_used,
                _ => continue,
            },
            12 => match key {
                b"MemAvailable" => &mut info.available,
                b"Active(file)" => &mut info.active_file,
                b"SReclaimable" => &mut info.slab_reclaimable,
                b"Committed_AS" => &mut info.committed,
                b"Hugepagesize" => &mut info.huge_page_size,
                _ => continue,
            },
            13 => match key {
                b"Inact_laundry" => &mut info.inact_laundry,
                b"AnonHugePages" => &mut info.anon_huge_pages,
                _ => continue,
            },
            14 => match key {
                b"Inactive(file)" => &mut info.inactive_file,
                b"HugePages_Free" => &mut info.huge_pages_free,
                b"HugePages_Rsvd" => &mut info.huge_pages_reserved,
                b"HugePages_Surp" => &mut info.huge_pages_surplus,
                _ => continue,
            },
            15 => match key {
                b"HugePages_Total" => &mut info.huge_pages_total,
                _ => continue,
            },
            17 => match key {
                b"HardwareCorrupted" => &mut info.hardware_corrupted,
                _ => continue,
            },
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
