use super::*;
use crate::{ErrorKind, sys::kernel::fake::Fake};

fn internal() -> PowerSource {
    PowerSource {
        name: Some("InternalBattery-0".to_owned()),
        kind: Some("InternalBattery".to_owned()),
        is_present: Some(true),
        capacity: Some(81),
        max_capacity: Some(100),
        state: Some("Battery Power".to_owned()),
        is_charging: Some(false),
        is_charged: None,
        minutes_to_empty: Some(125),
        minutes_to_full: Some(0),
    }
}

fn only(source: PowerSource) -> Battery {
    let mut fake = Fake::new();
    fake.power_sources = vec![source];
    let [battery] = batteries(&fake.host().0).unwrap().try_into().unwrap();
    battery
}

#[test]
fn a_battery_does_one_of_four_things() {
    let discharging = only(internal());
    assert_eq!(discharging.status, Some(BatteryStatus::Discharging));
    assert_eq!(
        (discharging.fraction, discharging.plugged),
        (Some(0.81), Some(false))
    );
    assert_eq!(
        discharging.time_to_empty,
        Some(Duration::from_secs(125 * 60))
    );
    assert_eq!(discharging.time_to_full, None);
    let plugged = |is_charging, is_charged| {
        only(PowerSource {
            state: Some("AC Power".to_owned()),
            is_charging: Some(is_charging),
            is_charged: Some(is_charged),
            minutes_to_empty: Some(0),
            minutes_to_full: Some(-1),
            ..internal()
        })
    };
    let charging = plugged(true, false);
    assert_eq!(charging.status, Some(BatteryStatus::Charging));
    assert_eq!(
        (charging.time_to_empty, charging.time_to_full),
        (None, None)
    );
    assert_eq!(plugged(false, true).status, Some(BatteryStatus::Full));
    assert_eq!(
        plugged(false, false).status,
        Some(BatteryStatus::NotCharging)
    );
}

#[test]
fn what_a_source_does_not_say_is_unknown() {
    let nothing = only(PowerSource::default());
    assert_eq!(nothing, bsd::unknown("battery".into()));
    let ups = only(PowerSource {
        kind: Some("UPS".to_owned()),
        max_capacity: Some(0),
        ..internal()
    });
    assert_eq!((ups.scope, ups.fraction), (BatteryScope::Ups, None));
    // Its capacity is that of the one that was there, or nothing.
    let absent = only(PowerSource {
        is_present: Some(false),
        state: Some("AC Power".to_owned()),
        ..internal()
    });
    assert_eq!((absent.present, absent.plugged), (Some(false), Some(true)));
    assert_eq!((absent.fraction, absent.status), (None, None));
}

#[test]
fn a_desktop_has_no_battery_and_temperatures_are_not_public() {
    let (host, _) = Fake::new().host();
    assert_eq!(batteries(&host).unwrap(), []);
    let kinds = [temperatures(&host).unwrap_err(), fans(&host).unwrap_err()];
    assert!(
        kinds
            .iter()
            .all(|error| error.kind() == ErrorKind::Unsupported)
    );
}
