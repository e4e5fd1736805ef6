//! Doing what a command says.

use std::{
    ffi::{OsStr, OsString},
    fmt, io,
    sync::Arc,
};

use super::{
    ACCESS_DENIED, FAILED_ITSELF, NO_SUCH_SERVICE, NOT_RUNNING, Request, TIMED_OUT, Verb, WAIT,
    WRONG_USAGE,
};
use crate::{
    Account, Error, ErrorKind, Manager, Password, Result, ServiceSpec, State,
    host::{
        Failure, Program,
        output::tell,
        program::{Hosted, same},
    },
    manager::Service,
};

/// Where a command says what it did and what it could not do.
pub(super) struct Outcome<'a> {
    out: &'a mut dyn io::Write,
    /// The first failure's.
    code: u8,
}

impl Outcome<'_> {
    fn say(&mut self, service: &OsStr, what: impl fmt::Display) {
        let _ = writeln!(self.out, "{}: {what}", service.to_string_lossy());
    }

    /// A failure is told, and the next service is taken.
    fn failed(&mut self, code: u8, what: impl fmt::Display) {
        tell(&format!("error: {what}\n"));
        if self.code == 0 {
            self.code = code;
        }
    }

    fn error(&mut self, error: &Error) {
        let hint = match error.kind() {
            ErrorKind::AccessDenied => " (administrators may)",
            ErrorKind::DependentsRunning => " (--with-dependents stops them, too)",
            _ => "",
        };
        self.failed(code_of(error), format!("{error}{hint}"));
    }
}

fn code_of(error: &Error) -> u8 {
    match error.kind() {
        ErrorKind::InvalidInput => WRONG_USAGE,
        ErrorKind::NotFound => NO_SUCH_SERVICE,
        ErrorKind::AccessDenied => ACCESS_DENIED,
        ErrorKind::TimedOut | ErrorKind::NoAnswer => TIMED_OUT,
        ErrorKind::Failed | ErrorKind::Crashed => FAILED_ITSELF,
        _ => 1,
    }
}

/// Does it; the exit code.
pub(in crate::host) fn execute(program: Program, mut request: Request) -> u8 {
    let mut stdout = io::stdout();
    let mut outcome = Outcome {
        out: &mut stdout,
        code: 0,
    };
    if let Some(stranger) = stranger(&program, &request.services) {
        let stranger = stranger.to_string_lossy();
        let reason = format!("--service {stranger}: this program has no such service");
        outcome.failed(WRONG_USAGE, reason);
        return outcome.code;
    }
    if request.verb == Verb::Debug {
        let names: Vec<OsString> = chosen(&program, &request)
            .map(|hosted| hosted.name().to_owned())
            .collect();
        return Arc::new(program).debug(&names, &request.args);
    }
    let manager = match &request.machine {
        None => Manager::local(),
        Some(machine) => Manager::remote(machine),
    };
    let ready = manager.and_then(|manager| {
        read_password(&mut request)?;
        Ok(manager)
    });
    match ready {
        Ok(manager) => carry_out(&manager, &program, &request, &mut outcome),
        Err(error) => outcome.error(&error),
    }
    outcome.code
}

fn stranger<'a>(program: &Program, services: &'a [OsString]) -> Option<&'a OsString> {
    let known = |name: &OsString| {
        let mut all = program.services.iter();
        all.any(|hosted| same(hosted.name(), name))
    };
    services.iter().find(|name| !known(name))
}

fn chosen<'a>(
    program: &'a Program,
    request: &'a Request,
) -> impl DoubleEndedIterator<Item = &'a Hosted> {
    program.services.iter().filter(|hosted| {
        let mut names = request.services.iter();
        request.services.is_empty() || names.any(|name| same(hosted.name(), name))
    })
}

fn read_password(request: &mut Request) -> Result<()> {
    if !request.changes.password_stdin {
        return Ok(());
    }
    let Some(Account::User { password, .. }) = &mut request.changes.account else {
        return Ok(());
    };
    let mut line = String::new();
    io::stdin().read_line(&mut line).map_err(|error| {
        Error::message(ErrorKind::InvalidInput, format!("standard input: {error}"))
    })?;
    let length = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(length);
    if line.is_empty() {
        let message = "standard input: there is no password";
        return Err(Error::message(ErrorKind::InvalidInput, message));
    }
    *password = Some(Password::new(line));
    Ok(())
}

/// Does it with each of the services that are meant: stopping goes backwards.
pub(super) fn carry_out(
    manager: &Manager,
    program: &Program,
    request: &Request,
    outcome: &mut Outcome<'_>,
) {
    let backwards = matches!(request.verb, Verb::Stop | Verb::Remove);
    let mut services: Vec<&Hosted> = chosen(program, request).collect();
    if backwards {
        services.reverse();
    }
    for hosted in services {
        let service = manager.service(hosted.name());
        let done = match request.verb {
            Verb::Install | Verb::Update => {
                install(manager, program, hosted, request, outcome);
                continue;
            }
            Verb::Remove => {
                remove(&service, program, request, outcome);
                continue;
            }
            Verb::Start => start(&service, request),
            Verb::Stop => stop(&service, request),
            Verb::Restart => {
                let each = request.wait.unwrap_or(WAIT);
                service
                    .restart(&request.args, each)
                    .map(|status| status.to_string())
            }
            Verb::Status => service.status().map(|status| {
                if status.state == State::Stopped && outcome.code == 0 {
                    outcome.code = NOT_RUNNING;
                }
                status.to_string()
            }),
            // Done without a manager.
            Verb::Debug => continue,
        };
        match done {
            Ok(what) => outcome.say(hosted.name(), what),
            Err(error) => outcome.error(&error),
        }
    }
}

fn start(service: &Service, request: &Request) -> Result<String> {
    let started = match request.wait {
        None => service
            .start(&request.args)
            .map(|()| "is starting".to_owned()),
        Some(wait) => service
            .start_and_wait(&request.args, wait)
            .map(|status| status.to_string()),
    };
    match started {
        Err(error) if error.kind() == ErrorKind::AlreadyRunning => Ok("runs already".to_owned()),
        other => other,
    }
}

fn stop(service: &Service, request: &Request) -> Result<String> {
    let stopped = match (request.with_dependents, request.wait) {
        (true, wait) => service
            .stop_with_dependents(wait.unwrap_or(WAIT))
            .map(|dependents| and_dependents("stopped", &dependents)),
        (false, None) => service.stop().map(|()| "is stopping".to_owned()),
        (false, Some(wait)) => service.stop_and_wait(wait).map(|status| status.to_string()),
    };
    match stopped {
        Err(error) if error.kind() == ErrorKind::NotRunning => Ok("does not run".to_owned()),
        other => other,
    }
}

fn and_dependents(what: &str, dependents: &[OsString]) -> String {
    if dependents.is_empty() {
        return what.to_owned();
    }
    let names: Vec<_> = dependents
        .iter()
        .map(|name| name.to_string_lossy())
        .collect();
    format!("{what}, and before it {}", names.join(", "))
}

/// Installs a service or updates it, and then what comes with it. A service
/// that is new goes again when that fails.
fn install(
    manager: &Manager,
    program: &Program,
    hosted: &Hosted,
    request: &Request,
    outcome: &mut Outcome<'_>,
) {
    let name = hosted.name();
    let spec = match complete(request.changes.apply(hosted.spec.clone())) {
        Ok(spec) => spec,
        Err(error) => return outcome.failed(1, error),
    };
    let installed = match request.verb {
        Verb::Update => manager.update(&spec).map(|service| (service, false)),
        _ => match manager.install(&spec) {
            Err(error) if error.kind() == ErrorKind::Exists && has(manager, name) => {
                manager.update(&spec).map(|service| (service, false))
            }
            other => other.map(|service| (service, true)),
        },
    };
    let (service, new) = match installed {
        Ok(installed) => installed,
        Err(error) => return outcome.error(&error),
    };
    for (at, extra) in program.extras.iter().enumerate() {
        let Err(failure) = extra.install(name, &spec.program) else {
            continue;
        };
        outcome.failed(1, format!("{}: {failure}", name.to_string_lossy()));
        if new {
            // The one that failed may have set up a part.
            for extra in program.extras.iter().take(at + 1).rev() {
                if let Err(failure) = extra.remove(name) {
                    outcome.failed(1, failure);
                }
            }
            match service.delete() {
                Ok(()) => outcome.say(name, "not installed"),
                Err(error) => outcome.error(&error),
            }
        }
        return;
    }
    outcome.say(name, if new { "installed" } else { "updated" });
}

/// Whether it is that name which is taken, and not its display name.
fn has(manager: &Manager, name: &OsStr) -> bool {
    manager.exists(name).unwrap_or(false)
}

/// The specification, of this executable where it names none.
fn complete(mut spec: ServiceSpec) -> Result<ServiceSpec, Failure> {
    if spec.program.as_os_str().is_empty() {
        spec.program = std::env::current_exe()?;
    }
    Ok(spec)
}

/// Removes a service, and what comes with it even where the service is gone.
fn remove(service: &Service, program: &Program, request: &Request, outcome: &mut Outcome<'_>) {
    let name = service.name();
    match delete(service, request) {
        Ok(what) => outcome.say(name, what),
        Err(error) if error.kind() == ErrorKind::NotFound => outcome.error(&error),
        // It is still there, and still needs what it needs.
        Err(error) => return outcome.error(&error),
    }
    for extra in program.extras.iter().rev() {
        if let Err(failure) = extra.remove(name) {
            outcome.failed(1, format!("{}: {failure}", name.to_string_lossy()));
        }
    }
}

fn delete(service: &Service, request: &Request) -> Result<String> {
    let wait = request.wait.unwrap_or(WAIT);
    let mut stopped = Vec::new();
    if request.with_dependents {
        stopped = service.stop_with_dependents(wait)?;
    }
    if request.stop {
        service.remove(wait)?;
        return Ok(and_dependents("removed", &stopped));
    }
    match service.delete() {
        Err(error) if error.kind() == ErrorKind::MarkedForDeletion => {}
        deleted => deleted?,
    }
    if request.wait.is_some() {
        service.wait_until_gone(wait)?;
        return Ok("removed".to_owned());
    }
    // Gone at once where it does not run.
    match service.status() {
        Ok(status) if status.state != State::Stopped => Ok(format!(
            "removed as soon as it stops; it is {status} (--stop stops it)"
        )),
        _ => Ok("removed".to_owned()),
    }
}

#[cfg(test)]
mod tests;
