//! What only Windows has.

use std::{ffi::OsString, fmt, os::windows::io::BorrowedHandle};

use crate::{Result, process::Process, sys};

mod sealed {
    pub trait Sealed {}
    impl Sealed for crate::process::Process {}
}

/// What Windows knows about a process beyond the portable [`Process`].
///
/// ```
/// use oslens::{os::windows::ProcessExt as _, process::Process};
///
/// let me = Process::current()?;
/// assert!(me.handle_counts()?.handles > 0);
/// assert!(me.memory_counters()?.working_set > 0);
/// # Ok::<(), oslens::Error>(())
/// ```
pub trait ProcessExt: sealed::Sealed {
    /// Its handle, opened to be queried and, where the caller may, to be
    /// waited for. `None` where there is none: the caller may not open it, or
    /// the value holds none ([`Process::from_id`], [`Process::children`]).
    fn handle(&self) -> Option<BorrowedHandle<'_>>;

    /// How many handles it has, of the kernel and of the graphics interface.
    ///
    /// # Errors
    ///
    /// `NoSuchProcess`, `Reused`.
    fn handle_counts(&self) -> Result<HandleCounts>;

    /// All that the kernel counts of its memory.
    ///
    /// # Errors
    ///
    /// `NoSuchProcess`, `Reused`.
    ///
    /// # Cost
    ///
    /// The table of all processes.
    fn memory_counters(&self) -> Result<MemoryCounters>;

    /// The session of the terminal services that it is in; services are in
    /// 0.
    ///
    /// # Errors
    ///
    /// `NoSuchProcess`, `Reused`.
    ///
    /// # Cost
    ///
    /// The table of all processes.
    fn session_id(&self) -> Result<u32>;

    /// Whether it is in a job: a group of processes with common limits.
    ///
    /// # Errors
    ///
    /// `AccessDenied`, `NoSuchProcess`, `Reused`.
    fn is_in_job(&self) -> Result<bool>;

    /// How far the system trusts it.
    ///
    /// # Errors
    ///
    /// `AccessDenied`, also for processes of other users without privilege;
    /// `NoSuchProcess`, `Reused`.
    fn integrity_level(&self) -> Result<IntegrityLevel>;

    /// Whether it has the rights of an administrator.
    ///
    /// # Errors
    ///
    /// As [`ProcessExt::integrity_level`].
    fn elevation(&self) -> Result<Elevation>;

    /// Whether it is protected: even administrators may not open it further
    /// than to ask for its name and times.
    ///
    /// # Errors
    ///
    /// `Unsupported` before Windows 8.1; `AccessDenied`, `NoSuchProcess`,
    /// `Reused`.
    fn is_protected(&self) -> Result<bool>;

    /// Whether it is a 32-bit process on a 64-bit system.
    ///
    /// # Errors
    ///
    /// `AccessDenied`, `NoSuchProcess`, `Reused`.
    fn is_wow64(&self) -> Result<bool>;

    /// The window station and desktop that it was told to use at its start:
    /// `WinSta0\Default`. Empty: those of its maker.
    ///
    /// # Errors
    ///
    /// `AccessDenied` for processes whose memory the caller may not read;
    /// `NoSuchProcess`, `Reused`.
    fn desktop(&self) -> Result<OsString>;

    /// The title that it was told to give its window.
    ///
    /// # Errors
    ///
    /// As [`ProcessExt::desktop`].
    fn window_title(&self) -> Result<OsString>;

    /// Names of the services that run in it.
    ///
    /// # Errors
    ///
    /// `AccessDenied` where the service manager refuses to list them;
    /// `NoSuchProcess`, `Reused`.
    fn services(&self) -> Result<Vec<OsString>>;

    /// Its priority class, which [`Process::nice`] gives as a number.
    ///
    /// # Errors
    ///
    /// `AccessDenied`, `NoSuchProcess`, `Reused`.
    fn priority_class(&self) -> Result<PriorityClass>;

    /// Sets its priority class. Without privilege [`PriorityClass::RealTime`]
    /// becomes [`PriorityClass::High`].
    ///
    /// # Errors
    ///
    /// `AccessDenied`, `NoSuchProcess`, `Reused`.
    fn set_priority_class(&self, class: PriorityClass) -> Result<()>;

    /// How its input and output is scheduled, which [`Process::ionice`] gives
    /// as a class and a number.
    ///
    /// # Errors
    ///
    /// `AccessDenied`, `NoSuchProcess`, `Reused`.
    fn io_priority(&self) -> Result<IoPriority>;

    /// Sets how its input and output is scheduled.
    ///
    /// # Errors
    ///
    /// `AccessDenied` or `InvalidInput` for [`IoPriority::High`] and
    /// [`IoPriority::Critical`], which are the kernel's own on most versions;
    /// `NoSuchProcess`, `Reused`.
    fn set_io_priority(&self, priority: IoPriority) -> Result<()>;
}

impl ProcessExt for Process {
    fn handle(&self) -> Option<BorrowedHandle<'_>> {
        self.target().handle.map(sys::process::Handle::borrow)
    }

    fn handle_counts(&self) -> Result<HandleCounts> {
        sys::process::handle_counts(self.target())
    }

    fn memory_counters(&self) -> Result<MemoryCounters> {
        sys::process::memory_counters(self.target())
    }

    fn session_id(&self) -> Result<u32> {
        sys::process::session_id(self.target())
    }

    fn is_in_job(&self) -> Result<bool> {
        sys::process::is_in_job(self.target())
    }

    fn integrity_level(&self) -> Result<IntegrityLevel> {
        sys::process::integrity_level(self.target())
    }

    fn elevation(&self) -> Result<Elevation> {
        sys::process::elevation(self.target())
    }

    fn is_protected(&self) -> Result<bool> {
        sys::process::is_protected(self.target())
    }

    fn is_wow64(&self) -> Result<bool> {
        sys::process::is_wow64(self.target())
    }

    fn desktop(&self) -> Result<OsString> {
        sys::process::desktop(self.target())
    }

    fn window_title(&self) -> Result<OsString> {
        sys::process::window_title(self.target())
    }

    fn services(&self) -> Result<Vec<OsString>> {
        sys::process::services(self.target())
    }

    fn priority_class(&self) -> Result<PriorityClass> {
        sys::process::priority_class(self.target())
    }

    fn set_priority_class(&self, class: PriorityClass) -> Result<()> {
        sys::process::set_priority_class(self.target(), class)
    }

    fn io_priority(&self) -> Result<IoPriority> {
        sys::process::io_priority(self.target())
    }

    fn set_io_priority(&self, priority: IoPriority) -> Result<()> {
        sys::process::set_io_priority(self.target(), priority)
    }
}

/// Lets the calling process open processes of other users and services, for
/// the rest of its life: enables the privilege `SeDebugPrivilege`, which
/// administrators have and need not use. Nothing else in this library enables
/// it.
///
/// # Errors
///
/// `AccessDenied` when the caller does not have it.
pub fn enable_debug_privilege() -> Result<()> {
    sys::enable_privilege("SeDebugPrivilege")
}

/// How many handles a process has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct HandleCounts {
    /// Of the kernel: files, threads, events, keys, …
    pub handles: u32,
    /// Windows, menus, … `None`: the caller may not ask, or there is no
    /// graphics interface.
    pub user_objects: Option<u32>,
    /// Brushes, fonts, … `None`: as before.
    pub gdi_objects: Option<u32>,
}

/// Memory of a process, bytes. `None`: not counted (Wine).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct MemoryCounters {
    /// In physical memory, shared pages counted in full.
    pub working_set: u64,
    /// Most that ever was.
    pub peak_working_set: u64,
    /// In physical memory, of this process alone.
    pub private_working_set: Option<u64>,
    /// Memory that the system has promised it (commit charge).
    pub private_bytes: u64,
    /// Most that ever was.
    pub peak_private_bytes: u64,
    /// Address space, which 64-bit processes reserve in terabytes.
    pub virtual_size: u64,
    /// Most that ever was.
    pub peak_virtual_size: u64,
    /// Of the kernel's pool that can be paged out, charged to it.
    pub paged_pool: Option<u64>,
    /// Most that ever was.
    pub peak_paged_pool: Option<u64>,
    /// Of the kernel's pool that cannot, charged to it.
    pub nonpaged_pool: Option<u64>,
    /// Most that ever was.
    pub peak_nonpaged_pool: Option<u64>,
    /// Page faults of all kinds; wraps.
    pub page_faults: Option<u32>,
}

/// Rights of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Elevation {
    /// It has an administrator's rights.
    pub is_elevated: bool,
    /// Its user is an administrator who has to ask for them.
    pub is_split: bool,
    /// It is locked in a container for applications.
    pub is_app_container: bool,
}

/// How far the system trusts a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum IntegrityLevel {
    /// Not at all.
    Untrusted,
    /// Little: sandboxes.
    Low,
    /// As a user's programs.
    Medium,
    /// As an administrator's.
    High,
    /// As the system's own.
    System,
    /// As what not even the system may touch.
    Protected,
}

impl IntegrityLevel {
    /// The level of a `SECURITY_MANDATORY_*_RID`; numbers in between belong
    /// to the level below.
    pub(crate) const fn from_rid(rid: u32) -> Self {
        match rid {
            0x5000.. => Self::Protected,
            0x4000.. => Self::System,
            0x3000.. => Self::High,
            0x2000.. => Self::Medium,
            0x1000.. => Self::Low,
            _ => Self::Untrusted,
        }
    }
}

/// Which processes get the CPUs first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum PriorityClass {
    /// When nobody else wants them.
    Idle,
    /// After the usual.
    BelowNormal,
    /// The usual.
    Normal,
    /// Before the usual.
    AboveNormal,
    /// Before most.
    High,
    /// Before the system's own threads.
    RealTime,
}

impl PriorityClass {
    /// The number that `SetPriorityClass` knows it by.
    #[must_use]
    pub const fn raw(self) -> u32 {
        match self {
            Self::Idle => 0x40,
            Self::BelowNormal => 0x4000,
            Self::Normal => 0x20,
            Self::AboveNormal => 0x8000,
            Self::High => 0x80,
            Self::RealTime => 0x100,
        }
    }

    /// The niceness that stands for it: 19, 10, 0, −7, −14, −20.
    #[must_use]
    pub const fn niceness(self) -> i32 {
        match self {
            Self::Idle => 19,
            Self::BelowNormal => 10,
            Self::Normal => 0,
            Self::AboveNormal => -7,
            Self::High => -14,
            Self::RealTime => -20,
        }
    }

    /// The class that a niceness stands for.
    #[must_use]
    pub const fn from_niceness(nice: i32) -> Self {
        match nice {
            ..-14 => Self::RealTime,
            -14..-7 => Self::High,
            -7..0 => Self::AboveNormal,
            0..10 => Self::Normal,
            10..19 => Self::BelowNormal,
            19.. => Self::Idle,
        }
    }
}

/// Whose input and output comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum IoPriority {
    /// Background work.
    VeryLow,
    /// After the usual.
    Low,
    /// The usual.
    Normal,
    /// Before the usual.
    High,
    /// Before everything else: the kernel's paging.
    Critical,
}

impl IoPriority {
    /// The kernel's number (`IO_PRIORITY_HINT`).
    #[must_use]
    pub const fn raw(self) -> u32 {
        match self {
            Self::VeryLow => 0,
            Self::Low => 1,
            Self::Normal => 2,
            Self::High => 3,
            Self::Critical => 4,
        }
    }
}

impl fmt::Display for PriorityClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Idle => "idle",
            Self::BelowNormal => "below normal",
            Self::Normal => "normal",
            Self::AboveNormal => "above normal",
            Self::High => "high",
            Self::RealTime => "real time",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_comes_back_from_its_niceness() {
        for class in [
            PriorityClass::Idle,
            PriorityClass::BelowNormal,
            PriorityClass::Normal,
            PriorityClass::AboveNormal,
            PriorityClass::High,
            PriorityClass::RealTime,
        ] {
            assert_eq!(PriorityClass::from_niceness(class.niceness()), class);
        }
        assert_eq!(PriorityClass::from_niceness(5), PriorityClass::Normal);
        assert_eq!(PriorityClass::from_niceness(-1), PriorityClass::AboveNormal);
    }

    #[test]
    fn integrity_levels_are_ranges() {
        assert_eq!(IntegrityLevel::from_rid(0x2100), IntegrityLevel::Medium);
        assert_eq!(IntegrityLevel::from_rid(0x4000), IntegrityLevel::System);
        assert_eq!(IntegrityLevel::from_rid(0xfff), IntegrityLevel::Untrusted);
        assert!(IntegrityLevel::Low < IntegrityLevel::High);
    }
}
