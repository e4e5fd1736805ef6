//! Being told when the state of a service changes.

use std::{
    ffi::c_void,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use windows_sys::Win32::System::{
    Services::{NotifyServiceStatusChangeW, SERVICE_NOTIFY_2W, SERVICE_NOTIFY_STATUS_CHANGE_2},
    Threading::SleepEx,
};

use super::scm::Handle;

/// What the system writes to, and whether it has.
struct Request {
    notify: SERVICE_NOTIFY_2W,
    fired: AtomicBool,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The manager calls, with this number of Win32 and these reasons.
    Fired { code: u32, reasons: u32 },
    /// The time passed.
    TimedOut,
    /// The manager does not take the request, with this number of Win32.
    Refused(u32),
}

/// Called in the thread that asked, while it sleeps in [`wait`].
unsafe extern "system" fn fired(parameter: *const c_void) {
    let request = parameter.cast::<SERVICE_NOTIFY_2W>();
    // SAFETY: the system passes the structure that it was given, which is
    // alive until it is passed; its context is the mark of the same request,
    // which is only ever written here and read by this same thread.
    unsafe { (*(*request).pContext.cast::<AtomicBool>()).store(true, Ordering::Relaxed) };
}

/// Waits until one of these reasons is there, at most so long. The service is
/// opened for that alone: it is closed to take the request back.
///
/// Procedures that were queued for the calling thread run meanwhile.
pub(crate) fn wait(service: Handle, reasons: u32, within: Duration) -> Answer {
    let request = Box::into_raw(Box::new(Request {
        notify: SERVICE_NOTIFY_2W {
            dwVersion: SERVICE_NOTIFY_STATUS_CHANGE_2,
            pfnNotifyCallback: Some(fired),
            ..Default::default()
        },
        fired: AtomicBool::new(false),
    }));
    // SAFETY: memory of ours, that nobody else knows of yet.
    let code = unsafe {
        (*request).notify.pContext = (&raw mut (*request).fired).cast();
        NotifyServiceStatusChangeW(service.0, reasons, &raw const (*request).notify)
    };
    if code != 0 {
        // SAFETY: the system has not taken it; made by a box above.
        drop(unsafe { Box::from_raw(request) });
        return Answer::Refused(code);
    }
    // SAFETY: alive: it is freed below alone.
    let has_fired = || unsafe { (*request).fired.load(Ordering::Relaxed) };
    // A time beyond what the clock can tell is no limit.
    let end = Instant::now().checked_add(within);
    while !has_fired() {
        let left = end.map_or(Duration::MAX, |end| {
            end.saturating_duration_since(Instant::now())
        });
        if left.is_zero() {
            break;
        }
        // Rounded up, and never for good.
        let milliseconds = u32::try_from(left.as_nanos().div_ceil(1_000_000)).unwrap_or(u32::MAX);
        // SAFETY: it only sleeps, and runs what was queued for this thread.
        unsafe { SleepEx(milliseconds.min(u32::MAX - 1), 1) };
    }
    drop(service);
    if !has_fired() {
        // What was queued before the service was closed comes now.
        // SAFETY: as above.
        unsafe { SleepEx(0, 1) };
    }
    if !has_fired() {
        // The memory stays: a thread of the system may be about to write to
        // it, and nothing tells when it has given up.
        return Answer::TimedOut;
    }
    // SAFETY: made by a box above, and the system is done with it: it calls
    // once.
    let request = unsafe { Box::from_raw(request) };
    Answer::Fired {
        code: request.notify.dwNotificationStatus,
        reasons: request.notify.dwNotificationTriggered,
    }
}
