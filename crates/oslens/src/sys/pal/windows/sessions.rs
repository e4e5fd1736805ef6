//! Sessions of the Remote Desktop Services, also those at the console.
//!
//! Nano Server has no `wtsapi32.dll`: its functions are looked up.

use std::ffi::{OsString, c_void};

use windows_sys::{
    Win32::{
        Foundation::{ERROR_CALL_NOT_IMPLEMENTED, HANDLE},
        System::RemoteDesktop::{WTS_CURRENT_SERVER_HANDLE, WTS_SESSION_INFOW},
    },
    core::{BOOL, PWSTR},
};

use oslens_win32::optional;

use super::{error, wide};
use crate::{Error, Result};

optional! {
    fn WTSEnumerateSessionsW in "wtsapi32.dll" (
        server: HANDLE,
        reserved: u32,
        version: u32,
        sessions: *mut *mut WTS_SESSION_INFOW,
        count: *mut u32,
    ) -> BOOL;
    fn WTSQuerySessionInformationW in "wtsapi32.dll" (
        server: HANDLE,
        session: u32,
        class: i32,
        buffer: *mut PWSTR,
        length: *mut u32,
    ) -> BOOL;
    fn WTSFreeMemory in "wtsapi32.dll" (memory: *mut c_void);
}

/// A session.
pub(crate) struct Session {
    pub(crate) id: u32,
    /// `Console`, `RDP-Tcp#3`; nothing for one that is disconnected.
    pub(crate) station: OsString,
}

/// What the library allocated; it is given back when dropped.
struct Answer<T> {
    memory: *mut T,
    free: unsafe extern "system" fn(*mut c_void),
}

impl<T> Drop for Answer<T> {
    fn drop(&mut self) {
        if !self.memory.is_null() {
            // SAFETY: memory of the library, given back once.
            unsafe { (self.free)(self.memory.cast()) };
        }
    }
}

/// The sessions; none on a system that has no such service.
pub(crate) fn list() -> Result<Vec<Session>> {
    const CALL: &str = "WTSEnumerateSessionsW";
    let (Some(enumerate), Some(free)) = (WTSEnumerateSessionsW::get(), WTSFreeMemory::get()) else {
        return Ok(Vec::new());
    };
    let mut answer = Answer::<WTS_SESSION_INFOW> {
        memory: std::ptr::null_mut(),
        free,
    };
    let mut count = 0;
    // SAFETY: the one version there is, and two places to write to, which
    // outlive the call.
    let done = unsafe {
        enumerate(
            WTS_CURRENT_SERVER_HANDLE,
            0,
            1,
            &mut answer.memory,
            &mut count,
        )
    };
    if done == 0 {
        let error = error::last(CALL);
        // A library that is there for its name only.
        if error.raw_os_error() == Some(ERROR_CALL_NOT_IMPLEMENTED as i32) {
            return Ok(Vec::new());
        }
        return Err(error);
    }
    if answer.memory.is_null() || count == 0 {
        return Ok(Vec::new());
    }
    // SAFETY: so many structures are there until `answer` is dropped.
    let sessions = unsafe { std::slice::from_raw_parts(answer.memory, count as usize) };
    Ok(sessions
        .iter()
        .map(|session| Session {
            id: session.SessionId,
            // SAFETY: null, or text in the same memory that ends with NUL.
            station: unsafe { wide::text_at(session.pWinStationName) }.unwrap_or_default(),
        })
        .collect())
}

/// What a session tells: the bytes of a `WTS_INFO_CLASS`.
pub(crate) fn information(session: u32, class: i32) -> Result<Vec<u8>> {
    const CALL: &str = "WTSQuerySessionInformationW";
    let (Some(query), Some(free)) = (WTSQuerySessionInformationW::get(), WTSFreeMemory::get())
    else {
        return Err(Error::unsupported(CALL));
    };
    let mut answer = Answer::<u16> {
        memory: std::ptr::null_mut(),
        free,
    };
    let mut length = 0;
    // SAFETY: two places to write to, which outlive the call.
    let done = unsafe {
        query(
            WTS_CURRENT_SERVER_HANDLE,
            session,
            class,
            &mut answer.memory,
            &mut length,
        )
    };
    if done == 0 {
        return Err(error::last(CALL));
    }
    if answer.memory.is_null() {
        return Ok(Vec::new());
    }
    // SAFETY: so many bytes are there until `answer` is dropped.
    let bytes = unsafe { std::slice::from_raw_parts(answer.memory.cast::<u8>(), length as usize) };
    Ok(bytes.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_question_is_an_error() {
        assert!(information(0, 0x7fff).is_err());
    }
}
