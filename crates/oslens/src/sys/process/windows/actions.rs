//! Ending, stopping and continuing a process.

use std::os::windows::io::AsHandle as _;

use windows_sys::Win32::{
    Foundation::STILL_ACTIVE,
    System::Threading::{PROCESS_SUSPEND_RESUME, PROCESS_TERMINATE},
};

use super::{handle, signals};
use crate::{
    Error, ErrorKind, Result,
    process::{Resource, ResourceLimit, Signal},
    sys::{pal::windows::process, process::Target},
};

/// Does what a signal means, as far as Windows can.
pub(crate) fn send_signal(target: Target<'_>, number: i32) -> Result<()> {
    match number {
        // The exit code tells later which it was.
        signals::SIGTERM | signals::SIGKILL => terminate(target, number.unsigned_abs()),
        signals::SIGSTOP => {
            let opened = handle::open_to_act(target, PROCESS_SUSPEND_RESUME)?;
            process::suspend(opened.as_handle()).map_err(|error| handle::named(target, error))
        }
        signals::SIGCONT => {
            let opened = handle::open_to_act(target, PROCESS_SUSPEND_RESUME)?;
            process::resume(opened.as_handle()).map_err(|error| handle::named(target, error))
        }
        number if Signal::from_raw(number).name().is_some() => Err(Error::unsupported(
            "signals other than TERM, KILL, STOP and CONT on Windows",
        )
        .with_pid(target.id.pid)),
        number => {
            Err(Error::invalid_input(format!("there is no signal {number}"))
                .with_pid(target.id.pid))
        }
    }
}

fn terminate(target: Target<'_>, code: u32) -> Result<()> {
    let opened = handle::open_to_act(target, PROCESS_TERMINATE)?;
    let process = opened.as_handle();
    match process::terminate(process, code) {
        // It is ending already, which the system refuses to do again.
        Err(error)
            if error.kind() == ErrorKind::AccessDenied
                && process::exit_code(process).is_ok_and(|code| code != STILL_ACTIVE as u32) =>
        {
            Ok(())
        }
        result => result.map_err(|error| handle::named(target, error)),
    }
}

const LIMITS: &str = "limits of a process's resources on Windows";

pub(crate) fn limit(target: Target<'_>, _: Resource) -> Result<ResourceLimit> {
    Err(Error::unsupported(LIMITS).with_pid(target.id.pid))
}

pub(crate) fn limits(target: Target<'_>) -> Result<Vec<(Resource, ResourceLimit)>> {
    Err(Error::unsupported(LIMITS).with_pid(target.id.pid))
}

pub(crate) fn set_limit(target: Target<'_>, _: Resource, _: ResourceLimit) -> Result<()> {
    Err(Error::unsupported(LIMITS).with_pid(target.id.pid))
}
