//! Work that may never come back.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::args::high::Settings;
use crate::exit::Failure;
use crate::units;

/// More than one dead mount is asked at a time, so that ten of them do not
/// take ten times as long as one.
const WORKERS: usize = 32;

/// What `work` gives, if it does so in time. Else its thread is left behind:
/// a system call on a dead mount cannot be interrupted.
pub(crate) fn within<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (send, receive) = mpsc::channel();
    thread::Builder::new()
        .spawn(move || {
            // Nobody waits any more when the limit has passed.
            let _ = send.send(work());
        })
        .ok()?;
    receive.recv_timeout(limit).ok()
}

/// What another machine answers, if it does in the time that was given. Without
/// one it has as long as the network gives it.
///
/// # Errors
///
/// That it does not answer, and what `work` gives.
pub(crate) fn answer<T: Send + 'static>(
    settings: &Settings,
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let Some(limit) = settings.given_timeout else {
        return work();
    };
    within(limit, work).unwrap_or_else(|| {
        Err(Failure::CannotRun(format!(
            "no answer in {}",
            units::duration_in_words(limit)
        )))
    })
}

/// `work` for all items, several at a time, in their order.
pub(crate) fn for_all<I: Sync, T: Send>(items: &[I], work: impl Fn(&I) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else {
                return done;
            };
            done.push((at, work(item)));
        }
    };
    let mut done = thread::scope(|scope| {
        let threads: Vec<_> = (1..items.len().min(WORKERS))
            // Without further threads this one does everything.
            .map_while(|_| thread::Builder::new().spawn_scoped(scope, take).ok())
            .collect();
        let mut done = take();
        for thread in threads {
            done.extend(thread.join().unwrap_or_default());
        }
        done
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answers_come_in_the_order_of_the_questions() {
        let items: Vec<u64> = (0..100).collect();
        let doubled = for_all(&items, |item| {
            thread::sleep(Duration::from_micros(100 - item));
            item * 2
        });
        assert!(doubled.iter().zip(&items).all(|(d, i)| *d == i * 2));
        assert_eq!(doubled.len(), items.len());
        assert!(for_all(&[] as &[u64], |item| *item).is_empty());
    }

    #[test]
    fn what_takes_too_long_is_left_behind() {
        assert_eq!(within(Duration::from_secs(60), || 7), Some(7));
        let late = within(Duration::from_millis(1), || {
            thread::sleep(Duration::from_millis(200));
        });
        assert_eq!(late, None);
    }
}
