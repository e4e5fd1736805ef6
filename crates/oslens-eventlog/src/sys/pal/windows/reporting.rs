//! Reporting events.

use std::ffi::{OsStr, c_void};

use oslens_win32::{Error as Win32, wide};
use windows_sys::Win32::{
    Foundation::HANDLE,
    System::EventLog::{DeregisterEventSource, RegisterEventSourceW, ReportEventW},
};

use crate::{Error, ErrorKind, Result};

/// A source that events are reported by.
#[derive(Debug)]
pub(crate) struct EventSource(HANDLE);

// SAFETY: the system's functions take the handle in any thread.
unsafe impl Send for EventSource {}
// SAFETY: as above, also at once.
unsafe impl Sync for EventSource {}

impl Drop for EventSource {
    fn drop(&mut self) {
        // SAFETY: registered by us, and closed once.
        unsafe { DeregisterEventSource(self.0) };
    }
}

/// What is reported, as the system takes it. All was checked.
pub(crate) struct Raw<'a> {
    pub(crate) kind: u16,
    pub(crate) category: u16,
    pub(crate) id: u32,
    pub(crate) sid: Option<&'a [u8]>,
    pub(crate) strings: &'a [String],
    pub(crate) data: &'a [u8],
}

impl EventSource {
    /// Of this machine, or of that with this name.
    pub(crate) fn open(machine: Option<&OsStr>, source: &OsStr) -> Result<Self> {
        let machine = machine.map(wide::with_nul).transpose()?;
        let source = wide::with_nul(source)?;
        let machine = machine.as_ref().map_or(std::ptr::null(), Vec::as_ptr);
        // SAFETY: null or a name that ends with NUL, and another one.
        let handle = unsafe { RegisterEventSourceW(machine, source.as_ptr()) };
        if handle.is_null() {
            return Err(Win32::last("RegisterEventSourceW").into());
        }
        Ok(Self(handle))
    }

    pub(crate) fn report(&self, event: &Raw<'_>) -> Result<()> {
        let too_many = || Error::message(ErrorKind::InvalidInput, "too many strings or bytes");
        let strings = event
            .strings
            .iter()
            .map(|string| wide::with_nul(OsStr::new(string)))
            .collect::<Result<Vec<_>, _>>()?;
        let pointers: Vec<*const u16> = strings.iter().map(Vec::as_ptr).collect();
        let string_count = u16::try_from(pointers.len()).map_err(|_| too_many())?;
        let data_length = u32::try_from(event.data.len()).map_err(|_| too_many())?;
        // Bytes have no alignment, an identifier that of its numbers.
        let sid: Option<Vec<u32>> = event.sid.map(|bytes| {
            bytes
                .chunks(4)
                .map(|chunk| {
                    let mut word = [0; 4];
                    for (to, from) in word.iter_mut().zip(chunk) {
                        *to = *from;
                    }
                    u32::from_ne_bytes(word)
                })
                .collect()
        });
        let sid = sid.as_ref().map_or(std::ptr::null_mut(), |words| {
            words.as_ptr().cast_mut().cast::<c_void>()
        });
        let texts = match pointers.as_slice() {
            [] => std::ptr::null(),
            pointers => pointers.as_ptr(),
        };
        let data = match event.data {
            [] => std::ptr::null(),
            data => data.as_ptr().cast::<c_void>(),
        };
        // SAFETY: an open handle. The identifier is null or a whole one, which
        // was checked and is only read; so many pointers to text that ends
        // with NUL, and so many bytes, or null for none.
        let done = unsafe {
            ReportEventW(
                self.0,
                event.kind,
                event.category,
                event.id,
                sid,
                string_count,
                data_length,
                texts,
                data,
            )
        };
        if done == 0 {
            return Err(Win32::last("ReportEventW").into());
        }
        Ok(())
    }
}
