//! Error numbers of Windows and what they mean here.

use std::io;

use windows_sys::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_BAD_NET_NAME, ERROR_BAD_NETPATH, ERROR_CALL_NOT_IMPLEMENTED,
    ERROR_FILE_NOT_FOUND, ERROR_INVALID_DRIVE, ERROR_INVALID_FUNCTION, ERROR_INVALID_LEVEL,
    ERROR_INVALID_NAME, ERROR_MR_MID_NOT_FOUND, ERROR_NOT_SUPPORTED, ERROR_PATH_NOT_FOUND,
    ERROR_PRIVILEGE_NOT_HELD, ERROR_PROC_NOT_FOUND, ERROR_SEM_TIMEOUT, ERROR_TIMEOUT, NTSTATUS,
    RtlNtStatusToDosError, STATUS_INVALID_CID, STATUS_INVALID_INFO_CLASS, STATUS_NOT_IMPLEMENTED,
    STATUS_NOT_SUPPORTED, STATUS_PROCEDURE_NOT_FOUND, STATUS_PROCESS_IS_TERMINATING, WAIT_TIMEOUT,
};

use crate::{Error, ErrorKind, error::Operation};

impl From<oslens_win32::Error> for Error {
    fn from(error: oslens_win32::Error) -> Self {
        match error {
            oslens_win32::Error::Call(call, source) => Self::call(call, source),
            nul @ oslens_win32::Error::Nul(_) => Self::invalid_input(nul.to_string()),
            other => Self::new(
                ErrorKind::Malformed,
                Operation::Message(other.to_string()),
                None,
            ),
        }
    }
}

/// The kind of an error number of Win32, when nothing is known about the
/// context.
///
/// `ERROR_INVALID_PARAMETER` is [`ErrorKind::Os`]: that it means "no such
/// process" to `OpenProcess` only its caller knows.
pub(crate) fn kind(code: u32) -> ErrorKind {
    match code {
        ERROR_ACCESS_DENIED | ERROR_PRIVILEGE_NOT_HELD => ErrorKind::AccessDenied,
        ERROR_FILE_NOT_FOUND | ERROR_PATH_NOT_FOUND | ERROR_INVALID_DRIVE | ERROR_BAD_NETPATH
        | ERROR_BAD_NET_NAME | ERROR_INVALID_NAME => ErrorKind::NotFound,
        // The first is how many drivers refuse a control code they lack.
        ERROR_INVALID_FUNCTION
        | ERROR_NOT_SUPPORTED
        | ERROR_CALL_NOT_IMPLEMENTED
        | ERROR_INVALID_LEVEL
        | ERROR_PROC_NOT_FOUND => ErrorKind::Unsupported,
        WAIT_TIMEOUT | ERROR_SEM_TIMEOUT | ERROR_TIMEOUT => ErrorKind::TimedOut,
        _ => ErrorKind::Os,
    }
}

/// A Win32 call that failed just now; nothing else may have been called since.
#[cold]
pub(crate) fn last(call: &'static str) -> Error {
    Error::call(call, io::Error::last_os_error())
}

/// A call that returned its error number.
#[cold]
pub(crate) fn code(call: &'static str, code: u32) -> Error {
    Error::call(call, io_error(code))
}

/// The error with this number of Win32.
pub(crate) fn io_error(code: u32) -> io::Error {
    io::Error::from_raw_os_error(code as i32)
}

/// A native call that failed with this status.
#[cold]
pub(crate) fn status(call: &'static str, status: NTSTATUS) -> Error {
    let error = Error::call(call, io_error(dos_code(status)));
    match status {
        // As Win32 errors they would be "invalid parameter" and "incorrect
        // function": a class or function that this version lacks.
        STATUS_INVALID_INFO_CLASS
        | STATUS_NOT_IMPLEMENTED
        | STATUS_NOT_SUPPORTED
        | STATUS_PROCEDURE_NOT_FOUND => error.with_kind(ErrorKind::Unsupported),
        // Said only of processes.
        STATUS_INVALID_CID | STATUS_PROCESS_IS_TERMINATING => {
            error.with_kind(ErrorKind::NoSuchProcess)
        }
        _ => error,
    }
}

/// The error number of Win32 that says the same.
fn dos_code(status: NTSTATUS) -> u32 {
    /// Marks a status in an `HRESULT`; the standard library finds its text.
    const FACILITY_NT_BIT: u32 = 0x1000_0000;
    // SAFETY: a pure function of its argument (a table look-up).
    match unsafe { RtlNtStatusToDosError(status) } {
        ERROR_MR_MID_NOT_FOUND => status as u32 | FACILITY_NT_BIT,
        code => code,
    }
}

#[cfg(test)]
mod tests {
    use windows_sys::Win32::Foundation::{
        ERROR_INVALID_PARAMETER, STATUS_ACCESS_DENIED, STATUS_INVALID_PARAMETER,
    };

    use super::*;

    #[test]
    fn numbers_of_the_system_get_a_kind() {
        for (number, kind) in [
            (5, ErrorKind::AccessDenied),
            (1314, ErrorKind::AccessDenied),
            (2, ErrorKind::NotFound),
            (50, ErrorKind::Unsupported),
            (120, ErrorKind::Unsupported),
            (258, ErrorKind::TimedOut),
            (ERROR_INVALID_PARAMETER, ErrorKind::Os),
        ] {
            let error = code("Call", number);
            assert_eq!(error.kind(), kind, "{number}");
            assert_eq!(error.raw_os_error(), Some(number as i32));
        }
    }

    #[test]
    fn a_status_gets_a_kind_and_keeps_a_number() {
        let unknown_class = status("NtQuerySystemInformation", STATUS_INVALID_INFO_CLASS);
        assert_eq!(unknown_class.kind(), ErrorKind::Unsupported);
        let missing = status("NtOpenProcess", STATUS_INVALID_CID);
        assert_eq!(missing.kind(), ErrorKind::NoSuchProcess);
        let denied = status("NtOpenProcess", STATUS_ACCESS_DENIED);
        assert_eq!(denied.kind(), ErrorKind::AccessDenied);
        assert_eq!(denied.raw_os_error(), Some(5));
        let odd = status("Call", STATUS_INVALID_PARAMETER);
        assert_eq!((odd.kind(), odd.raw_os_error()), (ErrorKind::Os, Some(87)));
    }
}
