use super::*;
use crate::{ErrorKind, sys::kernel::fake::Fake};

const BATTINFO: &[u8] = include_bytes!("../../../parse/freebsd/fixtures/freebsd_acpi_battinfo.bin");
const BIX: &[u8] = include_bytes!("../../../parse/freebsd/fixtures/freebsd_acpi_bix.bin");
const BST: &[u8] = include_bytes!("../../../parse/freebsd/fixtures/freebsd_acpi_bst.bin");

const UNITS: Question<'_> = Question::Device {
    path: "/dev/acpi",
    request: ACPIIO_BATT_GET_UNITS,
    size: 4,
};

fn of(unit: u8) -> Vec<u8> {
    let mut structure = vec![0; 256];
    structure[0] = unit;
    structure
}

fn exchange(request: u32, structure: &[u8]) -> Question<'_> {
    Question::Exchange {
        path: "/dev/acpi",
        request,
        structure,
    }
}

fn int(fake: Fake, name: &str, number: i32) -> Fake {
    fake.named(name, number.to_le_bytes())
}

#[test]
fn temperatures_are_of_cpus_and_of_zones() {
    let mut fake = Fake::new();
    for (name, number) in [
        ("hw.ncpu", 3),
        ("dev.cpu.0.temperature", 3181),
        ("dev.cpu.0.coretemp.tjmax", 3731),
        ("dev.cpu.2.temperature", -1),
        ("hw.acpi.thermal.tz0.temperature", 3001),
        ("hw.acpi.thermal.tz0._CRT", 3731),
        ("hw.acpi.thermal.tz0._HOT", -1),
    ] {
        fake = int(fake, name, number);
    }
    let (host, _) = fake.host();
    let [first, third, zone] = temperatures(&host).unwrap().try_into().unwrap();
    assert_eq!(
        (first.chip.to_str(), first.current),
        (Some("coretemp"), Ok(45.0))
    );
    assert_eq!((first.high, first.critical), (None, Some(100.0)));
    assert_eq!(third.device, "cpu2");
    assert_eq!(third.current, Err(Unavailable::Unsupported));
    assert_eq!(
        (zone.chip.to_str(), zone.device.to_str()),
        (Some("acpi"), Some("tz0"))
    );
    assert_eq!(
        (zone.current, zone.high, zone.critical),
        (Ok(27.0), None, Some(100.0))
    );
}

#[test]
fn a_machine_without_sensors_has_none() {
    let (host, log) = int(Fake::new(), "hw.ncpu", 2).host();
    assert_eq!(temperatures(&host).unwrap(), []);
    // How many CPUs, each of them, and no zone.
    assert_eq!(log.lines().len(), 4);
    assert_eq!(fans(&host).unwrap(), []);
    assert_eq!(batteries(&host).unwrap(), []);
    let refused =
        int(Fake::new(), "hw.ncpu", 1).fail(Question::Named("dev.cpu.0.temperature"), libc::EPERM);
    let error = temperatures(&refused.host().0).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
}

#[test]
fn fans_are_those_of_two_drivers() {
    let mut fake = Fake::new().named("dev.asmc.0.fan.0.id", *b"Exhaust  \0");
    for (name, number) in [
        ("dev.acpi_ibm.0.fan_speed", 3212),
        ("dev.asmc.0.fan.0.speed", 1999),
        ("dev.asmc.0.fan.1.speed", -1),
    ] {
        fake = int(fake, name, number);
    }
    let [ibm, first, second] = fans(&fake.host().0).unwrap().try_into().unwrap();
    assert_eq!((ibm.chip.to_str(), ibm.speed), (Some("acpi_ibm"), Ok(3212)));
    assert_eq!(
        (first.label, first.speed),
        (Some("Exhaust".into()), Ok(1999))
    );
    assert_eq!(second.speed, Err(Unavailable::Unsupported));
}

#[test]
fn each_battery_is_asked_for_what_its_firmware_says() {
    let (first, second) = (of(0), of(1));
    let mut absent = of(0);
    absent[0] = 7;
    let fake = int(Fake::new(), "hw.acpi.acline", 0)
        .answer(UNITS, 2_i32.to_le_bytes())
        .answer(exchange(ACPIIO_BATT_GET_BATTINFO, &first), BATTINFO)
        .answer(exchange(ACPIIO_BATT_GET_BST, &first), BST)
        .answer(exchange(ACPIIO_BATT_GET_BIX, &first), BIX)
        .fail(exchange(ACPIIO_BATT_GET_BATTINFO, &second), libc::ENXIO)
        .answer(exchange(ACPIIO_BATT_GET_BST, &second), absent);
    let (host, log) = fake.host();
    let [battery, bay] = batteries(&host).unwrap().try_into().unwrap();
    assert_eq!(
        (battery.name.to_str(), battery.present),
        (Some("battery0"), Some(true))
    );
    assert_eq!(battery.status, Some(BatteryStatus::Discharging));
    assert_eq!(
        (battery.plugged, battery.fraction),
        (Some(false), Some(0.81))
    );
    assert_eq!(
        (battery.energy_now, battery.energy_full),
        (Some(36.45), Some(45.0))
    );
    assert_eq!((battery.charge_now, battery.health), (None, Some(0.9)));
    assert_eq!((battery.power, battery.voltage), (Some(15.0), Some(12.399)));
    assert_eq!(battery.time_to_empty, Some(Duration::from_secs(125 * 60)));
    assert_eq!(battery.cycle_count, Some(123));
    assert_eq!(battery.technology, Some("LION".into()));
    assert_eq!(battery.manufacturer, Some("ACME".into()));
    assert_eq!(
        (bay.present, bay.status, bay.fraction),
        (Some(false), None, None)
    );
    // The line, the count, and three for each.
    assert_eq!(log.lines().len(), 2 + 2 * 3);
}

#[test]
fn what_a_battery_does_is_known_without_how_full_it_is() {
    let fake = Fake::new()
        .answer(UNITS, 1_i32.to_le_bytes())
        .fail(exchange(ACPIIO_BATT_GET_BATTINFO, &of(0)), libc::ENXIO)
        .answer(exchange(ACPIIO_BATT_GET_BST, &of(0)), BST);
    let [battery] = batteries(&fake.host().0).unwrap().try_into().unwrap();
    assert_eq!(battery.status, Some(BatteryStatus::Discharging));
    assert_eq!((battery.fraction, battery.plugged), (None, Some(false)));
    // Amounts of which no unit is known mean nothing.
    assert_eq!((battery.power, battery.energy_now), (None, None));
}

#[test]
fn where_the_device_is_refused_all_are_told_together() {
    let mut fake = Fake::new().fail(UNITS, libc::EACCES);
    for (name, number) in [
        ("hw.acpi.acline", 1),
        ("hw.acpi.battery.life", 81),
        ("hw.acpi.battery.state", 2),
        ("hw.acpi.battery.time", -1),
    ] {
        fake = int(fake, name, number);
    }
    let [battery] = batteries(&fake.host().0).unwrap().try_into().unwrap();
    assert_eq!(
        (battery.fraction, battery.plugged),
        (Some(0.81), Some(true))
    );
    assert_eq!(battery.status, Some(BatteryStatus::Charging));
    assert_eq!((battery.time_to_empty, battery.energy_now), (None, None));
    let empty = int(Fake::new(), "hw.acpi.battery.life", 0);
    let empty = int(empty, "hw.acpi.battery.state", 7);
    assert_eq!(batteries(&empty.host().0).unwrap(), []);
}
