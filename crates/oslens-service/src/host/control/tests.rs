use std::time::Duration;

use super::*;

#[test]
fn a_session_change_names_its_session() {
    let data = [8, 0, 0, 0, 3, 0, 0, 0];
    let control = Control::read(code::SESSION_CHANGE, 5, &data).unwrap();
    let Control::SessionChange(change) = &control else {
        panic!("{control:?}")
    };
    assert_eq!((change.kind, change.session), (SessionEvent::Logon, 3));
    assert_eq!(control.needs(), Accepted::SESSION_CHANGE);
    // Without its data it tells nothing.
    assert_eq!(Control::read(code::SESSION_CHANGE, 5, &data[..6]), None);
}

#[test]
fn a_power_setting_comes_with_its_value() {
    // GUID_ACDC_POWER_SOURCE, and that the machine runs on its battery.
    let mut data = vec![
        0x59, 0xba, 0x3e, 0x5d, 0xd5, 0xe9, 0x00, 0x4b, 0xa6, 0xbd, 0xff, 0x34, 0xff, 0x51, 0x65,
        0x48,
    ];
    data.extend([4, 0, 0, 0, 1, 0, 0, 0]);
    let Some(Control::Power(power)) = Control::read(code::POWER_EVENT, 0x8013, &data) else {
        panic!()
    };
    assert_eq!(power.kind, PowerEvent::SettingChange);
    let setting = power.setting.unwrap();
    assert_eq!(
        setting.guid.to_string(),
        "{5d3eba59-e9d5-4b00-a6bd-ff34ff516548}"
    );
    assert_eq!(setting.data, [1, 0, 0, 0]);
    // Only what is there is shown, whatever length is claimed.
    for length in 0..data.len() {
        let control = Control::read(code::POWER_EVENT, 0x8013, &data[..length]);
        assert!(matches!(control, Some(Control::Power(_))));
    }
    let Some(Control::Power(power)) = Control::read(code::POWER_EVENT, 4, &[]) else {
        panic!()
    };
    assert_eq!((power.kind, power.setting), (PowerEvent::Suspend, None));
}

#[test]
fn a_time_change_has_both_times() {
    let epoch = 116_444_736_000_000_000_u64;
    let mut data = (epoch + 20_000_000).to_le_bytes().to_vec();
    data.extend((epoch + 10_000_000).to_le_bytes());
    let Some(Control::TimeChange(change)) = Control::read(code::TIME_CHANGE, 0, &data) else {
        panic!()
    };
    let second = |n| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(n));
    assert_eq!((change.old, change.new), (second(1), second(2)));
    let Some(Control::TimeChange(change)) = Control::read(code::TIME_CHANGE, 0, &[]) else {
        panic!()
    };
    assert_eq!((change.old, change.new), (None, None));
}

#[test]
fn a_device_interface_has_its_class_and_path() {
    let mut data = vec![0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0];
    data.extend(1..=16_u8);
    for unit in "\\\\?\\USB#1".encode_utf16().chain([0, 0x41]) {
        data.extend(unit.to_le_bytes());
    }
    data[0] = u8::try_from(data.len()).unwrap();
    let Some(Control::Device(device)) = Control::read(code::DEVICE_EVENT, 0x8000, &data) else {
        panic!()
    };
    assert_eq!(device.kind, DeviceEvent::Arrival);
    assert_eq!(device.data, data);
    let interface = device.interface.unwrap();
    assert_eq!(interface.name, "\\\\?\\USB#1");
    assert_eq!(
        interface.class.to_string(),
        "{04030201-0605-0807-090a-0b0c0d0e0f10}"
    );
    for length in 0..data.len() {
        assert!(Control::read(code::DEVICE_EVENT, 0x8000, &data[..length]).is_some());
    }
    // A volume is none.
    data[4] = 2;
    let Some(Control::Device(device)) = Control::read(code::DEVICE_EVENT, 0x8004, &data) else {
        panic!()
    };
    assert_eq!(device.kind, DeviceEvent::RemoveComplete);
    assert_eq!(device.interface, None);
}

#[test]
fn every_number_is_known_or_refused() {
    let mut known = 0;
    for control in 0..=1000 {
        let Some(control) = Control::read(control, 0, &[0; 64]) else {
            continue;
        };
        known += 1;
        let own = matches!(control, Control::Custom(_) | Control::Device(_));
        assert_eq!(control.needs().is_empty(), own, "{control:?}");
    }
    assert_eq!(known, 18 + 128);
    assert_eq!(Control::read(255, 0, &[]), Some(Control::Custom(255)));
    assert_eq!(Control::read(code::INTERROGATE, 0, &[]), None);
    assert_eq!(Control::read(256, 0, &[]), None);
    assert_eq!(Control::read(127, 0, &[]), None);
}
