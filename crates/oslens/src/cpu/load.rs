//! Load averages on systems that keep none.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use super::LoadAverage;
use crate::{Error, ErrorKind, Host, Result, sys};

/// How often is counted, as Unix kernels do.
const INTERVAL: Duration = Duration::from_secs(5);

/// Threads at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Runnable {
    /// Those that run or could.
    pub(crate) running: u32,
    /// All.
    pub(crate) total: u32,
}

/// Keeps load averages where the system does not.
///
/// On Windows a thread of this value counts every 5 seconds the threads of all
/// processes that run or could run, and averages them as Unix kernels do. It
/// ends when the value is dropped. Before 1, 5 or 15 minutes have passed, an
/// average is that of the time since the start. Nothing is shared with other
/// processes, nor with another tracker.
///
/// Where the system keeps averages itself, they are what it says, and there
/// is no thread.
///
/// ```
/// use oslens::{ErrorKind, cpu::LoadTracker};
///
/// match LoadTracker::start() {
///     Ok(tracker) => println!("{:.2}", tracker.load_average()?.one),
///     Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported),
/// }
/// # Ok::<(), oslens::Error>(())
/// ```
#[derive(Debug)]
pub struct LoadTracker(Option<Counter>);

impl LoadTracker {
    /// Starts to count, and counts once.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] where the system neither keeps averages nor
    /// says which threads run.
    ///
    /// # Cost
    ///
    /// Windows: a thread, and every 5 seconds the table of all processes and
    /// threads, 1 system call.
    pub fn start() -> Result<Self> {
        match Host::local().load_average() {
            Ok(_) => return Ok(Self(None)),
            Err(error) if error.kind() == ErrorKind::Unsupported => {}
            Err(error) => return Err(error),
        }
        let first = sys::cpu::runnable()?;
        Counter::start(first).map(Some).map(Self)
    }

    /// How many threads ran or waited for a CPU, on average.
    ///
    /// # Errors
    ///
    /// As [`load_average`](super::load_average), where the system keeps it.
    pub fn load_average(&self) -> Result<LoadAverage> {
        match &self.0 {
            Some(counter) => Ok(locked(&counter.shared.state).averages.now()),
            None => Host::local().load_average(),
        }
    }
}

#[derive(Debug)]
struct Counter {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// The end has come.
    end: Condvar,
}

#[derive(Debug)]
struct State {
    averages: Averages,
    ended: bool,
}

/// A thread that panicked while it held the lock has left numbers behind, as
/// good as any.
fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Counter {
    fn start(first: Runnable) -> Result<Self> {
        let mut averages = Averages::default();
        averages.add(first, INTERVAL);
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                averages,
                ended: false,
            }),
            end: Condvar::new(),
        });
        let own = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("oslens load".to_owned())
            .spawn(move || count(&own))
            .map_err(|error| Error::call("thread::spawn", error))?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        locked(&self.shared.state).ended = true;
        self.shared.end.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn count(shared: &Shared) {
    let mut last = Instant::now();
    let mut state = locked(&shared.state);
    while !state.ended {
        let left = INTERVAL.saturating_sub(last.elapsed());
        if !left.is_zero() {
            state = shared
                .end
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
            continue;
        }
        drop(state);
        let now = sys::cpu::runnable();
        state = locked(&shared.state);
        // One that failed is missing: the next one counts for longer.
        if let Ok(now) = now {
            state.averages.add(now, last.elapsed());
        }
        last = Instant::now();
    }
}

/// Averages in which a moment counts the less the longer ago it is.
#[derive(Debug, Clone, Copy, Default)]
struct Averages {
    /// Over 1, 5 and 15 minutes.
    parts: [Average; 3],
    last: Option<Runnable>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Average {
    sum: f64,
    /// What all moments together count, from 0 to 1: less than 1 as long as
    /// the time since the start is short.
    weight: f64,
}

impl Averages {
    fn add(&mut self, moment: Runnable, elapsed: Duration) {
        for (part, minutes) in self.parts.iter_mut().zip([1.0, 5.0, 15.0]) {
            let decay = (-elapsed.as_secs_f64() / (60.0 * minutes)).exp();
            part.sum = part.sum * decay + f64::from(moment.running) * (1.0 - decay);
            part.weight = part.weight * decay + (1.0 - decay);
        }
        self.last = Some(moment);
    }

    fn now(&self) -> LoadAverage {
        let [one, five, fifteen] = self.parts.map(|part| {
            if part.weight > 0.0 {
                part.sum / part.weight
            } else {
                0.0
            }
        });
        LoadAverage {
            one,
            five,
            fifteen,
            running: self.last.map(|last| last.running),
            total: self.last.map(|last| last.total),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(loads: impl IntoIterator<Item = u32>) -> LoadAverage {
        let mut averages = Averages::default();
        for running in loads {
            averages.add(
                Runnable {
                    running,
                    total: 100,
                },
                INTERVAL,
            );
        }
        averages.now()
    }

    #[test]
    fn a_load_that_does_not_change_is_the_average_from_the_start() {
        for samples in [1, 2, 1000] {
            let load = after(std::iter::repeat_n(3, samples));
            for average in [load.one, load.five, load.fifteen] {
                assert!((average - 3.0).abs() < 1e-9, "{load:?}");
            }
            assert_eq!((load.running, load.total), (Some(3), Some(100)));
        }
    }

    #[test]
    fn a_minute_changes_the_first_average_most() {
        // An idle hour, then a minute with one thread.
        let load = after(std::iter::repeat_n(0, 720).chain([1; 12]));
        let expected = |minutes: f64| 1.0 - (-1.0 / minutes).exp();
        assert!((load.one - expected(1.0)).abs() < 0.001, "{load:?}");
        assert!((load.five - expected(5.0)).abs() < 0.001, "{load:?}");
        assert!((load.fifteen - expected(15.0)).abs() < 0.01, "{load:?}");
    }

    #[test]
    fn a_moment_counts_for_the_time_since_the_one_before() {
        let moment = |running| Runnable { running, total: 1 };
        let mut averages = Averages::default();
        averages.add(moment(0), Duration::from_secs(3600));
        // Asleep for an hour.
        averages.add(moment(2), Duration::from_secs(3600));
        assert!((averages.now().one - 2.0).abs() < 0.001);
        assert!(Averages::default().now().one == 0.0);
    }

    #[test]
    fn a_counter_ends_with_its_value() {
        let first = Runnable {
            running: 1,
            total: 2,
        };
        let counter = Counter::start(first).unwrap();
        let shared = Arc::downgrade(&counter.shared);
        assert!((locked(&counter.shared.state).averages.now().one - 1.0).abs() < 1e-9);
        let start = Instant::now();
        drop(counter);
        assert!(shared.upgrade().is_none());
        assert!(start.elapsed() < INTERVAL);
    }
}
