//! What a process used between two rows.

use std::time::Duration;

use super::{CpuTimes, ProcessRow};
use crate::{Field, Unavailable};

/// What one process used between two moments, as rates.
///
/// Rates of CPU time are fractions of one CPU: 1.0 is one CPU, busy all the
/// time. No rate is ever negative.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ProcessDelta {
    /// Time between the two rows.
    pub elapsed: Duration,
    /// User and system time together; from
    /// [`Fields::CPU_TOTAL`](super::Fields::CPU_TOTAL) in nanoseconds where
    /// both rows have it, else from
    /// [`Fields::CPU_TIMES`](super::Fields::CPU_TIMES) in ticks.
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub cpu: Field<f64>,
    /// User time, from ticks.
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub user: Field<f64>,
    /// System time, from ticks.
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub system: Field<f64>,
    /// Bytes fetched from storage, per second.
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub read_bytes_per_second: Field<f64>,
    /// Bytes sent to storage, per second.
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub write_bytes_per_second: Field<f64>,
    /// Minor page faults per second.
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub minor_faults_per_second: Field<f64>,
    /// Major page faults per second.
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub major_faults_per_second: Field<f64>,
    /// Context switches of both kinds per second.
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub ctx_switches_per_second: Field<f64>,
}

impl ProcessRow {
    /// What the process used since an earlier row of it.
    ///
    /// `None` when the rows are of different processes, also when only the
    /// counters prove it (rows without a start, whose CPU time went back),
    /// and when no time is between them.
    #[must_use]
    pub fn since(&self, before: &Self) -> Option<ProcessDelta> {
        if self.id().differs_from(&before.id()) {
            return None;
        }
        let elapsed = self
            .sampled_at
            .checked_duration_since(before.sampled_at)
            .filter(|elapsed| !elapsed.is_zero())?;
        if let (Ok(now), Ok(then)) = (self.cpu_total, before.cpu_total) {
            let is_proved = self.start.is_known() && before.start.is_known();
            if now < then && !is_proved {
                return None;
            }
        }
        let seconds = elapsed.as_secs_f64();
        let time = |of: fn(&ProcessRow) -> Field<Duration>| {
            let (now, then) = both(of(self), of(before))?;
            Ok(now.saturating_sub(then).as_secs_f64() / seconds)
        };
        let count = |of: fn(&ProcessRow) -> Field<u64>| {
            let (now, then) = both(of(self), of(before))?;
            // Counters of this size are exact enough as a float.
            Ok(now.saturating_sub(then) as f64 / seconds)
        };
        let ticks = |of: fn(CpuTimes) -> Duration| {
            let (now, then) = both(self.cpu_times, before.cpu_times)?;
            Ok(of(now).saturating_sub(of(then)).as_secs_f64() / seconds)
        };
        Some(ProcessDelta {
            elapsed,
            cpu: time(|row| row.cpu_total).or_else(|why| {
                ticks(|times| times.user.saturating_add(times.system)).map_err(|other| {
                    if why == Unavailable::NotRequested {
                        other
                    } else {
                        why
                    }
                })
            }),
            user: ticks(|times| times.user),
            system: ticks(|times| times.system),
            read_bytes_per_second: count(|row| known(row.io_counters?.read_bytes)),
            write_bytes_per_second: count(|row| known(row.io_counters?.write_bytes)),
            minor_faults_per_second: count(|row| row.page_faults.map(|faults| faults.minor)),
            major_faults_per_second: count(|row| row.page_faults.map(|faults| faults.major)),
            ctx_switches_per_second: count(|row| {
                row.ctx_switches.map(|switches| {
                    let involuntary = switches.involuntary.unwrap_or(0);
                    switches.voluntary.saturating_add(involuntary)
                })
            }),
        })
    }
}

/// A part that not every system counts.
fn known(part: Option<u64>) -> Field<u64> {
    part.ok_or(Unavailable::Unsupported)
}

/// Both values, or the reason of the newer row before that of the older.
fn both<T>(now: Field<T>, then: Field<T>) -> Field<(T, T)> {
    Ok((now?, then?))
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::process::{IoCounters, Pid, StartTime};

    fn row(start: u64, at: Instant) -> ProcessRow {
        let mut row = ProcessRow::empty(Pid::new(7), at);
        row.start = StartTime::from_raw(start);
        row
    }

    #[test]
    fn rates_are_fractions_of_one_cpu_and_units_per_second() {
        let then = Instant::now();
        let mut before = row(1, then);
        let mut now = row(1, then + Duration::from_secs(2));
        before.cpu_total = Ok(Duration::from_secs(10));
        now.cpu_total = Ok(Duration::from_secs(13));
        let io = |read_bytes| IoCounters {
            read_bytes: Some(read_bytes),
            ..IoCounters::default()
        };
        before.io_counters = Ok(io(100));
        now.io_counters = Ok(io(4100));
        let delta = now.since(&before).unwrap();
        assert_eq!(delta.elapsed, Duration::from_secs(2));
        assert_eq!(delta.cpu, Ok(1.5));
        assert_eq!(delta.read_bytes_per_second, Ok(2000.0));
        // What is not counted has no rate of zero.
        let unknown = Err(Unavailable::Unsupported);
        assert_eq!(delta.write_bytes_per_second, unknown);
        assert_eq!(delta.user, Err(Unavailable::NotRequested));
    }

    #[test]
    fn ticks_stand_in_for_a_missing_clock() {
        let then = Instant::now();
        let mut before = row(1, then);
        let mut now = row(1, then + Duration::from_secs(1));
        before.cpu_times = Ok(CpuTimes::default());
        now.cpu_times = Ok(CpuTimes {
            user: Duration::from_millis(200),
            system: Duration::from_millis(300),
            ..CpuTimes::default()
        });
        let delta = now.since(&before).unwrap();
        assert_eq!(delta.cpu, Ok(0.5));
        assert_eq!(delta.user, Ok(0.2));
    }

    #[test]
    fn another_process_with_the_pid_has_no_delta() {
        let then = Instant::now();
        let later = then + Duration::from_secs(1);
        assert!(row(2, later).since(&row(1, then)).is_none());
        assert!(row(1, then).since(&row(1, then)).is_none(), "no time");
        assert!(row(1, then).since(&row(1, later)).is_none(), "backwards");

        let mut unknown = row(1, then);
        unknown.start = StartTime::UNKNOWN;
        unknown.cpu_total = Ok(Duration::from_secs(5));
        let mut reused = unknown.clone();
        reused.sampled_at = later;
        reused.cpu_total = Ok(Duration::from_secs(1));
        assert!(reused.since(&unknown).is_none());
    }

    #[test]
    fn a_rate_is_never_negative() {
        let then = Instant::now();
        let mut before = row(1, then);
        let mut now = row(1, then + Duration::from_secs(1));
        before.cpu_total = Ok(Duration::from_secs(5));
        now.cpu_total = Ok(Duration::from_secs(4));
        assert_eq!(now.since(&before).unwrap().cpu, Ok(0.0));
    }
}
