//! Who a process is: its PID, and when it started.

use std::{fmt, num::NonZeroU64};

use crate::sys;

/// A process identifier.
///
/// The number alone does not say which process is meant for long: the kernel
/// gives it to another one after the process has ended. [`ProcessId`] does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct Pid(u32);

impl Pid {
    /// The PID with this number; whether a process has it is not checked.
    #[must_use]
    pub const fn new(pid: u32) -> Self {
        Self(pid)
    }

    /// The PID of the calling process.
    #[must_use]
    pub fn current() -> Self {
        Self(std::process::id())
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl From<u32> for Pid {
    fn from(pid: u32) -> Self {
        Self(pid)
    }
}

impl From<Pid> for u32 {
    fn from(pid: Pid) -> Self {
        pid.0
    }
}

impl fmt::Display for Pid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// When a process started, on a clock of the kernel's own.
///
/// Good for one thing: to tell two processes with one PID apart. On Linux,
/// FreeBSD and OpenBSD it counts from boot and does not move when the system
/// time is set; on Windows, NetBSD and macOS it is the time of day that was
/// noted then, which nothing changes any more: in steps of 100 ns on Windows,
/// else of 1 µs. For the time of day see
/// [`Process::create_time`](super::Process::create_time).
///
/// A start that the kernel would not tell is *unknown*; unknown is equal to
/// itself but never proves that a PID was reused. NetBSD and OpenBSD tell none
/// of a zombie.
///
/// OpenBSD adds the start and the boot time before it cuts them to
/// microseconds: after the system time was set, the start of a process may be
/// 1 µs from what it was. [`ProcessId::differs_from`] knows that; the
/// operators, which compare numbers, do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct StartTime(Option<NonZeroU64>);

impl StartTime {
    /// The kernel did not say.
    pub const UNKNOWN: Self = Self(None);

    /// A start in kernel units. They are stored one higher, because the
    /// first processes of a machine start at tick zero.
    pub(crate) const fn from_raw(raw: u64) -> Self {
        Self(NonZeroU64::new(raw.saturating_add(1)))
    }

    /// The start in kernel units, if known.
    pub(crate) const fn raw(self) -> Option<u64> {
        match self.0 {
            Some(stored) => Some(stored.get() - 1),
            None => None,
        }
    }

    /// Whether the kernel told it.
    #[must_use]
    pub const fn is_known(self) -> bool {
        self.0.is_some()
    }
}

/// Which process is meant, also after its PID was given to another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ProcessId {
    /// The number that the kernel knows it by.
    pub pid: Pid,
    /// When it started.
    pub start: StartTime,
}

impl ProcessId {
    pub(crate) const fn new(pid: Pid, start: StartTime) -> Self {
        Self { pid, start }
    }

    /// The identity of the calling process, by the number that `/proc` has
    /// for it, as [`Process::current`](super::Process::current) without a
    /// handle.
    ///
    /// ```
    /// use oslens::process::{Process, ProcessId};
    ///
    /// assert_eq!(ProcessId::current()?, Process::current()?.id());
    /// # Ok::<(), oslens::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Only when the process table cannot be read.
    ///
    /// # Cost
    ///
    /// Linux: 3 system calls.
    pub fn current() -> crate::Result<Self> {
        sys::process::identity(crate::Host::local(), sys::process::own_pid())
    }

    /// Whether `other` is proved to be another process than this one: the
    /// PIDs differ, or both starts are known and differ, by more than the
    /// system is uncertain of. An unknown start proves nothing.
    #[must_use]
    pub fn differs_from(&self, other: &Self) -> bool {
        self.differs_by(other, sys::process::START_UNCERTAINTY)
    }

    /// [`differs_from`](Self::differs_from) where starts of one process may
    /// be so far apart.
    pub(crate) fn differs_by(&self, other: &Self, uncertainty: u64) -> bool {
        let are_apart = match (self.start.raw(), other.start.raw()) {
            (Some(one), Some(other)) => one.abs_diff(other) > uncertainty,
            _ => false,
        };
        self.pid != other.pid || are_apart
    }
}

/// Whoever has this PID: an identity that proves nothing, because its start is
/// unknown.
impl From<Pid> for ProcessId {
    fn from(pid: Pid) -> Self {
        Self::new(pid, StartTime::UNKNOWN)
    }
}

impl fmt::Display for ProcessId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.start.raw() {
            Some(raw) => write!(f, "{}@{raw}", self.pid),
            None => self.pid.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_start_never_means_reused() {
        let pid = Pid::new(1);
        let unknown = ProcessId::new(pid, StartTime::UNKNOWN);
        let boot = ProcessId::new(pid, StartTime::from_raw(0));
        let later = ProcessId::new(pid, StartTime::from_raw(7));
        assert!(boot.start.is_known());
        assert!(!unknown.differs_from(&later));
        assert!(!later.differs_from(&unknown));
        assert!(boot.differs_from(&later));
        assert!(!later.differs_from(&later));
    }
}
