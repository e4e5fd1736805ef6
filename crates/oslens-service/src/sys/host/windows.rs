//! Windows: the service manager, its handler, and the console.

use std::{
    ffi::{OsStr, OsString},
    fs::File,
    os::windows::io::{AsHandle, BorrowedHandle},
    path::PathBuf,
    sync::{Arc, Weak},
    time::Duration,
};

use oslens_win32::event::{Event, wait_any};

use crate::{
    Result,
    host::{
        Exit,
        context::{Answer, Reporter, Shared},
        state::Report,
    },
    sys::pal::windows::host as pal,
};

/// An event.
#[derive(Debug)]
pub(crate) struct Signal(Event);

impl Signal {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self(Event::new()?))
    }

    pub(crate) fn set(&self) {
        self.0.set();
    }

    pub(crate) fn reset(&self) {
        self.0.reset();
    }

    pub(crate) fn wait(&self, within: Option<Duration>) -> bool {
        // One event that is ours can always be waited for.
        matches!(wait_any(&[self.0.as_handle()], within), Ok(Some(_)))
    }
}

impl AsHandle for Signal {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.0.as_handle()
    }
}

/// A service's place with the service manager.
pub(crate) struct Registration {
    handler: pal::Handler,
    shared_process: bool,
}

const ERROR_SERVICE_SPECIFIC_ERROR: u32 = 1066;

/// Takes the place, before anything else that can fail: without it nobody can
/// be told that the service stopped.
pub(crate) fn register(name: &OsStr, shared_process: bool) -> Result<Registration> {
    Ok(Registration {
        handler: pal::Handler::register(name)?,
        shared_process,
    })
}

impl Registration {
    /// Gives `shared` what comes, for as long as it is there.
    pub(crate) fn connect(id: usize, shared: Weak<Shared>) {
        pal::connect(
            id,
            Arc::new(move |control, event, data| {
                let shared = shared.upgrade();
                let answer = shared.map_or(Answer::NotActive, |shared| {
                    shared.handle(control, event, data)
                });
                answer.number()
            }),
        );
    }

    /// What [`connect`](Self::connect) knows it by.
    pub(crate) fn id(&self) -> usize {
        self.handler.id()
    }
}

impl Reporter for Registration {
    fn report(&self, report: &Report) -> Result<()> {
        let (exit, specific) = match report.exit {
            Exit::Success => (0, 0),
            Exit::System(code) => (code, 0),
            Exit::Specific(code) => (ERROR_SERVICE_SPECIFIC_ERROR, code),
        };
        let hint = u32::try_from(report.wait_hint.as_millis()).unwrap_or(u32::MAX);
        self.handler.set_status(pal::Status {
            shared_process: self.shared_process,
            state: report.phase as u32,
            accepts: report.accepts.bits(),
            exit,
            specific,
            checkpoint: report.checkpoint,
            wait_hint: hint,
        })
    }

    fn handle(&self) -> Option<usize> {
        Some(self.handler.status_handle())
    }
}

/// Hands this thread to the service manager, which starts services of these
/// names by `main` in threads of theirs: name and arguments. Returns when all
/// of them have stopped.
pub(crate) fn dispatch(
    names: &[OsString],
    main: Box<dyn Fn(OsString, Vec<OsString>) + Send + Sync>,
) -> Result<()> {
    pal::dispatch(names, main)
}

/// Calls this when somebody ends the program from its console, or closes it:
/// whether that is not to end it at once.
pub(crate) fn on_interrupt(asked: Box<dyn Fn(bool) -> bool + Send + Sync>) -> Result<()> {
    pal::on_console_event(asked)
}

/// What this program writes to standard output and error goes there from now
/// on, that of programs that it starts, too.
pub(crate) fn redirect(file: File) -> Result<()> {
    pal::redirect(file)
}

/// A folder that is this user's own, also that of a system account.
pub(crate) fn private_folder() -> Option<PathBuf> {
    std::env::var_os("LOCALAPPDATA").map(PathBuf::from)
}
