//! Priorities and CPUs: what can be set.

use super::{IoClass, Process};
use crate::{Result, sys};

impl Process {
    /// Sets its niceness, from −20 (first) to 19 (last), 20 on FreeBSD, NetBSD,
    /// OpenBSD and macOS.
    ///
    /// # Errors
    ///
    /// `InvalidInput` outside that; `AccessDenied` for another user's
    /// process, and for less niceness without privilege; `NoSuchProcess`,
    /// `Reused`, also where the process ended during the call;
    /// `Unsupported` for a process of another host.
    ///
    /// # Platform
    ///
    /// Linux: `setpriority`. **Only the main thread** changes: each thread
    /// has a niceness of its own, and new threads take that of the thread
    /// that makes them. The call takes a PID: the handle is asked before and
    /// after, and a process that ends in between makes an error. If its PID
    /// is given to another process between the first question and the call,
    /// that process gets the setting; the error is the same.
    ///
    /// FreeBSD, NetBSD, OpenBSD, macOS: `setpriority`, which is for the whole
    /// process; the start is compared before and after.
    ///
    /// Windows: `SetPriorityClass` with the class that stands for it: idle
    /// from 19, below normal from 10, normal from 0, above normal from −7,
    /// high from −14, else real time, which becomes high without privilege.
    /// It cannot reach another process.
    ///
    /// # Cost
    ///
    /// Linux: 3 system calls through the handle.
    pub fn set_nice(&self, nice: i32) -> Result<()> {
        sys::process::set_nice(self.target(), nice)
    }

    /// Sets its input/output scheduling class and priority, 0 (first) to 7.
    /// [`IoClass::Idle`] and [`IoClass::None`] have no priorities: give 0.
    ///
    /// # Errors
    ///
    /// `InvalidInput` above 7, and above 0 for a class without priorities;
    /// `AccessDenied` for another user's process, and for
    /// [`IoClass::RealTime`] without privilege; else as
    /// [`Process::set_nice`].
    ///
    /// # Platform
    ///
    /// Linux: `ioprio_set`; main thread and PID as with
    /// [`Process::set_nice`]. Windows: idle is very low, best effort of 6 and
    /// 7 low, of 3 to 5 normal; high (0 to 2) and critical (real time) are the
    /// kernel's own on most versions. Elsewhere `Unsupported`: FreeBSD, NetBSD,
    /// OpenBSD and macOS have no such setting of other processes.
    ///
    /// # Cost
    ///
    /// Linux: 3 system calls through the handle.
    pub fn set_ionice(&self, class: IoClass, value: u8) -> Result<()> {
        sys::process::set_ionice(self.target(), class, value)
    }

    /// Sets the CPUs that it may run on, by number, in any order.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for no CPU, for a number that no CPU of this machine
    /// can have, and when none of them is online and allowed; `AccessDenied`
    /// for another user's process; else as [`Process::set_nice`].
    ///
    /// # Platform
    ///
    /// Linux: `sched_setaffinity`, for any number of CPUs. CPUs that are
    /// offline or outside the process's cpuset are left out by the kernel as
    /// long as one remains. Main thread and PID as with
    /// [`Process::set_nice`]. Windows: `SetProcessAffinityMask` within the
    /// process's processor group; for others and several the default CPU
    /// sets, since Windows 11 and Server 2022. FreeBSD: `cpuset_setaffinity`
    /// for all threads, between two looks at the start; all of the CPUs have
    /// to be there and in its cpuset. NetBSD: `_sched_setaffinity` for all
    /// threads, in the same way; for the superuser, unless the sysctl
    /// `security.models.extensions.user_set_cpu_affinity` lets everybody bind
    /// their own. OpenBSD, macOS: `Unsupported`.
    ///
    /// # Cost
    ///
    /// Linux: 6 system calls through the handle.
    pub fn set_cpu_affinity(&self, cpus: &[u32]) -> Result<()> {
        sys::process::set_cpu_affinity(self.target(), cpus)
    }
}
