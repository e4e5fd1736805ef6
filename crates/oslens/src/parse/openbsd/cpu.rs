//! CPUs of OpenBSD: `KERN_CPUSTATS`.

use crate::parse::Malformed;
use crate::parse::bsd::cpu::CpuTicks;
use crate::parse::layout::Record;
use crate::parse::layout::openbsd::system::{
    CP_IDLE, CP_INTR, CP_NICE, CP_SPIN, CP_SYS, CP_USER, CPUSTATS_ONLINE, Cpustats,
};

/// What a CPU did, and whether it is there for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CpuStats {
    /// What it did.
    pub ticks: CpuTicks,
    /// Programs can run on it: it is no second thread of a core while those
    /// are switched off.
    pub is_online: bool,
}

/// `struct cpustats`.
///
/// # Errors
///
/// When it is not whole.
pub fn cpu_stats(record: Record<'_>) -> Result<CpuStats, Malformed> {
    let tick = |state: i32| record.item(Cpustats::cs_time, usize::try_from(state).ok()?);
    let stats = || {
        Some(CpuStats {
            ticks: CpuTicks {
                user: tick(CP_USER)?,
                nice: tick(CP_NICE)?,
                // Waiting for a lock of the kernel is the kernel's time.
                system: tick(CP_SYS)?.saturating_add(tick(CP_SPIN)?),
                interrupts: Some(tick(CP_INTR)?),
                idle: tick(CP_IDLE)?,
            },
            is_online: record.get(Cpustats::cs_flags)? & CPUSTATS_ONLINE as u64 != 0,
        })
    };
    stats().ok_or(Malformed("a whole struct cpustats"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::layout::{Endian, Type as _};

    const CPUSTATS: &[u8] = include_bytes!("fixtures/openbsd_cpustats.bin");

    #[test]
    fn a_cpu_is_read_as_the_headers_write_it() {
        let read = |bytes| cpu_stats(Record::new(bytes, Endian::Little));
        let (first, second) = CPUSTATS.split_at(Cpustats::SIZE);
        let expected = CpuTicks {
            user: 10,
            nice: 20,
            system: 30 + 40,
            interrupts: Some(50),
            idle: 5_000_000_000,
        };
        assert_eq!(
            read(first),
            Ok(CpuStats {
                ticks: expected,
                is_online: true
            })
        );
        assert!(!read(second).unwrap().is_online);
        for end in 0..Cpustats::SIZE {
            assert!(read(&first[..end]).is_err(), "{end}");
        }
    }
}
