//! Something that is waited for.

use std::time::Duration;

use crate::{Result, sys::host as sys};

/// A signal that stays set: whoever waits for it goes on.
///
/// It can be waited for together with other things: on Windows it is an event
/// (`AsHandle`, for `WaitForMultipleObjects`), on Unix a descriptor (`AsFd`)
/// that is readable while the signal is set, for `poll`. Do not read from it.
#[derive(Debug)]
pub struct Signal(sys::Signal);

impl Signal {
    pub(crate) fn new() -> Result<Self> {
        sys::Signal::new().map(Self)
    }

    pub(crate) fn set(&self) {
        self.0.set();
    }

    pub(crate) fn reset(&self) {
        self.0.reset();
    }

    /// Whether it is set.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.wait(Some(Duration::ZERO))
    }

    /// Waits until it is set, at most so long: whether it is set.
    pub fn wait(&self, within: Option<Duration>) -> bool {
        self.0.wait(within)
    }
}

#[cfg(windows)]
impl std::os::windows::io::AsHandle for Signal {
    fn as_handle(&self) -> std::os::windows::io::BorrowedHandle<'_> {
        self.0.as_handle()
    }
}

#[cfg(unix)]
impl std::os::fd::AsFd for Signal {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.0.as_fd()
    }
}
