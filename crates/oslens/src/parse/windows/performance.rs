//! Counters of the system and its CPUs, as `NtQuerySystemInformation` gives
//! them.

use super::bytes::{u32_at, u64_at};
use crate::parse::Malformed;

/// Parts of `SYSTEM_PERFORMANCE_INFORMATION`. Counters since boot, of 32 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SystemPerformance {
    /// Page faults, those that needed no disk included.
    pub page_faults: u32,
    /// Reads from disk for page faults.
    pub page_read_ios: u32,
    /// Context switches.
    pub context_switches: u32,
    /// System calls.
    pub system_calls: u32,
}

/// Reads a `SYSTEM_PERFORMANCE_INFORMATION` of any version: later ones have
/// more at the end.
///
/// # Errors
///
/// When the bytes are fewer than the first version had.
pub fn system_performance(bytes: &[u8]) -> Result<SystemPerformance, Malformed> {
    let number =
        |offset| u32_at(bytes, offset).ok_or(Malformed("a SYSTEM_PERFORMANCE_INFORMATION"));
    Ok(SystemPerformance {
        page_faults: number(60)?,
        page_read_ios: number(84)?,
        context_switches: number(296)?,
        system_calls: number(308)?,
    })
}

/// A `SYSTEM_PROCESSOR_PERFORMANCE_INFORMATION`: what a CPU did since boot, in
/// steps of 100 ns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProcessorPerformance {
    /// Nothing to do.
    pub idle: u64,
    /// Everything that is not `user`: `idle`, `dpc` and `interrupt` too.
    pub kernel: u64,
    /// Programs.
    pub user: u64,
    /// Deferred procedure calls.
    pub dpc: u64,
    /// Interrupts.
    pub interrupt: u64,
    /// Number of interrupts, of 32 bits.
    pub interrupts: u32,
}

impl ProcessorPerformance {
    /// The kernel alone, without what is contained in `kernel`.
    #[must_use]
    pub fn system(&self) -> u64 {
        self.kernel
            .saturating_sub(self.idle)
            .saturating_sub(self.dpc)
            .saturating_sub(self.interrupt)
    }
}

/// Reads an array of them: the CPUs of one group, in order.
pub fn processor_performance(bytes: &[u8]) -> impl Iterator<Item = ProcessorPerformance> + '_ {
    bytes.chunks_exact(48).filter_map(|one| {
        Some(ProcessorPerformance {
            idle: u64_at(one, 0)?,
            kernel: u64_at(one, 8)?,
            user: u64_at(one, 16)?,
            dpc: u64_at(one, 24)?,
            interrupt: u64_at(one, 32)?,
            interrupts: u32_at(one, 40)?,
        })
    })
}

/// Reads an array of `SYSTEM_INTERRUPT_INFORMATION`: how many deferred
/// procedure calls each CPU of a group has made, of 32 bits.
pub fn deferred_calls(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    bytes.chunks_exact(24).filter_map(|one| u32_at(one, 4))
}

/// Parts of a `PROCESSOR_POWER_INFORMATION`, megahertz.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProcessorPower {
    /// Highest.
    pub max: u32,
    /// Now; often the nominal one.
    pub current: u32,
}

/// Reads an array of them: the CPUs of one group, in order.
///
/// They are numbered within, but Wine's numbers are not.
pub fn processor_power(bytes: &[u8]) -> impl Iterator<Item = ProcessorPower> + '_ {
    bytes.chunks_exact(24).filter_map(|one| {
        Some(ProcessorPower {
            max: u32_at(one, 4)?,
            current: u32_at(one, 8)?,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers<T: Copy>(values: &[T], bytes: fn(T) -> Vec<u8>) -> Vec<u8> {
        values.iter().flat_map(|&value| bytes(value)).collect()
    }

    #[test]
    fn counters_are_at_their_places_in_every_version() {
        let words: Vec<u32> = (0..78).collect();
        let mut bytes = numbers(&words, |word: u32| word.to_le_bytes().to_vec());
        let first = system_performance(&bytes).unwrap();
        assert_eq!(first.page_faults, 15);
        assert_eq!(first.page_read_ios, 21);
        assert_eq!(first.context_switches, 74);
        assert_eq!(first.system_calls, 77);
        bytes.extend([0; 40]);
        assert_eq!(system_performance(&bytes), Ok(first));
        assert!(system_performance(&bytes[..311]).is_err());
        assert!(system_performance(&[]).is_err());
    }

    #[test]
    fn idle_and_interrupts_are_no_part_of_the_systems_time() {
        let mut bytes = numbers(&[70_u64, 100, 20, 5, 3], |word| word.to_le_bytes().to_vec());
        bytes.extend([9, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);
        let two = [&bytes[..], &bytes[..], &bytes[..47]].concat();
        let all: Vec<_> = processor_performance(&two).collect();
        assert_eq!(all.len(), 2);
        let one = all[1];
        assert_eq!((one.user, one.system(), one.interrupts), (20, 22, 9));
        // The counters are not read at one moment.
        let early = ProcessorPerformance { idle: 101, ..one };
        assert_eq!(early.system(), 0);
    }

    #[test]
    fn arrays_end_with_their_last_whole_entry() {
        let words: Vec<u32> = (0..12).collect();
        let bytes = numbers(&words, |word| word.to_le_bytes().to_vec());
        assert!(deferred_calls(&bytes).eq([1, 7]));
        assert!(deferred_calls(&bytes[..47]).eq([1]));
        let power: Vec<_> = processor_power(&bytes).collect();
        assert_eq!(power[1], ProcessorPower { max: 7, current: 8 });
    }
}
