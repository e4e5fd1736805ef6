//! Batteries.

use std::time::Duration;

use oslens::sensors::{Battery, BatteryScope, BatteryStatus};
use pyo3::{
    prelude::*,
    types::{PyList, PyTuple},
};

use crate::{
    host::ask,
    objects::{Members, SBATTERY, SBATTERYINFO},
};

static BATTERY_TIME: Members<2> = Members::new(
    "oslens._enums",
    "BatteryTime",
    ["POWER_TIME_UNKNOWN", "POWER_TIME_UNLIMITED"],
);

/// Seconds until the battery is empty, or why that is not known.
fn seconds_left<'py>(py: Python<'py>, battery: &Battery) -> PyResult<Option<Bound<'py, PyAny>>> {
    if plugged(battery) == Some(true) {
        return Ok(BATTERY_TIME.get(py, 1)?.cloned());
    }
    // Some drivers tell how much power flows but not in which direction.
    let at_this_power = || {
        let hours = battery.energy_now? / battery.power.filter(|&power| power > 0.0)?;
        Duration::try_from_secs_f64(hours * 3600.0).ok()
    };
    match battery.time_to_empty.or_else(at_this_power) {
        Some(time) => Ok(Some(time.as_secs().into_pyobject(py)?.into_any())),
        None => Ok(BATTERY_TIME.get(py, 0)?.cloned()),
    }
}

/// Whether the power comes from outside; what charges says so too.
fn plugged(battery: &Battery) -> Option<bool> {
    battery.plugged.or(match battery.status {
        Some(BatteryStatus::Charging | BatteryStatus::Full) => Some(true),
        Some(BatteryStatus::Discharging) => Some(false),
        _ => None,
    })
}

fn percent(fraction: Option<f64>) -> Option<f64> {
    fraction.map(|fraction| fraction * 100.0)
}

/// The battery of the machine, as `sbattery`: how full it is in `percent`, how
/// many seconds it lasts (`secsleft`; or `POWER_TIME_UNLIMITED`,
/// `POWER_TIME_UNKNOWN`), and whether power comes from outside
/// (`power_plugged`; `None`: not known).
///
/// `None` if there is none. `batteries()` lists all, also those of other
/// devices.
#[pyfunction]
pub(crate) fn sensors_battery(py: Python<'_>) -> PyResult<Option<Bound<'_, PyAny>>> {
    let battery = ask(py, oslens::Host::batteries)?
        .into_iter()
        .filter(|battery| battery.scope == BatteryScope::System && battery.fraction.is_some())
        .min_by(|a, b| a.name.cmp(&b.name));
    let Some(battery) = battery else {
        return Ok(None);
    };
    let values = (
        percent(battery.fraction),
        seconds_left(py, &battery)?,
        plugged(&battery),
    );
    SBATTERY.of(py, values).map(Some)
}

/// All batteries, as a list of `sbatteryinfo`: those of the machine, of
/// uninterruptible power supplies, and of other devices such as mice. `None`
/// is what a battery does not tell.
#[pyfunction]
pub(crate) fn batteries(py: Python<'_>) -> PyResult<Bound<'_, PyList>> {
    let batteries = ask(py, oslens::Host::batteries)?
        .into_iter()
        .map(|of| {
            let seconds_left = seconds_left(py, &of)?;
            let plugged = plugged(&of);
            let scope = match of.scope {
                BatteryScope::System => "system",
                BatteryScope::Ups => "ups",
                _ => "device",
            };
            let status = of.status.map(|status| match status {
                BatteryStatus::Charging => "charging",
                BatteryStatus::Discharging => "discharging",
                BatteryStatus::Full => "full",
                _ => "not-charging",
            });
            macro_rules! objects {
                ($($value:expr),* $(,)?) => {
                    [$($value.into_pyobject(py)?.into_any()),*]
                };
            }
            let values = objects![
                of.name,
                scope,
                percent(of.fraction),
                status,
                plugged,
                seconds_left,
                of.time_to_full.as_ref().map(Duration::as_secs),
                of.power,
                of.voltage,
                of.energy_now,
                of.energy_full,
                of.energy_full_design,
                of.charge_now,
                of.charge_full,
                of.charge_full_design,
                of.cycle_count,
                percent(of.health),
                of.technology,
                of.manufacturer,
                of.model,
                of.serial_number,
            ];
            SBATTERYINFO.of(py, PyTuple::new(py, values)?)
        })
        .collect::<PyResult<Vec<_>>>()?;
    PyList::new(py, batteries)
}
