//! What only Linux has.

use std::os::fd::{AsFd as _, BorrowedFd};

use bitflags::bitflags;

use crate::{
    Result,
    net::{Connection, Kind},
    process::{
        Capabilities, CgroupPath, Fields, MemoryMap, OpenFile, Pid, Process, ProcessRow, Thread,
    },
    sys,
};

mod sealed {
    pub trait Sealed {}
    impl Sealed for crate::process::Process {}
}

/// What Linux knows about a process beyond the portable [`Process`].
///
/// ```
/// use oslens::{os::linux::ProcessExt as _, process::Process};
///
/// let me = Process::current()?;
/// assert!(me.namespaces()?.network.is_some());
/// assert!((-1000..=1000).contains(&me.oom_score_adjustment()?));
/// # Ok::<(), oslens::Error>(())
/// ```
pub trait ProcessExt: sealed::Sealed {
    /// Its pidfd, for event loops: it is readable when the process has
    /// ended. `None` where there is none: before Linux 5.3, when no
    /// descriptor was free, and for values that hold none
    /// ([`Process::from_id`], [`Process::children`]).
    fn pidfd(&self) -> Option<BorrowedFd<'_>>;

    /// The namespaces that it is in. Two processes share one if the inodes
    /// are equal.
    ///
    /// # Errors
    ///
    /// `AccessDenied` for processes that the caller may not inspect;
    /// `NoSuchProcess`, `Reused`; `Zombie` when they went with it.
    ///
    /// # Cost
    ///
    /// 12 system calls: the links of `/proc/PID/ns`.
    fn namespaces(&self) -> Result<Namespaces>;

    /// What it is kept from, and who watches it.
    ///
    /// # Errors
    ///
    /// `NoSuchProcess`, `Reused`.
    ///
    /// # Cost
    ///
    /// 5 system calls: `/proc/PID/status`.
    fn security(&self) -> Result<Security>;

    /// The control groups that it is in.
    ///
    /// # Errors
    ///
    /// `NoSuchProcess`, `Reused`; `Unsupported` for a kernel without them.
    ///
    /// # Cost
    ///
    /// That of [`Fields::CGROUP`].
    fn cgroup(&self) -> Result<Vec<CgroupPath>>;

    /// Its capability sets.
    ///
    /// # Errors
    ///
    /// `NoSuchProcess`, `Reused`.
    ///
    /// # Cost
    ///
    /// That of [`Fields::CAPABILITIES`].
    fn capabilities(&self) -> Result<Capabilities>;

    /// How likely the out-of-memory killer takes it, after its weight: the
    /// highest number goes first.
    ///
    /// # Errors
    ///
    /// `NoSuchProcess`, `Reused`.
    ///
    /// # Cost
    ///
    /// That of [`Fields::OOM_SCORE`].
    fn oom_score(&self) -> Result<i32>;

    /// How the out-of-memory killer weighs it: −1000 (never take it) to 1000
    /// (take it first).
    ///
    /// # Errors
    ///
    /// `NoSuchProcess`, `Reused`.
    ///
    /// # Cost
    ///
    /// 5 system calls: `/proc/PID/oom_score_adj`.
    fn oom_score_adjustment(&self) -> Result<i16>;

    /// Sets how the out-of-memory killer weighs it. All threads, and
    /// processes that share its memory, get the same.
    ///
    /// The file that is written belongs to the process and not to its PID:
    /// no other process can be hit.
    ///
    /// # Errors
    ///
    /// `InvalidInput` outside −1000 to 1000; `AccessDenied` for another
    /// user's process, and for less than it has without privilege;
    /// `NoSuchProcess`, `Reused`; `Unsupported` for a process of another
    /// host.
    ///
    /// # Cost
    ///
    /// 5 system calls.
    fn set_oom_score_adjustment(&self, adjustment: i16) -> Result<()>;

    /// The user who logged in, whatever the process's users are now. `None`:
    /// it does not come from a login.
    ///
    /// # Errors
    ///
    /// `Unsupported` for a kernel without auditing; `NoSuchProcess`,
    /// `Reused`.
    ///
    /// # Cost
    ///
    /// 5 system calls: `/proc/PID/loginuid`.
    fn login_uid(&self) -> Result<Option<u32>>;

    /// The audit system's number of that login.
    ///
    /// # Errors
    ///
    /// As [`ProcessExt::login_uid`].
    ///
    /// # Cost
    ///
    /// 5 system calls: `/proc/PID/sessionid`.
    fn audit_session(&self) -> Result<Option<u32>>;

    /// The function of the kernel that its main thread sleeps in. `None`: it
    /// does not sleep, or the kernel hides it from the caller.
    ///
    /// # Errors
    ///
    /// `AccessDenied`; `Unsupported` for a kernel without symbols;
    /// `NoSuchProcess`, `Reused`.
    ///
    /// # Cost
    ///
    /// 5 system calls: `/proc/PID/wchan`.
    fn wait_channel(&self) -> Result<Option<String>>;

    /// Several of its lists at once, for less than one by one: its directory
    /// is opened once, and its descriptors are listed once for files and
    /// sockets. `kind` is of the connections.
    ///
    /// ```
    /// use oslens::{net::Kind, os::linux::{Lists, ProcessExt as _}, process::Process};
    ///
    /// let wanted = Lists::THREADS | Lists::OPEN_FILES;
    /// let lists = Process::current()?.lists(wanted, Kind::INET)?;
    /// assert!(!lists.threads.unwrap()?.is_empty());
    /// assert!(lists.memory_maps.is_none(), "nobody asked for it");
    /// # Ok::<(), oslens::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `NoSuchProcess`, `Reused`. Each list has its own error, as the method
    /// that gives it alone.
    ///
    /// # Cost
    ///
    /// 4 system calls and those of [`Process::memory_maps`],
    /// [`Process::threads`], and [`Process::open_files`] or
    /// [`Process::connections`], without what these have in common.
    fn lists(&self, wanted: Lists, kind: Kind) -> Result<ProcessLists>;

    /// A row and several lists at once: [`Process::read`] and
    /// [`ProcessExt::lists`], with one directory and one proof of whose they
    /// are.
    ///
    /// ```
    /// use oslens::{
    ///     net::Kind,
    ///     os::linux::{Lists, ProcessExt as _},
    ///     process::{Fields, Process},
    /// };
    ///
    /// let process = Process::current()?;
    /// let (row, lists) = process.read_with_lists(Fields::NAME, Lists::THREADS, Kind::INET)?;
    /// assert_eq!(row.name.ok(), process.name().ok());
    /// assert!(!lists.threads.unwrap()?.is_empty());
    /// # Ok::<(), oslens::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Process::read`]; each list has its own.
    ///
    /// # Cost
    ///
    /// That of both, less 3 system calls and a proof.
    fn read_with_lists(
        &self,
        fields: Fields,
        wanted: Lists,
        kind: Kind,
    ) -> Result<(ProcessRow, ProcessLists)>;
}

impl ProcessExt for Process {
    fn pidfd(&self) -> Option<BorrowedFd<'_>> {
        self.target().handle.map(|handle| handle.as_fd())
    }

    fn namespaces(&self) -> Result<Namespaces> {
        sys::process::namespaces(self.target())
    }

    fn security(&self) -> Result<Security> {
        sys::process::security(self.target())
    }

    fn cgroup(&self) -> Result<Vec<CgroupPath>> {
        self.read_one(Fields::CGROUP, "control groups", |row| row.cgroup)
    }

    fn capabilities(&self) -> Result<Capabilities> {
        self.read_one(Fields::CAPABILITIES, "capabilities", |row| row.capabilities)
    }

    fn oom_score(&self) -> Result<i32> {
        self.read_one(Fields::OOM_SCORE, "out-of-memory score", |row| {
            row.oom_score
        })
    }

    fn oom_score_adjustment(&self) -> Result<i16> {
        sys::process::oom_score_adjustment(self.target())
    }

    fn set_oom_score_adjustment(&self, adjustment: i16) -> Result<()> {
        sys::process::set_oom_score_adjustment(self.target(), adjustment)
    }

    fn login_uid(&self) -> Result<Option<u32>> {
        sys::process::login_uid(self.target())
    }

    fn audit_session(&self) -> Result<Option<u32>> {
        sys::process::audit_session(self.target())
    }

    fn wait_channel(&self) -> Result<Option<String>> {
        sys::process::wait_channel(self.target())
    }

    fn lists(&self, wanted: Lists, kind: Kind) -> Result<ProcessLists> {
        sys::process::lists(self.target(), wanted, kind)
    }

    fn read_with_lists(
        &self,
        fields: Fields,
        wanted: Lists,
        kind: Kind,
    ) -> Result<(ProcessRow, ProcessLists)> {
        sys::process::read_with_lists(self.target(), fields, wanted, kind)
    }
}

bitflags! {
    /// Which lists [`ProcessExt::lists`] reads.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub struct Lists: u8 {
        /// [`Process::memory_maps`].
        const MEMORY_MAPS = 1 << 0;
        /// [`Process::open_files`].
        const OPEN_FILES = 1 << 1;
        /// [`Process::connections`].
        const CONNECTIONS = 1 << 2;
        /// [`Process::threads`].
        const THREADS = 1 << 3;
    }
}

/// Lists of one process. `None`: not asked for.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct ProcessLists {
    /// The mappings of its address space.
    pub memory_maps: Option<Result<Vec<MemoryMap>>>,
    /// Regular files that it has open.
    pub open_files: Option<Result<Vec<OpenFile>>>,
    /// Its sockets, each with the descriptors that it holds them by.
    pub connections: Option<Result<Vec<Connection>>>,
    /// Its threads.
    pub threads: Option<Result<Vec<Thread>>>,
}

/// The namespaces of a process, by inode. `None`: a kind that this kernel
/// does not have, or for children: that has no namespace yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Namespaces {
    /// Control groups (since Linux 4.6).
    pub cgroup: Option<u64>,
    /// System V IPC and POSIX message queues.
    pub ipc: Option<u64>,
    /// Mounts.
    pub mount: Option<u64>,
    /// Network.
    pub network: Option<u64>,
    /// PIDs.
    pub pid: Option<u64>,
    /// PIDs of the children that it will make (since Linux 4.12).
    pub pid_for_children: Option<u64>,
    /// Clocks (since Linux 5.6).
    pub time: Option<u64>,
    /// Clocks of the children that it will make (since Linux 5.6).
    pub time_for_children: Option<u64>,
    /// Users and groups (since Linux 3.8).
    pub user: Option<u64>,
    /// Host name.
    pub uts: Option<u64>,
}

/// What a process is kept from, and who watches it. `None`: the kernel does
/// not say.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Security {
    /// Its debugger, if it has one.
    pub tracer: Option<Pid>,
    /// It and its children can gain no privileges by starting programs
    /// (since Linux 4.10).
    pub no_new_privs: Option<bool>,
    /// How its system calls are filtered (since Linux 3.8).
    pub seccomp: Option<Seccomp>,
    /// Number of filters (since Linux 5.9).
    pub seccomp_filters: Option<u32>,
    /// Its PID in each PID namespace, from the one of `/proc` inwards; empty
    /// before Linux 4.1.
    pub namespace_pids: Vec<Pid>,
}

/// How a process's system calls are filtered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Seccomp {
    /// Not at all.
    Off,
    /// All but `read`, `write` and `exit` end it.
    Strict,
    /// By a program.
    Filter,
    /// A mode that this version does not know.
    Other(u64),
}
