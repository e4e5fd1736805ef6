//! The machine as a whole: when it booted, what it is called, who is logged
//! in.

use std::{
    ffi::OsString,
    time::{Duration, SystemTime},
};

use super::Host;
use crate::{Result, process::Pid, sys};

/// What a machine and its system are called. What is not known is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Info {
    /// Name of the machine.
    pub hostname: Option<OsString>,
    /// Name of the kernel: `Linux`, `Windows NT`, `FreeBSD`, `Darwin`.
    pub kernel: Option<OsString>,
    /// Release of the kernel: `6.12.41-amd64`, `10.0.22631`.
    pub kernel_release: Option<OsString>,
    /// Build of the kernel: number, options and date; on Windows the release
    /// and its update.
    pub kernel_version: Option<OsString>,
    /// Architecture: `x86_64`.
    pub architecture: Option<OsString>,
    /// Name of the system, for people: `Debian GNU/Linux 13 (trixie)`.
    pub os_name: Option<OsString>,
    /// Name of the system, for programs: `debian`.
    pub os_id: Option<OsString>,
    /// Version of the system: `13`, `23H2`.
    pub os_version: Option<OsString>,
}

/// Somebody who is logged in: one for each login, so that a person can be
/// there several times.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct User {
    /// Name.
    pub name: OsString,
    /// Terminal, without `/dev/`: `tty1`, `pts/3`; on Windows the station of
    /// the session: `Console`, `RDP-Tcp#3`. `None` for a login that has none,
    /// as that of a desktop can be, and a session that is disconnected.
    pub terminal: Option<OsString>,
    /// Where the user came from: a host, or an X display (`:0`).
    pub host: Option<OsString>,
    /// When the login happened.
    pub started: Option<SystemTime>,
    /// The process that made the login.
    pub pid: Option<Pid>,
    /// The login manager's name of the session, where it was asked; on Windows
    /// its number.
    pub session: Option<OsString>,
}

/// When the machine booted.
///
/// It is the time of day now less the time since boot: when the clock is set,
/// the boot time moves with it. To measure how long something runs, use
/// [`uptime`].
///
/// # Errors
///
/// When the system does not tell.
///
/// # Platform
///
/// Linux: `btime` of `/proc/stat`, in whole seconds. In a container whose
/// `/proc` is made up (LXC), the start of the container.
///
/// Windows: the kernel's own `BootTime`, which sleep does not move. With fast
/// start-up (the default) a shutdown is a sleep of the kernel, and no boot.
///
/// BSD, macOS: `kern.boottime`, to the microsecond.
///
/// # Cost
///
/// Linux: 3 system calls. BSD, macOS: 2.
///
/// ```
/// use oslens::host;
///
/// assert!(host::boot_time()? <= std::time::SystemTime::now());
/// # Ok::<(), oslens::Error>(())
/// ```
pub fn boot_time() -> Result<SystemTime> {
    Host::local().boot_time()
}

/// How long the machine has run, suspended time included.
///
/// # Errors
///
/// When the system does not tell.
///
/// # Platform
///
/// Linux: `CLOCK_BOOTTIME`; for another root `/proc/uptime`. In a time
/// namespace, and in a container whose `/proc/uptime` is made up (LXC), the
/// two differ: this is the clock's.
///
/// Windows: `GetTickCount64`, in steps of 10 to 16 ms.
///
/// OpenBSD: `CLOCK_BOOTTIME`. FreeBSD, NetBSD, macOS: `CLOCK_MONOTONIC`, which
/// stands still on FreeBSD and NetBSD while the machine sleeps.
///
/// # Cost
///
/// Linux: no system call (the kernel's clock page). BSD, macOS: 1 at most.
///
/// ```
/// use oslens::host;
///
/// assert!(!host::uptime()?.is_zero());
/// # Ok::<(), oslens::Error>(())
/// ```
pub fn uptime() -> Result<Duration> {
    Host::local().uptime()
}

/// Who is logged in.
///
/// # Errors
///
/// When the list is there but cannot be read. A system that keeps none has
/// nobody.
///
/// # Platform
///
/// Linux: `/run/utmp`, and systemd's `/run/systemd/sessions` where nobody
/// writes utmp: with musl, on Debian 13, … There a login without a terminal
/// (a desktop, a file transfer) is listed too. A program that crashed can
/// leave its login in utmp: see [`User::pid`].
///
/// Windows: the sessions of the Remote Desktop Services that have a user, also
/// disconnected ones; the console is one. None on Nano Server.
///
/// FreeBSD, NetBSD, macOS: `getutxent`, one call at a time in this crate. The C
/// library keeps its place in the list for the whole program, so that nothing
/// else in it should call that meanwhile. OpenBSD: `/var/run/utmp`, which has
/// no processes and whole seconds.
///
/// # Cost
///
/// BSD, macOS: 4 system calls and one more for each further page of records.
/// Linux: 4 system calls; from systemd 5 and 4 for each session.
///
/// ```
/// use oslens::host;
///
/// for user in host::users()? {
///     println!("{} on {:?}", user.name.to_string_lossy(), user.terminal);
/// }
/// # Ok::<(), oslens::Error>(())
/// ```
pub fn users() -> Result<Vec<User>> {
    Host::local().users()
}

/// What the machine and its system are called.
///
/// # Errors
///
/// When the system does not tell.
///
/// # Platform
///
/// Linux: `uname` (for another root `/proc/sys/kernel`) and
/// `/etc/os-release`. A container that looks at its host's `/proc` still
/// finds its own host name there: the kernel shows each reader the name in
/// the reader's UTS namespace.
///
/// Windows: `RtlGetVersion`, and the name and update of the registry.
///
/// BSD: what `uname` shows, from `kern` and `hw`. The system is named after its
/// kernel; on FreeBSD by `/etc/os-release`, where there is one, which may be
/// of another release. The architecture is `hw.machine_arch` (`amd64`,
/// `x86_64`), on OpenBSD `hw.machine`. macOS: the same, and
/// `kern.osproductversion` (10.13.4).
///
/// # Cost
///
/// Linux: 5 system calls. BSD: 10, on FreeBSD some more for the file. macOS: 12.
///
/// ```
/// use oslens::host;
///
/// let info = host::info()?;
/// println!("{:?} runs {:?}", info.hostname, info.kernel_release);
/// # Ok::<(), oslens::Error>(())
/// ```
pub fn info() -> Result<Info> {
    Host::local().info()
}

impl Host {
    /// When the machine booted. See [`boot_time`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn boot_time(&self) -> Result<SystemTime> {
        sys::host::boot_time(self)
    }

    /// How long the machine has run. See [`uptime`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn uptime(&self) -> Result<Duration> {
        sys::host::uptime(self)
    }

    /// Who is logged in. See [`users`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn users(&self) -> Result<Vec<User>> {
        sys::host::users(self)
    }

    /// What the machine and its system are called. See [`info`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn info(&self) -> Result<Info> {
        sys::host::info(self)
    }
}
