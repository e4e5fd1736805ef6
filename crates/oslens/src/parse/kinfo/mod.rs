//! Processes as the `KERN_PROC` questions of the BSDs and macOS answer:
//! records of `kinfo_proc` one behind the other.
//!
//! How far it is from one record to the next is what the kernel says or was
//! asked for, never what a header of ours says.

pub mod freebsd;
pub mod macos;
pub mod netbsd;
pub mod openbsd;

use std::time::Duration;

// What steps over records of one size, here and in other tables.
pub(super) use super::bsd::steps::equal as records;
use super::layout::{Endian, Field, Number as _, Record, Type};

/// One process, or one of its threads where those were asked for.
///
/// `None` is what the system, or this release of it, does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Process<'a> {
    /// Its PID.
    pub pid: i32,
    /// PID of its parent.
    pub parent: i32,
    /// Its process group.
    pub group: i32,
    /// Its session.
    pub session: Option<i32>,
    /// Device number of its terminal.
    pub terminal: Option<u64>,
    /// The thread that the record is about.
    pub thread: Option<i32>,
    /// Users: who it acts as.
    pub uid: Ids,
    /// Groups: who it acts as.
    pub gid: Ids,
    /// Its supplementary groups. `None`: the record has no room for all.
    pub groups: Option<Groups<'a>>,
    /// What it does.
    pub state: State,
    /// Its niceness; 0 is usual, less is more important.
    pub nice: i32,
    /// It is a part of the kernel.
    pub of_kernel: bool,
    /// When it started, since 1970.
    pub start: Option<Duration>,
    /// The CPU that it runs on, or ran on last.
    pub cpu: Option<u32>,
    /// How many threads it has.
    pub threads: Option<u64>,
    /// CPU time it has used. `None` for one that is ending, on some systems.
    pub times: Option<Times>,
    /// Its memory.
    pub memory: Option<Memory>,
    /// What it has caused.
    pub counts: Option<Counts>,
    /// Its name, as far as the kernel keeps it.
    pub name: &'a [u8],
    /// Name of its session's user.
    pub login: Option<&'a [u8]>,
    /// What it waits for; empty when it does not.
    pub wait: Option<&'a [u8]>,
}

/// Users or groups of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ids {
    /// Who started it.
    pub real: u32,
    /// Whose rights it has.
    pub effective: u32,
    /// Whose rights it can take again.
    pub saved: u32,
}

/// Numbers of groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Groups<'a> {
    bytes: &'a [u8],
    endian: Endian,
}

impl<'a> Groups<'a> {
    /// As many numbers of a field as the record says are filled in, without
    /// those at the beginning that are something else.
    fn of<const N: usize>(
        record: Record<'a>,
        field: Field<[u32; N]>,
        count: Option<i16>,
        skip: usize,
    ) -> Option<Self> {
        let end = usize::try_from(count?).ok()?;
        let start = skip.min(end);
        let size = <u32 as Type>::SIZE;
        Some(Self {
            bytes: record
                .bytes(field)?
                .get(start.checked_mul(size)?..end.checked_mul(size)?)?,
            endian: record.endian(),
        })
    }

    /// The numbers, in the kernel's order.
    pub fn iter(self) -> impl Iterator<Item = u32> + use<'a> {
        self.bytes
            .chunks_exact(<u32 as Type>::SIZE)
            .filter_map(move |number| u32::read(number, self.endian))
    }
}

/// What a process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Being made.
    Idle,
    /// Running, or it could.
    Running,
    /// Waiting for something.
    Sleeping,
    /// Stopped by a signal or a debugger.
    Stopped,
    /// Ended, and its parent has not asked.
    Zombie,
    /// Ending.
    Dead,
    /// A thread of the kernel that waits for an interrupt.
    Waiting,
    /// Waiting for a lock in the kernel.
    Locked,
    /// Suspended by itself or another thread.
    Suspended,
    /// What this library has no name for.
    Other(i32),
}

/// CPU time of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// In its own code.
    pub user: Duration,
    /// In the kernel.
    pub system: Duration,
    /// Its children's that have ended, in their own code and in the kernel,
    /// where these are told apart.
    pub children: Option<(Duration, Duration)>,
    /// Its children's that have ended, all of it.
    pub children_total: Option<Duration>,
}

/// Memory of a process, in pages but for what says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// In memory now.
    pub resident: u64,
    /// Address space.
    pub size: Size,
    /// Of it code.
    pub text: u64,
    /// Of it data.
    pub data: u64,
    /// Of it stack.
    pub stack: u64,
    /// Most that was in memory, in units of 1024 bytes.
    pub peak_kib: Option<u64>,
}

/// An amount of memory, as the kernel counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// In bytes.
    Bytes(u64),
    /// In pages.
    Pages(u64),
}

impl Size {
    /// In bytes, on a machine with pages of this size.
    #[must_use]
    pub const fn bytes(self, page: u64) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Pages(pages) => pages.saturating_mul(page),
        }
    }
}

/// What a process has caused since it started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Page faults without reading from a disk.
    pub minor_faults: u64,
    /// Page faults with reading from a disk.
    pub major_faults: u64,
    /// Those of its children that have ended, without and with reading.
    pub children_faults: Option<(u64, u64)>,
    /// Blocks read.
    pub blocks_in: u64,
    /// Blocks written.
    pub blocks_out: u64,
    /// Context switches because it waited.
    pub voluntary_switches: u64,
    /// Context switches because its time was over.
    pub involuntary_switches: u64,
}

/// A span or a time of seconds and millionths. `None` when one of them is
/// negative or the second too large.
pub(super) fn time<S: TryInto<u64>, M: TryInto<u32>>(seconds: S, micros: M) -> Option<Duration> {
    let micros = micros
        .try_into()
        .ok()
        .filter(|&micros| micros < 1_000_000)?;
    let seconds = seconds.try_into().ok()?;
    Some(Duration::new(seconds, micros.saturating_mul(1000)))
}

/// A number of the kernel's that counts something, and cannot be negative.
fn count<N: TryInto<u64>>(number: N) -> u64 {
    number.try_into().unwrap_or(0)
}

/// A device number; all bits set is none.
fn device32(number: u32) -> Option<u64> {
    (number != u32::MAX).then_some(number.into())
}

#[cfg(test)]
mod odd_tests;
#[cfg(test)]
mod tests;
