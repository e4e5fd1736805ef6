//! What only FreeBSD has.

use std::ffi::OsString;

use crate::{
    Result,
    process::{MemoryMap, Pid, Process},
    sys,
};

mod sealed {
    pub trait Sealed {}
    impl Sealed for crate::process::Process {}
}

/// What FreeBSD knows about a process beyond the portable [`Process`].
///
/// ```
/// use oslens::{os::freebsd::ProcessExt as _, process::Process};
///
/// let setting = Process::current()?.setting()?;
/// println!("jail {:?}, class {:?}", setting.jail, setting.login_class);
/// # Ok::<(), oslens::Error>(())
/// ```
pub trait ProcessExt: sealed::Sealed {
    /// What it is in: its jail, its login class, and who traces it.
    ///
    /// # Errors
    ///
    /// `NoSuchProcess`, `Reused`.
    ///
    /// # Cost
    ///
    /// 1 question for its record, and the proof of whose it is.
    fn setting(&self) -> Result<Setting>;

    /// The permissions that files which it makes do not get (`umask`).
    ///
    /// # Errors
    ///
    /// `AccessDenied` for processes that the caller may not debug;
    /// `NoSuchProcess`, `Reused`, `Zombie`; `Unsupported` for PID 0.
    ///
    /// # Cost
    ///
    /// 1 question, and the proof of whose it is.
    fn umask(&self) -> Result<u16>;

    /// What [`Process::memory_maps`] tells, and what this kernel alone tells
    /// about each mapping.
    ///
    /// # Errors
    ///
    /// As [`Process::memory_maps`].
    ///
    /// # Cost
    ///
    /// 1 question, and the proof of whose it is.
    fn mappings(&self) -> Result<Vec<Mapping>>;
}

impl ProcessExt for Process {
    fn setting(&self) -> Result<Setting> {
        sys::process::freebsd::setting(self.target())
    }

    fn umask(&self) -> Result<u16> {
        sys::process::freebsd::umask(self.target())
    }

    fn mappings(&self) -> Result<Vec<Mapping>> {
        sys::process::freebsd::mappings(self.target())
    }
}

/// A mapping, as FreeBSD tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mapping {
    /// What other systems tell, too.
    pub map: MemoryMap,
    /// What is mapped.
    pub mapped: Mapped,
    /// Bytes in memory of what is mapped, whoever uses them, if it lies on
    /// nothing else; otherwise 0. The kernel calls them private.
    pub own_resident: u64,
    /// How often what is mapped is referred to.
    pub references: u32,
    /// How many copies, of which some pages were written to, lie on it.
    pub shadows: u32,
}

/// What a mapping is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mapped {
    /// Nothing: addresses alone.
    Nothing,
    /// Anonymous memory that was never in swap (before FreeBSD 14).
    Default,
    /// A file.
    File,
    /// Anonymous memory, which may be in swap.
    Anonymous,
    /// A device.
    Device,
    /// Physical memory.
    Physical,
    /// What has ended.
    Dead,
    /// Pieces of physical memory.
    ScatterGather,
    /// Addresses that nobody may use.
    Guard,
    /// What this library does not know.
    Unknown,
}

/// What a process is in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Setting {
    /// Number of its jail. `None`: none that the caller sees it in.
    pub jail: Option<u32>,
    /// Who traces it.
    pub tracer: Option<Pid>,
    /// The table of routes that it uses (FIB).
    pub routing_table: u32,
    /// It may only use what it has open (Capsicum).
    pub in_capability_mode: bool,
    /// Whose programs it runs: `FreeBSD ELF64`, `Linux ELF64`.
    pub emulation: Option<OsString>,
    /// Its login class, which limits come from.
    pub login_class: Option<OsString>,
    /// Name of its session's user.
    pub login_name: Option<OsString>,
    /// What it waits for in the kernel, in the kernel's word. `None`: it does
    /// not wait.
    pub wait_channel: Option<OsString>,
}
