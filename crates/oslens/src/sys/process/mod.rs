//! Processes: where rows come from, and what can be done to one process.
//!
//! Rows come from one *source*, behind the functions that this module lists:
//! procfs on Linux today. A second source (BPF iterators) fits beside it
//! without a change of types.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as imp;

#[cfg(not(target_os = "linux"))]
mod unsupported;
#[cfg(not(target_os = "linux"))]
use unsupported as imp;

pub(crate) use imp::{
    Handle, Sampler, descriptors, identity, limit, limits, list, memory_maps, open_files, own_pid,
    pid_exists, pids, read, real_time_signals, send_signal, set_cpu_affinity, set_ionice,
    set_limit, set_nice, signals, threads, wait,
};
#[cfg(target_os = "linux")]
pub(crate) use imp::{
    audit_session, list_in_parallel, lists, login_uid, namespaces, oom_score_adjustment, security,
    set_oom_score_adjustment, wait_channel,
};

use crate::{Host, process::ProcessId};

/// Other systems have the table in one piece.
#[cfg(not(target_os = "linux"))]
pub(crate) use imp::list as list_in_parallel;

/// The process that is meant, and all there is to tell it from others.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target<'a> {
    pub(crate) host: &'a Host,
    pub(crate) id: ProcessId,
    pub(crate) handle: Option<&'a Handle>,
}
