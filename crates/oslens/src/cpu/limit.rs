//! CPUs that a process in a container may use.

use crate::{ErrorKind, Host, Result, process::Pid, sys};

/// What a process can use of the CPUs: the narrowest of what is online, what
/// its affinity and cpuset allow, and its control groups' quota.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct CpuLimit {
    /// CPUs that are online.
    pub online: u32,
    /// CPUs that the process may run on: its affinity, within its cpuset.
    /// `None`: not known.
    pub allowed: Option<u32>,
    /// CPU time per time that its control groups grant, the least of all
    /// levels that can be seen. `None`: they grant all of it.
    pub quota: Option<f64>,
}

impl CpuLimit {
    /// How many CPUs' worth of time the process can use: 2.5 are two and a
    /// half.
    ///
    /// ```
    /// let limit = oslens::cpu::limit()?;
    /// assert!(limit.cpus() > 0.0 && limit.cpus() <= f64::from(limit.online));
    /// # Ok::<(), oslens::Error>(())
    /// ```
    #[must_use]
    pub fn cpus(&self) -> f64 {
        let whole = f64::from(self.online.min(self.allowed.unwrap_or(u32::MAX)).max(1));
        self.quota.map_or(whole, |quota| whole.min(quota))
    }

    /// How many threads keep that busy: [`cpus`](Self::cpus) rounded up, at
    /// least 1.
    #[must_use]
    pub fn parallelism(&self) -> u32 {
        // A quota of a thousandth of a CPU still runs one thread. The cast
        // saturates; the value is at most `online` anyway.
        (self.cpus().ceil() as u32).max(1)
    }
}

impl Host {
    /// How much of the CPUs a process can use. See [`limit`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoSuchProcess`], and those of
    /// [`cpu_count`](Self::cpu_count).
    pub fn cpu_limit(&self, pid: impl Into<Pid>) -> Result<CpuLimit> {
        let pid = pid.into();
        let online = self.online_cpus()?;
        let allowed = sys::cpu::allowed(self, pid)?
            .map(|allowed| {
                // Offline CPUs stay in an affinity: they may come back.
                let both = allowed.iter().filter(|cpu| online.contains(cpu)).count();
                u32::try_from(both).unwrap_or(u32::MAX)
            })
            // No process is allowed no CPU: the list of those that are online
            // is made up (LXC numbers them from 0), and says only how many.
            .filter(|&both| both > 0);
        let quota = match sys::cgroup::cpu_quota(self, pid) {
            // No control groups: no quota.
            Err(error) if error.kind() == ErrorKind::Unsupported => None,
            quota => quota?,
        };
        Ok(CpuLimit {
            online: u32::try_from(online.len()).unwrap_or(u32::MAX),
            allowed,
            quota,
        })
    }
}

/// How much of the CPUs this process can use: the least of what is online,
/// what its affinity allows and what its container grants.
///
/// ```
/// let limit = oslens::cpu::limit()?;
/// println!("{} CPUs, {} threads", limit.cpus(), limit.parallelism());
/// # Ok::<(), oslens::Error>(())
/// ```
///
/// # Errors
///
/// When the system does not say.
///
/// # Platform
///
/// Linux: `Cpus_allowed_list` of `/proc/PID/status` (the main thread's
/// affinity, already within the cpuset; any number of CPUs), and the quotas
/// of the control groups, v1 and v2, from the process's own to the outermost
/// that can be seen.
///
/// Windows, FreeBSD, NetBSD: the affinity. OpenBSD, macOS: what is online.
///
/// # Cost
///
/// Linux: about 13 system calls, and 4 to 8 for each level of nesting.
pub fn limit() -> Result<CpuLimit> {
    Host::local().cpu_limit(Pid::current())
}
