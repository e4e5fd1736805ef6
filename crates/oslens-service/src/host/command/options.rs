//! From words to a request. Errors name what was wrong.

use std::ffi::{OsStr, OsString};

use super::{Changes, Parsed, Request, VERBS, Verb, WAIT, value};
use crate::Account;

/// An option, as it is parsed and as `help` tells it.
pub(super) struct Flag {
    pub(super) name: &'static str,
    pub(super) value: Value,
    pub(super) meaning: &'static str,
    verbs: &'static [Verb],
    set: fn(&mut Request, &str, Given) -> Result<(), String>,
}

/// Whether an option has a value, and how that is called.
#[derive(Clone, Copy)]
pub(super) enum Value {
    None,
    Optional(&'static str),
    Needed(&'static str),
}

/// The value that was given, if one was.
type Given = Option<OsString>;

const SETTINGS: &[Verb] = &[Verb::Install, Verb::Update];
const ALL: &[Verb] = &[
    Verb::Install,
    Verb::Update,
    Verb::Remove,
    Verb::Start,
    Verb::Stop,
    Verb::Restart,
    Verb::Status,
    Verb::Debug,
];

/// All options, in the order of `help`.
pub(super) const OPTIONS: &[Flag] = &[
    Flag {
        name: "service",
        value: Value::Needed("NAME"),
        meaning: "this service of the program, not all; may be given again",
        verbs: ALL,
        set: |request, _, given| {
            request.services.push(given.unwrap_or_default());
            Ok(())
        },
    },
    Flag {
        name: "startup",
        value: Value::Needed("automatic|delayed|manual|disabled"),
        meaning: "install, update: when it is started",
        verbs: SETTINGS,
        set: |request, name, given| {
            request.changes.startup = Some(value::startup(&text(name, given)?)?);
            Ok(())
        },
    },
    Flag {
        name: "username",
        value: Value::Needed("NAME"),
        meaning: "install, update: who it runs as: LocalSystem, LocalService,\n      \
                  NetworkService, virtual (NT SERVICE\\NAME), .\\USER, DOMAIN\\USER",
        verbs: SETTINGS,
        set: |request, _, given| {
            request.changes.account = Some(value::account(given.unwrap_or_default())?);
            Ok(())
        },
    },
    Flag {
        name: "password-stdin",
        value: Value::None,
        meaning: "install, update: the user's password is the first line of standard input",
        verbs: SETTINGS,
        set: |request, _, _| {
            request.changes.password_stdin = true;
            Ok(())
        },
    },
    Flag {
        name: "display-name",
        value: Value::Needed("TEXT"),
        meaning: "install, update: the name to show to people",
        verbs: SETTINGS,
        set: |request, _, given| {
            request.changes.display_name = given;
            Ok(())
        },
    },
    Flag {
        name: "description",
        value: Value::Needed("TEXT"),
        meaning: "install, update: what it does",
        verbs: SETTINGS,
        set: |request, _, given| {
            request.changes.description = given;
            Ok(())
        },
    },
    Flag {
        name: "depends",
        value: Value::Needed("NAME,+GROUP,…"),
        meaning: "install, update: what has to run before it; none: nothing",
        verbs: SETTINGS,
        set: |request, name, given| {
            request.changes.depends = Some(value::dependencies(&text(name, given)?)?);
            Ok(())
        },
    },
    Flag {
        name: "failure",
        value: Value::Needed("ACTION[/DELAY],…"),
        meaning: "install, update: what is done at its first failure, its second, …:\n      \
                  restart, reboot, run, none; as restart/60s,restart/5m,none",
        verbs: SETTINGS,
        set: |request, name, given| {
            request.changes.failure = Some(value::failure_actions(&text(name, given)?)?);
            Ok(())
        },
    },
    Flag {
        name: "failure-command",
        value: Value::Needed("COMMAND"),
        meaning: "install, update: what --failure run runs",
        verbs: SETTINGS,
        set: |request, _, given| {
            request.changes.failure_command = given;
            Ok(())
        },
    },
    Flag {
        name: "reset-period",
        value: Value::Needed("TIME|never"),
        meaning: "install, update: after how long without failures the next one is the first",
        verbs: SETTINGS,
        set: |request, name, given| {
            let text = text(name, given)?;
            request.changes.reset_period = Some(match &*text {
                "never" => None,
                time => Some(value::duration(time)?),
            });
            Ok(())
        },
    },
    Flag {
        name: "sid-type",
        value: Value::Needed("none|unrestricted|restricted"),
        meaning: "install, update: how its identity is in the token of its process",
        verbs: SETTINGS,
        set: |request, name, given| {
            request.changes.sid_type = Some(value::sid_type(&text(name, given)?)?);
            Ok(())
        },
    },
    Flag {
        name: "preshutdown-timeout",
        value: Value::Needed("TIME"),
        meaning: "install, update: how long a shutdown waits for it",
        verbs: SETTINGS,
        set: |request, name, given| {
            request.changes.preshutdown_timeout = Some(value::duration(&text(name, given)?)?);
            Ok(())
        },
    },
    Flag {
        name: "required-privileges",
        value: Value::Needed("NAME,…"),
        meaning: "install, update: the only privileges that it has",
        verbs: SETTINGS,
        set: |request, name, given| {
            let privileges = value::list(&text(name, given)?)?;
            request.changes.required_privileges =
                Some(privileges.into_iter().map(OsString::from).collect());
            Ok(())
        },
    },
    Flag {
        name: "trigger",
        value: Value::Needed("[start/|stop/]EVENT"),
        meaning: "install, update: an event that starts or stops it: network-on,\n      \
                  network-off, domain-join, domain-leave, machine-policy, user-policy,\n      \
                  pipe:NAME, device:CLASS-GUID; none: no events; may be given again",
        verbs: SETTINGS,
        set: |request, name, given| {
            let text = text(name, given)?;
            let triggers = request.changes.triggers.get_or_insert_with(Vec::new);
            if text != "none" {
                triggers.push(value::trigger(&text)?);
            }
            Ok(())
        },
    },
    Flag {
        name: "wait",
        value: Value::Optional("SECONDS"),
        meaning: "start, stop, remove: until it is done, at most 30 s or so long; restart\n      \
                  always waits",
        verbs: &[Verb::Remove, Verb::Start, Verb::Stop, Verb::Restart],
        set: |request, name, given| {
            request.wait = Some(match given {
                None => WAIT,
                given => value::duration(&text(name, given)?)?,
            });
            Ok(())
        },
    },
    Flag {
        name: "with-dependents",
        value: Value::None,
        meaning: "stop, remove: stop what depends on it, too; restart always does",
        verbs: &[Verb::Remove, Verb::Stop, Verb::Restart],
        set: |request, _, _| {
            request.with_dependents = true;
            Ok(())
        },
    },
    Flag {
        name: "stop",
        value: Value::None,
        meaning: "remove: stop it first; else it is gone once it has stopped",
        verbs: &[Verb::Remove],
        set: |request, _, _| {
            request.stop = true;
            Ok(())
        },
    },
    Flag {
        name: "machine",
        value: Value::Needed("NAME"),
        meaning: "start, stop, restart, status: on that machine",
        verbs: &[Verb::Start, Verb::Stop, Verb::Restart, Verb::Status],
        set: |request, _, given| {
            request.machine = given;
            Ok(())
        },
    },
];

fn text(name: &str, given: Given) -> Result<String, String> {
    let given = given.unwrap_or_default();
    given
        .into_string()
        .map_err(|given| format!("--{name}: {given:?} is no text"))
}

/// What a command line says. Options may stand anywhere before `--`.
pub(in crate::host) fn parse(arguments: &[OsString]) -> Result<Parsed, String> {
    let is_help =
        |word: &OsString| word == "--help" || word == "-h" || word == "-?" || word == "/?";
    let Some((first, rest)) = arguments.split_first() else {
        return Ok(Parsed::NoCommand);
    };
    if is_help(first) || first == "help" {
        return Ok(Parsed::Help);
    }
    let Some(&(word, verb, _)) = VERBS.iter().find(|(word, ..)| first == word) else {
        return Ok(Parsed::NoCommand);
    };
    let mut request = Request {
        verb,
        services: Vec::new(),
        machine: None,
        wait: None,
        with_dependents: false,
        stop: false,
        args: Vec::new(),
        changes: Changes::default(),
    };
    let mut rest = rest.iter();
    while let Some(argument) = rest.next() {
        if argument == "--" {
            request.args.extend(rest.by_ref().cloned());
            break;
        }
        if is_help(argument) {
            return Ok(Parsed::Help);
        }
        let Some((name, given)) = option(argument) else {
            request.args.push(argument.clone());
            continue;
        };
        if name == "password" {
            return Err(
                "--password: every user of this machine could read it; use --password-stdin"
                    .to_owned(),
            );
        }
        let Some(option) = OPTIONS.iter().find(|option| option.name == name) else {
            return Err(format!("--{name} is no option"));
        };
        if !option.verbs.contains(&verb) {
            return Err(format!("--{name} is no option of {word}"));
        }
        let given = match (option.value, given) {
            (Value::None, Some(_)) => return Err(format!("--{name} takes no value")),
            (Value::Needed(form), None) => match rest.next() {
                // A forgotten value is not the next option.
                Some(next) if !next.to_string_lossy().starts_with("--") => Some(next.clone()),
                _ => return Err(format!("--{name} needs a value: --{name} {form}")),
            },
            (_, given) => given,
        };
        (option.set)(&mut request, name.as_str(), given)
            .map_err(|reason| prefixed(&name, reason))?;
    }
    check(word, &request)?;
    Ok(Parsed::Request(Box::new(request)))
}

fn prefixed(name: &str, reason: String) -> String {
    let option = format!("--{name}");
    if reason.starts_with(&option) {
        reason
    } else {
        format!("{option}: {reason}")
    }
}

/// Name and value of `--name=value`, or the name alone; `None` for what is no
/// option.
fn option(argument: &OsStr) -> Option<(String, Given)> {
    let text = argument.to_string_lossy();
    let rest = text.strip_prefix("--")?;
    let Some((name, _)) = rest.split_once('=') else {
        return Some((rest.to_owned(), None));
    };
    let value = after(argument, 2 + name.len() + 1)?;
    Some((name.to_owned(), Some(value)))
}

/// What follows so many ASCII bytes.
#[cfg(unix)]
fn after(argument: &OsStr, bytes: usize) -> Option<OsString> {
    use std::os::unix::ffi::OsStrExt as _;
    argument
        .as_bytes()
        .get(bytes..)
        .map(|rest| OsStr::from_bytes(rest).to_owned())
}

/// What follows so many ASCII units.
#[cfg(windows)]
fn after(argument: &OsStr, units: usize) -> Option<OsString> {
    use std::os::windows::ffi::{OsStrExt as _, OsStringExt as _};
    let rest: Vec<u16> = argument.encode_wide().skip(units).collect();
    Some(OsString::from_wide(&rest))
}

#[cfg(not(any(unix, windows)))]
fn after(argument: &OsStr, bytes: usize) -> Option<OsString> {
    argument.to_str()?.get(bytes..).map(OsString::from)
}

/// What options say together.
fn check(word: &str, request: &Request) -> Result<(), String> {
    let takes_arguments = matches!(request.verb, Verb::Start | Verb::Restart | Verb::Debug);
    if let (false, Some(first)) = (takes_arguments, request.args.first()) {
        return Err(format!(
            "{word} takes no arguments: {}",
            first.to_string_lossy()
        ));
    }
    let changes = &request.changes;
    let user = matches!(changes.account, Some(Account::User { .. }));
    if changes.password_stdin && !user {
        return Err("--password-stdin needs --username with a user".to_owned());
    }
    let runs = |actions: &Vec<crate::FailureAction>| {
        let run = crate::FailureActionKind::RunCommand;
        actions.iter().any(|action| action.kind == run)
    };
    if changes.failure.as_ref().is_some_and(runs) && changes.failure_command.is_none() {
        return Err("--failure run needs --failure-command".to_owned());
    }
    if request.verb == Verb::Remove && !request.stop && request.with_dependents {
        return Err("--with-dependents of remove needs --stop".to_owned());
    }
    Ok(())
}
