//! Resource limits of another process. rustix can set them, but not read
//! them without setting.

use rustix::{io::Errno, process::Pid};

/// `prlimit64`: the limits before the call; `new` sets others.
pub(crate) fn prlimit(
    pid: Pid,
    resource: u32,
    new: Option<libc::rlimit64>,
) -> Result<libc::rlimit64, Errno> {
    let mut old = libc::rlimit64 {
        rlim_cur: 0,
        rlim_max: 0,
    };
    let new = new.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    // The raw call, because the type of the resource differs between C
    // libraries.
    // SAFETY: `new` is null or points to a limit borrowed for the whole call,
    // which the kernel only reads; `old` is a limit of the kernel's own
    // layout that it may write.
    let result = unsafe {
        libc::syscall(
            libc::SYS_prlimit64,
            pid.as_raw_nonzero().get(),
            resource,
            new,
            std::ptr::from_mut(&mut old),
        )
    };
    if result == 0 {
        return Ok(old);
    }
    Err(Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::IO))
}
