//! What kind of number a counter is.

use std::fmt;

/// The type of a counter: how its value comes from what was counted.
///
/// It is the number that the system keeps, `PERF_COUNTER_COUNTER` and the
/// others of `winperf.h`; the constants have those names without `PERF_`. What
/// each computes, of two samples 0 and 1 of the count *N* and the time or base
/// *D*, with *F* ticks in a second and *B* items:
///
/// | types | value | unit |
/// |---|---|---|
/// | `COUNTER_RAWCOUNT`, `LARGE_`, `_HEX` | N1 | number |
/// | `COUNTER_DELTA`, `LARGE_` | N1 − N0 | number |
/// | `COUNTER_COUNTER`, `COUNTER_BULK_COUNT`, `SAMPLE_COUNTER` | (N1 − N0) / ((D1 − D0) / F) | per second |
/// | `COUNTER_QUEUELEN_TYPE`, `LARGE_`, `100NS_`, `OBJ_TIME_` | (N1 − N0) / (D1 − D0) | number |
/// | `COUNTER_TIMER`, `100NSEC_TIMER`, `OBJ_TIME_TIMER`, `PRECISION_` | 100 (N1 − N0) / (D1 − D0) | percent |
/// | `COUNTER_TIMER_INV`, `100NSEC_TIMER_INV` | 100 (1 − (N1 − N0) / (D1 − D0)) | percent |
/// | `COUNTER_MULTI_TIMER`, `100NSEC_MULTI_TIMER` | 100 ((N1 − N0) / (D1 − D0)) / B | percent |
/// | `COUNTER_MULTI_TIMER_INV`, `100NSEC_MULTI_TIMER_INV` | 100 (B − (N1 − N0) / (D1 − D0)) / B | percent |
/// | `RAW_FRACTION`, `LARGE_` | 100 N1 / D1 | percent |
/// | `SAMPLE_FRACTION` | 100 (N1 − N0) / (D1 − D0) | percent |
/// | `AVERAGE_TIMER` | ((N1 − N0) / F) / (D1 − D0) | seconds |
/// | `AVERAGE_BULK` | (N1 − N0) / (D1 − D0) | number |
/// | `ELAPSED_TIME` | (D1 − N1) / F | seconds |
/// | `COUNTER_TEXT` | the text | text |
/// | `_BASE`, `COUNTER_NODATA` | none: they are parts of others | none |
///
/// For the two `COUNTER_MULTI_TIMER`s the tables of the SDK divide D by F as
/// well, the functions of the system (`PdhFormatFromRawValue`) do not; this is
/// as the functions do it.
///
/// ```
/// use oslens_counters::{CounterType, Unit};
///
/// assert_eq!(CounterType::COUNTER_COUNTER.name(), Some("PERF_COUNTER_COUNTER"));
/// assert_eq!(CounterType::COUNTER_COUNTER.unit(), Unit::PerSecond);
/// assert_eq!(Unit::PerSecond.suffix(), "/s");
/// assert!(CounterType::COUNTER_COUNTER.needs_two_samples());
/// assert!(!CounterType::RAW_FRACTION.needs_two_samples());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CounterType(pub u32);

/// What the number of a counter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Unit {
    /// A number of whatever the counter's name says: bytes, threads.
    Number,
    /// The same, meant to be read in hexadecimal.
    Hexadecimal,
    /// So many of them in a second.
    PerSecond,
    /// Hundredths of a whole, as the counter's name says: 100.0 is all of it.
    Percent,
    /// Seconds.
    Seconds,
    /// Text.
    Text,
    /// It has no value of its own.
    None,
}

impl Unit {
    /// What is written behind a number of it: `/s`, `%`, `s` or nothing.
    #[must_use]
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::PerSecond => "/s",
            Self::Percent => "%",
            Self::Seconds => "s",
            Self::Number | Self::Hexadecimal | Self::Text | Self::None => "",
        }
    }
}

/// Which time or base is the second number of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Second {
    /// None is used.
    None,
    /// Ticks of the performance counter.
    Ticks,
    /// Steps of 100 ns.
    Steps,
    /// The object's own time.
    Object,
    /// The value of the base, which is the next counter.
    Base,
}

/// The formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Formula {
    Raw,
    Delta,
    Rate,
    QueueLength,
    Timer {
        inverse: bool,
        multi: bool,
    },
    RawFraction,
    SampleFraction,
    AverageTimer,
    Average,
    Elapsed,
    Text,
    /// No value of its own.
    Nothing,
    /// Not known.
    Unknown,
}

const LARGE: u32 = 0x100;
const SIZE: u32 = 0x300;
const DELTA: u32 = 0x40_0000;
const INVERSE: u32 = 0x100_0000;
const MULTI: u32 = 0x200_0000;

macro_rules! counter_types {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $system:literal, $formula:expr, $second:ident;)*) => {
        impl CounterType {
            $($(#[$doc])* pub const $name: Self = Self($number);)*

            /// All types that are known.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The name in `winperf.h`; `None` for a number that is none of
            /// these types.
            #[must_use]
            pub const fn name(self) -> Option<&'static str> {
                match self {
                    $(Self::$name => Some($system),)*
                    _ => None,
                }
            }

            pub(crate) const fn formula(self) -> Formula {
                use Formula::*;
                match self {
                    $(Self::$name => $formula,)*
                    _ => Unknown,
                }
            }

            pub(crate) const fn second(self) -> Second {
                match self {
                    $(Self::$name => Second::$second,)*
                    _ => Second::None,
                }
            }
        }
    };
}

const TIMER: Formula = Formula::Timer {
    inverse: false,
    multi: false,
};
const TIMER_INV: Formula = Formula::Timer {
    inverse: true,
    multi: false,
};
const MULTI_TIMER: Formula = Formula::Timer {
    inverse: false,
    multi: true,
};
const MULTI_TIMER_INV: Formula = Formula::Timer {
    inverse: true,
    multi: true,
};

counter_types! {
    /// How many there are now; 32 bits.
    COUNTER_RAWCOUNT = 0x0001_0000, "PERF_COUNTER_RAWCOUNT", Raw, None;
    /// How many there are now; 64 bits.
    COUNTER_LARGE_RAWCOUNT = 0x0001_0100, "PERF_COUNTER_LARGE_RAWCOUNT", Raw, None;
    /// A number to be read in hexadecimal; 32 bits.
    COUNTER_RAWCOUNT_HEX = 0x0000_0000, "PERF_COUNTER_RAWCOUNT_HEX", Raw, None;
    /// A number to be read in hexadecimal; 64 bits.
    COUNTER_LARGE_RAWCOUNT_HEX = 0x0000_0100, "PERF_COUNTER_LARGE_RAWCOUNT_HEX", Raw, None;
    /// By how much a count has changed; 32 bits.
    COUNTER_DELTA = 0x0040_0400, "PERF_COUNTER_DELTA", Delta, None;
    /// By how much a count has changed; 64 bits.
    COUNTER_LARGE_DELTA = 0x0040_0500, "PERF_COUNTER_LARGE_DELTA", Delta, None;
    /// How often in a second; 32 bits.
    COUNTER_COUNTER = 0x1041_0400, "PERF_COUNTER_COUNTER", Rate, Ticks;
    /// How often in a second; 64 bits.
    COUNTER_BULK_COUNT = 0x1041_0500, "PERF_COUNTER_BULK_COUNT", Rate, Ticks;
    /// How often in a second; 32 bits.
    SAMPLE_COUNTER = 0x0041_0400, "PERF_SAMPLE_COUNTER", Rate, Ticks;
    /// The mean length of a queue, by the performance counter; 32 bits.
    COUNTER_QUEUELEN_TYPE = 0x0045_0400, "PERF_COUNTER_QUEUELEN_TYPE", QueueLength, Ticks;
    /// The mean length of a queue, by the performance counter; 64 bits.
    COUNTER_LARGE_QUEUELEN_TYPE = 0x0045_0500, "PERF_COUNTER_LARGE_QUEUELEN_TYPE", QueueLength, Ticks;
    /// The mean length of a queue, in steps of 100 ns.
    COUNTER_100NS_QUEUELEN_TYPE = 0x0055_0500, "PERF_COUNTER_100NS_QUEUELEN_TYPE", QueueLength, Steps;
    /// The mean length of a queue, by a clock of the object.
    COUNTER_OBJ_TIME_QUEUELEN_TYPE = 0x0065_0500, "PERF_COUNTER_OBJ_TIME_QUEUELEN_TYPE", QueueLength, Object;
    /// The part of the time that it was active, by the performance counter.
    COUNTER_TIMER = 0x2041_0500, "PERF_COUNTER_TIMER", TIMER, Ticks;
    /// The part of the time that it was active; what was counted is the time
    /// that it was not.
    COUNTER_TIMER_INV = 0x2141_0500, "PERF_COUNTER_TIMER_INV", TIMER_INV, Ticks;
    /// The part of the time that it was active, in steps of 100 ns.
    TIMER_100NSEC = 0x2051_0500, "PERF_100NSEC_TIMER", TIMER, Steps;
    /// The same; what was counted is the time that it was not.
    TIMER_100NSEC_INV = 0x2151_0500, "PERF_100NSEC_TIMER_INV", TIMER_INV, Steps;
    /// The part of the time that it was active, by a clock of the object.
    OBJ_TIME_TIMER = 0x2061_0500, "PERF_OBJ_TIME_TIMER", TIMER, Object;
    /// The part of the time that several were active, on average.
    COUNTER_MULTI_TIMER = 0x2241_0500, "PERF_COUNTER_MULTI_TIMER", MULTI_TIMER, Ticks;
    /// The same; what was counted is the time that they were not.
    COUNTER_MULTI_TIMER_INV = 0x2341_0500, "PERF_COUNTER_MULTI_TIMER_INV", MULTI_TIMER_INV, Ticks;
    /// The part of the time that several were active, in steps of 100 ns.
    MULTI_TIMER_100NSEC = 0x2251_0500, "PERF_100NSEC_MULTI_TIMER", MULTI_TIMER, Steps;
    /// The same; what was counted is the time that they were not.
    MULTI_TIMER_100NSEC_INV = 0x2351_0500, "PERF_100NSEC_MULTI_TIMER_INV", MULTI_TIMER_INV, Steps;
    /// The part of the time that it was active, with a time stamp of its own.
    PRECISION_SYSTEM_TIMER = 0x2047_0500, "PERF_PRECISION_SYSTEM_TIMER", TIMER, Base;
    /// The same, in steps of 100 ns.
    PRECISION_100NS_TIMER = 0x2057_0500, "PERF_PRECISION_100NS_TIMER", TIMER, Base;
    /// The same, by a clock of the object.
    PRECISION_OBJECT_TIMER = 0x2067_0500, "PERF_PRECISION_OBJECT_TIMER", TIMER, Base;
    /// One number as a part of another; 32 bits.
    RAW_FRACTION = 0x2002_0400, "PERF_RAW_FRACTION", RawFraction, Base;
    /// One number as a part of another; 64 bits.
    LARGE_RAW_FRACTION = 0x2002_0500, "PERF_LARGE_RAW_FRACTION", RawFraction, Base;
    /// How many of those that were looked at were such.
    SAMPLE_FRACTION = 0x20C2_0400, "PERF_SAMPLE_FRACTION", SampleFraction, Base;
    /// How long one took on average.
    AVERAGE_TIMER = 0x3002_0400, "PERF_AVERAGE_TIMER", AverageTimer, Base;
    /// How much one was on average, as bytes of an operation.
    AVERAGE_BULK = 0x4002_0500, "PERF_AVERAGE_BULK", Average, Base;
    /// Time since it began.
    ELAPSED_TIME = 0x3024_0500, "PERF_ELAPSED_TIME", Elapsed, Object;
    /// Text, not a number.
    COUNTER_TEXT = 0x0000_0B00, "PERF_COUNTER_TEXT", Text, None;
    /// A label without a value.
    COUNTER_NODATA = 0x4000_0200, "PERF_COUNTER_NODATA", Nothing, None;
    /// The base of a [`SAMPLE_FRACTION`](Self::SAMPLE_FRACTION) or
    /// [`SAMPLE_COUNTER`](Self::SAMPLE_COUNTER).
    SAMPLE_BASE = 0x4003_0401, "PERF_SAMPLE_BASE", Nothing, None;
    /// The base of the averages.
    AVERAGE_BASE = 0x4003_0402, "PERF_AVERAGE_BASE", Nothing, None;
    /// The base of a [`RAW_FRACTION`](Self::RAW_FRACTION).
    RAW_BASE = 0x4003_0403, "PERF_RAW_BASE", Nothing, None;
    /// The base of a [`LARGE_RAW_FRACTION`](Self::LARGE_RAW_FRACTION), and the
    /// time stamp of the precision timers.
    LARGE_RAW_BASE = 0x4003_0500, "PERF_LARGE_RAW_BASE", Nothing, None;
    /// How many items a multi timer adds up.
    COUNTER_MULTI_BASE = 0x4203_0500, "PERF_COUNTER_MULTI_BASE", Nothing, None;
    /// A distribution; its format was never defined.
    COUNTER_HISTOGRAM_TYPE = 0x8000_0000, "PERF_COUNTER_HISTOGRAM_TYPE", Nothing, None;
}

impl CounterType {
    /// What the value is.
    #[must_use]
    pub const fn unit(self) -> Unit {
        match self.formula() {
            Formula::Raw => match self {
                Self::COUNTER_RAWCOUNT_HEX | Self::COUNTER_LARGE_RAWCOUNT_HEX => Unit::Hexadecimal,
                _ => Unit::Number,
            },
            Formula::Delta | Formula::QueueLength | Formula::Average => Unit::Number,
            Formula::Rate => Unit::PerSecond,
            Formula::Timer { .. } | Formula::RawFraction | Formula::SampleFraction => Unit::Percent,
            Formula::AverageTimer | Formula::Elapsed => Unit::Seconds,
            Formula::Text => Unit::Text,
            Formula::Nothing | Formula::Unknown => Unit::None,
        }
    }

    /// Whether a value needs two samples, some time apart.
    #[must_use]
    pub const fn needs_two_samples(self) -> bool {
        // The averages do not say so in their flags.
        self.0 & DELTA != 0 || matches!(self, Self::AVERAGE_TIMER | Self::AVERAGE_BULK)
    }

    /// Whether it is the base of the counter before it, and not to be shown.
    #[must_use]
    pub const fn is_base(self) -> bool {
        self.0 & 0x0007_0C00 == 0x0003_0400
    }

    /// Whether what is counted has 64 bits; otherwise it has 32 and begins
    /// again at 0 behind 4 294 967 295.
    #[must_use]
    pub const fn is_large(self) -> bool {
        self.0 & SIZE == LARGE
    }

    /// Whether what is counted is the time that nothing was active.
    #[must_use]
    pub const fn is_inverse(self) -> bool {
        self.0 & INVERSE != 0
    }

    /// Whether it adds up the times of several, whose number is in another
    /// counter.
    #[must_use]
    pub const fn is_multi(self) -> bool {
        self.0 & MULTI != 0
    }
}

impl fmt::Display for CounterType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "{:#010x}", self.0),
        }
    }
}

impl fmt::Debug for CounterType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CounterType({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_flags_they_are_made_of() {
        // winperf.h: size | kind | subkind | time base | calculation | display.
        let (large, counter) = (0x100, 0x400);
        let (rate, fraction, base, elapsed) = (0x1_0000, 0x2_0000, 0x3_0000, 0x4_0000);
        let (queue, precision) = (0x5_0000, 0x7_0000);
        let (steps, object) = (0x10_0000, 0x20_0000);
        let (delta, delta_base) = (0x40_0000, 0x80_0000);
        let (inverse, multi) = (0x100_0000, 0x200_0000);
        let (per_sec, percent, seconds, hidden) =
            (0x1000_0000, 0x2000_0000, 0x3000_0000, 0x4000_0000);
        for (kind, flags) in [
            (
                CounterType::COUNTER_COUNTER,
                counter | rate | delta | per_sec,
            ),
            (
                CounterType::COUNTER_BULK_COUNT,
                large | counter | rate | delta | per_sec,
            ),
            (
                CounterType::COUNTER_TIMER,
                large | counter | rate | delta | percent,
            ),
            (
                CounterType::TIMER_100NSEC_INV,
                large | counter | rate | steps | delta | inverse | percent,
            ),
            (
                CounterType::MULTI_TIMER_100NSEC_INV,
                large | counter | rate | steps | delta | inverse | multi | percent,
            ),
            (
                CounterType::COUNTER_MULTI_TIMER,
                large | counter | rate | delta | multi | percent,
            ),
            (
                CounterType::OBJ_TIME_TIMER,
                large | counter | rate | object | delta | percent,
            ),
            (
                CounterType::COUNTER_100NS_QUEUELEN_TYPE,
                large | counter | queue | steps | delta,
            ),
            (
                CounterType::COUNTER_OBJ_TIME_QUEUELEN_TYPE,
                large | counter | queue | object | delta,
            ),
            (
                CounterType::SAMPLE_FRACTION,
                counter | fraction | delta | delta_base | percent,
            ),
            (CounterType::AVERAGE_TIMER, counter | fraction | seconds),
            (
                CounterType::AVERAGE_BULK,
                large | counter | fraction | hidden,
            ),
            (
                CounterType::ELAPSED_TIME,
                large | counter | elapsed | object | seconds,
            ),
            (
                CounterType::PRECISION_OBJECT_TIMER,
                large | counter | precision | object | delta | percent,
            ),
            (
                CounterType::COUNTER_MULTI_BASE,
                large | counter | base | multi | hidden,
            ),
            (CounterType::LARGE_RAW_BASE, large | counter | base | hidden),
        ] {
            assert_eq!(kind.0, flags, "{kind}");
        }
    }

    #[test]
    fn every_type_says_what_it_is() {
        let mut bases = Vec::new();
        for kind in CounterType::ALL {
            assert!(kind.name().is_some_and(|name| name.starts_with("PERF_")));
            if kind.is_base() {
                bases.push(*kind);
                assert_eq!(kind.unit(), Unit::None);
            }
            let is_timer = matches!(kind.formula(), Formula::Timer { .. });
            assert_eq!(kind.is_inverse(), kind.name().unwrap().ends_with("_INV"));
            assert!(!is_timer || kind.needs_two_samples());
            assert_eq!(
                kind.is_multi(),
                kind.name().unwrap().contains("MULTI"),
                "{kind}"
            );
        }
        assert_eq!(
            bases,
            [
                CounterType::SAMPLE_BASE,
                CounterType::AVERAGE_BASE,
                CounterType::RAW_BASE,
                CounterType::LARGE_RAW_BASE,
                CounterType::COUNTER_MULTI_BASE
            ]
        );
        let unknown = CounterType(0x1234_5678);
        assert_eq!(unknown.name(), None);
        assert_eq!(unknown.to_string(), "0x12345678");
        assert_eq!(unknown.unit(), Unit::None);
    }
}
