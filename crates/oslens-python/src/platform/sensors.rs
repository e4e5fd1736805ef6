//! Sensors of hardware.

use std::{collections::HashMap, ffi::OsString};

use pyo3::{
    prelude::*,
    types::{PyDict, PyList},
};

use crate::{arguments::Flag, host::ask, objects::SHWTEMP};

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
        Some(
            crate::objects::SFAN
                .of(py, values)
                .map(|tuple| (fan.chip, tuple)),
        )
    });
    by_chip(py, fans)
}
