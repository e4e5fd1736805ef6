//! Waiting for processes to end.

use std::{
    process::ExitStatus,
    time::{Duration, Instant},
};

use super::Process;
use crate::{Error, Result, sys};

/// What became of a process that was waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waited {
    /// It has ended; how, if that can be known.
    Ended(Option<ExitStatus>),
    /// It had not ended when the time was over, or when another one did.
    Running,
}

impl Process {
    /// Waits until it has ended, and says how where that can be known. A
    /// zombie has ended.
    ///
    /// A child of the caller is collected, so that it does not stay as a
    /// zombie; no other child is. (A `std::process::Child` of the same
    /// process is not told and cannot wait for it any more.) A second wait
    /// on this value gives the same answer, if it holds a handle. The status
    /// of other processes is `None`, unless the kernel keeps it.
    ///
    /// ```
    /// # #[cfg(unix)] {
    /// use std::{process::Command, time::Duration};
    /// use oslens::process::Process;
    ///
    /// let child = Command::new("sh").args(["-c", "exit 3"]).spawn().unwrap();
    /// let process = Process::open(child.id())?;
    /// let status = process.wait(Some(Duration::from_secs(60)))?;
    /// assert_eq!(status.unwrap().code(), Some(3));
    /// # }
    /// # Ok::<(), oslens::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `TimedOut` when it has not ended in time; a timeout of zero asks
    /// without waiting. A process that has long ended is no error.
    ///
    /// # Platform
    ///
    /// Linux: `poll` on the pidfd, and `waitid` for a child. Since Linux
    /// 6.15 the status of other processes is known too, once their parent
    /// has collected them. Where there are no pidfds, and for other roots,
    /// the process is looked at every 0.1 to 40 ms. Windows: the handle, which
    /// knows the exit code of any process, also of one that ended before while
    /// somebody has a handle of it; nobody is collected. A process that the
    /// caller may not wait for is looked at every 1 to 40 ms. FreeBSD, NetBSD,
    /// OpenBSD, macOS: `kqueue`, which takes PIDs: the process is looked at
    /// before, and every 2 s, because its PID may be another's; `waitpid` for a
    /// child. Nobody tells the status of others.
    ///
    /// # Cost
    ///
    /// Linux: 3 system calls. FreeBSD, NetBSD, OpenBSD, macOS: a queue, its
    /// record before, and every 2 s.
    pub fn wait(&self, timeout: Option<Duration>) -> Result<Option<ExitStatus>> {
        let waited = sys::process::wait(&[self.target()], deadline(timeout), true)?;
        match waited.first() {
            Some(Waited::Ended(status)) => Ok(*status),
            _ => Err(timed_out(timeout, "it").with_pid(self.pid())),
        }
    }
}

/// Waits until one of the processes has ended; what became of each, in their
/// order. More than one may have ended. See [`Process::wait`].
///
/// # Errors
///
/// `TimedOut` when none has ended in time; `InvalidInput` when there is
/// nothing to wait for.
///
/// # Cost
///
/// Linux: one `poll` over all of them, and a descriptor for each that has no
/// handle. Windows: one call for up to 64, a thread for every further 63.
/// FreeBSD, NetBSD, OpenBSD, macOS: one queue for all of them.
pub fn wait_any(processes: &[Process], timeout: Option<Duration>) -> Result<Vec<Waited>> {
    if processes.is_empty() {
        return Err(Error::invalid_input("there is no process to wait for"));
    }
    let waited = wait(processes, timeout, false)?;
    if waited.iter().all(|waited| *waited == Waited::Running) {
        return Err(timed_out(timeout, "one of the processes"));
    }
    Ok(waited)
}

/// Waits until all of the processes have ended, or the time is over; what
/// became of each, in their order. See [`Process::wait`].
///
/// ```
/// # #[cfg(unix)] {
/// use std::{process::Command, time::Duration};
/// use oslens::process::{Process, Waited, wait_all};
///
/// let mut children = [0, 1].map(|code| {
///     Command::new("sh").args(["-c", &format!("exit {code}")]).spawn().unwrap()
/// });
/// let processes = [Process::open(children[0].id())?, Process::open(children[1].id())?];
/// let waited = wait_all(&processes, Some(Duration::from_secs(60)))?;
/// assert!(waited.iter().all(|one| matches!(one, Waited::Ended(Some(_)))));
/// # }
/// # Ok::<(), oslens::Error>(())
/// ```
///
/// # Errors
///
/// When the system fails; that some still run is no error.
///
/// # Cost
///
/// As [`wait_any`].
pub fn wait_all(processes: &[Process], timeout: Option<Duration>) -> Result<Vec<Waited>> {
    wait(processes, timeout, true)
}

fn wait(processes: &[Process], timeout: Option<Duration>, all: bool) -> Result<Vec<Waited>> {
    let targets: Vec<_> = processes.iter().map(Process::target).collect();
    sys::process::wait(&targets, deadline(timeout), all)
}

/// A timeout that goes beyond what the clock can count is none.
fn deadline(timeout: Option<Duration>) -> Option<Instant> {
    Instant::now().checked_add(timeout?)
}

#[cold]
fn timed_out(timeout: Option<Duration>, who: &str) -> Error {
    let waited = timeout.unwrap_or_default();
    Error::timed_out(format!("{who} has not ended within {waited:?}"))
}
