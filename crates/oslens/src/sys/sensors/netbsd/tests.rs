use std::time::Duration;

use super::*;
use crate::{ErrorKind, sys::kernel::fake::Fake};

const LAPTOP: &str = include_str!("../../../parse/netbsd/fixtures/netbsd_laptop.plist");
const SYSMON: Question<'_> = Question::PropertyList {
    path: "/dev/sysmon",
    request: ENVSYS_GETDICTIONARY,
};

fn laptop(list: &str) -> Host {
    Fake::new().answer(SYSMON, list).host().0
}

#[test]
fn one_list_has_all_sensors() {
    let (host, log) = Fake::new().answer(SYSMON, LAPTOP).host();
    let [zone, first, sixth] = temperatures(&host).unwrap().try_into().unwrap();
    assert_eq!(
        (zone.chip.to_str(), zone.current),
        (Some("acpitz"), Ok(68.0))
    );
    assert_eq!((zone.high, zone.critical), (None, Some(127.0)));
    // Above its limit, and still a temperature.
    assert_eq!((first.current, first.high), (Ok(67.0), Some(66.85)));
    assert_eq!(sixth.current, Err(Unavailable::Unsupported));
    assert_eq!(sixth.label, Some("temperature 5".into()));
    assert_eq!(log.lines().len(), 1);
    let [fan] = fans(&host).unwrap().try_into().unwrap();
    assert_eq!(
        (fan.device.to_str(), fan.speed),
        (Some("thinkpad0"), Ok(3212))
    );
}

#[test]
fn a_battery_is_made_of_its_sensors() {
    let [found] = batteries(&laptop(LAPTOP)).unwrap().try_into().unwrap();
    assert_eq!(
        (found.name.to_str(), found.present),
        (Some("acpibat0"), Some(true))
    );
    assert_eq!(found.status, Some(BatteryStatus::Discharging));
    assert_eq!((found.plugged, found.fraction), (Some(false), Some(0.81)));
    assert_eq!(
        (found.energy_full_design, found.health),
        (Some(50.0), Some(0.9))
    );
    assert_eq!((found.power, found.voltage), (Some(15.0), Some(12.399)));
    assert_eq!(found.time_to_empty, Some(Duration::from_secs(8748)));
    // Without its sensor for what goes out, the charger decides.
    let idle = LAPTOP.replace("discharge rate", "other rate").replacen(
        "<integer>0</integer>",
        "<integer>1</integer>",
        1,
    );
    let [found] = batteries(&laptop(&idle)).unwrap().try_into().unwrap();
    assert_eq!(
        (found.plugged, found.status),
        (Some(true), Some(BatteryStatus::NotCharging))
    );
    assert_eq!((found.power, found.time_to_empty), (None, None));
}

#[test]
fn a_bay_may_be_empty() {
    let at = LAPTOP.find("acpibat0").unwrap();
    let (before, after) = LAPTOP.split_at(at);
    let after = after.replacen("<integer>1</integer>", "<integer>0</integer>", 1);
    let [bay] = batteries(&laptop(&format!("{before}{after}")))
        .unwrap()
        .try_into()
        .unwrap();
    assert_eq!(
        (bay.present, bay.status, bay.fraction),
        (Some(false), None, None)
    );
}

#[test]
fn a_machine_without_sensors_has_none() {
    let (host, _) = Fake::new().fail(SYSMON, libc::ENXIO).host();
    assert_eq!(temperatures(&host).unwrap(), []);
    assert_eq!(batteries(&host).unwrap(), []);
    let (host, _) = Fake::new().fail(SYSMON, libc::EACCES).host();
    assert_eq!(fans(&host).unwrap_err().kind(), ErrorKind::AccessDenied);
    let error = fans(&laptop("<plist>")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
}
