//! The signals that end a program.

use std::{
    io,
    mem::MaybeUninit,
    sync::atomic::{AtomicBool, Ordering},
};

use crate::{Error, ErrorKind, Result};

static CLAIMED: AtomicBool = AtomicBool::new(false);

/// Calls this in a thread of its own for each `SIGINT` and `SIGTERM`; where it
/// says no, the program ends at once.
///
/// The signals are blocked in this thread and those that it starts later, so
/// that it is called first.
pub(crate) fn on_interrupt(asked: Box<dyn Fn(bool) -> bool + Send + Sync>) -> Result<()> {
    if CLAIMED.swap(true, Ordering::SeqCst) {
        return Err(Error::message(
            ErrorKind::AlreadyRunning,
            "debug mode is entered once in a process",
        ));
    }
    let mut signals = MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: it fills in the whole set.
    unsafe { libc::sigemptyset(signals.as_mut_ptr()) };
    // SAFETY: filled in above.
    let mut signals = unsafe { signals.assume_init() };
    for signal in [libc::SIGINT, libc::SIGTERM] {
        // SAFETY: a set that is filled in, and a signal that there is.
        unsafe { libc::sigaddset(&mut signals, signal) };
    }
    // SAFETY: a set that is filled in; the old mask is not asked for.
    let error = unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, &signals, std::ptr::null_mut()) };
    if error != 0 {
        return Err(Error::code_of("pthread_sigmask", error as u32));
    }
    let thread = std::thread::Builder::new().name("signals".to_owned());
    let started = thread.spawn(move || {
        loop {
            let mut signal = 0;
            // SAFETY: a set that is filled in, of signals that are blocked in
            // this thread; a number to be filled in.
            let error = unsafe { libc::sigwait(&signals, &mut signal) };
            if error == 0 && !asked(false) {
                // As a shell reports a program that a signal ended.
                std::process::exit(128 + signal);
            }
        }
    });
    started.map(drop).map_err(|error: io::Error| {
        let code = error.raw_os_error().unwrap_or_default();
        Error::code_of("pthread_create", code as u32)
    })
}
