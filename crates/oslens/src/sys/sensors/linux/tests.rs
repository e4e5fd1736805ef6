use std::{ffi::OsString, time::Duration};

use oslens_testkit::FixtureRoot;

use crate::{
    Host, Unavailable,
    sensors::{Battery, BatteryScope, BatteryStatus},
};

fn host(root: &FixtureRoot) -> Host {
    Host::builder().root(root.path()).build()
}

#[test]
fn a_machine_without_sensors_has_none() {
    let root = FixtureRoot::new();
    assert_eq!(host(&root).temperatures().unwrap(), []);
    assert_eq!(host(&root).fans().unwrap(), []);
    assert_eq!(host(&root).batteries().unwrap(), []);
}

#[test]
fn sensors_come_in_the_order_of_their_numbers() {
    let mut root = FixtureRoot::new();
    for (chip, name) in [(2, "nvme"), (10, "coretemp"), (1, "acpitz")] {
        root = root.file(
            format!("sys/class/hwmon/hwmon{chip}/name"),
            format!("{name}\n"),
        );
        for sensor in [10, 2, 1] {
            root = root.file(
                format!("sys/class/hwmon/hwmon{chip}/temp{sensor}_input"),
                format!("{}000\n", chip * 10 + sensor),
            );
        }
    }
    let all = host(&root).temperatures().unwrap();
    let found: Vec<_> = all
        .iter()
        .map(|sensor| (sensor.chip.to_str().unwrap(), sensor.current.unwrap()))
        .collect();
    assert_eq!(
        found,
        [
            ("acpitz", 11.0),
            ("acpitz", 12.0),
            ("acpitz", 20.0),
            ("nvme", 21.0),
            ("nvme", 22.0),
            ("nvme", 30.0),
            ("coretemp", 101.0),
            ("coretemp", 102.0),
            ("coretemp", 110.0),
        ]
    );
}

#[test]
fn limits_are_those_that_the_chip_has_and_not_copied() {
    let root = FixtureRoot::new()
        .file("sys/class/hwmon/hwmon0/name", "coretemp\n")
        .file("sys/class/hwmon/hwmon0/temp1_input", "45500\n")
        .file("sys/class/hwmon/hwmon0/temp1_label", "Package id 0\n")
        .file("sys/class/hwmon/hwmon0/temp1_crit", "100000\n")
        .file("sys/class/hwmon/hwmon0/temp2_input", "-5000\n")
        .file("sys/class/hwmon/hwmon0/temp2_max", "80000\n")
        .file("sys/class/hwmon/hwmon0/temp2_crit", "junk\n")
        .file("sys/class/hwmon/hwmon0/temp3_max", "80000\n");
    let all = host(&root).temperatures().unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].label, Some(OsString::from("Package id 0")));
    assert_eq!(all[0].current, Ok(45.5));
    assert_eq!((all[0].high, all[0].critical), (None, Some(100.0)));
    assert_eq!(all[1].current, Ok(-5.0));
    assert_eq!((all[1].high, all[1].critical), (Some(80.0), None));
    assert_eq!(all[1].label, None);
}

#[test]
fn a_sensor_that_cannot_be_read_hides_no_other() {
    let root = FixtureRoot::new()
        .file("sys/class/hwmon/hwmon0/name", "odd\n")
        .file("sys/class/hwmon/hwmon0/temp1_input", "N/A\n")
        // Reading a directory fails, as reading a sensor that sleeps does.
        .dir("sys/class/hwmon/hwmon0/temp2_input")
        .file("sys/class/hwmon/hwmon0/temp3_input", "30000\n")
        .file("sys/class/hwmon/hwmon0/fan1_input", "stopped\n")
        .file("sys/class/hwmon/hwmon0/fan2_input", "0\n")
        .file("sys/class/hwmon/hwmon0/fan2_label", "CPU Fan\n");
    let current: Vec<_> = host(&root)
        .temperatures()
        .unwrap()
        .into_iter()
        .map(|sensor| sensor.current)
        .collect();
    assert_eq!(
        current,
        [
            Err(Unavailable::Malformed),
            Err(Unavailable::Unsupported),
            Ok(30.0)
        ]
    );
    let fans = host(&root).fans().unwrap();
    assert_eq!(fans[0].speed, Err(Unavailable::Malformed));
    assert_eq!(fans[1].speed, Ok(0));
    assert_eq!(fans[1].label, Some(OsString::from("CPU Fan")));
}

#[test]
fn old_kernels_keep_attributes_in_the_parent_device() {
    let root = FixtureRoot::new()
        .file("sys/class/hwmon/hwmon0/device/name", "it8718\n")
        .file("sys/class/hwmon/hwmon0/device/temp1_input", "20000\n")
        .file("sys/class/hwmon/hwmon0/device/fan1_input", "900\n");
    let temperatures = host(&root).temperatures().unwrap();
    assert_eq!(temperatures[0].chip, OsString::from("it8718"));
    assert_eq!(temperatures[0].device, OsString::from("hwmon0"));
    assert_eq!(host(&root).fans().unwrap()[0].speed, Ok(900));
    // In between, the name was the chip's and the sensors the parent's.
    root.remove("sys/class/hwmon/hwmon0/device/name");
    root.write("sys/class/hwmon/hwmon0/name", "w83627\n");
    let temperatures = host(&root).temperatures().unwrap();
    assert_eq!(temperatures[0].chip, OsString::from("w83627"));
}

#[test]
fn core_temperatures_are_found_without_the_class_and_not_twice_with_it() {
    let root = FixtureRoot::new()
        .file(
            "sys/devices/platform/coretemp.0/hwmon/hwmon4/name",
            "coretemp\n",
        )
        .file(
            "sys/devices/platform/coretemp.0/hwmon/hwmon4/temp1_input",
            "40000\n",
        );
    assert_eq!(host(&root).temperatures().unwrap().len(), 1);
    let root = root.symlink(
        "sys/class/hwmon/hwmon4",
        "../../devices/platform/coretemp.0/hwmon/hwmon4",
    );
    assert_eq!(host(&root).temperatures().unwrap().len(), 1);
}

#[test]
fn thermal_zones_stand_in_and_their_limits_are_divided_once() {
    let root = FixtureRoot::new()
        .file("sys/class/thermal/thermal_zone0/type", "cpu-thermal\n")
        .file("sys/class/thermal/thermal_zone0/temp", "51540\n")
        .file(
            "sys/class/thermal/thermal_zone0/trip_point_0_type",
            "passive\n",
        )
        .file(
            "sys/class/thermal/thermal_zone0/trip_point_0_temp",
            "60000\n",
        )
        .file("sys/class/thermal/thermal_zone0/trip_point_1_type", "hot\n")
        .file(
            "sys/class/thermal/thermal_zone0/trip_point_1_temp",
            "80000\n",
        )
        .file(
            "sys/class/thermal/thermal_zone0/trip_point_2_type",
            "critical\n",
        )
        .file(
            "sys/class/thermal/thermal_zone0/trip_point_2_temp",
            "90000\n",
        )
        .file(
            "sys/class/thermal/thermal_zone0/trip_point_3_type",
            "active\n",
        )
        .file(
            "sys/class/thermal/thermal_zone0/trip_point_3_temp",
            "50000\n",
        )
        .file("sys/class/thermal/cooling_device0/type", "Fan\n");
    let all = host(&root).temperatures().unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].chip, OsString::from("cpu-thermal"));
    assert_eq!(all[0].current, Ok(51.54));
    assert_eq!((all[0].high, all[0].critical), (Some(80.0), Some(90.0)));
    // A chip that measures temperatures makes zones superfluous; one that
    // does not, does not.
    let root = root.file("sys/class/hwmon/hwmon0/fan1_input", "900\n");
    assert_eq!(host(&root).temperatures().unwrap().len(), 1);
    root.write("sys/class/hwmon/hwmon0/temp1_input", "20000\n");
    assert_eq!(host(&root).temperatures().unwrap()[0].current, Ok(20.0));
}

/// A laptop with two batteries, one of them discharging, its charger pulled,
/// and a wireless keyboard that hangs on USB power of its own.
fn laptop() -> FixtureRoot {
    FixtureRoot::new()
        .file(
            "sys/class/power_supply/BAT0/uevent",
            "POWER_SUPPLY_NAME=BAT0\nPOWER_SUPPLY_TYPE=Battery\nPOWER_SUPPLY_STATUS=Discharging\nPOWER_SUPPLY_PRESENT=1\nPOWER_SUPPLY_TECHNOLOGY=Li-poly\nPOWER_SUPPLY_CYCLE_COUNT=312\nPOWER_SUPPLY_VOLTAGE_NOW=11800000\nPOWER_SUPPLY_POWER_NOW=10000000\nPOWER_SUPPLY_ENERGY_FULL_DESIGN=24000000\nPOWER_SUPPLY_ENERGY_FULL=20000000\nPOWER_SUPPLY_ENERGY_NOW=15000000\nPOWER_SUPPLY_CAPACITY=74\nPOWER_SUPPLY_MODEL_NAME=45N1767\nPOWER_SUPPLY_MANUFACTURER=LGC\nPOWER_SUPPLY_SERIAL_NUMBER= 5471\n",
        )
        // An older kernel: no uevent here, charge instead of energy.
        .file("sys/class/power_supply/BAT1/type", "Battery\n")
        .file("sys/class/power_supply/BAT1/status", "Charging\n")
        .file("sys/class/power_supply/BAT1/charge_now", "1000000\n")
        .file("sys/class/power_supply/BAT1/charge_full", "4000000\n")
        .file("sys/class/power_supply/BAT1/current_now", "-2000000\n")
        .file("sys/class/power_supply/BAT1/voltage_now", "12000000\n")
        .file("sys/class/power_supply/BAT1/cycle_count", "0\n")
        .file("sys/class/power_supply/BAT1/technology", "Unknown\n")
        .file("sys/class/power_supply/AC/uevent", "POWER_SUPPLY_NAME=AC\nPOWER_SUPPLY_ONLINE=0\n")
        .file("sys/class/power_supply/AC/type", "Mains\n")
        .file("sys/class/power_supply/AC/online", "0\n")
        .file("sys/class/power_supply/ucsi-source-psy-1/type", "USB\n")
        .file("sys/class/power_supply/ucsi-source-psy-1/online", "0\n")
        .file(
            "sys/class/power_supply/hidpp_battery_0/uevent",
            "POWER_SUPPLY_NAME=hidpp_battery_0\nPOWER_SUPPLY_TYPE=Battery\nPOWER_SUPPLY_SCOPE=Device\nPOWER_SUPPLY_STATUS=Discharging\nPOWER_SUPPLY_CAPACITY=85\nPOWER_SUPPLY_MODEL_NAME=Wireless Keyboard K270\n",
        )
        .file("sys/class/power_supply/kbd-usb/type", "USB\n")
        .file("sys/class/power_supply/kbd-usb/scope", "Device\n")
        .file("sys/class/power_supply/kbd-usb/online", "1\n")
}

fn three(root: &FixtureRoot) -> [Battery; 3] {
    host(root).batteries().unwrap().try_into().unwrap()
}

#[test]
fn all_batteries_are_listed_and_told_apart() {
    let [first, second, keyboard] = three(&laptop());
    assert_eq!(first.name, OsString::from("BAT0"));
    assert_eq!(first.scope, BatteryScope::System);
    assert_eq!(first.fraction, Some(0.75));
    assert_eq!(first.status, Some(BatteryStatus::Discharging));
    assert_eq!(first.present, Some(true));
    assert_eq!(first.energy_now, Some(15.0));
    assert_eq!(first.charge_now, None);
    assert_eq!(first.power, Some(10.0));
    assert_eq!(first.time_to_empty, Some(Duration::from_secs(5400)));
    assert_eq!(first.time_to_full, None);
    assert_eq!(first.cycle_count, Some(312));
    assert!((first.health.unwrap() - 20.0 / 24.0).abs() < 1e-12);
    assert_eq!(first.technology, Some(OsString::from("Li-poly")));
    assert_eq!(first.serial_number, Some(OsString::from("5471")));

    assert_eq!(second.fraction, Some(0.25));
    assert_eq!(second.power, Some(24.0));
    assert_eq!(second.time_to_empty, None);
    assert_eq!(second.time_to_full, Some(Duration::from_secs(5400)));
    assert_eq!((second.cycle_count, second.technology), (None, None));
    assert_eq!(second.health, None);

    assert_eq!(keyboard.scope, BatteryScope::Device);
    assert_eq!(keyboard.fraction, Some(0.85));
    assert_eq!((keyboard.plugged, keyboard.time_to_empty), (None, None));
}

#[test]
fn any_charger_of_the_machine_means_plugged_and_a_keyboards_does_not() {
    let root = laptop();
    assert_eq!(
        three(&root).map(|battery| battery.plugged),
        [Some(false), Some(false), None]
    );
    root.write("sys/class/power_supply/ucsi-source-psy-1/online", "1\n");
    assert_eq!(
        three(&root).map(|battery| battery.plugged),
        [Some(true), Some(true), None]
    );
}

#[test]
fn without_a_charger_that_tells_the_status_does() {
    for (status, plugged) in [
        ("Discharging", Some(false)),
        ("Charging", Some(true)),
        ("Full", Some(true)),
        ("Not charging", Some(true)),
        ("Unknown", None),
    ] {
        let root = FixtureRoot::new()
            .file("sys/class/power_supply/BAT0/type", "Battery\n")
            .file("sys/class/power_supply/BAT0/status", format!("{status}\n"));
        assert_eq!(
            host(&root).batteries().unwrap()[0].plugged,
            plugged,
            "{status}"
        );
    }
}

#[test]
fn what_firmware_does_not_know_is_not_zero() {
    let root = FixtureRoot::new().file(
        "sys/class/power_supply/BAT0/uevent",
        "POWER_SUPPLY_TYPE=Battery\nPOWER_SUPPLY_STATUS=Discharging\nPOWER_SUPPLY_ENERGY_NOW=5000000\nPOWER_SUPPLY_ENERGY_FULL=0\nPOWER_SUPPLY_ENERGY_FULL_DESIGN=0\nPOWER_SUPPLY_POWER_NOW=0\nPOWER_SUPPLY_CAPACITY=255\nPOWER_SUPPLY_CYCLE_COUNT=-1\n",
    );
    let battery = &host(&root).batteries().unwrap()[0];
    assert_eq!(battery.fraction, None);
    assert_eq!(battery.health, None);
    assert_eq!(battery.time_to_empty, None);
    assert_eq!(battery.cycle_count, None);
    let root = FixtureRoot::new().file(
        "sys/class/power_supply/BAT0/uevent",
        "POWER_SUPPLY_TYPE=Battery\nPOWER_SUPPLY_STATUS=Discharging\nPOWER_SUPPLY_ENERGY_NOW=9223372036854775807\nPOWER_SUPPLY_ENERGY_FULL=1\nPOWER_SUPPLY_POWER_NOW=-9223372036854775808\n",
    );
    assert_eq!(host(&root).batteries().unwrap()[0].fraction, Some(1.0));
}
