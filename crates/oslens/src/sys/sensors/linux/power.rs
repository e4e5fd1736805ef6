//! Batteries, and whether anything else powers the machine.

use std::{
    ffi::OsString,
    os::unix::ffi::{OsStrExt as _, OsStringExt as _},
    time::Duration,
};

use super::{attribute, names};
use crate::{
    Host, Result,
    parse::linux::power_supply::{self, ATTRIBUTES, PowerSupply},
    sensors::{Battery, BatteryScope, BatteryStatus},
    sys::pal::linux::file,
};

pub(crate) fn batteries(host: &Host) -> Result<Vec<Battery>> {
    let class = host.sys_path().join("class/power_supply");
    let mut supplies = Vec::new();
    for name in names(&class, |_| None)? {
        let Ok(directory) = file::open_dir(&class.join(&name)) else {
            continue;
        };
        let mut supply = match attribute(&directory, "uevent") {
            Ok(uevent) if !uevent.is_empty() => power_supply::uevent(&uevent),
            _ => {
                let mut supply = PowerSupply::default();
                for name in ATTRIBUTES {
                    if let Ok(value) = attribute(&directory, name) {
                        supply.set(name.as_bytes(), &value);
                    }
                }
                supply
            }
        };
        // Not in `uevent` before Linux 5.13.
        if supply.kind.is_none() {
            if let Ok(kind) = attribute(&directory, "type") {
                supply.set(b"type", &kind);
            }
        }
        supplies.push((name, supply));
    }
    let plugged = plugged(supplies.iter().map(|(_, supply)| supply));
    Ok(supplies
        .into_iter()
        .filter_map(|(name, supply)| {
            let scope = scope(&name, &supply)?;
            Some(battery(name, scope, supply, plugged))
        })
        .collect())
}

/// What the supply powers, if it is a battery.
fn scope(name: &OsString, supply: &PowerSupply) -> Option<BatteryScope> {
    match supply.kind.as_deref() {
        Some(b"UPS") => return Some(BatteryScope::Ups),
        Some(b"Battery") => {}
        Some(_) => return None,
        None => {
            let name = name.as_bytes().to_ascii_lowercase();
            if !name.starts_with(b"bat") && memchr::memmem::find(&name, b"battery").is_none() {
                return None;
            }
        }
    }
    Some(if supply.scope.as_deref() == Some(b"Device") {
        BatteryScope::Device
    } else {
        BatteryScope::System
    })
}

/// Whether a charger gives power to the machine; `None` when there is none
/// that could tell.
fn plugged<'a>(supplies: impl Iterator<Item = &'a PowerSupply>) -> Option<bool> {
    supplies
        .filter(|supply| {
            // `USB`, `USB_C`, `USB_PD`, … were types of their own for a while.
            let charger = supply.kind.as_deref().is_some_and(|kind| {
                matches!(kind, b"Mains" | b"Wireless" | b"BrickID") || kind.starts_with(b"USB")
            });
            charger && supply.scope.as_deref() != Some(b"Device")
        })
        .filter_map(|supply| supply.online)
        // 2 is online with a fixed voltage.
        .map(|online| online > 0)
        .reduce(|any, online| any || online)
}

fn battery(
    name: OsString,
    scope: BatteryScope,
    supply: PowerSupply,
    plugged: Option<bool>,
) -> Battery {
    let status = match supply.status.as_deref() {
        Some(b"Charging") => Some(BatteryStatus::Charging),
        Some(b"Discharging") => Some(BatteryStatus::Discharging),
        Some(b"Not charging") => Some(BatteryStatus::NotCharging),
        Some(b"Full") => Some(BatteryStatus::Full),
        _ => None,
    };
    let electric = Electric::of(&supply);
    let Electric { energy, charge, .. } = &electric;
    let fraction = energy.fraction().or_else(|| charge.fraction()).or_else(|| {
        supply
            .capacity
            .filter(|capacity| (0..=100).contains(capacity))
            .map(|percent| percent as f64 / 100.0)
    });
    let time_to_empty = match status {
        Some(BatteryStatus::Discharging) => {
            electric.time(energy.now, charge.now, supply.time_to_empty_now)
        }
        _ => None,
    };
    let time_to_full = match status {
        Some(BatteryStatus::Charging) => {
            electric.time(energy.missing(), charge.missing(), supply.time_to_full_now)
        }
        _ => None,
    };
    // A keyboard's battery says nothing about the machine's mains; the
    // machine's own says a little where no charger is listed.
    let plugged = match scope {
        BatteryScope::Device => None,
        _ => plugged.or(match status {
            Some(BatteryStatus::Discharging) => Some(false),
            Some(_) => Some(true),
            None => None,
        }),
    };
    let words = |bytes: Option<Vec<u8>>| bytes.map(OsString::from_vec);
    let known = |bytes: Option<Vec<u8>>| words(bytes.filter(|bytes| bytes != b"Unknown"));
    Battery {
        name,
        scope,
        fraction,
        status,
        plugged,
        present: supply.present.map(|present| present != 0),
        power: electric.power,
        voltage: electric.voltage,
        time_to_empty,
        time_to_full,
        cycle_count: supply
            .cycle_count
            .and_then(|count| u64::try_from(count).ok())
            .filter(|&count| count > 0),
        health: energy.health().or_else(|| charge.health()),
        condition: known(supply.health),
        technology: known(supply.technology),
        manufacturer: words(supply.manufacturer),
        model: words(supply.model_name),
        serial_number: words(supply.serial_number),
        energy_now: energy.now,
        energy_full: energy.full,
        energy_full_design: energy.design,
        charge_now: charge.now,
        charge_full: charge.full,
        charge_full_design: charge.design,
    }
}

/// What a battery holds and gives, in watts, volts, amperes and their hours.
struct Electric {
    energy: Amounts,
    charge: Amounts,
    power: Option<f64>,
    voltage: Option<f64>,
    current: Option<f64>,
}

impl Electric {
    fn of(supply: &PowerSupply) -> Self {
        // Some drivers give the discharging current a minus sign.
        let magnitude = |value: Option<i64>| value.map(|value| value.unsigned_abs() as f64 / 1e6);
        let current = magnitude(supply.current_now);
        let voltage = amount(supply.voltage_now);
        Self {
            energy: Amounts {
                now: amount(supply.energy_now),
                full: amount(supply.energy_full),
                design: amount(supply.energy_full_design),
            },
            charge: Amounts {
                now: amount(supply.charge_now),
                full: amount(supply.charge_full),
                design: amount(supply.charge_full_design),
            },
            power: magnitude(supply.power_now).or_else(|| Some(current? * voltage?)),
            voltage,
            current,
        }
    }

    /// How long this energy or charge takes at the present rate, of the pairs
    /// that fit (energy and power, charge and current); else what the driver
    /// says, seconds.
    fn time(
        &self,
        energy: Option<f64>,
        charge: Option<f64>,
        told: Option<i64>,
    ) -> Option<Duration> {
        energy
            .and_then(|energy| quotient(energy, self.power?))
            .or_else(|| charge.and_then(|charge| quotient(charge, self.current?)))
            .and_then(duration)
            .or_else(|| {
                told.and_then(|seconds| u64::try_from(seconds).ok())
                    .filter(|&seconds| seconds > 0)
                    .map(Duration::from_secs)
            })
    }
}

/// From millionths. Drivers report −1 and the like for what they do not know.
fn amount(value: Option<i64>) -> Option<f64> {
    value
        .filter(|&value| value >= 0)
        .map(|value| value as f64 / 1e6)
}

/// Energy or charge.
struct Amounts {
    now: Option<f64>,
    full: Option<f64>,
    design: Option<f64>,
}

impl Amounts {
    /// How full: firmware lets `now` rise above `full` until it has learned
    /// the new maximum.
    fn fraction(&self) -> Option<f64> {
        quotient(self.now?, self.full?).map(|fraction| fraction.min(1.0))
    }

    fn health(&self) -> Option<f64> {
        quotient(self.full?, self.design?)
    }

    fn missing(&self) -> Option<f64> {
        Some((self.full? - self.now?).max(0.0))
    }
}

/// A quotient; none by zero, which stands for unknown here.
fn quotient(dividend: f64, divisor: f64) -> Option<f64> {
    (divisor > 0.0).then(|| dividend / divisor)
}

/// These hours, unless they are beyond any battery's (a power near zero).
fn duration(hours: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(hours * 3600.0).ok()
}
