//! Values from raw samples, by the formulas that are published for each type.

use std::time::SystemTime;

use super::{NoValue, Reading};
use crate::{
    CounterType,
    counter_type::{Formula, Second},
};

#[cfg(test)]
mod tests;

/// Seconds of a time that no system was up for.
const CENTURY: f64 = 100.0 * 365.25 * 86_400.0;

/// What a provider counted, before anything is computed of it.
///
/// ```
/// use oslens_counters::{CounterType, Format, RawValue, Reading};
///
/// // 500 more in two seconds of a clock with 1000 ticks.
/// let before = RawValue::new(CounterType::COUNTER_COUNTER, 4_000, 10_000).with_frequency(1000);
/// let after = RawValue::new(CounterType::COUNTER_COUNTER, 4_500, 12_000).with_frequency(1000);
/// let rate = after.calculate(Some(&before), Format::default());
/// assert_eq!(rate, Ok(Reading::Real(250.0)));
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RawValue {
    /// The type, which says what the numbers mean.
    pub kind: CounterType,
    /// What was counted. Counts of 32 bits are not extended by their sign.
    pub first: i64,
    /// The time or base that it is held against: ticks of the performance
    /// counter, steps of 100 ns, the object's time, or the base's value, as
    /// the type says; 0 where it uses none.
    pub second: i64,
    /// Of multi timers, how many items are added up.
    pub multi_count: u32,
    /// Ticks in a second of the clock that the type uses; 0 where unknown.
    pub frequency: i64,
    /// The text of [`CounterType::COUNTER_TEXT`].
    pub text: Option<String>,
    /// When the sample was taken, where that is known.
    pub time: Option<SystemTime>,
}

/// How values are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Format {
    /// Whether what is above 100 % is shown as 100 %, as the system's own
    /// tools do it. A process on several CPUs reaches more.
    pub cap_at_100: bool,
    /// The power of ten to multiply by, −7 to 7; anything else counts as the
    /// nearest. Other than 0 it makes integers real.
    pub scale: i32,
}

impl Format {
    /// The same, capped at 100 %.
    #[must_use]
    pub const fn capped(mut self) -> Self {
        self.cap_at_100 = true;
        self
    }

    /// The same, with values multiplied by that power of ten.
    #[must_use]
    pub const fn scaled(mut self, scale: i32) -> Self {
        self.scale = scale;
        self
    }
}

impl RawValue {
    /// What was counted, and the time or base.
    #[must_use]
    pub const fn new(kind: CounterType, first: i64, second: i64) -> Self {
        Self {
            kind,
            first,
            second,
            multi_count: 0,
            frequency: 0,
            text: None,
            time: None,
        }
    }

    /// The same by a clock with so many ticks in a second.
    #[must_use]
    pub const fn with_frequency(mut self, frequency: i64) -> Self {
        self.frequency = frequency;
        self
    }

    /// The same of so many items.
    #[must_use]
    pub const fn with_multi_count(mut self, items: u32) -> Self {
        self.multi_count = items;
        self
    }

    /// The value that this sample shows, with the one before it for the types
    /// that need two.
    ///
    /// A count of 32 or 64 bits that begins again at 0 goes on. One that went
    /// back by more than half of its range to get there was
    /// [`Reset`](NoValue::Reset), as was one of another type.
    ///
    /// # Errors
    ///
    /// Why there is no value.
    pub fn calculate(&self, before: Option<&Self>, format: Format) -> Result<Reading, NoValue> {
        let value = self.unscaled(before)?;
        let Format { cap_at_100, scale } = format;
        let value = match value {
            Reading::Real(number) if cap_at_100 && self.kind.unit() == crate::Unit::Percent => {
                Reading::Real(number.min(100.0))
            }
            value => value,
        };
        match (scale.clamp(-7, 7), value.as_f64()) {
            (0, _) | (_, None) => Ok(value),
            (scale, Some(number)) => Ok(Reading::Real(number * 10_f64.powi(scale))),
        }
    }

    fn unscaled(&self, before: Option<&Self>) -> Result<Reading, NoValue> {
        let formula = self.kind.formula();
        match formula {
            Formula::Raw => return Ok(Reading::Integer(self.count())),
            Formula::RawFraction => return self.raw_fraction(),
            Formula::Elapsed => return self.elapsed(),
            Formula::Text => {
                let text = self.text.clone().ok_or(NoValue::NoData)?;
                return Ok(Reading::Text(text));
            }
            Formula::Nothing | Formula::Unknown => return Err(NoValue::NotANumber),
            _ => {}
        }
        let before = before.ok_or(NoValue::FirstSample)?;
        if before.kind != self.kind {
            return Err(NoValue::Reset);
        }
        let counted = self.counted_since(before)?;
        if formula == Formula::Delta {
            return i64::try_from(counted)
                .map(Reading::Integer)
                .map_err(|_| NoValue::Reset);
        }
        let base = self.second_since(before)?;
        if base == 0 {
            return Err(match formula {
                Formula::SampleFraction | Formula::AverageTimer | Formula::Average => {
                    NoValue::NothingCounted
                }
                // The clock stood still.
                _ => NoValue::NegativeDenominator,
            });
        }
        let ratio = real(counted) / real(base);
        let value = match formula {
            Formula::Rate => ratio * self.ticks()?,
            Formula::QueueLength | Formula::Average => ratio,
            Formula::SampleFraction => 100.0 * ratio,
            Formula::AverageTimer => ratio / self.ticks()?,
            Formula::Timer { inverse, multi } => {
                let items = match (multi, self.multi_count) {
                    (false, _) => 1.0,
                    (true, 0) => return Err(NoValue::NothingCounted),
                    (true, items) => f64::from(items),
                };
                let active = if inverse { items - ratio } else { ratio };
                let percent = 100.0 * active / items;
                // The clock was read a little before what it is held against:
                // idle for longer than there was time.
                if percent < 0.0 {
                    return Err(NoValue::NegativeValue);
                }
                percent
            }
            Formula::Raw
            | Formula::Delta
            | Formula::RawFraction
            | Formula::Elapsed
            | Formula::Text
            | Formula::Nothing
            | Formula::Unknown => return Err(NoValue::NotANumber),
        };
        Ok(Reading::Real(value))
    }

    /// What is counted now.
    fn count(&self) -> i64 {
        if self.kind.is_large() {
            self.first
        } else {
            self.first & 0xFFFF_FFFF
        }
    }

    fn raw_fraction(&self) -> Result<Reading, NoValue> {
        let (part, whole) = if self.kind.is_large() {
            (self.first, self.second)
        } else {
            (self.first & 0xFFFF_FFFF, self.second & 0xFFFF_FFFF)
        };
        match whole {
            0 => Err(NoValue::NothingCounted),
            ..0 => Err(NoValue::NegativeDenominator),
            _ if part < 0 => Err(NoValue::NegativeValue),
            _ => Ok(Reading::Real(100.0 * signed(part) / signed(whole))),
        }
    }

    fn elapsed(&self) -> Result<Reading, NoValue> {
        let passed = self.second.checked_sub(self.first).ok_or(NoValue::NoData)?;
        if passed < 0 {
            return Err(NoValue::NegativeValue);
        }
        let seconds = signed(passed) / self.ticks()?;
        // Without a start, as of a total: all the time since 1601. A clock
        // that began with the system has a start of 0 too.
        if self.first == 0 && seconds > CENTURY {
            return Err(NoValue::NoData);
        }
        Ok(Reading::Real(seconds))
    }

    fn ticks(&self) -> Result<f64, NoValue> {
        if self.frequency <= 0 {
            return Err(NoValue::NegativeTimebase);
        }
        Ok(signed(self.frequency))
    }

    fn counted_since(&self, before: &Self) -> Result<u64, NoValue> {
        // Some providers count 64 bits where the type says 32.
        let large = self.kind.is_large() || is_long(self.first) || is_long(before.first);
        since(self.first, before.first, large).ok_or(NoValue::Reset)
    }

    fn second_since(&self, before: &Self) -> Result<u64, NoValue> {
        let large = match self.kind.second() {
            // Bases of sampled and averaged counters have 32 bits; those of
            // `AVERAGE_BULK` too, for all that it counts 64.
            Second::Base => !matches!(
                self.kind.formula(),
                Formula::SampleFraction | Formula::AverageTimer | Formula::Average
            ),
            _ => true,
        };
        if large || is_long(self.second) || is_long(before.second) {
            let passed = self.second.checked_sub(before.second);
            return passed
                .and_then(|passed| u64::try_from(passed).ok())
                .ok_or(NoValue::NegativeDenominator);
        }
        since(self.second, before.second, false).ok_or(NoValue::NegativeDenominator)
    }
}

fn is_long(count: i64) -> bool {
    u32::try_from(count).is_err()
}

/// How far a count went, over its end too; `None` where it went more than
/// half of its range, which is to say back.
fn since(now: i64, before: i64, large: bool) -> Option<u64> {
    if large {
        let passed = now.wrapping_sub(before);
        return u64::try_from(passed).ok();
    }
    // The low 32 bits are the count.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let passed = (now as u32).wrapping_sub(before as u32);
    (passed <= u32::MAX / 2).then(|| u64::from(passed))
}

#[allow(clippy::cast_precision_loss)]
fn real(number: u64) -> f64 {
    number as f64
}

#[allow(clippy::cast_precision_loss)]
fn signed(number: i64) -> f64 {
    number as f64
}
