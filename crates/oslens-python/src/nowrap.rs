//! Counters of disks and interfaces that only ever grow, for all callers
//! together as in psutil.

use std::{
    cell::RefCell,
    ffi::OsString,
    sync::{Mutex, MutexGuard, PoisonError},
};

use oslens::{
    counters::NoWrap,
    disk::{IoNoWrap, IoSnapshot},
};
use pyo3::prelude::*;

/// Counters of an interface.
pub(crate) type Traffic = (OsString, [u64; 8]);

static DISKS: Mutex<Option<IoNoWrap>> = Mutex::new(None);
static NICS: Mutex<Option<NoWrap<OsString, 8>>> = Mutex::new(None);

fn lock<T>(state: &'static Mutex<T>) -> MutexGuard<'static, T> {
    // A panic while it was held leaves counters that are as good as any.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The sample with wrapped counters carried on.
///
/// It is taken under the lock: were it adjusted after a later one, the
/// difference would look like a wrap. Not for threads that hold the GIL.
pub(crate) fn disks(
    sample: impl FnOnce() -> oslens::Result<IoSnapshot>,
) -> oslens::Result<IoSnapshot> {
    with_disks(|state| {
        let mut sample = sample()?;
        state.get_or_insert_default().adjust(&mut sample);
        Ok(sample)
    })
}

/// The same of interfaces.
pub(crate) fn nics(
    sample: impl FnOnce() -> oslens::Result<Vec<Traffic>>,
) -> oslens::Result<Vec<Traffic>> {
    with_nics(|state| {
        let mut sample = sample()?;
        state.get_or_insert_default().adjust(&mut sample);
        Ok(sample)
    })
}

/// The sum of counters, one by one.
pub(crate) fn plus<const N: usize>(mut sum: [u64; N], other: [u64; N]) -> [u64; N] {
    for (sum, other) in sum.iter_mut().zip(other) {
        *sum = sum.saturating_add(other);
    }
    sum
}

/// Forgets what `disk_io_counters` carried.
#[pyfunction]
pub(crate) fn _forget_disks(py: Python<'_>) {
    py.detach(|| with_disks(|state| *state = None));
}

/// Forgets what `net_io_counters` carried.
#[pyfunction]
pub(crate) fn _forget_nics(py: Python<'_>) {
    py.detach(|| with_nics(|state| *state = None));
}

type Held = (
    MutexGuard<'static, Option<IoNoWrap>>,
    MutexGuard<'static, Option<NoWrap<OsString, 8>>>,
);

thread_local! {
    static HELD: RefCell<Option<Held>> = const { RefCell::new(None) };
}

// The thread that forks has both locks meanwhile, and functions that other
// modules gave to `os.register_at_fork()` may come here: they have them too.

fn with_disks<T>(work: impl FnOnce(&mut Option<IoNoWrap>) -> T) -> T {
    HELD.with_borrow_mut(|held| match held {
        Some((disks, _)) => work(disks),
        None => work(&mut lock(&DISKS)),
    })
}

fn with_nics<T>(work: impl FnOnce(&mut Option<NoWrap<OsString, 8>>) -> T) -> T {
    HELD.with_borrow_mut(|held| match held {
        Some((_, nics)) => work(nics),
        None => work(&mut lock(&NICS)),
    })
}

/// Before a fork: waits until no thread holds a lock. In the child such a
/// thread would be missing, and the lock be held for ever.
#[pyfunction]
pub(crate) fn _before_fork(py: Python<'_>) {
    py.detach(|| {
        HELD.with_borrow_mut(|held| {
            // Twice where the package was imported anew.
            held.get_or_insert_with(|| (lock(&DISKS), lock(&NICS)));
        });
    });
}

/// After it, in parent and child.
#[pyfunction]
pub(crate) fn _after_fork() {
    HELD.take();
    crate::process::forked();
}
