//! What only NetBSD has.

use std::ffi::OsString;

use crate::{Result, process::Process, sys};

mod sealed {
    pub trait Sealed {}
    impl Sealed for crate::process::Process {}
}

/// What NetBSD knows about a process beyond the portable [`Process`].
///
/// ```
/// use oslens::{os::netbsd::ProcessExt as _, process::Process};
///
/// let setting = Process::current()?.setting()?;
/// assert!(setting.emulation.is_some());
/// # Ok::<(), oslens::Error>(())
/// ```
pub trait ProcessExt: sealed::Sealed {
    /// What it is in.
    ///
    /// # Errors
    ///
    /// `NoSuchProcess`, `Reused`.
    ///
    /// # Cost
    ///
    /// 1 question for its record, and the proof of whose it is.
    fn setting(&self) -> Result<Setting>;
}

impl ProcessExt for Process {
    fn setting(&self) -> Result<Setting> {
        sys::process::netbsd::setting(self.target())
    }
}

/// What a process is in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Setting {
    /// Whose programs it runs: `netbsd`, `netbsd32`, `linux`.
    pub emulation: Option<OsString>,
    /// Name of its session's user.
    pub login_name: Option<OsString>,
    /// What it waits for in the kernel, in the kernel's word. `None`: it does
    /// not wait.
    pub wait_channel: Option<OsString>,
}
