//! What to say about a command line that is wrong: one line.

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::text::{self, Charset};

/// The error in one line: what was wrong, and what is near to it.
pub(super) fn one_line(error: &Error) -> String {
    let argument = || context(error, ContextKind::InvalidArg);
    let value = || context(error, ContextKind::InvalidValue);
    let line = match error.kind() {
        ErrorKind::UnknownArgument => {
            let near = suggestion(error, ContextKind::SuggestedArg);
            format!("unknown argument {}{near}", argument())
        }
        ErrorKind::InvalidSubcommand => {
            let name = context(error, ContextKind::InvalidSubcommand);
            let near = suggestion(error, ContextKind::SuggestedSubcommand);
            format!("unknown command {name}{near}")
        }
        ErrorKind::InvalidValue if value() == "''" => format!("{} needs a value", argument()),
        ErrorKind::InvalidValue => {
            let near = suggestion(error, ContextKind::SuggestedValue);
            let valid = match error.get(ContextKind::ValidValue) {
                Some(ContextValue::Strings(names)) => format!(" (one of {})", names.join(", ")),
                _ => String::new(),
            };
            format!("{} cannot be {}{near}{valid}", argument(), value())
        }
        ErrorKind::ValueValidation => {
            let reason = std::error::Error::source(error)
                .map(|reason| format!(": {reason}"))
                .unwrap_or_default();
            format!("{} cannot be {}{reason}", argument(), value())
        }
        ErrorKind::MissingRequiredArgument => format!("{} is missing", argument()),
        ErrorKind::ArgumentConflict => {
            let other = context(error, ContextKind::PriorArg);
            if argument() == other {
                format!("{other} was given twice")
            } else {
                format!("{} cannot be used with {other}", argument())
            }
        }
        ErrorKind::InvalidUtf8 => "an argument is not UTF-8".to_owned(),
        _ => first_sentence(error),
    };
    // What was typed may hold anything.
    let line = text::neutralise(line.as_ref(), Charset::Unicode);
    format!("{line} (see --help)")
}

/// What clap itself would say first, for errors that have no wording here.
fn first_sentence(error: &Error) -> String {
    let rendered = error.render().to_string();
    let first = rendered.lines().next().unwrap_or_default();
    first.trim_start_matches("error: ").trim_end().to_owned()
}

fn context(error: &Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => quoted(text),
        Some(ContextValue::Strings(texts)) => {
            let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
            texts.join(", ")
        }
        _ => "an argument".to_owned(),
    }
}

fn suggestion(error: &Error, kind: ContextKind) -> String {
    let names = match error.get(kind) {
        Some(ContextValue::String(name)) => quoted(name),
        Some(ContextValue::Strings(names)) if !names.is_empty() => {
            let names: Vec<String> = names.iter().take(3).map(|name| quoted(name)).collect();
            names.join(" or ")
        }
        _ => return String::new(),
    };
    format!("; did you mean {names}?")
}

fn quoted(text: &str) -> String {
    format!("'{text}'")
}
