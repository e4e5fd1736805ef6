//! The table of all processes and their threads:
//! `SystemProcessInformation` and `SystemExtendedProcessInformation`.

use super::{
    bytes::{Layout, u32_at, u64_at},
    utf16::{RemoteText, Utf16},
};
use crate::parse::Malformed;

/// What describes a thread in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThreadRecord {
    /// `SYSTEM_THREAD_INFORMATION`, class 5.
    Plain,
    /// `SYSTEM_EXTENDED_THREAD_INFORMATION`, class 57.
    Extended,
}

impl ThreadRecord {
    const fn size(self, layout: Layout) -> usize {
        match self {
            Self::Plain => layout.of(64, 80),
            Self::Extended => layout.of(96, 136),
        }
    }
}

/// One process. Times are in units of 100 ns, memory is in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Process<'a> {
    /// Its PID.
    pub pid: u64,
    /// PID of whoever made it; that one may have ended.
    pub parent: u64,
    /// File name of its program. Empty for the idle process.
    pub name: Utf16<'a>,
    /// Number of threads.
    pub thread_count: u32,
    /// When it was made, since 1601; 0 for the idle process.
    pub create_time: u64,
    /// Time in user mode.
    pub user_time: u64,
    /// Time in the kernel.
    pub kernel_time: u64,
    /// CPU cycles.
    pub cycle_time: u64,
    /// Base priority.
    pub base_priority: i32,
    /// Number of handles.
    pub handle_count: u32,
    /// Session of the terminal services.
    pub session: u32,
    /// Page faults, all kinds; wraps.
    pub page_faults: u32,
    /// Page faults that read from a disk; wraps.
    pub hard_faults: u32,
    /// Working set of this process alone.
    pub private_working_set: u64,
    /// Working set.
    pub working_set: u64,
    /// Largest working set.
    pub peak_working_set: u64,
    /// Address space.
    pub virtual_size: u64,
    /// Largest address space.
    pub peak_virtual_size: u64,
    /// Commit charge.
    pub pagefile_usage: u64,
    /// Largest commit charge.
    pub peak_pagefile_usage: u64,
    /// Private memory.
    pub private_bytes: u64,
    /// Paged pool.
    pub paged_pool: u64,
    /// Most paged pool.
    pub peak_paged_pool: u64,
    /// Non-paged pool.
    pub nonpaged_pool: u64,
    /// Most non-paged pool.
    pub peak_nonpaged_pool: u64,
    /// Read operations.
    pub read_count: u64,
    /// Write operations.
    pub write_count: u64,
    /// Other operations.
    pub other_count: u64,
    /// Bytes read.
    pub read_bytes: u64,
    /// Bytes written.
    pub write_bytes: u64,
    /// Bytes of other operations.
    pub other_bytes: u64,
    threads: &'a [u8],
    layout: Layout,
    record: ThreadRecord,
}

/// One thread. Times are in units of 100 ns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thread {
    /// Its number.
    pub id: u64,
    /// PID of its process.
    pub pid: u64,
    /// Time in the kernel.
    pub kernel_time: u64,
    /// Time in user mode.
    pub user_time: u64,
    /// When it was made, since 1601.
    pub create_time: u64,
    /// Priority now.
    pub priority: i32,
    /// Base priority.
    pub base_priority: i32,
    /// Context switches; wraps.
    pub context_switches: u32,
    /// `KTHREAD_STATE`.
    pub state: u32,
    /// `KWAIT_REASON`, when it waits.
    pub wait_reason: u32,
}

/// `Initialized`: made and not started. Every thread's under Wine.
pub const STATE_INITIALIZED: u32 = 0;
/// `Ready`, to run.
pub const STATE_READY: u32 = 1;
/// `Running`.
pub const STATE_RUNNING: u32 = 2;
/// `Standby`: next to run.
pub const STATE_STANDBY: u32 = 3;
/// `Terminated`.
pub const STATE_TERMINATED: u32 = 4;
/// `Waiting`, for [`Thread::wait_reason`].
pub const STATE_WAITING: u32 = 5;
/// `Transition`: ready, but its kernel stack is not in memory.
pub const STATE_TRANSITION: u32 = 6;
/// `DeferredReady`: chosen to run on a CPU.
pub const STATE_DEFERRED_READY: u32 = 7;
/// `Suspended`, the [`Thread::wait_reason`] of a suspended thread.
pub const REASON_SUSPENDED: u32 = 5;
/// `WrSuspended`: the same, when a driver waits for it.
pub const REASON_WR_SUSPENDED: u32 = 12;

impl<'a> Process<'a> {
    /// Its threads.
    pub fn threads(&self) -> impl Iterator<Item = Thread> + Clone + use<'a> {
        let layout = self.layout;
        self.threads
            .chunks_exact(self.record.size(layout))
            .filter_map(move |record| thread(record, layout))
    }
}

fn thread(record: &[u8], layout: Layout) -> Option<Thread> {
    let at = |bits32: usize, bits64: usize| layout.of(bits32, bits64);
    Some(Thread {
        id: layout.word(record, at(36, 48))?,
        pid: layout.word(record, at(32, 40))?,
        kernel_time: u64_at(record, 0)?,
        user_time: u64_at(record, 8)?,
        create_time: u64_at(record, 16)?,
        priority: i32_at(record, at(40, 56))?,
        base_priority: i32_at(record, at(44, 60))?,
        context_switches: u32_at(record, at(48, 64))?,
        state: u32_at(record, at(52, 68))?,
        wait_reason: u32_at(record, at(56, 72))?,
    })
}

/// The processes in the answer of `NtQuerySystemInformation`. `base` is the
/// address that the kernel wrote the answer to: names are told by address.
///
/// Ends after the first entry that is malformed.
#[must_use]
pub fn processes(data: &[u8], base: u64, layout: Layout, record: ThreadRecord) -> Processes<'_> {
    Processes {
        data,
        base,
        layout,
        record,
        next: Some(0),
    }
}

/// See [`processes`].
#[derive(Debug, Clone)]
pub struct Processes<'a> {
    data: &'a [u8],
    base: u64,
    layout: Layout,
    record: ThreadRecord,
    /// Where the next entry is.
    next: Option<usize>,
}

impl<'a> Iterator for Processes<'a> {
    type Item = Result<Process<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        let at = self.next.take()?;
        if self.data.is_empty() {
            return None;
        }
        match self.entry(at) {
            Some((process, next)) => {
                self.next = next;
                Some(Ok(process))
            }
            None => Some(Err(Malformed("a whole SYSTEM_PROCESS_INFORMATION"))),
        }
    }
}

impl<'a> Processes<'a> {
    /// The entry at this place, and where the next one is.
    fn entry(&self, at: usize) -> Option<(Process<'a>, Option<usize>)> {
        let layout = self.layout;
        let rest = self.data.get(at..)?;
        let offset = usize::try_from(u32_at(rest, 0)?).ok()?;
        // Zero is the last one, and its threads and name go to the end. The
        // offset always leads forward by at least an entry, so that the walk
        // ends.
        let fixed_size = layout.of(184, 256);
        let (entry, next) = match offset {
            0 => (rest, None),
            _ if offset < fixed_size => return None,
            _ => (rest.get(..offset)?, Some(at.checked_add(offset)?)),
        };
        let (fixed, variable) = entry.split_at_checked(fixed_size)?;
        let word = |bits32: usize, bits64: usize| -> Option<u64> {
            layout.word(fixed, layout.of(bits32, bits64))
        };
        let short = |bits32: usize, bits64: usize| -> Option<u32> {
            u32_at(fixed, layout.of(bits32, bits64))
        };
        let long = |bits32: usize, bits64: usize| -> Option<u64> {
            u64_at(fixed, layout.of(bits32, bits64))
        };
        let thread_count = u32_at(fixed, 4)?;
        let threads_size = usize::try_from(thread_count)
            .ok()?
            .checked_mul(self.record.size(layout))?;
        let name = RemoteText::read(fixed, 56, layout)?;
        let process = Process {
            pid: word(68, 80)?,
            parent: word(72, 88)?,
            name: self.name(name)?,
            thread_count,
            create_time: u64_at(fixed, 32)?,
            user_time: u64_at(fixed, 40)?,
            kernel_time: u64_at(fixed, 48)?,
            cycle_time: u64_at(fixed, 24)?,
            base_priority: i32_at(fixed, layout.of(64, 72))?,
            handle_count: short(76, 96)?,
            session: short(80, 100)?,
            page_faults: short(96, 128)?,
            hard_faults: u32_at(fixed, 16)?,
            private_working_set: u64_at(fixed, 8)?,
            working_set: word(104, 144)?,
            peak_working_set: word(100, 136)?,
            virtual_size: word(92, 120)?,
            peak_virtual_size: word(88, 112)?,
            pagefile_usage: word(124, 184)?,
            peak_pagefile_usage: word(128, 192)?,
            private_bytes: word(132, 200)?,
            paged_pool: word(112, 160)?,
            peak_paged_pool: word(108, 152)?,
            nonpaged_pool: word(120, 176)?,
            peak_nonpaged_pool: word(116, 168)?,
            read_count: long(136, 208)?,
            write_count: long(144, 216)?,
            other_count: long(152, 224)?,
            read_bytes: long(160, 232)?,
            write_bytes: long(168, 240)?,
            other_bytes: long(176, 248)?,
            threads: variable.get(..threads_size)?,
            layout,
            record: self.record,
        };
        Some((process, next))
    }

    /// The name, which must lie in the answer.
    fn name(&self, name: RemoteText) -> Option<Utf16<'a>> {
        if name.length == 0 || name.address == 0 {
            return Some(Utf16::default());
        }
        let start = usize::try_from(name.address.checked_sub(self.base)?).ok()?;
        let bytes = self.data.get(start..start.checked_add(name.length)?)?;
        Some(Utf16::new(bytes))
    }
}

fn i32_at(bytes: &[u8], offset: usize) -> Option<i32> {
    u32_at(bytes, offset).map(|bits| bits as i32)
}

#[cfg(test)]
mod tests;
