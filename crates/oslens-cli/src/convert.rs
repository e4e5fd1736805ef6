//! The library's values as cells, and its errors as ends of a run.

use std::ffi::OsString;
use std::time::SystemTime;

use oslens::{Error, ErrorKind, Field, Unavailable};

use crate::args::high::Settings;
use crate::cell::{Cell, Missing, Value};
use crate::exit::Failure;
use crate::text::{self, Charset};
use crate::units::Sizes;

/// A moment as programs want it, or in full by the local clock: for what goes
/// on for days, where the time alone would not tell of which.
pub(crate) fn moment(time: SystemTime, settings: &Settings) -> Cell<'static> {
    if settings.json || settings.look.sizes == Sizes::Raw {
        return Value::Time(time).into();
    }
    match settings.look.clock.moment(time) {
        Some(moment) => Value::Text(OsString::from(moment).into()).into(),
        None => Cell::Missing(Missing::Malformed),
    }
}

impl From<Unavailable> for Missing {
    fn from(why: Unavailable) -> Self {
        match why {
            Unavailable::Denied => Self::Denied,
            Unavailable::Unsupported => Self::Unsupported,
            Unavailable::Gone => Self::Gone,
            // A zombie has given back its memory, its files and its program.
            Unavailable::Zombie => Self::NotApplicable,
            Unavailable::Malformed => Self::Malformed,
            // A column that shows what it did not ask for is a mistake of
            // this program: better a question mark than a dash.
            _ => Self::Failed,
        }
    }
}

impl From<&Error> for Missing {
    fn from(error: &Error) -> Self {
        match error.kind() {
            ErrorKind::AccessDenied => Self::Denied,
            ErrorKind::TimedOut => Self::TimedOut,
            ErrorKind::Malformed => Self::Malformed,
            ErrorKind::Unsupported => Self::Unsupported,
            ErrorKind::NoSuchProcess | ErrorKind::Reused => Self::Gone,
            ErrorKind::Zombie => Self::NotApplicable,
            _ => Self::Failed,
        }
    }
}

impl From<Error> for Failure {
    /// For errors that leave nothing to show. The text names the operation
    /// and the file or process.
    fn from(error: Error) -> Self {
        let line = text::neutralise(error.to_string().as_ref(), Charset::Unicode);
        match error.kind() {
            ErrorKind::NoSuchProcess | ErrorKind::Reused => Self::Gone(line),
            ErrorKind::InvalidInput => Self::Usage(line),
            _ => Self::CannotRun(line),
        }
    }
}

/// The result of a call, with the reason alone where it failed.
pub(crate) fn missing<T>(result: oslens::Result<T>) -> Result<T, Missing> {
    result.map_err(|error| Missing::from(&error))
}

/// The cell of a value that may be unavailable.
pub(crate) fn field<'r, T>(
    field: &'r Field<T>,
    value: impl FnOnce(&'r T) -> Value<'r>,
) -> Cell<'r> {
    match field {
        Ok(known) => Cell::Known(value(known)),
        Err(why) => Cell::Missing((*why).into()),
    }
}

/// The cell of a value that may be unavailable, or not there at all.
pub(crate) fn optional_field<'r, T>(
    field: &'r Field<Option<T>>,
    value: impl FnOnce(&'r T) -> Value<'r>,
) -> Cell<'r> {
    match field {
        Ok(known) => Cell::optional(known.as_ref().map(value)),
        Err(why) => Cell::Missing((*why).into()),
    }
}

/// The cell of a value which the kernel may not offer.
pub(crate) fn offered<'r, T>(known: Option<T>, value: impl FnOnce(T) -> Value<'r>) -> Cell<'r> {
    known.map_or(Cell::Missing(Missing::Unsupported), |known| {
        Cell::Known(value(known))
    })
}

/// The cell of a call that may have failed.
pub(crate) fn result<'r, T>(
    result: &'r Result<T, Missing>,
    value: impl FnOnce(&'r T) -> Value<'r>,
) -> Cell<'r> {
    match result {
        Ok(known) => Cell::Known(value(known)),
        Err(why) => Cell::Missing(*why),
    }
}

/// A user: its name where it has one, else its number.
pub(crate) fn user<'r>(name: Option<&'r OsString>, uid: u32) -> Value<'r> {
    name.map_or(Value::Id(uid.into()), Value::text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_not_be_read_differs_from_what_is_not_there() {
        let denied: Field<u64> = Err(Unavailable::Denied);
        let cell = field(&denied, |count| Value::Count(*count));
        assert_eq!(cell, Cell::Missing(Missing::Denied));
        let none: Field<Option<u64>> = Ok(None);
        let cell = optional_field(&none, |count| Value::Count(*count));
        assert_eq!(cell, Cell::Missing(Missing::NotApplicable));
        assert!(!Missing::from(Unavailable::Zombie).is_partial());
        assert!(Missing::from(Unavailable::NotRequested).is_partial());
    }
}
