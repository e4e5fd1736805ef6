//! CPU times, load averages, clocks and frequencies, which all of these
//! systems tell in nearly the same form.

use crate::parse::Malformed;
use crate::parse::layout::{Endian, Field, Number as _, Record};

/// What a CPU did, or all together, in ticks of the statistics clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CpuTicks {
    /// Programs.
    pub user: u64,
    /// Programs of positive niceness.
    pub nice: u64,
    /// The kernel, waiting for its own locks included.
    pub system: u64,
    /// Interrupts. `None`: the system does not tell them apart.
    pub interrupts: Option<u64>,
    /// Nothing to do.
    pub idle: u64,
}

impl CpuTicks {
    /// Of both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            user: self.user.saturating_add(other.user),
            nice: self.nice.saturating_add(other.nice),
            system: self.system.saturating_add(other.system),
            interrupts: match (self.interrupts, other.interrupts) {
                (Some(one), Some(more)) => Some(one.saturating_add(more)),
                (one, more) => one.or(more),
            },
            idle: self.idle.saturating_add(other.idle),
        }
    }

    /// Nothing was ever counted: there is no such CPU.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        *self == Self::default() || *self == Self::default().with_interrupts()
    }

    const fn with_interrupts(mut self) -> Self {
        self.interrupts = Some(0);
        self
    }
}

/// `kern.cp_time` and `kern.cp_times` of FreeBSD, `kern.cp_time` of NetBSD: five
/// numbers of `word` bytes for each CPU.
///
/// # Errors
///
/// When they are not numbers of 4 or 8 bytes, or not five for each CPU.
pub fn cpu_ticks(
    data: &[u8],
    word: usize,
    endian: Endian,
) -> Result<impl Iterator<Item = CpuTicks> + Clone, Malformed> {
    let size = match word {
        4 | 8 => 5 * word,
        _ => return Err(Malformed("numbers of 4 or 8 bytes")),
    };
    if data.is_empty() || data.len() % size != 0 {
        return Err(Malformed("five numbers for each CPU"));
    }
    Ok(data.chunks_exact(size).map(move |cpu| {
        let tick = |at: usize| {
            let number = cpu.chunks_exact(word).nth(at).unwrap_or_default();
            match word {
                4 => u32::read(number, endian).map(u64::from),
                _ => u64::read(number, endian),
            }
            .unwrap_or(0)
        };
        // CP_USER, CP_NICE, CP_SYS, CP_INTR, CP_IDLE: the same on both.
        CpuTicks {
            user: tick(0),
            nice: tick(1),
            system: tick(2),
            interrupts: Some(tick(3)),
            idle: tick(4),
        }
    }))
}

/// Ticks of the statistics clock in a second, of `struct clockinfo`. `None`:
/// neither clock is known.
///
/// Where there is no clock for statistics, the other one counts.
#[must_use]
pub fn ticks_per_second(clock: Record<'_>, hz: Field<i32>, statistics: Field<i32>) -> Option<u64> {
    [statistics, hz]
        .into_iter()
        .filter_map(|field| u64::try_from(clock.get(field)?).ok())
        .find(|&ticks| ticks > 0)
}

/// The load over 1, 5 and 15 minutes, of `struct loadavg`.
///
/// # Errors
///
/// When the structure is not whole, or its scale is none.
pub fn load_average(
    load: Record<'_>,
    averages: Field<[u32; 3]>,
    scale: Field<i64>,
) -> Result<[f64; 3], Malformed> {
    let expected = Malformed("a whole struct loadavg");
    let scale = load.get(scale).filter(|&scale| scale > 0).ok_or(expected)?;
    let mut found = [0.0; 3];
    for (at, found) in found.iter_mut().enumerate() {
        let average = load.item(averages, at).ok_or(expected)?;
        *found = f64::from(average) / scale as f64;
    }
    Ok(found)
}

/// The lowest and the highest of the frequencies that a CPU can be set to, in
/// hertz, of a text in megahertz: `2401/35000 2400/35000 800/8000` of FreeBSD
/// (with the milliwatts, or -1) and `2400 1600 800` of NetBSD. `None`: there is
/// none.
#[must_use]
pub fn frequency_range(text: &[u8]) -> Option<(u64, u64)> {
    let text = text.split(|&byte| byte == 0).next()?;
    let mut range: Option<(u64, u64)> = None;
    for level in text.split(u8::is_ascii_whitespace) {
        let digits = level.split(|&byte| byte == b'/').next().unwrap_or_default();
        let Some(hertz) = std::str::from_utf8(digits)
            .ok()
            .and_then(|digits| digits.parse().ok())
            .and_then(megahertz)
        else {
            continue;
        };
        let (low, high) = range.unwrap_or((hertz, hertz));
        range = Some((low.min(hertz), high.max(hertz)));
    }
    range
}

/// So many megahertz, in hertz. `None`: no CPU runs so.
#[must_use]
pub fn megahertz(number: i64) -> Option<u64> {
    u64::try_from(number)
        .ok()
        .filter(|&mega| mega > 0)?
        .checked_mul(1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::layout::{freebsd, macos, netbsd, openbsd};

    #[test]
    fn the_states_have_the_same_places_on_both_systems() {
        use freebsd::system as f;
        use netbsd::system as n;
        assert_eq!(
            [f::CP_USER, f::CP_NICE, f::CP_SYS, f::CP_INTR, f::CP_IDLE],
            [0, 1, 2, 3, 4]
        );
        assert_eq!(
            [n::CP_USER, n::CP_NICE, n::CP_SYS, n::CP_INTR, n::CP_IDLE],
            [0, 1, 2, 3, 4]
        );
        assert_eq!((f::CPUSTATES, n::CPUSTATES), (5, 5));
    }

    #[test]
    fn numbers_of_both_widths_are_ticks() {
        let expected = CpuTicks {
            user: 1,
            nice: 2,
            system: 3,
            interrupts: Some(4),
            idle: 5,
        };
        let wide: Vec<u8> = (1..=5_u64).flat_map(u64::to_le_bytes).collect();
        let all: Vec<_> = cpu_ticks(&wide, 8, Endian::Little).unwrap().collect();
        assert_eq!(all, [expected]);
        let narrow: Vec<u8> = (1..=5_u32).flat_map(u32::to_be_bytes).collect();
        let twice = [narrow.clone(), narrow].concat();
        let all: Vec<_> = cpu_ticks(&twice, 4, Endian::Big).unwrap().collect();
        assert_eq!(all, [expected, expected]);
        let both = expected.plus(expected);
        assert_eq!((both.idle, both.interrupts), (10, Some(8)));
        for bad in [0, 3, 16] {
            assert!(cpu_ticks(&wide, bad, Endian::Little).is_err(), "{bad}");
        }
        assert!(cpu_ticks(&wide[1..], 8, Endian::Little).is_err());
        assert!(cpu_ticks(&[], 8, Endian::Little).is_err());
        assert!(CpuTicks::default().is_zero() && !expected.is_zero());
    }

    #[test]
    fn clocks_are_read_as_the_headers_write_them() {
        let read =
            |bytes, hz, stathz| ticks_per_second(Record::new(bytes, Endian::Little), hz, stathz);
        let f = include_bytes!("fixtures/freebsd_clockinfo.bin");
        use freebsd::system::Clockinfo as F;
        assert_eq!(read(f, F::hz, F::stathz), Some(127));
        let n = include_bytes!("fixtures/netbsd_clockinfo.bin");
        use netbsd::system::Clockinfo as N;
        // It has no clock of its own for statistics.
        assert_eq!(read(n, N::hz, N::stathz), Some(100));
        let o = include_bytes!("fixtures/openbsd_clockinfo.bin");
        use openbsd::system::Clockinfo as O;
        assert_eq!(read(o, O::hz, O::stathz), Some(128));
        assert_eq!(read(&o[..4], O::hz, O::stathz), Some(100));
        assert_eq!(read(&o[..3], O::hz, O::stathz), None);
        assert_eq!(read(&[0xff; 20], F::hz, F::stathz), None);
    }

    #[test]
    fn loads_are_read_as_the_headers_write_them() {
        use freebsd::system::Loadavg as F;
        use macos::system::Loadavg as M;
        use netbsd::system::Loadavg as N;
        use openbsd::system::Loadavg as O;
        for (name, bytes, averages, scale) in [
            (
                "freebsd",
                include_bytes!("fixtures/freebsd_loadavg.bin"),
                F::ldavg,
                F::fscale,
            ),
            (
                "netbsd",
                include_bytes!("fixtures/netbsd_loadavg.bin"),
                N::ldavg,
                N::fscale,
            ),
            (
                "openbsd",
                include_bytes!("fixtures/openbsd_loadavg.bin"),
                O::ldavg,
                O::fscale,
            ),
            (
                "macos",
                include_bytes!("fixtures/macos_loadavg.bin"),
                M::ldavg,
                M::fscale,
            ),
        ] {
            let read = |bytes| load_average(Record::new(bytes, Endian::Little), averages, scale);
            assert_eq!(read(bytes), Ok([0.5, 1.25, 17.0]), "{name}");
            for end in 0..bytes.len() {
                assert!(read(&bytes[..end]).is_err(), "{name} {end}");
            }
            assert!(read(&[0; 24]).is_err(), "{name}");
            assert!(read(&[0xff; 24]).is_err(), "{name}");
        }
    }

    #[test]
    fn levels_of_a_frequency_have_a_lowest_and_a_highest() {
        let freebsd = b"2401/35000 2400/35000 2100/-1 800/8000\0";
        assert_eq!(frequency_range(freebsd), Some((800_000_000, 2_401_000_000)));
        assert_eq!(
            frequency_range(b"800 1600 2400"),
            Some((800_000_000, 2_400_000_000))
        );
        assert_eq!(
            frequency_range(b"1500/1"),
            Some((1_500_000_000, 1_500_000_000))
        );
        for none in [
            &b""[..],
            b" \0 100",
            b"-5/3",
            b"0/1",
            b"fast",
            b"99999999999999999999",
        ] {
            assert_eq!(frequency_range(none), None, "{none:?}");
        }
        assert_eq!(megahertz(i64::MAX), None);
    }
}
