//! Values that one system call tells: without a row, and without more memory
//! than they take. `None`: a row says it, or why it cannot be said.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _, path::PathBuf};

use super::{cells, handle::sees_our_processes, location::Location, proof};
use crate::{
    Result,
    process::IoNice,
    sys::{pal::linux::schedule, process::Target},
};

/// The PID, if system calls take it and it costs little to prove afterwards
/// whose it was.
fn pid(target: Target<'_>) -> Option<u32> {
    let is_cheap = target.handle.is_some() || target.proof.is_some() || !target.id.start.is_known();
    // Zero is nobody to system calls: it means the caller.
    let pid = target.id.pid.get();
    (is_cheap && pid != 0 && sees_our_processes(target.host)).then_some(pid)
}

/// Its niceness.
pub(crate) fn nice(target: Target<'_>) -> Option<Result<i32>> {
    let pid = i32::try_from(pid(target)?).ok()?;
    let pid = rustix::process::Pid::from_raw(pid);
    let nice = rustix::process::getpriority_process(pid).ok()?;
    Some(proof::check(target).map(|()| nice))
}

/// Its input/output priority.
pub(crate) fn ionice(target: Target<'_>) -> Option<Result<IoNice>> {
    let priority = schedule::io_priority(pid(target)?).ok()?;
    Some(proof::check(target).map(|()| cells::io_nice(priority)))
}

/// The CPUs that it may run on, ascending.
pub(crate) fn cpu_affinity(target: Target<'_>) -> Option<Result<Vec<u32>>> {
    let (mut mask, mut cpus) = (Vec::new(), Vec::new());
    schedule::affinity(pid(target)?, &mut mask, &mut cpus).ok()?;
    Some(proof::check(target).map(|()| cpus))
}

/// Its working directory.
pub(crate) fn cwd(target: Target<'_>) -> Option<Result<PathBuf>> {
    if target.handle.is_none() && target.proof.is_none() && target.id.start.is_known() {
        return None;
    }
    let mut location = Location::absolute(target.host.proc_path(), target.id.pid)?;
    let mut room = [std::mem::MaybeUninit::<u8>::uninit(); 4096];
    let dir = location.dir();
    let (path, rest) =
        rustix::fs::readlinkat_raw(dir, location.path(c"cwd"), &mut room[..]).ok()?;
    // Cut, or with the kernel's remark that it was deleted.
    if rest.is_empty() || path.ends_with(b" (deleted)") || path.contains(&0) {
        return None;
    }
    let path = PathBuf::from(OsStr::from_bytes(path));
    Some(proof::check(target).map(|()| path))
}
