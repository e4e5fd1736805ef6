//! The heap of this process: that of its C library, which Python and its
//! extensions use, whatever Rust allocates with.
#![allow(unsafe_code)]

use pyo3::{exceptions::PyOSError, prelude::*};

use crate::objects::TupleType;

static PHEAP: TupleType = TupleType::new("pheap");

/// What is called; with `unsafe`, because the numbers are those of the C
/// library and nobody else's.
#[cfg(target_os = "macos")]
mod imp {
    use std::{io, mem::MaybeUninit, ptr};

    unsafe extern "C" {
        // Of `malloc/malloc.h`. The rest of it is libc's.
        fn malloc_zone_pressure_relief(zone: *mut libc::malloc_zone_t, goal: usize) -> usize;
    }

    /// Bytes in use in the heap, all its zones; what is mapped one by one is
    /// part of it.
    pub(super) fn info() -> io::Result<(u64, u64)> {
        let mut statistics = MaybeUninit::<libc::malloc_statistics_t>::zeroed();
        // SAFETY: no zone stands for all of them, which malloc adds up; the
        // structure is writable, and made of numbers, for which zeros are good.
        let statistics = unsafe {
            libc::malloc_zone_statistics(ptr::null_mut(), statistics.as_mut_ptr());
            statistics.assume_init()
        };
        Ok((statistics.size_in_use as u64, 0))
    }

    /// Gives free memory back to the system.
    pub(super) fn trim() -> io::Result<()> {
        // SAFETY: no zone stands for all of them, 0 for as much as they can.
        unsafe { malloc_zone_pressure_relief(ptr::null_mut(), 0) };
        Ok(())
    }
}

/// What is called; with `unsafe`, because the numbers are those of the C
/// library, which has jemalloc, and nobody else's.
#[cfg(not(target_os = "macos"))]
mod imp {
    use std::{
        ffi::{CStr, c_int, c_void},
        io, ptr,
    };

    unsafe extern "C" {
        fn mallctl(
            name: *const std::ffi::c_char,
            old: *mut c_void,
            old_size: *mut usize,
            new: *mut c_void,
            new_size: usize,
        ) -> c_int;
    }

    fn check(failed: c_int) -> io::Result<()> {
        match failed {
            0 => Ok(()),
            errno => Err(io::Error::from_raw_os_error(errno)),
        }
    }

    /// Does what a name stands for.
    fn act(name: &CStr) -> io::Result<()> {
        // SAFETY: the name ends at a NUL, and nothing is read or written.
        check(unsafe {
            mallctl(
                name.as_ptr(),
                ptr::null_mut(),
                ptr::null_mut(),
                ptr::null_mut(),
                0,
            )
        })
    }

    /// A number of the statistics.
    fn size(name: &CStr) -> io::Result<u64> {
        let (mut value, mut room) = (0_usize, size_of::<usize>());
        // SAFETY: the name ends at a NUL; the value has the type that jemalloc
        // documents for it, and its size is said.
        check(unsafe {
            mallctl(
                name.as_ptr(),
                (&raw mut value).cast(),
                &mut room,
                ptr::null_mut(),
                0,
            )
        })?;
        Ok(value as u64)
    }

    /// Bytes in use in the heap, and all that is mapped for it.
    pub(super) fn info() -> io::Result<(u64, u64)> {
        // What threads keep for themselves is counted when it is given back.
        // A thread that has nothing of the kind refuses.
        let _ = act(c"thread.tcache.flush");
        let mut epoch = 1_u64;
        // SAFETY: the name ends at a NUL; any number that is written makes the
        // statistics new, and its type and size are as documented.
        check(unsafe {
            mallctl(
                c"epoch".as_ptr(),
                ptr::null_mut(),
                ptr::null_mut(),
                (&raw mut epoch).cast(),
                size_of::<u64>(),
            )
        })?;
        Ok((size(c"stats.allocated")?, size(c"stats.mapped")?))
    }

    /// Gives free memory back to the system.
    pub(super) fn trim() -> io::Result<()> {
        // `MALLCTL_ARENAS_ALL` since jemalloc 5; before, as on NetBSD, one
        // more than the last arena stands for all.
        match act(c"arena.4096.purge") {
            Ok(()) => Ok(()),
            Err(_) => {
                let (mut arenas, mut room) = (0_u32, size_of::<u32>());
                // SAFETY: the name ends at a NUL; the value has the type that
                // jemalloc documents for it, and its size is said.
                check(unsafe {
                    mallctl(
                        c"arenas.narenas".as_ptr(),
                        (&raw mut arenas).cast(),
                        &mut room,
                        ptr::null_mut(),
                        0,
                    )
                })?;
                for arena in 0..arenas {
                    let name = format!("arena.{arena}.purge\0");
                    if let Ok(name) = CStr::from_bytes_with_nul(name.as_bytes()) {
                        // One that was never used refuses.
                        let _ = act(name);
                    }
                }
                Ok(())
            }
        }
    }
}

/// What this process has allocated from the C library, in bytes, as `pheap`:
/// in its heap (`heap_used`), and what is mapped for it (`mmap_used`; 0 on
/// macOS).
#[pyfunction]
pub(crate) fn heap_info(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    let info = py
        .detach(imp::info)
        .map_err(|error| PyOSError::new_err(error.to_string()))?;
    PHEAP.of(py, info)
}

/// Gives memory that the C library holds but does not use back to the system.
#[pyfunction]
pub(crate) fn heap_trim() -> PyResult<()> {
    // With the GIL: other threads would wait for the heap, which is locked
    // meanwhile.
    imp::trim().map_err(|error| PyOSError::new_err(error.to_string()))
}
