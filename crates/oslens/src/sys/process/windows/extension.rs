//! What only Windows knows of a process.

use std::{ffi::OsString, os::windows::io::AsHandle as _};

use windows_sys::Win32::System::Threading::{PROCESS_QUERY_INFORMATION, PROCESS_VM_READ};

use super::{
    cells, handle,
    parameters::{self, Memory, Patience},
    snapshot::Snapshot,
};
use crate::{
    Error, ErrorKind, Result,
    os::windows::{Elevation, HandleCounts, IntegrityLevel, MemoryCounters},
    parse::windows::{process_parameters::Parameters, utf16::RemoteText},
    process::StartTime,
    sys::{
        pal::windows::{
            process::{self, class},
            services as manager,
            token::Token,
        },
        process::Target,
    },
};

pub(crate) fn handle_counts(target: Target<'_>) -> Result<HandleCounts> {
    let handles = from_table(target, |entry| entry.handle_count)?;
    // They are counted for whoever may query the process in full.
    let gui = |which| {
        let opened = handle::open(target, PROCESS_QUERY_INFORMATION).ok()?;
        process::gui_resources(opened.as_handle(), which).ok()
    };
    const GDI: u32 = 0;
    const USER: u32 = 1;
    Ok(HandleCounts {
        handles,
        user_objects: gui(USER),
        gdi_objects: gui(GDI),
    })
}

pub(crate) fn memory_counters(target: Target<'_>) -> Result<MemoryCounters> {
    from_table(target, |entry| MemoryCounters {
        working_set: entry.working_set,
        peak_working_set: entry.peak_working_set,
        // Zero: the system does not count it.
        private_working_set: Some(entry.private_working_set).filter(|bytes| *bytes != 0),
        private_bytes: entry.pagefile_usage,
        peak_private_bytes: entry.peak_pagefile_usage,
        virtual_size: entry.virtual_size,
        peak_virtual_size: entry.peak_virtual_size,
        paged_pool: cells::counted(entry.paged_pool).ok(),
        peak_paged_pool: cells::counted(entry.peak_paged_pool).ok(),
        nonpaged_pool: cells::counted(entry.nonpaged_pool).ok(),
        peak_nonpaged_pool: cells::counted(entry.peak_nonpaged_pool).ok(),
        page_faults: cells::counted(entry.page_faults).ok(),
    })
}

pub(crate) fn session_id(target: Target<'_>) -> Result<u32> {
    from_table(target, |entry| entry.session)
}

/// What the table has of exactly this process.
fn from_table<T>(
    target: Target<'_>,
    pick: impl FnOnce(&crate::parse::windows::process_table::Process<'_>) -> T,
) -> Result<T> {
    super::local(target.host)?;
    let snapshot = Snapshot::take()?;
    let entry = snapshot
        .find(target.id.pid)?
        .ok_or_else(|| handle::gone(target))?;
    let start = StartTime::from_raw(entry.create_time);
    if target.id.start.is_known() && target.id.start != start {
        return Err(Error::reused(target.id.pid));
    }
    Ok(pick(&entry))
}

pub(crate) fn is_in_job(target: Target<'_>) -> Result<bool> {
    let opened = handle::open_to_query(target)?;
    process::is_in_job(opened.borrow())
        .or_else(|error| {
            if error.kind() != ErrorKind::AccessDenied {
                return Err(error);
            }
            let opened = handle::open(target, PROCESS_QUERY_INFORMATION).map_err(|_| error)?;
            process::is_in_job(opened.as_handle())
        })
        .map_err(|error| handle::named(target, error))
}

pub(crate) fn integrity_level(target: Target<'_>) -> Result<IntegrityLevel> {
    with_token(target, Token::integrity).map(IntegrityLevel::from_rid)
}

pub(crate) fn elevation(target: Target<'_>) -> Result<Elevation> {
    with_token(target, |token| {
        Ok(Elevation {
            is_elevated: token.is_elevated()?,
            // TokenElevationTypeFull and TokenElevationTypeLimited.
            is_split: matches!(token.elevation_type()?, 2 | 3),
            is_app_container: token.is_app_container()?,
        })
    })
}

fn with_token<T>(target: Target<'_>, ask: impl FnOnce(&Token) -> Result<T>) -> Result<T> {
    let opened = handle::open_to_query(target)?;
    Token::of(opened.borrow())
        .and_then(|token| ask(&token))
        .map_err(|error| handle::named(target, error))
}

pub(crate) fn is_protected(target: Target<'_>) -> Result<bool> {
    let opened = handle::open_to_query(target)?;
    // A PS_PROTECTION: its lowest three bits are the type, 0 for none.
    process::query::<u8>(opened.borrow(), class::PROTECTION)
        .map(|protection| protection & 7 != 0)
        .map_err(|error| handle::named(target, error))
}

pub(crate) fn is_wow64(target: Target<'_>) -> Result<bool> {
    let opened = handle::open_to_query(target)?;
    parameters::wow64_peb(opened.borrow())
        .map(|peb| peb != 0)
        .map_err(|error| handle::named(target, error))
}

pub(crate) fn desktop(target: Target<'_>) -> Result<OsString> {
    from_memory(target, |parameters| parameters.desktop)
}

pub(crate) fn window_title(target: Target<'_>) -> Result<OsString> {
    from_memory(target, |parameters| parameters.window_title)
}

fn from_memory(target: Target<'_>, pick: fn(&Parameters) -> RemoteText) -> Result<OsString> {
    let opened = handle::open(target, PROCESS_QUERY_INFORMATION | PROCESS_VM_READ)?;
    Memory::of(opened.as_handle(), Patience::Some)
        .and_then(|memory| memory.part(pick))
        .map_err(|error| error.with_pid(target.id.pid))
}

pub(crate) fn services(target: Target<'_>) -> Result<Vec<OsString>> {
    let running = manager::running()?;
    // Whose were they? The PID may have been given away since.
    drop(handle::open_to_query(target)?);
    Ok(running
        .into_iter()
        .filter(|(pid, _)| *pid == target.id.pid.get())
        .map(|(_, name)| name)
        .collect())
}
