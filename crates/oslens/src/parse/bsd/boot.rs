//! `kern.boottime`: when the system was started.

use std::time::Duration;

use crate::parse::{
    Malformed,
    kinfo::time,
    layout::{Endian, Field, Record, freebsd, macos, netbsd, openbsd},
};

/// When FreeBSD was started, since 1970.
///
/// # Errors
///
/// When it is no such time.
pub fn freebsd(data: &[u8], endian: Endian) -> Result<Duration, Malformed> {
    use freebsd::process::Timeval;
    micros(data, endian, Timeval::tv_sec, |record| {
        record.get(Timeval::tv_usec)?.try_into().ok()
    })
}

/// When NetBSD was started, since 1970.
///
/// # Errors
///
/// When it is no such time.
pub fn netbsd(data: &[u8], endian: Endian) -> Result<Duration, Malformed> {
    use netbsd::network::Timespec;
    let record = Record::new(data, endian);
    let read = || {
        let seconds = record.get(Timespec::tv_sec)?.try_into().ok()?;
        let nanos: u32 = record.get(Timespec::tv_nsec)?.try_into().ok()?;
        (nanos < 1_000_000_000).then(|| Duration::new(seconds, nanos))
    };
    read().filter(is_known).ok_or(TIME)
}

/// When OpenBSD was started, since 1970.
///
/// # Errors
///
/// When it is no such time.
pub fn openbsd(data: &[u8], endian: Endian) -> Result<Duration, Malformed> {
    use openbsd::process::Timeval;
    micros(data, endian, Timeval::tv_sec, |record| {
        record.get(Timeval::tv_usec)?.try_into().ok()
    })
}

/// When macOS was started, since 1970.
///
/// # Errors
///
/// When it is no such time.
pub fn macos(data: &[u8], endian: Endian) -> Result<Duration, Malformed> {
    use macos::process::Timeval;
    micros(data, endian, Timeval::tv_sec, |record| {
        record.get(Timeval::tv_usec)?.try_into().ok()
    })
}

const TIME: Malformed = Malformed("a boot time");

fn micros(
    data: &[u8],
    endian: Endian,
    seconds: Field<i64>,
    micros: impl FnOnce(Record<'_>) -> Option<u32>,
) -> Result<Duration, Malformed> {
    let record = Record::new(data, endian);
    let read = || time(record.get(seconds)?, micros(record)?);
    read().filter(is_known).ok_or(TIME)
}

/// Nothing was started in 1970: that is a clock that nobody has set.
fn is_known(time: &Duration) -> bool {
    time.as_secs() > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREEBSD: &[u8] = include_bytes!("fixtures/freebsd_boottime.bin");
    const NETBSD: &[u8] = include_bytes!("fixtures/netbsd_boottime.bin");
    const OPENBSD: &[u8] = include_bytes!("fixtures/openbsd_boottime.bin");
    const MACOS: &[u8] = include_bytes!("fixtures/macos_boottime.bin");

    type Parser = fn(&[u8], Endian) -> Result<Duration, Malformed>;
    const SYSTEMS: [(&[u8], Parser); 4] = [
        (FREEBSD, freebsd),
        (NETBSD, netbsd),
        (OPENBSD, openbsd),
        (MACOS, macos),
    ];

    #[test]
    fn the_boot_time_is_read_to_what_the_system_tells_of_the_second() {
        for (data, parser) in SYSTEMS {
            let nanos = match data == NETBSD {
                true => 250_001_002,
                false => 250_001_000,
            };
            let expected = Duration::new(1_700_000_000, nanos);
            assert_eq!(parser(data, Endian::Little), Ok(expected));
        }
    }

    #[test]
    fn what_is_cut_off_or_no_time_is_malformed() {
        for (data, parser) in SYSTEMS {
            for end in 0..12 {
                assert_eq!(parser(&data[..end], Endian::Little), Err(TIME));
            }
            for hostile in [[0; 16], [0xff; 16], [0x7f; 16]] {
                assert_eq!(parser(&hostile, Endian::Little), Err(TIME));
            }
        }
    }

    #[test]
    fn the_other_byte_order_is_read_too() {
        let mut data = [0; 16];
        data[..8].copy_from_slice(&1_700_000_000_i64.to_be_bytes());
        for (_, parser) in SYSTEMS {
            let found = parser(&data, Endian::Big);
            assert_eq!(found, Ok(Duration::from_secs(1_700_000_000)));
        }
    }
}
