//! `oslens svc`: services.

mod act;
mod list;
mod page;

use oslens_service::manager::Service;
use oslens_service::{Error, ErrorKind, Manager};

use crate::args::high::Settings;
use crate::args::services::{Machine, SvcArgs, SvcCommand, SvcListArgs, SvcNameArgs};
use crate::cell::Missing;
use crate::deadline;
use crate::exit::{Exit, Failure};
use crate::text::{self, Charset};

/// # Errors
///
/// [`Failure::Gone`] when there is no such service, and what the service
/// manager refuses.
pub(super) fn run(arguments: &SvcArgs, settings: &Settings) -> Result<Exit, Failure> {
    settings.refuse_root("services")?;
    match &arguments.command {
        None => list::run(&SvcListArgs::default(), settings),
        Some(SvcCommand::List(arguments)) => list::run(arguments, settings),
        Some(SvcCommand::Dependents(arguments)) => list::dependents(arguments, settings),
        Some(SvcCommand::Show(arguments)) => page::run(arguments, settings),
        Some(act) => act::run(act, settings),
    }
}

fn manager(of: &Machine, settings: &Settings) -> Result<Manager, Failure> {
    let Some(machine) = of.machine.clone() else {
        return Ok(Manager::local()?);
    };
    deadline::answer(settings, move || Ok(Manager::remote(machine)?))
}

fn service(of: &SvcNameArgs, settings: &Settings) -> Result<Service, Failure> {
    Ok(manager(&of.on, settings)?.get(&of.name)?)
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let line = text::neutralise(error.to_string().as_ref(), Charset::Unicode);
        match error.kind() {
            ErrorKind::NotFound => Self::Gone(line),
            ErrorKind::InvalidInput => Self::Usage(line),
            ErrorKind::DependentsRunning => Self::CannotRun(format!(
                "{line} ('oslens svc dependents' lists them, 'svc stop --with-dependents' stops \
                 them first)"
            )),
            _ => Self::CannotRun(line),
        }
    }
}

impl From<&Error> for Missing {
    fn from(error: &Error) -> Self {
        match error.kind() {
            ErrorKind::AccessDenied => Self::Denied,
            ErrorKind::TimedOut | ErrorKind::Unreachable => Self::TimedOut,
            ErrorKind::Malformed => Self::Malformed,
            ErrorKind::Unsupported => Self::Unsupported,
            ErrorKind::NotFound | ErrorKind::MarkedForDeletion => Self::Gone,
            _ => Self::Failed,
        }
    }
}

/// What could be asked, or why not.
fn known<T>(result: oslens_service::Result<T>) -> Result<T, Missing> {
    result.map_err(|error| Missing::from(&error))
}
