//! Handles that close themselves.

use std::{
    io,
    os::windows::io::{FromRawHandle, OwnedHandle},
};

use windows_sys::Win32::{
    Foundation::{HANDLE, INVALID_HANDLE_VALUE},
    System::Threading::OpenProcess,
};

/// Takes what a function returned that makes a handle and says with null or
/// `INVALID_HANDLE_VALUE` that it failed; asks for the error right away.
///
/// # Errors
///
/// The system's last error.
///
/// # Safety
///
/// `handle` is either of the two, or open and nobody else's to close.
pub unsafe fn owned(handle: HANDLE) -> io::Result<OwnedHandle> {
    if handle.is_null() || handle == INVALID_HANDLE_VALUE {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: neither of the values that mean failure, so by this function's
    // contract an open handle that is ours alone.
    Ok(unsafe { OwnedHandle::from_raw_handle(handle) })
}

/// Opens a process. `ERROR_INVALID_PARAMETER` means that there is none with
/// that number.
///
/// # Errors
///
/// The system's.
pub fn open_process(pid: u32, access: u32) -> io::Result<OwnedHandle> {
    // SAFETY: plain numbers in; a handle that is ours or null out.
    unsafe { owned(OpenProcess(access, 0, pid)) }
}

#[cfg(test)]
mod tests {
    use windows_sys::Win32::{
        Foundation::ERROR_INVALID_PARAMETER, System::Threading::PROCESS_QUERY_LIMITED_INFORMATION,
    };

    use super::*;

    #[test]
    fn a_process_is_opened_or_the_number_says_why_not() {
        let access = PROCESS_QUERY_LIMITED_INFORMATION;
        assert!(open_process(std::process::id(), access).is_ok());
        // PIDs are multiples of four, and the lowest two bits are ignored.
        let error = open_process(0xffff_fff0, access).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(ERROR_INVALID_PARAMETER as i32));
    }
}
