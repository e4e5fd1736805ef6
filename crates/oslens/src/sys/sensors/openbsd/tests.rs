use std::time::Duration;

use super::*;
use crate::{
    ErrorKind,
    parse::layout::openbsd::system::{SENSOR_FINVALID, SENSOR_FUNKNOWN, Sensor, Sensordev},
    sys::kernel::fake::Fake,
};

const POWER: &[u8] = include_bytes!("../../../parse/openbsd/fixtures/openbsd_apm_power_info.bin");

fn put(bytes: &mut [u8], at: usize, with: &[u8]) {
    bytes[at..at + with.len()].copy_from_slice(with);
}

/// A device with so many sensors of these kinds.
fn device(name: &str, counts: &[(i32, i32)]) -> Vec<u8> {
    let mut bytes = vec![0; Sensordev::SIZE];
    put(&mut bytes, Sensordev::xname.offset(), name.as_bytes());
    for (kind, count) in counts {
        let at = Sensordev::maxnumt.offset() + 4 * usize::try_from(*kind).unwrap();
        put(&mut bytes, at, &count.to_le_bytes());
    }
    bytes
}

fn sensor(description: &str, value: i64, flags: i32) -> Vec<u8> {
    let mut bytes = vec![0; Sensor::SIZE];
    put(&mut bytes, Sensor::desc.offset(), description.as_bytes());
    put(&mut bytes, Sensor::value.offset(), &value.to_le_bytes());
    put(&mut bytes, Sensor::flags.offset(), &flags.to_le_bytes());
    bytes
}

/// Devices with the sensors of theirs, one kind after the other; the number
/// of the second one is free.
type Sensors<'a> = &'a [(i32, &'a [Vec<u8>])];

fn machine(devices: &[(&str, Sensors<'_>)]) -> Fake {
    let mut fake = Fake::new().fail(Question::Sysctl(&[CTL_HW, HW_SENSORS, 1]), libc::ENXIO);
    for (number, (name, sensors)) in [0, 2, 3].into_iter().zip(devices) {
        let counts: Vec<_> = sensors
            .iter()
            .map(|(kind, sensors)| (*kind, i32::try_from(sensors.len()).unwrap()))
            .collect();
        fake = fake.answer(
            Question::Sysctl(&[CTL_HW, HW_SENSORS, number]),
            device(name, &counts),
        );
        for (kind, sensors) in *sensors {
            for (at, sensor) in (0..).zip(*sensors) {
                let mib = [CTL_HW, HW_SENSORS, number, *kind, at];
                fake = fake.answer(Question::Sysctl(&mib), sensor.clone());
            }
        }
    }
    fake
}

#[test]
fn sensors_of_all_devices_are_found_and_invalid_ones_left_out() {
    let (host, log) = machine(&[
        (
            "acpitz0",
            &[(SENSOR_TEMP, &[sensor("zone temperature", 318_150_000, 0)])],
        ),
        (
            "lm1",
            &[
                (
                    SENSOR_TEMP,
                    &[
                        sensor("", 0, SENSOR_FINVALID),
                        sensor("MB", 7, SENSOR_FUNKNOWN),
                    ],
                ),
                (SENSOR_FANRPM, &[sensor("CPU", 1200, 0)]),
            ],
        ),
    ])
    .host();
    let [zone, board] = temperatures(&host).unwrap().try_into().unwrap();
    assert_eq!(
        (zone.chip.to_str(), zone.device.to_str()),
        (Some("acpitz"), Some("acpitz0"))
    );
    assert_eq!(zone.label, Some("zone temperature".into()));
    assert_eq!(zone.current, Ok(45.0));
    assert_eq!(board.current, Err(Unavailable::Unsupported));
    // Three devices, one of which is gone, the end, and three sensors.
    assert_eq!(log.lines().len(), 4 + 3);
    let [fan] = fans(&host).unwrap().try_into().unwrap();
    assert_eq!((fan.chip.to_str(), fan.speed), (Some("lm"), Ok(1200)));
}

#[test]
fn a_battery_is_made_of_its_sensors() {
    let battery = |state, flags| -> [(i32, Vec<Vec<u8>>); 4] {
        [
            (
                SENSOR_WATTHOUR,
                vec![
                    sensor("last full capacity", 45_000_000, flags),
                    sensor("remaining capacity", 36_450_000, flags),
                    sensor("design capacity", 50_000_000, flags),
                ],
            ),
            (SENSOR_WATTS, vec![sensor("rate", 15_000_000, flags)]),
            (
                SENSOR_VOLTS_DC,
                vec![
                    sensor("voltage", 10_800_000, flags),
                    sensor("current voltage", 12_399_000, flags),
                ],
            ),
            (
                SENSOR_INTEGER,
                vec![
                    sensor(state, 1, flags),
                    sensor("discharge cycles", 12, flags),
                ],
            ),
        ]
    };
    let of = |sensors: &[(i32, Vec<Vec<u8>>)]| {
        let sensors: Vec<_> = sensors
            .iter()
            .map(|(kind, sensors)| (*kind, sensors.as_slice()))
            .collect();
        let line = [sensor("power supply", 0, 0)];
        let (host, _) = machine(&[
            ("acpiac0", &[(SENSOR_INDICATOR, &line)]),
            ("acpibat0", &sensors),
        ])
        .host();
        batteries(&host).unwrap()
    };
    let [found] = of(&battery("battery discharging", 0)).try_into().unwrap();
    assert_eq!(
        (found.name.to_str(), found.present),
        (Some("acpibat0"), Some(true))
    );
    assert_eq!(found.status, Some(BatteryStatus::Discharging));
    assert_eq!((found.fraction, found.health), (Some(0.81), Some(0.9)));
    assert_eq!((found.power, found.voltage), (Some(15.0), Some(12.399)));
    assert_eq!((found.plugged, found.cycle_count), (Some(false), Some(12)));
    assert_eq!(found.time_to_empty, Some(Duration::from_secs(8748)));
    let [gone] = of(&battery("battery removed", SENSOR_FINVALID))
        .try_into()
        .unwrap();
    assert_eq!(
        (gone.present, gone.status, gone.fraction),
        (Some(false), None, None)
    );
    assert_eq!((gone.energy_now, gone.voltage), (None, None));
}

#[test]
fn where_no_sensor_tells_the_power_management_does() {
    let apm = Question::Device {
        path: "/dev/apm",
        request: APM_IOC_GETPOWER.unsigned_abs(),
        size: ApmPowerInfo::SIZE,
    };
    let mut records = POWER.chunks_exact(ApmPowerInfo::SIZE);
    let mut next = || batteries(&machine(&[]).answer(apm, records.next().unwrap()).host().0);
    let [one] = next().unwrap().try_into().unwrap();
    assert_eq!((one.fraction, one.plugged), (Some(0.81), Some(false)));
    assert_eq!(one.status, Some(BatteryStatus::Discharging));
    assert_eq!(one.time_to_empty, Some(Duration::from_secs(125 * 60)));
    // It was taken out, or nobody knows of one.
    for _ in 0..3 {
        assert_eq!(next().unwrap(), []);
    }
    let [charging] = next().unwrap().try_into().unwrap();
    assert_eq!(charging.time_to_full, Some(Duration::from_secs(90 * 60)));
    assert_eq!(charging.time_to_empty, None);
    let (host, _) = machine(&[]).host();
    assert_eq!(batteries(&host).unwrap(), []);
    // A driver with words of its own.
    let other = [sensor("charge that is left", 1, 0)];
    let (host, _) = machine(&[("other0", &[(SENSOR_AMPHOUR, &other)])])
        .answer(apm, &POWER[..ApmPowerInfo::SIZE])
        .host();
    let [one] = batteries(&host).unwrap().try_into().unwrap();
    assert_eq!(
        (one.name.to_str(), one.fraction),
        (Some("apm0"), Some(0.81))
    );
    let (host, _) = machine(&[]).fail(apm, libc::EACCES).host();
    let error = batteries(&host).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
}

#[test]
fn what_apples_driver_leaves_out_the_power_management_tells() {
    let amounts = [
        sensor("remaining battery capacity", 2_000_000, 0),
        sensor("last full battery capacity", 4_000_000, 0),
        sensor("battery design capacity", 5_000_000, 0),
    ];
    let cycles = [sensor("battery discharge cycles", 77, 0)];
    // Which of its sockets has power.
    let line = [sensor("power supply", 2, 0), sensor("something else", 0, 0)];
    let apple: Sensors<'_> = &[
        (SENSOR_INDICATOR, &line),
        (SENSOR_AMPHOUR, &amounts),
        (SENSOR_INTEGER, &cycles),
    ];
    let apm = Question::Device {
        path: "/dev/apm",
        request: APM_IOC_GETPOWER.unsigned_abs(),
        size: ApmPowerInfo::SIZE,
    };
    let (host, _) = machine(&[("aplsmc0", apple)])
        .answer(apm, &POWER[..ApmPowerInfo::SIZE])
        .host();
    let [one] = batteries(&host).unwrap().try_into().unwrap();
    assert_eq!(
        (one.name.to_str(), one.fraction),
        (Some("aplsmc0"), Some(0.5))
    );
    assert_eq!((one.charge_now, one.cycle_count), (Some(2.0), Some(77)));
    assert_eq!(one.status, Some(BatteryStatus::Discharging));
    // It may discharge all the same: its charge is held below a limit.
    assert_eq!((one.plugged, one.health), (Some(true), Some(0.8)));
    assert_eq!(one.time_to_empty, Some(Duration::from_secs(125 * 60)));
}
