//! Sensors on OpenBSD: `hw.sensors`, and `/dev/apm` for batteries that have
//! none.

#[cfg(test)]
mod tests;

use super::bsd::{self, Cell, Unit};
use crate::{
    Host, Result, Unavailable,
    parse::{
        Malformed,
        layout::{
            Type as _,
            openbsd::system::{
                APM_IOC_GETPOWER, ApmPowerInfo, CTL_HW, HW_SENSORS, SENSOR_AMPHOUR, SENSOR_AMPS,
                SENSOR_DRIVE, SENSOR_FANRPM, SENSOR_INDICATOR, SENSOR_INTEGER, SENSOR_TEMP,
                SENSOR_VOLTS_DC, SENSOR_WATTHOUR, SENSOR_WATTS,
            },
        },
        openbsd::sensors::{self, Device, Reading},
    },
    sensors::{Battery, BatteryStatus, Fan, Temperature},
    sys::kernel::{Kernel, Question, malformed},
};

const SENSORS: &str = "sysctl hw.sensors";

/// The answers about all devices with sensors, with their numbers.
fn devices(kernel: &Kernel<'_>) -> Result<Vec<(i32, Vec<u8>)>> {
    let mut found = Vec::new();
    for number in 0..1 << 12 {
        match kernel.sysctl(SENSORS, &[CTL_HW, HW_SENSORS, number]) {
            Ok(answer) => found.push((number, answer)),
            Err(error) => match error.raw_os_error() {
                // A device with this number is gone, others follow.
                Some(libc::ENXIO) => {}
                // No more, or a kernel without sensors.
                Some(libc::ENOENT | libc::EOPNOTSUPP) => break,
                _ => return Err(error),
            },
        }
    }
    Ok(found)
}

fn wrong(expected: Malformed) -> crate::Error {
    malformed(SENSORS, expected)
}

/// Hands out each sensor of a kind that a device has and that measures
/// something.
fn each(
    kernel: &Kernel<'_>,
    number: i32,
    device: &Device<'_>,
    kind: i32,
    mut with: impl FnMut(Reading<'_>),
) -> Result<()> {
    for at in 0..device.count(kind).min(1 << 12) {
        let mib = [CTL_HW, HW_SENSORS, number, kind, at];
        let Some(answer) = kernel.optional_answer(SENSORS, Question::Sysctl(&mib))? else {
            continue;
        };
        let reading = sensors::reading(kernel.record(&answer)).map_err(wrong)?;
        if reading.is_valid {
            with(reading);
        }
    }
    Ok(())
}

/// The volumes that a driver makes of disks, by their names.
pub(in crate::sys) fn volumes(kernel: &Kernel<'_>, driver: &[u8]) -> Result<Vec<Vec<u8>>> {
    let mut found = Vec::new();
    for (number, answer) in devices(kernel)? {
        let device = sensors::device(kernel.record(&answer)).map_err(wrong)?;
        if device.name.starts_with(driver) {
            each(kernel, number, &device, SENSOR_DRIVE, |reading| {
                found.push(reading.description.to_vec());
            })?;
        }
    }
    Ok(found)
}

pub(crate) fn temperatures(host: &Host) -> Result<Vec<Temperature>> {
    let kernel = host.kernel()?;
    let mut found = Vec::new();
    for (number, answer) in devices(&kernel)? {
        let device = sensors::device(kernel.record(&answer)).map_err(wrong)?;
        each(&kernel, number, &device, SENSOR_TEMP, |reading| {
            found.push(Temperature {
                chip: bsd::driver(device.name),
                device: bsd::words(device.name),
                label: bsd::label(reading.description),
                current: reading
                    .value
                    .and_then(bsd::celsius)
                    .ok_or(Unavailable::Unsupported),
                high: None,
                critical: None,
            });
        })?;
    }
    Ok(found)
}

pub(crate) fn fans(host: &Host) -> Result<Vec<Fan>> {
    let kernel = host.kernel()?;
    let mut found = Vec::new();
    for (number, answer) in devices(&kernel)? {
        let device = sensors::device(kernel.record(&answer)).map_err(wrong)?;
        each(&kernel, number, &device, SENSOR_FANRPM, |reading| {
            found.push(Fan {
                chip: bsd::driver(device.name),
                device: bsd::words(device.name),
                label: bsd::label(reading.description),
                speed: reading
                    .value
                    .and_then(|speed| u64::try_from(speed).ok())
                    .ok_or(Unavailable::Unsupported),
            });
        })?;
    }
    Ok(found)
}

pub(crate) fn batteries(host: &Host) -> Result<Vec<Battery>> {
    let kernel = host.kernel()?;
    let mut plugged: Option<bool> = None;
    let mut cells = Vec::new();
    for (number, answer) in devices(&kernel)? {
        let device = sensors::device(kernel.record(&answer)).map_err(wrong)?;
        // A device of its own, or a part of the one that has the battery.
        each(&kernel, number, &device, SENSOR_INDICATOR, |reading| {
            if let (b"power supply", Some(value)) = (reading.description, reading.value) {
                plugged = Some(plugged.unwrap_or(false) || value != 0);
            }
        })?;
        if device.count(SENSOR_WATTHOUR) > 0 || device.count(SENSOR_AMPHOUR) > 0 {
            cells.extend(cell(&kernel, number, &device)?);
        }
    }
    if cells.is_empty() {
        return Ok(apm(&kernel)?.map(Cell::battery).into_iter().collect());
    }
    // The drivers of Apple's machines do not say what the battery does.
    if let [cell] = cells.as_mut_slice() {
        if cell.present == Some(true) && cell.status.is_none() {
            if let Some(told) = apm(&kernel)? {
                (cell.status, cell.left) = (told.status, told.left);
                plugged = plugged.or(told.plugged);
            }
        }
    }
    Ok(cells
        .into_iter()
        .map(|cell| Cell { plugged, ..cell }.battery())
        .collect())
}

/// What a battery's driver tells, in the words that those of ACPI and of
/// Apple's machines use. `None`: it uses others.
fn cell(kernel: &Kernel<'_>, number: i32, device: &Device<'_>) -> Result<Option<Cell>> {
    let mut cell = Cell {
        name: bsd::words(device.name),
        ..Cell::default()
    };
    let (mut any, mut understood) = (false, false);
    for (kind, unit) in [
        (SENSOR_WATTHOUR, Unit::Energy),
        (SENSOR_AMPHOUR, Unit::Charge),
    ] {
        each(kernel, number, device, kind, |reading| {
            any = true;
            cell.unit = unit;
            let amount = reading.value.and_then(bsd::millionths);
            match reading.description {
                b"remaining capacity" | b"remaining battery capacity" => cell.now = amount,
                b"last full capacity" | b"last full battery capacity" => cell.full = amount,
                b"design capacity" | b"battery design capacity" => cell.design = amount,
                _ => return,
            }
            understood = true;
        })?;
    }
    for (kind, unit) in [(SENSOR_WATTS, Unit::Energy), (SENSOR_AMPS, Unit::Charge)] {
        each(kernel, number, device, kind, |reading| {
            if reading.description == b"rate" && cell.unit == unit {
                cell.rate = reading.value.and_then(bsd::millionths);
            }
        })?;
    }
    each(kernel, number, device, SENSOR_VOLTS_DC, |reading| {
        if matches!(reading.description, b"current voltage" | b"battery") {
            cell.voltage = reading.value.and_then(bsd::millionths);
        }
    })?;
    // The state is in the words, and not in the number.
    each(kernel, number, device, SENSOR_INTEGER, |reading| {
        cell.status = match reading.description {
            b"battery full" => Some(BatteryStatus::Full),
            b"battery charging" => Some(BatteryStatus::Charging),
            b"battery discharging" | b"battery critical" => Some(BatteryStatus::Discharging),
            b"battery idle" => Some(BatteryStatus::NotCharging),
            b"discharge cycles" | b"battery discharge cycles" => {
                cell.cycles = reading.value.and_then(|cycles| u64::try_from(cycles).ok());
                return;
            }
            _ => return,
        };
    })?;
    // All sensors of a battery that was taken out are invalid.
    cell.present = Some(any);
    Ok(Some(cell).filter(|_| !any || understood))
}

/// What the machine's power management says of all batteries.
fn apm(kernel: &Kernel<'_>) -> Result<Option<Cell>> {
    let what = "ioctl APM_IOC_GETPOWER";
    let question = Question::Device {
        path: "/dev/apm",
        request: APM_IOC_GETPOWER.unsigned_abs(),
        size: ApmPowerInfo::SIZE,
    };
    let Some(answer) = kernel.optional_answer(what, question)? else {
        return Ok(None);
    };
    let power = sensors::power(kernel.record(&answer)).map_err(|wrong| malformed(what, wrong))?;
    if power.is_present != Some(true) && power.percent.is_none() {
        return Ok(None);
    }
    let status = match (power.is_charging, power.is_plugged, power.percent) {
        (Some(true), ..) => Some(BatteryStatus::Charging),
        (_, Some(false), _) => Some(BatteryStatus::Discharging),
        (Some(false), Some(true), Some(100)) => Some(BatteryStatus::Full),
        (Some(false), Some(true), _) => Some(BatteryStatus::NotCharging),
        _ => None,
    };
    Ok(Some(Cell {
        name: "apm0".into(),
        present: power.is_present,
        plugged: power.is_plugged,
        status,
        told: power.percent.map(|percent| f64::from(percent) / 100.0),
        // Until it is empty, or full.
        left: power.left,
        ..Cell::default()
    }))
}
