//! Memory of macOS: `HOST_VM_INFO64`, `vm.swapusage`.

use crate::parse::Malformed;
use crate::parse::layout::macos::system::{VmStatistics64, XswUsage};
use crate::parse::layout::{Field, Record};

/// `struct vm_statistics64`: pages, and counters since boot. `None`: older
/// kernels do not fill it in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct VmStatistics {
    /// Used for nothing, or read ahead of being needed.
    pub free: u64,
    /// Used lately.
    pub active: u64,
    /// Not used for a while.
    pub inactive: u64,
    /// Cannot be paged out.
    pub wired: u64,
    /// Read ahead of being needed; contained in `free`.
    pub speculative: Option<u64>,
    /// Programs can do without.
    pub purgeable: Option<u64>,
    /// Data of files.
    pub external: Option<u64>,
    /// Memory of programs that belongs to no file.
    pub internal: Option<u64>,
    /// What compressed memory takes.
    pub compressor: Option<u64>,
    /// What compressed memory was before, what went on to a disk included.
    pub compressed: Option<u64>,
    /// The part of `compressed` that went on to a disk.
    pub compressed_on_disk: Option<u64>,
    /// Page faults.
    pub faults: u64,
    /// Pages read back from swap.
    pub swapped_in: Option<u64>,
    /// Pages written to swap.
    pub swapped_out: Option<u64>,
}

/// `vm.swapusage`, bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SwapUsage {
    /// All of it.
    pub total: u64,
    /// In use.
    pub used: u64,
}

/// What `host_statistics64` filled in.
///
/// # Errors
///
/// When it is not even what the first kernels with it filled in.
pub fn vm_statistics(record: Record<'_>) -> Result<VmStatistics, Malformed> {
    let pages = |field: Field<u32>| record.get(field).map(u64::from);
    let number = |field: Field<u64>| record.get(field);
    let statistics = || {
        Some(VmStatistics {
            free: pages(VmStatistics64::free_count)?,
            active: pages(VmStatistics64::active_count)?,
            inactive: pages(VmStatistics64::inactive_count)?,
            wired: pages(VmStatistics64::wire_count)?,
            speculative: pages(VmStatistics64::speculative_count),
            purgeable: pages(VmStatistics64::purgeable_count),
            external: pages(VmStatistics64::external_page_count),
            internal: pages(VmStatistics64::internal_page_count),
            compressor: pages(VmStatistics64::compressor_page_count),
            compressed: number(VmStatistics64::total_uncompressed_pages_in_compressor),
            compressed_on_disk: number(VmStatistics64::swapped_count),
            faults: number(VmStatistics64::faults)?,
            swapped_in: number(VmStatistics64::swapins),
            swapped_out: number(VmStatistics64::swapouts),
        })
    };
    statistics().ok_or(Malformed("struct vm_statistics64"))
}

/// `struct xsw_usage`.
///
/// # Errors
///
/// When it is not whole.
pub fn swap_usage(record: Record<'_>) -> Result<SwapUsage, Malformed> {
    let usage = || {
        Some(SwapUsage {
            total: record.get(XswUsage::xsu_total)?,
            used: record.get(XswUsage::xsu_used)?,
        })
    };
    usage().ok_or(Malformed("a whole struct xsw_usage"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::layout::Endian;

    const STATISTICS: &[u8] = include_bytes!("fixtures/macos_vm_statistics64.bin");
    const USAGE: &[u8] = include_bytes!("fixtures/macos_xsw_usage.bin");

    fn record(bytes: &[u8]) -> Record<'_> {
        Record::new(bytes, Endian::Little)
    }

    #[test]
    fn statistics_are_read_as_the_headers_write_them() {
        let expected = VmStatistics {
            free: 30_000,
            active: 400_000,
            inactive: 350_000,
            wired: 100_000,
            speculative: Some(20_000),
            purgeable: Some(5_000),
            external: Some(300_000),
            internal: Some(450_000),
            compressor: Some(60_000),
            compressed: Some(200_000),
            compressed_on_disk: Some(50_000),
            faults: 5_000_000_001,
            swapped_in: Some(11),
            swapped_out: Some(12),
        };
        assert_eq!(vm_statistics(record(STATISTICS)), Ok(expected));
        // The first revision: 24 words.
        let older = vm_statistics(record(&STATISTICS[..96])).unwrap();
        assert_eq!(
            (older.speculative, older.faults),
            (Some(20_000), 5_000_000_001)
        );
        assert_eq!((older.external, older.compressor), (None, None));
        assert!(vm_statistics(record(&STATISTICS[..16])).is_err());
    }

    #[test]
    fn swap_is_read_as_the_headers_write_it() {
        let expected = SwapUsage {
            total: 5 << 30,
            used: 3 << 30,
        };
        assert_eq!(swap_usage(record(USAGE)), Ok(expected));
        assert!(swap_usage(record(&USAGE[..23])).is_err());
    }
}
