//! Batteries on Windows. Temperatures and fans have no interface that
//! ordinary machines serve.

use crate::{
    Error, Host, Result,
    parse::windows::power::{self as parse, BatteryState, PowerStatus},
    sensors::{Battery, BatteryScope, BatteryStatus, Fan, Temperature},
    sys::pal::windows::{buffer::Buffer, power, system},
};

pub(crate) fn temperatures(_: &Host) -> Result<Vec<Temperature>> {
    Err(Error::unsupported("temperatures on Windows"))
}

pub(crate) fn fans(_: &Host) -> Result<Vec<Fan>> {
    Err(Error::unsupported("fans on Windows"))
}

pub(crate) fn batteries(host: &Host) -> Result<Vec<Battery>> {
    system::this_machine(host)?;
    let status = parse::power_status(&power::status()?)
        .map_err(|malformed| Error::malformed("GetSystemPowerStatus", malformed.0))?;
    if status.battery == Some(false) {
        return Ok(Vec::new());
    }
    let mut buffer = Buffer::default();
    let state = power::battery(&mut buffer)
        .ok()
        .and_then(|bytes| parse::battery_state(bytes).ok());
    Ok(battery(&status, state).into_iter().collect())
}

/// All batteries of the machine together, as the system counts them.
fn battery(status: &PowerStatus, state: Option<BatteryState>) -> Option<Battery> {
    let state = state.filter(|state| state.present);
    // The system knows of none, and does not know that there is none.
    if status.battery.is_none() && status.percent.is_none() && state.is_none() {
        return None;
    }
    let does = match (status.charging, status.plugged, status.percent) {
        (Some(true), ..) => Some(BatteryStatus::Charging),
        (Some(false), Some(true), Some(100)) => Some(BatteryStatus::Full),
        (Some(false), Some(true), _) => Some(BatteryStatus::NotCharging),
        (_, Some(false), _) => Some(BatteryStatus::Discharging),
        _ => None,
    };
    let hours = |milli: Option<u32>| milli.map(|milli| f64::from(milli) / 1000.0);
    let energy = |part: fn(&BatteryState) -> Option<u32>| hours(state.as_ref().and_then(part));
    Some(Battery {
        name: "Battery".into(),
        scope: BatteryScope::System,
        fraction: status.percent.map(|percent| f64::from(percent) / 100.0),
        status: does,
        plugged: status.plugged,
        present: status.battery.or(state.map(|state| state.present)),
        energy_now: energy(|state| state.remaining),
        energy_full: energy(|state| state.capacity),
        energy_full_design: None,
        charge_now: None,
        charge_full: None,
        charge_full_design: None,
        power: energy(|state| state.rate),
        voltage: None,
        time_to_empty: status
            .left
            .filter(|_| does == Some(BatteryStatus::Discharging)),
        time_to_full: None,
        cycle_count: None,
        health: None,
        condition: None,
        technology: None,
        manufacturer: None,
        model: None,
        serial_number: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(head: [u8; 4], left: u32) -> Option<Battery> {
        let bytes = [&head[..], &left.to_le_bytes(), &[0xff; 4]].concat();
        battery(&parse::power_status(&bytes).unwrap(), None)
    }

    #[test]
    fn what_the_system_does_not_know_is_no_number() {
        assert_eq!(of([255, 255, 255, 0], u32::MAX), None);
        let odd = of([255, 1, 255, 0], u32::MAX).unwrap();
        assert_eq!((odd.fraction, odd.plugged, odd.status), (None, None, None));
        assert_eq!(odd.time_to_empty, None);
    }

    #[test]
    fn a_battery_does_one_of_four_things() {
        let does = |head| of(head, 60).unwrap().status;
        assert_eq!(does([1, 8, 50, 0]), Some(BatteryStatus::Charging));
        assert_eq!(does([1, 0, 100, 0]), Some(BatteryStatus::Full));
        assert_eq!(does([1, 0, 80, 0]), Some(BatteryStatus::NotCharging));
        assert_eq!(does([0, 0, 80, 0]), Some(BatteryStatus::Discharging));
        let left = of([0, 0, 80, 0], 60).unwrap().time_to_empty;
        assert_eq!(left.map(|left| left.as_secs()), Some(60));
        assert_eq!(of([1, 8, 80, 0], 60).unwrap().time_to_empty, None);
    }
}
