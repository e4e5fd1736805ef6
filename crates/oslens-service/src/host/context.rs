//! What a running service knows and says.

use std::{
    collections::VecDeque,
    ffi::{OsStr, OsString},
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::{
    Control, Exit, Signal,
    control::code,
    journal::{Journal, Level},
    state::{Machine, Phase, Report, Verdict},
};
use crate::{Accepted, Result};

/// A service is told what it does not read, up to so many; then the oldest
/// are forgotten.
const QUEUE: usize = 1024;

/// Where reports go.
pub(crate) trait Reporter: Send + Sync {
    fn report(&self, report: &Report) -> Result<()>;

    /// The system's handle for the status, where there is one.
    fn handle(&self) -> Option<usize> {
        None
    }
}

/// What the handler answers the service manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Done,
    NotImplemented,
    NotNow,
    NotActive,
    Denied(u32),
}

impl Answer {
    /// The system's number.
    #[allow(dead_code)] // Not on every system.
    pub(crate) fn number(self) -> u32 {
        match self {
            Self::Done => 0,
            // ERROR_CALL_NOT_IMPLEMENTED
            Self::NotImplemented => 120,
            // ERROR_SERVICE_CANNOT_ACCEPT_CTRL
            Self::NotNow => 1061,
            // ERROR_SERVICE_NOT_ACTIVE
            Self::NotActive => 1062,
            Self::Denied(code) => code,
        }
    }
}

type Hook = Box<dyn FnMut(&Control) -> std::result::Result<(), u32> + Send>;

/// What the service, its handler and its host share.
pub(crate) struct Shared {
    machine: Mutex<Machine>,
    queue: Mutex<VecDeque<Control>>,
    /// Set while something is queued, and for ever from the stop on.
    pending: Signal,
    stop: Signal,
    hook: Mutex<Option<Hook>>,
    reporter: Box<dyn Reporter>,
    pub(crate) journal: Journal,
}

/// A panic elsewhere does not keep a service from saying that it stopped.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// All of it that can fail to be made.
pub(crate) struct Prepared {
    pending: Signal,
    stop: Signal,
    journal: Journal,
}

impl Prepared {
    pub(crate) fn with(self, machine: Machine, reporter: Box<dyn Reporter>) -> Shared {
        Shared {
            machine: Mutex::new(machine),
            queue: Mutex::default(),
            pending: self.pending,
            stop: self.stop,
            hook: Mutex::new(None),
            reporter,
            journal: self.journal,
        }
    }
}

impl Shared {
    pub(crate) fn prepare(journal: Journal) -> Result<Prepared> {
        Ok(Prepared {
            pending: Signal::new()?,
            stop: Signal::new()?,
            journal,
        })
    }

    /// Changes the state and reports it, one after the other.
    fn report(&self, change: impl FnOnce(&mut Machine) -> Option<Report>) -> Result<()> {
        let mut machine = locked(&self.machine);
        match change(&mut machine) {
            Some(report) => self.reporter.report(&report),
            None => Ok(()),
        }
    }

    /// Says that it is starting, the first thing that it says.
    pub(crate) fn starting(&self) -> Result<()> {
        self.report(|machine| Some(machine.current()))
    }

    /// What the service manager's handler does: a control, its event and the
    /// bytes that come with it.
    #[allow(dead_code)] // Not on every system.
    pub(crate) fn handle(&self, control: u32, event: u32, data: &[u8]) -> Answer {
        if control == code::INTERROGATE {
            return self.interrogate();
        }
        match Control::read(control, event, data) {
            Some(control) => self.control(control),
            None => Answer::NotImplemented,
        }
    }

    /// A control has come, from the service manager or what stands for it.
    /// Never blocks for longer than a report takes.
    pub(crate) fn control(&self, control: Control) -> Answer {
        // What it does first may not keep it from stopping.
        if !control.is_stop() {
            if let Err(code) = self.ask(&control) {
                return Answer::Denied(code);
            }
        }
        let mut machine = locked(&self.machine);
        let failed = match machine.control(&control) {
            Verdict::Refuse => return Answer::NotImplemented,
            Verdict::NotNow if machine.phase() == Phase::Stopped => return Answer::NotActive,
            Verdict::NotNow => return Answer::NotNow,
            Verdict::Done => return Answer::Done,
            Verdict::Deliver(report) => {
                report.and_then(|report| self.reporter.report(&report).err())
            }
        };
        let mut queue = locked(&self.queue);
        drop(machine);
        if control.is_stop() {
            self.stop.set();
        }
        if queue.len() >= QUEUE {
            queue.pop_front();
        }
        queue.push_back(control);
        self.pending.set();
        drop(queue);
        // Extras may ask for the state themselves.
        if let Some(error) = failed {
            self.journal.write(Level::Warning, &error.to_string());
        }
        Answer::Done
    }

    /// The service's own answer to a control.
    fn ask(&self, control: &Control) -> std::result::Result<(), u32> {
        // Taken out, so that it can be replaced meanwhile, also by itself.
        let Some(mut answer) = locked(&self.hook).take() else {
            return Ok(());
        };
        match catch_unwind(AssertUnwindSafe(|| answer(control))) {
            Ok(answered) => {
                self.put_back(answer);
                answered
            }
            Err(payload) => {
                let message = super::run::panic_text(&*payload);
                self.journal.write(
                    Level::Error,
                    &format!("the answer to {control:?} panicked: {message}"),
                );
                self.fail();
                Ok(())
            }
        }
    }

    /// For the next control, unless there is another one now, or none to come.
    fn put_back(&self, answer: Hook) {
        let mut hook = locked(&self.hook);
        if hook.is_none() && locked(&self.machine).phase() != Phase::Stopped {
            *hook = Some(answer);
        }
    }

    /// Stops a service whose handler failed.
    fn fail(&self) {
        // Let go at last: its own thread may end at once, and says how then.
        locked(&self.machine).fail(super::failure::PANICKED);
        let _ = self.report(|machine| machine.stopping(Duration::ZERO));
        self.let_go();
    }

    /// The present state once more.
    pub(crate) fn interrogate(&self) -> Answer {
        let machine = locked(&self.machine);
        if machine.phase() == Phase::Stopped {
            return Answer::NotActive;
        }
        let _ = self.reporter.report(&machine.current());
        Answer::Done
    }

    /// As if the service manager had asked.
    pub(crate) fn ask_to_stop(&self) {
        let control = if locked(&self.machine).accepted().contains(Accepted::STOP) {
            Control::Stop
        } else {
            Control::Shutdown
        };
        // A service that takes neither is ended all the same.
        if self.control(control) == Answer::NotImplemented {
            self.let_go();
        }
    }

    /// How it ends when its own thread says this.
    pub(crate) fn exit(&self, exit: Exit) -> Exit {
        locked(&self.machine).exit(exit)
    }

    /// The last report. Whoever still waits is let go.
    pub(crate) fn stopped(&self, exit: Exit) -> Result<()> {
        self.let_go();
        let reported = self.report(|machine| machine.stopped(exit));
        // It may hold a context, and so this. Last, as it is the service's own:
        // what it does when it is dropped keeps nobody from learning of the end.
        let hook = locked(&self.hook).take();
        drop(hook);
        reported
    }

    fn let_go(&self) {
        let _queue = locked(&self.queue);
        self.stop.set();
        self.pending.set();
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("machine", &self.machine)
            .finish_non_exhaustive()
    }
}

/// A running service's view of the service manager: what it is asked, and
/// what it says.
///
/// Cheap to clone, and of use from any thread.
#[derive(Debug, Clone)]
pub struct Context {
    shared: Arc<Shared>,
    start: Arc<Start>,
}

#[derive(Debug)]
struct Start {
    name: OsString,
    args: Vec<OsString>,
    debug: bool,
}

impl Context {
    pub(crate) fn new(
        shared: Arc<Shared>,
        name: OsString,
        args: Vec<OsString>,
        debug: bool,
    ) -> Self {
        let start = Arc::new(Start { name, args, debug });
        Self { shared, start }
    }

    /// The name that the service was started by, which is the one it is
    /// installed under.
    #[must_use]
    pub fn name(&self) -> &OsStr {
        &self.start.name
    }

    /// The arguments of this start, without the name. Those that the service
    /// manager has by configuration are in [`std::env::args_os`].
    #[must_use]
    pub fn args(&self) -> &[OsString] {
        &self.start.args
    }

    /// Whether it runs in a terminal, without a service manager.
    #[must_use]
    pub fn is_debug(&self) -> bool {
        self.start.debug
    }

    /// The signal that is set once the service is to stop, for whatever
    /// reason, and that stays set.
    #[must_use]
    pub fn stop(&self) -> &Signal {
        &self.shared.stop
    }

    /// Whether the service is to stop.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.shared.stop.is_set()
    }

    /// Waits until the service is to stop, at most so long: whether it is.
    ///
    /// A service that waits has started: if it did not say so yet, this
    /// reports that it is [`running`](Self::running).
    pub fn wait(&self, within: Option<Duration>) -> bool {
        self.started();
        self.shared.stop.wait(within)
    }

    /// The signal that is set while [`next_control`](Self::next_control)
    /// would return at once.
    #[must_use]
    pub fn pending(&self) -> &Signal {
        &self.shared.pending
    }

    /// The next control, waiting at most so long for it. `None` when the time
    /// has passed, and at once when the service is to stop and was told so by
    /// an earlier call.
    ///
    /// A service that waits has started, as for [`wait`](Self::wait).
    pub fn next_control(&self, within: Option<Duration>) -> Option<Control> {
        self.started();
        let end = within.and_then(|within| Instant::now().checked_add(within));
        loop {
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            let set = self.shared.pending.wait(left);
            let mut queue = locked(&self.shared.queue);
            let next = queue.pop_front();
            if queue.is_empty() && !self.shared.stop.is_set() {
                self.shared.pending.reset();
            }
            // Another thread may have been faster.
            if next.is_some() || self.shared.stop.is_set() || !set {
                return next;
            }
        }
    }

    /// The controls as they come; it ends when the service is to stop.
    pub fn controls(&self) -> Controls<'_> {
        Controls(self)
    }

    /// Answers controls before they are queued, in the service manager's
    /// thread: `Err` with a number of the system refuses, as the removal of a
    /// device (`ERROR_BUSY`, 170) or a change of the hardware profile. To stop
    /// cannot be refused, and does not come here.
    ///
    /// It must return at once: no other service of this process is told
    /// anything meanwhile. It takes the place of the one before. When it
    /// panics, the service is stopped.
    pub fn on_control(
        &self,
        answer: impl FnMut(&Control) -> std::result::Result<(), u32> + Send + 'static,
    ) {
        let before = locked(&self.shared.hook).replace(Box::new(answer));
        // Not while nobody else can have one.
        drop(before);
    }

    /// Reports that the service runs: it has started, or goes on after a
    /// pause. Without effect once it is to stop.
    ///
    /// # Errors
    ///
    /// The service manager did not take the report.
    pub fn running(&self) -> Result<()> {
        let mut first = false;
        let reported = self.shared.report(|machine| {
            first = machine.phase() == Phase::StartPending;
            machine.running()
        });
        if first && reported.is_ok() {
            self.shared.journal.started();
        }
        reported
    }

    /// Reports that the service pauses. Without effect once it is to stop.
    ///
    /// # Errors
    ///
    /// The service manager did not take the report.
    pub fn paused(&self) -> Result<()> {
        self.shared.report(Machine::paused)
    }

    /// Reports that it got on with starting, stopping, pausing or continuing,
    /// and needs at most that long for the next step. Without effect while
    /// nothing of that is pending.
    ///
    /// # Errors
    ///
    /// The service manager did not take the report.
    pub fn progress(&self, wait_hint: Duration) -> Result<()> {
        self.shared.report(|machine| machine.progress(wait_hint))
    }

    /// Reports that the service stops by itself and needs at most that long
    /// for the next step, where it is not enough to return. When it was asked
    /// to stop, this has been reported.
    ///
    /// # Errors
    ///
    /// The service manager did not take the report.
    pub fn stopping(&self, wait_hint: Duration) -> Result<()> {
        self.shared.report(|machine| machine.stopping(wait_hint))
    }

    /// The controls that it takes while it runs.
    #[must_use]
    pub fn accepted(&self) -> Accepted {
        locked(&self.shared.machine).accepted()
    }

    /// Takes other controls from now on; reported at once if it runs.
    ///
    /// # Errors
    ///
    /// The service manager did not take the report.
    pub fn accept(&self, controls: Accepted) -> Result<()> {
        self.shared.report(|machine| machine.accept(controls))
    }

    /// Writes to the log; see [`Program`](super::Program).
    pub fn info(&self, text: impl fmt::Display) {
        self.shared.journal.write(Level::Info, &text.to_string());
    }

    /// Writes a warning to the log.
    pub fn warning(&self, text: impl fmt::Display) {
        self.shared.journal.write(Level::Warning, &text.to_string());
    }

    /// Writes an error to the log.
    pub fn error(&self, text: impl fmt::Display) {
        self.shared.journal.write(Level::Error, &text.to_string());
    }

    /// The system's handle of the service's status, to register for events of
    /// devices and power settings with (`SERVICE_STATUS_HANDLE`); `None` in
    /// debug mode. It is not to be closed.
    #[must_use]
    pub fn status_handle(&self) -> Option<usize> {
        self.shared.reporter.handle()
    }

    /// Whether the service says that it has started when it waits.
    fn started(&self) {
        let starts = locked(&self.shared.machine).phase() == Phase::StartPending;
        if starts {
            if let Err(error) = self.running() {
                self.warning(error);
            }
        }
    }
}

/// The controls of a service as they come; see [`Context::controls`].
#[derive(Debug)]
pub struct Controls<'a>(&'a Context);

impl Iterator for Controls<'_> {
    type Item = Control;

    fn next(&mut self) -> Option<Control> {
        self.0.next_control(None)
    }
}

#[cfg(test)]
mod tests;
