//! Sensors on FreeBSD: `sysctl`, and `/dev/acpi` for batteries.

#[cfg(test)]
mod tests;

use std::{ffi::OsString, time::Duration};

use super::bsd::{self, Cell, Unit};
use crate::{
    Host, Result, Unavailable,
    parse::{
        freebsd::battery::{self, State},
        layout::{
            Field, Type as _,
            freebsd::system::{
                ACPIIO_BATT_GET_BATTINFO, ACPIIO_BATT_GET_BIX, ACPIIO_BATT_GET_BST,
                ACPIIO_BATT_GET_UNITS, AcpiBix,
            },
        },
    },
    sensors::{Battery, BatteryStatus, Fan, Temperature},
    sys::kernel::{Kernel, Question},
};

/// More zones, fans and batteries than any machine has.
const MANY: u32 = 64;

pub(crate) fn temperatures(host: &Host) -> Result<Vec<Temperature>> {
    let kernel = host.kernel()?;
    let mut found = Vec::new();
    let mut chip = None;
    let cpus = kernel.number("sysctl hw.ncpu")?;
    for cpu in 0..u32::try_from(cpus).unwrap_or(0).min(1 << 12) {
        let name = |what: &str| format!("dev.cpu.{cpu}.{what}");
        let Some(current) = kernel.optional_number(&name("temperature"))? else {
            continue;
        };
        let critical = kernel.optional_number(&name("coretemp.tjmax"))?;
        let chip = match &chip {
            Some(chip) => OsString::clone(chip),
            None => chip.insert(driver(&kernel, critical.is_some())?).clone(),
        };
        found.push(Temperature {
            chip,
            device: format!("cpu{cpu}").into(),
            label: Some(format!("CPU {cpu}").into()),
            current: celsius(current).ok_or(Unavailable::Unsupported),
            high: None,
            critical: critical.and_then(celsius),
        });
    }
    for zone in 0..MANY {
        let number =
            |what: &str| kernel.optional_number(&format!("hw.acpi.thermal.tz{zone}.{what}"));
        let Some(current) = number("temperature")? else {
            break;
        };
        found.push(Temperature {
            chip: "acpi".into(),
            device: format!("tz{zone}").into(),
            label: None,
            current: celsius(current).ok_or(Unavailable::Unsupported),
            high: number("_HOT")?.and_then(celsius),
            critical: number("_CRT")?.and_then(celsius),
        });
    }
    Ok(found)
}

/// Who measures the CPUs.
fn driver(kernel: &Kernel<'_>, of_intel: bool) -> Result<OsString> {
    Ok(match of_intel {
        true => "coretemp".into(),
        false if kernel.optional("dev.amdtemp.0.%driver")?.is_some() => "amdtemp".into(),
        false => "cpu".into(),
    })
}

/// From tenths of kelvins, as the drivers make them of degrees.
fn celsius(tenths: i64) -> Option<f64> {
    (tenths > 0).then(|| tenths.saturating_sub(2731) as f64 / 10.0)
}

pub(crate) fn fans(host: &Host) -> Result<Vec<Fan>> {
    // There is no list of fans: these are drivers of ThinkPads and of Apple's
    // machines.
    let kernel = host.kernel()?;
    let mut found = Vec::new();
    let mut add = |device: &str, chip: &str, label: Option<OsString>, speed: i64| {
        found.push(Fan {
            chip: chip.into(),
            device: device.into(),
            label,
            speed: u64::try_from(speed).map_err(|_| Unavailable::Unsupported),
        });
    };
    if let Some(speed) = kernel.optional_number("dev.acpi_ibm.0.fan_speed")? {
        add("acpi_ibm0", "acpi_ibm", None, speed);
    }
    for fan in 0..MANY {
        let name = |what: &str| format!("dev.asmc.0.fan.{fan}.{what}");
        let Some(speed) = kernel.optional_number(&name("speed"))? else {
            break;
        };
        let label = kernel.optional(&name("id"))?.and_then(|id| {
            let id = id.split(|&byte| byte == 0).next().unwrap_or_default();
            bsd::label(id.trim_ascii())
        });
        add("asmc0", "asmc", label, speed);
    }
    Ok(found)
}

pub(crate) fn batteries(host: &Host) -> Result<Vec<Battery>> {
    let kernel = host.kernel()?;
    let line = kernel.optional_number("hw.acpi.acline")?;
    let plugged = match line {
        Some(0) => Some(false),
        Some(1) => Some(true),
        _ => None,
    };
    let units = kernel
        .ask(
            "ioctl ACPIIO_BATT_GET_UNITS",
            Question::Device {
                path: "/dev/acpi",
                request: ACPIIO_BATT_GET_UNITS,
                size: 4,
            },
        )
        .ok()
        .and_then(|answer| kernel.record(&answer).get(Field::<u32>::at(0)));
    match units {
        Some(units) => (0..units.min(MANY))
            .map(|unit| one(&kernel, unit, plugged))
            .collect(),
        // The device is refused, or there is no battery: both are told by
        // what the kernel says of all batteries together.
        None => together(&kernel, plugged).map(|battery| battery.into_iter().collect()),
    }
}

/// One battery, by what its firmware says.
fn one(kernel: &Kernel<'_>, unit: u32, plugged: Option<bool>) -> Result<Battery> {
    let mut structure = kernel.bytes_of(unit).to_vec();
    structure.resize(AcpiBix::SIZE, 0);
    let ask = |what, request| {
        let question = Question::Exchange {
            path: "/dev/acpi",
            request,
            structure: &structure,
        };
        // An empty bay does not answer.
        kernel.optional_answer(what, question)
    };
    let summary = ask("ioctl ACPIIO_BATT_GET_BATTINFO", ACPIIO_BATT_GET_BATTINFO)?;
    let status = ask("ioctl ACPIIO_BATT_GET_BST", ACPIIO_BATT_GET_BST)?;
    let information = ask("ioctl ACPIIO_BATT_GET_BIX", ACPIIO_BATT_GET_BIX)?;
    let summary = summary.and_then(|answer| battery::summary(kernel.record(&answer)).ok());
    let status = status.and_then(|answer| battery::status(kernel.record(&answer)).ok());
    let name = format!("battery{unit}").into();
    let state = status
        .and_then(|status| status.state)
        .or(summary.and_then(|summary| summary.state));
    let percent = summary.and_then(|summary| summary.percent);
    if state == Some(State::Absent) {
        return Ok(Battery {
            present: Some(false),
            plugged,
            ..bsd::unknown(name)
        });
    }
    let parsed = information
        .as_deref()
        .and_then(|answer| battery::information(kernel.record(answer)).ok());
    let unit = parsed.and_then(|parsed| parsed.unit);
    // Without its unit an amount means nothing.
    let amount = |number: Option<u32>| unit.and(number).map(|number| f64::from(number) / 1000.0);
    let cell = Cell {
        name,
        present: state.map(|_| true),
        plugged,
        status: state.and_then(|state| does(state, plugged, percent)),
        unit: match unit {
            Some(battery::Unit::Amperes) => Unit::Charge,
            _ => Unit::Energy,
        },
        now: amount(status.and_then(|status| status.remaining)),
        full: amount(parsed.and_then(|parsed| parsed.full)),
        design: amount(parsed.and_then(|parsed| parsed.design)),
        rate: amount(status.and_then(|status| status.rate)),
        voltage: status
            .and_then(|status| status.voltage)
            .map(|millivolts| f64::from(millivolts) / 1000.0),
        told: percent.map(|percent| f64::from(percent) / 100.0),
        left: summary
            .filter(|_| state == Some(State::Discharging))
            .and_then(|summary| summary.minutes)
            .map(|minutes| Duration::from_secs(u64::from(minutes) * 60)),
        cycles: parsed.and_then(|parsed| parsed.cycles).map(u64::from),
    };
    let text = |words: fn(battery::Information<'_>) -> &[u8]| {
        parsed.and_then(|parsed| bsd::label(words(parsed)))
    };
    Ok(Battery {
        technology: text(|parsed| parsed.chemistry),
        manufacturer: text(|parsed| parsed.manufacturer),
        model: text(|parsed| parsed.model),
        serial_number: text(|parsed| parsed.serial),
        ..cell.battery()
    })
}

/// What a battery does that is there.
fn does(state: State, plugged: Option<bool>, percent: Option<u8>) -> Option<BatteryStatus> {
    match (state, plugged, percent) {
        (State::Charging, ..) => Some(BatteryStatus::Charging),
        (State::Discharging, ..) => Some(BatteryStatus::Discharging),
        (State::Idle, _, Some(100)) => Some(BatteryStatus::Full),
        (State::Idle, Some(true), _) => Some(BatteryStatus::NotCharging),
        _ => None,
    }
}

/// All batteries together, by `sysctl`.
fn together(kernel: &Kernel<'_>, plugged: Option<bool>) -> Result<Option<Battery>> {
    let Some(life) = kernel.optional_number("hw.acpi.battery.life")? else {
        return Ok(None);
    };
    let state = kernel
        .optional_number("hw.acpi.battery.state")?
        .and_then(|bits| battery::state(u32::try_from(bits).ok()?));
    if state == Some(State::Absent) {
        return Ok(None);
    }
    let minutes = kernel
        .optional_number("hw.acpi.battery.time")?
        .and_then(|minutes| u64::try_from(minutes).ok());
    let percent = u8::try_from(life).ok().filter(|&percent| percent <= 100);
    let cell = Cell {
        name: "battery".into(),
        present: state.map(|_| true),
        plugged,
        status: state.and_then(|state| does(state, plugged, percent)),
        told: percent.map(|percent| f64::from(percent) / 100.0),
        left: minutes
            .filter(|_| state == Some(State::Discharging))
            .map(|minutes| Duration::from_secs(minutes.saturating_mul(60))),
        ..Cell::default()
    };
    Ok(Some(cell.battery()))
}
