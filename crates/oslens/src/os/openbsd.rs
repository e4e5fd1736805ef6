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
    ($($name:ident = $bits:path, $word:literal;)*) => {
        bitflags! {
            /// What a process may still do after `pledge(2)`. Unknown bits are
            /// kept: releases differ.
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
            pub struct Pledge: u64 {
                $(
                    #[doc = concat!("`", $word, "`.")]
                    const $name = $bits;
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

/// What releases up to 7.8 give for temporary files. Later ones have no such
/// promise, and none of their own at this place.
const PLEDGE_TMPPATH: u64 = 0x10;

pledge! {
    STDIO = bits::PLEDGE_STDIO, "stdio";
    RPATH = bits::PLEDGE_RPATH, "rpath";
    WPATH = bits::PLEDGE_WPATH, "wpath";
    CPATH = bits::PLEDGE_CPATH, "cpath";
    DPATH = bits::PLEDGE_DPATH, "dpath";
    TMPPATH = PLEDGE_TMPPATH, "tmppath";
    INET = bits::PLEDGE_INET, "inet";
    MCAST = bits::PLEDGE_MCAST, "mcast";
    FATTR = bits::PLEDGE_FATTR, "fattr";
    CHOWN = bits::PLEDGE_CHOWNUID, "chown";
    FLOCK = bits::PLEDGE_FLOCK, "flock";
    UNIX = bits::PLEDGE_UNIX, "unix";
    DNS = bits::PLEDGE_DNS, "dns";
    GETPW = bits::PLEDGE_GETPW, "getpw";
    SENDFD = bits::PLEDGE_SENDFD, "sendfd";
    RECVFD = bits::PLEDGE_RECVFD, "recvfd";
    TAPE = bits::PLEDGE_TAPE, "tape";
    TTY = bits::PLEDGE_TTY, "tty";
    PROC = bits::PLEDGE_PROC, "proc";
    EXEC = bits::PLEDGE_EXEC, "exec";
    PROT_EXEC = bits::PLEDGE_PROTEXEC, "prot_exec";
    SETTIME = bits::PLEDGE_SETTIME, "settime";
    PS = bits::PLEDGE_PS, "ps";
    VMINFO = bits::PLEDGE_VMINFO, "vminfo";
    ID = bits::PLEDGE_ID, "id";
    PF = bits::PLEDGE_PF, "pf";
    ROUTE = bits::PLEDGE_ROUTE, "route";
    WROUTE = bits::PLEDGE_WROUTE, "wroute";
    AUDIO = bits::PLEDGE_AUDIO, "audio";
    VIDEO = bits::PLEDGE_VIDEO, "video";
    BPF = bits::PLEDGE_BPF, "bpf";
    UNVEIL = bits::PLEDGE_UNVEIL, "unveil";
    ERROR = bits::PLEDGE_ERROR, "error";
    DISKLABEL = bits::PLEDGE_DISKLABEL, "disklabel";
    DRM = bits::PLEDGE_DRM, "drm";
    VMM = bits::PLEDGE_VMM, "vmm";
}
