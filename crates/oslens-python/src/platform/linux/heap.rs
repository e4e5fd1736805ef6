//! The heap of this process: that of its C library, which Python and its
//! extensions use, whatever Rust allocates with.
#![allow(unsafe_code)]

use pyo3::prelude::*;

use crate::objects::TupleType;

static PHEAP: TupleType = TupleType::new("pheap");

/// What is called; the only file with `unsafe`, because the numbers are those
/// of glibc and nobody else's.
mod imp {
    use std::{
        ffi::{CStr, c_void},
        sync::OnceLock,
    };

    /// `struct mallinfo2`, since glibc 2.33.
    #[repr(C)]
    struct MallInfo2 {
        /// arena, ordblks, smblks, hblks
        before: [usize; 4],
        hblkhd: usize,
        /// usmblks, fsmblks
        between: [usize; 2],
        uordblks: usize,
        /// fordblks, keepcost
        after: [usize; 2],
    }

    /// The function of this name in the running program, whatever library
    /// of it has it: the build must not decide which glibc is needed.
    fn symbol(name: &CStr) -> Option<*mut c_void> {
        // SAFETY: `name` ends in NUL, and RTLD_DEFAULT is always a handle.
        let address = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
        (!address.is_null()).then_some(address)
    }

    fn mallinfo2() -> Option<extern "C" fn() -> MallInfo2> {
        static FOUND: OnceLock<Option<extern "C" fn() -> MallInfo2>> = OnceLock::new();
        *FOUND.get_or_init(|| {
            let address = symbol(c"mallinfo2")?;
            // SAFETY: glibc's function of this name has this signature, and
            // its structure these ten fields, which are part of its ABI.
            Some(unsafe {
                std::mem::transmute::<*mut c_void, extern "C" fn() -> MallInfo2>(address)
            })
        })
    }

    /// Bytes in use in the heap, and in blocks that were mapped one by one.
    pub(super) fn info() -> (u64, u64) {
        if let Some(mallinfo2) = mallinfo2() {
            let info = mallinfo2();
            return (info.uordblks as u64, info.hblkhd as u64);
        }
        // SAFETY: it takes no arguments and every glibc has it.
        let info = unsafe { libc::mallinfo() };
        // Before glibc 2.33 the numbers have 32 bits; those that are read as
        // negative are between 2 and 4 GiB.
        (
            u64::from(info.uordblks as u32),
            u64::from(info.hblkhd as u32),
        )
    }

    /// Gives free memory back to the system.
    pub(super) fn trim() {
        // SAFETY: every glibc has this function with this signature.
        unsafe { libc::malloc_trim(0) };
    }
}

/// What this process has allocated from the C library, in bytes, as `pheap`:
/// in its heap (`heap_used`), and in large blocks that were mapped one by one
/// (`mmap_used`).
///
/// It is there only with glibc.
#[pyfunction]
pub(crate) fn heap_info(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    PHEAP.of(py, py.detach(imp::info))
}

/// Gives memory that the C library holds but does not use back to the system.
///
/// It is there only with glibc.
#[pyfunction]
pub(crate) fn heap_trim() {
    // With the GIL: other threads would wait for the heap, which is locked
    // meanwhile.
    imp::trim();
}
