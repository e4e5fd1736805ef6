//! Memory of FreeBSD: `vm.vmtotal`, `vm.swap_info`.

use crate::parse::Malformed;
use crate::parse::bsd::memory::Totals;
use crate::parse::layout::freebsd::system::{Vmtotal, XSWDEV_VERSION, Xswdev};
use crate::parse::layout::{Field, Record};

/// A device that is swapped to, as `struct xswdev` has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SwapDevice {
    /// Its number. `None`: a file.
    pub device: Option<u64>,
    /// Pages of it.
    pub total: u64,
    /// Pages in use.
    pub used: u64,
}

/// `struct vmtotal`. `None`: it is not whole.
#[must_use]
pub fn totals(record: Record<'_>) -> Option<Totals> {
    let count = |field: Field<i16>| Some(u64::try_from(record.get(field)?).unwrap_or(0));
    Some(Totals {
        running: count(Vmtotal::t_rq)?,
        blocked: count(Vmtotal::t_dw)?,
        shared: Some(record.get(Vmtotal::t_rmshr)?),
    })
}

/// `struct xswdev`.
///
/// # Errors
///
/// When it is of another version, or not whole.
pub fn swap_device(record: Record<'_>) -> Result<SwapDevice, Malformed> {
    if record.get(Xswdev::xsw_version.like::<i32>()) != Some(XSWDEV_VERSION) {
        return Err(Malformed("struct xswdev of version 2"));
    }
    let pages = |field: Field<i32>| record.get(field.like::<u32>()).map(u64::from);
    let device = || {
        Some(SwapDevice {
            // NODEV.
            device: Some(record.get(Xswdev::xsw_dev)?).filter(|&device| device != u64::MAX),
            total: pages(Xswdev::xsw_nblks)?,
            used: pages(Xswdev::xsw_used)?,
        })
    };
    device().ok_or(Malformed("a whole struct xswdev"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::layout::{Endian, Type as _};

    const VMTOTAL: &[u8] = include_bytes!("fixtures/freebsd_vmtotal.bin");
    const XSWDEV: &[u8] = include_bytes!("fixtures/freebsd_xswdev.bin");

    fn record(bytes: &[u8]) -> Record<'_> {
        Record::new(bytes, Endian::Little)
    }

    #[test]
    fn totals_are_read_as_the_headers_write_them() {
        let expected = Totals {
            running: 3,
            blocked: 2,
            shared: Some(5_000_000_000),
        };
        assert_eq!(totals(record(VMTOTAL)), Some(expected));
        assert_eq!(totals(record(&VMTOTAL[..70])), None);
    }

    #[test]
    fn swap_is_read_as_the_headers_write_it() {
        let (device, rest) = XSWDEV.split_at(Xswdev::SIZE);
        let (file, other) = rest.split_at(Xswdev::SIZE);
        let expected = SwapDevice {
            device: Some(0x5f),
            total: 3_000_000_000,
            used: 25,
        };
        assert_eq!(swap_device(record(device)), Ok(expected));
        assert_eq!(swap_device(record(file)).unwrap().device, None);
        assert_eq!(
            swap_device(record(other)),
            Err(Malformed("struct xswdev of version 2"))
        );
        for end in 0..28 {
            assert!(swap_device(record(&device[..end])).is_err(), "{end}");
        }
    }
}
