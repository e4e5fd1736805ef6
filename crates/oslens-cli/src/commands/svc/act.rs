//! What changes something: start, stop, restart, pause, enable, wait.

use std::ffi::OsStr;
use std::io::Write as _;

use oslens_service::manager::Service;
use oslens_service::{Control, ErrorKind, ServiceSpec, StartType, State, Status};

use super::{manager, service};
use crate::args::high::Settings;
use crate::args::services::{Code, StartWord, StateWord, SvcCommand, SvcEnableArgs, USUAL_WAIT};
use crate::cell::Value;
use crate::exit::{Exit, Failure};
use crate::json::{self, Node};
use crate::output::Output;
use crate::text;

const SCHEMA: (&str, u32) = ("svc.act", 1);

/// # Errors
///
/// What kept it from being done.
pub(super) fn run(command: &SvcCommand, settings: &Settings) -> Result<Exit, Failure> {
    settings.refuse_table_flags("what changes a service")?;
    let within = settings.given_timeout.unwrap_or(USUAL_WAIT);
    let (service, status) = match command {
        SvcCommand::Start(start) => {
            let service = service(&start.act.of, settings)?;
            let status = if start.act.no_wait {
                service.start(&start.arguments)?;
                service.status()?
            } else {
                service.start_and_wait(&start.arguments, within)?
            };
            (service, status)
        }
        SvcCommand::Stop(stop) => {
            let service = service(&stop.act.of, settings)?;
            if stop.with_dependents {
                if stop.act.no_wait {
                    return Err(Failure::Usage(
                        "'--no-wait' cannot be used with '--with-dependents': each is waited for \
                         before the next (see --help)"
                            .to_owned(),
                    ));
                }
                for name in service.stop_with_dependents(within)? {
                    settings.note(&format!("{} was stopped, too", shown(&name, settings)));
                }
                let status = service.status()?;
                (service, status)
            } else {
                let status = match stop.act.no_wait {
                    true => service.stop().and_then(|()| service.status())?,
                    false => service.stop_and_wait(within)?,
                };
                (service, status)
            }
        }
        SvcCommand::Restart(restart) => {
            let service = service(&restart.of, settings)?;
            let status = service.restart(&restart.arguments, within)?;
            (service, status)
        }
        SvcCommand::Pause(pause) => {
            let service = service(&pause.of, settings)?;
            service.pause()?;
            let status = match pause.no_wait {
                true => service.status()?,
                false => service.wait_for(State::Paused, within)?,
            };
            (service, status)
        }
        SvcCommand::Continue(resume) => {
            let service = service(&resume.of, settings)?;
            service.resume()?;
            let status = match resume.no_wait {
                true => service.status()?,
                false => service.wait_for(State::Running, within)?,
            };
            (service, status)
        }
        SvcCommand::Wait(wait) => {
            let service = service(&wait.of, settings)?;
            let status = service.wait_for(state(wait.state), within)?;
            (service, status)
        }
        SvcCommand::Control(control) => {
            let service = service(&control.of, settings)?;
            service.control(match control.code {
                Code::ParamChange => Control::PARAM_CHANGE,
                Code::Own(code) => Control::custom(code)?,
            })?;
            let status = service.status()?;
            (service, status)
        }
        SvcCommand::Enable(arguments) => return enable(arguments, settings),
        SvcCommand::Disable(arguments) => {
            let service = service(arguments, settings)?;
            service.disable()?;
            return report(&service, &service.status()?, "disabled", settings);
        }
        SvcCommand::List(_) | SvcCommand::Show(_) | SvcCommand::Dependents(_) => {
            return Err(Failure::Usage("this changes nothing".to_owned()));
        }
    };
    report(&service, &status, &status.to_string(), settings)
}

fn enable(arguments: &SvcEnableArgs, settings: &Settings) -> Result<Exit, Failure> {
    let service = service(&arguments.of, settings)?;
    let (start, delayed, done) = match arguments.start {
        StartWord::Auto => (StartType::Automatic, Some(false), "starts with the system"),
        StartWord::Delayed => (
            StartType::Automatic,
            Some(true),
            "starts soon after the system",
        ),
        StartWord::Manual => (StartType::Manual, None, "starts when it is asked for"),
    };
    let manager = manager(&arguments.of.on, settings)?;
    let change = |delayed: Option<bool>| {
        let mut spec = ServiceSpec::changes(service.name()).start_type(start);
        if let Some(delayed) = delayed {
            spec = spec.delayed_start(delayed);
        }
        manager.update(&spec)
    };
    match change(delayed) {
        // It could not be delayed before either.
        Err(error) if delayed == Some(false) && error.kind() == ErrorKind::Unsupported => {
            change(None)?
        }
        changed => changed?,
    };
    report(&service, &service.status()?, done, settings)
}

fn state(word: StateWord) -> State {
    match word {
        StateWord::Running => State::Running,
        StateWord::Stopped => State::Stopped,
        StateWord::Paused => State::Paused,
    }
}

fn shown(name: &OsStr, settings: &Settings) -> String {
    text::neutralise(name, settings.look.terminal.charset)
}

/// `Spooler: running, process 812`.
fn report(
    service: &Service,
    status: &Status,
    done: &str,
    settings: &Settings,
) -> Result<Exit, Failure> {
    let mut out = Output::stdout();
    if settings.json {
        let fields: Vec<(&'static str, Node<'_>)> = vec![
            ("name", Value::text(service.name()).into()),
            ("state", Value::text(status.state.as_str()).into()),
            (
                "pid",
                crate::cell::Cell::optional(status.pid.map(|pid| Value::Id(pid.into()))).into(),
            ),
            ("done", Value::text(done).into()),
        ];
        let charset = settings.look.terminal.charset;
        json::write_page(&mut out, SCHEMA, &settings.look.clock, fields, charset)?;
    } else {
        let done = text::neutralise(done.as_ref(), settings.look.terminal.charset);
        writeln!(out, "{}: {done}", shown(service.name(), settings))?;
    }
    out.finish()?;
    Ok(Exit::Done)
}
