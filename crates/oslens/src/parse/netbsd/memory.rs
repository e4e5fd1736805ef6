//! Memory of NetBSD: `VM_UVMEXP2`, `VM_METER`, `swapctl`.

use crate::parse::Malformed;
use crate::parse::bsd::memory::{SwapDevice, Totals, Uvm, blocks};
use crate::parse::layout::netbsd::system::{SWF_ENABLE, Swapent, UvmexpSysctl, Vmtotal};
use crate::parse::layout::{Endian, Field, Record, Type as _};

/// `struct uvmexp_sysctl`.
///
/// # Errors
///
/// When it is not whole as far as it is needed, or has no size of pages.
pub fn uvmexp(record: Record<'_>) -> Result<Uvm, Malformed> {
    let number = |field: Field<i64>| record.get(field).map(positive);
    let uvm = || {
        Some(Uvm {
            page_size: number(UvmexpSysctl::pagesize).filter(|&size| size > 0)?,
            total: number(UvmexpSysctl::npages)?,
            free: number(UvmexpSysctl::free)?,
            active: number(UvmexpSysctl::active)?,
            inactive: number(UvmexpSysctl::inactive)?,
            wired: number(UvmexpSysctl::wired)?,
            file: number(UvmexpSysctl::filepages),
            exec: number(UvmexpSysctl::execpages),
            anon: number(UvmexpSysctl::anonpages),
            dirty: number(UvmexpSysctl::filedirty),
            faults: number(UvmexpSysctl::faults)?,
            // One page each time. `pgswapin` has been zero since the kernel
            // brings back no whole processes any more.
            swapped_in: record.get(UvmexpSysctl::nswget).map(unsigned),
            swapped_out: record.get(UvmexpSysctl::pgswapout).map(unsigned)?,
            switches: number(UvmexpSysctl::swtch)?,
            interrupts: number(UvmexpSysctl::intrs)?,
            soft_interrupts: number(UvmexpSysctl::softs)?,
            syscalls: number(UvmexpSysctl::syscalls)?,
            forks: number(UvmexpSysctl::forks)?,
        })
    };
    uvm().ok_or(Malformed("struct uvmexp_sysctl"))
}

/// The kernel adds up what each CPU counts: a sum can be below zero for a
/// moment.
fn positive(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// The kernel has it as an `int`, whose sign is the highest bit of a counter
/// that will begin again at zero.
fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(number as u64 & 0xffff_ffff)
}

/// `struct vmtotal`. `None`: it is not whole.
#[must_use]
pub fn totals(record: Record<'_>) -> Option<Totals> {
    let count = |field: Field<i16>| Some(positive(record.get(field)?.into()));
    Some(Totals {
        running: count(Vmtotal::t_rq)?,
        blocked: count(Vmtotal::t_dw)?,
        shared: None,
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
        is_file: record.get(Swapent::se_dev)? == u64::MAX,
        total: blocks(record.get(Swapent::se_nblks.like::<u32>())?),
        used: blocks(record.get(Swapent::se_inuse.like::<u32>())?),
        priority: record.get(Swapent::se_priority)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const UVMEXP: &[u8] = include_bytes!("fixtures/netbsd_uvmexp.bin");
    const VMTOTAL: &[u8] = include_bytes!("fixtures/netbsd_vmtotal.bin");
    const SWAPENT: &[u8] = include_bytes!("fixtures/netbsd_swapent.bin");

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
            file: Some(300_000),
            exec: Some(20_000),
            anon: Some(250_000),
            dirty: Some(77),
            faults: 5_000_000_001,
            swapped_in: Some(6),
            swapped_out: 12,
            switches: 13,
            interrupts: 14,
            soft_interrupts: 15,
            syscalls: 16,
            forks: 17,
        };
        assert_eq!(uvmexp(record(UVMEXP)), Ok(expected));
        // An older kernel ends before what newer ones count.
        let older = uvmexp(record(&UVMEXP[..UvmexpSysctl::anonpages.offset()])).unwrap();
        assert_eq!((older.file, older.dirty), (None, None));
        assert!(uvmexp(record(&UVMEXP[..UvmexpSysctl::forks.offset()])).is_err());
        assert!(uvmexp(record(&[0; 712])).is_err());
        assert_eq!((unsigned(7), unsigned(-1)), (7, 0xffff_ffff));
    }

    #[test]
    fn totals_are_read_as_the_headers_write_them() {
        let expected = Totals {
            running: 3,
            blocked: 2,
            shared: None,
        };
        assert_eq!(totals(record(VMTOTAL)), Some(expected));
        assert_eq!(totals(record(&VMTOTAL[..3])), None);
        assert_eq!(totals(record(&[0xff; 48])), Some(Totals::default()));
    }

    #[test]
    fn swap_is_read_as_the_headers_write_it() {
        let found: Vec<_> = swap_devices(SWAPENT, Endian::Little).unwrap().collect();
        let [device, file] = found.try_into().unwrap();
        let expected = SwapDevice {
            path: b"/dev/wd0b",
            is_file: false,
            total: 3_000_000_000 * 512,
            used: 1000 * 512,
            priority: 1,
        };
        assert_eq!(device, expected);
        assert!(file.is_file);
        assert_eq!((file.path, file.used), (&b"/var/swap"[..], 0));
        assert!(swap_devices(&SWAPENT[1..], Endian::Little).is_err());
        assert_eq!(swap_devices(&[], Endian::Little).unwrap().count(), 0);
    }
}
