//! Processes on Linux: procfs, pidfds, and the few system calls that take a
//! PID.

mod actions;
mod by_pid;
mod cells;
mod dir;
mod directory;
mod files;
mod handle;
mod held;
mod isolation;
mod limits;
mod links;
mod lists;
mod location;
mod maps;
mod plan;
mod procfs;
mod proof;
mod row;
mod sampler;
mod table;
mod terminal;
mod threads;
mod wait;

use std::{ffi::OsString, ops::RangeInclusive, os::unix::ffi::OsStringExt as _, path::PathBuf};

pub(crate) use actions::{
    send_signal, set_cpu_affinity, set_ionice, set_limit, set_nice, set_oom_score_adjustment,
};
pub(crate) use by_pid::{cpu_affinity, cwd, ionice, nice};
pub(crate) use files::{descriptors, open_files};
pub(crate) use handle::{Handle, own_pid};
pub(crate) use isolation::{
    audit_session, login_uid, namespaces, oom_score_adjustment, security, wait_channel,
};
pub(crate) use libc as signals;
pub(crate) use limits::{limit, limits};
pub(crate) use lists::{lists, read_with_lists};
pub(crate) use maps::memory_maps;
pub(crate) use proof::Proof;
use rustix::fs::CWD;
pub(crate) use sampler::Sampler;
pub(crate) use table::{list, list_in_parallel, pid_exists, pids, read};
pub(crate) use threads::threads;
pub(crate) use wait::wait;

use crate::{
    Error, ErrorKind, Host, Result, parse,
    process::{Pid, Process, ProcessId, StartTime},
    sys::pal::linux::file,
};

/// The path of a file of this process.
pub(crate) fn path(host: &Host, pid: Pid, name: &str) -> PathBuf {
    let mut path = host.proc_path().join(pid.to_string());
    path.push(name);
    path
}

/// Turns a failed file operation below a process's directory into the error
/// that it means: the files of a process are absent when it is.
#[cold]
pub(crate) fn process_error(
    action: &'static str,
    host: &Host,
    pid: Pid,
    name: &str,
    errno: rustix::io::Errno,
) -> Error {
    let error = Error::file(action, path(host, pid, name), errno).with_pid(pid);
    match errno {
        rustix::io::Errno::NOENT | rustix::io::Errno::SRCH => {
            if host.proc_path().join("self").symlink_metadata().is_err()
                && host.proc_path().join("stat").metadata().is_err()
            {
                return Error::file("open", host.proc_path().join("stat"), errno);
            }
            error.with_kind(ErrorKind::NoSuchProcess)
        }
        _ => error,
    }
}

/// Which process has this PID now; 3 system calls.
pub(crate) fn identity(host: &Host, pid: Pid) -> Result<ProcessId> {
    let mut buffer = [0; 1024];
    let path = path(host, pid, "stat");
    let fd = file::open_at(CWD, path.as_path())
        .map_err(|errno| process_error("open", host, pid, "stat", errno))?;
    let line = file::read_once(fd, &mut buffer)
        .map_err(|errno| process_error("read", host, pid, "stat", errno))?;
    let stat = parse::linux::stat::stat(line)
        .map_err(|malformed| Error::malformed(path, malformed.0).with_pid(pid))?;
    Ok(ProcessId::new(pid, StartTime::from_raw(stat.starttime)))
}

/// What the process that has this PID is called, for an error's text. An
/// error is rare enough for 3 more system calls.
#[cold]
pub(crate) fn name(host: &Host, pid: Pid) -> Option<OsString> {
    let content = file::record(&path(host, pid, "stat")).ok()?;
    let stat = parse::linux::stat::stat(&content).ok()?;
    Some(OsString::from_vec(stat.comm.to_vec()))
}

/// The name of the process's real user.
pub(crate) fn user_name(process: &Process) -> Result<Option<OsString>> {
    Ok(process.host().user_name(process.uids()?.real))
}

/// The numbers of the real-time signals that programs may use.
pub(crate) fn real_time_signals() -> Option<RangeInclusive<i32>> {
    Some(libc::SIGRTMIN()..=libc::SIGRTMAX())
}
