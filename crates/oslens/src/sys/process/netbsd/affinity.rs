//! The CPUs that a process may run on: `_sched_getaffinity`, which tells
//! everybody.

use super::{
    super::{Target, bsd},
    NetBsd,
};
use crate::{
    Error, ErrorKind, Result,
    parse::{
        Malformed,
        layout::netbsd::system::{CTL_HW, HW_NCPU},
        netbsd::cpuset,
    },
    sys::kernel::{Action, Kernel, Question, malformed},
};

/// How many CPUs the machine has, which are numbered from 0.
pub(super) fn count(kernel: Kernel<'_>) -> Result<u32> {
    let what = "sysctl hw.ncpu";
    let count = kernel.number_at(what, &[CTL_HW, HW_NCPU])?;
    u32::try_from(count)
        .ok()
        .filter(|count| (1..=1 << 16).contains(count))
        .ok_or_else(|| malformed(what, Malformed("a number of CPUs")))
}

/// The CPUs of the first thread, of a machine that has so many. Not of process
/// 0, which means the caller.
pub(super) fn cpus(
    kernel: Kernel<'_>,
    pid: i32,
    count: u32,
    answer: &mut Vec<u8>,
) -> Result<Vec<u32>> {
    let question = Question::FirstCpuSet {
        pid,
        size: cpuset::size(count),
    };
    kernel.ask_into("_sched_getaffinity", question, answer)?;
    let mut cpus: Vec<u32> = cpuset::cpus(answer, kernel.endian)
        .filter(|&cpu| cpu < count)
        .collect();
    if cpus.is_empty() {
        // Nobody has bound it.
        cpus.extend(0..count);
    }
    Ok(cpus)
}

/// Sets the CPUs of all threads.
pub(crate) fn set_cpu_affinity(target: Target<'_>, cpus: &[u32]) -> Result<()> {
    let invalid = |why: String| Error::invalid_input(why).with_pid(target.id.pid);
    if cpus.is_empty() {
        // The kernel would take all bonds off.
        return Err(invalid("no CPU is given, and a process needs one".into()));
    }
    let kernel = target.host.kernel()?;
    // It would do so, too, for those alone that are not there.
    let set = cpuset::set(cpus, count(kernel)?, kernel.endian)
        .map_err(|cpu| invalid(format!("no CPU of this system has the number {cpu}")))?;
    let pid = bsd::check::<NetBsd>(target)?;
    let done = kernel.act("_sched_setaffinity", Action::CpuSet { pid, set: &set });
    bsd::changed::<NetBsd>(
        target,
        done.map_err(|error| match error.raw_os_error() {
            Some(libc::EINVAL) => error.with_kind(ErrorKind::InvalidInput),
            _ => error,
        }),
    )
}
