//! Memory that a process in a container may use.

use super::fraction;
use crate::{ErrorKind, Host, Result, process::Pid, sys};

/// Memory as a process may use it: the machine's, within the limits of the
/// process's control groups. Bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ContainerMemory {
    /// The most that it and its group may use.
    pub total: u64,
    /// What it could still get: the least of what the machine has available,
    /// and what is left to each of its groups, caches that were not used
    /// lately included.
    pub available: u64,
    /// The least of the limits of its groups. `None`: they set none, and the
    /// other values are the machine's. May be above what the machine has;
    /// `total` is not.
    pub limit: Option<u64>,
}

impl ContainerMemory {
    /// `total` without `available`.
    #[must_use]
    pub fn used(&self) -> u64 {
        self.total.saturating_sub(self.available)
    }

    /// Which fraction of the memory is used, 0 to 1.
    #[must_use]
    pub fn used_fraction(&self) -> f64 {
        fraction(self.used(), self.total)
    }

    fn within(mut self, level: sys::cgroup::MemoryLevel) -> Self {
        let used = level.usage.saturating_sub(level.reclaimable);
        self.limit = Some(
            self.limit
                .map_or(level.limit, |limit| limit.min(level.limit)),
        );
        self.total = self.total.min(level.limit);
        self.available = self.available.min(level.limit.saturating_sub(used));
        self
    }
}

impl Host {
    /// How much memory a process may use. See [`limit`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoSuchProcess`], and those of
    /// [`virtual_memory`](Self::virtual_memory).
    pub fn memory_limit(&self, pid: impl Into<Pid>) -> Result<ContainerMemory> {
        let machine = self.virtual_memory()?;
        let levels = match sys::cgroup::memory_levels(self, pid.into()) {
            // No control groups: no limits.
            Err(error) if error.kind() == ErrorKind::Unsupported => Vec::new(),
            levels => levels?,
        };
        let machine = ContainerMemory {
            total: machine.total,
            available: machine.available,
            limit: None,
        };
        Ok(levels.into_iter().fold(machine, ContainerMemory::within))
    }
}

/// How much memory this process may use: the machine's, or what its
/// container grants.
///
/// ```
/// let memory = oslens::memory::limit()?;
/// assert!(memory.total <= oslens::memory::virtual_memory()?.total);
/// assert!(memory.available <= memory.total);
/// # Ok::<(), oslens::Error>(())
/// ```
///
/// # Errors
///
/// When the system does not say.
///
/// # Platform
///
/// Linux: [`virtual_memory`](super::virtual_memory) and the memory limits,
/// usage and `inactive_file` of the control groups, v1 and v2, from the
/// process's own to the outermost that can be seen. Elsewhere the machine's
/// memory.
///
/// # Cost
///
/// Linux: about 13 system calls, and about 12 for each level of nesting.
/// Elsewhere as [`virtual_memory`](super::virtual_memory).
pub fn limit() -> Result<ContainerMemory> {
    Host::local().memory_limit(Pid::current())
}
