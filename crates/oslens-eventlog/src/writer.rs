//! Writing events: to the system's log, or to the console.

mod console;
mod event;

use std::{
    ffi::{OsStr, OsString},
    fmt,
};

pub use console::Console;
pub use event::{Event, MOST_DATA, MOST_STRINGS, MOST_TEXT};

use crate::{Error, ErrorKind, Result, message::generic, source::Source, sys};

/// What takes events: the system's log ([`Writer`]), the console of a program
/// that is being debugged ([`Console`]), or a stand-in in a test.
///
/// # Examples
///
/// ```
/// use oslens_eventlog::{Console, Report, Result};
///
/// fn work(log: &dyn Report) -> Result<()> {
///     log.info("The work has begun.")?;
///     log.warning("There is little to do.")
/// }
///
/// work(&Console::new("Worker"))?;
/// # Ok::<(), oslens_eventlog::Error>(())
/// ```
pub trait Report {
    /// Reports an event.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] for an event that no log takes; see
    /// [`Event::check`]. Others are those of the log.
    fn report(&self, event: &Event) -> Result<()>;

    /// Reports text, for information.
    ///
    /// # Errors
    ///
    /// As [`Report::report`].
    fn info(&self, text: &str) -> Result<()> {
        self.report(&generic::INFORMATION.with([text]))
    }

    /// Reports text, as a warning.
    ///
    /// # Errors
    ///
    /// As [`Report::report`].
    fn warning(&self, text: &str) -> Result<()> {
        self.report(&generic::WARNING.with([text]))
    }

    /// Reports text, as an error.
    ///
    /// # Errors
    ///
    /// As [`Report::report`].
    fn error(&self, text: &str) -> Result<()> {
        self.report(&generic::ERROR.with([text]))
    }

    /// Reports that a service is starting; `text` may be empty.
    ///
    /// # Errors
    ///
    /// As [`Report::report`].
    fn service_starting(&self, service: &str, text: &str) -> Result<()> {
        self.report(&generic::SERVICE_STARTING.with([service, text]))
    }

    /// Reports that a service has started; `text` may be empty.
    ///
    /// # Errors
    ///
    /// As [`Report::report`].
    fn service_started(&self, service: &str, text: &str) -> Result<()> {
        self.report(&generic::SERVICE_STARTED.with([service, text]))
    }

    /// Reports that a service is stopping; `text` may be empty.
    ///
    /// # Errors
    ///
    /// As [`Report::report`].
    fn service_stopping(&self, service: &str, text: &str) -> Result<()> {
        self.report(&generic::SERVICE_STOPPING.with([service, text]))
    }

    /// Reports that a service has stopped; `text` may be empty.
    ///
    /// # Errors
    ///
    /// As [`Report::report`].
    fn service_stopped(&self, service: &str, text: &str) -> Result<()> {
        self.report(&generic::SERVICE_STOPPED.with([service, text]))
    }

    /// Reports that a service has failed, and why.
    ///
    /// # Errors
    ///
    /// As [`Report::report`].
    fn service_failed(&self, service: &str, why: &str) -> Result<()> {
        self.report(&generic::SERVICE_FAILED.with([service, why]))
    }

    /// Reports that a service has panicked, and with which message.
    ///
    /// # Errors
    ///
    /// As [`Report::report`].
    fn service_panicked(&self, service: &str, message: &str) -> Result<()> {
        self.report(&generic::SERVICE_PANICKED.with([service, message]))
    }
}

/// Writes to the event log of this machine, or of another one, in the name of
/// a source.
///
/// # Platform
///
/// Windows; [`ErrorKind::Unsupported`] elsewhere.
///
/// # Examples
///
/// ```no_run
/// use oslens_eventlog::{Report as _, Writer};
///
/// let log = Writer::open("Disk Watch")?;
/// log.service_started("Disk Watch", "4 volumes are watched.")?;
/// # Ok::<(), oslens_eventlog::Error>(())
/// ```
pub struct Writer {
    source: OsString,
    log: Box<dyn Sink>,
}

/// The system below a writer, which tests stand in for.
trait Sink: Send + Sync {
    fn report(&self, event: &Event) -> Result<()>;
}

impl Sink for sys::Handle {
    fn report(&self, event: &Event) -> Result<()> {
        sys::Handle::report(self, event)
    }
}

impl Writer {
    /// For a source of this machine, which is registered.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] where it is not: its events would go to the log
    /// Application, without texts. [`Source::register`] registers it;
    /// [`Writer::open_unregistered`] does without.
    ///
    /// # Cost
    ///
    /// As [`Source::find`], and a connection to the system's log.
    pub fn open(source: impl AsRef<OsStr>) -> Result<Self> {
        let source = source.as_ref();
        let name = source.to_str().ok_or_else(|| not_registered(source))?;
        if Source::find(name)?.is_none() {
            return Err(not_registered(source));
        }
        Self::open_unregistered(source)
    }

    /// For a source of this machine, whether it is registered or not.
    ///
    /// # Errors
    ///
    /// Those of the system, as where its log does not run.
    pub fn open_unregistered(source: impl AsRef<OsStr>) -> Result<Self> {
        Self::to(None, source.as_ref())
    }

    /// For a source of another machine, by that machine's name. Whether it is
    /// registered there is not looked at.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unreachable`]; [`ErrorKind::AccessDenied`].
    ///
    /// # Platform
    ///
    /// Never run: Wine, under which this library is tested, has no logs of
    /// other machines.
    ///
    /// # Cost
    ///
    /// It waits for the other machine, half a minute where there is none.
    pub fn open_remote(machine: impl AsRef<OsStr>, source: impl AsRef<OsStr>) -> Result<Self> {
        Self::to(Some(machine.as_ref()), source.as_ref())
    }

    fn to(machine: Option<&OsStr>, source: &OsStr) -> Result<Self> {
        if source.is_empty() {
            let why = "the name of a source is empty";
            return Err(Error::message(ErrorKind::InvalidInput, why));
        }
        let handle = sys::Handle::open(machine, source).map_err(|error| error.of(source))?;
        Ok(Self {
            source: source.to_owned(),
            log: Box::new(handle),
        })
    }

    /// The name of the source.
    #[must_use]
    pub fn source(&self) -> &OsStr {
        &self.source
    }
}

fn not_registered(source: &OsStr) -> Error {
    let why = "it is not registered as a source of events; the program's installation does that";
    Error::message(ErrorKind::NotFound, why).of(source)
}

impl Report for Writer {
    fn report(&self, event: &Event) -> Result<()> {
        let of_source = |error: Error| error.of(&*self.source);
        event.check().map_err(of_source)?;
        self.log.report(event).map_err(of_source)
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer")
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
