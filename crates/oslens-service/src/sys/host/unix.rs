//! Unix: debug mode alone; there is no service manager to talk to yet.

use std::{
    ffi::{OsStr, OsString},
    fs::File,
    io::{Read as _, Write as _},
    os::{
        fd::{AsFd, BorrowedFd},
        unix::net::UnixStream,
    },
    path::PathBuf,
    sync::{Condvar, Mutex, MutexGuard, PoisonError, Weak},
    time::{Duration, Instant},
};

use crate::{
    Error, Result,
    host::{
        context::{Reporter, Shared},
        state::Report,
    },
    sys::pal::unix::signals,
};

/// A flag, and a pair of sockets of which one is readable while it is set.
#[derive(Debug)]
pub(crate) struct Signal {
    set: Mutex<bool>,
    changed: Condvar,
    reader: UnixStream,
    writer: UnixStream,
}

impl Signal {
    pub(crate) fn new() -> Result<Self> {
        let pair = UnixStream::pair().and_then(|(reader, writer)| {
            reader.set_nonblocking(true)?;
            writer.set_nonblocking(true)?;
            Ok((reader, writer))
        });
        let (reader, writer) = pair.map_err(|error| {
            Error::code_of("socketpair", error.raw_os_error().unwrap_or(0) as u32)
        })?;
        Ok(Self {
            set: Mutex::new(false),
            changed: Condvar::new(),
            reader,
            writer,
        })
    }

    fn flag(&self) -> MutexGuard<'_, bool> {
        self.set.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set(&self) {
        let mut set = self.flag();
        if !*set {
            *set = true;
            // One byte always fits.
            let _ = (&self.writer).write(&[1]);
            self.changed.notify_all();
        }
    }

    pub(crate) fn reset(&self) {
        let mut set = self.flag();
        if *set {
            *set = false;
            let _ = (&self.reader).read(&mut [0]);
        }
    }

    pub(crate) fn wait(&self, within: Option<Duration>) -> bool {
        let end = within.and_then(|within| Instant::now().checked_add(within));
        let mut set = self.flag();
        while !*set {
            let Some(end) = end else {
                set = self
                    .changed
                    .wait(set)
                    .unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            (set, _) = self
                .changed
                .wait_timeout(set, left)
                .unwrap_or_else(PoisonError::into_inner);
        }
        *set
    }
}

impl AsFd for Signal {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.reader.as_fd()
    }
}

/// A service's place with a service manager: none.
pub(crate) enum Registration {}

pub(crate) fn register(_name: &OsStr, _shared_process: bool) -> Result<Registration> {
    Err(no_manager())
}

impl Registration {
    pub(crate) fn connect(_id: usize, _shared: Weak<Shared>) {}

    pub(crate) fn id(&self) -> usize {
        match *self {}
    }
}

impl Reporter for Registration {
    fn report(&self, _report: &Report) -> Result<()> {
        match *self {}
    }
}

fn no_manager() -> Error {
    Error::unsupported("running under a service manager")
}

pub(crate) fn dispatch(
    _names: &[OsString],
    _main: Box<dyn Fn(OsString, Vec<OsString>) + Send + Sync>,
) -> Result<()> {
    Err(no_manager())
}

/// Calls this for `SIGINT` and `SIGTERM`: whether that is not to end the
/// program at once.
pub(crate) fn on_interrupt(asked: Box<dyn Fn(bool) -> bool + Send + Sync>) -> Result<()> {
    signals::on_interrupt(asked)
}

pub(crate) fn redirect(_file: File) -> Result<()> {
    Err(no_manager())
}

pub(crate) fn private_folder() -> Option<PathBuf> {
    None
}
