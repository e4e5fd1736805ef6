//! What libproc counts of one process and of its threads:
//! `PROC_PIDTASKINFO`, `proc_pid_rusage`, `PROC_PIDLISTTHREADS`,
//! `PROC_PIDTHREADINFO`; and what Mach tells of the caller: `TASK_VM_INFO`.

use std::time::Duration;

use crate::parse::Malformed;
use crate::parse::layout::macos::process::{
    ExternProc, KinfoProc, P_TRANSLATED, ProcTaskinfo, ProcThreadinfo, RusageInfoV6, TaskVmInfo,
};
use crate::parse::layout::{Endian, Field, Number as _, Record};

/// A time of so many ticks of Mach's clock, of which a second has
/// `frequency`. `None` for a clock that stands still.
///
/// That is `hw.tbfrequency`. What `mach_timebase_info` says is another clock's
/// for a process that is translated.
#[must_use]
pub fn mach_time(ticks: u64, frequency: u64) -> Option<Duration> {
    let seconds = ticks.checked_div(frequency)?;
    let rest = u128::from(ticks.checked_rem(frequency)?);
    let nanos = rest.checked_mul(1_000_000_000)? / u128::from(frequency);
    Some(Duration::new(seconds, u32::try_from(nanos).ok()?))
}

/// What the kernel counts of a task, which is what Mach calls a process.
///
/// Counters have 32 bits: older kernels start them again at zero, newer
/// ones let them stand at 2³¹ − 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Task {
    /// Address space, bytes.
    pub virtual_size: u64,
    /// In physical memory, bytes.
    pub resident: u64,
    /// CPU time in its own code, in ticks of [`mach_time`].
    pub user: u64,
    /// CPU time in the kernel, in such ticks.
    pub system: u64,
    /// Page faults, all of them.
    pub faults: u32,
    /// Page faults that read from a disk.
    pub pageins: u32,
    /// Pages copied because they were written to.
    pub copies_on_write: u32,
    /// Mach messages sent.
    pub messages_sent: u32,
    /// Mach messages received.
    pub messages_received: u32,
    /// System calls of Mach.
    pub mach_calls: u32,
    /// System calls of Unix.
    pub unix_calls: u32,
    /// Context switches, of both kinds.
    pub switches: u32,
    /// Threads.
    pub threads: u32,
    /// Threads that run, or could.
    pub running: u32,
    /// Priority of its threads, where they have no other.
    pub priority: i32,
}

/// Reads a `proc_taskinfo`.
///
/// # Errors
///
/// When it is not whole, or a number of threads is negative.
pub fn task(data: &[u8], endian: Endian) -> Result<Task, Malformed> {
    whole_task(Record::new(data, endian)).ok_or(Malformed("a whole proc_taskinfo"))
}

fn whole_task(task: Record<'_>) -> Option<Task> {
    let counter = |field: Field<i32>| task.get(field.like::<u32>());
    let threads = |field| u32::try_from(task.get(field)?).ok();
    Some(Task {
        virtual_size: task.get(ProcTaskinfo::pti_virtual_size)?,
        resident: task.get(ProcTaskinfo::pti_resident_size)?,
        user: task.get(ProcTaskinfo::pti_total_user)?,
        system: task.get(ProcTaskinfo::pti_total_system)?,
        faults: counter(ProcTaskinfo::pti_faults)?,
        pageins: counter(ProcTaskinfo::pti_pageins)?,
        copies_on_write: counter(ProcTaskinfo::pti_cow_faults)?,
        messages_sent: counter(ProcTaskinfo::pti_messages_sent)?,
        messages_received: counter(ProcTaskinfo::pti_messages_received)?,
        mach_calls: counter(ProcTaskinfo::pti_syscalls_mach)?,
        unix_calls: counter(ProcTaskinfo::pti_syscalls_unix)?,
        switches: counter(ProcTaskinfo::pti_csw)?,
        threads: threads(ProcTaskinfo::pti_threadnum)?,
        running: threads(ProcTaskinfo::pti_numrunning)?,
        priority: task.get(ProcTaskinfo::pti_priority)?,
    })
}

/// What a process has used, as far as the version of the answer goes. Each
/// version has the one before as its beginning.
///
/// Times are ticks of [`mach_time`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// CPU time in its own code.
    pub user: u64,
    /// CPU time in the kernel.
    pub system: u64,
    /// How often it woke a CPU that was off.
    pub idle_wakeups: u64,
    /// How often it woke a CPU that had nothing to do.
    pub interrupt_wakeups: u64,
    /// Pages read from a disk.
    pub pageins: u64,
    /// Bytes that stay in physical memory.
    pub wired: u64,
    /// Bytes in physical memory.
    pub resident: u64,
    /// Bytes that it is charged for.
    pub footprint: u64,
    /// CPU time of children that were waited for, in their own code (1).
    pub children_user: Option<u64>,
    /// Their CPU time in the kernel (1).
    pub children_system: Option<u64>,
    /// Bytes read from disks (2).
    pub disk_read: Option<u64>,
    /// Bytes written to disks (2).
    pub disk_written: Option<u64>,
    /// Bytes written to files (4).
    pub logical_writes: Option<u64>,
    /// Most bytes that it was ever charged for (4).
    pub footprint_peak: Option<u64>,
    /// Instructions (4).
    pub instructions: Option<u64>,
    /// Cycles of a CPU (4).
    pub cycles: Option<u64>,
    /// Time that its threads ran, or could have (4).
    pub runnable: Option<u64>,
    /// The part of `user` on fast CPUs (6).
    pub fast_user: Option<u64>,
    /// The part of `system` on fast CPUs (6).
    pub fast_system: Option<u64>,
    /// Energy that CPUs took for it, nanojoules (6).
    pub energy: Option<u64>,
}

/// Reads a `rusage_info` of any version.
///
/// # Errors
///
/// When it is not even version 0.
pub fn usage(data: &[u8], endian: Endian) -> Result<Usage, Malformed> {
    any_usage(Record::new(data, endian)).ok_or(Malformed("a whole rusage_info"))
}

fn any_usage(usage: Record<'_>) -> Option<Usage> {
    // The last field of version 0.
    usage.get(RusageInfoV6::ri_proc_exit_abstime)?;
    Some(Usage {
        user: usage.get(RusageInfoV6::ri_user_time)?,
        system: usage.get(RusageInfoV6::ri_system_time)?,
        idle_wakeups: usage.get(RusageInfoV6::ri_pkg_idle_wkups)?,
        interrupt_wakeups: usage.get(RusageInfoV6::ri_interrupt_wkups)?,
        pageins: usage.get(RusageInfoV6::ri_pageins)?,
        wired: usage.get(RusageInfoV6::ri_wired_size)?,
        resident: usage.get(RusageInfoV6::ri_resident_size)?,
        footprint: usage.get(RusageInfoV6::ri_phys_footprint)?,
        children_user: usage.get(RusageInfoV6::ri_child_user_time),
        children_system: usage.get(RusageInfoV6::ri_child_system_time),
        disk_read: usage.get(RusageInfoV6::ri_diskio_bytesread),
        disk_written: usage.get(RusageInfoV6::ri_diskio_byteswritten),
        logical_writes: usage.get(RusageInfoV6::ri_logical_writes),
        footprint_peak: usage.get(RusageInfoV6::ri_lifetime_max_phys_footprint),
        instructions: usage.get(RusageInfoV6::ri_instructions),
        cycles: usage.get(RusageInfoV6::ri_cycles),
        runnable: usage.get(RusageInfoV6::ri_runnable_time),
        fast_user: usage.get(RusageInfoV6::ri_user_ptime),
        fast_system: usage.get(RusageInfoV6::ri_system_ptime),
        energy: usage.get(RusageInfoV6::ri_energy_nj),
    })
}

/// What is in physical memory of a task, and what is compressed, bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaskMemory {
    /// Most that there ever was.
    pub resident_peak: u64,
    /// What is of no file.
    pub internal: u64,
    /// What is of files.
    pub external: u64,
    /// What was compressed, before it was: in memory or on a disk.
    pub compressed: u64,
}

/// Reads a `task_vm_info` of any version.
///
/// # Errors
///
/// When it ends before these.
pub fn task_memory(data: &[u8], endian: Endian) -> Result<TaskMemory, Malformed> {
    let memory = Record::new(data, endian);
    match (
        memory.get(TaskVmInfo::resident_size_peak),
        memory.get(TaskVmInfo::internal),
        memory.get(TaskVmInfo::external),
        memory.get(TaskVmInfo::compressed),
    ) {
        (Some(resident_peak), Some(internal), Some(external), Some(compressed)) => Ok(TaskMemory {
            resident_peak,
            internal,
            external,
            compressed,
        }),
        _ => Err(Malformed("a whole task_vm_info")),
    }
}

/// The numbers of a process's threads, or their handles: addresses of what each
/// calls itself by, zero for a thread that has not said so yet, and for all of
/// the kernel's.
pub fn threads(data: &[u8], endian: Endian) -> impl Iterator<Item = u64> + Clone {
    data.chunks_exact(size_of::<u64>())
        .filter_map(move |handle| u64::read(handle, endian))
}

/// One thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thread<'a> {
    /// CPU time in its own code.
    pub user: Duration,
    /// CPU time in the kernel.
    pub system: Duration,
    /// `TH_STATE_…`.
    pub state: i32,
    /// `TH_FLAGS_…`.
    pub flags: i32,
    /// Its own name; empty without one.
    pub name: &'a [u8],
}

/// Reads a `proc_threadinfo`.
///
/// # Errors
///
/// When it is not whole.
pub fn thread(data: &[u8], endian: Endian) -> Result<Thread<'_>, Malformed> {
    whole_thread(Record::new(data, endian)).ok_or(Malformed("a whole proc_threadinfo"))
}

fn whole_thread(thread: Record<'_>) -> Option<Thread<'_>> {
    Some(Thread {
        // Of threads the kernel has made nanoseconds of the ticks.
        user: Duration::from_nanos(thread.get(ProcThreadinfo::pth_user_time)?),
        system: Duration::from_nanos(thread.get(ProcThreadinfo::pth_system_time)?),
        state: thread.get(ProcThreadinfo::pth_run_state)?,
        flags: thread.get(ProcThreadinfo::pth_flags)?,
        name: thread.text(ProcThreadinfo::pth_name)?,
    })
}

/// Whether the process of a `kinfo_proc` is run by a translator (Rosetta),
/// because it was made for another kind of CPU.
///
/// # Errors
///
/// When the record ends before it says so.
pub fn is_translated(data: &[u8], endian: Endian) -> Result<bool, Malformed> {
    Record::new(data, endian)
        .get(KinfoProc::kp_proc.then(ExternProc::p_flag))
        .map(|flags| flags & P_TRANSLATED != 0)
        .ok_or(Malformed("a whole kinfo_proc"))
}

#[cfg(test)]
mod tests;
