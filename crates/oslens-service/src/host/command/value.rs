//! The values of options.

use std::{ffi::OsString, time::Duration};

use crate::{
    Account, Dependency, FailureAction, FailureActionKind, Guid, SidType, StartType, Trigger,
    TriggerAction, TriggerKind,
};

/// A time: a number of seconds, or with `ms`, `s`, `m`, `h` or `d`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is no time; write 90, 90s, 500ms, 5m, 2h or 1d");
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let seconds = |each: u64| number.checked_mul(each).map(Duration::from_secs);
    match unit {
        "" | "s" => seconds(1),
        "ms" => Some(Duration::from_millis(number)),
        "m" => seconds(60),
        "h" => seconds(3600),
        "d" => seconds(86_400),
        _ => None,
    }
    .ok_or_else(wrong)
}

pub(super) fn startup(text: &str) -> Result<(StartType, bool), String> {
    Ok(match text {
        "automatic" | "auto" => (StartType::Automatic, false),
        "delayed" => (StartType::Automatic, true),
        "manual" | "demand" => (StartType::Manual, false),
        "disabled" => (StartType::Disabled, false),
        _ => {
            return Err(format!(
                "{text:?} is none of automatic, delayed, manual and disabled"
            ));
        }
    })
}

pub(super) fn sid_type(text: &str) -> Result<SidType, String> {
    Ok(match text {
        "none" => SidType::None,
        "unrestricted" => SidType::Unrestricted,
        "restricted" => SidType::Restricted,
        _ => {
            return Err(format!(
                "{text:?} is none of none, unrestricted and restricted"
            ));
        }
    })
}

pub(super) fn account(name: OsString) -> Result<Account, String> {
    let lower = name.to_string_lossy().to_lowercase();
    let bare = lower.strip_prefix("nt authority\\").unwrap_or(&lower);
    Ok(match bare {
        "" => return Err("a name is missing".to_owned()),
        "localsystem" | "system" => Account::LocalSystem,
        "localservice" | "local service" => Account::LocalService,
        "networkservice" | "network service" => Account::NetworkService,
        "virtual" => Account::Virtual,
        _ => Account::User {
            name,
            password: None,
        },
    })
}

/// Words with commas between them; `none` and nothing are no words.
pub(super) fn list(text: &str) -> Result<Vec<String>, String> {
    if text == "none" || text.is_empty() {
        return Ok(Vec::new());
    }
    text.split(',')
        .map(|word| match word.trim() {
            "" => Err(format!("{text:?} has an empty place")),
            word => Ok(word.to_owned()),
        })
        .collect()
}

pub(super) fn dependencies(text: &str) -> Result<Vec<Dependency>, String> {
    let words = list(text)?;
    words
        .into_iter()
        .map(|word| match word.strip_prefix('+') {
            Some("") => Err(format!("{text:?} has a group without a name")),
            Some(group) => Ok(Dependency::Group(group.into())),
            None => Ok(Dependency::Service(word.into())),
        })
        .collect()
}

pub(super) fn failure_actions(text: &str) -> Result<Vec<FailureAction>, String> {
    if text == "none" {
        return Ok(Vec::new());
    }
    list(text)?
        .iter()
        .map(|word| failure_action(word))
        .collect()
}

/// Restarts wait a minute unless they say otherwise: a service that fails at
/// its start would otherwise fail all the time.
fn failure_action(text: &str) -> Result<FailureAction, String> {
    let (word, delay) = match text.split_once('/') {
        Some((word, delay)) => (word, Some(duration(delay)?)),
        None => (text, None),
    };
    let (kind, usual) = match word {
        "none" => (FailureActionKind::None, 0),
        "restart" => (FailureActionKind::Restart, 60),
        "reboot" => (FailureActionKind::Reboot, 60),
        "run" => (FailureActionKind::RunCommand, 0),
        _ => {
            return Err(format!("{word:?} is none of restart, reboot, run and none"));
        }
    };
    let delay = delay.unwrap_or(Duration::from_secs(usual));
    Ok(FailureAction { kind, delay })
}

pub(super) fn trigger(text: &str) -> Result<Trigger, String> {
    let (action, event) = match text.split_once('/') {
        Some(("start", event)) => (TriggerAction::Start, event),
        Some(("stop", event)) => (TriggerAction::Stop, event),
        Some((word, _)) => return Err(format!("{word:?} is none of start and stop")),
        None => (TriggerAction::Start, text),
    };
    let policy = |which| Trigger::new(TriggerKind::GroupPolicy, which, action);
    Ok(match event.split_once(':') {
        Some(("pipe", name)) if !name.is_empty() => {
            if action == TriggerAction::Stop {
                return Err("a pipe only starts a service".to_owned());
            }
            Trigger::named_pipe(name)
        }
        Some(("device", class)) => {
            let class: Guid = class
                .parse()
                .map_err(|error| format!("{class:?} is {error}"))?;
            Trigger::device(class, Vec::new(), action)
        }
        _ => match event {
            "network-on" => Trigger::first_ip_address(action),
            "network-off" => Trigger::last_ip_address(action),
            "domain-join" => Trigger::domain_join(action),
            "domain-leave" => Trigger::domain_leave(action),
            "machine-policy" => policy(Trigger::MACHINE_POLICY),
            "user-policy" => policy(Trigger::USER_POLICY),
            _ => {
                return Err(format!(
                    "{event:?} is none of network-on, network-off, domain-join, domain-leave, \
                     machine-policy, user-policy, pipe:NAME and device:CLASS-GUID"
                ));
            }
        },
    })
}
