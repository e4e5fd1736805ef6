//! `NtQuerySystemInformation`: the system's tables.

use std::ffi::c_void;

use windows_sys::{
    Wdk::System::SystemInformation::{NtQuerySystemInformation, SYSTEM_INFORMATION_CLASS},
    Win32::Foundation::{
        NTSTATUS, STATUS_BUFFER_OVERFLOW, STATUS_BUFFER_TOO_SMALL, STATUS_INFO_LENGTH_MISMATCH,
    },
};

use oslens_win32::optional;

use super::{
    buffer::{Attempt, Buffer},
    error,
};
use crate::{Error, Result};

/// Classes of [`query_system`].
pub(crate) mod class {
    pub(crate) const PERFORMANCE: i32 = 2;
    pub(crate) const TIME_OF_DAY: i32 = 3;
    pub(crate) const PROCESS: i32 = 5;
    pub(crate) const PROCESSOR_PERFORMANCE: i32 = 8;
    pub(crate) const PAGE_FILE: i32 = 18;
    pub(crate) const INTERRUPT: i32 = 23;
    pub(crate) const HANDLES: i32 = 64;
}

/// No table of the system is larger: 64 MiB hold a million threads.
const MOST: usize = 64 << 20;

/// Whether a status says that the buffer was too small.
pub(crate) fn is_too_small(status: NTSTATUS) -> bool {
    matches!(
        status,
        STATUS_INFO_LENGTH_MISMATCH | STATUS_BUFFER_TOO_SMALL | STATUS_BUFFER_OVERFLOW
    )
}

/// Reads a table of the system into the buffer.
///
/// # Errors
///
/// [`Unsupported`](crate::ErrorKind::Unsupported) for a class that this
/// version does not have.
pub(crate) fn query_system(class: SYSTEM_INFORMATION_CLASS, buffer: &mut Buffer) -> Result<&[u8]> {
    const CALL: &str = "NtQuerySystemInformation";
    buffer.fill(CALL, MOST, |to, room| {
        let mut length = 0;
        // SAFETY: the buffer gives `room` bytes to write to; the class only
        // says what is written, and `length` outlives the call.
        let status = unsafe { NtQuerySystemInformation(class, to.cast(), room, &mut length) };
        outcome(CALL, status, length)
    })
}

/// Reads a structure of so many bytes at most.
///
/// # Errors
///
/// As [`query_system`].
pub(crate) fn query_system_record(
    class: SYSTEM_INFORMATION_CLASS,
    length: u32,
    buffer: &mut Buffer,
) -> Result<&[u8]> {
    const CALL: &str = "NtQuerySystemInformation";
    *buffer = Buffer::new(length as usize);
    buffer.fill(CALL, length as usize, |to, room| {
        let room = room.min(length);
        let mut filled = 0;
        // SAFETY: as in `query_system`.
        let status = unsafe { NtQuerySystemInformation(class, to.cast(), room, &mut filled) };
        // Wine fills structures in and says zero.
        outcome(CALL, status, if filled == 0 { room } else { filled })
    })
}

optional! {
    /// Since Windows 7.
    fn NtQuerySystemInformationEx in "ntdll.dll" (
        class: i32,
        input: *const c_void,
        input_length: u32,
        output: *mut c_void,
        output_length: u32,
        length: *mut u32,
    ) -> NTSTATUS;
}

/// Reads a table of one processor group.
///
/// # Errors
///
/// [`Unsupported`](crate::ErrorKind::Unsupported) before Windows 7, and for a
/// class that does not have groups.
pub(crate) fn query_group(
    class: SYSTEM_INFORMATION_CLASS,
    group: u16,
    buffer: &mut Buffer,
) -> Result<&[u8]> {
    const CALL: &str = "NtQuerySystemInformationEx";
    let Some(query) = NtQuerySystemInformationEx::get() else {
        return Err(Error::unsupported(CALL));
    };
    buffer.fill(CALL, MOST, |to, room| {
        let mut length = 0;
        // SAFETY: as in `query_system`; the input is a group's number, two
        // bytes, which outlives the call.
        let status = unsafe {
            query(
                class,
                (&raw const group).cast(),
                size_of::<u16>() as u32,
                to.cast(),
                room,
                &mut length,
            )
        };
        outcome(CALL, status, length)
    })
}

/// What a status says about an attempt to fill a buffer.
pub(super) fn outcome(call: &'static str, status: NTSTATUS, length: u32) -> Attempt<Error> {
    if status >= 0 {
        Attempt::Filled(length as usize)
    } else if is_too_small(status) {
        Attempt::TooSmall(length as usize)
    } else {
        Attempt::Failed(error::status(call, status))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn the_process_table_outgrows_any_first_buffer() {
        let mut buffer = Buffer::new(0);
        let bytes = query_system(class::PROCESS, &mut buffer).unwrap();
        assert!(bytes.len() > 500, "{}", bytes.len());
    }

    #[test]
    fn an_unknown_class_is_unsupported() {
        let mut buffer = Buffer::new(64);
        let error = query_system(0x7fff, &mut buffer).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    }
}
