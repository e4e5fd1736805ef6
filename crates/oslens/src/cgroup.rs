//! Control groups (containers): what a process may use, and what its group
//! does use.
//!
//! For the two usual questions there are shorter ways:
//! [`memory::limit`](crate::memory::limit) and
//! [`cpu::limit`](crate::cpu::limit).
//!
//! ```
//! use oslens::{ErrorKind, cgroup, process::Pid};
//!
//! match cgroup::limits(Pid::current()) {
//!     Ok(limits) => println!("{:?} bytes", limits.memory),
//!     // Not every system has control groups.
//!     Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported),
//! }
//! ```
//!
//! # Platform
//!
//! Linux: cgroup v1, v2 and both together (hybrid). Where the groups are
//! mounted comes from `mountinfo`, which group a process is in from
//! `/proc/PID/cgroup`. In a container that sees its own group as the root,
//! the limits of that group are found; those of the groups around it cannot
//! be. Elsewhere everything here is
//! [`Unsupported`](crate::ErrorKind::Unsupported).

use std::time::Duration;

use crate::{
    Host, Result,
    pressure::{Pressure, Resource},
    process::{CgroupPath, Pid},
    sys,
};

/// The most that a process may use: of each resource the least that its
/// group, or a group around it, grants. `None`: no group that can be seen
/// from here limits it.
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Limits {
    /// Memory, bytes (`memory.max`; v1 `memory.limit_in_bytes`).
    pub memory: Option<u64>,
    /// Memory above which the group is slowed down, bytes (`memory.high`, v2
    /// only).
    pub memory_high: Option<u64>,
    /// Swap, bytes (`memory.swap.max`; v1 `memory.memsw.limit_in_bytes`
    /// without the memory).
    pub swap: Option<u64>,
    /// CPU time per time: 1.5 are one and a half CPUs (`cpu.max`; v1
    /// `cpu.cfs_quota_us`).
    pub cpus: Option<f64>,
    /// CPUs that the group may run on (`cpuset.cpus.effective`; v1
    /// `cpuset.effective_cpus`).
    pub cpuset: Option<Vec<u32>>,
    /// Processes and threads (`pids.max`).
    pub processes: Option<u64>,
    /// The group's share among its neighbours when CPU time is short, 1 to
    /// 10000, usually 100 (`cpu.weight`, v2 only).
    pub cpu_weight: Option<u64>,
    /// The same in v1, 2 to 262144, usually 1024 (`cpu.shares`).
    pub cpu_shares: Option<u64>,
}

/// What the group of a process uses: all its processes, and those of the
/// groups within it. `None`: not counted for this group.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Usage {
    /// Memory, caches of files included, bytes (`memory.current`; v1
    /// `memory.usage_in_bytes`).
    pub memory: Option<u64>,
    /// Part of `memory` that is given up first: caches of files that were
    /// not used lately, bytes (`inactive_file` of `memory.stat`).
    pub inactive_file: Option<u64>,
    /// Swap, bytes (`memory.swap.current`).
    pub swap: Option<u64>,
    /// Processes and threads (`pids.current`).
    pub processes: Option<u64>,
    /// CPU time (`cpu.stat`; v1 `cpuacct.usage`).
    pub cpu: Option<Duration>,
    /// Part of `cpu` in programs.
    pub cpu_user: Option<Duration>,
    /// Part of `cpu` in the kernel.
    pub cpu_system: Option<Duration>,
    /// How often the quota of CPU time was used up.
    pub throttling: Option<Throttling>,
    /// Bytes read from block devices (`io.stat`; v1
    /// `blkio.throttle.io_service_bytes`). What is made of other devices
    /// (LVM, RAID, encryption) is left out: the kernel counts those too.
    pub read_bytes: Option<u64>,
    /// Bytes written to block devices.
    pub write_bytes: Option<u64>,
}

/// How often a group used up its quota of CPU time (`cpu.stat`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Throttling {
    /// Periods in which it had something to do.
    pub periods: u64,
    /// Periods in which it was stopped.
    pub throttled_periods: u64,
    /// For how long, all CPUs together.
    pub throttled_time: Duration,
}

impl Host {
    /// The groups of a process. See [`paths`].
    ///
    /// # Errors
    ///
    /// As [`paths`].
    pub fn cgroup_paths(&self, pid: impl Into<Pid>) -> Result<Vec<CgroupPath>> {
        sys::cgroup::paths(self, pid.into())
    }

    /// The most that a process may use. See [`limits`].
    ///
    /// # Errors
    ///
    /// As [`limits`].
    pub fn cgroup_limits(&self, pid: impl Into<Pid>) -> Result<Limits> {
        sys::cgroup::limits(self, pid.into())
    }

    /// What the group of a process uses. See [`usage`].
    ///
    /// # Errors
    ///
    /// As [`usage`].
    pub fn cgroup_usage(&self, pid: impl Into<Pid>) -> Result<Usage> {
        sys::cgroup::usage(self, pid.into())
    }

    /// How long the group of a process stood still. See [`pressure`].
    ///
    /// # Errors
    ///
    /// As [`pressure`].
    pub fn cgroup_pressure(&self, pid: impl Into<Pid>, resource: Resource) -> Result<Pressure> {
        sys::cgroup::pressure(self, pid.into(), resource)
    }
}

/// The control groups that a process is in: one in each hierarchy, and only
/// one on a system with cgroup v2.
///
/// ```
/// use oslens::{cgroup, process::Pid};
///
/// for group in cgroup::paths(Pid::current()).unwrap_or_default() {
///     println!("{:?} {}", group.controllers, group.path.display());
/// }
/// ```
///
/// # Errors
///
/// [`ErrorKind::NoSuchProcess`](crate::ErrorKind::NoSuchProcess), and
/// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) where there are
/// no control groups.
///
/// # Cost
///
/// Linux: 4 system calls.
pub fn paths(pid: impl Into<Pid>) -> Result<Vec<CgroupPath>> {
    Host::local().cgroup_paths(pid)
}

/// The most that a process may use, by its group and all groups around it.
///
/// ```
/// use oslens::{cgroup, process::Pid};
///
/// if let Ok(limits) = cgroup::limits(Pid::current()) {
///     println!("{:?} CPUs, {:?} bytes", limits.cpus, limits.memory);
/// }
/// ```
///
/// # Errors
///
/// [`ErrorKind::NoSuchProcess`](crate::ErrorKind::NoSuchProcess), and
/// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) where there are
/// no control groups.
///
/// # Cost
///
/// Linux: about 10 system calls, and about 20 for each level of nesting.
pub fn limits(pid: impl Into<Pid>) -> Result<Limits> {
    Host::local().cgroup_limits(pid)
}

/// What the control group of a process uses, all its processes together.
///
/// ```
/// use oslens::{cgroup, process::Pid};
///
/// if let Ok(usage) = cgroup::usage(Pid::current()) {
///     println!("{:?} bytes, {:?}", usage.memory, usage.cpu);
/// }
/// ```
///
/// # Errors
///
/// [`ErrorKind::NoSuchProcess`](crate::ErrorKind::NoSuchProcess), and
/// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) where there are
/// no control groups.
///
/// # Cost
///
/// Linux: about 30 system calls, and 4 for each block device in use.
pub fn usage(pid: impl Into<Pid>) -> Result<Usage> {
    Host::local().cgroup_usage(pid)
}

/// How long the processes of a process's control group stood still for want
/// of a resource.
///
/// ```
/// use oslens::{cgroup, pressure::Resource, process::Pid};
///
/// if let Ok(pressure) = cgroup::pressure(Pid::current(), Resource::Memory) {
///     println!("{:?}", pressure.some);
/// }
/// ```
///
/// # Errors
///
/// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) where the kernel
/// does not count it, or the group is none of cgroup v2.
///
/// # Cost
///
/// Linux: about 10 system calls.
pub fn pressure(pid: impl Into<Pid>, resource: Resource) -> Result<Pressure> {
    Host::local().cgroup_pressure(pid, resource)
}
