//! What counters mean and how they are shown.

/// How a counter's numbers become what is shown: the types of `winperf.h`
/// that a provider can publish by reference.
///
/// Missing are `PERF_COUNTER_TEXT`, which has no number, and
/// `perf_counter_composite`, for which no header has a value.
///
/// The name that the documentation of Windows has for each is
/// [`CounterType::name`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
#[repr(u32)]
pub enum CounterType {
    /// The number itself, 32 bits: connections that are open.
    RawCount = 0x0001_0000,
    /// The number itself, 64 bits: bytes in use.
    LargeRawCount = 0x0001_0100,
    /// The number itself in hexadecimal digits, 32 bits.
    RawCountHex = 0x0000_0000,
    /// The number itself in hexadecimal digits, 64 bits.
    LargeRawCountHex = 0x0000_0100,
    /// By how much it grew in a second, 32 bits: requests.
    Counter = 0x1041_0400,
    /// By how much it grew in a second, 64 bits: bytes.
    BulkCount = 0x1041_0500,
    /// By how much it grew since the sample before, 32 bits.
    Delta = 0x0040_0400,
    /// By how much it grew since the sample before, 64 bits.
    LargeDelta = 0x0040_0500,
    /// Percent of time, counted in ticks of the performance counter.
    Timer = 0x2041_0500,
    /// Percent of time, counted in ticks of what is left of it.
    TimerInverse = 0x2141_0500,
    /// Percent of time, counted in 100 ns.
    Timer100ns = 0x2051_0500,
    /// Percent of time, counted in 100 ns of what is left of it.
    Timer100nsInverse = 0x2151_0500,
    /// Percent of time, counted in the provider's own unit.
    ObjectTimer = 0x2061_0500,
    /// Percent of time of several, counted in ticks.
    MultiTimer = 0x2241_0500,
    /// Percent of time of several, counted in ticks of what is left.
    MultiTimerInverse = 0x2341_0500,
    /// Percent of time of several, counted in 100 ns.
    MultiTimer100ns = 0x2251_0500,
    /// Percent of time of several, counted in 100 ns of what is left.
    MultiTimer100nsInverse = 0x2351_0500,
    /// How many [`MultiTimerInverse`](Self::MultiTimerInverse) counts.
    MultiBase = 0x4203_0500,
    /// Percent of time, ticks with a time stamp of their own.
    PrecisionSystemTimer = 0x2047_0500,
    /// Percent of time, 100 ns with a time stamp of their own.
    Precision100nsTimer = 0x2057_0500,
    /// Percent of time, the provider's unit with a time stamp of its own.
    PrecisionObjectTimer = 0x2067_0500,
    /// Mean length of a queue, 32 bits.
    QueueLength = 0x0045_0400,
    /// Mean length of a queue, 64 bits.
    LargeQueueLength = 0x0045_0500,
    /// Mean length of a queue, by time in 100 ns.
    QueueLength100ns = 0x0055_0500,
    /// Mean length of a queue, by the provider's own time.
    ObjectQueueLength = 0x0065_0500,
    /// Seconds that an operation took, on average: ticks of all of them over
    /// their number.
    AverageTimer = 0x3002_0400,
    /// How much an operation moved, on average.
    AverageBulk = 0x4002_0500,
    /// How many operations, for the two above.
    AverageBase = 0x4003_0402,
    /// Percent of [`RawBase`](Self::RawBase), now.
    RawFraction = 0x2002_0400,
    /// What [`RawFraction`](Self::RawFraction) is a part of.
    RawBase = 0x4003_0403,
    /// Percent of [`LargeRawBase`](Self::LargeRawBase), now.
    LargeRawFraction = 0x2002_0500,
    /// What [`LargeRawFraction`](Self::LargeRawFraction) and the precision
    /// timers are a part of.
    LargeRawBase = 0x4003_0500,
    /// Percent of tries that were hits, between two samples.
    SampleFraction = 0x20c2_0400,
    /// Operations in a second, by their mean number between two samples.
    SampleCounter = 0x0041_0400,
    /// How many tries, for [`SampleFraction`](Self::SampleFraction).
    SampleBase = 0x4003_0401,
    /// Seconds since the moment that it holds.
    ElapsedTime = 0x3024_0500,
}

impl CounterType {
    /// All of them.
    pub const ALL: [Self; 36] = [
        Self::RawCount,
        Self::LargeRawCount,
        Self::RawCountHex,
        Self::LargeRawCountHex,
        Self::Counter,
        Self::BulkCount,
        Self::Delta,
        Self::LargeDelta,
        Self::Timer,
        Self::TimerInverse,
        Self::Timer100ns,
        Self::Timer100nsInverse,
        Self::ObjectTimer,
        Self::MultiTimer,
        Self::MultiTimerInverse,
        Self::MultiTimer100ns,
        Self::MultiTimer100nsInverse,
        Self::MultiBase,
        Self::PrecisionSystemTimer,
        Self::Precision100nsTimer,
        Self::PrecisionObjectTimer,
        Self::QueueLength,
        Self::LargeQueueLength,
        Self::QueueLength100ns,
        Self::ObjectQueueLength,
        Self::AverageTimer,
        Self::AverageBulk,
        Self::AverageBase,
        Self::RawFraction,
        Self::RawBase,
        Self::LargeRawFraction,
        Self::LargeRawBase,
        Self::SampleFraction,
        Self::SampleCounter,
        Self::SampleBase,
        Self::ElapsedTime,
    ];

    /// The number that `winperf.h` has for it.
    #[must_use]
    pub const fn raw(self) -> u32 {
        self as u32
    }

    /// The name that `winperf.h` has for it; in lower case that of manifests.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RawCount => "PERF_COUNTER_RAWCOUNT",
            Self::LargeRawCount => "PERF_COUNTER_LARGE_RAWCOUNT",
            Self::RawCountHex => "PERF_COUNTER_RAWCOUNT_HEX",
            Self::LargeRawCountHex => "PERF_COUNTER_LARGE_RAWCOUNT_HEX",
            Self::Counter => "PERF_COUNTER_COUNTER",
            Self::BulkCount => "PERF_COUNTER_BULK_COUNT",
            Self::Delta => "PERF_COUNTER_DELTA",
            Self::LargeDelta => "PERF_COUNTER_LARGE_DELTA",
            Self::Timer => "PERF_COUNTER_TIMER",
            Self::TimerInverse => "PERF_COUNTER_TIMER_INV",
            Self::Timer100ns => "PERF_100NSEC_TIMER",
            Self::Timer100nsInverse => "PERF_100NSEC_TIMER_INV",
            Self::ObjectTimer => "PERF_OBJ_TIME_TIMER",
            Self::MultiTimer => "PERF_COUNTER_MULTI_TIMER",
            Self::MultiTimerInverse => "PERF_COUNTER_MULTI_TIMER_INV",
            Self::MultiTimer100ns => "PERF_100NSEC_MULTI_TIMER",
            Self::MultiTimer100nsInverse => "PERF_100NSEC_MULTI_TIMER_INV",
            Self::MultiBase => "PERF_COUNTER_MULTI_BASE",
            Self::PrecisionSystemTimer => "PERF_PRECISION_SYSTEM_TIMER",
            Self::Precision100nsTimer => "PERF_PRECISION_100NS_TIMER",
            Self::PrecisionObjectTimer => "PERF_PRECISION_OBJECT_TIMER",
            Self::QueueLength => "PERF_COUNTER_QUEUELEN_TYPE",
            Self::LargeQueueLength => "PERF_COUNTER_LARGE_QUEUELEN_TYPE",
            Self::QueueLength100ns => "PERF_COUNTER_100NS_QUEUELEN_TYPE",
            Self::ObjectQueueLength => "PERF_COUNTER_OBJ_TIME_QUEUELEN_TYPE",
            Self::AverageTimer => "PERF_AVERAGE_TIMER",
            Self::AverageBulk => "PERF_AVERAGE_BULK",
            Self::AverageBase => "PERF_AVERAGE_BASE",
            Self::RawFraction => "PERF_RAW_FRACTION",
            Self::RawBase => "PERF_RAW_BASE",
            Self::LargeRawFraction => "PERF_LARGE_RAW_FRACTION",
            Self::LargeRawBase => "PERF_LARGE_RAW_BASE",
            Self::SampleFraction => "PERF_SAMPLE_FRACTION",
            Self::SampleCounter => "PERF_SAMPLE_COUNTER",
            Self::SampleBase => "PERF_SAMPLE_BASE",
            Self::ElapsedTime => "PERF_ELAPSED_TIME",
        }
    }

    /// The one with this name, in either case.
    ///
    /// ```
    /// use oslens_counters::definition::CounterType;
    ///
    /// let name = "perf_counter_bulk_count";
    /// assert_eq!(CounterType::by_name(name), Some(CounterType::BulkCount));
    /// ```
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name().eq_ignore_ascii_case(name))
    }

    /// Whether its number has 64 bits, not 32.
    #[must_use]
    pub const fn is_large(self) -> bool {
        // PERF_SIZE_LARGE.
        self.raw() & 0x300 == 0x100
    }

    /// The type that its base must have, where it can have one.
    #[must_use]
    pub const fn base(self) -> Option<Self> {
        match self {
            Self::AverageTimer | Self::AverageBulk => Some(Self::AverageBase),
            Self::RawFraction => Some(Self::RawBase),
            Self::LargeRawFraction
            | Self::PrecisionSystemTimer
            | Self::Precision100nsTimer
            | Self::PrecisionObjectTimer => Some(Self::LargeRawBase),
            Self::SampleFraction => Some(Self::SampleBase),
            Self::MultiTimer
            | Self::MultiTimerInverse
            | Self::MultiTimer100ns
            | Self::MultiTimer100nsInverse => Some(Self::MultiBase),
            _ => None,
        }
    }

    /// Whether it means nothing without a base. (Of the multiple timers the
    /// documentation asks it of the inverse one alone, and of the precision
    /// timers only of the one in 100 ns.)
    #[must_use]
    pub(crate) const fn needs_base(self) -> bool {
        matches!(
            self,
            Self::AverageTimer
                | Self::AverageBulk
                | Self::RawFraction
                | Self::LargeRawFraction
                | Self::SampleFraction
                | Self::Precision100nsTimer
                | Self::MultiTimerInverse
        )
    }

    /// Whether it is only there for another one, and not shown.
    #[must_use]
    pub const fn is_base(self) -> bool {
        matches!(
            self,
            Self::AverageBase
                | Self::RawBase
                | Self::LargeRawBase
                | Self::SampleBase
                | Self::MultiBase
        )
    }

    /// Whether it needs a counter with the provider's time, and one with how
    /// many of it a second has.
    #[must_use]
    pub const fn needs_time(self) -> bool {
        matches!(
            self,
            Self::ObjectQueueLength
                | Self::ElapsedTime
                | Self::ObjectTimer
                | Self::PrecisionObjectTimer
        )
    }

    /// Whether it needs a counter with the number of what it is a sum of.
    #[must_use]
    pub const fn needs_multiplier(self) -> bool {
        matches!(
            self,
            Self::MultiTimer
                | Self::MultiTimerInverse
                | Self::MultiTimer100ns
                | Self::MultiTimer100nsInverse
        )
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

/// For whom a counter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Detail {
    /// Everybody.
    #[default]
    Standard,
    /// Those who know what is behind it.
    Advanced,
}

impl Detail {
    /// The number that `winperf.h` has for it: `PERF_DETAIL_NOVICE` or
    /// `PERF_DETAIL_ADVANCED`.
    #[must_use]
    pub const fn raw(self) -> u32 {
        match self {
            Self::Standard => 100,
            Self::Advanced => 200,
        }
    }

    /// Its word in a manifest.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Advanced => "advanced",
        }
    }
}
