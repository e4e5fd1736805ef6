//! One service.

mod config;
mod control;
mod dependents;
mod settings;
mod status;
#[cfg(test)]
mod tests;
mod trigger;
mod wait;

use std::{
    ffi::{OsStr, OsString},
    fmt,
    sync::Arc,
};

use oslens_win32::bytes::Layout;

pub use self::{
    config::{
        Config, Dependency, ErrorControl, FailureAction, FailureActionKind, FailureActions,
        LaunchProtection, SidType, StartType,
    },
    control::{Control, StopReason, StopReasonMajor, StopReasonMinor},
    status::{Accepted, Kind, State, Status},
    trigger::{Trigger, TriggerAction, TriggerData, TriggerKind},
};
use crate::{
    Entry, Result, parse,
    sys::scm::{Access, Opened, Scm},
};

/// A service, by name.
///
/// It is opened anew for each question, for no more than that question needs,
/// so that holding this keeps nobody from deleting the service.
///
/// ```no_run
/// use std::time::Duration;
/// use oslens_service::{ErrorKind, Manager, State};
///
/// let service = Manager::local()?.get("Print Spooler")?;
/// match service.stop() {
///     Ok(()) => { service.wait_for(State::Stopped, Duration::from_secs(30))?; }
///     Err(error) if error.kind() == ErrorKind::NotRunning => {}
///     Err(error) => return Err(error),
/// }
/// # Ok::<(), oslens_service::Error>(())
/// ```
#[derive(Clone)]
pub struct Service {
    scm: Arc<dyn Scm>,
    name: OsString,
}

/// The system's limit for a listing of dependents.
const MOST_ROOM: u32 = 256 << 10;

impl Service {
    pub(crate) fn new(scm: Arc<dyn Scm>, name: OsString) -> Self {
        Self { scm, name }
    }

    /// The name that programs use. Windows takes capital and small letters
    /// for the same in it.
    #[must_use]
    pub fn name(&self) -> &OsStr {
        &self.name
    }

    /// The machine that it is on, `None` for this one.
    #[must_use]
    pub fn machine(&self) -> Option<&OsStr> {
        self.scm.machine()
    }

    /// The name to show to people.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound).
    ///
    /// # Platform
    ///
    /// Windows (`GetServiceDisplayNameW`).
    ///
    /// # Cost
    ///
    /// One call.
    pub fn display_name(&self) -> Result<OsString> {
        self.scm
            .display_name(&self.name)
            .map_err(|error| error.of(&self.name))
    }

    /// What it is doing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound),
    /// [`ErrorKind::AccessDenied`](crate::ErrorKind::AccessDenied).
    ///
    /// # Platform
    ///
    /// Windows (`QueryServiceStatusEx`).
    ///
    /// # Cost
    ///
    /// Two calls; for many services see
    /// [`Manager::services`](crate::Manager::services).
    pub fn status(&self) -> Result<Status> {
        self.with(Access::QueryStatus, |service| service.status())
    }

    /// Starts it, with these arguments, and returns as soon as the manager has
    /// started its process; see [`start_and_wait`](Self::start_and_wait).
    ///
    /// The arguments are those of its main function, not of its command line;
    /// they are for this time only.
    ///
    /// # Errors
    ///
    /// [`ErrorKind`](crate::ErrorKind)`::AlreadyRunning`, `Disabled`,
    /// `MarkedForDeletion`, `DependencyFailed`, `Logon`, `ProgramMissing`,
    /// `NoAnswer` where the program is no service, `AccessDenied`.
    ///
    /// # Platform
    ///
    /// Windows (`StartServiceW`).
    ///
    /// # Cost
    ///
    /// Two calls. It blocks while services that it depends on are started, and
    /// until the program connects to the manager: at most 30 seconds each.
    pub fn start(&self, args: &[OsString]) -> Result<()> {
        self.with(Access::Start, |service| service.start(args))
    }

    /// Tells it to stop, and returns as soon as it has taken that; see
    /// [`stop_and_wait`](Self::stop_and_wait).
    ///
    /// # Errors
    ///
    /// [`ErrorKind`](crate::ErrorKind)`::NotRunning`, `CannotAccept`,
    /// `DependentsRunning` (see
    /// [`stop_with_dependents`](Self::stop_with_dependents)), `NoAnswer`,
    /// `AccessDenied`.
    ///
    /// # Platform
    ///
    /// Windows (`ControlService`).
    ///
    /// # Cost
    ///
    /// Two calls; it blocks until the service has taken the control, at most
    /// 30 seconds.
    pub fn stop(&self) -> Result<()> {
        self.control(Control::STOP)
    }

    /// Tells it to stop, with a reason for the event log.
    ///
    /// # Errors
    ///
    /// As [`stop`](Self::stop); [`ErrorKind`](crate::ErrorKind)`::InvalidInput`
    /// for a comment that is too long.
    ///
    /// # Platform
    ///
    /// Windows (`ControlServiceExW`); where that is missing the reason is not
    /// recorded.
    ///
    /// # Cost
    ///
    /// As [`stop`](Self::stop).
    pub fn stop_because(&self, reason: &StopReason) -> Result<()> {
        self.with(Access::Stop, |service| {
            service.control(Control::STOP, Some(reason))
        })
    }

    /// Tells it to pause.
    ///
    /// # Errors
    ///
    /// [`ErrorKind`](crate::ErrorKind)`::NotRunning`; `CannotAccept` where it
    /// does not know how to.
    ///
    /// # Platform
    ///
    /// Windows (`ControlService`).
    ///
    /// # Cost
    ///
    /// As [`stop`](Self::stop).
    pub fn pause(&self) -> Result<()> {
        self.control(Control::PAUSE)
    }

    /// Tells it to go on after a pause.
    ///
    /// # Errors
    ///
    /// As [`pause`](Self::pause).
    ///
    /// # Platform
    ///
    /// Windows (`ControlService`).
    ///
    /// # Cost
    ///
    /// As [`stop`](Self::stop).
    pub fn resume(&self) -> Result<()> {
        self.control(Control::CONTINUE)
    }

    /// Tells it anything that a service can be told.
    ///
    /// ```no_run
    /// use oslens_service::{Control, Manager};
    ///
    /// let service = Manager::local()?.get("backup")?;
    /// service.control(Control::PARAM_CHANGE)?;
    /// service.control(Control::custom(200)?)?;
    /// # Ok::<(), oslens_service::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind`](crate::ErrorKind)`::NotRunning`; `CannotAccept` where the
    /// service does not take it.
    ///
    /// # Platform
    ///
    /// Windows (`ControlService`).
    ///
    /// # Cost
    ///
    /// As [`stop`](Self::stop).
    pub fn control(&self, control: Control) -> Result<()> {
        let access = match control {
            Control::STOP => Access::Stop,
            Control::INTERROGATE => Access::Interrogate,
            own if own.raw() >= 128 => Access::Custom,
            _ => Access::Pause,
        };
        self.with(access, |service| service.control(control, None))
    }

    /// The services that cannot run without it, whether they run or not.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound),
    /// [`ErrorKind::AccessDenied`](crate::ErrorKind::AccessDenied).
    ///
    /// # Platform
    ///
    /// Windows (`EnumDependentServicesW`). The processes are not told there:
    /// `pid` is `None`.
    ///
    /// # Cost
    ///
    /// Two calls, three for many dependents.
    pub fn dependents(&self) -> Result<Vec<Entry>> {
        dependents_of(&*self.scm, &self.name, true)
    }

    /// Does something with the service while it is open.
    fn with<T>(&self, access: Access, action: impl FnOnce(&dyn Opened) -> Result<T>) -> Result<T> {
        with(&*self.scm, &self.name, access, action)
    }
}

/// Does something with a service while it is open; errors name it.
fn with<T>(
    scm: &dyn Scm,
    name: &OsStr,
    access: Access,
    action: impl FnOnce(&dyn Opened) -> Result<T>,
) -> Result<T> {
    scm.open(name, access)
        .and_then(|service| action(&*service))
        .map_err(|error| error.of(name))
}

/// The services that depend on one: all, or those that are not stopped.
fn dependents_of(scm: &dyn Scm, name: &OsStr, all: bool) -> Result<Vec<Entry>> {
    with(scm, name, Access::Dependents, |service| {
        let mut room = 4 << 10;
        loop {
            let page = service.dependents(all, room)?;
            if let Some(more) = page.more.filter(|_| room < MOST_ROOM) {
                // This listing has no way to go on: it is asked for whole.
                room = more.wanted.max(room.saturating_mul(2)).min(MOST_ROOM);
                continue;
            }
            return parse::enumeration::dependents(
                &page.bytes,
                page.base,
                page.count,
                Layout::NATIVE,
            )
            .map_err(|malformed| malformed.of("EnumDependentServicesW"));
        }
    })
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service")
            .field("name", &self.name)
            .field("machine", &self.machine())
            .finish()
    }
}
