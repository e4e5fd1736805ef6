//! The command line of a program with services.

mod execute;
mod options;
mod value;

use std::{ffi::OsString, fmt::Write as _, time::Duration};

use super::Program;
use crate::{Account, Dependency, FailureAction, ServiceSpec, SidType, StartType, Trigger};

pub(super) use self::execute::execute;
pub(super) use self::options::parse;

pub(super) const WRONG_USAGE: u8 = 2;
pub(super) const NOT_RUNNING: u8 = 3;
pub(super) const NO_SUCH_SERVICE: u8 = 4;
pub(super) const ACCESS_DENIED: u8 = 5;
pub(super) const TIMED_OUT: u8 = 6;
pub(super) const FAILED_ITSELF: u8 = 7;

/// How long `--wait` waits unless it says.
const WAIT: Duration = Duration::from_secs(30);

/// What a command line says.
#[derive(Debug, PartialEq)]
pub(super) enum Parsed {
    Request(Box<Request>),
    Help,
    /// It does not begin with a command.
    NoCommand,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Install,
    Update,
    Remove,
    Start,
    Stop,
    Restart,
    Status,
    Debug,
}

const VERBS: &[(&str, Verb, &str)] = &[
    (
        "install",
        Verb::Install,
        "install, or update what is installed",
    ),
    ("update", Verb::Update, "change what is installed"),
    ("remove", Verb::Remove, "remove"),
    (
        "start",
        Verb::Start,
        "start, with the arguments that follow",
    ),
    ("stop", Verb::Stop, "stop"),
    ("restart", Verb::Restart, "stop and start, dependents too"),
    ("status", Verb::Status, "say what it is doing"),
    ("debug", Verb::Debug, "run here, until Ctrl-C"),
];

/// A command with its options.
#[derive(Debug, PartialEq)]
pub(super) struct Request {
    pub(super) verb: Verb,
    /// Those that are meant; none: all.
    pub(super) services: Vec<OsString>,
    pub(super) machine: Option<OsString>,
    /// How long it waits until it is done; `None`: not at all.
    pub(super) wait: Option<Duration>,
    pub(super) with_dependents: bool,
    /// Stop it before it is removed.
    pub(super) stop: bool,
    pub(super) args: Vec<OsString>,
    pub(super) changes: Changes,
}

/// What the options say of a service.
#[derive(Debug, PartialEq, Default)]
pub(super) struct Changes {
    pub(super) account: Option<Account>,
    pub(super) password_stdin: bool,
    /// When it starts, and whether late.
    pub(super) startup: Option<(StartType, bool)>,
    pub(super) display_name: Option<OsString>,
    pub(super) description: Option<OsString>,
    pub(super) depends: Option<Vec<Dependency>>,
    pub(super) failure: Option<Vec<FailureAction>>,
    pub(super) failure_command: Option<OsString>,
    /// `Some(None)`: never.
    pub(super) reset_period: Option<Option<Duration>>,
    pub(super) sid_type: Option<SidType>,
    pub(super) preshutdown_timeout: Option<Duration>,
    pub(super) required_privileges: Option<Vec<OsString>>,
    pub(super) triggers: Option<Vec<Trigger>>,
}

impl Changes {
    /// The specification with these changes.
    pub(super) fn apply(&self, mut spec: ServiceSpec) -> ServiceSpec {
        if let Some(account) = &self.account {
            spec.account = Some(account.clone());
        }
        if let Some((start_type, delayed)) = self.startup {
            spec.start_type = Some(start_type);
            // Only a service that starts by itself can be late.
            spec.delayed_start = (start_type == StartType::Automatic).then_some(delayed);
        }
        replace(&mut spec.display_name, &self.display_name);
        replace(&mut spec.description, &self.description);
        replace(&mut spec.dependencies, &self.depends);
        replace(&mut spec.sid_type, &self.sid_type);
        replace(&mut spec.preshutdown_timeout, &self.preshutdown_timeout);
        replace(&mut spec.required_privileges, &self.required_privileges);
        replace(&mut spec.triggers, &self.triggers);
        if self.failure.is_some() || self.failure_command.is_some() || self.reset_period.is_some() {
            let mut actions = spec.failure_actions.take().unwrap_or_default();
            if let Some(failure) = &self.failure {
                actions.actions.clone_from(failure);
                // A service that says that it failed has failed, too: without
                // this only those are restarted that vanish.
                spec.failure_actions_on_error = Some(!failure.is_empty());
            }
            replace(&mut actions.command, &self.failure_command);
            if let Some(reset) = self.reset_period {
                actions.reset_after = reset;
            }
            spec.failure_actions = Some(actions);
        }
        spec
    }
}

fn replace<T: Clone>(to: &mut Option<T>, from: &Option<T>) {
    if from.is_some() {
        to.clone_from(from);
    }
}

/// The page that `help` prints.
pub(super) fn help(program: &Program) -> String {
    let mut page = String::new();
    let name = std::env::current_exe().unwrap_or_default();
    let name = name.file_stem().unwrap_or_default().to_string_lossy();
    let _ = writeln!(page, "Usage: {name} COMMAND [OPTIONS] [-- ARGUMENTS]\n");
    page.push_str("Services of this program:\n");
    for hosted in &program.services {
        let description = hosted.spec.description.clone().unwrap_or_default();
        let service = hosted.name().to_string_lossy();
        let line = format!("  {service:<12} {}", description.to_string_lossy());
        let _ = writeln!(page, "{}", line.trim_end());
    }
    page.push_str("\nCommands:\n");
    for (word, _, meaning) in VERBS {
        let _ = writeln!(page, "  {word:<12} {meaning}");
    }
    page.push_str("  help         this page\n\nOptions:\n");
    for option in options::OPTIONS {
        let form = match option.value {
            options::Value::None => format!("--{}", option.name),
            options::Value::Optional(value) => format!("--{}[={value}]", option.name),
            options::Value::Needed(value) => format!("--{} {value}", option.name),
        };
        let _ = writeln!(page, "  {form}\n      {}", option.meaning);
    }
    page.push_str(
        "\nExit codes: 0 done, or it runs; 1 failed; 2 wrong command line; 3 it does not\n\
         run; 4 no such service; 5 access denied; 6 a deadline passed or no answer; 7 the\n\
         service ended with an error.\n",
    );
    page
}

#[cfg(test)]
mod tests;
