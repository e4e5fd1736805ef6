//! The service manager's list.

use std::{ffi::OsString, ops::Deref};

use windows_sys::Win32::{
    Foundation::ERROR_MORE_DATA,
    System::Services::{
        CloseServiceHandle, ENUM_SERVICE_STATUS_PROCESSW, EnumServicesStatusExW, OpenSCManagerW,
        SC_ENUM_PROCESS_INFO, SC_HANDLE, SC_MANAGER_ENUMERATE_SERVICE, SERVICE_ACTIVE,
        SERVICE_WIN32,
    },
};

use super::{
    buffer::{Attempt, Buffer},
    error, wide,
};
use crate::Result;

/// A connection to the service manager.
struct Manager(SC_HANDLE);

impl Deref for Manager {
    type Target = SC_HANDLE;

    fn deref(&self) -> &SC_HANDLE {
        &self.0
    }
}

impl Drop for Manager {
    fn drop(&mut self) {
        // SAFETY: opened by us, and closed once.
        unsafe { CloseServiceHandle(self.0) };
    }
}

/// Names of the services that run, each with the PID of its process.
pub(crate) fn running() -> Result<Vec<(u32, OsString)>> {
    const CALL: &str = "EnumServicesStatusExW";
    // SAFETY: null means this machine and its active database.
    let manager = unsafe {
        OpenSCManagerW(
            std::ptr::null(),
            std::ptr::null(),
            SC_MANAGER_ENUMERATE_SERVICE,
        )
    };
    if manager.is_null() {
        return Err(error::last("OpenSCManagerW"));
    }
    let manager = Manager(manager);
    let mut count = 0;
    let mut buffer = Buffer::new(32 << 10);
    let bytes = buffer.fill(CALL, 16 << 20, |to, room| {
        let (mut needed, mut resume) = (0, 0);
        count = 0;
        // SAFETY: `room` bytes to write to and three numbers to be filled in;
        // all of it outlives the call. Null: services of all groups.
        let done = unsafe {
            EnumServicesStatusExW(
                *manager,
                SC_ENUM_PROCESS_INFO,
                SERVICE_WIN32,
                SERVICE_ACTIVE,
                to,
                room,
                &mut needed,
                &mut count,
                &mut resume,
                std::ptr::null(),
            )
        };
        if done != 0 {
            return Attempt::Filled(room as usize);
        }
        let failed = error::last(CALL);
        if failed.raw_os_error() == Some(ERROR_MORE_DATA as i32) {
            // What is left beyond those that fit: start anew with room for
            // all.
            return Attempt::TooSmall((room as usize).saturating_add(needed as usize));
        }
        Attempt::Failed(failed)
    })?;
    let most = bytes.len() / size_of::<ENUM_SERVICE_STATUS_PROCESSW>();
    let first = bytes.as_ptr().cast::<ENUM_SERVICE_STATUS_PROCESSW>();
    Ok((0..(count as usize).min(most))
        .filter_map(|index| {
            // SAFETY: the call wrote `count` of these to the buffer, which is
            // aligned for them and not changed meanwhile.
            let service = unsafe { &*first.add(index) };
            // SAFETY: the name is in the same buffer and ends with NUL.
            let name = unsafe { wide::text_at(service.lpServiceName) }?;
            Some((service.ServiceStatusProcess.dwProcessId, name))
        })
        .collect())
}
