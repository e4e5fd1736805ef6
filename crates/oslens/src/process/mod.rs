//! Processes: who runs, what they use, and acting on exactly the one that was
//! looked at.

mod delta;
mod details;
mod fields;
mod files;
mod id;
mod limits;
mod list;
mod maps;
mod relations;
mod row;
mod sampler;
#[cfg(feature = "serde")]
mod serial;
mod settings;
mod signal;
mod threads;
mod tree;
mod wait;

use std::sync::Arc;

pub use delta::ProcessDelta;
pub use fields::Fields;
pub use files::{AccessMode, Descriptor, DescriptorKind, OpenFile};
pub use id::{Pid, ProcessId, StartTime};
pub use limits::{Resource, ResourceLimit};
pub use list::{list, pid_exists, pids};
pub use maps::{MapGroup, MapUsage, MemoryMap, Permissions, group_maps};
pub use relations::tree;
pub use row::{
    Capabilities, CgroupPath, CpuTimes, CtxSwitches, Ids, IoClass, IoCounters, IoNice,
    MemoryFootprint, MemoryInfo, MemoryInfoEx, PageFaults, ProcessRow, State,
};
pub use sampler::{Sample, Sampler};
pub use signal::{Signal, UnknownSignal};
pub use threads::Thread;
pub use tree::Tree;
pub use wait::{Waited, wait_all, wait_any};

use crate::{Error, ErrorKind, Host, Result, sys};

/// One process: not a PID, but the process that had it when this value was
/// made.
///
/// Holds a kernel handle (a pidfd on Linux, a HANDLE on Windows) where one can
/// be had, so that
/// whatever is asked or done later reaches this process or fails with
/// [`ErrorKind::Reused`] or [`ErrorKind::NoSuchProcess`], never another one.
///
/// # Platform
///
/// There are no handles on FreeBSD, NetBSD, OpenBSD and macOS. Values are
/// proved: the start of the process is part of the kernel's answer, or is
/// compared after it, so that no value of another process is ever returned.
/// Before a signal or a setting the start is compared, too, and the call is
/// made by PID right after that. What remains possible: that the process ends,
/// is collected by its parent and its PID is given away within those
/// microseconds. A parent cannot have this happen to a child that it has not
/// waited for.
///
/// ```
/// use oslens::process::Process;
///
/// let me = Process::current()?;
/// assert_eq!(me.pid().get(), std::process::id());
/// assert!(me.is_running()?);
/// # Ok::<(), oslens::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Process {
    host: Host,
    id: ProcessId,
    handle: Option<Arc<sys::process::Handle>>,
    proof: Option<Arc<sys::process::Proof>>,
}

impl Process {
    /// The process that has this PID now, on the local host.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoSuchProcess`] when there is none, also when a thread
    /// has the number. A zombie can be opened, and so can a process that the
    /// caller may not touch.
    ///
    /// # Cost
    ///
    /// Linux: 5 system calls; the handle keeps one descriptor. 8 where there
    /// is none. Windows: 7; where the caller may not open it, the table of
    /// all processes. FreeBSD, NetBSD, OpenBSD, macOS: its record, twice.
    pub fn open(pid: impl Into<Pid>) -> Result<Self> {
        Host::local().process(pid)
    }

    /// The calling process, by the number that `/proc` has for it: where
    /// that is of another PID namespace, it is not the number that
    /// [`Pid::current`] gives.
    ///
    /// # Errors
    ///
    /// As [`Process::open`]: only when the process table cannot be read.
    pub fn current() -> Result<Self> {
        Self::open(sys::process::own_pid())
    }

    /// The process with this identity, as found in a
    /// [`ProcessRow`]. Nothing is checked and no descriptor is held: the
    /// first use that matters compares identities.
    #[must_use]
    pub fn from_id(id: ProcessId) -> Self {
        Host::local().process_from_id(id)
    }

    /// The same process, for those who ask it for many values one by one and
    /// hold many processes: less is read to prove whose a value is.
    ///
    /// A process without a handle, as [`Process::from_id`] makes it, proves
    /// each answer by reading when whoever has its PID was started. This one
    /// remembers what else it is recognized by. A process that has a handle is
    /// returned as it is.
    ///
    /// ```
    /// use oslens::process::Process;
    ///
    /// let me = Process::from_id(Process::current()?.id()).asked_often();
    /// assert_eq!(me.ppid()?, me.ppid()?);
    /// # Ok::<(), oslens::Error>(())
    /// ```
    ///
    /// # Platform
    ///
    /// Linux: the inode of `/proc/PID` proves it. From 100 questions in a
    /// second on, and until it is dropped, two descriptors are held
    /// for it: for at most 128 processes, which takes no more than a quarter
    /// of the descriptors that the program may have, and with numbers far
    /// from those that it gets for its files. Only since Linux 6.9, where
    /// such a descriptor is recognized: a program may close or inherit what it
    /// does not know of, and the answers stay right. Elsewhere nothing
    /// changes: on FreeBSD, NetBSD, OpenBSD and macOS the start is asked for
    /// with each answer.
    ///
    /// # Cost
    ///
    /// Linux: no system call when the caller asks for itself, else 1 for each
    /// answer, after the first.
    #[must_use]
    pub fn asked_often(mut self) -> Self {
        if self.handle.is_none() && self.proof.is_none() {
            self.proof = sys::process::Proof::new(&self.host, self.id).map(Arc::new);
        }
        self
    }

    /// The same process with a handle, where one can be had: for those who
    /// hold many processes, and will wait for this one or act on it.
    ///
    /// ```
    /// use oslens::process::{Process, ProcessId};
    ///
    /// let me = Process::from_id(ProcessId::current()?).with_handle()?;
    /// assert!(me.is_running()?);
    /// # Ok::<(), oslens::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `NoSuchProcess`, `Reused`.
    ///
    /// # Cost
    ///
    /// Linux: 1 system call and that of [`Process::is_running`]. Windows: as
    /// [`Process::open`]. FreeBSD, NetBSD, OpenBSD and macOS have no handles:
    /// that of [`Process::is_running`].
    pub fn with_handle(&self) -> Result<Process> {
        if self.handle.is_some() {
            return Ok(self.clone());
        }
        if !self.id.start.is_known() {
            return self.host.process(self.id.pid);
        }
        // It is opened first: if the process has its PID then, it had it when
        // the handle was opened.
        let handle = sys::process::Handle::open(&self.host, self.id.pid)?;
        if !self.is_running()? {
            return Err(match sys::process::identity(&self.host, self.id.pid) {
                Ok(_) => Error::reused(self.id.pid),
                Err(_) => Error::no_such_process(self.id.pid),
            });
        }
        Ok(Process {
            handle: handle.map(Arc::new),
            ..self.clone()
        })
    }

    /// Its PID.
    #[must_use]
    pub fn pid(&self) -> Pid {
        self.id.pid
    }

    /// Its identity.
    #[must_use]
    pub fn id(&self) -> ProcessId {
        self.id
    }

    /// The host that it runs on.
    pub(crate) fn host(&self) -> &Host {
        &self.host
    }

    /// What the system layer needs to know about it.
    pub(crate) fn target(&self) -> sys::process::Target<'_> {
        sys::process::Target {
            host: &self.host,
            id: self.id,
            handle: self.handle.as_deref(),
            proof: self.proof.as_deref(),
        }
    }

    /// Whether the process still exists, be it as a zombie, and its PID has
    /// not been given to another one.
    ///
    /// # Errors
    ///
    /// When the system does not say.
    ///
    /// # Cost
    ///
    /// Linux: 1 system call through the handle, and mostly so where it is
    /// [asked often](Process::asked_often), 3 without. Windows: 1 and 4.
    /// FreeBSD, NetBSD, OpenBSD, macOS: its record.
    pub fn is_running(&self) -> Result<bool> {
        if let Some(handle) = &self.handle {
            return handle.is_current();
        }
        if let Some(proof) = &self.proof {
            return match proof.check(&self.host, self.id) {
                Ok(()) => Ok(true),
                Err(error) => match error.kind() {
                    ErrorKind::NoSuchProcess | ErrorKind::Reused => Ok(false),
                    _ => Err(error),
                },
            };
        }
        match sys::process::identity(&self.host, self.id.pid) {
            Ok(now) => Ok(!self.id.differs_from(&now)),
            Err(error) if error.kind() == ErrorKind::NoSuchProcess => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl Host {
    /// The process that has this PID now. See [`Process::open`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoSuchProcess`] when there is none.
    pub fn process(&self, pid: impl Into<Pid>) -> Result<Process> {
        let pid = pid.into();
        // The handle comes first and is checked last: in between, nobody
        // else can have had the PID.
        let handle = sys::process::Handle::open(self, pid)?;
        // A handle is never a thread's.
        if handle.is_none() && !self.pid_exists(pid)? {
            return Err(Error::no_such_process(pid));
        }
        let id = sys::process::identity(self, pid)?;
        if let Some(handle) = &handle {
            if !handle.is_current()? {
                return Err(Error::no_such_process(pid));
            }
        }
        Ok(Process {
            host: self.clone(),
            id,
            handle: handle.map(Arc::new),
            proof: None,
        })
    }

    /// Who has this PID now: for those who remember many processes and hold
    /// no descriptor for any of them.
    ///
    /// ```
    /// use oslens::{Host, process::{Pid, Process}};
    ///
    /// let id = Host::local().identify(Process::current()?.pid())?;
    /// assert!(id.start.is_known());
    /// assert!(Host::local().process_from_id(id).is_running()?);
    /// # Ok::<(), oslens::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoSuchProcess`] when nobody has it.
    ///
    /// # Cost
    ///
    /// Linux: 3 system calls. NetBSD, macOS: 1 question for its record;
    /// FreeBSD, OpenBSD: 3, with the time of boot before and after.
    pub fn identify(&self, pid: impl Into<Pid>) -> Result<ProcessId> {
        sys::process::identity(self, pid.into())
    }

    /// The process of this host with this identity. See
    /// [`Process::from_id`].
    #[must_use]
    pub fn process_from_id(&self, id: ProcessId) -> Process {
        Process {
            host: self.clone(),
            id,
            handle: None,
            proof: None,
        }
    }
}

impl PartialEq for Process {
    fn eq(&self, other: &Self) -> bool {
        self.host == other.host && self.id == other.id
    }
}

impl Eq for Process {}

impl std::hash::Hash for Process {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.id.pid.hash(state);
    }
}
