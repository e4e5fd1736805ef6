//! Processes: where rows come from, and what can be done to one process.
//!
//! Rows come from one *source*, behind the functions that this module lists:
//! procfs on Linux, the system's table on Windows, the kernel's records on the
//! BSDs and macOS. A second source (BPF iterators) fits beside it
//! without a change of types.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as imp;

#[cfg(windows)]
mod windows;
#[cfg(windows)]
use windows as imp;

#[cfg(any(
    target_os = "freebsd",
    target_os = "macos",
    target_os = "netbsd",
    target_os = "openbsd",
    all(test, target_os = "linux")
))]
#[cfg_attr(target_os = "linux", allow(dead_code, unused_imports))]
mod bsd;

#[cfg(any(target_os = "freebsd", all(test, target_os = "linux")))]
#[cfg_attr(target_os = "linux", allow(dead_code, unused_imports))]
pub(crate) mod freebsd;
#[cfg(target_os = "freebsd")]
use freebsd as imp;

#[cfg(any(target_os = "macos", all(test, target_os = "linux")))]
#[cfg_attr(target_os = "linux", allow(dead_code, unused_imports))]
pub(crate) mod macos;
#[cfg(target_os = "macos")]
use macos as imp;

#[cfg(any(target_os = "netbsd", all(test, target_os = "linux")))]
#[cfg_attr(target_os = "linux", allow(dead_code, unused_imports))]
pub(crate) mod netbsd;
#[cfg(target_os = "netbsd")]
use netbsd as imp;

#[cfg(any(target_os = "openbsd", all(test, target_os = "linux")))]
#[cfg_attr(target_os = "linux", allow(dead_code, unused_imports))]
pub(crate) mod openbsd;
#[cfg(target_os = "openbsd")]
use openbsd as imp;

#[cfg(not(any(
    target_os = "linux",
    target_os = "freebsd",
    target_os = "macos",
    target_os = "netbsd",
    target_os = "openbsd",
    windows
)))]
mod unsupported;
#[cfg(not(any(
    target_os = "linux",
    target_os = "freebsd",
    target_os = "macos",
    target_os = "netbsd",
    target_os = "openbsd",
    windows
)))]
use unsupported as imp;

#[cfg(not(unix))]
pub(crate) mod signal_numbers;

pub(crate) use imp::{
    Handle, Proof, Sampler, descriptors, identity, limit, limits, list, memory_maps, open_files,
    own_pid, pid_exists, pids, read, real_time_signals, send_signal, set_cpu_affinity, set_ionice,
    set_limit, set_nice, signals, threads, user_name, wait,
};
#[cfg(target_os = "linux")]
pub(crate) use imp::{
    audit_session, cpu_affinity, cwd, ionice, list_in_parallel, lists, login_uid, namespaces, nice,
    oom_score_adjustment, read_with_lists, security, set_oom_score_adjustment, wait_channel,
};
#[cfg(windows)]
pub(crate) use imp::{
    desktop, elevation, handle_counts, integrity_level, io_priority, is_in_job, is_protected,
    is_wow64, memory_counters, priority_class, services, session_id, set_io_priority,
    set_priority_class, window_title,
};

/// Starts of one process that differ by no more than this are the same one.
#[cfg(any(target_os = "linux", windows))]
pub(crate) const START_UNCERTAINTY: u64 = 0;
/// Nobody's start is before that of their parent. Elsewhere it is by a clock
/// that can be set back between the two.
#[cfg(any(target_os = "linux", windows))]
pub(crate) const STARTS_ARE_ORDERED: bool = true;
#[cfg(not(any(target_os = "linux", windows)))]
pub(crate) use imp::{START_UNCERTAINTY, STARTS_ARE_ORDERED};

use crate::{Host, process::ProcessId};

/// Other systems have the table in one piece.
#[cfg(not(target_os = "linux"))]
pub(crate) use imp::list as list_in_parallel;

/// Values that a system call tells by PID; elsewhere rows have them.
#[cfg(not(target_os = "linux"))]
mod by_pid;
#[cfg(not(target_os = "linux"))]
pub(crate) use by_pid::{cpu_affinity, cwd, ionice, nice};

/// The process that is meant, and all there is to tell it from others.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target<'a> {
    pub(crate) host: &'a Host,
    pub(crate) id: ProcessId,
    pub(crate) handle: Option<&'a Handle>,
    /// Without a handle: what proves who was asked.
    pub(crate) proof: Option<&'a Proof>,
}
