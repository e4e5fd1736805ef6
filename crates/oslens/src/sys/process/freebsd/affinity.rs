//! The CPUs that a process may run on.

use super::{
    super::{Target, bsd},
    FreeBsd,
};
use crate::{
    Error, ErrorKind, Result,
    parse::freebsd::cpuset,
    sys::kernel::{Action, Question},
};

/// Sets the CPUs of all threads.
pub(crate) fn set_cpu_affinity(target: Target<'_>, cpus: &[u32]) -> Result<()> {
    if cpus.is_empty() {
        return Err(
            Error::invalid_input("no CPU is given, and a process needs one")
                .with_pid(target.id.pid),
        );
    }
    let kernel = target.host.kernel()?;
    let pid = bsd::raw(target.id.pid)?;
    // Sets are as large as the kernel has them.
    let present = kernel
        .ask("cpuset_getaffinity", Question::CpuSet { pid })
        .map_err(|error| bsd::failed::<FreeBsd>(target, error))?;
    let set = cpuset::set(cpus, present.len(), kernel.endian).map_err(|cpu| {
        Error::invalid_input(format!("no CPU of this system can have the number {cpu}"))
            .with_pid(target.id.pid)
    })?;
    let pid = bsd::check::<FreeBsd>(target)?;
    let done = kernel.act("cpuset_setaffinity", Action::CpuSet { pid, set: &set });
    bsd::changed::<FreeBsd>(
        target,
        done.map_err(|error| match error.raw_os_error() {
            // Some of them are not there, or not in its set.
            Some(libc::EDEADLK | libc::EINVAL) => error.with_kind(ErrorKind::InvalidInput),
            _ => error,
        }),
    )
}
