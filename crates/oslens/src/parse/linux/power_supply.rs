//! `/sys/class/power_supply/*`: the properties of batteries and chargers.
//! See the kernel's Documentation/ABI/testing/sysfs-class-power.

use crate::parse::text;

/// The properties of one supply, in the kernel's units: millionths of
/// watt-hours, ampere-hours, watts, amperes and volts, and seconds.
///
/// A property that the driver does not have, or has no number for, is
/// `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs)] // Each field is the attribute of the same name.
pub struct PowerSupply {
    /// `type`: `Battery`, `UPS`, `Mains`, `USB`, `Wireless`, …
    pub kind: Option<Vec<u8>>,
    pub status: Option<Vec<u8>>,
    pub health: Option<Vec<u8>>,
    pub scope: Option<Vec<u8>>,
    pub technology: Option<Vec<u8>>,
    pub manufacturer: Option<Vec<u8>>,
    pub model_name: Option<Vec<u8>>,
    pub serial_number: Option<Vec<u8>>,
    pub capacity_level: Option<Vec<u8>>,
    pub capacity: Option<i64>,
    pub present: Option<i64>,
    pub online: Option<i64>,
    pub cycle_count: Option<i64>,
    pub energy_now: Option<i64>,
    pub energy_full: Option<i64>,
    pub energy_full_design: Option<i64>,
    pub charge_now: Option<i64>,
    pub charge_full: Option<i64>,
    pub charge_full_design: Option<i64>,
    pub power_now: Option<i64>,
    pub current_now: Option<i64>,
    pub voltage_now: Option<i64>,
    pub voltage_min_design: Option<i64>,
    pub time_to_empty_now: Option<i64>,
    pub time_to_full_now: Option<i64>,
}

/// The attributes that [`PowerSupply::set`] knows, as they are called in
/// sysfs.
pub const ATTRIBUTES: [&str; 25] = [
    "type",
    "status",
    "health",
    "scope",
    "technology",
    "manufacturer",
    "model_name",
    "serial_number",
    "capacity_level",
    "capacity",
    "present",
    "online",
    "cycle_count",
    "energy_now",
    "energy_full",
    "energy_full_design",
    "charge_now",
    "charge_full",
    "charge_full_design",
    "power_now",
    "current_now",
    "voltage_now",
    "voltage_min_design",
    "time_to_empty_now",
    "time_to_full_now",
];

impl PowerSupply {
    /// Sets the property that the attribute has this value of.
    pub fn set(&mut self, attribute: &[u8], value: &[u8]) {
        let value = value.trim_ascii();
        let words = || (!value.is_empty()).then(|| value.to_vec());
        let number = || text::signed_decimal(value);
        match attribute {
            b"type" => self.kind = words(),
            b"status" => self.status = words(),
            b"health" => self.health = words(),
            b"scope" => self.scope = words(),
            b"technology" => self.technology = words(),
            b"manufacturer" => self.manufacturer = words(),
            b"model_name" => self.model_name = words(),
            b"serial_number" => self.serial_number = words(),
            b"capacity_level" => self.capacity_level = words(),
            b"capacity" => self.capacity = number(),
            b"present" => self.present = number(),
            b"online" => self.online = number(),
            b"cycle_count" => self.cycle_count = number(),
            b"energy_now" => self.energy_now = number(),
            b"energy_full" => self.energy_full = number(),
            b"energy_full_design" => self.energy_full_design = number(),
            b"charge_now" => self.charge_now = number(),
            b"charge_full" => self.charge_full = number(),
            b"charge_full_design" => self.charge_full_design = number(),
            b"power_now" => self.power_now = number(),
            b"current_now" => self.current_now = number(),
            b"voltage_now" => self.voltage_now = number(),
            b"voltage_min_design" => self.voltage_min_design = number(),
            b"time_to_empty_now" => self.time_to_empty_now = number(),
            b"time_to_full_now" => self.time_to_full_now = number(),
            _ => {}
        }
    }
}

/// Reads `uevent`, which has all properties of a supply in one file:
/// `POWER_SUPPLY_ENERGY_NOW=43210000`.
#[must_use]
pub fn uevent(bytes: &[u8]) -> PowerSupply {
    let mut supply = PowerSupply::default();
    for line in text::lines(bytes) {
        let Some(equals) = memchr::memchr(b'=', line) else {
            continue;
        };
        let (key, value) = line.split_at(equals);
        if let Some(key) = key.strip_prefix(b"POWER_SUPPLY_") {
            supply.set(
                &key.to_ascii_lowercase(),
                value.get(1..).unwrap_or_default(),
            );
        }
    }
    supply
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uevent_has_the_properties_of_the_attributes() {
        let supply = uevent(b"DEVTYPE=power_supply\nPOWER_SUPPLY_NAME=BAT0\nPOWER_SUPPLY_TYPE=Battery\nPOWER_SUPPLY_STATUS=Not charging\nPOWER_SUPPLY_PRESENT=1\nPOWER_SUPPLY_CYCLE_COUNT=312\nPOWER_SUPPLY_POWER_NOW=-7654000\nPOWER_SUPPLY_ENERGY_NOW=43210000\nPOWER_SUPPLY_MODEL_NAME= 01AV405 \nPOWER_SUPPLY_SERIAL_NUMBER=\n");
        assert_eq!(supply.kind.as_deref(), Some(&b"Battery"[..]));
        assert_eq!(supply.status.as_deref(), Some(&b"Not charging"[..]));
        assert_eq!(supply.power_now, Some(-7_654_000));
        assert_eq!(supply.energy_now, Some(43_210_000));
        assert_eq!(supply.model_name.as_deref(), Some(&b"01AV405"[..]));
        assert_eq!(supply.serial_number, None);
        assert_eq!(supply.charge_now, None);
    }

    #[test]
    fn every_listed_attribute_is_known() {
        for attribute in ATTRIBUTES {
            let mut supply = PowerSupply::default();
            supply.set(attribute.as_bytes(), b"7\n");
            assert_ne!(supply, PowerSupply::default(), "{attribute}");
        }
    }

    #[test]
    fn odd_lines_are_passed_over() {
        assert_eq!(uevent(b""), PowerSupply::default());
        assert_eq!(
            uevent(b"=\nPOWER_SUPPLY_\nPOWER_SUPPLY_=1\nPOWER_SUPPLY_CAPACITY=x\n\xff=\xff"),
            PowerSupply::default()
        );
    }
}
