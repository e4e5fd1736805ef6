//! Sensors of NetBSD: the property list of `/dev/sysmon`.

use super::property_list::{Value, property_list};
use crate::parse::Malformed;

/// A device with sensors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// What the system calls it: `acpibat0`.
    pub name: Vec<u8>,
    /// What it is: `battery`, `ac-adapter`, `other`.
    pub class: Option<Vec<u8>>,
    /// Its sensors.
    pub sensors: Vec<Sensor>,
}

impl Device {
    /// The sensor that measures this.
    #[must_use]
    pub fn sensor(&self, description: &str) -> Option<&Sensor> {
        self.sensors
            .iter()
            .find(|sensor| sensor.description == description.as_bytes())
    }
}

/// A sensor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sensor {
    /// What it measures.
    pub description: Vec<u8>,
    /// Its kind.
    pub kind: Kind,
    /// The number, in the unit of its kind. `None`: it is not valid now.
    pub value: Option<i64>,
    /// From here on a warning is given.
    pub warning_max: Option<i64>,
    /// From here on it is critical.
    pub critical_max: Option<i64>,
}

/// Kinds of sensors, with the units of their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Millionths of kelvins.
    Temperature,
    /// Revolutions per minute.
    Fan,
    /// Millionths of volts.
    Volts,
    /// Millionths of watts.
    Watts,
    /// Millionths of amperes.
    Amperes,
    /// Millionths of watt-hours.
    WattHours,
    /// Millionths of ampere-hours.
    AmpereHours,
    /// Zero or one.
    Truth,
    /// Another.
    Other,
}

/// The devices in a property list.
///
/// # Errors
///
/// When it is none, or no dictionary.
pub fn devices(list: &[u8]) -> Result<Vec<Device>, Malformed> {
    let list = property_list(list)?;
    let Value::Dictionary(devices) = &list else {
        return Err(Malformed("a dictionary of devices"));
    };
    Ok(devices
        .iter()
        .map(|(name, parts)| Device {
            name: name.to_vec(),
            class: parts.items().iter().find_map(|part| {
                let properties = part.get("device-properties")?;
                Some(properties.get("device-class")?.text()?.to_vec())
            }),
            sensors: parts.items().iter().filter_map(sensor).collect(),
        })
        .collect())
}

fn sensor(part: &Value<'_>) -> Option<Sensor> {
    let number = |name| part.get(name).and_then(Value::number);
    let kind = match part.get("type")?.text()? {
        b"Temperature" => Kind::Temperature,
        b"Fan" => Kind::Fan,
        b"Voltage DC" => Kind::Volts,
        b"Watts" => Kind::Watts,
        b"Ampere" => Kind::Amperes,
        b"Watt hour" => Kind::WattHours,
        b"Ampere hour" => Kind::AmpereHours,
        b"Indicator" | b"Battery charge" => Kind::Truth,
        _ => Kind::Other,
    };
    // Other states say that a limit was passed.
    let is_valid = !matches!(
        part.get("state").and_then(Value::text),
        Some(b"invalid" | b"unknown") | None
    );
    Some(Sensor {
        description: part.get("description")?.text()?.to_vec(),
        kind,
        value: number("cur-value").filter(|_| is_valid),
        warning_max: number("warning-max"),
        critical_max: number("critical-max"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAPTOP: &[u8] = include_bytes!("fixtures/netbsd_laptop.plist");

    #[test]
    fn a_laptop_has_a_battery_and_temperatures() {
        let all = devices(LAPTOP).unwrap();
        let names: Vec<_> = all.iter().map(|device| device.name.as_slice()).collect();
        assert_eq!(
            names,
            [&b"acpiacad0"[..], b"acpibat0", b"acpitz0", b"thinkpad0"]
        );
        let battery = &all[1];
        assert_eq!(battery.class.as_deref(), Some(&b"battery"[..]));
        let charge = battery.sensor("charge").unwrap();
        assert_eq!(
            (charge.kind, charge.value),
            (Kind::WattHours, Some(36_450_000))
        );
        // What is not valid has a number all the same.
        assert_eq!(battery.sensor("charge rate").unwrap().value, None);
        assert_eq!(battery.sensor("power"), None);
        let zone = all[2].sensor("temperature").unwrap();
        assert_eq!(
            (zone.kind, zone.value),
            (Kind::Temperature, Some(341_150_000))
        );
        assert_eq!(zone.critical_max, Some(400_150_000));
        assert_eq!(all[3].sensor("fan speed 0").unwrap().value, Some(3212));
    }

    #[test]
    fn a_list_that_is_cut_is_refused() {
        for end in (0..LAPTOP.len() - 10).step_by(97) {
            assert!(devices(&LAPTOP[..end]).is_err(), "{end}");
        }
        assert!(devices(b"<plist><array/></plist>").is_err());
        assert_eq!(devices(b"<plist><dict/></plist>"), Ok(Vec::new()));
    }
}
