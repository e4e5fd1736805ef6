//! One process's values, as they were in one moment.

use std::{
    ffi::OsString,
    path::PathBuf,
    time::{Duration, Instant, SystemTime},
};

use super::{Fields, Pid, ProcessId, StartTime};
use crate::{Field, error::Unavailable};

/// The values of one process that were asked for, each with the reason where
/// it is missing.
///
/// Fields that were not asked for are `Err(Unavailable::NotRequested)`,
/// unless they came along for nothing.
///
/// Serialized (feature `serde`), a row is a map with the names of these
/// fields, without `sampled_at`; a missing value is
/// `{"unavailable": "denied"}`, and text that is not UTF-8 has U+FFFD in it.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ProcessRow {
    /// PID.
    pub pid: Pid,
    /// Start: together with the PID, the identity. On Linux known whenever
    /// a field was asked for that comes from `stat` (see [`Fields`]), or
    /// [`Fields::START`]; a listing that can do without that file does. On
    /// other systems always known, but for zombies of NetBSD and OpenBSD.
    pub start: StartTime,
    /// When the counters of this row were read.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub sampled_at: Instant,
    /// [`Fields::NAME`].
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::text"))]
    pub name: Field<OsString>,
    /// [`Fields::PPID`]. Zero: no parent in this PID namespace. On Windows it
    /// is whoever made it, who may have ended and whose PID may be another's
    /// by now: [`Process::parent`](super::Process::parent) compares starts.
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub ppid: Field<Pid>,
    /// [`Fields::PGID`].
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub pgid: Field<Pid>,
    /// [`Fields::SID`].
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub sid: Field<Pid>,
    /// [`Fields::STATE`].
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub state: Field<State>,
    /// [`Fields::TERMINAL`]. `None`: no controlling terminal.
    #[cfg_attr(
        feature = "serde",
        serde(serialize_with = "super::serial::optional_path")
    )]
    pub terminal: Field<Option<PathBuf>>,
    /// [`Fields::CPU_TIMES`].
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub cpu_times: Field<CpuTimes>,
    /// [`Fields::CPU_TOTAL`].
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub cpu_total: Field<Duration>,
    /// [`Fields::CPU_NUM`].
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub cpu_num: Field<u32>,
    /// [`Fields::NICE`].
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub nice: Field<i32>,
    /// [`Fields::NUM_THREADS`].
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub num_threads: Field<u32>,
    /// [`Fields::CREATE_TIME`]. By the clock of the day as it is set now on
    /// Linux, FreeBSD and OpenBSD; as it was set then on Windows, NetBSD and
    /// macOS, whose kernels note it.
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub create_time: Field<SystemTime>,
    /// [`Fields::RSS`], bytes.
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub rss: Field<u64>,
    /// [`Fields::VMS`], bytes.
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub vms: Field<u64>,
    /// [`Fields::PAGE_FAULTS`].
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub page_faults: Field<PageFaults>,
    /// [`Fields::MEMORY_INFO`].
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub memory_info: Field<MemoryInfo>,
    /// [`Fields::MEMORY_INFO_EX`].
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub memory_info_ex: Field<MemoryInfoEx>,
    /// [`Fields::EFFECTIVE_UID`].
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub effective_uid: Field<u32>,
    /// [`Fields::UIDS`].
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub uids: Field<Ids>,
    /// [`Fields::GIDS`].
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub gids: Field<Ids>,
    /// [`Fields::GROUPS`].
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub groups: Field<Vec<u32>>,
    /// [`Fields::CTX_SWITCHES`].
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub ctx_switches: Field<CtxSwitches>,
    /// [`Fields::CAPABILITIES`].
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub capabilities: Field<Capabilities>,
    /// [`Fields::CMDLINE`].
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::texts"))]
    pub cmdline: Field<Vec<OsString>>,
    /// [`Fields::EXE`]. `None`: it has none (kernel threads).
    #[cfg_attr(
        feature = "serde",
        serde(serialize_with = "super::serial::optional_path")
    )]
    pub exe: Field<Option<PathBuf>>,
    /// [`Fields::CWD`].
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::path"))]
    pub cwd: Field<PathBuf>,
    /// [`Fields::ROOT`].
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::path"))]
    pub root: Field<PathBuf>,
    /// [`Fields::ENVIRON`].
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::pairs"))]
    pub environ: Field<Vec<(OsString, OsString)>>,
    /// [`Fields::IO_COUNTERS`].
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub io_counters: Field<IoCounters>,
    /// [`Fields::NUM_FDS`].
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub num_fds: Field<u32>,
    /// [`Fields::MEMORY_FOOTPRINT`].
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub memory_footprint: Field<MemoryFootprint>,
    /// [`Fields::OOM_SCORE`].
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub oom_score: Field<i32>,
    /// [`Fields::CGROUP`].
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub cgroup: Field<Vec<CgroupPath>>,
    /// [`Fields::IONICE`].
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub ionice: Field<IoNice>,
    /// [`Fields::CPU_AFFINITY`], ascending CPU numbers.
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::field"))]
    pub cpu_affinity: Field<Vec<u32>>,
}

impl ProcessRow {
    /// A row without values.
    pub(crate) fn empty(pid: Pid, sampled_at: Instant) -> Self {
        const MISSING: Unavailable = Unavailable::NotRequested;
        Self {
            pid,
            start: StartTime::UNKNOWN,
            sampled_at,
            name: Err(MISSING),
            ppid: Err(MISSING),
            pgid: Err(MISSING),
            sid: Err(MISSING),
            state: Err(MISSING),
            terminal: Err(MISSING),
            cpu_times: Err(MISSING),
            cpu_total: Err(MISSING),
            cpu_num: Err(MISSING),
            nice: Err(MISSING),
            num_threads: Err(MISSING),
            create_time: Err(MISSING),
            rss: Err(MISSING),
            vms: Err(MISSING),
            page_faults: Err(MISSING),
            memory_info: Err(MISSING),
            memory_info_ex: Err(MISSING),
            effective_uid: Err(MISSING),
            uids: Err(MISSING),
            gids: Err(MISSING),
            groups: Err(MISSING),
            ctx_switches: Err(MISSING),
            capabilities: Err(MISSING),
            cmdline: Err(MISSING),
            exe: Err(MISSING),
            cwd: Err(MISSING),
            root: Err(MISSING),
            environ: Err(MISSING),
            io_counters: Err(MISSING),
            num_fds: Err(MISSING),
            memory_footprint: Err(MISSING),
            oom_score: Err(MISSING),
            cgroup: Err(MISSING),
            ionice: Err(MISSING),
            cpu_affinity: Err(MISSING),
        }
    }

    /// Which process this was.
    #[must_use]
    pub fn id(&self) -> ProcessId {
        ProcessId::new(self.pid, self.start)
    }

    /// The fields that have a value.
    #[must_use]
    pub fn available(&self) -> Fields {
        let mut fields = Fields::empty();
        macro_rules! note {
            ($($field:ident => $flag:ident),* $(,)?) => {
                $(fields.set(Fields::$flag, self.$field.is_ok());)*
            };
        }
        note! {
            name => NAME, ppid => PPID, pgid => PGID, sid => SID, state => STATE,
            terminal => TERMINAL, cpu_times => CPU_TIMES, cpu_total => CPU_TOTAL,
            cpu_num => CPU_NUM, nice => NICE, num_threads => NUM_THREADS,
            create_time => CREATE_TIME, rss => RSS, vms => VMS,
            page_faults => PAGE_FAULTS, memory_info => MEMORY_INFO,
            memory_info_ex => MEMORY_INFO_EX, effective_uid => EFFECTIVE_UID,
            uids => UIDS, gids => GIDS, groups => GROUPS, ctx_switches => CTX_SWITCHES,
            capabilities => CAPABILITIES, cmdline => CMDLINE, exe => EXE, cwd => CWD,
            root => ROOT, environ => ENVIRON, io_counters => IO_COUNTERS,
            num_fds => NUM_FDS, memory_footprint => MEMORY_FOOTPRINT,
            oom_score => OOM_SCORE, cgroup => CGROUP, ionice => IONICE,
            cpu_affinity => CPU_AFFINITY,
        }
        fields.set(Fields::START, self.start.is_known());
        fields
    }
}

/// What a process is doing.
///
/// Names are psutil's. A letter or code that this version does not know is
/// [`State::Unknown`] with the kernel's own letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum State {
    /// Running, or ready to run.
    Running,
    /// Waiting for something, interruptibly.
    Sleeping,
    /// Waiting for a disk or another device, not interruptibly.
    DiskSleep,
    /// Stopped by a signal.
    Stopped,
    /// Stopped by a debugger.
    TracingStop,
    /// Ended, and not yet collected by its parent.
    Zombie,
    /// Ended.
    Dead,
    /// Waking up to be killed (Linux 2.6.33 to 3.13).
    WakeKill,
    /// Waking up (Linux 2.6.33 to 3.13).
    Waking,
    /// An idle kernel thread.
    Idle,
    /// Waiting for a lock (FreeBSD).
    Locked,
    /// Waiting for an interrupt (FreeBSD).
    Waiting,
    /// Suspended (NetBSD).
    Suspended,
    /// Parked (Linux kernel threads of a CPU that is off).
    Parked,
    /// Another state, by the kernel's letter.
    Unknown(char),
}

impl State {
    /// psutil's word for it, `?` when it has none.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Sleeping => "sleeping",
            Self::DiskSleep => "disk-sleep",
            Self::Stopped => "stopped",
            Self::TracingStop => "tracing-stop",
            Self::Zombie => "zombie",
            Self::Dead => "dead",
            Self::WakeKill => "wake-kill",
            Self::Waking => "waking",
            Self::Idle => "idle",
            Self::Locked => "locked",
            Self::Waiting => "waiting",
            Self::Suspended => "suspended",
            Self::Parked => "parked",
            Self::Unknown(_) => "?",
        }
    }
}

/// CPU times of one process. [`Duration`]s since its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct CpuTimes {
    /// In user mode, all threads.
    pub user: Duration,
    /// In the kernel, all threads.
    pub system: Duration,
    /// In user mode, of children that were waited for. `None` where nobody
    /// adds that up, as on Windows, and on NetBSD and OpenBSD: see
    /// `children_total`.
    pub children_user: Option<Duration>,
    /// In the kernel, of children that were waited for.
    pub children_system: Option<Duration>,
    /// In user mode and in the kernel together, of children that were waited
    /// for: all that NetBSD and OpenBSD tell of them.
    pub children_total: Option<Duration>,
    /// Waiting for block devices. `None` where the kernel does not say; zero
    /// also when its delay accounting is off.
    pub iowait: Option<Duration>,
}

/// Page faults of one process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PageFaults {
    /// Without reading from a disk. Newer versions of macOS count no further
    /// than 2,147,483,647, as with `major`.
    pub minor: u64,
    /// That read from a disk.
    pub major: u64,
    /// Minor faults of children that were waited for. `None` where nobody
    /// adds that up: Windows, NetBSD, OpenBSD, macOS.
    pub children_minor: Option<u64>,
    /// Major faults of children that were waited for.
    pub children_major: Option<u64>,
}

/// Memory of one process, bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct MemoryInfo {
    /// In physical memory, shared pages counted in full.
    pub rss: u64,
    /// Address space. On Windows what the system has promised the process
    /// (commit charge, "private bytes"): address space is reserved in
    /// terabytes there.
    pub vms: u64,
    /// Resident pages of files and shared memory. `None`: not counted (Wine).
    pub shared: Option<u64>,
    /// Code. `None` on Windows and macOS.
    pub text: Option<u64>,
    /// Data and stack; without the stack where that is told. `None` on
    /// Windows and macOS.
    pub data: Option<u64>,
    /// Stack, where it is told apart from data: FreeBSD, NetBSD, OpenBSD.
    pub stack: Option<u64>,
}

/// More about the memory of one process, bytes. `None`: the kernel does not
/// say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct MemoryInfoEx {
    /// Most that was ever resident (`VmHWM`; FreeBSD, NetBSD, OpenBSD
    /// `ru_maxrss`; macOS only of the caller).
    pub peak_rss: Option<u64>,
    /// Largest address space ever (`VmPeak`).
    pub peak_vms: Option<u64>,
    /// Resident anonymous memory (`RssAnon`, since Linux 4.5; macOS only of
    /// the caller).
    pub rss_anon: Option<u64>,
    /// Resident file pages (`RssFile`, since Linux 4.5; macOS only of the
    /// caller).
    pub rss_file: Option<u64>,
    /// Resident shared memory (`RssShmem`, since Linux 4.5).
    pub rss_shmem: Option<u64>,
    /// Anonymous memory in swap (`VmSwap`, since Linux 2.6.34; macOS only of
    /// the caller: compressed, in memory or on a disk).
    pub swap: Option<u64>,
    /// Huge pages (`HugetlbPages`, since Linux 4.4).
    pub hugetlb: Option<u64>,
    /// Memory locked by the process (`VmLck`), or for it by the kernel of
    /// macOS.
    pub locked: Option<u64>,
}

/// What ending a process would free, and its fair share of shared memory;
/// bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct MemoryFootprint {
    /// Unique set size: private to this process. On macOS without what is
    /// compressed, which is in `swap`: what a process is charged for is in
    /// `os::macos::ResourceUsage`.
    pub uss: u64,
    /// Proportional set size: shared pages divided among their users.
    pub pss: Option<u64>,
    /// In swap. On macOS what is compressed, in memory or on a disk, also of
    /// what is shared.
    pub swap: Option<u64>,
}

/// Real, effective, saved and file-system user (or group).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Ids {
    /// Who started it.
    pub real: u32,
    /// As whom it acts.
    pub effective: u32,
    /// As whom it may act again.
    pub saved: u32,
    /// As whom it accesses files (Linux; elsewhere equal to `effective`).
    pub filesystem: u32,
}

/// Context switches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct CtxSwitches {
    /// It waited for something. On Windows and macOS all of them: they do not
    /// tell the kinds apart; newer versions of macOS count no further than
    /// 2,147,483,647.
    pub voluntary: u64,
    /// The kernel gave the CPU to another. `None` on Windows and macOS.
    pub involuntary: Option<u64>,
}

/// Capability sets, a bit for each capability of `capabilities(7)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Capabilities {
    /// Kept across `execve`.
    pub inheritable: u64,
    /// May be made effective.
    pub permitted: u64,
    /// In force.
    pub effective: u64,
    /// Limit of what can be gained.
    pub bounding: u64,
    /// Kept across `execve` of unprivileged programs (since Linux 4.3).
    pub ambient: Option<u64>,
}

/// Input and output of one process. `None`: the system does not count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct IoCounters {
    /// Read calls. On FreeBSD, NetBSD and OpenBSD how often a file system
    /// read from storage for it (`ru_inblock`).
    pub read_count: Option<u64>,
    /// Write calls. On FreeBSD, NetBSD and OpenBSD how often a file system
    /// wrote to storage for it (`ru_oublock`).
    pub write_count: Option<u64>,
    /// Bytes fetched from storage. On Windows as `read_chars`: it does not
    /// say what reached a disk. FreeBSD, NetBSD and OpenBSD count no bytes.
    pub read_bytes: Option<u64>,
    /// Bytes sent to storage. On Windows as `write_chars`.
    pub write_bytes: Option<u64>,
    /// Bytes that read calls returned, also from the page cache and pipes.
    pub read_chars: Option<u64>,
    /// Bytes given to write calls.
    pub write_chars: Option<u64>,
    /// Bytes counted as written that were dropped before reaching storage.
    pub cancelled_write_bytes: Option<u64>,
    /// Calls that neither read nor wrote (Windows).
    pub other_count: Option<u64>,
    /// Bytes of those calls (Windows).
    pub other_bytes: Option<u64>,
}

/// A control group that a process is in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct CgroupPath {
    /// Number of the hierarchy; 0 is cgroup v2.
    pub hierarchy: u32,
    /// Controllers of a v1 hierarchy (`memory`, `name=systemd`, …); empty for
    /// v2.
    pub controllers: Vec<String>,
    /// Path below the hierarchy's mount point, as this process sees it.
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::plain"))]
    pub path: PathBuf,
}

/// Input/output scheduling class and priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct IoNice {
    /// Class.
    pub class: IoClass,
    /// 0 (first) to 7, in the classes that have it.
    pub value: u8,
}

/// Input/output scheduling class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum IoClass {
    /// Not set: derived from the niceness.
    None,
    /// First access to the disk.
    RealTime,
    /// The usual.
    BestEffort,
    /// Only when nobody else asks.
    Idle,
}
