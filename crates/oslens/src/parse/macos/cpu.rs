//! CPUs of macOS: `PROCESSOR_CPU_LOAD_INFO`, `PROCESSOR_BASIC_INFO`, tables of
//! the power manager.

use crate::parse::Malformed;
use crate::parse::bsd::cpu::CpuTicks;
use crate::parse::layout::macos::system::{
    CPU_STATE_IDLE, CPU_STATE_NICE, CPU_STATE_SYSTEM, CPU_STATE_USER, HostCpuLoadInfo,
    ProcessorBasicInfo,
};
use crate::parse::layout::{Endian, Number as _, Record, Type as _};

/// What each CPU did: four counters of 32 bits, which begin again at zero.
///
/// # Errors
///
/// When it is not four for each CPU.
pub fn processor_load(
    data: &[u8],
    endian: Endian,
) -> Result<impl Iterator<Item = CpuTicks> + Clone, Malformed> {
    if data.is_empty() || data.len() % HostCpuLoadInfo::SIZE != 0 {
        return Err(Malformed("four numbers for each CPU"));
    }
    Ok(data.chunks_exact(HostCpuLoadInfo::SIZE).map(move |cpu| {
        let record = Record::new(cpu, endian);
        let tick = |state: i32| {
            let state = usize::try_from(state).ok()?;
            record.item(HostCpuLoadInfo::cpu_ticks, state)
        };
        let tick = |state| tick(state).map_or(0, u64::from);
        CpuTicks {
            user: tick(CPU_STATE_USER),
            nice: tick(CPU_STATE_NICE),
            system: tick(CPU_STATE_SYSTEM),
            interrupts: None,
            idle: tick(CPU_STATE_IDLE),
        }
    }))
}

/// The numbers of the CPUs that are not switched off, in the kernel's order.
///
/// # Errors
///
/// When it is not a record for each CPU, or a number is negative.
pub fn running(data: &[u8], endian: Endian) -> Result<Vec<u32>, Malformed> {
    const EXPECTED: Malformed = Malformed("a processor_basic_info for each CPU");
    if data.is_empty() || data.len() % ProcessorBasicInfo::SIZE != 0 {
        return Err(EXPECTED);
    }
    let mut running = Vec::new();
    for cpu in data.chunks_exact(ProcessorBasicInfo::SIZE) {
        let record = Record::new(cpu, endian);
        let is_running = record.get(ProcessorBasicInfo::running.like::<u32>());
        let number = record.get(ProcessorBasicInfo::slot_num);
        let number = number.and_then(|number| u32::try_from(number).ok());
        if is_running.ok_or(EXPECTED)? != 0 {
            running.push(number.ok_or(EXPECTED)?);
        }
    }
    Ok(running)
}

/// The lowest and the highest frequency in a table of the power manager, in
/// hertz. `None`: it is not that of a CPU.
///
/// There are such tables for other parts of the chip too, and nothing says
/// which is whose; only CPUs reach 2 GHz. The frequencies are in hertz up to
/// the M3, in kilohertz since the M4.
#[must_use]
pub fn voltage_states(table: &[u8]) -> Option<(u64, u64)> {
    let mut range: Option<(u64, u64)> = None;
    for pair in table.chunks_exact(8) {
        let frequency = u32::read(pair.get(..4)?, Endian::Little)?;
        let hertz = match frequency {
            // 100 GHz in kilohertz, 100 MHz in hertz: there is neither.
            100_000_000.. => u64::from(frequency),
            _ => u64::from(frequency) * 1000,
        };
        if !(300_000_000..=20_000_000_000).contains(&hertz) {
            continue;
        }
        let (low, high) = range.unwrap_or((hertz, hertz));
        range = Some((low.min(hertz), high.max(hertz)));
    }
    range.filter(|&(_, high)| high >= 2_000_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(frequencies: &[u32]) -> Vec<u8> {
        frequencies
            .iter()
            .flat_map(|frequency| [frequency.to_le_bytes(), 781_u32.to_le_bytes()])
            .flatten()
            .collect()
    }

    #[test]
    fn loads_are_read_as_the_headers_write_them() {
        let data = include_bytes!("fixtures/macos_cpu_load.bin");
        let all: Vec<_> = processor_load(data, Endian::Little).unwrap().collect();
        let first = CpuTicks {
            user: 10,
            nice: 0,
            system: 20,
            interrupts: None,
            idle: 4_000_000_000,
        };
        let second = CpuTicks {
            user: 11,
            nice: 41,
            system: 21,
            interrupts: None,
            idle: 31,
        };
        assert_eq!(all, [first, second]);
        assert_eq!(first.plus(second).idle, 4_000_000_031);
        assert!(processor_load(&data[1..], Endian::Little).is_err());
        assert!(processor_load(&[], Endian::Little).is_err());
    }

    #[test]
    fn cpus_that_are_switched_off_are_left_out() {
        let data = include_bytes!("fixtures/macos_processors.bin");
        assert_eq!(running(data, Endian::Little), Ok(vec![0, 2]));
        for length in 0..data.len() {
            let found = running(&data[..length], Endian::Little);
            assert_eq!(found.is_ok(), length > 0 && length % 20 == 0, "{length}");
        }
        let mut negative = data.to_vec();
        negative[12..16].fill(0xff);
        assert!(running(&negative, Endian::Little).is_err());
    }

    #[test]
    fn hertz_and_kilohertz_are_told_apart() {
        let m1 = table(&[600_000_000, 972_000_000, 3_204_000_000]);
        assert_eq!(voltage_states(&m1), Some((600_000_000, 3_204_000_000)));
        let m4 = table(&[0, 1_020_000, 4_512_000]);
        assert_eq!(voltage_states(&m4), Some((1_020_000_000, 4_512_000_000)));
        // A graphics processor, something else, and what is cut off.
        assert_eq!(voltage_states(&table(&[396_000_000, 1_278_000_000])), None);
        assert_eq!(
            voltage_states(&table(&[0, 1, u32::MAX])),
            Some((u32::MAX.into(), u32::MAX.into()))
        );
        assert_eq!(voltage_states(&m1[..7]), None);
        assert_eq!(voltage_states(&[]), None);
    }
}
