//! CPU masks of any length, and input/output priorities: the system calls
//! that rustix has for 1,024 CPUs, or not at all.

use rustix::{io::Errno, process::Pid};

/// `sched_setaffinity` with a mask as long as the caller makes it.
pub(crate) fn set_affinity(pid: Pid, mask: &[libc::c_ulong]) -> Result<(), Errno> {
    // The raw call: libc's wrapper takes a `cpu_set_t` of 1,024 CPUs by type.
    // SAFETY: the kernel reads exactly `size_of_val(mask)` bytes from `mask`,
    // which is borrowed for the whole call.
    let result = unsafe {
        libc::syscall(
            libc::SYS_sched_setaffinity,
            pid.as_raw_nonzero().get(),
            size_of_val(mask),
            mask.as_ptr(),
        )
    };
    done(result)
}

/// `ioprio_set` for one process.
pub(crate) fn set_io_priority(pid: Pid, priority: i32) -> Result<(), Errno> {
    const IOPRIO_WHO_PROCESS: i32 = 1;
    // SAFETY: three integers; the call touches no memory of this process.
    let result = unsafe {
        libc::syscall(
            libc::SYS_ioprio_set,
            IOPRIO_WHO_PROCESS,
            pid.as_raw_nonzero().get(),
            priority,
        )
    };
    done(result)
}

fn done(result: libc::c_long) -> Result<(), Errno> {
    if result == 0 {
        return Ok(());
    }
    Err(Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::IO))
}
