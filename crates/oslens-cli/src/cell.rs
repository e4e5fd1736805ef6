//! What a table cell holds: a typed value, or the reason why there is none.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ffi::OsStr;
use std::time::{Duration, SystemTime};

use crate::clock;

/// One cell of a row. An unknown value is never a zero.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    Known(Value<'a>),
    Missing(Missing),
}

/// A value with its unit.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Text(Cow<'a, OsStr>),
    /// A number that names something: a PID, a port, a user.
    Id(u64),
    Count(u64),
    /// A number that may be negative, such as the nice value.
    #[allow(dead_code, reason = "for the commands about processes")]
    Signed(i64),
    Bytes(u64),
    /// Bytes per second.
    Rate(f64),
    /// A fraction, 1.0 being one whole.
    Ratio(f64),
    /// A plain number, such as a load average.
    Number(f64),
    Duration(Duration),
    Time(SystemTime),
    Flag(bool),
    List(Vec<Value<'a>>),
}

/// Why a value is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Missing {
    /// This user may not read it.
    Denied,
    /// It did not answer in time.
    TimedOut,
    /// The system's answer could not be understood.
    Malformed,
    /// Reading failed for another reason.
    Failed,
    /// It has no such value.
    NotApplicable,
    /// This system or kernel does not offer it.
    Unsupported,
    /// It ended while it was being read.
    Gone,
    /// A rate needs two readings and there was only one.
    FirstSample,
}

impl Missing {
    /// The reason as JSON names it.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Denied => "permission",
            Self::TimedOut => "timeout",
            Self::Malformed => "malformed",
            Self::Failed => "error",
            Self::NotApplicable => "not_applicable",
            Self::Unsupported => "unsupported",
            Self::Gone => "gone",
            Self::FirstSample => "first_sample",
        }
    }

    /// Whether there is a value which this run failed to get. A table shows
    /// `?` for it, and `-` where there is none to get.
    pub(crate) const fn is_partial(self) -> bool {
        matches!(
            self,
            Self::Denied | Self::TimedOut | Self::Malformed | Self::Failed
        )
    }

    pub(crate) const fn symbol(self) -> &'static str {
        if self.is_partial() { "?" } else { "-" }
    }
}

impl<'a> Value<'a> {
    pub(crate) fn text<T: AsRef<OsStr> + ?Sized>(text: &'a T) -> Self {
        Self::Text(Cow::Borrowed(text.as_ref()))
    }

    /// Whether the value can be written down: a number that is one, a moment
    /// within the calendar.
    pub(crate) fn is_sound(&self) -> bool {
        match self {
            Self::Rate(number) | Self::Ratio(number) | Self::Number(number) => number.is_finite(),
            Self::Time(time) => clock::rfc3339(*time).is_some(),
            Self::List(values) => values.iter().all(Self::is_sound),
            _ => true,
        }
    }

    /// The order of two values of a column: by number, by time, by bytes of
    /// text; never by how they are written.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => a.as_encoded_bytes().cmp(b.as_encoded_bytes()),
            (Self::Id(a), Self::Id(b))
            | (Self::Count(a), Self::Count(b))
            | (Self::Bytes(a), Self::Bytes(b)) => a.cmp(b),
            (Self::Signed(a), Self::Signed(b)) => a.cmp(b),
            (Self::Rate(a), Self::Rate(b))
            | (Self::Ratio(a), Self::Ratio(b))
            | (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Duration(a), Self::Duration(b)) => a.cmp(b),
            (Self::Time(a), Self::Time(b)) => a.cmp(b),
            (Self::Flag(a), Self::Flag(b)) => a.cmp(b),
            (Self::List(a), Self::List(b)) => a
                .iter()
                .zip(b)
                .map(|(a, b)| a.compare(b))
                .find(|order| order.is_ne())
                .unwrap_or_else(|| a.len().cmp(&b.len())),
            // A column may hold a name where it is known and a number where
            // not (a user without an entry): the kinds stay together.
            _ => self.rank().cmp(&other.rank()),
        }
    }

    const fn rank(&self) -> u8 {
        match self {
            Self::Id(_) => 0,
            Self::Count(_) => 1,
            Self::Signed(_) => 2,
            Self::Bytes(_) => 3,
            Self::Rate(_) => 4,
            Self::Ratio(_) => 5,
            Self::Number(_) => 6,
            Self::Duration(_) => 7,
            Self::Time(_) => 8,
            Self::Flag(_) => 9,
            Self::Text(_) => 10,
            Self::List(_) => 11,
        }
    }
}

impl<'a> Cell<'a> {
    pub(crate) fn text<T: AsRef<OsStr> + ?Sized>(text: &'a T) -> Self {
        Self::Known(Value::text(text))
    }

    /// The cell of an optional value: `None` means that there is no such
    /// value.
    pub(crate) fn optional(value: Option<Value<'a>>) -> Self {
        value.map_or(Self::Missing(Missing::NotApplicable), Self::Known)
    }

    /// The order of two cells. What is missing comes last, whether the values
    /// go up or down.
    pub(crate) fn compare(&self, other: &Self, descending: bool) -> Ordering {
        match (self, other) {
            (Self::Known(a), Self::Known(b)) if descending => b.compare(a),
            (Self::Known(a), Self::Known(b)) => a.compare(b),
            (Self::Known(_), Self::Missing(_)) => Ordering::Less,
            (Self::Missing(_), Self::Known(_)) => Ordering::Greater,
            (Self::Missing(_), Self::Missing(_)) => Ordering::Equal,
        }
    }
}

impl<'a> From<Value<'a>> for Cell<'a> {
    fn from(value: Value<'a>) -> Self {
        Self::Known(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_ordered_as_numbers() {
        let cell = |n| Cell::from(Value::Bytes(n));
        assert_eq!(cell(9).compare(&cell(10), false), Ordering::Less);
        assert_eq!(cell(9).compare(&cell(10), true), Ordering::Greater);
        let list = |n: &[u64]| Value::List(n.iter().copied().map(Value::Id).collect());
        assert_eq!(list(&[2]).compare(&list(&[10])), Ordering::Less);
        assert_eq!(list(&[2]).compare(&list(&[2, 1])), Ordering::Less);
    }

    #[test]
    fn what_is_missing_comes_last_in_both_directions() {
        let known = Cell::from(Value::Rate(0.0));
        let missing = Cell::Missing(Missing::Denied);
        for descending in [false, true] {
            assert_eq!(known.compare(&missing, descending), Ordering::Less);
            assert_eq!(missing.compare(&known, descending), Ordering::Greater);
        }
    }

    #[test]
    fn a_value_that_could_not_be_read_differs_from_one_that_is_not_there() {
        assert_eq!(Missing::Denied.symbol(), "?");
        assert_eq!(Missing::TimedOut.symbol(), "?");
        assert_eq!(Missing::NotApplicable.symbol(), "-");
        assert_eq!(Missing::Gone.symbol(), "-");
    }
}
