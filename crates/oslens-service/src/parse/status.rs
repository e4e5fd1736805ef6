//! `SERVICE_STATUS` and `SERVICE_STATUS_PROCESS`: numbers alone.

use std::time::Duration;

use super::{Malformed, memory::Memory};
use crate::{Accepted, Kind, State, Status};

/// Length of a `SERVICE_STATUS`.
pub(crate) const STATUS: usize = 28;
/// Length of a `SERVICE_STATUS_PROCESS`.
pub(crate) const STATUS_PROCESS: usize = 36;

/// `SERVICE_RUNS_IN_SYSTEM_PROCESS`
const IN_SYSTEM_PROCESS: u32 = 1;

/// A `SERVICE_STATUS`.
pub(super) fn plain(memory: Memory<'_>, at: usize) -> Result<Status, Malformed> {
    let exit_code = memory.number(at + 12)?;
    let service_code = memory.number(at + 16)?;
    Ok(Status {
        kind: Kind::from_bits_retain(memory.number(at)?),
        state: State::from_raw(memory.number(at + 4)?),
        accepted: Accepted::from_bits_retain(memory.number(at + 8)?),
        exit_code,
        service_code: (exit_code == Status::SERVICE_SPECIFIC).then_some(service_code),
        checkpoint: memory.number(at + 20)?,
        wait_hint: Duration::from_millis(memory.number(at + 24)?.into()),
        pid: None,
        in_system_process: false,
    })
}

/// A `SERVICE_STATUS_PROCESS`, which begins as that.
pub(super) fn with_process(memory: Memory<'_>, at: usize) -> Result<Status, Malformed> {
    let pid = memory.number(at + STATUS)?;
    let flags = memory.number(at + STATUS + 4)?;
    Ok(Status {
        pid: (pid != 0).then_some(pid),
        in_system_process: flags & IN_SYSTEM_PROCESS != 0,
        ..plain(memory, at)?
    })
}

/// What `QueryServiceStatusEx` fills in.
///
/// # Errors
///
/// What is cut off, or leads elsewhere.
pub fn status(bytes: &[u8]) -> Result<Status, Malformed> {
    // Without pointers there is nothing to lay out.
    let memory = Memory::new(bytes, 0, oslens_win32::bytes::Layout::NATIVE);
    with_process(memory, 0)
}
