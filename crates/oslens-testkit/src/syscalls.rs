//! Counts the system calls of a piece of code, by strace.
//!
//! A test runs itself as a child under strace and counts what the child does
//! between [`begin`] and [`end`]. With two sizes of the same work, the
//! difference is what one more unit costs:
//!
//! ```no_run
//! use oslens_testkit::{here, syscalls};
//!
//! # fn list_processes(_: usize) {}
//! # fn a_test() {
//! if let Some(size) = syscalls::child_size() {
//!     syscalls::begin();
//!     list_processes(size);
//!     syscalls::end();
//!     return;
//! }
//! let of = |size| syscalls::of_test(here!(), size);
//! let (few, many) = match (of(10), of(110)) {
//!     (Ok(few), Ok(many)) => (few, many),
//!     (Err(reason), _) | (_, Err(reason)) => oslens_testkit::skip!("{reason}"),
//! };
//! assert_eq!(many.total() - few.total(), 4 * 100);
//! # }
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Stdio};

use crate::FixtureRoot;
use crate::sys::linux as sys;

const CHILD: &str = "OSLENS_TESTKIT_SYSCALLS";

/// How often each system call was made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SyscallCounts {
    by_name: BTreeMap<String, u64>,
}

impl SyscallCounts {
    /// Runs a command under strace, its threads and children included. When it
    /// calls [`begin`] and [`end`], what it and what it starts does in between
    /// counts, else everything.
    ///
    /// # Errors
    ///
    /// The reason when strace is not there, may not trace, or the command fails.
    pub fn of(command: &Command) -> Result<Self, String> {
        let home = FixtureRoot::new();
        let log = home.join("trace");
        let mut strace = Command::new("strace");
        strace.args(["-f", "-qq", "-s", "0", "-e", "signal=none", "-o"]);
        strace.arg(&log).arg("--");
        strace.arg(command.get_program()).args(command.get_args());
        for (key, value) in command.get_envs() {
            match value {
                Some(value) => strace.env(key, value),
                None => strace.env_remove(key),
            };
        }
        if let Some(dir) = command.get_current_dir() {
            strace.current_dir(dir);
        }
        let output = strace
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("strace cannot be run: {error}"))?;
        let trace = std::fs::read(&log).unwrap_or_default();
        let stderr = String::from_utf8_lossy(&output.stderr);
        if trace.is_empty() {
            return Err(format!("strace may not trace here: {}", stderr.trim()));
        }
        assert!(
            output.status.success(),
            "the traced command failed: {}\n{stderr}",
            String::from_utf8_lossy(&output.stdout)
        );
        Ok(Self::from_trace(&String::from_utf8_lossy(&trace)))
    }

    fn from_trace(trace: &str) -> Self {
        let mark = format!("close({}", sys::MARK);
        let marked = trace.contains(&mark);
        let mut counting = !marked;
        let mut others = BTreeSet::new();
        let mut counts = Self::default();
        for line in trace.lines() {
            // "1234 openat(…) = 3", "1234 <... read resumed>…", "1234 +++ exited".
            let (thread, call) = line.split_once(' ').unwrap_or(("", line));
            let call = call.trim_start();
            if call.starts_with(&mark) {
                counting = !counting;
                others.remove(thread);
                continue;
            }
            if marked && !counting {
                // A thread from before the mark is the harness, which may
                // still be on its way out of the call that started the test.
                others.insert(thread);
                continue;
            }
            let Some((name, _)) = call.split_once('(') else {
                continue;
            };
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
            if !others.contains(thread) && !name.is_empty() && name.chars().all(is_name) {
                *counts.by_name.entry(name.to_owned()).or_default() += 1;
            }
        }
        counts
    }

    /// All calls.
    pub fn total(&self) -> u64 {
        self.by_name.values().sum()
    }

    /// The calls of this name.
    pub fn get(&self, name: &str) -> u64 {
        self.by_name.get(name).copied().unwrap_or(0)
    }

    /// Names and counts, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        self.by_name
            .iter()
            .map(|(name, &count)| (name.as_str(), count))
    }
}

/// Runs the calling test (see [`here!`](crate::here!)) again, as a child under
/// strace in which [`child_size`] is `Some(size)`.
///
/// # Errors
///
/// As [`SyscallCounts::of`].
pub fn of_test(test: &str, size: usize) -> Result<SyscallCounts, String> {
    let exe = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new(exe);
    command
        .args([
            "--exact",
            test,
            "--nocapture",
            "--include-ignored",
            "--test-threads=1",
        ])
        .env(CHILD, size.to_string());
    SyscallCounts::of(&command)
}

/// The size to work on, in a child of [`of_test`]; `None` in the test itself.
pub fn child_size() -> Option<usize> {
    std::env::var(CHILD).ok()?.parse().ok()
}

/// From here on system calls count.
pub fn begin() {
    sys::mark();
}

/// From here on they do not count any more.
pub fn end() {
    sys::mark();
}

#[cfg(test)]
mod tests {
    use super::SyscallCounts;

    #[test]
    fn only_calls_between_the_marks_count() {
        let counts = SyscallCounts::from_trace(
            "10 openat(AT_FDCWD, \"\"..., O_RDONLY) = 3\n\
             10 close(-28531) = -1 EBADF (Bad file descriptor)\n\
             10 read(3, \"\"..., 9) = 9\n\
             11 read(4,  <unfinished ...>\n\
             11 <... read resumed>\"\"..., 9) = 9\n\
             10 close(-28531) = -1 EBADF (Bad file descriptor)\n\
             10 +++ exited with 0 +++\n",
        );
        assert_eq!((counts.total(), counts.get("read")), (2, 2));
    }

    #[test]
    fn threads_of_before_the_mark_do_not_count_and_new_ones_do() {
        let counts = SyscallCounts::from_trace(
            "10 clone3({...}, 88) = 11\n\
             11 sigaltstack({...}, NULL) = 0\n\
             11 close(-28531) = -1 EBADF (Bad file descriptor)\n\
             10 rt_sigprocmask(SIG_SETMASK, [], NULL, 8) = 0\n\
             11 clone3({...}, 88) = 12\n\
             12 read(3, \"\"..., 9) = 9\n\
             10 futex(0x7f, FUTEX_WAIT, 1, NULL <unfinished ...>\n\
             11 close(-28531) = -1 EBADF (Bad file descriptor)\n",
        );
        let counts: Vec<_> = counts.iter().collect();
        assert_eq!(counts, [("clone3", 1), ("read", 1)]);
    }

    #[test]
    fn a_test_counts_its_own_calls_exactly() {
        if let Some(size) = super::child_size() {
            super::begin();
            for _ in 0..size {
                let _ = std::fs::metadata("/proc/self/oslens-no-such-file");
            }
            super::end();
            return;
        }
        match super::of_test(crate::here!(), 37) {
            Ok(counts) => assert_eq!(counts.total(), 37, "{counts:?}"),
            Err(reason) => crate::skip!("{reason}"),
        }
    }
}
