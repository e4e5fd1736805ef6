//! Threads.

use std::os::windows::io::AsRawHandle as _;

use windows_sys::Win32::{
    Foundation::{HANDLE, LocalFree},
    System::Threading::{GetProcessIdOfThread, OpenThread, THREAD_QUERY_LIMITED_INFORMATION},
};

use oslens_win32::optional;

use super::handle;

optional! {
    /// Since Windows 10 1607.
    fn GetThreadDescription in "kernel32.dll" (thread: HANDLE, text: *mut *mut u16) -> i32;
}

/// The name that a thread of this process gave itself. `None`: it has none,
/// or may not be asked.
pub(crate) fn description(thread: u32, pid: u32) -> Option<Vec<u16>> {
    let query = GetThreadDescription::get()?;
    // SAFETY: plain numbers in; a handle that is ours or null out.
    let thread =
        unsafe { handle::owned(OpenThread(THREAD_QUERY_LIMITED_INFORMATION, 0, thread)) }.ok()?;
    // SAFETY: a handle in, a number out.
    if unsafe { GetProcessIdOfThread(thread.as_raw_handle()) } != pid {
        return None;
    }
    let mut text = std::ptr::null_mut();
    // SAFETY: a pointer to be filled in, which outlives the call.
    if unsafe { query(thread.as_raw_handle(), &mut text) } < 0 || text.is_null() {
        return None;
    }
    let mut units = Vec::new();
    // SAFETY: the system made a text that ends with NUL; nothing behind that
    // is read.
    unsafe {
        let mut at = text;
        while *at != 0 {
            units.push(*at);
            at = at.add(1);
        }
    }
    // SAFETY: the system made it to be given back so; it is not used again.
    unsafe { LocalFree(text.cast()) };
    Some(units)
}
