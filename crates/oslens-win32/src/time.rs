//! Times of Windows: steps of 100 ns, and the years since 1601.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::bytes::u64_at;

/// Steps in a second.
const PER_SECOND: u64 = 10_000_000;
/// From 1601 to 1970.
const UNIX_EPOCH_SECONDS: u64 = 11_644_473_600;

/// So many steps of 100 ns.
#[must_use]
pub const fn duration(steps: u64) -> Duration {
    // Below 10^9 by construction.
    #[allow(clippy::cast_possible_truncation)]
    Duration::new(steps / PER_SECOND, (steps % PER_SECOND * 100) as u32)
}

/// A `FILETIME` or `LARGE_INTEGER`: steps since 1601. `None` for zero, which
/// the system writes where it knows no time, and for what is beyond any clock.
#[must_use]
pub fn system_time(steps: u64) -> Option<SystemTime> {
    if steps == 0 || steps > i64::MAX as u64 {
        return None;
    }
    let since_1601 = duration(steps);
    let epoch = Duration::from_secs(UNIX_EPOCH_SECONDS);
    match since_1601.checked_sub(epoch) {
        Some(after) => UNIX_EPOCH.checked_add(after),
        None => UNIX_EPOCH.checked_sub(epoch.checked_sub(since_1601)?),
    }
}

/// When the system booted: `BootTime` of a `SYSTEM_TIMEOFDAY_INFORMATION`.
///
/// It moves when the clock is set, and stays when the machine sleeps.
#[must_use]
pub fn boot_time(bytes: &[u8]) -> Option<SystemTime> {
    system_time(u64_at(bytes, 0)?)
}

/// The steps since 1601 of a time.
#[must_use]
pub fn filetime(time: SystemTime) -> Option<u64> {
    let epoch = Duration::from_secs(UNIX_EPOCH_SECONDS);
    let since_1601 = match time.duration_since(UNIX_EPOCH) {
        Ok(after) => epoch.checked_add(after)?,
        Err(before) => epoch.checked_sub(before.duration())?,
    };
    u64::try_from(since_1601.as_nanos() / 100).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filetime_is_what_the_documentation_says() {
        assert_eq!(system_time(116_444_736_000_000_000), Some(UNIX_EPOCH));
        let second = UNIX_EPOCH + Duration::from_secs(1);
        assert_eq!(system_time(116_444_736_010_000_000), Some(second));
        assert_eq!(filetime(second), Some(116_444_736_010_000_000));
        assert!(system_time(1).is_some_and(|time| time < UNIX_EPOCH));
        let bytes = 116_444_736_010_000_000_u64.to_le_bytes();
        assert_eq!(boot_time(&bytes), Some(second));
        assert_eq!(boot_time(&bytes[..7]), None);
        assert_eq!(system_time(0), None);
        assert_eq!(system_time(u64::MAX), None);
    }

    #[test]
    fn steps_are_of_100_nanoseconds() {
        assert_eq!(duration(15), Duration::from_nanos(1500));
        assert_eq!(duration(10_000_001), Duration::new(1, 100));
        assert_eq!(duration(u64::MAX).as_secs(), u64::MAX / 10_000_000);
    }
}
