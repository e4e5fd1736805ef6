//! Everything about one service.

use std::ffi::OsString;
use std::io::Write as _;

use oslens_service::manager::Service;
use oslens_service::{Accepted, FailureActions, State, Trigger, TriggerKind};

use super::{known, list, service};
use crate::args::high::Settings;
use crate::args::services::SvcNameArgs;
use crate::cell::{Cell, Missing, Value};
use crate::exit::{Exit, Failure};
use crate::json::{self, Node};
use crate::notes::Partial;
use crate::output::Output;
use crate::term::Tone;

const SCHEMA: (&str, u32) = ("svc.show", 1);

type Fact = (&'static str, Cell<'static>);

/// # Errors
///
/// [`Failure::Gone`] when there is no such service.
pub(super) fn run(arguments: &SvcNameArgs, settings: &Settings) -> Result<Exit, Failure> {
    settings.refuse_table_flags("the page of a service")?;
    let service = service(arguments, settings)?;
    let status = service.status()?;
    let facts = facts(&service, &status);
    let mut partial = Partial::default();
    let lacking: Vec<(&'static str, Missing)> = facts
        .iter()
        .filter_map(|(key, cell)| match cell {
            Cell::Missing(why) => Some((*key, *why)),
            Cell::Known(_) => None,
        })
        .collect();
    partial.add_row(&lacking);

    let mut out = Output::stdout();
    let look = &settings.look;
    if settings.json {
        let fields = facts
            .into_iter()
            .map(|(key, cell)| (key, Node::Cell(cell)))
            .collect();
        json::write_page(&mut out, SCHEMA, &look.clock, fields, look.terminal.charset)?;
    } else {
        let width = facts.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
        for (key, cell) in &facts {
            // What it does not have is no news.
            let is_news = match cell {
                Cell::Missing(why) => why.is_partial(),
                Cell::Known(Value::List(items)) => !items.is_empty(),
                Cell::Known(_) => true,
            };
            if !is_news {
                continue;
            }
            let blanks = width - key.len();
            let key = look.terminal.paint(Tone::Heading, key);
            let line = format!("{key}{:blanks$}  {}", "", look.cell(cell));
            writeln!(out, "{line}")?;
        }
    }
    out.finish()?;
    match settings.conclude(&partial, "services") {
        Exit::Done if status.state == State::Stopped => Ok(Exit::NotRunning),
        exit => Ok(exit),
    }
}

fn facts(service: &Service, status: &oslens_service::Status) -> Vec<Fact> {
    let config = known(service.config());
    let delayed = known(service.delayed_start());
    let failure = known(service.failure_actions());
    let of_failure = |of: &dyn Fn(&FailureActions) -> Option<Value<'static>>| match &failure {
        Ok(actions) => Cell::optional(of(actions)),
        Err(why) => Cell::Missing(*why),
    };
    let of_config = |of: &dyn Fn(&oslens_service::Config) -> Option<Value<'static>>| match &config {
        Ok(config) => Cell::optional(of(config)),
        Err(why) => Cell::Missing(*why),
    };
    vec![
        ("name", owned(service.name().to_owned()).into()),
        (
            "display_name",
            of_config(&|config| Some(owned(config.display_name.clone()))),
        ),
        (
            "description",
            optional(known(service.description()), |text| text.map(owned)),
        ),
        ("state", word(status.state.as_str()).into()),
        ("status", owned(status.to_string()).into()),
        (
            "pid",
            Cell::optional(status.pid.map(|pid| Value::Id(pid.into()))),
        ),
        ("accepts", accepts(status.accepted)),
        ("exit_code", Value::Id(status.exit_code.into()).into()),
        (
            "service_code",
            Cell::optional(status.service_code.map(|code| Value::Id(code.into()))),
        ),
        (
            "checkpoint",
            pending(status, Value::Count(status.checkpoint.into())),
        ),
        (
            "wait_hint",
            pending(status, Value::Duration(status.wait_hint)),
        ),
        (
            "start",
            of_config(&|config| Some(word(list::start_word(config, &delayed)))),
        ),
        ("kind", owned(status.kind.to_string()).into()),
        (
            "command",
            of_config(&|config| Some(owned(config.command_line.clone()))),
        ),
        (
            "account",
            of_config(&|config| config.account.clone().map(owned)),
        ),
        (
            "error_control",
            of_config(&|config| Some(word(config.error_control.as_str()))),
        ),
        (
            "group",
            of_config(&|config| config.group.clone().map(owned)),
        ),
        (
            "tag",
            of_config(&|config| config.tag.map(|tag| Value::Id(tag.into()))),
        ),
        (
            "dependencies",
            of_config(&|config| {
                let names = config.dependencies.iter().map(ToString::to_string);
                list_of(names)
            }),
        ),
        (
            "dependents",
            optional(known(service.dependents()), |all| {
                list_of(all.into_iter().map(|entry| entry.name))
            }),
        ),
        ("failure_actions", of_failure(&failure_actions)),
        (
            "failure_reset",
            of_failure(&|actions| actions.reset_after.map(Value::Duration)),
        ),
        (
            "failure_command",
            of_failure(&|actions| actions.command.clone().map(owned)),
        ),
        (
            "failure_on_error",
            optional(known(service.failure_actions_on_error()), |flag| {
                Some(Value::Flag(flag))
            }),
        ),
        (
            "sid_type",
            optional(known(service.sid_type()), |sid| Some(word(sid.as_str()))),
        ),
        (
            "privileges",
            optional(known(service.required_privileges()), list_of),
        ),
        (
            "preshutdown",
            optional(known(service.preshutdown_timeout()), |time| {
                Some(Value::Duration(time))
            }),
        ),
        (
            "triggers",
            optional(known(service.triggers()), |all| {
                list_of(all.iter().map(trigger))
            }),
        ),
        (
            "protection",
            optional(known(service.launch_protection()), |kind| {
                Some(word(kind.as_str()))
            }),
        ),
        (
            "security",
            optional(known(service.security()), |sddl| Some(owned(sddl))),
        ),
    ]
}

fn owned(text: impl Into<OsString>) -> Value<'static> {
    Value::Text(text.into().into())
}

fn word(text: &'static str) -> Value<'static> {
    Value::text(text)
}

/// A list: that there are none is known, too.
fn list_of<T: Into<OsString>>(texts: impl IntoIterator<Item = T>) -> Option<Value<'static>> {
    Some(Value::List(texts.into_iter().map(owned).collect()))
}

fn optional<T>(
    result: Result<T, Missing>,
    value: impl FnOnce(T) -> Option<Value<'static>>,
) -> Cell<'static> {
    match result {
        Ok(known) => Cell::optional(value(known)),
        Err(why) => Cell::Missing(why),
    }
}

/// What means something only on the way from one state to another.
fn pending(status: &oslens_service::Status, value: Value<'static>) -> Cell<'static> {
    Cell::optional(status.state.is_pending().then_some(value))
}

fn accepts(accepted: Accepted) -> Cell<'static> {
    let names = accepted
        .iter_names()
        .map(|(name, _)| name.to_ascii_lowercase());
    Cell::optional(list_of(names))
}

/// `restart/60s`, in order.
fn failure_actions(actions: &FailureActions) -> Option<Value<'static>> {
    list_of(actions.actions.iter().map(|action| {
        let seconds = action.delay.as_secs_f64();
        format!("{}/{seconds}s", action.kind)
    }))
}

fn trigger(trigger: &Trigger) -> String {
    let action = trigger.action;
    match trigger.kind {
        TriggerKind::Other(number) => format!("{action} on trigger {number}"),
        kind => format!("{action} on {kind}"),
    }
}
