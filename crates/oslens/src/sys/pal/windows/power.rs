//! Power: batteries, and the frequencies of CPUs.

use windows_sys::Win32::{
    Foundation::STATUS_BUFFER_TOO_SMALL,
    System::Power::{
        CallNtPowerInformation, GetSystemPowerStatus, ProcessorInformation, SYSTEM_POWER_STATUS,
        SystemBatteryState,
    },
};

use super::{
    buffer::{Attempt, Buffer},
    error,
};
use crate::Result;

/// The bytes of the `SYSTEM_POWER_STATUS`.
pub(crate) fn status() -> Result<[u8; size_of::<SYSTEM_POWER_STATUS>()]> {
    let mut status = SYSTEM_POWER_STATUS::default();
    // SAFETY: a structure to be filled in, which outlives the call.
    if unsafe { GetSystemPowerStatus(&mut status) } == 0 {
        return Err(error::last("GetSystemPowerStatus"));
    }
    // SAFETY: four bytes and two numbers of four, without padding between, so
    // that all of its bytes are initialised; the sizes are the same.
    Ok(unsafe { std::mem::transmute::<SYSTEM_POWER_STATUS, [u8; 12]>(status) })
}

/// The bytes of the `SYSTEM_BATTERY_STATE`.
pub(crate) fn battery(buffer: &mut Buffer) -> Result<&[u8]> {
    information(SystemBatteryState, 32, buffer)
}

/// An array of `PROCESSOR_POWER_INFORMATION`, for so many CPUs at most.
pub(crate) fn processors(cpus: usize, buffer: &mut Buffer) -> Result<&[u8]> {
    information(ProcessorInformation, cpus.saturating_mul(24), buffer)
}

/// The answer says nothing of its length: `length` bytes are asked for, and
/// what of them is not filled in is zero.
fn information(level: i32, length: usize, buffer: &mut Buffer) -> Result<&[u8]> {
    const CALL: &str = "CallNtPowerInformation";
    *buffer = Buffer::new(length);
    buffer.fill(CALL, length.saturating_mul(4).max(4096), |to, room| {
        // SAFETY: no input; `room` bytes to write to.
        let status = unsafe { CallNtPowerInformation(level, std::ptr::null(), 0, to.cast(), room) };
        match status {
            STATUS_BUFFER_TOO_SMALL => Attempt::TooSmall(0),
            status if status < 0 => Attempt::Failed(error::status(CALL, status)),
            _ => Attempt::Filled(length.min(room as usize)),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_of_the_power_has_all_its_bytes() {
        let status = status().unwrap();
        // "Unknown", or not.
        assert!(matches!(status[0], 0 | 1 | 255), "{status:?}");
    }
}
