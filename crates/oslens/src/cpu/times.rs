//! CPU times, and what happened between two of them.

use std::time::Duration;

use super::{Frequency, FrequencyOf};

/// What one CPU, or all together, did since boot.
///
/// The parts do not overlap, but for two: `guest` is contained in `user`, and
/// `guest_nice` in `nice`. `None`: this system or kernel does not have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Times {
    /// Programs, those of virtual machines included.
    pub user: Duration,
    /// The kernel.
    pub system: Duration,
    /// Nothing to do.
    pub idle: Duration,
    /// Programs of positive niceness.
    pub nice: Duration,
    /// Nothing to do while a task of this CPU waited for a block device.
    /// Can go back.
    pub iowait: Option<Duration>,
    /// Interrupts.
    pub irq: Option<Duration>,
    /// Deferred parts of interrupts.
    pub softirq: Option<Duration>,
    /// The hypervisor ran somebody else.
    pub steal: Option<Duration>,
    /// Virtual machines; contained in `user`.
    pub guest: Option<Duration>,
    /// Virtual machines of positive niceness; contained in `nice`.
    pub guest_nice: Option<Duration>,
}

impl Times {
    /// All parts together, those that are contained in others counted once.
    #[must_use]
    pub fn total(&self) -> Duration {
        [
            Some(self.user),
            Some(self.system),
            Some(self.idle),
            Some(self.nice),
            self.iowait,
            self.irq,
            self.softirq,
            self.steal,
        ]
        .into_iter()
        .flatten()
        .fold(Duration::ZERO, Duration::saturating_add)
    }

    /// What happened between `before` and this.
    ///
    /// A part that went back counts as zero: the kernel's numbers do so
    /// (`iowait`, and after a CPU was offline), and one of them must not
    /// spoil the others.
    #[must_use]
    pub fn since(&self, before: &Self) -> TimesDelta {
        let optional =
            |now: Option<Duration>, before: Option<Duration>| Some(now?.saturating_sub(before?));
        TimesDelta {
            times: Self {
                user: self.user.saturating_sub(before.user),
                system: self.system.saturating_sub(before.system),
                idle: self.idle.saturating_sub(before.idle),
                nice: self.nice.saturating_sub(before.nice),
                iowait: optional(self.iowait, before.iowait),
                irq: optional(self.irq, before.irq),
                softirq: optional(self.softirq, before.softirq),
                steal: optional(self.steal, before.steal),
                guest: optional(self.guest, before.guest),
                guest_nice: optional(self.guest_nice, before.guest_nice),
            },
        }
    }
}

/// [`Times`] of one CPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct CpuTimesOf {
    /// The number of the CPU.
    pub cpu: u32,
    /// What it did.
    pub times: Times,
}

/// What one CPU, or all together, did between two moments; made by
/// [`Times::since`].
///
/// ```
/// use oslens::cpu;
///
/// let before = cpu::times()?;
/// let delta = cpu::times()?.since(&before);
/// // Perhaps not one tick has passed: then there is nothing to divide by.
/// if let Some(fractions) = delta.fractions() {
///     assert!((0.0..=1.0).contains(&fractions.user));
/// }
/// # Ok::<(), oslens::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct TimesDelta {
    /// The time that went into each part.
    pub times: Times,
}

impl TimesDelta {
    /// CPU time that passed in all parts together: on an undisturbed machine
    /// the elapsed time multiplied by the number of CPUs.
    #[must_use]
    pub fn total(&self) -> Duration {
        self.times.total()
    }

    /// Which fraction of the time there was something to do, 0 to 1: all but
    /// `idle` and `iowait`. `None` when no time passed.
    #[must_use]
    pub fn busy(&self) -> Option<f64> {
        let waited = self
            .times
            .idle
            .saturating_add(self.times.iowait.unwrap_or_default());
        self.fraction(self.total().saturating_sub(waited))
    }

    /// Which fraction of the time went into each part, 0 to 1. `None` when no
    /// time passed.
    #[must_use]
    pub fn fractions(&self) -> Option<Fractions> {
        let times = &self.times;
        let optional = |part: Option<Duration>| self.fraction(part?);
        Some(Fractions {
            user: self.fraction(times.user)?,
            system: self.fraction(times.system)?,
            idle: self.fraction(times.idle)?,
            nice: self.fraction(times.nice)?,
            iowait: optional(times.iowait),
            irq: optional(times.irq),
            softirq: optional(times.softirq),
            steal: optional(times.steal),
            guest: optional(times.guest),
            guest_nice: optional(times.guest_nice),
        })
    }

    fn fraction(&self, part: Duration) -> Option<f64> {
        let total = self.total();
        if total.is_zero() {
            return None;
        }
        // `guest` can be above `total` in one tick: the kernel adds it to two
        // counters, and the reader sees the one before the other.
        Some((part.as_secs_f64() / total.as_secs_f64()).min(1.0))
    }
}

/// Which fraction of the time went into each part, 0 to 1. The parts of
/// [`Times`].
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Fractions {
    /// Of [`Times::user`].
    pub user: f64,
    /// Of [`Times::system`].
    pub system: f64,
    /// Of [`Times::idle`].
    pub idle: f64,
    /// Of [`Times::nice`].
    pub nice: f64,
    /// Of [`Times::iowait`].
    pub iowait: Option<f64>,
    /// Of [`Times::irq`].
    pub irq: Option<f64>,
    /// Of [`Times::softirq`].
    pub softirq: Option<f64>,
    /// Of [`Times::steal`].
    pub steal: Option<f64>,
    /// Of [`Times::guest`].
    pub guest: Option<f64>,
    /// Of [`Times::guest_nice`].
    pub guest_nice: Option<f64>,
}

/// The mean of the frequencies. `current` is the mean of those that are
/// known; a limit is known when all are.
pub(super) fn average(cpus: &[FrequencyOf]) -> Option<Frequency> {
    let mean = |values: Vec<u64>| {
        let sum = values
            .iter()
            .fold(0u128, |sum, &value| sum + u128::from(value));
        let count = u128::try_from(values.len()).ok()?;
        u64::try_from(sum.checked_div(count)?).ok()
    };
    let all = |part: fn(&Frequency) -> Option<u64>| {
        cpus.iter()
            .map(|one| part(&one.frequency))
            .collect::<Option<Vec<_>>>()
            .and_then(mean)
    };
    if cpus.is_empty() {
        return None;
    }
    Some(Frequency {
        current: mean(
            cpus.iter()
                .filter_map(|one| one.frequency.current)
                .collect(),
        ),
        min: all(|frequency| frequency.min),
        max: all(|frequency| frequency.max),
    })
}
