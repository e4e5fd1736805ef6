//! `Process.oneshot()`: what is read once is shared by the methods that
//! follow.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    thread::{self, ThreadId},
};

use oslens::process::{Fields, ProcessRow};

use super::{caller::caller, lock};

/// Fields of the kernel's `stat`, which come together for the price of one.
const STAT: Fields = Fields::NAME
    .union(Fields::PPID)
    .union(Fields::PGID)
    .union(Fields::SID)
    .union(Fields::STATE)
    .union(Fields::TERMINAL)
    .union(Fields::CPU_TIMES)
    .union(Fields::CPU_NUM)
    .union(Fields::NICE)
    .union(Fields::NUM_THREADS)
    .union(Fields::CREATE_TIME)
    .union(Fields::PAGE_FAULTS)
    .union(Fields::START);

/// Those of `status`.
const STATUS: Fields = Fields::UIDS
    .union(Fields::GIDS)
    .union(Fields::GROUPS)
    .union(Fields::CTX_SWITCHES)
    .union(Fields::CAPABILITIES)
    .union(Fields::MEMORY_INFO_EX);

/// Those of `statm`.
const STATM: Fields = Fields::MEMORY_INFO;

/// What has been read while a `oneshot()` is entered.
#[derive(Default)]
pub(super) struct Oneshot {
    /// How often it was entered and not left: the outermost ends it.
    depth: AtomicU32,
    /// By whom: the process, and its thread.
    entered_in: AtomicU32,
    entered_by: Mutex<Option<ThreadId>>,
    rows: Mutex<Vec<(Fields, Arc<ProcessRow>)>>,
}

impl Oneshot {
    // Python's lock sees to it that one thread at a time is in it. Others may
    // call methods meanwhile, and end after it: what they read is not for the
    // next one.

    pub(super) fn begin(&self) {
        // One of the parent's, that none will leave here, has ended.
        let is_active = self.is_active();
        let _rows = lock(&self.rows);
        if !is_active {
            self.entered_in.store(caller(), Ordering::Relaxed);
            *lock(&self.entered_by) = Some(thread::current().id());
        }
        self.depth.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn end(&self) {
        let mut rows = lock(&self.rows);
        // One that was never entered can be left, too: Python raises then.
        let depth = self.depth.load(Ordering::Relaxed).saturating_sub(1);
        self.depth.store(depth, Ordering::Relaxed);
        if depth == 0 {
            rows.clear();
        }
    }

    fn is_active(&self) -> bool {
        self.depth.load(Ordering::Relaxed) > 0
            && (self.entered_in.load(Ordering::Relaxed) == caller() || self.survived_fork())
    }

    /// In the child of a fork: whether the thread that entered it is the one
    /// that forked. If it was another one, nobody is there to leave it: it
    /// has ended.
    #[cold]
    fn survived_fork(&self) -> bool {
        let mut rows = lock(&self.rows);
        let survived = *lock(&self.entered_by) == Some(thread::current().id());
        if survived {
            self.entered_in.store(caller(), Ordering::Relaxed);
        } else {
            self.depth.store(0, Ordering::Relaxed);
            rows.clear();
        }
        survived
    }

    /// A row that has all of these.
    pub(super) fn row(&self, fields: Fields) -> Option<Arc<ProcessRow>> {
        if !self.is_active() {
            return None;
        }
        lock(&self.rows)
            .iter()
            .find(|(has, _)| has.contains(fields))
            .map(|(_, row)| Arc::clone(row))
    }

    /// What is read when these are asked for: all that comes with them.
    pub(super) fn wanted(&self, fields: Fields) -> Fields {
        if !self.is_active() {
            return fields;
        }
        let mut wanted = fields;
        for group in [STAT, STATUS] {
            if fields.intersects(group) {
                wanted |= group;
            }
        }
        wanted
    }

    pub(super) fn keep(&self, fields: Fields, row: &Arc<ProcessRow>) {
        let kept = fields.intersection(STAT | STATUS | STATM);
        if !self.is_active() || kept.is_empty() {
            return;
        }
        let mut rows = lock(&self.rows);
        // It may have ended since.
        if self.is_active() {
            rows.push((kept, Arc::clone(row)));
        }
    }
}
