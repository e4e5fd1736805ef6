//! Sums over the mappings of a process: `/proc/PID/smaps_rollup` (Linux
//! 4.14), or the same keys summed over `/proc/PID/smaps`.

use crate::{
    parse::{Malformed, text},
    process::MemoryFootprint,
};

/// Sums the private, proportional and swapped sizes of either file.
///
/// # Errors
///
/// When there is no line of a private size: the file is empty, as it is for
/// a process without memory, or is not what it should be.
pub fn smaps_rollup(content: &[u8]) -> Result<MemoryFootprint, Malformed> {
    let mut private = None;
    let mut proportional = None;
    let mut swap = None;
    for line in text::lines(content) {
        // `Private_Clean`, `Private_Dirty` and `Private_Hugetlb`. The line
        // that starts a mapping, which names a file of any name, starts with
        // an address instead: lower-case letters and digits.
        let sum = match line.first() {
            Some(b'P') if line.starts_with(b"Private_") => &mut private,
            Some(b'P') if line.starts_with(b"Pss:") => &mut proportional,
            Some(b'S') if line.starts_with(b"Swap:") => &mut swap,
            _ => continue,
        };
        let kibibytes = text::key_value(line)
            .and_then(|(_, value)| value.strip_suffix(b"kB"))
            .and_then(|number| text::decimal(number.trim_ascii_end()))
            .ok_or(Malformed("a number of kB after Private_, Pss: and Swap:"))?;
        *sum = Some(
            sum.unwrap_or(0u64)
                .saturating_add(kibibytes.saturating_mul(1024)),
        );
    }
    Ok(MemoryFootprint {
        uss: private.ok_or(Malformed("lines that start with Private_"))?,
        pss: proportional,
        swap,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLLUP: &[u8] = b"55d0c6b2d000-7ffd94f9b000 ---p 00000000 00:00 0        [rollup]\n\
        Rss:                3480 kB\nPss:                 712 kB\nPss_Dirty:           500 kB\n\
        Pss_Anon:            500 kB\nShared_Clean:       2900 kB\nPrivate_Clean:        80 kB\n\
        Private_Dirty:       500 kB\nSwap:                  4 kB\nSwapPss:               2 kB\n\
        Private_Hugetlb:    2048 kB\nLocked:                0 kB\n";

    #[test]
    fn private_pages_of_every_kind_are_unique_memory() {
        let footprint = smaps_rollup(ROLLUP).unwrap();
        assert_eq!(footprint.uss, (80 + 500 + 2048) * 1024);
        assert_eq!(footprint.pss, Some(712 * 1024));
        assert_eq!(footprint.swap, Some(4 * 1024));
    }

    #[test]
    fn mappings_are_summed_and_old_kernels_lack_keys() {
        let old = b"00400000-0040b000 r-xp 00000000 08:01 1 /Private_Dirty: 9 kB\nSize: 44 kB\n\
            Rss: 40 kB\nPrivate_Clean: 4 kB\nPrivate_Dirty: 1 kB\n\
            0060a000-0060b000 r--p 0000a000 08:01 1 /bin/cat\nPrivate_Clean: 2 kB\nVmFlags: rd\n";
        let footprint = smaps_rollup(old).unwrap();
        assert_eq!(footprint.uss, 7 * 1024);
        assert_eq!((footprint.pss, footprint.swap), (None, None));
    }

    #[test]
    fn no_private_line_or_no_number_is_malformed() {
        assert!(smaps_rollup(b"").is_err());
        assert!(smaps_rollup(b"Rss: 4 kB\n").is_err());
        assert!(smaps_rollup(b"Private_Dirty: x kB\n").is_err());
        assert!(smaps_rollup(b"Private_Dirty:\n").is_err());
        let huge = b"Private_Dirty: 18446744073709551615 kB\nPrivate_Clean: 1 kB\n";
        assert_eq!(smaps_rollup(huge).unwrap().uss, u64::MAX);
    }
}
