//! Sensors of OpenBSD: `HW_SENSORS`, and `/dev/apm`.

use std::time::Duration;

use crate::parse::Malformed;
use crate::parse::layout::Record;
use crate::parse::layout::openbsd::system::{
    APM_AC_OFF, APM_AC_ON, APM_BATT_CHARGING, APM_BATTERY_ABSENT, ApmPowerInfo, SENSOR_FINVALID,
    SENSOR_FUNKNOWN, Sensor, Sensordev,
};

/// A device with sensors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device<'a> {
    /// What the system calls it: `acpitz0`.
    pub name: &'a [u8],
    record: Record<'a>,
}

impl Device<'_> {
    /// How many numbers for sensors of a kind it has given. Some may be free
    /// again.
    #[must_use]
    pub fn count(&self, kind: i32) -> i32 {
        usize::try_from(kind)
            .ok()
            .and_then(|kind| self.record.item(Sensordev::maxnumt, kind))
            .unwrap_or(0)
    }
}

/// A sensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading<'a> {
    /// What it measures, where its driver says.
    pub description: &'a [u8],
    /// The number, in the unit of its kind. `None`: the driver does not know.
    pub value: Option<i64>,
    /// It means something; else there is nothing to measure now.
    pub is_valid: bool,
}

/// `struct sensordev`.
///
/// # Errors
///
/// When it has no name.
pub fn device(record: Record<'_>) -> Result<Device<'_>, Malformed> {
    record
        .text(Sensordev::xname)
        .map(|name| Device { name, record })
        .ok_or(Malformed("a whole struct sensordev"))
}

/// `struct sensor`.
///
/// # Errors
///
/// When it is not whole.
pub fn reading(record: Record<'_>) -> Result<Reading<'_>, Malformed> {
    let reading = || {
        let flags = record.get(Sensor::flags)?;
        Some(Reading {
            description: record.text(Sensor::desc)?,
            value: Some(record.get(Sensor::value)?).filter(|_| flags & SENSOR_FUNKNOWN == 0),
            is_valid: flags & SENSOR_FINVALID == 0,
        })
    };
    reading().ok_or(Malformed("a whole struct sensor"))
}

/// All batteries of the machine together. `None`: unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Power {
    /// There is one.
    pub is_present: Option<bool>,
    /// It is charged.
    pub is_charging: Option<bool>,
    /// The machine has power from elsewhere.
    pub is_plugged: Option<bool>,
    /// How full they are.
    pub percent: Option<u8>,
    /// Until they are empty, or full while they are charged.
    pub left: Option<Duration>,
}

/// `struct apm_power_info`.
///
/// # Errors
///
/// When it is not whole.
pub fn power(record: Record<'_>) -> Result<Power, Malformed> {
    let power = || {
        let state = i32::from(record.get(ApmPowerInfo::battery_state)?);
        let percent = record.get(ApmPowerInfo::battery_life)?;
        let minutes = record.get(ApmPowerInfo::minutes_left)?;
        // High, low, critical, being charged, or none: else it is not known.
        let known = (0..=APM_BATTERY_ABSENT).contains(&state);
        let is_present = known.then_some(state != APM_BATTERY_ABSENT);
        let of_it = |known: bool| known && is_present != Some(false);
        // Where nobody knows the state, zero is what the drivers begin with.
        let is_told = percent <= 100 && (known || percent > 0);
        Some(Power {
            is_present,
            is_charging: of_it(known).then_some(state == APM_BATT_CHARGING),
            is_plugged: match i32::from(record.get(ApmPowerInfo::ac_state)?) {
                APM_AC_OFF => Some(false),
                APM_AC_ON => Some(true),
                _ => None,
            },
            percent: of_it(is_told).then_some(percent),
            // Unknown is -1; zero is what a charged one is said to last.
            left: of_it((1..1 << 20).contains(&minutes))
                .then(|| Duration::from_secs(u64::from(minutes) * 60)),
        })
    };
    power().ok_or(Malformed("a whole struct apm_power_info"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::layout::openbsd::system::{SENSOR_FANRPM, SENSOR_TEMP};
    use crate::parse::layout::{Endian, Type as _};

    const DEVICE: &[u8] = include_bytes!("fixtures/openbsd_sensordev.bin");
    const SENSORS: &[u8] = include_bytes!("fixtures/openbsd_sensor.bin");
    const POWER: &[u8] = include_bytes!("fixtures/openbsd_apm_power_info.bin");

    fn record(bytes: &[u8]) -> Record<'_> {
        Record::new(bytes, Endian::Little)
    }

    #[test]
    fn a_device_is_read_as_the_headers_write_it() {
        let found = device(record(DEVICE)).unwrap();
        assert_eq!(found.name, b"lm1");
        assert_eq!(
            (found.count(SENSOR_TEMP), found.count(SENSOR_FANRPM)),
            (3, 2)
        );
        for none in [-1, 5, 23, i32::MAX] {
            assert_eq!(found.count(none), 0);
        }
        // Of a release with fewer kinds.
        assert_eq!(
            device(record(&DEVICE[..24])).unwrap().count(SENSOR_FANRPM),
            0
        );
        assert!(device(record(&DEVICE[..19])).is_err());
    }

    #[test]
    fn a_sensor_is_read_as_the_headers_write_it() {
        let all: Vec<_> = SENSORS
            .chunks_exact(Sensor::SIZE)
            .map(|bytes| reading(record(bytes)).unwrap())
            .collect();
        let expected = Reading {
            description: b"zone temperature",
            value: Some(318_150_000),
            is_valid: true,
        };
        assert_eq!(all[0], expected);
        assert!(!all[1].is_valid);
        assert_eq!((all[2].value, all[2].is_valid), (None, true));
        assert!(reading(record(&SENSORS[..71])).is_err());
    }

    #[test]
    fn power_is_read_as_the_headers_write_it() {
        let all: Vec<_> = POWER
            .chunks_exact(ApmPowerInfo::SIZE)
            .map(|bytes| power(record(bytes)).unwrap())
            .collect();
        let [discharging, absent, unknown, silent, charging] = all.try_into().unwrap();
        let expected = Power {
            is_present: Some(true),
            is_charging: Some(false),
            is_plugged: Some(false),
            percent: Some(81),
            left: Some(Duration::from_secs(125 * 60)),
        };
        assert_eq!(discharging, expected);
        let expected = Power {
            is_present: Some(false),
            is_plugged: Some(true),
            ..Power::default()
        };
        assert_eq!(absent, expected);
        assert_eq!((unknown, silent), (Power::default(), Power::default()));
        assert_eq!(charging.is_charging, Some(true));
        assert_eq!(charging.left, Some(Duration::from_secs(90 * 60)));
        assert!(power(record(&POWER[..7])).is_err());
    }
}
