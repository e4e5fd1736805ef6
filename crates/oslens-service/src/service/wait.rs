//! Waiting for services.

use std::{
    cmp,
    ffi::{OsStr, OsString},
    time::Duration,
};

use super::{Control, Service, State, Status};
use crate::{
    Error, ErrorKind, Result,
    sys::scm::{Access, Notice, Opened, Scm},
};

/// How soon a service is looked at again, at first.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
/// The longest pause between two looks, where the service expects to take
/// long.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// The longest where it does not say.
const USUAL_PAUSE: Duration = Duration::from_millis(100);
/// So many notices of nothing, and the manager is asked instead.
const IDLE_NOTICES: u32 = 8;

impl Service {
    /// Waits until it is in this state, at most so long; what it is doing
    /// then.
    ///
    /// It is an error at once when it stops while another state is waited for.
    /// A service that is stopped from the beginning is waited for: somebody
    /// else may start it. To start one and learn of its failure see
    /// [`start_and_wait`](Self::start_and_wait).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TimedOut`], with how far it got. Where it stopped instead:
    /// [`ErrorKind::Failed`], [`ErrorKind::Crashed`] or another kind for the
    /// error that it stopped with, [`ErrorKind::NotRunning`] without one.
    /// [`ErrorKind::NotFound`], [`ErrorKind::AccessDenied`].
    ///
    /// # Platform
    ///
    /// Windows (`NotifyServiceStatusChangeW`, else it is asked again and
    /// again, by the time that it expects to take). The calling thread's
    /// asynchronous procedure calls run meanwhile.
    ///
    /// # Cost
    ///
    /// Blocks. Two calls for each state on the way.
    pub fn wait_for(&self, state: State, timeout: Duration) -> Result<Status> {
        let scm = &*self.scm;
        let end = scm.now().saturating_add(timeout);
        self.with(Access::QueryStatus, |service| {
            watch(scm, service, state, end, false)
        })
    }

    /// Starts it, and waits until it runs, at most so long.
    ///
    /// # Errors
    ///
    /// Those of [`start`](Self::start) and [`wait_for`](Self::wait_for); a
    /// service that fails while it starts is an error as soon as it does.
    ///
    /// # Platform
    ///
    /// Windows.
    ///
    /// # Cost
    ///
    /// Blocks.
    pub fn start_and_wait(&self, args: &[OsString], timeout: Duration) -> Result<Status> {
        let scm = &*self.scm;
        let end = scm.now().saturating_add(timeout);
        self.with(Access::StartAndWatch, |service| {
            service.start(args)?;
            watch(scm, service, State::Running, end, true)
        })
    }

    /// Stops it, and waits until it has stopped, at most so long.
    ///
    /// # Errors
    ///
    /// Those of [`stop`](Self::stop) and [`ErrorKind::TimedOut`].
    ///
    /// # Platform
    ///
    /// Windows.
    ///
    /// # Cost
    ///
    /// Blocks.
    pub fn stop_and_wait(&self, timeout: Duration) -> Result<Status> {
        let scm = &*self.scm;
        let end = scm.now().saturating_add(timeout);
        // One that is marked for deletion is gone as soon as it has stopped,
        // unless it stays open.
        self.with(Access::StopAndWatch, |service| {
            service.control(Control::STOP, None)?;
            watch(scm, service, State::Stopped, end, true)
        })
    }

    /// Marks it to be deleted: it is as soon as it is stopped and nobody has
    /// it open. See [`remove`](Self::remove).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::MarkedForDeletion`] where that was done before,
    /// [`ErrorKind::NotFound`], [`ErrorKind::AccessDenied`].
    ///
    /// # Platform
    ///
    /// Windows (`DeleteService`).
    ///
    /// # Cost
    ///
    /// Two calls.
    pub fn delete(&self) -> Result<()> {
        self.with(Access::Delete, |service| service.delete())
    }

    /// Stops it where it runs, deletes it, and waits until it is gone, at most
    /// so long altogether.
    ///
    /// # Errors
    ///
    /// Those of [`stop`](Self::stop), but for that it does not run, and of
    /// [`delete`](Self::delete), but for that it was done before.
    /// [`ErrorKind::TimedOut`] where it does not stop, or where somebody keeps
    /// it open: it is deleted when he closes it.
    ///
    /// # Platform
    ///
    /// Windows.
    ///
    /// # Cost
    ///
    /// Blocks.
    pub fn remove(&self, timeout: Duration) -> Result<()> {
        let scm = &*self.scm;
        let end = scm.now().saturating_add(timeout);
        stop(scm, &self.name, end)?;
        match self.delete() {
            // It was, before: now that it has stopped it is on its way.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::MarkedForDeletion | ErrorKind::NotFound
                ) => {}
            deleted => deleted?,
        }
        self.gone_by(end)
    }

    /// Waits until it is deleted, at most so long.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TimedOut`].
    ///
    /// # Platform
    ///
    /// Windows; its name is asked for again and again, which does not open it.
    ///
    /// # Cost
    ///
    /// Blocks.
    pub fn wait_until_gone(&self, timeout: Duration) -> Result<()> {
        self.gone_by(self.scm.now().saturating_add(timeout))
    }

    fn gone_by(&self, end: Duration) -> Result<()> {
        let mut pause = FIRST_PAUSE;
        loop {
            match self.scm.display_name(&self.name) {
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
                // On its way: some versions say this of the name already.
                Err(error) if error.kind() == ErrorKind::MarkedForDeletion => {}
                Err(error) => return Err(error.of(&self.name)),
                Ok(_) => {}
            }
            let left = end.saturating_sub(self.scm.now());
            if left.is_zero() {
                let message = "it is not gone yet: it runs, or somebody has it open";
                return Err(Error::message(ErrorKind::TimedOut, message).of(&self.name));
            }
            self.scm.sleep(cmp::min(pause, left));
            pause = cmp::min(pause * 2, USUAL_PAUSE);
        }
    }
}

/// Waits until the service is in this state, or it is clear that it will not
/// be. `alive`: it is known to have been started.
pub(super) fn watch(
    scm: &dyn Scm,
    service: &dyn Opened,
    target: State,
    end: Duration,
    mut alive: bool,
) -> Result<Status> {
    let mut before: Option<Status> = None;
    let mut since = scm.now();
    let mut pause = FIRST_PAUSE;
    let mut notices = true;
    let mut idle = 0;
    loop {
        let status = service.status()?;
        if status.state == target {
            return Ok(status);
        }
        if status.state != State::Stopped {
            alive = true;
        } else if alive {
            return Err(Error::stopped_instead(&status));
        }
        let now = scm.now();
        let moved = before.as_ref().is_none_or(|before| {
            (before.state, before.checkpoint) != (status.state, status.checkpoint)
        });
        if moved {
            since = now;
            pause = FIRST_PAUSE;
        }
        let left = end.saturating_sub(now);
        if left.is_zero() {
            return Err(late(target, &status, now.saturating_sub(since)));
        }
        if notices {
            match service.changed_from(status.state, left)? {
                Notice::Changed => {
                    // A manager that calls out for nothing must not be asked
                    // as fast as it can answer.
                    idle = if moved { 0 } else { idle + 1 };
                    notices = idle < IDLE_NOTICES;
                }
                Notice::TimedOut => {}
                Notice::Deleted | Notice::Unavailable => notices = false,
            }
        } else {
            let longest = (status.wait_hint / 10).clamp(USUAL_PAUSE, LONGEST_PAUSE);
            scm.sleep(cmp::min(pause, left));
            pause = cmp::min(pause * 2, longest);
        }
        before = Some(status);
    }
}

/// That it did not get there in time, and how far it got.
#[cold]
fn late(target: State, status: &Status, unchanged: Duration) -> Error {
    let mut message = format!("not {target} in time: {status}");
    if status.state.is_pending() && unchanged > status.wait_hint {
        message.push_str(&format!(", without progress for {unchanged:.1?}"));
    }
    Error::message(ErrorKind::TimedOut, message)
}

/// What came of stopping a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// It ran, and was stopped.
    Stopped,
    /// It did not run.
    DidNotRun,
}

/// Stops a service, and waits until it has. One that cannot take a control
/// because it is starting, or stopping already, is waited for first.
pub(super) fn stop(scm: &dyn Scm, name: &OsStr, end: Duration) -> Result<Stop> {
    super::with(scm, name, Access::StopAndWatch, |service| {
        loop {
            match service.control(Control::STOP, None) {
                Ok(()) => {
                    watch(scm, service, State::Stopped, end, true)?;
                    return Ok(Stop::Stopped);
                }
                Err(error) if error.kind() == ErrorKind::NotRunning => {
                    return Ok(Stop::DidNotRun);
                }
                // Between two states: 1061, or 1052 as it takes nothing then.
                Err(error) if error.kind() == ErrorKind::CannotAccept => {
                    if error.code() != Some(1061) && !service.status()?.state.is_pending() {
                        return Err(error);
                    }
                    match settle(scm, service, end)? {
                        Some(State::Stopped) => return Ok(Stop::Stopped),
                        Some(_) => {}
                        None => return Err(error),
                    }
                }
                Err(error) => return Err(error),
            }
        }
    })
}

/// Waits until a service is in a state that it can stay in; `None` where it
/// is not in time.
fn settle(scm: &dyn Scm, service: &dyn Opened, end: Duration) -> Result<Option<State>> {
    let mut pause = FIRST_PAUSE;
    loop {
        let left = end.saturating_sub(scm.now());
        if left.is_zero() {
            return Ok(None);
        }
        // Also where it is in such a state already: it said a moment ago that
        // it was not, and would be asked without end.
        scm.sleep(cmp::min(pause, left));
        pause = cmp::min(pause * 2, USUAL_PAUSE);
        let state = service.status()?.state;
        if !state.is_pending() {
            return Ok(Some(state));
        }
    }
}
