//! `oslens perf`: performance counters.

mod list;
mod pick;
mod samples;

use std::ffi::{OsStr, OsString};
use std::time::Duration;

use oslens_counters::{Browser, Error, ErrorKind, Source};

use crate::args::high::Settings;
use crate::args::perf::{PerfArgs, PerfCommand, PerfListArgs, PerfSource};
use crate::cell::Value;
use crate::exit::{Exit, Failure};
use crate::text::{self, Charset};

/// How long rates of counters are measured when nothing is said: providers
/// are slow, and typical tools take a second.
const USUAL_INTERVAL: Duration = Duration::from_secs(1);

/// # Errors
///
/// [`Failure::Gone`] when there is no such object or counter.
pub(super) fn run(arguments: &PerfArgs, settings: &Settings) -> Result<Exit, Failure> {
    settings.refuse_root("performance counters")?;
    match &arguments.command {
        None => list::run(&PerfListArgs::default(), settings),
        Some(PerfCommand::List(arguments)) => list::run(arguments, settings),
        Some(PerfCommand::Get(arguments)) => samples::get(arguments, settings),
        Some(PerfCommand::Watch(arguments)) => samples::watch(arguments, settings),
        Some(PerfCommand::Pick(arguments)) => pick::run(arguments, settings),
    }
}

fn browser(from: &PerfSource) -> Browser {
    let browser = Browser::new().with_source(source(from));
    match &from.machine {
        Some(machine) => browser.with_machine(&machine.to_string_lossy()),
        None => browser,
    }
}

fn source(from: &PerfSource) -> Source {
    match (&from.log, from.registry) {
        (Some(file), _) => Source::Log(file.clone()),
        (None, true) => Source::Registry,
        (None, false) => Source::Automatic,
    }
}

fn utf8(text: &OsStr) -> Result<&str, Failure> {
    text.to_str().ok_or_else(|| {
        Failure::Usage(format!(
            "'{}' is no name of a counter: it is not UTF-8",
            text::neutralise(text, Charset::Unicode)
        ))
    })
}

fn path(object: &str, counter: &str, instance: Option<&str>) -> String {
    match instance {
        Some(instance) => format!(r"\{object}({instance})\{counter}"),
        None => format!(r"\{object}\{counter}"),
    }
}

fn owned(text: impl Into<OsString>) -> Value<'static> {
    Value::Text(text.into().into())
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let line = text::neutralise(error.to_string().as_ref(), Charset::Unicode);
        match error.kind() {
            ErrorKind::NotFound => Self::Gone(line),
            ErrorKind::InvalidInput => Self::Usage(line),
            _ => Self::CannotRun(line),
        }
    }
}
