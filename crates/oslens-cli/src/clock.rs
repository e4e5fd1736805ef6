//! Moments as the reader's clock shows them.

use std::time::SystemTime;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::units::Sizes;

/// The present moment and the local time zone, fixed for one run so that all
/// of its output agrees.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    now: Timestamp,
    zone: TimeZone,
}

impl Clock {
    /// Now, in the local time zone (UTC when the system names none).
    pub(crate) fn local() -> Self {
        Self {
            now: Timestamp::now(),
            zone: TimeZone::system(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// The present as a heading shows it: `2026-11-21 09:31`.
    pub(crate) fn heading(&self) -> String {
        let now = self.now.to_zoned(self.zone.clone());
        now.strftime("%Y-%m-%d %H:%M").to_string()
    }

    /// A moment within a table: the time if it is of today, else the date;
    /// exact with `--raw`. `None` for a moment beyond the calendar.
    pub(crate) fn cell(&self, time: SystemTime, sizes: Sizes) -> Option<String> {
        let time = Timestamp::try_from(time).ok()?;
        if sizes == Sizes::Raw {
            return Some(time.to_string());
        }
        let time = time.to_zoned(self.zone.clone());
        let today = self.now.to_zoned(self.zone.clone()).date();
        let format = if time.date() == today {
            "%H:%M:%S"
        } else {
            "%Y-%m-%d"
        };
        Some(time.strftime(format).to_string())
    }
}

impl Clock {
    /// A moment in full, by the local clock: `2026-11-21 09:00:00`. `None`
    /// for a moment beyond the calendar.
    pub(crate) fn moment(&self, time: SystemTime) -> Option<String> {
        let time = Timestamp::try_from(time).ok()?;
        let time = time.to_zoned(self.zone.clone());
        Some(time.strftime("%Y-%m-%d %H:%M:%S").to_string())
    }
}

/// A moment in RFC 3339, in UTC: `2026-11-21T08:31:00.25Z`. `None` for a
/// moment beyond the calendar.
pub(crate) fn rfc3339(time: SystemTime) -> Option<String> {
    Some(Timestamp::try_from(time).ok()?.to_string())
}

#[cfg(test)]
impl Clock {
    /// 2026-11-21 09:31:00 in a zone one hour ahead of UTC.
    pub(crate) fn fixed() -> Self {
        Self {
            now: Timestamp::from_second(1_795_249_860).unwrap(),
            zone: TimeZone::fixed(jiff::tz::offset(1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(second: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(second)
    }

    #[test]
    fn a_moment_of_today_shows_its_time_and_an_older_one_its_date() {
        let clock = Clock::fixed();
        assert_eq!(clock.heading(), "2026-11-21 09:31");
        let cell = |second| clock.cell(at(second), Sizes::Binary).unwrap();
        assert_eq!(cell(1_795_249_860 - 31 * 60), "09:00:00");
        assert_eq!(cell(1_795_249_860 - 86_400), "2026-11-20");
        let moment = clock.moment(at(1_795_249_860)).unwrap();
        assert_eq!(moment, "2026-11-21 09:31:00");
        let raw = clock.cell(at(0), Sizes::Raw).unwrap();
        assert_eq!(raw, "1970-01-01T00:00:00Z");
    }

    #[test]
    fn json_moments_are_rfc_3339_in_utc() {
        let half = at(1_795_249_860) + Duration::from_millis(500);
        assert_eq!(rfc3339(half).unwrap(), "2026-11-21T08:31:00.5Z");
    }

    #[test]
    fn a_moment_beyond_the_calendar_is_unknown_and_no_panic() {
        let far = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(1 << 60));
        assert!(far.is_none_or(|far| rfc3339(far).is_none()));
    }
}
