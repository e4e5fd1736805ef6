//! Sensor functions.

use std::{collections::HashMap, ffi::OsString, time::Duration};

use oslens::sensors::{Battery, BatteryScope, BatteryStatus};
use pyo3::{
    prelude::*,
    types::{PyDict, PyList, PyTuple},
};

use crate::{
    arguments::Flag,
    host::ask,
    objects::{Members, SBATTERY, SBATTERYINFO, SFAN, SHWTEMP},
};

/// A dict with a list for each chip, in the order of the chips.
fn by_chip<'py>(
    py: Python<'py>,
    sensors: impl IntoIterator<Item = PyResult<(OsString, Bound<'py, PyAny>)>>,
) -> PyResult<Bound<'py, PyDict>> {
    let chips = PyDict::new(py);
    let mut lists: HashMap<OsString, Bound<'py, PyList>> = HashMap::new();
    for sensor in sensors {
        let (chip, sensor) = sensor?;
        if let Some(list) = lists.get(&chip) {
            list.append(sensor)?;
            continue;
        }
        let list = PyList::new(py, [sensor])?;
        chips.set_item(&chip, &list)?;
        lists.insert(chip, list);
    }
    Ok(chips)
}

/// Temperatures of each chip, as a dict with lists of `shwtemp`, in degrees
/// Celsius, or with `fahrenheit` in those of Fahrenheit.
///
/// `high` and `critical` are what the hardware calls so; if it has only one of
/// them, it stands for both. Empty if there are no sensors, as in most virtual
/// machines.
#[pyfunction]
#[pyo3(signature = (fahrenheit = Flag(false)), text_signature = "(fahrenheit=False)")]
pub(crate) fn sensors_temperatures(
    py: Python<'_>,
    fahrenheit: Flag,
) -> PyResult<Bound<'_, PyDict>> {
    let degrees = |celsius: f64| match fahrenheit.0 {
        true => celsius * 9.0 / 5.0 + 32.0,
        false => celsius,
    };
    let sensors = ask(py, oslens::Host::temperatures)?
        .into_iter()
        // A sensor that does not answer is left out.
        .filter_map(|sensor| {
            let current = degrees(sensor.current.ok()?);
            // 0 stands for a limit that the driver does not know.
            let known = |limit: Option<f64>| limit.map(degrees).filter(|&limit| limit != 0.0);
            let (high, critical) = (known(sensor.high), known(sensor.critical));
            let values = (
                sensor.label.unwrap_or_default(),
                current,
                high.or(critical).or(sensor.high.map(degrees)),
                critical.or(high).or(sensor.critical.map(degrees)),
            );
            Some(SHWTEMP.of(py, values).map(|tuple| (sensor.chip, tuple)))
        });
    by_chip(py, sensors)
}

/// Speed of the fans of each chip in revolutions per minute, as a dict with
/// lists of `sfan`. Empty if there are none.
#[pyfunction]
pub(crate) fn sensors_fans(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let fans = ask(py, oslens::Host::fans)?.into_iter().filter_map(|fan| {
        let values = (fan.label.unwrap_or_default(), fan.speed.ok()?);
        Some(SFAN.of(py, values).map(|tuple| (fan.chip, tuple)))
    });
    by_chip(py, fans)
}

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
