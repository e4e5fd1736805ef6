//! Times as the modern log writes them: `2016-06-29T15:24:34.3460000Z`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The written form of a time, to 100 ns, as the system keeps it.
#[must_use]
pub fn format(time: SystemTime) -> String {
    let (seconds, nanoseconds) = match time.duration_since(UNIX_EPOCH) {
        Ok(after) => (signed(after.as_secs()), after.subsec_nanos()),
        Err(before) => {
            let before = before.duration();
            match before.subsec_nanos() {
                0 => (-signed(before.as_secs()), 0),
                part => (-signed(before.as_secs()) - 1, 1_000_000_000 - part),
            }
        }
    };
    let (year, month, day) = date(seconds.div_euclid(86_400));
    let second = seconds.rem_euclid(86_400);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:07}Z",
        second / 3600,
        second / 60 % 60,
        second % 60,
        nanoseconds / 100,
    )
}

/// Seconds that fit in a clock.
fn signed(seconds: u64) -> i64 {
    i64::try_from(seconds.min(1 << 55)).unwrap_or(0)
}

/// Reads the written form. Digits behind those of nanoseconds are dropped;
/// without a zone it is UTC.
#[must_use]
pub fn parse(text: &[u8]) -> Option<SystemTime> {
    let text = std::str::from_utf8(text).ok()?;
    let (day, rest) = text.split_once(['T', ' '])?;
    let mut parts = day.splitn(3, '-');
    let mut number = |most: i64| part(parts.next()?, most);
    let (year, month, day) = (number(30_827)?, number(12)?, number(31)?);
    let (clock, zone) = match rest.find(['Z', '+', '-']) {
        Some(at) => rest.split_at(at),
        None => (rest, "Z"),
    };
    let offset = match zone {
        "Z" => 0,
        zone => {
            let (hours, minutes) = zone.get(1..)?.split_once(':')?;
            let minutes = part(hours, 23)? * 60 + part(minutes, 59)?;
            if zone.starts_with('-') {
                -minutes
            } else {
                minutes
            }
        }
    };
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let mut parts = clock.splitn(3, ':');
    let mut number = |most: i64| part(parts.next()?, most);
    let second = number(23)? * 3600 + number(59)? * 60 + number(60)? - offset * 60;
    if month == 0 || day == 0 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let nanoseconds = fraction
        .bytes()
        .chain(std::iter::repeat(b'0'))
        .take(9)
        .fold(0, |number, digit| number * 10 + u64::from(digit - b'0'));
    let seconds = days(year, month, day) * 86_400 + second;
    let whole = Duration::from_secs(seconds.unsigned_abs());
    let time = if seconds < 0 {
        UNIX_EPOCH.checked_sub(whole)?
    } else {
        UNIX_EPOCH.checked_add(whole)?
    };
    time.checked_add(Duration::from_nanos(nanoseconds))
}

fn part(digits: &str, most: i64) -> Option<i64> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().filter(|number| *number <= most)
}

/// Years of 400 have the same calendar.
const DAYS_OF_400_YEARS: i64 = 146_097;
/// From the first of March of the year 0 to 1970.
const EPOCH: i64 = 719_468;

/// Days since 1970. Years begin in March here, so that the leap day is last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
    let month = (month + 9) % 12;
    let day = (153 * month + 2) / 5 + day - 1;
    era * DAYS_OF_400_YEARS + year * 365 + year / 4 - year / 100 + day - EPOCH
}

/// Year, month and day of so many days since 1970.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + EPOCH;
    let (era, day) = (
        days.div_euclid(DAYS_OF_400_YEARS),
        days.rem_euclid(DAYS_OF_400_YEARS),
    );
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let year = era * 400 + year;
    match month {
        0..=9 => (year, month + 3, day),
        _ => (year + 1, month - 9, day),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_come_back() {
        for text in [
            "1601-01-01T00:00:00.0000001Z",
            "1969-12-31T23:59:59.9999999Z",
            "1970-01-01T00:00:00.0000000Z",
            "2000-02-29T12:34:56.7891234Z",
            "2016-06-29T15:24:34.3460000Z",
            "9999-12-31T23:59:59.0000000Z",
        ] {
            let time = parse(text.as_bytes()).unwrap();
            assert_eq!(format(time), text);
        }
        let second = UNIX_EPOCH + Duration::from_secs(951_782_400);
        assert_eq!(format(second), "2000-02-29T00:00:00.0000000Z");
    }

    #[test]
    fn other_forms_of_the_same_time_are_understood() {
        let time = parse(b"2016-06-29T15:24:34.346Z").unwrap();
        for same in [
            "2016-06-29T15:24:34.346000000123Z",
            "2016-06-29 15:24:34.346",
            "2016-06-29T17:24:34.346+02:00",
            "2016-06-29T12:54:34.346-02:30",
        ] {
            assert_eq!(parse(same.as_bytes()), Some(time), "{same}");
        }
        for bad in [
            "",
            "T",
            "2016-06-29",
            "2016-13-01T00:00:00Z",
            "2016-00-01T00:00:00Z",
            "2016-06-29T25:00:00Z",
            "2016-06-29T00:00:00.x",
            "99999-01-01T00:00:00Z",
            "2016-06-29T00:00:00+2",
        ] {
            assert_eq!(parse(bad.as_bytes()), None, "{bad}");
        }
    }
}
