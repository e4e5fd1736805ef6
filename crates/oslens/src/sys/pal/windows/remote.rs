//! The memory of another process.

use std::os::windows::io::{AsRawHandle as _, BorrowedHandle};

use windows_sys::Win32::System::{
    Diagnostics::Debug::ReadProcessMemory,
    Memory::{MEMORY_BASIC_INFORMATION, VirtualQueryEx},
    ProcessStatus::{GetMappedFileNameW, PSAPI_WORKING_SET_EX_INFORMATION, QueryWorkingSetEx},
};

use super::error;
use crate::Result;

/// Reads memory of a process, all of it or none.
///
/// # Errors
///
/// `ERROR_PARTIAL_COPY` when not all of it is there.
pub(crate) fn read(process: BorrowedHandle<'_>, address: u64, to: &mut [u8]) -> Result<()> {
    let mut length = 0;
    // SAFETY: as many bytes to write to as are said, which outlive the call.
    // The address is the other process's: the kernel checks it.
    let done = unsafe {
        ReadProcessMemory(
            process.as_raw_handle(),
            address as usize as *const _,
            to.as_mut_ptr().cast(),
            to.len(),
            &mut length,
        )
    };
    if done == 0 || length != to.len() {
        return Err(error::last("ReadProcessMemory"));
    }
    Ok(())
}

/// A range of a process's pages that are alike.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Region {
    pub(crate) start: u64,
    pub(crate) size: u64,
    /// Start of what was allocated in one piece.
    pub(crate) allocation: u64,
    /// `MEM_COMMIT`, `MEM_RESERVE` or `MEM_FREE`.
    pub(crate) state: u32,
    /// `PAGE_*`.
    pub(crate) protection: u32,
    /// `MEM_IMAGE`, `MEM_MAPPED` or `MEM_PRIVATE`.
    pub(crate) kind: u32,
}

/// The region that this address is in. `None`: it is beyond the last one.
pub(crate) fn region(process: BorrowedHandle<'_>, address: u64) -> Option<Region> {
    let address = usize::try_from(address).ok()?;
    let mut information = MEMORY_BASIC_INFORMATION::default();
    // SAFETY: a structure of the size that is said, which outlives the call.
    // The address is the other process's and only looked up.
    let length = unsafe {
        VirtualQueryEx(
            process.as_raw_handle(),
            address as *const _,
            &mut information,
            size_of::<MEMORY_BASIC_INFORMATION>(),
        )
    };
    if length == 0 || information.RegionSize == 0 {
        return None;
    }
    Some(Region {
        start: information.BaseAddress as usize as u64,
        size: information.RegionSize as u64,
        allocation: information.AllocationBase as usize as u64,
        state: information.State,
        protection: information.Protect,
        kind: information.Type,
    })
}

/// The file that is mapped at this address, in the kernel's words.
pub(crate) fn mapped_file(process: BorrowedHandle<'_>, address: u64) -> Result<Vec<u16>> {
    let mut path = vec![0u16; 0x8000];
    // SAFETY: as many units to write to as are said, which outlive the call.
    // The address is the other process's and only looked up.
    let length = unsafe {
        GetMappedFileNameW(
            process.as_raw_handle(),
            address as usize as *const _,
            path.as_mut_ptr(),
            path.len() as u32,
        )
    };
    if length == 0 {
        return Err(error::last("GetMappedFileNameW"));
    }
    path.truncate(length as usize);
    Ok(path)
}

/// What is known of single pages, by their addresses: whether each is in
/// physical memory, and whether others have it too.
pub(crate) fn pages(
    process: BorrowedHandle<'_>,
    addresses: impl Iterator<Item = u64>,
) -> Result<Vec<PageState>> {
    let mut list: Vec<_> = addresses
        .map(|address| PSAPI_WORKING_SET_EX_INFORMATION {
            VirtualAddress: address as usize as *mut _,
            ..PSAPI_WORKING_SET_EX_INFORMATION::default()
        })
        .collect();
    let size = u32::try_from(size_of_val(list.as_slice())).unwrap_or(u32::MAX);
    // SAFETY: a list of the size that is said, to be filled in, which outlives
    // the call. The addresses are the other process's and only looked up.
    let done =
        unsafe { QueryWorkingSetEx(process.as_raw_handle(), list.as_mut_ptr().cast(), size) };
    if done == 0 {
        return Err(error::last("QueryWorkingSetEx"));
    }
    Ok(list
        .iter()
        .map(|page| {
            // SAFETY: the union is of numbers of the same size.
            PageState(unsafe { page.VirtualAttributes.Flags })
        })
        .collect())
}

/// The `PSAPI_WORKING_SET_EX_BLOCK` of a page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PageState(usize);

impl PageState {
    pub(crate) const fn is_resident(self) -> bool {
        self.0 & 1 != 0
    }

    /// Whether others can have it, and at least one does.
    pub(crate) const fn is_shared(self) -> bool {
        self.0 >> 15 & 1 != 0 && self.0 >> 1 & 7 > 1
    }

    pub(crate) const fn is_locked(self) -> bool {
        self.0 >> 22 & 1 != 0
    }
}
