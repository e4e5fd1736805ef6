//! Memory of OpenBSD: `VM_UVMEXP`, `VM_METER`, `VFS_BCACHESTAT`, `swapctl`.

use crate::parse::Malformed;
use crate::parse::bsd::memory::{SwapDevice, Uvm, blocks};
use crate::parse::layout::openbsd::system::{Bcachestats, SWF_ENABLE, Swapent, Uvmexp, Vmtotal};
use crate::parse::layout::{Endian, Field, Record, Type as _};

/// The cache of files, in pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BufferCache {
    /// All of it.
    pub pages: u64,
    /// What waits to be written.
    pub dirty: u64,
}

/// `struct uvmexp`.
///
/// # Errors
///
/// When it is not whole as far as it is needed, or has no size of pages.
pub fn uvmexp(record: Record<'_>) -> Result<Uvm, Malformed> {
    // Declared as `int`, and counted beyond.
    let number = |field: Field<i32>| record.get(field.like::<u32>()).map(u64::from);
    let uvm = || {
        Some(Uvm {
            page_size: number(Uvmexp::pagesize).filter(|&size| size > 0)?,
            total: number(Uvmexp::npages)?,
            free: number(Uvmexp::free)?,
            active: number(Uvmexp::active)?,
            inactive: number(Uvmexp::inactive)?,
            wired: number(Uvmexp::wired)?,
            file: None,
            exec: None,
            anon: None,
            dirty: None,
            faults: number(Uvmexp::faults)?,
            // Each is one page. Nothing adds to `pgswapin` any more.
            swapped_in: Some(number(Uvmexp::nswget)?),
            swapped_out: number(Uvmexp::pgswapout)?,
            switches: number(Uvmexp::swtch)?,
            interrupts: number(Uvmexp::intrs)?,
            soft_interrupts: number(Uvmexp::softs)?,
            syscalls: number(Uvmexp::syscalls)?,
            forks: number(Uvmexp::forks)?,
        })
    };
    uvm().ok_or(Malformed("struct uvmexp"))
}

/// The threads that run or could, of `struct vmtotal`, which has a zero for
/// what else it once counted: those that wait for a disk (`t_dw`) are among
/// those that sleep. `None`: it is not whole.
#[must_use]
pub fn running(record: Record<'_>) -> Option<u64> {
    record.get(Vmtotal::t_rq).map(u64::from)
}

/// `struct bcachestats`. `None`: it is not whole as far as it is needed.
#[must_use]
pub fn buffer_cache(record: Record<'_>) -> Option<BufferCache> {
    let pages = |field: Field<i64>| Some(u64::try_from(record.get(field)?).unwrap_or(0));
    Some(BufferCache {
        pages: pages(Bcachestats::numbufpages)?,
        dirty: pages(Bcachestats::numdirtypages)?,
    })
}

/// The devices that are swapped to, of an answer of `swapctl`.
///
/// # Errors
///
/// When it is not of whole records.
pub fn swap_devices(
    data: &[u8],
    endian: Endian,
) -> Result<impl Iterator<Item = SwapDevice<'_>> + Clone, Malformed> {
    if data.len() % Swapent::SIZE != 0 {
        return Err(Malformed("whole records of struct swapent"));
    }
    Ok(data
        .chunks_exact(Swapent::SIZE)
        .filter_map(move |bytes| swap_device(Record::new(bytes, endian))))
}

fn swap_device(record: Record<'_>) -> Option<SwapDevice<'_>> {
    if record.get(Swapent::se_flags)? & SWF_ENABLE == 0 {
        return None;
    }
    Some(SwapDevice {
        path: record.text(Swapent::se_path)?,
        // NODEV.
        is_file: record.get(Swapent::se_dev)? == -1,
        total: blocks(record.get(Swapent::se_nblks.like::<u32>())?),
        used: blocks(record.get(Swapent::se_inuse.like::<u32>())?),
        priority: record.get(Swapent::se_priority)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const UVMEXP: &[u8] = include_bytes!("fixtures/openbsd_uvmexp.bin");
    const VMTOTAL: &[u8] = include_bytes!("fixtures/openbsd_vmtotal.bin");
    const BCACHESTATS: &[u8] = include_bytes!("fixtures/openbsd_bcachestats.bin");
    const SWAPENT: &[u8] = include_bytes!("fixtures/openbsd_swapent.bin");

    fn record(bytes: &[u8]) -> Record<'_> {
        Record::new(bytes, Endian::Little)
    }

    #[test]
    fn uvm_is_read_as_the_headers_write_it() {
        let expected = Uvm {
            page_size: 4096,
            total: 1_000_000,
            free: 100_000,
            active: 400_000,
            inactive: 200_000,
            wired: 5_000,
            faults: 4_000_000_001,
            swapped_in: Some(4_000_000_002),
            swapped_out: 12,
            switches: 13,
            interrupts: 14,
            soft_interrupts: 15,
            syscalls: 16,
            forks: 17,
            ..Uvm::default()
        };
        assert_eq!(uvmexp(record(UVMEXP)), Ok(expected));
        assert!(uvmexp(record(&UVMEXP[..Uvmexp::forks.offset()])).is_err());
        assert!(uvmexp(record(&[0; 344])).is_err());
    }

    #[test]
    fn threads_that_run_and_the_cache_are_read_as_the_headers_write_them() {
        assert_eq!(running(record(VMTOTAL)), Some(3));
        assert_eq!(running(record(&VMTOTAL[..1])), None);
        let expected = BufferCache {
            pages: 50_000,
            dirty: 70,
        };
        assert_eq!(buffer_cache(record(BCACHESTATS)), Some(expected));
        assert_eq!(buffer_cache(record(&BCACHESTATS[..16])), None);
        assert_eq!(
            buffer_cache(record(&[0xff; 144])),
            Some(BufferCache::default())
        );
    }

    #[test]
    fn swap_is_read_as_the_headers_write_it() {
        let found: Vec<_> = swap_devices(SWAPENT, Endian::Little).unwrap().collect();
        let [device, file] = found.try_into().unwrap();
        let expected = SwapDevice {
            path: b"/dev/sd0b",
            is_file: false,
            total: 3_000_000_000 * 512,
            used: 1000 * 512,
            priority: 0,
        };
        assert_eq!(device, expected);
        assert!(file.is_file);
        assert_eq!((file.path, file.priority), (&b"/var/swap"[..], 2));
        assert!(swap_devices(&SWAPENT[1..], Endian::Little).is_err());
        assert_eq!(swap_devices(&[], Endian::Little).unwrap().count(), 0);
    }
}
