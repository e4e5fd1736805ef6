//! Names and values of `/sys/class/hwmon/hwmon*` and
//! `/sys/class/thermal/thermal_zone*`.

use crate::parse::text;

/// The number in the name of an attribute of this kind: 12 for
/// `temp12_input` and kind `temp`.
#[must_use]
pub fn index(kind: &str, attribute: &[u8]) -> Option<u32> {
    let rest = attribute.strip_prefix(kind.as_bytes())?;
    let underscore = memchr::memchr(b'_', rest)?;
    number_in(rest.get(..underscore)?)
}

/// The number at the end of `hwmon3` or `thermal_zone12`.
#[must_use]
pub fn suffix(prefix: &str, name: &[u8]) -> Option<u32> {
    number_in(name.strip_prefix(prefix.as_bytes())?)
}

fn number_in(digits: &[u8]) -> Option<u32> {
    text::decimal(digits).and_then(|number| u32::try_from(number).ok())
}

/// Degrees Celsius of a value in thousandths.
#[must_use]
pub fn celsius(bytes: &[u8]) -> Option<f64> {
    text::signed_decimal(bytes.trim_ascii()).map(|thousandths| thousandths as f64 / 1000.0)
}

/// Revolutions per minute.
#[must_use]
pub fn revolutions(bytes: &[u8]) -> Option<u64> {
    text::decimal(bytes.trim_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_have_numbers() {
        assert_eq!(index("temp", b"temp12_input"), Some(12));
        assert_eq!(index("temp", b"temp1_crit_alarm"), Some(1));
        assert_eq!(index("fan", b"fan0_input"), Some(0));
        for not in [
            "temp_input",
            "temp1",
            "fan1_input",
            "tempx_input",
            "temp99999999999_input",
            "",
        ] {
            assert_eq!(index("temp", not.as_bytes()), None, "{not}");
        }
        assert_eq!(suffix("hwmon", b"hwmon10"), Some(10));
        assert_eq!(suffix("hwmon", b"hwmon"), None);
        assert_eq!(suffix("hwmon", b"hwmon1x"), None);
    }

    #[test]
    fn values_are_numbers_or_nothing() {
        assert_eq!(celsius(b"45500\n"), Some(45.5));
        assert_eq!(celsius(b"-5000\n"), Some(-5.0));
        assert_eq!(celsius(b"N/A\n"), None);
        assert_eq!(celsius(b""), None);
        assert_eq!(revolutions(b"2400\n"), Some(2400));
        assert_eq!(revolutions(b"-1\n"), None);
        assert_eq!(revolutions(b"fan stopped"), None);
    }
}
