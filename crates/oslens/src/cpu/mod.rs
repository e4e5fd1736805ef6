//! CPUs: what they do, how many there are, how fast they run.
//!
//! Times are counters since boot. How busy the CPUs were is the difference of
//! two of them:
//!
//! ```
//! use std::{thread, time::Duration};
//!
//! use oslens::cpu;
//!
//! let before = cpu::times()?;
//! thread::sleep(Duration::from_millis(100));
//! let delta = cpu::times()?.since(&before);
//! if let Some(busy) = delta.busy() {
//!     println!("{:.1} % busy", busy * 100.0);
//! }
//! # Ok::<(), oslens::Error>(())
//! ```

mod limit;
mod load;
mod times;

pub use limit::{CpuLimit, limit};
pub use load::LoadTracker;
pub(crate) use load::Runnable;
pub use times::{CpuTimesOf, Fractions, Times, TimesDelta};

use crate::{Host, Result, sys};

/// Events of all CPUs since boot. `None`: this system does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Stats {
    /// Context switches.
    pub ctx_switches: Option<u64>,
    /// Interrupts.
    pub interrupts: Option<u64>,
    /// Deferred parts of interrupts (since Linux 2.6.31; deferred procedure
    /// calls of Windows).
    pub soft_interrupts: Option<u64>,
    /// System calls. Linux does not count them.
    pub syscalls: Option<u64>,
    /// Processes and threads that were created.
    pub forks: Option<u64>,
    /// Tasks that can run, now.
    pub running: Option<u64>,
    /// Tasks that wait for a block device, now.
    pub blocked: Option<u64>,
}

/// How fast a CPU runs, in hertz. `None`: this system does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Frequency {
    /// Now.
    pub current: Option<u64>,
    /// Lowest that the present policy allows.
    pub min: Option<u64>,
    /// Highest that the present policy allows.
    pub max: Option<u64>,
}

/// The [`Frequency`] of one CPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct FrequencyOf {
    /// The number of the CPU.
    pub cpu: u32,
    /// How fast it runs.
    pub frequency: Frequency,
}

/// How many tasks ran or waited for a CPU (on Linux also: for a disk), on
/// average.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LoadAverage {
    /// Over the last minute.
    pub one: f64,
    /// Over the last 5 minutes.
    pub five: f64,
    /// Over the last 15 minutes.
    pub fifteen: f64,
    /// Tasks that can run, now.
    pub running: Option<u32>,
    /// All tasks: processes and their threads.
    pub total: Option<u32>,
}

impl Host {
    /// What all CPUs did since boot. See [`times`].
    ///
    /// # Errors
    ///
    /// When the system's statistics cannot be read or understood.
    pub fn cpu_times(&self) -> Result<Times> {
        sys::cpu::times(self)
    }

    /// What each CPU did since boot. See [`times_per_cpu`].
    ///
    /// # Errors
    ///
    /// When the system's statistics cannot be read or understood.
    pub fn cpu_times_per_cpu(&self) -> Result<Vec<CpuTimesOf>> {
        sys::cpu::times_per_cpu(self)
    }

    /// How many CPUs are online. See [`count`].
    ///
    /// # Errors
    ///
    /// When nothing says how many there are.
    pub fn cpu_count(&self) -> Result<u32> {
        let online = self.online_cpus()?;
        Ok(u32::try_from(online.len()).unwrap_or(u32::MAX))
    }

    /// How many cores are online. See [`physical_count`].
    ///
    /// # Errors
    ///
    /// When the files that say it cannot be read.
    pub fn physical_cpu_count(&self) -> Result<Option<u32>> {
        sys::cpu::physical_count(self)
    }

    /// The numbers of the CPUs that are online. See [`online`].
    ///
    /// # Errors
    ///
    /// When nothing says which they are.
    pub fn online_cpus(&self) -> Result<Vec<u32>> {
        sys::cpu::online(self)
    }

    /// Events of all CPUs since boot. See [`stats`].
    ///
    /// # Errors
    ///
    /// When the system's statistics cannot be read.
    pub fn cpu_stats(&self) -> Result<Stats> {
        sys::cpu::stats(self)
    }

    /// How fast the CPUs run, on average. See [`frequency`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) where
    /// nothing says.
    pub fn cpu_frequency(&self) -> Result<Frequency> {
        times::average(&sys::cpu::frequency_per_cpu(self)?)
            .ok_or_else(|| crate::Error::unsupported("the frequency of this machine's CPUs"))
    }

    /// How fast each CPU runs. See [`frequency_per_cpu`].
    ///
    /// # Errors
    ///
    /// When the files that say it cannot be read.
    pub fn cpu_frequency_per_cpu(&self) -> Result<Vec<FrequencyOf>> {
        sys::cpu::frequency_per_cpu(self)
    }

    /// How many tasks ran or waited. See [`load_average`].
    ///
    /// # Errors
    ///
    /// When the system does not say.
    pub fn load_average(&self) -> Result<LoadAverage> {
        sys::cpu::load_average(self)
    }
}

/// What all CPUs of this machine did since boot.
///
/// ```
/// let times = oslens::cpu::times()?;
/// assert!(times.total() >= times.user + times.system);
/// # Ok::<(), oslens::Error>(())
/// ```
///
/// # Errors
///
/// When the system's statistics cannot be read or understood.
///
/// # Platform
///
/// Linux: the first line of `/proc/stat`, in steps of usually 10 ms.
///
/// Windows: the sum of [`times_per_cpu`], in steps of 10 to 16 ms.
///
/// FreeBSD and NetBSD: `kern.cp_time`; OpenBSD: the sum of `kern.cpustats`,
/// where the time that the kernel spins on its locks belongs to `system`; in
/// steps of the statistics clock, mostly 1/128 or 1/100 s. macOS: the sum of
/// [`times_per_cpu`], without `irq`. None of them counts I/O wait or stolen
/// time.
///
/// # Cost
///
/// Linux: 3 system calls, and the kernel adds up all CPUs and interrupts.
/// Windows: 1 for each processor group. FreeBSD, NetBSD: 2 questions to
/// `sysctl`; OpenBSD: 2 and 1 for each CPU; macOS: 1 to Mach.
pub fn times() -> Result<Times> {
    Host::local().cpu_times()
}

/// What each CPU of this machine did since boot, in the order of their
/// numbers.
///
/// A CPU that is offline is missing: go by [`CpuTimesOf::cpu`], not by the
/// position.
///
/// ```
/// for one in oslens::cpu::times_per_cpu()? {
///     println!("cpu{}: {:?} idle", one.cpu, one.times.idle);
/// }
/// # Ok::<(), oslens::Error>(())
/// ```
///
/// # Errors
///
/// When the system's statistics cannot be read or understood.
///
/// # Platform
///
/// Linux: the lines `cpuN` of `/proc/stat`.
///
/// Windows: `NtQuerySystemInformation` of each processor group, `irq` and
/// `softirq` (deferred procedure calls) taken out of `system`, which contains
/// them there. The CPUs of a group follow those of the group before it.
///
/// FreeBSD: `kern.cp_times`; NetBSD: `kern.cp_time`; OpenBSD: `kern.cpustats`.
/// macOS: `host_processor_info`, counters of 32 bits in hundredths of a second,
/// which begin again at zero after 497 days; CPUs that are switched off have
/// theirs, too, which stand.
///
/// # Cost
///
/// Linux: 3 system calls, and the kernel adds up all CPUs and interrupts.
/// Windows: 1 for each processor group. FreeBSD: 2 questions to `sysctl`;
/// NetBSD: 4; OpenBSD: 2 and 1 for each CPU; macOS: 1 to Mach.
pub fn times_per_cpu() -> Result<Vec<CpuTimesOf>> {
    Host::local().cpu_times_per_cpu()
}

/// How many CPUs of this machine are online: hardware threads, not cores.
///
/// What a process in a container may use of them says [`limit`].
///
/// ```
/// assert!(oslens::cpu::count()? >= 1);
/// # Ok::<(), oslens::Error>(())
/// ```
///
/// # Errors
///
/// When nothing says how many there are.
///
/// # Platform
///
/// Linux: `/sys/devices/system/cpu/online`; where that is missing the lines
/// of `/proc/stat`.
///
/// Windows: the active CPUs of all processor groups.
///
/// FreeBSD: those that `kern.cp_times` knows; NetBSD: `hw.ncpuonline`, and
/// `/dev/cpuctl` where some are offline; OpenBSD: `kern.cpustats`; macOS:
/// `host_processor_info`.
///
/// # Cost
///
/// Linux: 3 system calls. FreeBSD: 1 question to `sysctl`; NetBSD: 2; OpenBSD:
/// 1 and 1 for each CPU; macOS: 1 to Mach.
pub fn count() -> Result<u32> {
    Host::local().cpu_count()
}

/// How many cores of this machine are online: a core with two hardware
/// threads counts once. `None` where nothing says.
///
/// ```
/// if let Some(cores) = oslens::cpu::physical_count()? {
///     assert!(cores <= oslens::cpu::count()?);
/// }
/// # Ok::<(), oslens::Error>(())
/// ```
///
/// # Errors
///
/// When the files that say it cannot be read.
///
/// # Platform
///
/// Linux: the distinct `core_cpus_list` (before Linux 5.3
/// `thread_siblings_list`) of the online CPUs in sysfs, compared with the
/// cores that `/proc/cpuinfo` tells apart. There are hypervisors that let one
/// of the two show a single core, so the larger number holds.
///
/// Windows: the cores of `GetLogicalProcessorInformationEx`.
///
/// FreeBSD: `kern.smp.cores` (12); macOS: `hw.physicalcpu`. NetBSD and OpenBSD
/// do not say unless there is but one CPU.
///
/// # Cost
///
/// Linux: 3 system calls for each CPU, and `/proc/cpuinfo` read once.
/// FreeBSD, NetBSD, OpenBSD, macOS: 1 question to `sysctl`.
pub fn physical_count() -> Result<Option<u32>> {
    Host::local().physical_cpu_count()
}

/// The numbers of this machine's CPUs that are online, ascending.
///
/// ```
/// assert!(oslens::cpu::online()?.is_sorted());
/// # Ok::<(), oslens::Error>(())
/// ```
///
/// # Errors
///
/// When nothing says which they are.
///
/// # Platform
///
/// As [`count`].
///
/// # Cost
///
/// As [`count`].
pub fn online() -> Result<Vec<u32>> {
    Host::local().online_cpus()
}

/// Events of all CPUs of this machine since boot: context switches,
/// interrupts, new tasks.
///
/// ```
/// println!("{:?}", oslens::cpu::stats()?.ctx_switches);
/// # Ok::<(), oslens::Error>(())
/// ```
///
/// # Errors
///
/// When the system's statistics cannot be read.
///
/// # Platform
///
/// Linux: `/proc/stat`.
///
/// Windows: context switches and system calls are counters of 32 bits, and so
/// are the interrupts and deferred procedure calls (`soft_interrupts`) of each
/// CPU, which are added up: they begin again at zero.
///
/// FreeBSD: `vm.stats`; NetBSD and OpenBSD: UVM's counters, which on OpenBSD
/// have 32 bits, and nothing of who waits for a device. macOS tells none of
/// them: all are `None`.
///
/// # Cost
///
/// Linux: 3 system calls; more where there are very many interrupts. Windows:
/// 1, and 2 for each processor group. FreeBSD: 9 questions to `sysctl`; NetBSD,
/// OpenBSD: 2. One of them looks at all processes (`running`, `blocked`), and
/// on FreeBSD at all their memory.
pub fn stats() -> Result<Stats> {
    Host::local().cpu_stats()
}

/// How fast this machine's CPUs run: the mean of them all.
///
/// A limit that not all CPUs have is `None`.
///
/// ```
/// use oslens::{ErrorKind, cpu};
///
/// match cpu::frequency() {
///     Ok(frequency) => println!("{:?} Hz", frequency.current),
///     Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported),
/// }
/// ```
///
/// # Errors
///
/// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) where nothing
/// says: many virtual machines, and ARM without a frequency driver.
///
/// # Platform
///
/// As [`frequency_per_cpu`].
///
/// # Cost
///
/// As [`frequency_per_cpu`].
pub fn frequency() -> Result<Frequency> {
    Host::local().cpu_frequency()
}

/// How fast each CPU of this machine runs, in the order of their numbers;
/// empty where nothing says. CPUs that are offline are missing.
///
/// ```
/// for one in oslens::cpu::frequency_per_cpu()? {
///     println!("cpu{}: {:?} Hz", one.cpu, one.frequency.current);
/// }
/// # Ok::<(), oslens::Error>(())
/// ```
///
/// # Errors
///
/// When the files that say it cannot be read.
///
/// # Platform
///
/// Linux: the current frequency is that of `/proc/cpuinfo` (x86, PowerPC,
/// s390x) where it knows every CPU, because `scaling_cur_freq`, the second
/// source, can take 16 ms for each core; then `cpuinfo_cur_freq`. The limits
/// are `scaling_min_freq` and `scaling_max_freq` of each frequency policy.
///
/// Windows: `CallNtPowerInformation`. Many machines tell the nominal frequency
/// at all times. Nothing is told of machines with several processor groups.
///
/// FreeBSD: `dev.cpu.N.freq` and `freq_levels`, mostly of the first CPU alone,
/// which stands for all. NetBSD: the nodes of the drivers in `machdep`. Without
/// a driver, as in virtual machines, neither says anything. OpenBSD:
/// `hw.cpuspeed`, the same for all CPUs and without limits; what was measured
/// at the start where no driver sets it. macOS on Intel: `hw.cpufrequency`,
/// which is the nominal one at all times; on Apple's processors the lowest and
/// highest of all clusters alone, since nothing public says how fast a CPU
/// runs.
///
/// # Cost
///
/// Linux: `/proc/cpuinfo` read once, and about 9 system calls for each
/// policy (often: for each CPU). FreeBSD: 1 question to `sysctl`, and 1 or 2
/// for each CPU; the others at most about 10, and 1 or 2 for each CPU.
pub fn frequency_per_cpu() -> Result<Vec<FrequencyOf>> {
    Host::local().cpu_frequency_per_cpu()
}

/// How many tasks ran or waited for a CPU, on average over 1, 5 and 15
/// minutes.
///
/// ```
/// use oslens::{ErrorKind, cpu};
///
/// match cpu::load_average() {
///     Ok(load) => println!("{:.2}", load.one),
///     Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported),
/// }
/// ```
///
/// # Errors
///
/// When the system does not say.
///
/// # Platform
///
/// Linux: `/proc/loadavg`; tasks that wait for a disk count too.
///
/// Windows keeps none: unsupported. A [`LoadTracker`] does.
///
/// FreeBSD, NetBSD, OpenBSD, macOS: `vm.loadavg`, without the numbers of
/// tasks.
///
/// # Cost
///
/// Linux: 3 system calls. FreeBSD, NetBSD, OpenBSD, macOS: 1 question to
/// `sysctl`.
pub fn load_average() -> Result<LoadAverage> {
    Host::local().load_average()
}

#[cfg(test)]
mod tests;
