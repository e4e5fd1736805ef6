//! State that a forked child does not share with its parent.

use std::{
    process, ptr,
    sync::atomic::{AtomicPtr, Ordering},
};

/// A value for each process: a child that is forked begins with a new one.
///
/// What threads of the parent had locked at the moment of the fork stays
/// locked in the child, and what they were about to do nobody does there. The
/// child never touches it. What it had is leaked, once for each fork after
/// which the value is used.
///
/// Children are told by their PIDs: one with its parent's PID (the first of a
/// PID namespace, of one that is so too) would take the value for its own.
pub(crate) struct PerProcess<T: 'static> {
    present: AtomicPtr<Owned<T>>,
}

struct Owned<T> {
    by: u32,
    value: T,
}

impl<T: Default + Send + Sync> PerProcess<T> {
    pub(crate) const fn new() -> Self {
        Self {
            present: AtomicPtr::new(ptr::null_mut()),
        }
    }

    /// The value of this process.
    pub(crate) fn get(&self) -> &'static T {
        let me = process::id();
        loop {
            let known = self.present.load(Ordering::Acquire);
            // SAFETY: it is null or was leaked below, is never freed, and
            // nobody has a reference to it by which it could be changed.
            if let Some(owned) = unsafe { known.as_ref() } {
                if owned.by == me {
                    return &owned.value;
                }
            }
            let new = Box::into_raw(Box::new(Owned {
                by: me,
                value: T::default(),
            }));
            let replaced =
                self.present
                    .compare_exchange(known, new, Ordering::AcqRel, Ordering::Relaxed);
            if replaced.is_err() {
                // Another thread was quicker.
                // SAFETY: it is of `into_raw` above, and nobody else has it.
                drop(unsafe { Box::from_raw(new) });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Mutex, thread};

    use super::*;

    #[test]
    fn all_threads_of_a_process_have_one_value() {
        static VALUE: PerProcess<Mutex<u32>> = PerProcess::new();
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| *VALUE.get().lock().unwrap() += 1);
            }
        });
        assert_eq!(*VALUE.get().lock().unwrap(), 8);
    }

    #[test]
    fn what_is_of_another_process_is_not_looked_at() {
        static VALUE: PerProcess<Mutex<u32>> = PerProcess::new();
        let parents = VALUE.get();
        *parents.lock().unwrap() = 7;
        // As a child finds it: locked, by a thread that it does not have.
        let _held = parents.lock().unwrap();
        let owned = Box::leak(Box::new(Owned {
            by: 0,
            value: Mutex::new(0),
        }));
        VALUE.present.store(owned, Ordering::Release);
        assert_eq!(*VALUE.get().lock().unwrap(), 0);
        assert!(ptr::eq(VALUE.get(), VALUE.get()));
    }
}
