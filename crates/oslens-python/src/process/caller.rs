//! Which process this is: a child of a fork has what its parent had.

use std::sync::atomic::{AtomicU32, Ordering};

use oslens::process::Pid;

/// The caller's PID as of the last fork: to ask for it costs as much as some
/// answers.
static CALLER: AtomicU32 = AtomicU32::new(0);

/// The caller's PID, once the package is imported.
pub(super) fn caller() -> u32 {
    CALLER.load(Ordering::Relaxed)
}

/// Has to be called at the import, and in the child of a fork.
pub(crate) fn forked() {
    CALLER.store(Pid::current().get(), Ordering::Relaxed);
}
