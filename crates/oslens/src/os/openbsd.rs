//! What only OpenBSD has.
//!
//! The kernel ends a program that asks for what it has promised not to ask for
//! (`pledge`), whoever asks in it: `docs/PLATFORM.md` in the repository says
//! which promises cover which functions of this library.

use std::ffi::OsString;

use bitflags::bitflags;

use crate::{Result, parse::layout::openbsd::details as bits, process::Process, sys};

mod sealed {
    pub trait Sealed {}
    impl Sealed for crate::process::Process {}
}

/// What OpenBSD knows about a process beyond the portable [`Process`].
///
/// ```
/// use oslens::{os::openbsd::ProcessExt as _, process::Process};
///
/// let setting = Process::current()?.setting()?;
/// assert!(setting.pledge.is_none(), "this program has promised nothing");
/// # Ok::<(), oslens::Error>(())
/// ```
pub trait ProcessExt: sealed::Sealed {
    /// What it is in, and what it has promised not to do.
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
        sys::process::openbsd::setting(self.target())
    }
}

/// What a process is in, and what it has promised.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Setting {
    /// What it may still do. `None`: it has not promised anything
    /// (`pledge`).
    pub pledge: Option<Pledge>,
    /// What it starts is held to promises.
    pub has_exec_pledge: bool,
    /// It sees a part of the file system alone (`unveil`).
    pub has_unveil: bool,
    /// It cannot come to see more of it.
    pub is_unveil_locked: bool,
    /// Its root is not that of the system.
    pub is_chrooted: bool,
    /// The table of routes that it uses.
    pub routing_table: u32,
    /// Whose programs it runs: `native`. Newer releases do not say.
    pub emulation: Option<OsString>,
    /// Name of its session's user.
    pub login_name: Option<OsString>,
    /// What it waits for in the kernel, in the kernel's word. `None`: it does
    /// not wait.
    pub wait_channel: Option<OsString>,
}

macro_rules! pledge {
    ($($name:ident = $bits:ident $word:literal,)*) => {
        bitflags! {
            /// What a process may still do after `pledge(2)`. Unknown bits are
            /// kept: releases differ.
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
            pub struct Pledge: u64 {
                $(
                    #[doc = concat!("`", $word, "`.")]
                    const $name = bits::$bits;
                )*
            }
        }

        impl Pledge {
            /// The words for them that `pledge(2)` takes.
            pub fn words(self) -> impl Iterator<Item = &'static str> {
                [$((Self::$name, $word)),*]
                    .into_iter()
                    .filter(move |(promise, _)| self.contains(*promise))
                    .map(|(_, word)| word)
            }
        }
    };
}

pledge! {
    STDIO = PLEDGE_STDIO "stdio",
    RPATH = PLEDGE_RPATH "rpath",
    WPATH = PLEDGE_WPATH "wpath",
    CPATH = PLEDGE_CPATH "cpath",
    DPATH = PLEDGE_DPATH "dpath",
    INET = PLEDGE_INET "inet",
    MCAST = PLEDGE_MCAST "mcast",
    FATTR = PLEDGE_FATTR "fattr",
    CHOWN = PLEDGE_CHOWNUID "chown",
    FLOCK = PLEDGE_FLOCK "flock",
    UNIX = PLEDGE_UNIX "unix",
    DNS = PLEDGE_DNS "dns",
    GETPW = PLEDGE_GETPW "getpw",
    SENDFD = PLEDGE_SENDFD "sendfd",
    RECVFD = PLEDGE_RECVFD "recvfd",
    TAPE = PLEDGE_TAPE "tape",
    TTY = PLEDGE_TTY "tty",
    PROC = PLEDGE_PROC "proc",
    EXEC = PLEDGE_EXEC "exec",
    PROT_EXEC = PLEDGE_PROTEXEC "prot_exec",
    SETTIME = PLEDGE_SETTIME "settime",
    PS = PLEDGE_PS "ps",
    VMINFO = PLEDGE_VMINFO "vminfo",
    ID = PLEDGE_ID "id",
    PF = PLEDGE_PF "pf",
    ROUTE = PLEDGE_ROUTE "route",
    WROUTE = PLEDGE_WROUTE "wroute",
    AUDIO = PLEDGE_AUDIO "audio",
    VIDEO = PLEDGE_VIDEO "video",
    BPF = PLEDGE_BPF "bpf",
    UNVEIL = PLEDGE_UNVEIL "unveil",
    ERROR = PLEDGE_ERROR "error",
    DISKLABEL = PLEDGE_DISKLABEL "disklabel",
    DRM = PLEDGE_DRM "drm",
    VMM = PLEDGE_VMM "vmm",
}
