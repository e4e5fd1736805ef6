//! `/proc/uptime`, and the `btime` line of `/proc/stat`.

use std::time::Duration;

use crate::parse::{Malformed, text};

/// The first number of `/proc/uptime`: the time since boot, suspended time
/// included, in hundredths of a second.
///
/// # Errors
///
/// When it does not start with a number of seconds.
pub fn uptime(bytes: &[u8]) -> Result<Duration, Malformed> {
    const EXPECTED: Malformed = Malformed("the seconds since boot");
    let word = text::words(bytes.trim_ascii()).next().ok_or(EXPECTED)?;
    let mut parts = word.splitn(2, |&byte| byte == b'.');
    let seconds = parts.next().and_then(text::decimal).ok_or(EXPECTED)?;
    let nanoseconds = match parts.next() {
        None => 0,
        Some(digits) if digits.len() <= 9 => {
            let scale = 10u64.pow(9 - u32::try_from(digits.len()).map_err(|_| EXPECTED)?);
            text::decimal(digits).ok_or(EXPECTED)? * scale
        }
        Some(_) => return Err(EXPECTED),
    };
    Ok(Duration::from_secs(seconds).saturating_add(Duration::from_nanos(nanoseconds)))
}

/// The `btime` line of `/proc/stat`: when the machine booted, in seconds
/// since 1970.
///
/// # Errors
///
/// When there is no such line, or no number on it.
pub fn btime(bytes: &[u8]) -> Result<u64, Malformed> {
    const EXPECTED: Malformed = Malformed("a line \"btime\" with seconds since 1970");
    let line = if let Some(rest) = bytes.strip_prefix(b"btime ") {
        rest
    } else {
        let at = memchr::memmem::find(bytes, b"\nbtime ").ok_or(EXPECTED)?;
        bytes.get(at + 7..).ok_or(EXPECTED)?
    };
    let end = memchr::memchr(b'\n', line).unwrap_or(line.len());
    line.get(..end)
        .map(<[u8]>::trim_ascii)
        .and_then(text::decimal)
        .ok_or(EXPECTED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uptime_has_seconds_and_a_fraction() {
        assert_eq!(
            uptime(b"350735.47 234388.90\n"),
            Ok(Duration::from_millis(350_735_470))
        );
        assert_eq!(uptime(b"12 3"), Ok(Duration::from_secs(12)));
        assert_eq!(uptime(b"0.000000001"), Ok(Duration::from_nanos(1)));
        for bad in [
            "",
            " ",
            "x",
            "1.",
            "1.0000000001",
            "-1.0",
            "1.x",
            "99999999999999999999.0",
        ] {
            assert!(uptime(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(uptime(b"18446744073709551615.999999999").is_ok());
    }

    #[test]
    fn btime_is_found_wherever_it_stands() {
        assert_eq!(
            btime(b"cpu 1 2\nctxt 1\nbtime 1700000000\nprocesses 1\n"),
            Ok(1_700_000_000)
        );
        assert_eq!(btime(b"btime 5"), Ok(5));
        for bad in [
            "",
            "cpu 1\n",
            "xbtime 5\n",
            "btime \n",
            "btime x",
            "\nbtime",
        ] {
            assert!(btime(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
