//! Writing services.
//!
//! A service is a [`Service`]: one function that runs until it is told to
//! stop. A [`Program`] is the executable around one or several of them: the
//! service manager starts it, and people install, start, debug and remove its
//! services by its command line.
//!
//! ```no_run
//! use std::{process::ExitCode, time::Duration};
//! use oslens_service::{ServiceSpec, host::{Context, Failure, Service}};
//!
//! struct Clock;
//!
//! impl Service for Clock {
//!     fn run(&mut self, context: &Context) -> Result<(), Failure> {
//!         // Until it is told to stop, once a minute:
//!         while !context.wait(Some(Duration::from_secs(60))) {
//!             context.info("one more minute");
//!         }
//!         Ok(())
//!     }
//! }
//!
//! fn main() -> ExitCode {
//!     let spec = ServiceSpec::this_program("clock").description("Counts minutes.");
//!     oslens_service::main(spec, Clock)
//! }
//! ```
//!
//! # What is done for you
//!
//! - The service manager is told the truth at any time: what is accepted only
//!   while it can be answered, checkpoints that rise, the present state when
//!   it asks, and at the end, however that comes about, that the service has
//!   stopped. An error keeps its number; a panic is told as an error of the
//!   service's own (0x20000001) and written to the log.
//! - A shutdown of the system stops the service as the manager does.
//! - The current folder is that of the program, not that of the system.
//! - Standard output, standard error and the messages of panics go to a log
//!   file beside the program, `NAME.log`, or, where the service's account may
//!   not write there, in the account's own folder (`%LOCALAPPDATA%`). A file of
//!   10 MiB is renamed to `NAME.log.old` at the next start.
//! - Started by hand, it says that, and runs in debug mode: Ctrl-C stops it as
//!   the service manager would, and what it logs goes to the terminal.
//!
//! # Platform
//!
//! Windows. Elsewhere debug mode works (`SIGINT` and `SIGTERM` stop), the rest
//! is [`Unsupported`](crate::ErrorKind::Unsupported).

mod command;
pub(crate) mod context;
pub(crate) mod control;
mod failure;
mod journal;
mod output;
mod panics;
mod program;
mod run;
mod signal;
pub(crate) mod state;

use std::{ffi::OsStr, path::Path, time::Duration};

pub use self::{
    context::{Context, Controls},
    control::{
        Control, Device, DeviceEvent, DeviceInterface, NetBind, Power, PowerEvent, PowerSetting,
        SessionChange, SessionEvent, TimeChange, USUAL,
    },
    failure::{Exit, Failure},
    journal::{Level, Record, Topic},
    program::{Program, main},
    signal::Signal,
};

/// A service: what it does between its start and its stop.
///
/// A function of a [`Context`] is one, too:
///
/// ```
/// use oslens_service::host::{Context, Service};
///
/// fn service() -> impl Service {
///     |context: &Context| {
///         context.wait(None);
///         Ok(())
///     }
/// }
/// ```
pub trait Service: Send {
    /// Runs until it is told to stop ([`Context::stop`]), and then returns
    /// soon: the system waits a few seconds when it shuts down.
    ///
    /// It begins while the service is starting. [`Context::wait`] and
    /// [`Context::next_control`] report that it has started; a service that
    /// waits otherwise calls [`Context::running`]. One that needs more than
    /// ten seconds before says so by [`Context::progress`].
    ///
    /// A service that is started again while its process goes on, because it
    /// shares that with others, is run again.
    ///
    /// # Errors
    ///
    /// Why it could not go on. The service manager is told the number, and
    /// the log the words.
    fn run(&mut self, context: &Context) -> Result<(), Failure>;

    /// The controls that it takes at first: by default to be stopped, and to
    /// hear of a shutdown. [`Context::accept`] changes that.
    fn accepts(&self) -> crate::Accepted {
        USUAL
    }

    /// How long the service manager is told to wait for the first report
    /// after it asked for something: ten seconds by default.
    fn patience(&self) -> Duration {
        Duration::from_secs(10)
    }
}

impl<F> Service for F
where
    F: FnMut(&Context) -> Result<(), Failure> + Send,
{
    fn run(&mut self, context: &Context) -> Result<(), Failure> {
        self(context)
    }
}

/// What comes with a service: the source of its events, its counters, …
///
/// All that has a default does nothing.
pub trait Extras: Send + Sync {
    /// Sets up what the service needs beside itself, when it is installed and
    /// when it is updated; it may be there already.
    ///
    /// # Errors
    ///
    /// Why it could not: a service that was not there before is not
    /// installed, and what was set up is removed.
    fn install(&self, service: &OsStr, program: &Path) -> Result<(), Failure> {
        let _ = (service, program);
        Ok(())
    }

    /// Takes that away when the service is removed; it may be gone already.
    ///
    /// # Errors
    ///
    /// Why it could not: the service is removed all the same, and the command
    /// fails.
    fn remove(&self, service: &OsStr) -> Result<(), Failure> {
        let _ = service;
        Ok(())
    }

    /// Takes down what a running service says; not called in debug mode.
    fn record(&self, record: &Record<'_>) {
        let _ = record;
    }
}
