//! What only macOS tells of a process.

use super::{
    MacOs, asked,
    details::{self, Facts},
};
use crate::{
    Error, Result,
    os::macos::{ResourceUsage, TaskCounters},
    parse::macos::process,
    sys::{
        kernel::{Kernel, malformed},
        process::{Target, bsd::System as _},
    },
};

pub(crate) fn resource_usage(target: Target<'_>) -> Result<ResourceUsage> {
    asked(target, |kernel, pid| {
        let mut facts = Facts::default();
        let usage = facts.usage(kernel, pid, &mut Vec::new())?;
        let mut time = |ticks| facts.time(kernel, ticks);
        // Zero: this machine does not count it. What has run has taken some.
        let counted = |count: Option<u64>| count.filter(|count| *count != 0);
        Ok(ResourceUsage {
            physical_footprint: usage.footprint,
            peak_physical_footprint: usage.footprint_peak,
            resident: usage.resident,
            wired: usage.wired,
            disk_bytes_read: usage.disk_read,
            disk_bytes_written: usage.disk_written,
            logical_bytes_written: usage.logical_writes,
            page_ins: usage.pageins,
            user: time(usage.user)?,
            system: time(usage.system)?,
            user_on_performance_cores: usage.fast_user.map(&mut time).transpose()?,
            system_on_performance_cores: usage.fast_system.map(&mut time).transpose()?,
            runnable: usage.runnable.map(&mut time).transpose()?,
            instructions: counted(usage.instructions),
            cycles: counted(usage.cycles),
            energy_nanojoules: counted(usage.energy),
            idle_wakeups: usage.idle_wakeups,
            interrupt_wakeups: usage.interrupt_wakeups,
        })
    })
}

pub(crate) fn task_counters(target: Target<'_>) -> Result<TaskCounters> {
    asked(target, |kernel, pid| {
        let task = details::task(kernel, pid, &mut Vec::new())?;
        Ok(TaskCounters {
            threads: task.threads,
            running_threads: task.running,
            priority: task.priority,
            page_faults: task.faults,
            page_ins: task.pageins,
            copy_on_write_faults: task.copies_on_write,
            messages_sent: task.messages_sent,
            messages_received: task.messages_received,
            mach_system_calls: task.mach_calls,
            unix_system_calls: task.unix_calls,
            context_switches: task.switches,
        })
    })
}

pub(crate) fn is_translated(target: Target<'_>) -> Result<bool> {
    asked(target, translated)
}

/// Whether it was made for another kind of CPU, by its record.
pub(super) fn translated(kernel: Kernel<'_>, pid: i32) -> Result<bool> {
    const CALL: &str = "sysctl kern.proc.pid";
    let mut answer = Vec::new();
    MacOs::ask_one(kernel, pid, &mut answer)?;
    if answer.is_empty() {
        let gone = std::io::Error::from_raw_os_error(libc::ESRCH);
        return Err(Error::call(CALL, gone));
    }
    process::is_translated(&answer, kernel.endian).map_err(|wrong| malformed(CALL, wrong))
}
