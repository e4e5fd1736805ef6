//! The machine: where this crate reads from, when it booted, what it is
//! called, who is logged in.

mod names;
mod system;

pub use names::{UserNames, group_name, user_name};
pub use system::{Info, User, boot_time, info, uptime, users};

use std::{
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

/// The machine that is looked at: which `/proc`, `/sys`, `/run` and `/etc`
/// are read.
///
/// The free functions of every module ask [`Host::local`]. A program in a
/// container that has the host's file systems mounted elsewhere builds its
/// own:
///
/// ```
/// use oslens::Host;
///
/// let host = Host::builder().proc("/host/proc").build();
/// assert_eq!(host.proc_path(), std::path::Path::new("/host/proc"));
/// assert_eq!(host.etc_path(), std::path::Path::new("/host/etc"));
/// assert!(!host.is_local());
/// ```
///
/// The directories that are not given belong to the same machine as the
/// `/proc` that is, so that no answer mixes two: they are the ones beside it,
/// as above. A `/proc` of another name (`/hostproc`) has no such neighbours;
/// then they are sought below the root directory of its first process
/// (`/hostproc/1/root`), which only a privileged caller may enter. Whoever has
/// them elsewhere says so, one by one or with [`HostBuilder::root`].
///
/// Everything that needs more than reading files (signals, priorities,
/// sockets through netlink) works for the local host only, and returns
/// [`Unsupported`](crate::ErrorKind::Unsupported) for another one.
///
/// # Platform
///
/// Other roots exist on Linux. Elsewhere there are no such files, and every
/// host but the local one is
/// [`Unsupported`](crate::ErrorKind::Unsupported).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host(Arc<Roots>);

#[derive(Debug, PartialEq, Eq)]
struct Roots {
    local: bool,
    proc: PathBuf,
    sys: PathBuf,
    run: PathBuf,
    etc: PathBuf,
    page_size: Option<u64>,
    ticks_per_second: Option<u64>,
    big_endian: bool,
    /// Who answers what is not in files.
    #[cfg(any(
        target_os = "freebsd",
        target_os = "macos",
        target_os = "netbsd",
        target_os = "openbsd",
        all(test, target_os = "linux")
    ))]
    source: crate::sys::kernel::Source,
}

impl Host {
    /// The machine that this program runs on.
    #[must_use]
    pub fn local() -> &'static Host {
        static LOCAL: OnceLock<Host> = OnceLock::new();
        LOCAL.get_or_init(|| {
            Host(Arc::new(Roots {
                local: true,
                proc: PathBuf::from("/proc"),
                sys: PathBuf::from("/sys"),
                run: PathBuf::from("/run"),
                etc: PathBuf::from("/etc"),
                page_size: None,
                ticks_per_second: None,
                big_endian: cfg!(target_endian = "big"),
                #[cfg(any(
                    target_os = "freebsd",
                    target_os = "macos",
                    target_os = "netbsd",
                    target_os = "openbsd",
                    all(test, target_os = "linux")
                ))]
                source: crate::sys::kernel::Source::local(),
            }))
        })
    }

    /// Starts the description of another root.
    pub fn builder() -> HostBuilder {
        HostBuilder::default()
    }

    /// Whether this is the machine that the program runs on, so that system
    /// calls reach the processes that are listed.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.0.local
    }

    /// The directory that is read as `/proc`.
    #[must_use]
    pub fn proc_path(&self) -> &Path {
        &self.0.proc
    }

    /// The directory that is read as `/sys`.
    #[must_use]
    pub fn sys_path(&self) -> &Path {
        &self.0.sys
    }

    /// The directory that is read as `/run`.
    #[must_use]
    pub fn run_path(&self) -> &Path {
        &self.0.run
    }

    /// The directory that is read as `/etc`.
    #[must_use]
    pub fn etc_path(&self) -> &Path {
        &self.0.etc
    }

    /// Bytes in a page of this host's kernel.
    pub(crate) fn page_size(&self) -> u64 {
        self.0.page_size.unwrap_or_else(crate::sys::page_size)
    }

    /// Whether this host's kernel writes numbers with the highest byte first.
    // Unused on systems that have no backend yet.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))]
    pub(crate) fn is_big_endian(&self) -> bool {
        self.0.big_endian
    }

    /// Who answers what is not in files.
    #[cfg(any(
        target_os = "freebsd",
        target_os = "macos",
        target_os = "netbsd",
        target_os = "openbsd",
        all(test, target_os = "linux")
    ))]
    pub(crate) fn source(&self) -> &crate::sys::kernel::Source {
        &self.0.source
    }

    /// Kernel clock ticks per second, the unit of `/proc/PID/stat`.
    pub(crate) fn ticks_per_second(&self) -> u64 {
        self.0
            .ticks_per_second
            .unwrap_or_else(crate::sys::ticks_per_second)
    }
}

/// Describes a [`Host`] other than the local one.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct HostBuilder {
    root: Option<PathBuf>,
    proc: Option<PathBuf>,
    sys: Option<PathBuf>,
    run: Option<PathBuf>,
    etc: Option<PathBuf>,
    page_size: Option<u64>,
    ticks_per_second: Option<u64>,
    big_endian: Option<bool>,
}

impl HostBuilder {
    /// Reads `proc`, `sys`, `run` and `etc` below this directory, unless
    /// they are given one by one.
    pub fn root(mut self, path: impl Into<PathBuf>) -> Self {
        self.root = Some(path.into());
        self
    }

    /// Reads this directory as `/proc`, and those of the same machine as the
    /// rest, unless they are given: `/host/sys`, `/host/run` and `/host/etc`
    /// for `/host/proc`. See [`Host`].
    pub fn proc(mut self, path: impl Into<PathBuf>) -> Self {
        self.proc = Some(path.into());
        self
    }

    /// Reads this directory as `/sys`.
    pub fn sys(mut self, path: impl Into<PathBuf>) -> Self {
        self.sys = Some(path.into());
        self
    }

    /// Reads this directory as `/run` (login sessions).
    pub fn run(mut self, path: impl Into<PathBuf>) -> Self {
        self.run = Some(path.into());
        self
    }

    /// Reads this directory as `/etc` (user and group names).
    pub fn etc(mut self, path: impl Into<PathBuf>) -> Self {
        self.etc = Some(path.into());
        self
    }

    /// Bytes in a page of that root's kernel, when it is not this machine's:
    /// a root captured elsewhere.
    pub fn page_size(mut self, bytes: u64) -> Self {
        self.page_size = Some(bytes);
        self
    }

    /// Clock ticks per second of that root's kernel (`USER_HZ`), when they
    /// are not this machine's.
    pub fn ticks_per_second(mut self, ticks: u64) -> Self {
        self.ticks_per_second = Some(ticks);
        self
    }

    /// Whether that root's kernel is a big-endian one (s390x), when this
    /// machine's is not, or the other way round: some files, those of sockets
    /// above all, hold numbers as they lie in memory.
    pub fn big_endian(mut self, is: bool) -> Self {
        self.big_endian = Some(is);
        self
    }

    /// The host. Nothing is read yet: a directory that is not there shows at
    /// the first call that needs it.
    #[must_use]
    pub fn build(self) -> Host {
        let root = self
            .root
            .or_else(|| self.proc.as_deref().map(root_of))
            .unwrap_or_else(|| PathBuf::from("/"));
        let below = |given: Option<PathBuf>, name: &str| given.unwrap_or_else(|| root.join(name));
        Host(Arc::new(Roots {
            local: false,
            proc: below(self.proc, "proc"),
            sys: below(self.sys, "sys"),
            run: below(self.run, "run"),
            etc: below(self.etc, "etc"),
            // Zero would divide by zero later; the kernel never has it.
            page_size: self.page_size.filter(|&bytes| bytes > 0),
            ticks_per_second: self.ticks_per_second.filter(|&ticks| ticks > 0),
            big_endian: self.big_endian.unwrap_or(cfg!(target_endian = "big")),
            #[cfg(any(
                target_os = "freebsd",
                target_os = "macos",
                target_os = "netbsd",
                target_os = "openbsd",
                all(test, target_os = "linux")
            ))]
            source: crate::sys::kernel::Source::none(),
        }))
    }

    /// The machine whose kernel gives these answers.
    #[cfg(all(
        test,
        any(
            target_os = "linux",
            target_os = "freebsd",
            target_os = "macos",
            target_os = "netbsd",
            target_os = "openbsd"
        )
    ))]
    pub(crate) fn of_kernel(self, source: crate::sys::kernel::Source) -> Host {
        let mut host = self.build();
        if let Some(roots) = Arc::get_mut(&mut host.0) {
            roots.local = true;
            roots.source = source;
        }
        host
    }
}

/// Where the other directories of the machine are that this `/proc` is of.
fn root_of(proc: &Path) -> PathBuf {
    match (proc.parent(), proc.file_name()) {
        (Some(parent), Some(name)) if name == "proc" => parent.to_owned(),
        // Beside `/hostproc` are the directories of this container.
        _ => proc.join("1/root"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn etc_of(builder: HostBuilder) -> PathBuf {
        builder.build().etc_path().to_owned()
    }

    #[test]
    fn directories_that_are_not_given_are_of_the_same_machine() {
        for (proc, etc) in [
            ("/host/proc", "/host/etc"),
            ("/host/proc/", "/host/etc"),
            ("/proc", "/etc"),
            ("proc", "etc"),
            ("/hostproc", "/hostproc/1/root/etc"),
            ("/proc/7/root/proc", "/proc/7/root/etc"),
            ("/", "/1/root/etc"),
        ] {
            assert_eq!(etc_of(Host::builder().proc(proc)), Path::new(etc), "{proc}");
        }
        let host = Host::builder().proc("/a/proc").sys("/b/sys").build();
        assert_eq!(host.sys_path(), Path::new("/b/sys"));
        assert_eq!(host.run_path(), Path::new("/a/run"));
        assert_eq!(
            etc_of(Host::builder().proc("/a/proc").root("/c")),
            Path::new("/c/etc")
        );
        assert_eq!(etc_of(Host::builder()), Path::new("/etc"));
    }
}
