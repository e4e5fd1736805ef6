//! The system's table of processes and threads, as it was in one moment.

use crate::{
    Error, Result,
    parse::windows::{
        Layout,
        process_table::{self, Process, ThreadRecord},
    },
    process::Pid,
    sys::pal::windows::{buffer::Buffer, native},
};

/// Bytes to begin with: some 200 processes with 2000 threads.
const FIRST: usize = 256 << 10;

/// The table, in memory that the next look uses again.
#[derive(Debug)]
pub(super) struct Snapshot(Buffer);

impl Snapshot {
    /// Nothing is read yet.
    pub(super) fn new() -> Self {
        Self(Buffer::new(FIRST))
    }

    /// Reads the table; 1 system call, and more when it has outgrown the
    /// memory.
    pub(super) fn take() -> Result<Self> {
        let mut snapshot = Self::new();
        snapshot.refresh()?;
        Ok(snapshot)
    }

    /// Reads the table again.
    pub(super) fn refresh(&mut self) -> Result<()> {
        native::query_system(native::class::PROCESS, &mut self.0).map(drop)
    }

    /// The processes, in the kernel's order.
    pub(super) fn processes(&self) -> impl Iterator<Item = Result<Process<'_>>> {
        let bytes = self.0.bytes();
        let base = bytes.as_ptr() as usize as u64;
        process_table::processes(bytes, base, Layout::NATIVE, ThreadRecord::Plain)
            .map(|entry| entry.map_err(|malformed| Error::malformed("process table", malformed.0)))
    }

    /// The process that has this PID.
    pub(super) fn find(&self, pid: Pid) -> Result<Option<Process<'_>>> {
        for process in self.processes() {
            let process = process?;
            if pid_of(&process) == pid {
                return Ok(Some(process));
            }
        }
        Ok(None)
    }
}

/// PIDs are 32-bit numbers that the kernel keeps as pointers.
pub(super) fn pid_of(process: &Process<'_>) -> Pid {
    Pid::new(process.pid as u32)
}
