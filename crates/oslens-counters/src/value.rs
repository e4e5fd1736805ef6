//! Values of counters, and why there is none.

use std::{fmt, time::SystemTime};

use crate::{CounterPath, CounterType, InstanceName, Unit};

mod arithmetic;

pub use arithmetic::{Format, RawValue};

/// The value of one counter of one instance, or why there is none.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Value {
    /// Which of the query's counters it belongs to.
    pub counter: CounterId,
    /// The counter and, where it has one, the instance: wildcards are filled
    /// in. The names are in the language of the path that was added.
    pub path: CounterPath,
    /// The value.
    pub reading: Result<Reading, NoValue>,
    /// The type; `None` where there is no such counter at present.
    pub kind: Option<CounterType>,
    /// The power of ten that the system suggests a chart to multiply the value
    /// by. It is not applied.
    pub default_scale: i32,
    /// When the sample was taken; `None` before the first.
    pub time: Option<SystemTime>,
}

impl Value {
    /// The instance; `None` for an object that has none.
    #[must_use]
    pub fn instance(&self) -> Option<&InstanceName> {
        self.path.instance()
    }

    /// The number; `None` for text and where there is none.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        self.reading.as_ref().ok()?.as_f64()
    }

    /// What the number is.
    #[must_use]
    pub fn unit(&self) -> Unit {
        self.kind.map_or(Unit::None, CounterType::unit)
    }
}

/// Which counter of a query: what [`Query::add`](crate::Query::add) returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CounterId(pub(crate) u32);

/// What a counter says.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Reading {
    /// A number that was counted, exact. Raw counts of 64 bits are signed, as
    /// the system has them.
    Integer(i64),
    /// A number that was computed.
    Real(f64),
    /// Text.
    Text(String),
}

impl Reading {
    /// The number; `None` for text. Integers beyond 2^53 lose their last
    /// digits.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Integer(number) => Some(*number as f64),
            Self::Real(number) => Some(*number),
            Self::Text(_) => None,
        }
    }
}

impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(number) => number.fmt(f),
            Self::Real(number) => number.fmt(f),
            Self::Text(text) => f.pad(text),
        }
    }
}

/// Why a counter has no value in this sample. The next one may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum NoValue {
    /// It needs two samples, and this is the first of it.
    FirstSample,
    /// There is no such instance now.
    NoInstance,
    /// The provider has no such counter now.
    NoCounter,
    /// There is no such object now: its provider is gone, or says nothing.
    NoObject,
    /// The machine does not answer.
    NoMachine,
    /// The provider gave no data, or data that is not understood.
    NoData,
    /// The count went back: what counts was started anew between the samples.
    Reset,
    /// The base, or the clock, went back or stood still.
    NegativeDenominator,
    /// The clock has no frequency, or a negative one.
    NegativeTimebase,
    /// The result is negative where that cannot be: a race between the samples.
    NegativeValue,
    /// A mean of nothing, or a part of nothing: nothing happened between the
    /// samples, or the whole is 0. (The system's own tools show 0.)
    NothingCounted,
    /// The type is not known, or has no value: a base, a histogram.
    NotANumber,
    /// The system refuses it to this user.
    AccessDenied,
    /// Another status of the system.
    Status(u32),
}

impl fmt::Display for NoValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::FirstSample => "needs a second sample",
            Self::NoInstance => "no such instance now",
            Self::NoCounter => "no such counter now",
            Self::NoObject => "no such object now",
            Self::NoMachine => "the machine does not answer",
            Self::NoData => "no data",
            Self::Reset => "counted anew since the last sample",
            Self::NegativeDenominator => "its base or clock did not go on",
            Self::NegativeTimebase => "its clock has no frequency",
            Self::NegativeValue => "negative by a race",
            Self::NothingCounted => "nothing was counted",
            Self::NotANumber => "a type without a value",
            Self::AccessDenied => "access denied",
            Self::Status(status) => return write!(f, "status {status:#010x}"),
        };
        f.pad(text)
    }
}

impl std::error::Error for NoValue {}

/// Statuses of PDH.
#[cfg(any(windows, test))]
const STATUSES: &[(u32, NoValue)] = &[
    (0x8000_07D0, NoValue::NoMachine),
    (0x8000_07D1, NoValue::NoInstance),
    // Not validated yet: before the first sample.
    (0x8000_07D3, NoValue::NoData),
    (0x8000_07D5, NoValue::NoData),
    (0x8000_07D6, NoValue::NegativeDenominator),
    (0x8000_07D7, NoValue::NegativeTimebase),
    (0x8000_07D8, NoValue::NegativeValue),
    (0xC000_0BB8, NoValue::NoObject),
    (0xC000_0BB9, NoValue::NoCounter),
    (0xC000_0BBA, NoValue::NoData),
    (0xC000_0BC6, NoValue::NoData),
    (0xC000_0BDB, NoValue::AccessDenied),
    (0xC000_0BFE, NoValue::NoData),
];

/// Why there is none, after a status of PDH; `None` for those of data that is
/// valid.
#[cfg(any(windows, test))]
pub(crate) fn no_value(status: u32) -> Option<NoValue> {
    // Valid, and valid and new.
    if status <= 1 {
        return None;
    }
    let known = STATUSES.iter().find(|(number, _)| *number == status);
    Some(known.map_or(NoValue::Status(status), |(_, why)| *why))
}
