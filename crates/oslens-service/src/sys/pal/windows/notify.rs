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

/// How often it is looked whether a call got lost.
const LOOK: Duration = Duration::from_secs(1);

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The manager calls, with this number of Win32 and these reasons.
    Fired { code: u32, reasons: u32 },
    /// It was seen first.
    Seen,
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
/// Calls can get lost (Wine loses some where several threads of a process
/// wait): `seen` looks once in a while whether there was something to tell.
///
/// Procedures that were queued for the calling thread run meanwhile.
pub(crate) fn wait(
    service: Handle,
    reasons: u32,
    within: Duration,
    mut seen: impl FnMut() -> bool,
) -> Answer {
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
    let mut look = Instant::now() + LOOK;
    let mut was_seen = false;
    while !has_fired() {
        let now = Instant::now();
        let left = end.map_or(LOOK, |end| end.saturating_duration_since(now));
        if left.is_zero() {
            break;
        }
        if now >= look {
            was_seen = seen();
            if was_seen {
                break;
            }
            look = Instant::now() + LOOK;
        }
        let sleep = left.min(look.saturating_duration_since(now));
        // Rounded up, so that it does not end before the time.
        let milliseconds = u32::try_from(sleep.as_nanos().div_ceil(1_000_000)).unwrap_or(1000);
        // SAFETY: it only sleeps, and runs what was queued for this thread.
        unsafe { SleepEx(milliseconds, 1) };
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
        return if was_seen {
            Answer::Seen
        } else {
            Answer::TimedOut
        };
    }
    // SAFETY: made by a box above, and the system is done with it: it calls
    // once.
    let request = unsafe { Box::from_raw(request) };
    Answer::Fired {
        code: request.notify.dwNotificationStatus,
        reasons: request.notify.dwNotificationTriggered,
    }
}

#[cfg(test)]
mod tests {
    use windows_sys::Win32::System::Services::{
        SC_MANAGER_CONNECT, SERVICE_NOTIFY_DELETE_PENDING, SERVICE_NOTIFY_RUNNING,
        SERVICE_NOTIFY_STOPPED, SERVICE_QUERY_STATUS,
    };

    use super::*;
    use crate::{Filter, Manager, State, sys::pal::windows::scm};

    /// A service that runs; somebody else's, so that nothing happens to it.
    fn running() -> Handle {
        let entries = Manager::local().unwrap().services(&Filter::services());
        let entries = entries.unwrap();
        let running = |entry: &&crate::Entry| entry.status.state == State::Running;
        let name = &entries.iter().find(running).unwrap().name;
        let manager = scm::open_manager(None, SC_MANAGER_CONNECT).unwrap();
        scm::open_service(&manager, name, SERVICE_QUERY_STATUS).unwrap()
    }

    // One test: calls get lost where two threads wait.
    #[test]
    fn the_manager_calls_or_the_time_passes() {
        let reasons = SERVICE_NOTIFY_RUNNING | SERVICE_NOTIFY_DELETE_PENDING;
        let answer = wait(running(), reasons, Duration::from_secs(30), || false);
        let expected = Answer::Fired {
            code: 0,
            reasons: SERVICE_NOTIFY_RUNNING,
        };
        assert_eq!(answer, expected);

        let before = Instant::now();
        let time = Duration::from_millis(60);
        let answer = wait(running(), SERVICE_NOTIFY_STOPPED, time, || true);
        assert_eq!(answer, Answer::TimedOut);
        let elapsed = before.elapsed();
        assert!(elapsed >= time, "{elapsed:?}");

        // The call that does not come is not missed.
        let before = Instant::now();
        let answer = wait(running(), SERVICE_NOTIFY_STOPPED, Duration::MAX, || true);
        assert_eq!(answer, Answer::Seen);
        assert!(before.elapsed() < 20 * LOOK);
    }
}
