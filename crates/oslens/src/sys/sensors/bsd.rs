//! What the BSDs and macOS have in common about batteries and temperatures.

use std::{
    ffi::OsString,
    os::unix::ffi::{OsStrExt as _, OsStringExt as _},
    time::Duration,
};

use crate::sensors::{Battery, BatteryScope, BatteryStatus};

/// What a battery's amounts are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Unit {
    /// Energy, in watt-hours; what goes in or out in watts.
    #[default]
    Energy,
    /// Charge, in ampere-hours; what goes in or out in amperes.
    Charge,
}

/// A battery as drivers tell it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Cell {
    pub(super) name: OsString,
    pub(super) present: Option<bool>,
    pub(super) plugged: Option<bool>,
    pub(super) status: Option<BatteryStatus>,
    pub(super) unit: Unit,
    pub(super) now: Option<f64>,
    pub(super) full: Option<f64>,
    pub(super) design: Option<f64>,
    pub(super) rate: Option<f64>,
    pub(super) voltage: Option<f64>,
    /// How full the system says it is, from 0 to 1.
    pub(super) told: Option<f64>,
    /// How long the system says it lasts, or takes.
    pub(super) left: Option<Duration>,
    pub(super) cycles: Option<u64>,
}

impl Cell {
    pub(super) fn battery(self) -> Battery {
        let fraction = self
            .now
            .zip(self.full)
            .and_then(|(now, full)| quotient(now, full))
            .map(|fraction| fraction.min(1.0));
        // A current and a voltage make a power.
        let power = match self.unit {
            Unit::Energy => self.rate,
            Unit::Charge => self
                .rate
                .zip(self.voltage)
                .map(|(rate, volts)| rate * volts),
        };
        let of = |unit, amount: Option<f64>| amount.filter(|_| self.unit == unit);
        let lasts = |amount: Option<f64>, status| {
            if self.status != Some(status) {
                return None;
            }
            self.left.or_else(|| hours(quotient(amount?, self.rate?)?))
        };
        let missing = self
            .full
            .zip(self.now)
            .map(|(full, now)| (full - now).max(0.0));
        Battery {
            scope: BatteryScope::System,
            fraction: fraction.or(self.told),
            status: self.status,
            plugged: self.plugged.or(match self.status {
                Some(BatteryStatus::Discharging) => Some(false),
                Some(_) => Some(true),
                None => None,
            }),
            present: self.present,
            energy_now: of(Unit::Energy, self.now),
            energy_full: of(Unit::Energy, self.full),
            energy_full_design: of(Unit::Energy, self.design),
            charge_now: of(Unit::Charge, self.now),
            charge_full: of(Unit::Charge, self.full),
            charge_full_design: of(Unit::Charge, self.design),
            power,
            voltage: self.voltage,
            time_to_empty: lasts(self.now, BatteryStatus::Discharging),
            time_to_full: lasts(missing, BatteryStatus::Charging),
            cycle_count: self.cycles.filter(|&cycles| cycles > 0),
            health: self
                .full
                .zip(self.design)
                .and_then(|(full, design)| quotient(full, design)),
            ..unknown(self.name)
        }
    }
}

/// A battery of the machine of which nothing is known but its name.
pub(super) fn unknown(name: OsString) -> Battery {
    Battery {
        name,
        scope: BatteryScope::System,
        fraction: None,
        status: None,
        plugged: None,
        present: None,
        energy_now: None,
        energy_full: None,
        energy_full_design: None,
        charge_now: None,
        charge_full: None,
        charge_full_design: None,
        power: None,
        voltage: None,
        time_to_empty: None,
        time_to_full: None,
        cycle_count: None,
        health: None,
        condition: None,
        technology: None,
        manufacturer: None,
        model: None,
        serial_number: None,
    }
}

/// A quotient; none by zero, which stands for unknown here.
fn quotient(dividend: f64, divisor: f64) -> Option<f64> {
    (divisor > 0.0).then(|| dividend / divisor)
}

/// So many hours, unless no battery lasts so long (a rate near zero).
fn hours(hours: f64) -> Option<Duration> {
    const YEAR: f64 = 365.0 * 24.0;
    (hours < YEAR)
        .then(|| Duration::try_from_secs_f64(hours * 3600.0).ok())
        .flatten()
}

/// From millionths; what is below zero is not known.
pub(super) fn millionths(value: i64) -> Option<f64> {
    (value >= 0).then_some(value as f64 / 1e6)
}

/// From millionths of kelvins to degrees Celsius. There is nothing below zero
/// kelvins.
pub(super) fn celsius(microkelvins: i64) -> Option<f64> {
    (microkelvins > 0).then(|| {
        let above = microkelvins.saturating_sub(273_150_000);
        above as f64 / 1e6
    })
}

/// These bytes, as the kernel gives them.
pub(super) fn words(bytes: &[u8]) -> OsString {
    OsString::from_vec(bytes.to_vec())
}

/// The same where there are any.
pub(super) fn label(bytes: &[u8]) -> Option<OsString> {
    (!bytes.is_empty()).then(|| words(bytes))
}

/// The driver of a device that is named after it and numbered: `acpitz` of
/// `acpitz0`.
pub(super) fn driver(device: &[u8]) -> OsString {
    let digits = device
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    match device.get(..device.len() - digits) {
        Some(driver) if !driver.is_empty() => std::ffi::OsStr::from_bytes(driver).to_owned(),
        _ => words(device),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_battery_of_charge_has_power_by_its_voltage() {
        let cell = Cell {
            status: Some(BatteryStatus::Charging),
            unit: Unit::Charge,
            now: Some(2.0),
            full: Some(4.0),
            design: Some(5.0),
            rate: Some(1.0),
            voltage: Some(12.0),
            ..Cell::default()
        };
        let battery = cell.battery();
        assert_eq!((battery.power, battery.fraction), (Some(12.0), Some(0.5)));
        assert_eq!(battery.time_to_full, Some(Duration::from_secs(7200)));
        assert_eq!((battery.time_to_empty, battery.energy_now), (None, None));
        assert_eq!((battery.charge_now, battery.health), (Some(2.0), Some(0.8)));
        assert_eq!(battery.plugged, Some(true));
    }

    #[test]
    fn what_is_unknown_stays_so() {
        let nothing = Cell::default().battery();
        assert_eq!(nothing, unknown(OsString::new()));
        let still = Cell {
            status: Some(BatteryStatus::Discharging),
            now: Some(50.0),
            rate: Some(0.001),
            full: Some(0.0),
            ..Cell::default()
        };
        let battery = still.battery();
        assert_eq!((battery.time_to_empty, battery.fraction), (None, None));
        assert_eq!(
            (celsius(0), celsius(-5), millionths(-1)),
            (None, None, None)
        );
        assert!(celsius(i64::MAX).is_some());
    }

    #[test]
    fn a_device_is_named_after_its_driver() {
        assert_eq!(driver(b"acpitz12"), "acpitz");
        assert_eq!(driver(b"k10temp0"), "k10temp");
        assert_eq!(driver(b"42"), "42");
        assert_eq!(driver(b""), "");
    }

    /// With whatever the kernel answers, every function gives a value or an error.
    #[test]
    #[cfg(target_os = "linux")]
    fn no_answer_makes_a_backend_fall_over() {
        use crate::sys::{
            kernel::fake::Noise,
            sensors::{freebsd, macos, netbsd, openbsd},
        };

        for seed in Noise::SEEDS {
            let host = &Noise::host(seed);
            macro_rules! ask {
                ($($system:ident)*) => {$(
                    _ = $system::temperatures(host);
                    _ = $system::fans(host);
                    _ = $system::batteries(host);
                )*};
            }
            ask!(freebsd netbsd openbsd macos);
        }
    }
}
