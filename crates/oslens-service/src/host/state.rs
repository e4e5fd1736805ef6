//! The state of a service as the service manager is told it.
//!
//! Pure: what happens goes in, what is to be reported comes out. It cannot
//! report what is not so: nothing leads back from stopping, and nothing is
//! accepted while the service could not answer.

use std::time::Duration;

use super::{Control, Exit};
use crate::Accepted;

/// The states of a service, numbered as the system numbers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Stopped = 1,
    StartPending = 2,
    StopPending = 3,
    Running = 4,
    ContinuePending = 5,
    PausePending = 6,
    Paused = 7,
}

impl Phase {
    fn is_pending(self) -> bool {
        matches!(
            self,
            Self::StartPending | Self::StopPending | Self::ContinuePending | Self::PausePending
        )
    }
}

/// One report to the service manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) phase: Phase,
    pub(crate) accepts: Accepted,
    pub(crate) exit: Exit,
    pub(crate) checkpoint: u32,
    pub(crate) wait_hint: Duration,
}

/// What becomes of a control.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The service is told, after this was reported.
    Deliver(Option<Report>),
    /// It is so already.
    Done,
    /// The service does not take it (`ERROR_CALL_NOT_IMPLEMENTED`).
    Refuse,
    /// The service does not take it now (`ERROR_SERVICE_CANNOT_ACCEPT_CTRL`).
    NotNow,
}

/// The state of one run of a service.
#[derive(Debug)]
pub(crate) struct Machine {
    phase: Phase,
    /// What the service takes once it runs.
    accept: Accepted,
    exit: Exit,
    checkpoint: u32,
    wait_hint: Duration,
    /// Given when a control begins something, until the service says better.
    patience: Duration,
    /// What went wrong beside the service's own thread.
    failed: Option<Exit>,
}

impl Machine {
    pub(crate) fn new(accept: Accepted, patience: Duration) -> Self {
        Self {
            phase: Phase::StartPending,
            accept,
            exit: Exit::Success,
            checkpoint: 1,
            wait_hint: patience,
            patience,
            failed: None,
        }
    }

    pub(crate) fn phase(&self) -> Phase {
        self.phase
    }

    /// The present state, once more.
    pub(crate) fn current(&self) -> Report {
        let accepts = match self.phase {
            Phase::StartPending | Phase::StopPending | Phase::Stopped => Accepted::empty(),
            // One thing after the other.
            Phase::PausePending | Phase::ContinuePending => self.accept.difference(Accepted::PAUSE),
            Phase::Running | Phase::Paused => self.accept,
        };
        Report {
            phase: self.phase,
            accepts,
            exit: self.exit,
            checkpoint: self.checkpoint,
            wait_hint: self.wait_hint,
        }
    }

    fn go(&mut self, phase: Phase, wait_hint: Duration) -> Option<Report> {
        self.phase = phase;
        (self.checkpoint, self.wait_hint) = if phase.is_pending() {
            (1, wait_hint)
        } else {
            (0, Duration::ZERO)
        };
        Some(self.current())
    }

    /// The service runs, or runs again. Nothing once it is stopping.
    pub(crate) fn running(&mut self) -> Option<Report> {
        match self.phase {
            Phase::Running | Phase::StopPending | Phase::Stopped => None,
            _ => self.go(Phase::Running, Duration::ZERO),
        }
    }

    /// The service pauses. Nothing once it is stopping.
    pub(crate) fn paused(&mut self) -> Option<Report> {
        match self.phase {
            Phase::Paused | Phase::StopPending | Phase::Stopped => None,
            _ => self.go(Phase::Paused, Duration::ZERO),
        }
    }

    /// It got on with what is pending, and needs that long for the next step.
    pub(crate) fn progress(&mut self, wait_hint: Duration) -> Option<Report> {
        if !self.phase.is_pending() {
            return None;
        }
        // Zero would mean that nothing is pending.
        self.checkpoint = self.checkpoint.checked_add(1).unwrap_or(1);
        self.wait_hint = wait_hint;
        Some(self.current())
    }

    /// It stops, asked or by itself.
    pub(crate) fn stopping(&mut self, wait_hint: Duration) -> Option<Report> {
        match self.phase {
            Phase::Stopped => None,
            Phase::StopPending => self.progress(wait_hint),
            _ => self.go(Phase::StopPending, wait_hint),
        }
    }

    /// It has stopped; the last report.
    pub(crate) fn stopped(&mut self, exit: Exit) -> Option<Report> {
        if self.phase == Phase::Stopped {
            return None;
        }
        self.exit = exit;
        self.go(Phase::Stopped, Duration::ZERO)
    }

    /// Something went wrong beside the service's own thread: it does not end
    /// well, whatever that says.
    pub(crate) fn fail(&mut self, exit: Exit) {
        self.failed.get_or_insert(exit);
    }

    /// How it ends when its own thread says this.
    pub(crate) fn exit(&self, exit: Exit) -> Exit {
        match (exit, self.failed) {
            (Exit::Success, Some(failed)) => failed,
            (exit, _) => exit,
        }
    }

    /// What it takes from now on.
    pub(crate) fn accept(&mut self, accept: Accepted) -> Option<Report> {
        let before = self.current();
        self.accept = accept;
        let after = self.current();
        (before != after).then_some(after)
    }

    pub(crate) fn accepted(&self) -> Accepted {
        self.accept
    }

    /// A control has come.
    pub(crate) fn control(&mut self, control: &Control) -> Verdict {
        if !self.accept.contains(control.needs()) {
            return Verdict::Refuse;
        }
        if control.is_stop() {
            return match self.phase {
                Phase::StopPending | Phase::Stopped => Verdict::Done,
                _ => Verdict::Deliver(self.stopping(self.patience)),
            };
        }
        match (control, self.phase) {
            (Control::Pause, Phase::Running) => {
                Verdict::Deliver(self.go(Phase::PausePending, self.patience))
            }
            (Control::Pause, Phase::PausePending | Phase::Paused)
            | (Control::Continue, Phase::ContinuePending | Phase::Running) => Verdict::Done,
            (Control::Continue, Phase::Paused) => {
                Verdict::Deliver(self.go(Phase::ContinuePending, self.patience))
            }
            (Control::Pause | Control::Continue, _) | (_, Phase::Stopped) => Verdict::NotNow,
            _ => Verdict::Deliver(None),
        }
    }
}

#[cfg(test)]
mod tests;
