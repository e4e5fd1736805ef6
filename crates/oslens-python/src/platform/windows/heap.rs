//! The heap of this process, which the C library of Windows shares with
//! everybody.

use pyo3::prelude::*;

use crate::objects::TupleType;

static PHEAP: TupleType = TupleType::new("pheap");

/// What is called.
#[allow(unsafe_code)]
mod imp {
    use std::mem;

    use windows_sys::Win32::{
        Foundation::HANDLE,
        System::{
            Memory::{
                GetProcessHeap, GetProcessHeaps, HeapCompact, HeapLock, HeapUnlock, HeapWalk,
                MEM_COMMIT, MEM_PRIVATE, MEMORY_BASIC_INFORMATION, PAGE_READWRITE,
                PROCESS_HEAP_ENTRY, VirtualQuery,
            },
            SystemServices::PROCESS_HEAP_ENTRY_BUSY,
        },
    };

    pub(super) struct Heap {
        /// Bytes in use in the process's own heap.
        pub(super) used: u64,
        /// Bytes that were allocated page by page, beside all heaps.
        pub(super) mapped: u64,
        pub(super) heaps: u32,
    }

    fn heaps() -> Vec<HANDLE> {
        let mut heaps: Vec<HANDLE> = Vec::new();
        loop {
            let room = u32::try_from(heaps.len()).unwrap_or(u32::MAX);
            // SAFETY: `heaps` has room for so many handles.
            let count = unsafe { GetProcessHeaps(room, heaps.as_mut_ptr()) };
            let has_room = count <= room;
            // Another thread may make one meanwhile: it is asked again.
            heaps.resize(count as usize, std::ptr::null_mut());
            if has_room {
                return heaps;
            }
        }
    }

    /// Bytes in use in a heap of this process.
    fn used(heap: HANDLE) -> u64 {
        // SAFETY: every heap can be locked but those that were made without a
        // lock; of these it says no.
        if unsafe { HeapLock(heap) } == 0 {
            return 0;
        }
        let mut used: u64 = 0;
        // SAFETY: all zero is where a walk begins.
        let mut entry: PROCESS_HEAP_ENTRY = unsafe { mem::zeroed() };
        // While it is locked nothing may be allocated.
        //
        // SAFETY: the heap is locked, and `entry` is the one before.
        while unsafe { HeapWalk(heap, &raw mut entry) } != 0 {
            if u32::from(entry.wFlags) & PROCESS_HEAP_ENTRY_BUSY != 0 {
                used = used.saturating_add(entry.cbData.into());
            }
        }
        // SAFETY: it was locked above.
        unsafe { HeapUnlock(heap) };
        used
    }

    /// Bytes of memory that was allocated to be read and written, in pages
    /// that belong to no heap.
    fn mapped(heaps: &[HANDLE]) -> u64 {
        let mut mapped: u64 = 0;
        let mut address: usize = 0;
        loop {
            // SAFETY: it is plain old data.
            let mut region: MEMORY_BASIC_INFORMATION = unsafe { mem::zeroed() };
            let size = mem::size_of_val(&region);
            // SAFETY: `region` has this size. Any address may be asked about.
            let length = unsafe { VirtualQuery(address as *const _, &raw mut region, size) };
            let end = (region.BaseAddress as usize).checked_add(region.RegionSize);
            let Some(end) = end.filter(|&end| length != 0 && end > address) else {
                return mapped;
            };
            if region.State == MEM_COMMIT
                && region.Type == MEM_PRIVATE
                && region.AllocationProtect & PAGE_READWRITE != 0
                && !heaps.contains(&region.AllocationBase)
            {
                mapped = mapped.saturating_add(region.RegionSize as u64);
            }
            address = end;
        }
    }

    pub(super) fn info() -> Heap {
        let heaps = heaps();
        // SAFETY: it takes nothing and cannot fail.
        let own = unsafe { GetProcessHeap() };
        Heap {
            used: used(own),
            mapped: mapped(&heaps),
            heaps: u32::try_from(heaps.len()).unwrap_or(u32::MAX),
        }
    }

    /// Gives free memory back to the system.
    pub(super) fn trim() {
        // SAFETY: the process's own heap is there as long as the process.
        unsafe { HeapCompact(GetProcessHeap(), 0) };
    }
}

/// What this process has allocated, in bytes, as `pheap`: in its heap
/// (`heap_used`), which is the C library's too, and page by page beside all
/// heaps (`mmap_used`); and how many heaps it has.
#[pyfunction]
pub(crate) fn heap_info(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    let of = py.detach(imp::info);
    PHEAP.of(py, (of.used, of.mapped, of.heaps))
}

/// Gives memory that the heap holds but does not use back to the system.
#[pyfunction]
pub(crate) fn heap_trim(py: Python<'_>) {
    py.detach(imp::trim);
}
