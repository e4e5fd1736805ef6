//! Waiting for handles.

use std::{
    os::windows::io::{AsRawHandle, BorrowedHandle, OwnedHandle},
    time::{Duration, Instant},
};

use windows_sys::Win32::{
    Foundation::{HANDLE, WAIT_FAILED, WAIT_OBJECT_0, WAIT_TIMEOUT},
    System::Threading::{
        CreateEventW, INFINITE, SetEvent, WaitForMultipleObjects, WaitForSingleObject,
    },
};

use super::{error, handle};
use crate::{Error, Result};

/// Most handles that one call waits for (`MAXIMUM_WAIT_OBJECTS`).
pub(crate) const MOST: usize = 64;

/// Whether the object is signalled; a process is when it has ended.
pub(crate) fn is_signalled(object: BorrowedHandle<'_>) -> Result<bool> {
    // SAFETY: a handle and a number in.
    match unsafe { WaitForSingleObject(object.as_raw_handle(), 0) } {
        WAIT_OBJECT_0 => Ok(true),
        WAIT_FAILED => Err(error::last("WaitForSingleObject")),
        _ => Ok(false),
    }
}

/// Milliseconds until the deadline, rounded up; what is further off than one
/// call waits for is cut.
fn milliseconds(deadline: Option<Instant>) -> u32 {
    let Some(deadline) = deadline else {
        return INFINITE;
    };
    let left = deadline.saturating_duration_since(Instant::now());
    let rounded = left.saturating_add(Duration::from_micros(999)).as_millis();
    u32::try_from(rounded).map_or(INFINITE - 1, |left| left.min(INFINITE - 1))
}

/// Waits until one of at most [`MOST`] objects is signalled. `false`: the
/// deadline has passed.
pub(crate) fn any(objects: &[BorrowedHandle<'_>], deadline: Option<Instant>) -> Result<bool> {
    const CALL: &str = "WaitForMultipleObjects";
    if objects.is_empty() || objects.len() > MOST {
        return Err(Error::invalid_input(format!(
            "one call waits for 1 to {MOST} handles, not for {}",
            objects.len()
        )));
    }
    let raw: Vec<HANDLE> = objects.iter().map(AsRawHandle::as_raw_handle).collect();
    loop {
        // SAFETY: so many handles, which are open during the call.
        let outcome = unsafe {
            WaitForMultipleObjects(raw.len() as u32, raw.as_ptr(), 0, milliseconds(deadline))
        };
        match outcome {
            WAIT_FAILED => return Err(error::last(CALL)),
            WAIT_TIMEOUT if deadline.is_some_and(|deadline| Instant::now() >= deadline) => {
                return Ok(false);
            }
            WAIT_TIMEOUT => {}
            _ => return Ok(true),
        }
    }
}

/// Something to wake waiting threads with; stays signalled.
pub(crate) struct Event(OwnedHandle);

impl Event {
    pub(crate) fn new() -> Result<Self> {
        // SAFETY: no security descriptor and no name; a handle that is ours or
        // null out.
        let event =
            unsafe { handle::owned(CreateEventW(std::ptr::null(), 1, 0, std::ptr::null())) };
        Ok(Self(
            event.map_err(|error| Error::call("CreateEventW", error))?,
        ))
    }

    pub(crate) fn set(&self) {
        // SAFETY: an open handle of an event. It cannot fail for one.
        unsafe { SetEvent(self.0.as_raw_handle()) };
    }

    pub(crate) fn handle(&self) -> BorrowedHandle<'_> {
        std::os::windows::io::AsHandle::as_handle(&self.0)
    }
}
