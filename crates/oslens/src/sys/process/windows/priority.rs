//! Priorities: of the CPUs, and of input and output.

use windows_sys::Win32::System::Threading::{PROCESS_QUERY_INFORMATION, PROCESS_SET_INFORMATION};

use super::handle;
use crate::{
    Error, ErrorKind, Result,
    os::windows::{IoPriority, PriorityClass},
    parse::windows::process_table::Process,
    process::{IoClass, IoNice},
    sys::{
        pal::windows::{
            process::{self, class},
            system,
        },
        process::Target,
    },
};
use std::os::windows::io::AsHandle as _;

impl PriorityClass {
    /// The class with this number of `SetPriorityClass`.
    pub(super) const fn from_raw(number: u32) -> Option<Self> {
        Some(match number {
            0x40 => Self::Idle,
            0x4000 => Self::BelowNormal,
            0x20 => Self::Normal,
            0x8000 => Self::AboveNormal,
            0x80 => Self::High,
            0x100 => Self::RealTime,
            _ => return None,
        })
    }
}

/// The class that gives a process the base priority that the table has.
/// `None`: several may.
pub(super) fn class_of(process: &Process<'_>) -> Option<PriorityClass> {
    // Wine has numbers of its own there.
    if system::is_wine() {
        return None;
    }
    Some(match process.base_priority {
        4 => PriorityClass::Idle,
        6 => PriorityClass::BelowNormal,
        8 => PriorityClass::Normal,
        10 => PriorityClass::AboveNormal,
        13 => PriorityClass::High,
        24 => PriorityClass::RealTime,
        _ => return None,
    })
}

/// The number of an input/output priority as the portable type has it.
pub(super) fn ionice(priority: IoPriority) -> IoNice {
    let (class, value) = match priority {
        IoPriority::VeryLow => (IoClass::Idle, 0),
        IoPriority::Low => (IoClass::BestEffort, 6),
        IoPriority::Normal => (IoClass::BestEffort, 4),
        IoPriority::High => (IoClass::BestEffort, 2),
        IoPriority::Critical => (IoClass::RealTime, 0),
    };
    IoNice { class, value }
}

pub(super) fn io_priority_from_raw(number: u32) -> Result<IoPriority> {
    Ok(match number {
        0 => IoPriority::VeryLow,
        1 => IoPriority::Low,
        2 => IoPriority::Normal,
        3 => IoPriority::High,
        4 => IoPriority::Critical,
        _ => return Err(Error::malformed("ProcessIoPriority", "0 to 4")),
    })
}

/// Sets the class that is nearest to a niceness.
pub(crate) fn set_nice(target: Target<'_>, nice: i32) -> Result<()> {
    if !(-20..=19).contains(&nice) {
        return Err(Error::invalid_input(format!(
            "niceness {nice} is outside -20 to 19"
        )));
    }
    set_priority_class(target, PriorityClass::from_niceness(nice))
}

pub(crate) fn priority_class(target: Target<'_>) -> Result<PriorityClass> {
    let opened = handle::open_to_query(target)?;
    let number =
        process::priority_class(opened.borrow()).map_err(|error| handle::named(target, error))?;
    PriorityClass::from_raw(number)
        .ok_or_else(|| Error::malformed("GetPriorityClass", "a priority class"))
}

pub(crate) fn set_priority_class(target: Target<'_>, class: PriorityClass) -> Result<()> {
    let access = PROCESS_QUERY_INFORMATION | PROCESS_SET_INFORMATION;
    let opened = handle::open_to_act(target, access)?;
    process::set_priority_class(opened.as_handle(), class.raw())
        .map_err(|error| handle::named(target, error))
}

/// Sets the input/output priority that is nearest to a class and value.
pub(crate) fn set_ionice(target: Target<'_>, class: IoClass, value: u8) -> Result<()> {
    if value > 7 {
        return Err(Error::invalid_input(format!(
            "input/output priority {value} is outside 0 to 7"
        )));
    }
    let priority = match (class, value) {
        (IoClass::None | IoClass::Idle, 1..) => {
            return Err(Error::invalid_input(format!(
                "input/output class {class:?} has no priorities, so {value} means nothing"
            )));
        }
        (IoClass::None, _) => IoPriority::Normal,
        (IoClass::Idle, _) => IoPriority::VeryLow,
        (IoClass::RealTime, _) => IoPriority::Critical,
        (IoClass::BestEffort, 0..=2) => IoPriority::High,
        (IoClass::BestEffort, 3..=5) => IoPriority::Normal,
        (IoClass::BestEffort, _) => IoPriority::Low,
    };
    set_io_priority(target, priority)
}

pub(crate) fn io_priority(target: Target<'_>) -> Result<IoPriority> {
    let opened = handle::open_to_query(target)?;
    let number = process::query::<u32>(opened.borrow(), class::IO_PRIORITY)
        .map_err(|error| handle::named(target, error))?;
    io_priority_from_raw(number)
}

pub(crate) fn set_io_priority(target: Target<'_>, priority: IoPriority) -> Result<()> {
    let opened = handle::open_to_act(target, PROCESS_SET_INFORMATION)?;
    process::set(opened.as_handle(), class::IO_PRIORITY, priority.raw()).map_err(|error| {
        // STATUS_PRIVILEGE_NOT_HELD comes as such; high and critical are for
        // the kernel's own requests, which it calls an invalid parameter.
        const ERROR_INVALID_PARAMETER: i32 = 87;
        let error = match error.raw_os_error() {
            Some(ERROR_INVALID_PARAMETER) => error.with_kind(ErrorKind::InvalidInput),
            _ => error,
        };
        handle::named(target, error)
    })
}
