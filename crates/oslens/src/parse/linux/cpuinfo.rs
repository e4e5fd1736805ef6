//! `/proc/cpuinfo`: a text of its own on every architecture. Only what has a
//! common meaning is read: which CPU, on which core, how fast now.

use crate::parse::text;

/// What one section says about one CPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cpu {
    /// `processor`, on s390x also `cpu number`.
    pub number: u32,
    /// Hertz: `cpu MHz` (x86), `clock` (PowerPC), `cpu MHz dynamic` (s390x).
    pub hertz: Option<u64>,
    /// `physical id`: the socket.
    pub physical_id: Option<u32>,
    /// `core id`, within the socket.
    pub core_id: Option<u32>,
    /// `cpu cores`: cores of the socket.
    pub cores: Option<u32>,
}

/// The CPUs, in the order of the text, which has a section for each CPU that
/// is online. Text that belongs to no CPU is skipped.
pub fn cpus(content: &[u8]) -> Vec<Cpu> {
    let mut cpus: Vec<Cpu> = Vec::new();
    let mut rest = content;
    while let Some(line) = text::take_line(&mut rest) {
        let Some((key, value)) = text::key_value(line) else {
            continue;
        };
        let number = || text::decimal(value).and_then(|number| u32::try_from(number).ok());
        if matches!(key, b"processor" | b"cpu number") {
            // 32-bit ARM kernels also have a line `Processor` with a name.
            if let Some(number) = number() {
                cpus.push(Cpu {
                    number,
                    ..Cpu::default()
                });
            }
            continue;
        }
        let Some(cpu) = cpus.last_mut() else {
            continue;
        };
        match key {
            b"cpu MHz" | b"cpu MHz dynamic" => cpu.hertz = megahertz(value),
            b"clock" => cpu.hertz = value.strip_suffix(b"MHz").and_then(megahertz),
            b"physical id" => cpu.physical_id = number(),
            b"core id" => cpu.core_id = number(),
            b"cpu cores" => cpu.cores = number(),
            _ => {}
        }
    }
    cpus
}

/// `2596.140` as hertz.
fn megahertz(value: &[u8]) -> Option<u64> {
    let mut parts = value.splitn(2, |&byte| byte == b'.');
    let whole = text::decimal(parts.next()?)?.checked_mul(1_000_000)?;
    let mut fraction = 0;
    let mut unit = 100_000;
    for &digit in parts.next().unwrap_or_default() {
        if !digit.is_ascii_digit() {
            return None;
        }
        fraction += u64::from(digit - b'0') * unit;
        unit /= 10;
    }
    whole.checked_add(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x86_has_everything() {
        let cpus = cpus(
            b"processor\t: 0\nmodel name\t: AMD EPYC\ncpu MHz\t\t: 2596.140\nphysical id\t: 0\n\
              siblings\t: 2\ncore id\t\t: 0\ncpu cores\t: 2\npower management:\n\n\
              processor\t: 5\ncpu MHz\t\t: 800\nphysical id\t: 1\ncore id\t\t: 3\ncpu cores\t: 2\n",
        );
        assert_eq!(
            cpus,
            [
                Cpu {
                    number: 0,
                    hertz: Some(2_596_140_000),
                    physical_id: Some(0),
                    core_id: Some(0),
                    cores: Some(2)
                },
                Cpu {
                    number: 5,
                    hertz: Some(800_000_000),
                    physical_id: Some(1),
                    core_id: Some(3),
                    cores: Some(2)
                },
            ]
        );
    }

    #[test]
    fn powerpc_s390_and_arm_are_understood() {
        let power = cpus(
            b"processor\t: 0\ncpu\t\t: POWER9 (raw), altivec supported\nclock\t\t: 3425.000000MHz\n\
              revision\t: 2.2 (pvr 004e 1202)\n\ntimebase\t: 512000000\nplatform\t: PowerNV\n",
        );
        assert_eq!(power.len(), 1);
        assert_eq!(power[0].hertz, Some(3_425_000_000));
        let s390 = cpus(
            b"vendor_id       : IBM/S390\n# processors    : 2\nprocessor 0: version = FF,  identification = 0F29F6\n\
              processor 1: version = FF,  identification = 0F29F6\n\ncpu number      : 0\nversion         : FF\n\
              cpu MHz dynamic : 5504\ncpu MHz static  : 5208\n\ncpu number      : 1\ncpu MHz dynamic : 5208\n",
        );
        assert_eq!(
            s390.iter()
                .map(|cpu| (cpu.number, cpu.hertz))
                .collect::<Vec<_>>(),
            [(0, Some(5_504_000_000)), (1, Some(5_208_000_000))]
        );
        let arm64 = cpus(
            b"processor\t: 0\nBogoMIPS\t: 50.00\nCPU part\t: 0xd0c\n\nprocessor\t: 1\nBogoMIPS\t: 50.00\n",
        );
        assert_eq!(arm64.len(), 2);
        assert!(arm64.iter().all(|cpu| cpu.hertz.is_none()));
        let arm = cpus(
            b"Processor\t: ARMv7 Processor rev 0 (v7l)\nprocessor\t: 0\nBogoMIPS\t: 38.40\n\nHardware\t: X\n",
        );
        assert_eq!(arm.len(), 1);
    }

    #[test]
    fn hostile_text_gives_no_value() {
        for content in [
            &b""[..],
            b"cpu MHz : 1\nprocessor : x\nprocessor",
            b"processor : 99999999999\n:\n::\n",
        ] {
            assert_eq!(cpus(content), [], "{content:?}");
        }
        for (text, hertz) in [
            (&b"1.5x"[..], None),
            (b"", None),
            (b".5", None),
            (b"99999999999999999999", None),
            (b"18446744073709551", None),
            (b"0.00000099999", Some(0)),
            (b"1.", Some(1_000_000)),
        ] {
            assert_eq!(megahertz(text), hertz, "{text:?}");
        }
    }
}
