//! Resource limits: how much a process may use.

use super::Process;
use crate::{Result, sys};

/// What a [`ResourceLimit`] limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Resource {
    /// CPU time, seconds (`RLIMIT_CPU`).
    CpuTime,
    /// Size of files that it writes, bytes (`RLIMIT_FSIZE`).
    FileSize,
    /// Data segment, bytes (`RLIMIT_DATA`).
    Data,
    /// Stack of the main thread, bytes (`RLIMIT_STACK`).
    Stack,
    /// Size of core dumps, bytes (`RLIMIT_CORE`).
    CoreSize,
    /// Resident memory, bytes (`RLIMIT_RSS`; Linux ignores it).
    ResidentMemory,
    /// Processes and threads of its user (`RLIMIT_NPROC`).
    Processes,
    /// One more than the highest descriptor (`RLIMIT_NOFILE`).
    OpenFiles,
    /// Memory locked by it, bytes (`RLIMIT_MEMLOCK`).
    LockedMemory,
    /// Address space, bytes (`RLIMIT_AS`).
    AddressSpace,
    /// File locks (`RLIMIT_LOCKS`; Linux ignores it since 2.4.25).
    FileLocks,
    /// Queued signals of its user (`RLIMIT_SIGPENDING`).
    PendingSignals,
    /// POSIX message queues of its user, bytes (`RLIMIT_MSGQUEUE`).
    MessageQueues,
    /// Ceiling of niceness: 20 minus the lowest niceness that it may set
    /// (`RLIMIT_NICE`).
    Nice,
    /// Ceiling of real-time priority (`RLIMIT_RTPRIO`).
    RealTimePriority,
    /// Real-time CPU time without a blocking call, microseconds
    /// (`RLIMIT_RTTIME`).
    RealTimeTimeout,
    /// Memory of all socket buffers of its user, bytes (`RLIMIT_SBSIZE`;
    /// FreeBSD, NetBSD).
    SocketBuffers,
    /// Threads of its user (`RLIMIT_NTHR`; NetBSD).
    Threads,
    /// Swap that is kept for its user, bytes (`RLIMIT_SWAP`; FreeBSD).
    Swap,
    /// Pseudo-terminals of its user (`RLIMIT_NPTS`; FreeBSD).
    PseudoTerminals,
    /// Event queues of its user (`RLIMIT_KQUEUES`; FreeBSD).
    Kqueues,
    /// Locks of its user that processes share (`RLIMIT_UMTXP`; FreeBSD).
    SharedLocks,
    /// Memory of all pipes of its user, bytes (`RLIMIT_PIPEBUF`; FreeBSD).
    PipeBuffers,
}

impl Resource {
    /// All of them, those of Linux first, in the order of `/proc/PID/limits`.
    /// No system has all of them.
    pub const ALL: [Self; 23] = [
        Self::CpuTime,
        Self::FileSize,
        Self::Data,
        Self::Stack,
        Self::CoreSize,
        Self::ResidentMemory,
        Self::Processes,
        Self::OpenFiles,
        Self::LockedMemory,
        Self::AddressSpace,
        Self::FileLocks,
        Self::PendingSignals,
        Self::MessageQueues,
        Self::Nice,
        Self::RealTimePriority,
        Self::RealTimeTimeout,
        Self::SocketBuffers,
        Self::Threads,
        Self::Swap,
        Self::PseudoTerminals,
        Self::Kqueues,
        Self::SharedLocks,
        Self::PipeBuffers,
    ];

    /// The C constant that it is known by: `RLIMIT_NOFILE`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CpuTime => "RLIMIT_CPU",
            Self::FileSize => "RLIMIT_FSIZE",
            Self::Data => "RLIMIT_DATA",
            Self::Stack => "RLIMIT_STACK",
            Self::CoreSize => "RLIMIT_CORE",
            Self::ResidentMemory => "RLIMIT_RSS",
            Self::Processes => "RLIMIT_NPROC",
            Self::OpenFiles => "RLIMIT_NOFILE",
            Self::LockedMemory => "RLIMIT_MEMLOCK",
            Self::AddressSpace => "RLIMIT_AS",
            Self::FileLocks => "RLIMIT_LOCKS",
            Self::PendingSignals => "RLIMIT_SIGPENDING",
            Self::MessageQueues => "RLIMIT_MSGQUEUE",
            Self::Nice => "RLIMIT_NICE",
            Self::RealTimePriority => "RLIMIT_RTPRIO",
            Self::RealTimeTimeout => "RLIMIT_RTTIME",
            Self::SocketBuffers => "RLIMIT_SBSIZE",
            Self::Threads => "RLIMIT_NTHR",
            Self::Swap => "RLIMIT_SWAP",
            Self::PseudoTerminals => "RLIMIT_NPTS",
            Self::Kqueues => "RLIMIT_KQUEUES",
            Self::SharedLocks => "RLIMIT_UMTXP",
            Self::PipeBuffers => "RLIMIT_PIPEBUF",
        }
    }
}

/// The two limits of one resource; `None` is unlimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ResourceLimit {
    /// What is in force. The process may move it up to `hard`.
    pub soft: Option<u64>,
    /// The ceiling. Only privileged processes may raise it.
    pub hard: Option<u64>,
}

impl Process {
    /// The limits of one resource.
    ///
    /// ```
    /// # #[cfg(unix)] {
    /// use oslens::process::{Process, Resource};
    ///
    /// let files = Process::current()?.limit(Resource::OpenFiles)?;
    /// assert!(files.soft.is_none_or(|soft| soft > 0));
    /// # }
    /// # Ok::<(), oslens::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `NoSuchProcess`, `Reused`; `Unsupported` for a resource that the
    /// kernel does not have.
    ///
    /// # Platform
    ///
    /// Linux: `prlimit`, and `/proc/PID/limits` where that is refused, for
    /// other roots and without a handle. Windows: `Unsupported`. FreeBSD:
    /// `kern.proc.rlimit`; NetBSD: `proc.PID.rlimit`; OpenBSD and macOS:
    /// `getrlimit`, for the caller itself alone.
    ///
    /// # Cost
    ///
    /// Linux: 2 system calls through the handle, 8 without. FreeBSD, OpenBSD,
    /// macOS: 1 question, NetBSD: 2, and the proof of whose it is.
    pub fn limit(&self, resource: Resource) -> Result<ResourceLimit> {
        sys::process::limit(self.target(), resource)
    }

    /// The limits of all resources that the kernel tells of.
    ///
    /// # Errors
    ///
    /// `NoSuchProcess`, `Reused`.
    ///
    /// # Platform
    ///
    /// Linux: `/proc/PID/limits`, which everybody may read. FreeBSD, NetBSD,
    /// OpenBSD, macOS: as [`Process::limit`], resource by resource.
    ///
    /// # Cost
    ///
    /// Linux: 6 system calls. FreeBSD: 16 questions, NetBSD: 24, OpenBSD
    /// and macOS: 9, and the proof of whose they are.
    pub fn limits(&self) -> Result<Vec<(Resource, ResourceLimit)>> {
        sys::process::limits(self.target())
    }

    /// Sets both limits of one resource.
    ///
    /// # Errors
    ///
    /// `InvalidInput` when the soft limit is above the hard one;
    /// `AccessDenied` for another user's process, and for a hard limit above
    /// the present one; `NoSuchProcess`, `Reused`, also where the process
    /// ended during the call.
    ///
    /// # Platform
    ///
    /// Linux: `prlimit`. The call takes a PID: the handle is asked before
    /// and after, and a process that ends in between makes an error. If its
    /// PID is given to another process between the first question and the
    /// call, that process gets the limits; the error is the same.
    ///
    /// FreeBSD: `kern.proc.rlimit`, and OpenBSD: `setrlimit` for the caller
    /// itself alone, between two looks at the start, likewise. NetBSD:
    /// `proc.PID.rlimit` for each of the two, in an order in which the soft
    /// one is never above the hard one: where the second is refused, the first
    /// is set. macOS: `setrlimit`, for the caller itself alone; it refuses a
    /// soft limit of [`Resource::OpenFiles`] that is unlimited: 10,240
    /// (`OPEN_MAX`) is what it takes for that.
    ///
    /// # Cost
    ///
    /// Linux: 3 system calls through the handle.
    pub fn set_limit(&self, resource: Resource, limit: ResourceLimit) -> Result<()> {
        sys::process::set_limit(self.target(), resource, limit)
    }
}
