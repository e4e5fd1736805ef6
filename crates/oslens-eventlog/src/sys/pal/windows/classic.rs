//! The classic interface of the event log.

use std::{
    ffi::OsStr,
    os::windows::io::{AsHandle as _, AsRawHandle as _},
    path::Path,
    time::Duration,
};

use oslens_win32::{
    Error as Win32,
    buffer::{Attempt, Buffer},
    event::{Event, wait_any},
    wide,
};
use windows_sys::Win32::{
    Foundation::{ERROR_HANDLE_EOF, ERROR_INSUFFICIENT_BUFFER, GetLastError, HANDLE},
    System::EventLog::{
        BackupEventLogW, ClearEventLogW, CloseEventLog, EVENTLOG_SEEK_READ,
        EVENTLOG_SEQUENTIAL_READ, GetNumberOfEventLogRecords, GetOldestEventLogRecord,
        NotifyChangeEventLog, OpenEventLogW, ReadEventLogW,
    },
};

use crate::{Error, Order, Result, backend::Extent};

/// The most that a call takes.
const MOST: usize = 0x7_ffff;
/// Some hundred records.
const FIRST: usize = 0x1_0000;

const EVENTLOG_FORWARDS_READ: u32 = 4;
const EVENTLOG_BACKWARDS_READ: u32 = 8;

/// A log that is open.
#[derive(Debug)]
pub(crate) struct EventLog(HANDLE);

// SAFETY: the system's functions take the handle in any thread.
unsafe impl Send for EventLog {}
// SAFETY: as above, also at once.
unsafe impl Sync for EventLog {}

impl Drop for EventLog {
    fn drop(&mut self) {
        // SAFETY: opened by us, and closed once.
        unsafe { CloseEventLog(self.0) };
    }
}

fn check(call: &'static str, done: i32) -> Result<()> {
    match done {
        0 => Err(Win32::last(call).into()),
        _ => Ok(()),
    }
}

impl EventLog {
    /// Of this machine, or of that with this name. The system opens
    /// `Application` for names of no log.
    pub(crate) fn open(machine: Option<&OsStr>, log: &OsStr) -> Result<Self> {
        let machine = machine.map(wide::with_nul).transpose()?;
        let log = wide::with_nul(log)?;
        let machine = machine.as_ref().map_or(std::ptr::null(), Vec::as_ptr);
        // SAFETY: null or a name that ends with NUL, and another one.
        let handle = unsafe { OpenEventLogW(machine, log.as_ptr()) };
        if handle.is_null() {
            return Err(Win32::last("OpenEventLogW").into());
        }
        Ok(Self(handle))
    }

    pub(crate) fn extent(&self) -> Result<Extent> {
        let mut count = 0;
        // SAFETY: an open log, and a number to be filled in.
        let done = unsafe { GetNumberOfEventLogRecords(self.0, &mut count) };
        check("GetNumberOfEventLogRecords", done)?;
        if count == 0 {
            return Ok(Extent::default());
        }
        let mut oldest = 0;
        // SAFETY: as above.
        let done = unsafe { GetOldestEventLogRecord(self.0, &mut oldest) };
        check("GetOldestEventLogRecord", done)?;
        Ok(Extent {
            count: u64::from(count),
            oldest: Some(u64::from(oldest)),
        })
    }

    /// Reads as many records as fit; none at the end.
    pub(crate) fn read<'b>(
        &self,
        buffer: &'b mut Buffer,
        order: Order,
        seek: Option<u32>,
    ) -> Result<&'b [u8]> {
        const CALL: &str = "ReadEventLogW";
        let direction = match order {
            Order::Oldest => EVENTLOG_FORWARDS_READ,
            Order::Newest => EVENTLOG_BACKWARDS_READ,
        };
        let how = match seek {
            Some(_) => EVENTLOG_SEEK_READ,
            None => EVENTLOG_SEQUENTIAL_READ,
        };
        buffer.fill(CALL, MOST, |to, room| {
            let (mut read, mut wanted) = (0, 0);
            // SAFETY: an open log, `room` bytes to write to, two numbers to be
            // filled in.
            let done = unsafe {
                ReadEventLogW(
                    self.0,
                    how | direction,
                    seek.unwrap_or(0),
                    to.cast(),
                    room.min(MOST as u32),
                    &mut read,
                    &mut wanted,
                )
            };
            if done != 0 {
                return Attempt::Filled(read as usize);
            }
            // SAFETY: it takes nothing.
            match unsafe { GetLastError() } {
                ERROR_HANDLE_EOF => Attempt::Filled(0),
                ERROR_INSUFFICIENT_BUFFER => Attempt::TooSmall(wanted as usize),
                code => Attempt::Failed(Error::code_of(CALL, code)),
            }
        })
    }

    /// Sets the event when something is written, as long as the log is open.
    pub(crate) fn notify(&self, event: &Event) -> Result<()> {
        // SAFETY: an open log and an open event.
        let done = unsafe { NotifyChangeEventLog(self.0, event.as_handle().as_raw_handle()) };
        check("NotifyChangeEventLog", done)
    }

    pub(crate) fn clear(&self, backup: Option<&Path>) -> Result<()> {
        let file = backup.map(|path| wide::with_nul(path.as_os_str()));
        let file = file.transpose()?;
        let file = file.as_ref().map_or(std::ptr::null(), Vec::as_ptr);
        // SAFETY: an open log, null or a name that ends with NUL.
        check("ClearEventLogW", unsafe { ClearEventLogW(self.0, file) })
    }

    pub(crate) fn back_up(&self, to: &Path) -> Result<()> {
        let file = wide::with_nul(to.as_os_str())?;
        // SAFETY: an open log, and a name that ends with NUL.
        check("BackupEventLogW", unsafe {
            BackupEventLogW(self.0, file.as_ptr())
        })
    }
}

/// Room for a batch of records.
pub(crate) fn buffer() -> Buffer {
    Buffer::new(FIRST)
}

/// Waits for the event, and takes it back.
pub(crate) fn wait(event: &Event, within: Duration) -> Result<()> {
    if wait_any(&[event.as_handle()], Some(within))?.is_some() {
        event.reset();
    }
    Ok(())
}
