//! Sensors on NetBSD: the property list of `/dev/sysmon`, which has all of
//! them.

#[cfg(test)]
mod tests;

use super::bsd::{self, Cell, Unit};
use crate::{
    Host, Result, Unavailable,
    parse::{
        layout::netbsd::system::ENVSYS_GETDICTIONARY,
        netbsd::envsys::{self, Device, Kind, Sensor},
    },
    sensors::{Battery, BatteryStatus, Fan, Temperature},
    sys::kernel::{Question, malformed},
};

fn devices(host: &Host) -> Result<Vec<Device>> {
    let what = "ioctl ENVSYS_GETDICTIONARY";
    let question = Question::PropertyList {
        path: "/dev/sysmon",
        request: ENVSYS_GETDICTIONARY,
    };
    match host.kernel()?.optional_answer(what, question)? {
        Some(list) => envsys::devices(&list).map_err(|expected| malformed(what, expected)),
        None => Ok(Vec::new()),
    }
}

/// The sensors of a kind, with their devices.
fn of_kind(devices: &[Device], kind: Kind) -> impl Iterator<Item = (&Device, &Sensor)> {
    devices
        .iter()
        .flat_map(|device| device.sensors.iter().map(move |sensor| (device, sensor)))
        .filter(move |(_, sensor)| sensor.kind == kind)
}

pub(crate) fn temperatures(host: &Host) -> Result<Vec<Temperature>> {
    Ok(of_kind(&devices(host)?, Kind::Temperature)
        .map(|(device, sensor)| Temperature {
            chip: bsd::driver(&device.name),
            device: bsd::words(&device.name),
            label: bsd::label(&sensor.description),
            current: sensor
                .value
                .and_then(bsd::celsius)
                .ok_or(Unavailable::Unsupported),
            high: sensor.warning_max.and_then(bsd::celsius),
            critical: sensor.critical_max.and_then(bsd::celsius),
        })
        .collect())
}

pub(crate) fn fans(host: &Host) -> Result<Vec<Fan>> {
    Ok(of_kind(&devices(host)?, Kind::Fan)
        .map(|(device, sensor)| Fan {
            chip: bsd::driver(&device.name),
            device: bsd::words(&device.name),
            label: bsd::label(&sensor.description),
            speed: sensor
                .value
                .and_then(|speed| u64::try_from(speed).ok())
                .ok_or(Unavailable::Unsupported),
        })
        .collect())
}

pub(crate) fn batteries(host: &Host) -> Result<Vec<Battery>> {
    let devices = devices(host)?;
    let plugged = devices
        .iter()
        .filter(|device| device.class.as_deref() == Some(b"ac-adapter"))
        .filter_map(|device| Some(device.sensor("connected")?.value? != 0))
        .reduce(|any, connected| any || connected);
    Ok(devices
        .iter()
        .filter(|device| device.class.as_deref() == Some(b"battery"))
        .map(|device| battery(device, plugged))
        .collect())
}

fn battery(device: &Device, plugged: Option<bool>) -> Battery {
    let value = |name: &str| device.sensor(name).and_then(|sensor| sensor.value);
    let amount = |name: &str| value(name).and_then(bsd::millionths);
    let (present, charging) = (value("present"), value("charging"));
    let charge = device.sensor("charge");
    let cell = Cell {
        name: bsd::words(&device.name),
        present: present.map(|present| present != 0),
        plugged,
        ..Cell::default()
    };
    if present == Some(0) {
        return Battery {
            plugged,
            ..cell.battery()
        };
    }
    let (now, full) = (amount("charge"), amount("last full cap"));
    let status = match (charging.map(|charging| charging != 0), plugged) {
        (Some(true), _) => Some(BatteryStatus::Charging),
        // A rate that is not valid is none.
        (Some(false), _) if value("discharge rate").is_some_and(|rate| rate > 0) => {
            Some(BatteryStatus::Discharging)
        }
        (Some(false), Some(false)) => Some(BatteryStatus::Discharging),
        (Some(false), Some(true)) => match now.zip(full) {
            Some((now, full)) if now >= full => Some(BatteryStatus::Full),
            _ => Some(BatteryStatus::NotCharging),
        },
        _ => None,
    };
    Cell {
        status,
        unit: match charge.map(|charge| charge.kind) {
            Some(Kind::AmpereHours) => Unit::Charge,
            _ => Unit::Energy,
        },
        now,
        full,
        design: amount("design cap"),
        rate: match status {
            Some(BatteryStatus::Charging) => amount("charge rate"),
            Some(BatteryStatus::Discharging) => amount("discharge rate"),
            _ => None,
        },
        voltage: amount("voltage"),
        ..cell
    }
    .battery()
}
