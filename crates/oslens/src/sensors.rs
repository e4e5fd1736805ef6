//! Temperatures, fans and batteries.

use std::{ffi::OsString, time::Duration};

use crate::{Field, Host, Result, sys};

/// A temperature, in degrees Celsius.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Temperature {
    /// The chip that measures: `coretemp`, `nvme`. Several chips can have one
    /// name.
    pub chip: OsString,
    /// Which of those chips: the system's name for it (`hwmon3`).
    pub device: OsString,
    /// What is measured (`Core 0`), where the driver says.
    pub label: Option<OsString>,
    /// The temperature, or why it could not be read.
    pub current: Field<f64>,
    /// From here on it is too hot.
    pub high: Option<f64>,
    /// From here on the hardware is in danger.
    pub critical: Option<f64>,
}

/// A fan.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Fan {
    /// The chip that measures.
    pub chip: OsString,
    /// Which of the chips of that name: the system's name for it (`hwmon3`).
    pub device: OsString,
    /// Which fan (`CPU Fan`), where the driver says.
    pub label: Option<OsString>,
    /// Revolutions per minute, or why they could not be read. 0 is a fan that
    /// stands still.
    pub speed: Field<u64>,
}

/// A battery.
///
/// What the battery does not tell is `None`.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Battery {
    /// The system's name for it: `BAT0`, `hidpp_battery_1`; `Battery` on
    /// Windows.
    pub name: OsString,
    /// What it powers: the machine, or a keyboard or mouse.
    pub scope: BatteryScope,
    /// How full it is, from 0 to 1.
    pub fraction: Option<f64>,
    /// What it does.
    pub status: Option<BatteryStatus>,
    /// Whether the machine has power from elsewhere.
    pub plugged: Option<bool>,
    /// Whether the battery is there, and not an empty bay.
    pub present: Option<bool>,
    /// Energy that is left, in watt-hours.
    pub energy_now: Option<f64>,
    /// Energy that it holds when full now, in watt-hours.
    pub energy_full: Option<f64>,
    /// Energy that it held when new, in watt-hours.
    pub energy_full_design: Option<f64>,
    /// Charge that is left, in ampere-hours. A battery tells energy or
    /// charge, seldom both.
    pub charge_now: Option<f64>,
    /// Charge that it holds when full now, in ampere-hours.
    pub charge_full: Option<f64>,
    /// Charge that it held when new, in ampere-hours.
    pub charge_full_design: Option<f64>,
    /// Power that goes in or out, in watts, without a sign: see
    /// [`status`](Self::status) for the direction.
    pub power: Option<f64>,
    /// Voltage, in volts.
    pub voltage: Option<f64>,
    /// Time until it is empty at the present power; only while it is
    /// discharged.
    pub time_to_empty: Option<Duration>,
    /// Time until it is full at the present power; only while it is charged.
    pub time_to_full: Option<Duration>,
    /// How often it was charged. Most firmware says 0 where it does not
    /// count, which is `None` here.
    pub cycle_count: Option<u64>,
    /// How much of what it held when new it still holds: 1 is new. Can be
    /// above 1.
    pub health: Option<f64>,
    /// What the driver says of its condition: `Good`, `Overheat`, `Dead`.
    pub condition: Option<OsString>,
    /// Chemistry: `Li-ion`.
    pub technology: Option<OsString>,
    /// Manufacturer.
    pub manufacturer: Option<OsString>,
    /// Model.
    pub model: Option<OsString>,
    /// Serial number.
    pub serial_number: Option<OsString>,
}

/// What a battery powers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum BatteryScope {
    /// The machine.
    System,
    /// The machine, from outside: an uninterruptible power supply.
    Ups,
    /// A device of its own: keyboard, mouse, headset, stylus.
    Device,
}

/// What a battery does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum BatteryStatus {
    /// It is charged.
    Charging,
    /// It powers the machine.
    Discharging,
    /// Neither, though there is power from elsewhere: it is kept below a
    /// limit, too hot, or waits.
    NotCharging,
    /// It is full.
    Full,
}

/// The temperatures, by chip.
///
/// A sensor that cannot be read now is listed with the reason.
///
/// # Errors
///
/// [`Unsupported`](crate::ErrorKind::Unsupported) on systems without a
/// backend; otherwise when sensors cannot be listed. A machine without
/// sensors (most virtual ones) has none.
///
/// # Platform
///
/// Linux: `/sys/class/hwmon`, and `/sys/class/thermal` where no chip there
/// has a temperature.
///
/// FreeBSD: `dev.cpu.N.temperature`, for which `coretemp` or `amdtemp` has to
/// be loaded, and the thermal zones of ACPI. NetBSD: `/dev/sysmon` (envsys).
/// OpenBSD: `hw.sensors`. macOS and Windows have no public interface:
/// unsupported.
///
/// # Cost
///
/// Linux: 3 to 12 system calls for each sensor. Some chips take milliseconds
/// to answer. FreeBSD: 1 question to `sysctl`, and 1 to find the driver of a CPU
/// that is not Intel's, 1 or 2 for each CPU, 1 and 3 for each zone; NetBSD: 1; OpenBSD: 1 and 1 for each device and sensor.
///
/// ```
/// use oslens::{ErrorKind, sensors};
///
/// match sensors::temperatures() {
///     Ok(all) => {
///         for sensor in all {
///             if let Ok(celsius) = sensor.current {
///                 println!("{}: {celsius:.1} °C", sensor.chip.to_string_lossy());
///             }
///         }
///     }
///     Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported),
/// }
/// ```
pub fn temperatures() -> Result<Vec<Temperature>> {
    Host::local().temperatures()
}

/// The fans, by chip.
///
/// # Errors
///
/// As [`temperatures`].
///
/// # Platform
///
/// Linux: `/sys/class/hwmon`. FreeBSD: the drivers `acpi_ibm` and `asmc`
/// alone. NetBSD: `/dev/sysmon` (envsys). OpenBSD: `hw.sensors`. macOS and
/// Windows: unsupported.
///
/// # Cost
///
/// Linux: 3 to 9 system calls for each fan. FreeBSD: 2 questions to `sysctl`,
/// and 2 for each fan; NetBSD, OpenBSD: as [`temperatures`].
///
/// ```
/// use oslens::{ErrorKind, sensors};
///
/// match sensors::fans() {
///     Ok(all) => {
///         for fan in all {
///             println!("{}: {:?}", fan.chip.to_string_lossy(), fan.speed);
///         }
///     }
///     Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported),
/// }
/// ```
pub fn fans() -> Result<Vec<Fan>> {
    Host::local().fans()
}

/// All batteries: those of the machine, of uninterruptible power supplies, and
/// of keyboards and mice, told apart by [`Battery::scope`].
///
/// # Errors
///
/// [`Unsupported`](crate::ErrorKind::Unsupported) on systems without a
/// backend; otherwise when batteries cannot be listed. A machine without one
/// has none, also where the kernel knows nothing of batteries.
///
/// # Platform
///
/// Linux: `/sys/class/power_supply`.
///
/// Windows: `GetSystemPowerStatus` and `SystemBatteryState`, which count the
/// batteries of the machine together: one at most.
///
/// FreeBSD: `/dev/acpi`, else `hw.acpi.battery`, which counts them together.
/// NetBSD: `/dev/sysmon` (envsys). OpenBSD: `hw.sensors`, else `/dev/apm`,
/// which counts them together. macOS: the power sources of IOKit.
///
/// # Cost
///
/// Linux: 4 to 6 system calls for each battery and power supply. Firmware can
/// take tens of milliseconds to answer; the kernel then keeps the answer for a
/// second. FreeBSD: 2 questions, and 3 for each battery; NetBSD: 1; OpenBSD: 1
/// and 1 for each device and sensor.
///
/// ```
/// use oslens::sensors::{self, BatteryScope};
///
/// for battery in sensors::batteries()? {
///     if let (BatteryScope::System, Some(fraction)) = (battery.scope, battery.fraction) {
///         println!("{}: {:.0} %", battery.name.to_string_lossy(), 100.0 * fraction);
///     }
/// }
/// # Ok::<(), oslens::Error>(())
/// ```
pub fn batteries() -> Result<Vec<Battery>> {
    Host::local().batteries()
}

impl Host {
    /// The temperatures. See [`temperatures`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn temperatures(&self) -> Result<Vec<Temperature>> {
        sys::sensors::temperatures(self)
    }

    /// The fans. See [`fans`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn fans(&self) -> Result<Vec<Fan>> {
        sys::sensors::fans(self)
    }

    /// All batteries. See [`batteries`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn batteries(&self) -> Result<Vec<Battery>> {
        sys::sensors::batteries(self)
    }
}
