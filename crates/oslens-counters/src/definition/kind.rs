//! What counters mean and how they are shown.

use crate::{CounterType, Detail};

/// The types that have no number to publish, or none that a manifest knows.
pub(crate) const fn is_published(kind: CounterType) -> bool {
    kind.name().is_some()
        && !matches!(
            kind,
            CounterType::COUNTER_TEXT
                | CounterType::COUNTER_NODATA
                | CounterType::COUNTER_HISTOGRAM_TYPE
        )
}

/// The type that its base must have, where it can have one.
pub(crate) const fn base(kind: CounterType) -> Option<CounterType> {
    match kind {
        CounterType::AVERAGE_TIMER | CounterType::AVERAGE_BULK => Some(CounterType::AVERAGE_BASE),
        CounterType::RAW_FRACTION => Some(CounterType::RAW_BASE),
        CounterType::LARGE_RAW_FRACTION
        | CounterType::PRECISION_SYSTEM_TIMER
        | CounterType::PRECISION_100NS_TIMER
        | CounterType::PRECISION_OBJECT_TIMER => Some(CounterType::LARGE_RAW_BASE),
        CounterType::SAMPLE_FRACTION => Some(CounterType::SAMPLE_BASE),
        CounterType::COUNTER_MULTI_TIMER
        | CounterType::COUNTER_MULTI_TIMER_INV
        | CounterType::MULTI_TIMER_100NSEC
        | CounterType::MULTI_TIMER_100NSEC_INV => Some(CounterType::COUNTER_MULTI_BASE),
        _ => None,
    }
}

/// Whether it means nothing without a base. (Of the multiple timers the
/// documentation asks it of the inverse one alone, and of the precision
/// timers only of the one in 100 ns.)
pub(crate) const fn needs_base(kind: CounterType) -> bool {
    matches!(
        kind,
        CounterType::AVERAGE_TIMER
            | CounterType::AVERAGE_BULK
            | CounterType::RAW_FRACTION
            | CounterType::LARGE_RAW_FRACTION
            | CounterType::SAMPLE_FRACTION
            | CounterType::PRECISION_100NS_TIMER
            | CounterType::COUNTER_MULTI_TIMER_INV
    )
}

/// Whether it needs a counter with the provider's time, and one with how many
/// of it a second has.
pub(crate) const fn needs_time(kind: CounterType) -> bool {
    matches!(
        kind,
        CounterType::COUNTER_OBJ_TIME_QUEUELEN_TYPE
            | CounterType::ELAPSED_TIME
            | CounterType::OBJ_TIME_TIMER
            | CounterType::PRECISION_OBJECT_TIMER
    )
}

/// Whether it needs a counter with the number of what it is a sum of.
pub(crate) const fn needs_multiplier(kind: CounterType) -> bool {
    matches!(
        kind,
        CounterType::COUNTER_MULTI_TIMER
            | CounterType::COUNTER_MULTI_TIMER_INV
            | CounterType::MULTI_TIMER_100NSEC
            | CounterType::MULTI_TIMER_100NSEC_INV
    )
}

/// The number and the word that headers and manifests have for it; `None` for
/// what manifests do not know.
pub(crate) const fn detail(detail: Detail) -> Option<(u32, &'static str)> {
    match detail {
        Detail::Novice => Some((100, "standard")),
        Detail::Advanced => Some((200, "advanced")),
        _ => None,
    }
}

/// Which instances a counter set has, and what a consumer makes of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Instances {
    /// One, as memory has.
    #[default]
    Single,
    /// Several with names, as disks have.
    Multiple,
    /// Several, shown as one: their sum, mean, least or greatest.
    GlobalAggregate,
    /// Several with names, and one more for all of them.
    MultipleAggregate,
    /// As [`GlobalAggregate`](Self::GlobalAggregate), with what instances
    /// counted that are gone.
    GlobalAggregateHistory,
}

impl Instances {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Single,
        Self::Multiple,
        Self::GlobalAggregate,
        Self::MultipleAggregate,
        Self::GlobalAggregateHistory,
    ];

    /// The number that `perflib.h` has for it.
    #[must_use]
    pub const fn raw(self) -> u32 {
        match self {
            Self::Single => 0,
            Self::Multiple => 2,
            Self::GlobalAggregate => 4,
            Self::MultipleAggregate => 6,
            Self::GlobalAggregateHistory => 12,
        }
    }

    /// Its word in a manifest.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Multiple => "multiple",
            Self::GlobalAggregate => "globalAggregate",
            Self::MultipleAggregate => "multipleAggregate",
            Self::GlobalAggregateHistory => "globalAggregateHistory",
        }
    }

    /// Whether its counters say how they are put together.
    #[must_use]
    pub const fn is_aggregate(self) -> bool {
        !matches!(self, Self::Single | Self::Multiple)
    }
}

/// How the counters of several instances become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Aggregate {
    /// They do not.
    Undefined,
    /// Their sum.
    Sum,
    /// Their mean.
    Average,
    /// The least of them.
    Minimum,
    /// The greatest of them.
    Maximum,
}

impl Aggregate {
    /// Its word in a manifest.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Undefined => "undefined",
            Self::Sum => "sum",
            Self::Average => "avg",
            Self::Minimum => "min",
            Self::Maximum => "max",
        }
    }
}
