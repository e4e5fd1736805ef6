//! Batteries: `SYSTEM_POWER_STATUS` and `SYSTEM_BATTERY_STATE`.

use std::time::Duration;

use super::bytes::{u8_at, u32_at};
use crate::parse::Malformed;

/// A `SYSTEM_POWER_STATUS`. `None`: the system does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PowerStatus {
    /// Power from elsewhere.
    pub plugged: Option<bool>,
    /// There is a battery.
    pub battery: Option<bool>,
    /// The battery is charged.
    pub charging: Option<bool>,
    /// How full it is, percent.
    pub percent: Option<u8>,
    /// How long it lasts.
    pub left: Option<Duration>,
}

/// Reads a `SYSTEM_POWER_STATUS`.
///
/// # Errors
///
/// When the bytes are too few.
pub fn power_status(bytes: &[u8]) -> Result<PowerStatus, Malformed> {
    const NO_BATTERY: u8 = 128;
    const CHARGING: u8 = 8;
    const UNKNOWN: u8 = 255;
    let short = Malformed("a SYSTEM_POWER_STATUS");
    let byte = |offset| u8_at(bytes, offset).ok_or(short);
    let flags = Some(byte(1)?).filter(|&flags| flags != UNKNOWN);
    let left = u32_at(bytes, 4).ok_or(short)?;
    Ok(PowerStatus {
        plugged: match byte(0)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        },
        battery: flags.map(|flags| flags & NO_BATTERY == 0),
        charging: flags.map(|flags| flags & CHARGING != 0),
        percent: Some(byte(2)?).filter(|&percent| percent <= 100),
        left: (left != u32::MAX).then(|| Duration::from_secs(left.into())),
    })
}

/// Parts of a `SYSTEM_BATTERY_STATE`: all batteries of the machine together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatteryState {
    /// There is one at least.
    pub present: bool,
    /// Energy that they hold when full, milliwatt-hours.
    pub capacity: Option<u32>,
    /// Energy that is left, milliwatt-hours.
    pub remaining: Option<u32>,
    /// Power that goes in or out, milliwatts.
    pub rate: Option<u32>,
}

/// Reads a `SYSTEM_BATTERY_STATE`.
///
/// # Errors
///
/// When the bytes are too few.
pub fn battery_state(bytes: &[u8]) -> Result<BatteryState, Malformed> {
    let short = Malformed("a SYSTEM_BATTERY_STATE");
    let number = |offset| u32_at(bytes, offset).ok_or(short);
    // All ones: unknown. A capacity of zero, of a battery that is there, too.
    let known = |value: u32| Some(value).filter(|&value| value != u32::MAX);
    let capacity = known(number(8)?).filter(|&capacity| capacity > 0);
    // A drain is a negative number of 32 bits; the lowest one is "unknown".
    let rate = number(16)?;
    Ok(BatteryState {
        present: u8_at(bytes, 1).ok_or(short)? != 0,
        capacity,
        // In percent or not at all, where the capacity is not known.
        remaining: capacity.and(known(number(12)?)),
        rate: (rate != 0 && rate != 0x8000_0000).then_some((rate as i32).unsigned_abs()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(head: [u8; 4], left: u32) -> PowerStatus {
        let bytes = [&head[..], &left.to_le_bytes(), &[0xff; 4]].concat();
        power_status(&bytes).unwrap()
    }

    #[test]
    fn a_battery_that_is_discharged_lasts_a_while() {
        let status = status([0, 1, 80, 0], 3600);
        assert_eq!(status.plugged, Some(false));
        assert_eq!(status.battery, Some(true));
        assert_eq!(status.charging, Some(false));
        assert_eq!(status.percent, Some(80));
        assert_eq!(status.left, Some(Duration::from_secs(3600)));
    }

    #[test]
    fn what_the_system_does_not_know_is_not_known() {
        let unknown = status([255, 255, 255, 0], u32::MAX);
        assert_eq!(unknown.plugged, None);
        assert_eq!(unknown.battery, None);
        assert_eq!(unknown.charging, None);
        assert_eq!(unknown.percent, None);
        assert_eq!(unknown.left, None);
        assert_eq!(status([1, 128, 255, 0], u32::MAX).battery, Some(false));
        assert_eq!(status([1, 8, 100, 0], u32::MAX).charging, Some(true));
        assert!(power_status(&[0; 7]).is_err());
    }

    #[test]
    fn energy_is_known_when_the_capacity_is() {
        let state = |capacity: u32, remaining: u32, rate: u32| {
            let mut bytes = vec![0, 1, 0, 1, 0, 0, 0, 0];
            for number in [capacity, remaining, rate, 0, 0, 0] {
                bytes.extend(number.to_le_bytes());
            }
            battery_state(&bytes).unwrap()
        };
        let one = state(50_000, 25_000, (-7000_i32) as u32);
        assert!(one.present);
        assert_eq!(one.capacity, Some(50_000));
        assert_eq!(one.remaining, Some(25_000));
        assert_eq!(one.rate, Some(7000));
        let none = state(0, 50, 0x8000_0000);
        assert_eq!(
            (none.capacity, none.remaining, none.rate),
            (None, None, None)
        );
        assert_eq!(state(u32::MAX, 1, 0).rate, None);
        assert!(battery_state(&[0; 19]).is_err());
    }
}
