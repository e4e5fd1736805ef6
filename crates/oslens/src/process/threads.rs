//! The threads of a process.

use std::{ffi::OsString, time::Duration};

use super::{Process, StartTime, State};
use crate::{Result, sys};

/// One thread of a process.
///
/// Threads are no processes: they have no rows in [`list`](super::list), and
/// acting on one acts on its process.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Thread {
    /// The kernel's number for it (TID). On Linux, and since NetBSD 10, the
    /// main thread's is the PID. On macOS the number that debuggers and
    /// `pthread_threadid_np` give, which no thread of the system has again;
    /// before 10.13 the address that the thread calls itself by.
    pub id: u64,
    /// Its own name; at most 15 bytes on Linux. Empty on Windows and macOS: it
    /// has none, or the caller may not ask.
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::plain"))]
    pub name: OsString,
    /// What it is doing.
    pub state: State,
    /// CPU time in user mode; together with that in the kernel where `system`
    /// is `None`.
    pub user: Duration,
    /// CPU time in the kernel. `None` on NetBSD, which does not tell the two
    /// apart.
    pub system: Option<Duration>,
    /// CPU that it ran on last.
    pub cpu_num: Option<u32>,
    /// Niceness; each thread has its own on Linux, and that of its process
    /// elsewhere.
    pub nice: i32,
    /// When it started. Unknown on the BSDs and macOS.
    pub start: StartTime,
}

impl Process {
    /// Its threads, by ascending number. Threads that end while they are
    /// being read are left out; a zombie has its main thread.
    ///
    /// ```
    /// use oslens::process::Process;
    ///
    /// let me = Process::current()?;
    /// let threads = me.threads()?;
    /// assert!(threads.is_sorted_by_key(|thread| thread.id));
    /// # Ok::<(), oslens::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `NoSuchProcess`, `Reused`; on NetBSD, OpenBSD and macOS `Zombie`; on
    /// macOS `AccessDenied` for other users' processes; on NetBSD `TimedOut`
    /// for one that loads a program, or ends, all the time.
    ///
    /// # Platform
    ///
    /// Linux: `/proc/PID/task/TID/stat`, which everybody may read unless
    /// `/proc` is mounted with `hidepid`. Windows: the table of all
    /// processes, and a handle of each thread for its name. FreeBSD:
    /// `kern.proc.pid` with a record for each; NetBSD: `kern.lwp`; OpenBSD:
    /// `kern.proc` with a record for each. macOS: `PROC_PIDLISTTHREADIDS` and
    /// `PROC_PIDTHREADID64INFO`; before 10.13 `PROC_PIDLISTTHREADS` and
    /// `PROC_PIDTHREADINFO`, for which a thread that has not begun to run its
    /// program has no address yet, nor has one of the kernel's: they are left
    /// out.
    ///
    /// # Cost
    ///
    /// Linux: 6 system calls and 3 for each thread. BSDs: 1 question for all
    /// of them, and the proof of whose they are. macOS: 2 questions and 1 for
    /// each thread, and the proof.
    pub fn threads(&self) -> Result<Vec<Thread>> {
        sys::process::threads(self.target())
    }
}
