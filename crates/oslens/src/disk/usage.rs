//! How full a file system is.

use std::{convert::Infallible, ops::ControlFlow, path::Path, time::Duration};

use super::deadline::{Outcome, Workers};
use crate::{Error, Result, sys};

/// How full a file system is, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Usage {
    /// All space.
    pub total: u64,
    /// What files and the file system's own data occupy. Less than
    /// [`total`](Self::total) without [`free`](Self::free) where other file
    /// systems are on the same disk (APFS).
    pub used: u64,
    /// What is not occupied, including what is kept for the superuser.
    pub free: u64,
    /// What an ordinary user can still occupy. Often less than
    /// [`free`](Self::free).
    pub available: u64,
    /// Files. `None` where the file system has no fixed number of them
    /// (`btrfs`, `vfat`).
    pub inodes: Option<Inodes>,
    /// Whether the file system is mounted read-only.
    pub read_only: bool,
}

/// How many files a file system can have and has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Inodes {
    /// Files that the file system can have.
    pub total: u64,
    /// Files that it has.
    pub used: u64,
    /// Files that it can still take, including those kept for the superuser.
    pub free: u64,
    /// Files that an ordinary user can still make.
    pub available: u64,
}

impl Usage {
    /// From the counts of `statvfs`. File systems have been seen to report
    /// more free blocks than blocks: nothing is used then. Those that have
    /// more in use than an ordinary user may (a quota that was lowered) report
    /// a negative number of available blocks; all ones for the files is a
    /// number that is not known.
    // Unused on systems that have no backend yet.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))]
    pub(crate) fn from_blocks(
        block: u64,
        [blocks, free, available]: [u64; 3],
        [inodes, inodes_free, inodes_available]: [u64; 3],
        read_only: bool,
    ) -> Self {
        let not_negative = |count: u64| i64::try_from(count).map_or(0, |_| count);
        Self {
            total: blocks.saturating_mul(block),
            used: blocks.saturating_sub(free).saturating_mul(block),
            free: free.saturating_mul(block),
            available: not_negative(available).saturating_mul(block),
            inodes: (inodes > 0 && inodes != u64::MAX).then(|| Inodes {
                total: inodes,
                used: inodes.saturating_sub(inodes_free),
                free: inodes_free,
                available: not_negative(inodes_available),
            }),
            read_only,
        }
    }

    /// How much of what an ordinary user can occupy is occupied, from 0 to 1,
    /// as `df` shows it: used ÷ (used + available). It is 1 when only the
    /// superuser can still write. 0 for a file system without space
    /// (`/proc`).
    #[must_use]
    pub fn used_fraction(&self) -> f64 {
        let reachable = self.used.saturating_add(self.available);
        if reachable == 0 {
            return 0.0;
        }
        self.used as f64 / reachable as f64
    }
}

/// How full the file system is that this path is on.
///
/// **This blocks** as long as the file system does not answer: for ever on a
/// network mount whose server is gone. See [`usage_within`] and
/// [`usage_while`].
///
/// **This wakes an automounter** (Linux): asked for a mount point of `autofs`,
/// the kernel has mounted what belongs there, to answer for that. A loop over
/// all [`partitions`](super::partitions) leaves out those with this
/// [`fstype`](super::Partition::fstype), unless all of them shall be mounted.
///
/// # Errors
///
/// [`NotFound`](crate::ErrorKind::NotFound) when the path does not exist,
/// [`AccessDenied`](crate::ErrorKind::AccessDenied) when the caller may not
/// reach it, and whatever else the system says.
///
/// # Platform
///
/// Windows: where the caller has a quota,
/// [`total`](Usage::total) and [`available`](Usage::available) are what it
/// grants. There is no number of files.
///
/// macOS: volumes of APFS share their disk: [`total`](Usage::total) and
/// [`free`](Usage::free) are the disk's, [`used`](Usage::used) is the volume's.
///
/// # Cost
///
/// Unix: 1 system call (`statvfs`); macOS: 2 for APFS (`statfs`,
/// `getattrlist`). Windows: 3 (`GetDiskFreeSpaceEx`, and for
/// whether it is read-only `GetVolumePathName` and `GetVolumeInformation`).
///
/// ```
/// use oslens::disk;
///
/// let usage = disk::usage("/")?;
/// assert!(usage.used <= usage.total);
/// # Ok::<(), oslens::Error>(())
/// ```
pub fn usage(path: impl AsRef<Path>) -> Result<Usage> {
    sys::disk::usage(path.as_ref())
}

/// As [`usage`], but waits for the file system no longer than `limit`.
///
/// The system call is made by a thread of its own, for it cannot be
/// interrupted. When the limit passes, the thread stays behind until the file
/// system answers or the process ends. There is never more than one such
/// thread for a path: while one is late, further calls for the same path
/// fail at once, so that asking every second does not gather threads. Calls
/// that ask for one path at the same time share one thread and its answer. A
/// child that is forked meanwhile has none of the threads, and starts its own.
///
/// # Errors
///
/// As [`usage`], and [`TimedOut`](crate::ErrorKind::TimedOut) when the limit
/// has passed or an earlier call for the path has still no answer.
///
/// # Cost
///
/// A thread is started and ended: some 50 µs.
///
/// ```
/// use std::time::Duration;
/// use oslens::{ErrorKind, disk};
///
/// match disk::usage_within("/", Duration::from_secs(2)) {
///     Ok(usage) => println!("{} bytes left", usage.available),
///     Err(error) if error.kind() == ErrorKind::TimedOut => println!("dead mount"),
///     Err(error) => return Err(error),
/// }
/// # Ok::<(), oslens::Error>(())
/// ```
pub fn usage_within(path: impl AsRef<Path>, limit: Duration) -> Result<Usage> {
    match usage_while(path, limit, || ControlFlow::<Infallible>::Continue(()))? {
        ControlFlow::Continue(usage) => Ok(usage),
        ControlFlow::Break(never) => match never {},
    }
}

/// As [`usage_within`], but asks `go_on` some twenty times a second whether to
/// wait any longer. What it breaks with is returned.
///
/// It is for callers who may have to do something else meanwhile: an
/// interpreter whose user pressed Ctrl-C, a window that was closed. `go_on` is
/// called by the calling thread, and not at all if the file system answers at
/// once. The path may be asked again: who gives up leaves the thread to the
/// next one, and does not make it late.
///
/// # Errors
///
/// As [`usage_within`].
///
/// # Cost
///
/// As [`usage_within`].
///
/// ```
/// use std::{
///     ops::ControlFlow,
///     sync::atomic::{AtomicBool, Ordering},
///     time::Duration,
/// };
/// use oslens::disk;
///
/// static CLOSED: AtomicBool = AtomicBool::new(false);
///
/// let usage = disk::usage_while("/", Duration::from_secs(2), || {
///     match CLOSED.load(Ordering::Relaxed) {
///         true => ControlFlow::Break("closed"),
///         false => ControlFlow::Continue(()),
///     }
/// })?;
/// if let ControlFlow::Continue(usage) = usage {
///     println!("{} bytes left", usage.available);
/// }
/// # Ok::<(), oslens::Error>(())
/// ```
pub fn usage_while<B>(
    path: impl AsRef<Path>,
    limit: Duration,
    go_on: impl FnMut() -> ControlFlow<B>,
) -> Result<ControlFlow<B, Usage>> {
    static WORKERS: Workers<Result<Usage, sys::disk::UsageError>> = Workers::new();
    let path = path.as_ref();
    let outcome = match WORKERS.run_while(path, limit, sys::disk::try_usage, go_on) {
        ControlFlow::Continue(outcome) => outcome,
        ControlFlow::Break(value) => return Ok(ControlFlow::Break(value)),
    };
    match outcome {
        Outcome::Done(answer) => answer
            .map(ControlFlow::Continue)
            .map_err(|error| sys::disk::usage_error(path, error)),
        Outcome::Late => Err(Error::timed_out(format!(
            "{} {}: no answer within {limit:?}",
            sys::disk::USAGE_CALL,
            path.to_string_lossy().escape_debug()
        ))),
        Outcome::StillLate => Err(Error::timed_out(format!(
            "{} {}: an earlier call has still no answer",
            sys::disk::USAGE_CALL,
            path.to_string_lossy().escape_debug()
        ))),
        Outcome::NoThread(error) => Err(Error::call("thread", error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fraction_is_of_what_a_user_can_reach() {
        // 1000 blocks, 300 free, 200 of them for ordinary users.
        let usage = Usage::from_blocks(4096, [1000, 300, 200], [10, 4, 4], false);
        assert_eq!(usage.total, 4_096_000);
        assert_eq!(usage.used, 700 * 4096);
        assert_eq!(usage.free, 300 * 4096);
        assert_eq!(usage.available, 200 * 4096);
        assert!((usage.used_fraction() - 700.0 / 900.0).abs() < 1e-12);
        assert_eq!(usage.inodes.map(|inodes| inodes.used), Some(6));
    }

    #[test]
    fn a_file_system_without_space_is_not_full() {
        let usage = Usage::from_blocks(4096, [0; 3], [0; 3], true);
        assert_eq!(usage.used_fraction(), 0.0);
        assert_eq!(usage.inodes, None);
    }

    #[test]
    fn a_negative_number_of_available_blocks_is_none() {
        let below = |by: i64| by as u64;
        let usage = Usage::from_blocks(4096, [1000, 0, below(-5)], [10, 0, below(-1)], false);
        assert_eq!(usage.available, 0);
        assert_eq!(usage.used_fraction(), 1.0);
        assert_eq!(usage.inodes.map(|inodes| inodes.available), Some(0));
        let unknown = Usage::from_blocks(4096, [1, 1, 1], [u64::MAX; 3], false);
        assert_eq!(unknown.inodes, None);
    }

    #[test]
    fn absurd_answers_do_not_overflow() {
        let usage = Usage::from_blocks(u64::MAX, [1, u64::MAX, u64::MAX], [1, 9, 9], false);
        assert_eq!(usage.used, 0);
        assert_eq!(usage.used_fraction(), 0.0);
        let usage = Usage::from_blocks(u64::MAX, [u64::MAX, 0, u64::MAX], [0; 3], false);
        assert!(usage.used_fraction() <= 1.0);
    }
}
