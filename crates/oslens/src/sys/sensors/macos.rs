//! Batteries on macOS: IOKit's power sources. Temperatures and fans have no
//! interface that Apple has made public.

#[cfg(test)]
mod tests;

use std::time::Duration;

use super::bsd;
use crate::{
    Error, Host, Result,
    sensors::{Battery, BatteryScope, BatteryStatus, Fan, Temperature},
    sys::kernel::{PowerSource, names},
};

pub(crate) fn temperatures(_: &Host) -> Result<Vec<Temperature>> {
    Err(Error::unsupported("temperatures on macOS"))
}

pub(crate) fn fans(_: &Host) -> Result<Vec<Fan>> {
    Err(Error::unsupported("fans on macOS"))
}

pub(crate) fn batteries(host: &Host) -> Result<Vec<Battery>> {
    let sources = host
        .kernel()?
        .answers()
        .power_sources()
        .map_err(|error| Error::call("IOPSCopyPowerSourcesInfo", error))?;
    Ok(sources.into_iter().map(battery).collect())
}

fn battery(source: PowerSource) -> Battery {
    let plugged = match source.state.as_deref() {
        Some(names::kIOPSACPowerValue) => Some(true),
        Some(names::kIOPSBatteryPowerValue) => Some(false),
        // It is not connected.
        _ => None,
    };
    let is_absent = source.is_present == Some(false);
    let status = match (plugged, source.is_charged, source.is_charging) {
        (_, Some(true), _) if plugged != Some(false) => Some(BatteryStatus::Full),
        (_, _, Some(true)) => Some(BatteryStatus::Charging),
        (Some(false), ..) => Some(BatteryStatus::Discharging),
        (Some(true), _, Some(false)) => Some(BatteryStatus::NotCharging),
        _ => None,
    };
    // What is told of one that was taken out is of none.
    let status = status.filter(|_| !is_absent);
    let name = source.name.unwrap_or_else(|| "battery".to_owned());
    // Zero is what the other one of the two has; -1 is not known yet.
    let minutes = |minutes: Option<i64>| {
        u64::try_from(minutes?)
            .ok()
            .filter(|&minutes| minutes > 0)
            .map(|minutes| Duration::from_secs(minutes.saturating_mul(60)))
    };
    Battery {
        scope: match source.kind.as_deref() {
            Some(names::kIOPSUPSType) => BatteryScope::Ups,
            Some(names::kIOPSInternalBatteryType) | None => BatteryScope::System,
            Some(_) => BatteryScope::Device,
        },
        fraction: source
            .capacity
            .zip(source.max_capacity)
            .filter(|&(now, max)| !is_absent && now >= 0 && max > 0)
            .map(|(now, max)| (now as f64 / max as f64).min(1.0)),
        status,
        plugged,
        present: source.is_present,
        time_to_empty: minutes(source.minutes_to_empty)
            .filter(|_| status == Some(BatteryStatus::Discharging)),
        time_to_full: minutes(source.minutes_to_full)
            .filter(|_| status == Some(BatteryStatus::Charging)),
        ..bsd::unknown(name.into())
    }
}
