//! What only macOS has.

use std::time::Duration;

use crate::{
    Host, Result,
    process::Process,
    sys::{cpu, process::macos},
};

mod sealed {
    pub trait Sealed {}
    impl Sealed for crate::process::Process {}
}

/// What macOS knows about a process beyond the portable [`Process`].
///
/// ```
/// use oslens::{os::macos::ProcessExt as _, process::Process};
///
/// let me = Process::current()?;
/// assert!(me.resource_usage()?.physical_footprint > 0);
/// assert!(me.task_counters()?.threads > 0);
/// # Ok::<(), oslens::Error>(())
/// ```
pub trait ProcessExt: sealed::Sealed {
    /// What it has used: memory, disks, CPUs, energy.
    ///
    /// # Errors
    ///
    /// `AccessDenied` for processes of other users without privilege;
    /// `NoSuchProcess`, `Reused`.
    ///
    /// # Platform
    ///
    /// `proc_pid_rusage`, in the newest version that the kernel knows. A
    /// zombie has what it had at its end.
    ///
    /// # Cost
    ///
    /// 2 questions, one more for each version that the kernel is older than,
    /// and the proof of whose the answer is.
    fn resource_usage(&self) -> Result<ResourceUsage>;

    /// What the kernel counts of its task.
    ///
    /// # Errors
    ///
    /// `AccessDenied` for processes of other users without privilege;
    /// `Zombie`, `NoSuchProcess`, `Reused`.
    ///
    /// # Platform
    ///
    /// `PROC_PIDTASKINFO`.
    ///
    /// # Cost
    ///
    /// 1 question, and the proof of whose the answer is.
    fn task_counters(&self) -> Result<TaskCounters>;

    /// Whether it was made for another kind of CPU and is translated
    /// (Rosetta). Everybody may ask.
    ///
    /// # Errors
    ///
    /// `NoSuchProcess`, `Reused`.
    ///
    /// # Platform
    ///
    /// `P_TRANSLATED` of the process's record.
    ///
    /// # Cost
    ///
    /// 1 question for the record, and the proof of whose it is.
    fn is_translated(&self) -> Result<bool>;
}

impl ProcessExt for Process {
    fn resource_usage(&self) -> Result<ResourceUsage> {
        macos::resource_usage(self.target())
    }

    fn task_counters(&self) -> Result<TaskCounters> {
        macos::task_counters(self.target())
    }

    fn is_translated(&self) -> Result<bool> {
        macos::is_translated(self.target())
    }
}

/// What a process has used since its start. `None`: this kernel does not
/// tell, because its version of `rusage_info` is older than the one that is
/// named, or this machine does not count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ResourceUsage {
    /// Bytes that it is charged for, compressed ones too, which `Memory` of
    /// the Activity Monitor is.
    pub physical_footprint: u64,
    /// Most bytes that it was ever charged for (version 4).
    pub peak_physical_footprint: Option<u64>,
    /// Bytes in physical memory, shared pages counted in full.
    pub resident: u64,
    /// Bytes that stay in physical memory.
    pub wired: u64,
    /// Bytes read from disks (version 2).
    pub disk_bytes_read: Option<u64>,
    /// Bytes written to disks (version 2).
    pub disk_bytes_written: Option<u64>,
    /// Bytes that it wrote to files, whether they reached a disk or not
    /// (version 4).
    pub logical_bytes_written: Option<u64>,
    /// Pages read from a disk.
    pub page_ins: u64,
    /// CPU time in user mode.
    pub user: Duration,
    /// CPU time in the kernel.
    pub system: Duration,
    /// The part of `user` on performance cores (version 6); zero also where
    /// all cores are alike.
    pub user_on_performance_cores: Option<Duration>,
    /// The part of `system` on performance cores (version 6); zero also where
    /// all cores are alike.
    pub system_on_performance_cores: Option<Duration>,
    /// Time that its threads ran or could have, together (version 4).
    pub runnable: Option<Duration>,
    /// Instructions (version 4).
    pub instructions: Option<u64>,
    /// Cycles of a CPU (version 4).
    pub cycles: Option<u64>,
    /// Energy that CPUs took for it, in billionths of a joule (version 6).
    pub energy_nanojoules: Option<u64>,
    /// How often it woke a CPU package from idleness.
    pub idle_wakeups: u64,
    /// How often it woke a CPU by an interrupt, as timers do.
    pub interrupt_wakeups: u64,
}

/// What the kernel counts of a task, as Mach calls a process.
///
/// The counters have 32 bits. Older kernels begin again at zero; newer ones
/// let them stand at 2,147,483,647.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct TaskCounters {
    /// Threads.
    pub threads: u32,
    /// Threads that run or could.
    pub running_threads: u32,
    /// Mach's priority: 31 for programs, 47 for what the user looks at, 4 in
    /// the background; higher goes first.
    pub priority: i32,
    /// Page faults, all of them.
    pub page_faults: u32,
    /// Page faults that read from a disk.
    pub page_ins: u32,
    /// Pages copied because they were written to.
    pub copy_on_write_faults: u32,
    /// Mach messages sent.
    pub messages_sent: u32,
    /// Mach messages received.
    pub messages_received: u32,
    /// System calls of Mach.
    pub mach_system_calls: u32,
    /// System calls of Unix.
    pub unix_system_calls: u32,
    /// Context switches, voluntary and not.
    pub context_switches: u32,
}

/// Cores of one kind, as this machine has them.
///
/// `None`: the kernel does not tell, or there is no such cache.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PerformanceLevel {
    /// `Performance`, `Efficiency`, and what else Apple calls them.
    pub name: Option<String>,
    /// Cores of this kind.
    pub physical_cpus: Option<u32>,
    /// CPUs of this kind: more than cores where one runs several threads.
    pub logical_cpus: Option<u32>,
    /// Bytes of the cache for code that each core has.
    pub level1_instruction_cache: Option<u64>,
    /// Bytes of the cache for data that each core has.
    pub level1_data_cache: Option<u64>,
    /// Bytes of a cache of the second level.
    pub level2_cache: Option<u64>,
    /// How many CPUs of this kind have one cache of the second level together.
    pub cpus_per_level2_cache: Option<u32>,
    /// Bytes of a cache of the third level.
    pub level3_cache: Option<u64>,
    /// How many CPUs of this kind have one cache of the third level together.
    pub cpus_per_level3_cache: Option<u32>,
}

/// The kinds of cores that this machine has, the fastest first. Which CPUs
/// are of which kind the kernel does not tell.
///
/// ```
/// for level in oslens::os::macos::performance_levels()? {
///     println!("{:?}: {:?} cores", level.name, level.physical_cpus);
/// }
/// # Ok::<(), oslens::Error>(())
/// ```
///
/// # Errors
///
/// `Unsupported` before macOS 12.
///
/// # Platform
///
/// `hw.nperflevels` and `hw.perflevel0`, ….
///
/// # Cost
///
/// 1 question to `sysctl`, and 9 for each kind.
pub fn performance_levels() -> Result<Vec<PerformanceLevel>> {
    cpu::macos::performance_levels(Host::local())
}
