//! Events, and waiting for the first of several handles.

use std::{
    os::windows::io::{AsHandle, AsRawHandle, BorrowedHandle, OwnedHandle},
    time::{Duration, Instant},
};

use windows_sys::Win32::{
    Foundation::{HANDLE, WAIT_FAILED, WAIT_OBJECT_0, WAIT_TIMEOUT},
    System::Threading::{CreateEventW, INFINITE, ResetEvent, SetEvent, WaitForMultipleObjects},
};

use crate::{Error, Result, handle};

/// An event that stays set until it is reset.
#[derive(Debug)]
pub struct Event(OwnedHandle);

impl Event {
    /// One that is not set.
    ///
    /// # Errors
    ///
    /// The system has no memory for it.
    pub fn new() -> Result<Self> {
        // SAFETY: null: no security attributes, no name; a handle that is
        // ours or null out.
        unsafe { handle::owned(CreateEventW(std::ptr::null(), 1, 0, std::ptr::null())) }
            .map(Self)
            .map_err(|error| Error::Call("CreateEventW", error))
    }

    /// Sets it: who waits for it goes on.
    pub fn set(&self) {
        // SAFETY: an event that is open and ours, with all rights.
        unsafe { SetEvent(self.0.as_raw_handle()) };
    }

    /// Takes that back.
    pub fn reset(&self) {
        // SAFETY: an event that is open and ours, with all rights.
        unsafe { ResetEvent(self.0.as_raw_handle()) };
    }

    /// Whether it is set.
    #[must_use]
    pub fn is_set(&self) -> bool {
        matches!(
            wait_any(&[self.as_handle()], Some(Duration::ZERO)),
            Ok(Some(_))
        )
    }
}

impl AsHandle for Event {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.0.as_handle()
    }
}

/// Waits for the first of these handles, at most so long: its place in the
/// list, or `None` when the time has passed.
///
/// # Errors
///
/// No handles or more than 64 are given, or one of them cannot be waited for.
pub fn wait_any(handles: &[BorrowedHandle<'_>], within: Option<Duration>) -> Result<Option<usize>> {
    let raw: Vec<HANDLE> = handles.iter().map(AsRawHandle::as_raw_handle).collect();
    let count = u32::try_from(raw.len()).unwrap_or(u32::MAX);
    // A time beyond what the clock can tell is no limit.
    let end = within.and_then(|within| Instant::now().checked_add(within));
    loop {
        let left = end.map(|end| end.saturating_duration_since(Instant::now()));
        let milliseconds = left.map_or(INFINITE, |left| {
            // Rounded up, so that it does not return before the time.
            u32::try_from(left.as_nanos().div_ceil(1_000_000)).unwrap_or(INFINITE - 1)
        });
        // SAFETY: so many handles, borrowed for longer than the call.
        match unsafe { WaitForMultipleObjects(count, raw.as_ptr(), 0, milliseconds) } {
            WAIT_TIMEOUT if end.is_some_and(|end| Instant::now() < end) => {}
            WAIT_TIMEOUT => return Ok(None),
            WAIT_FAILED => return Err(Error::last("WaitForMultipleObjects")),
            // The second group, from 0x80: a mutex whose owner ended.
            index => return Ok(Some(((index - WAIT_OBJECT_0) & 0x7f) as usize)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_event_that_is_set_ends_the_wait() {
        let (first, second) = (Event::new().unwrap(), Event::new().unwrap());
        let both = [first.as_handle(), second.as_handle()];
        let before = Instant::now();
        let within = Duration::from_millis(30);
        assert_eq!(wait_any(&both, Some(within)).unwrap(), None);
        assert!(before.elapsed() >= within);
        second.set();
        assert!(second.is_set() && !first.is_set());
        assert_eq!(wait_any(&both, None).unwrap(), Some(1));
        first.set();
        assert_eq!(wait_any(&both, Some(Duration::MAX)).unwrap(), Some(0));
        second.reset();
        assert!(!second.is_set());
    }

    #[test]
    fn nothing_to_wait_for_is_an_error() {
        assert!(wait_any(&[], Some(Duration::ZERO)).is_err());
    }
}
