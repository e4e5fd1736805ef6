//! Temperatures, fans, batteries.

use std::time::Duration;

use oslens::{
    Unavailable,
    sensors::{BatteryScope, BatteryStatus},
};

use crate::{close, machine};

#[test]
fn sensors_come_in_the_order_of_their_numbers_with_their_limits() {
    let all = machine("server-x86_64-numa").temperatures().unwrap();
    let shown: Vec<_> = all
        .iter()
        .map(|one| {
            (
                one.device.to_str().unwrap(),
                one.chip.to_str().unwrap(),
                one.label.as_ref().map(|label| label.to_str().unwrap()),
                one.current,
                one.high,
                one.critical,
            )
        })
        .collect();
    let core = (Some(80.0), Some(90.0));
    assert_eq!(
        shown,
        [
            (
                "hwmon0",
                "nvme",
                Some("Composite"),
                Ok(38.85),
                Some(81.85),
                Some(84.85)
            ),
            ("hwmon0", "nvme", Some("Sensor 1"), Ok(45.85), None, None),
            (
                "hwmon1",
                "coretemp",
                Some("Package id 0"),
                Ok(61.0),
                core.0,
                core.1
            ),
            (
                "hwmon1",
                "coretemp",
                Some("Core 0"),
                Ok(58.0),
                core.0,
                core.1
            ),
            (
                "hwmon1",
                "coretemp",
                Some("Core 1"),
                Ok(59.5),
                core.0,
                core.1
            ),
            (
                "hwmon1",
                "coretemp",
                Some("Core 8"),
                Ok(61.0),
                core.0,
                core.1
            ),
            (
                "hwmon2",
                "coretemp",
                Some("Package id 1"),
                Ok(55.0),
                core.0,
                core.1
            ),
            (
                "hwmon2",
                "coretemp",
                Some("Core 0"),
                Err(Unavailable::Malformed),
                None,
                None
            ),
            ("hwmon10", "nct6798", None, Ok(-5.5), None, None),
            (
                "hwmon10",
                "nct6798",
                None,
                Err(Unavailable::Malformed),
                None,
                None
            ),
        ]
    );
}

#[test]
fn a_fan_that_stands_still_is_not_one_that_cannot_be_read() {
    let fans = machine("server-x86_64-numa").fans().unwrap();
    let shown: Vec<_> = fans.iter().map(|fan| fan.speed).collect();
    assert_eq!(
        shown,
        [Ok(1200), Ok(0), Err(Unavailable::Malformed), Ok(850)]
    );
    assert_eq!(fans[0].label.as_deref(), Some("CPU_FAN".as_ref()));
    assert_eq!(fans[0].chip, "nct6798");
    assert_eq!(machine("laptop-x86_64").fans().unwrap(), []);
}

#[test]
fn zones_are_read_where_no_chip_has_temperatures() {
    let zones = machine("laptop-x86_64").temperatures().unwrap();
    let shown: Vec<_> = zones
        .iter()
        .map(|zone| (zone.chip.to_str().unwrap(), zone.current, zone.critical))
        .collect();
    assert_eq!(
        shown,
        [
            ("acpitz", Ok(48.0), Some(103.05)),
            ("x86_pkg_temp", Ok(51.0), None)
        ]
    );
}

#[test]
fn every_trip_point_is_divided_by_a_thousand_once() {
    let zones = machine("raspberrypi-arm64").temperatures().unwrap();
    assert_eq!(zones.len(), 1);
    assert_eq!(zones[0].chip, "cpu-thermal");
    assert_eq!(zones[0].current, Ok(48.312));
    assert_eq!(
        (zones[0].high, zones[0].critical),
        (Some(90.0), Some(110.0))
    );
}

#[test]
fn all_batteries_are_listed_each_in_its_own_units() {
    let batteries = machine("laptop-x86_64").batteries().unwrap();
    let names: Vec<_> = batteries
        .iter()
        .map(|one| one.name.to_str().unwrap())
        .collect();
    assert_eq!(names, ["BAT0", "BAT1", "hidpp_battery_0"]);

    let energy = &batteries[0];
    assert_eq!(energy.scope, BatteryScope::System);
    close(energy.fraction.unwrap(), 0.25);
    assert_eq!(energy.status, Some(BatteryStatus::Discharging));
    assert_eq!(energy.plugged, Some(false));
    assert_eq!(energy.present, Some(true));
    close(energy.energy_now.unwrap(), 5.0);
    close(energy.energy_full.unwrap(), 20.0);
    assert_eq!(energy.charge_now, None);
    close(energy.power.unwrap(), 8.0);
    close(energy.voltage.unwrap(), 11.4);
    // 5 Wh at 8 W.
    assert_eq!(energy.time_to_empty, Some(Duration::from_secs(2250)));
    assert_eq!(energy.time_to_full, None);
    assert_eq!(energy.cycle_count, Some(123));
    close(energy.health.unwrap(), 20.0 / 24.0);
    assert_eq!(energy.technology.as_deref(), Some("Li-poly".as_ref()));

    let charge = &batteries[1];
    close(charge.fraction.unwrap(), 0.75);
    assert_eq!(charge.status, None, "the driver says Unknown");
    assert_eq!(charge.plugged, Some(false));
    close(charge.charge_now.unwrap(), 3.0);
    assert_eq!(charge.energy_now, None);
    assert_eq!(charge.time_to_empty, None);
    close(charge.health.unwrap(), 0.8);
    assert_eq!(charge.cycle_count, None);

    let keyboard = &batteries[2];
    assert_eq!(keyboard.scope, BatteryScope::Device);
    close(keyboard.fraction.unwrap(), 0.55);
    assert_eq!(keyboard.plugged, None, "that is not the machine's business");
    assert_eq!(
        keyboard.model.as_deref(),
        Some("Wireless Keyboard".as_ref())
    );
}

#[test]
fn a_machine_without_sensors_has_none_and_that_is_no_error() {
    for name in [
        "container-cgroup2",
        "debian12-x86_64",
        "linux-2.4",
        "rhel6-2.6.32",
    ] {
        let host = machine(name);
        assert_eq!(host.batteries().unwrap(), [], "{name}");
        assert_eq!(host.temperatures().unwrap(), [], "{name}");
        assert_eq!(host.fans().unwrap(), [], "{name}");
    }
    let machine = machine("debian12-x86_64");
    std::fs::create_dir_all(machine.root.join("sys/class/power_supply")).unwrap();
    assert_eq!(machine.batteries().unwrap(), []);
}
