//! Listings of services: `ENUM_SERVICE_STATUS_PROCESSW` and
//! `ENUM_SERVICE_STATUSW`.

use oslens_win32::bytes::Layout;

use super::{
    Malformed,
    memory::Memory,
    status::{self, STATUS, STATUS_PROCESS},
};
use crate::{Entry, Status};

/// A page of `EnumServicesStatusExW`.
///
/// # Errors
///
/// What is cut off, or leads elsewhere.
pub fn services(
    bytes: &[u8],
    base: u64,
    count: u32,
    layout: Layout,
) -> Result<Vec<Entry>, Malformed> {
    let memory = Memory::new(bytes, base, layout);
    entries(memory, count, STATUS_PROCESS, status::with_process)
}

/// A page of `EnumDependentServicesW`.
///
/// # Errors
///
/// What is cut off, or leads elsewhere.
pub fn dependents(
    bytes: &[u8],
    base: u64,
    count: u32,
    layout: Layout,
) -> Result<Vec<Entry>, Malformed> {
    entries(
        Memory::new(bytes, base, layout),
        count,
        STATUS,
        status::plain,
    )
}

fn entries(
    memory: Memory<'_>,
    count: u32,
    status_size: usize,
    status: impl Fn(Memory<'_>, usize) -> Result<Status, Malformed>,
) -> Result<Vec<Entry>, Malformed> {
    let pointer = memory.layout.pointer();
    // Two names, the status, and what is missing to a multiple of a pointer.
    let size = (2 * pointer + status_size).next_multiple_of(pointer);
    let mut found = Vec::new();
    for index in 0..count {
        let at = memory.element(0, index, size)?;
        let name = memory.text(at)?;
        let name = name.ok_or(Malformed("a service has no name"))?;
        let display_name = memory.some_text(at + pointer)?;
        found.push(Entry {
            // Without one the name is shown; Wine leaves that to the reader.
            display_name: display_name.unwrap_or_else(|| name.clone()),
            name,
            status: status(memory, at + 2 * pointer)?,
        });
    }
    Ok(found)
}
