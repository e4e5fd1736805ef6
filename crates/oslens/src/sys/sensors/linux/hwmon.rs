//! Temperatures and fans.

use std::{
    ffi::{OsStr, OsString},
    os::{fd::OwnedFd, unix::ffi::OsStrExt as _},
    path::{Path, PathBuf},
};

use super::{attribute, ends_with, field, names, optional};
use crate::{
    Host, Result,
    parse::linux::hwmon,
    sensors::{Fan, Temperature},
    sys::pal::linux::file,
};

/// A chip: a directory with its attributes.
struct Chip {
    name: OsString,
    /// `hwmon3`.
    device: OsString,
    directory: OwnedFd,
    /// Numbers of the sensors that have an `_input`, ascending.
    sensors: Vec<u32>,
}

pub(crate) fn temperatures(host: &Host) -> Result<Vec<Temperature>> {
    let mut temperatures = Vec::new();
    for chip in chips(host, "temp")? {
        let limit = |number: u32, what: &str| {
            let text = attribute(&chip.directory, &format!("temp{number}_{what}")).ok()?;
            hwmon::celsius(&text)
        };
        temperatures.extend(chip.sensors.iter().map(|&number| Temperature {
            chip: chip.name.clone(),
            device: chip.device.clone(),
            label: optional(&chip.directory, &format!("temp{number}_label")),
            current: field(
                attribute(&chip.directory, &format!("temp{number}_input")),
                hwmon::celsius,
            ),
            high: limit(number, "max"),
            critical: limit(number, "crit"),
        }));
    }
    if temperatures.is_empty() {
        return zones(host);
    }
    Ok(temperatures)
}

pub(crate) fn fans(host: &Host) -> Result<Vec<Fan>> {
    let mut fans = Vec::new();
    for chip in chips(host, "fan")? {
        fans.extend(chip.sensors.iter().map(|&number| Fan {
            chip: chip.name.clone(),
            device: chip.device.clone(),
            label: optional(&chip.directory, &format!("fan{number}_label")),
            speed: field(
                attribute(&chip.directory, &format!("fan{number}_input")),
                hwmon::revolutions,
            ),
        }));
    }
    Ok(fans)
}

/// The chips that have sensors of this kind.
fn chips(host: &Host, kind: &str) -> Result<Vec<Chip>> {
    let class = host.sys_path().join("class/hwmon");
    let mut chips = Vec::new();
    let mut seen = Vec::new();
    for device in names(&class, |name| hwmon::suffix("hwmon", name))? {
        let directory = class.join(&device);
        // Before Linux 3.x the attributes were those of the parent device;
        // RHEL kernels kept that for long.
        let parent = directory.join("device");
        for directory in [directory, parent] {
            if let Some(chip) = chip(&directory, device.clone(), kind)? {
                chips.push(chip);
                break;
            }
        }
        seen.push(device);
    }
    // Some containers hide the class but not the devices.
    let platform = host.sys_path().join("devices/platform");
    if kind == "temp" {
        for parent in names(&platform, |name| hwmon::suffix("coretemp.", name))? {
            if !parent.as_bytes().starts_with(b"coretemp.") {
                continue;
            }
            let parent: PathBuf = platform.join(parent).join("hwmon");
            for device in names(&parent, |name| hwmon::suffix("hwmon", name))? {
                if !seen.contains(&device) {
                    chips.extend(chip(&parent.join(&device), device, kind)?);
                }
            }
        }
    }
    Ok(chips)
}

/// The chip with its attributes in this directory; `None` when it has no
/// sensors of this kind, or went away.
fn chip(path: &Path, device: OsString, kind: &str) -> Result<Option<Chip>> {
    let sensors = sensors(path, kind)?;
    if sensors.is_empty() {
        return Ok(None);
    }
    let Ok(directory) = file::open_dir(path) else {
        return Ok(None);
    };
    let name = optional(&directory, "name")
        // `device` is a link: its parent is another device, not the chip.
        .or_else(|| optional(rustix::fs::CWD, path.parent()?.join("name").to_str()?))
        .unwrap_or_else(|| device.clone());
    Ok(Some(Chip {
        name,
        device,
        directory,
        sensors,
    }))
}

fn sensors(path: &Path, kind: &str) -> Result<Vec<u32>> {
    let mut numbers: Vec<u32> = names(path, |_| None)?
        .iter()
        .filter(|name| ends_with(name, "_input"))
        .filter_map(|name| hwmon::index(kind, name.as_bytes()))
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers)
}

/// Thermal zones: what boards without hwmon drivers have.
fn zones(host: &Host) -> Result<Vec<Temperature>> {
    let class = host.sys_path().join("class/thermal");
    let mut temperatures = Vec::new();
    for device in names(&class, |name| hwmon::suffix("thermal_zone", name))? {
        if hwmon::suffix("thermal_zone", device.as_bytes()).is_none() {
            continue;
        }
        let Ok(directory) = file::open_dir(&class.join(&device)) else {
            continue;
        };
        let mut zone = Temperature {
            chip: optional(&directory, "type").unwrap_or_else(|| device.clone()),
            label: None,
            current: field(attribute(&directory, "temp"), hwmon::celsius),
            high: None,
            critical: None,
            device,
        };
        // A zone has some 12 trip points at most, numbered without gaps.
        for number in 0..64 {
            let Some(kind) = optional(&directory, &format!("trip_point_{number}_type")) else {
                break;
            };
            let limit = if kind == OsStr::new("critical") {
                &mut zone.critical
            } else if kind == OsStr::new("hot") || kind == OsStr::new("high") {
                &mut zone.high
            } else {
                continue;
            };
            if limit.is_none() {
                *limit = attribute(&directory, &format!("trip_point_{number}_temp"))
                    .ok()
                    .and_then(|text| hwmon::celsius(&text));
            }
        }
        temperatures.push(zone);
    }
    Ok(temperatures)
}
