//! All processes at once.

use super::{Fields, Pid, Process, ProcessRow};
use crate::{Host, Result, sys};

/// The PIDs of all processes, ascending.
///
/// Threads are no processes, zombies are. Under `hidepid` only those that
/// the caller may see.
///
/// # Errors
///
/// When procfs is not mounted where the host says: no list is ever empty,
/// because the caller is on it.
/// [`NotFound`](crate::ErrorKind::NotFound) when there is no such directory,
/// [`Unsupported`](crate::ErrorKind::Unsupported) when something else is in
/// it.
///
/// # Cost
///
/// Linux: 4 system calls for up to about a thousand processes, 1 more for
/// each further thousand. Windows: 1, for the whole table. FreeBSD, NetBSD,
/// OpenBSD, macOS: 1 question, for all records.
///
/// ```
/// use oslens::process::{self, Pid};
///
/// let pids = process::pids()?;
/// assert!(pids.contains(&Pid::current()));
/// # Ok::<(), oslens::Error>(())
/// ```
pub fn pids() -> Result<Vec<Pid>> {
    Host::local().pids()
}

/// Whether a process has this PID now, a zombie too.
///
/// The number of a thread is not the PID of a process, unless it is the
/// process's first thread. Under `hidepid`, `false` for a process that the
/// caller may not see.
///
/// # Errors
///
/// As [`pids`].
///
/// # Cost
///
/// Linux: 3 system calls, 1 if there is none; 5 for another host. Windows: 4;
/// the table, for one that the caller may not open. FreeBSD, NetBSD, OpenBSD,
/// macOS: its record.
///
/// ```
/// use oslens::process::{self, Pid};
///
/// assert!(process::pid_exists(Pid::current())?);
/// assert!(!process::pid_exists(u32::MAX)?);
/// # Ok::<(), oslens::Error>(())
/// ```
pub fn pid_exists(pid: impl Into<Pid>) -> Result<bool> {
    Host::local().pid_exists(pid)
}

/// The asked values of all processes, ascending by PID.
///
/// One pass over the process table with the fewest kernel reads that answer
/// the fields. A process that ends before anything of it was read is not in
/// the list; when it ends in the middle, the cells that were still to be
/// read are [`Gone`](crate::Unavailable::Gone) or
/// [`Zombie`](crate::Unavailable::Zombie). What the caller may not read is
/// [`Denied`](crate::Unavailable::Denied) in its cell and never fails the
/// listing.
///
/// # Errors
///
/// As [`pids`], and when the calling process runs out of descriptors.
///
/// # Cost
///
/// Linux, for each process: 1 system call for [`Fields::CPU_TOTAL`] and for
/// [`Fields::EFFECTIVE_UID`], 3 for each file (all fields of `stat`
/// together), 1 for each link; 4 for [`Fields::TABLE`]. One allocation for
/// the name. Windows: 1 system call for all of them and most fields, see
/// [`Fields`]. FreeBSD, NetBSD, OpenBSD, macOS: 1 question for all records,
/// see [`Fields`], and on FreeBSD and OpenBSD 2 for the boot time, so that no
/// listing has starts from before and after the clock was set.
///
/// # Platform
///
/// FreeBSD: those that the caller may see (`security.bsd.see_other_uids`,
/// jails). OpenBSD: the kernel's own processes, too, which `ps` shows with
/// `-k`.
///
/// ```
/// use oslens::process::{self, Fields, Pid};
///
/// let rows = process::list(Fields::NAME | Fields::RSS)?;
/// let me = rows.iter().find(|row| row.pid == Pid::current()).unwrap();
/// assert!(me.rss.is_ok_and(|bytes| bytes > 0));
/// # Ok::<(), oslens::Error>(())
/// ```
pub fn list(fields: Fields) -> Result<Vec<ProcessRow>> {
    Host::local().processes(fields)
}

impl Host {
    /// The PIDs of all processes. See [`pids`].
    ///
    /// # Errors
    ///
    /// See [`pids`].
    pub fn pids(&self) -> Result<Vec<Pid>> {
        sys::process::pids(self)
    }

    /// Whether a process has this PID. See [`pid_exists`].
    ///
    /// # Errors
    ///
    /// See [`pids`].
    pub fn pid_exists(&self, pid: impl Into<Pid>) -> Result<bool> {
        sys::process::pid_exists(self, pid.into())
    }

    /// The asked values of all processes. See [`list`].
    ///
    /// # Errors
    ///
    /// See [`list`].
    pub fn processes(&self, fields: Fields) -> Result<Vec<ProcessRow>> {
        sys::process::list(self, fields)
    }

    /// The asked values of all processes, read by several threads: as many
    /// as there are CPUs for this process, at most 8, and one for fewer than
    /// 512 processes.
    ///
    /// The answer comes sooner, for a little more CPU time in all. Nothing
    /// of the threads is left when this returns. They are like the caller's:
    /// in the same namespaces and with the same rights.
    ///
    /// ```
    /// use oslens::{Host, process::Fields};
    ///
    /// let rows = Host::local().processes_in_parallel(Fields::NAME)?;
    /// assert!(rows.is_sorted_by_key(|row| row.pid));
    /// # Ok::<(), oslens::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// See [`list`].
    pub fn processes_in_parallel(&self, fields: Fields) -> Result<Vec<ProcessRow>> {
        sys::process::list_in_parallel(self, fields)
    }
}

impl Process {
    /// The asked values of this process, with the fewest kernel reads.
    ///
    /// As for a [`list`], what cannot be read says so in its cell.
    ///
    /// # Errors
    ///
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) when it has ended
    /// and was collected, [`Reused`](crate::ErrorKind::Reused) when its PID
    /// is another process's now: a value of that one is never returned.
    ///
    /// # Cost
    ///
    /// Linux: as a row of a [`list`], and up to 5 system calls that prove
    /// whose values they are. Windows: a call for each field that a handle can
    /// tell; else, and where the caller may not ask, the table of all
    /// processes. FreeBSD, NetBSD, OpenBSD, macOS: its record, which says when
    /// it started, and a second time after what is not in it.
    ///
    /// ```
    /// use oslens::process::{Fields, Process};
    ///
    /// let row = Process::current()?.read(Fields::PPID | Fields::NUM_FDS)?;
    /// assert!(row.num_fds.is_ok());
    /// # Ok::<(), oslens::Error>(())
    /// ```
    pub fn read(&self, fields: Fields) -> Result<ProcessRow> {
        sys::process::read(self.target(), fields)
    }
}
