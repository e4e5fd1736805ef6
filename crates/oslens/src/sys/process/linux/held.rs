//! Descriptors that are held for processes which are asked often: how many,
//! at which numbers, and what becomes of them behind our back.
//!
//! Nobody has asked for them by name, so they must not be missed elsewhere,
//! and a program that closes or inherits them must not get wrong answers.
//! `docs/DESIGN.md` says what can happen to them.

use std::{
    os::fd::RawFd,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use rustix::process::{Resource, getrlimit};

use super::cells;
use crate::{
    process::Pid,
    sys::pal::linux::{
        forks,
        watch::{Look, Watch},
    },
};

/// Most processes for which descriptors are held, two each.
const MOST: usize = 128;

/// Where the numbers begin, if there are so many: new files get the lowest
/// number that is free, so that these are not given to others by chance. No
/// higher, because the kernel keeps (and a fork copies) a table up to the
/// highest.
const LOWEST: u64 = 768;

/// A watched process: whatever says that it runs is true.
#[derive(Debug)]
pub(super) struct Held {
    watch: Watch,
    /// In a forked child they are the parent's.
    life: u32,
    /// Set for ever: they say nothing any more.
    is_void: Arc<AtomicBool>,
}

/// Those that hold numbers, in this life.
struct Holders {
    life: u32,
    all: Vec<([RawFd; 2], Arc<AtomicBool>)>,
}

static HOLDERS: Mutex<Holders> = Mutex::new(Holders {
    life: 0,
    all: Vec::new(),
});

impl Held {
    /// Watches whoever has this PID now. `None` where that cannot be done, or
    /// descriptors are not plentiful.
    pub(super) fn open(pid: Pid) -> Option<Self> {
        // Never waited for: a fork may find it held by a thread that does
        // not live on in the child.
        let mut holders = HOLDERS.try_lock().ok()?;
        let life = forks::life();
        if holders.life != life {
            // Those of the parent close theirs when they are dropped.
            holders.all.clear();
            holders.life = life;
        }
        // No more than a quarter of what the program may have.
        let limit = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
        if holders.all.len() >= MOST.min(usize::try_from(limit / 8).unwrap_or(MOST)) {
            return None;
        }
        let lowest = RawFd::try_from(LOWEST.min(limit / 4 * 3)).ok()?;
        let watch = Watch::new(cells::open_pidfd(pid).ok()?, lowest).ok()??;
        let numbers = watch.numbers();
        // Who had one of these has lost it: somebody else closed it.
        holders.all.retain(|(theirs, is_void)| {
            let is_theirs = !theirs.iter().any(|number| numbers.contains(number));
            if !is_theirs {
                is_void.store(true, Ordering::Release);
            }
            is_theirs
        });
        let is_void = Arc::new(AtomicBool::new(false));
        holders.all.push((numbers, Arc::clone(&is_void)));
        Some(Self {
            watch,
            life,
            is_void,
        })
    }

    /// Whether the process is known to run, and thus to have its PID. False:
    /// that has to be found out otherwise.
    pub(super) fn runs(&self) -> bool {
        if !self.is_ours() {
            return false;
        }
        match self.watch.look() {
            // The numbers may have been taken meanwhile.
            Look::Runs => self.is_ours(),
            Look::Ended | Look::Lost => {
                self.is_void.store(true, Ordering::Release);
                false
            }
        }
    }

    /// The same, for those who will change something: the descriptors, too,
    /// are looked at.
    pub(super) fn surely_runs(&self) -> bool {
        self.is_ours() && self.watch.is_whole() && self.runs()
    }

    /// Sends a signal to this process or to nobody; `None`: not through here.
    pub(super) fn send(&self, signal: i32) -> Option<rustix::io::Result<()>> {
        if !self.is_ours() {
            return None;
        }
        self.watch.send(signal)
    }

    fn is_ours(&self) -> bool {
        !self.is_void.load(Ordering::Acquire) && self.life == forks::life()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.life == forks::life() {
            let mut holders: MutexGuard<'_, Holders> =
                HOLDERS.lock().unwrap_or_else(PoisonError::into_inner);
            holders
                .all
                .retain(|(_, is_void)| !Arc::ptr_eq(is_void, &self.is_void));
        }
        // A child has inherited them, and is rid of its copies by this.
        self.watch.close();
    }
}
