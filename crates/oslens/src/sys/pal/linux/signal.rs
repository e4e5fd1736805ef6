//! Signals: through pidfds, and to PIDs where the kernel has no pidfds.

use std::os::fd::{AsRawFd as _, BorrowedFd};

use rustix::{io::Errno, process::Pid};

/// `pidfd_send_signal` with signal 0: whether the process can be signalled.
/// rustix's wrapper takes real signals only.
pub(crate) fn probe(pidfd: BorrowedFd<'_>) -> Result<(), Errno> {
    send(pidfd, 0)
}

/// `pidfd_send_signal` with any signal number, real-time signals too.
pub(crate) fn send(pidfd: BorrowedFd<'_>, signal: i32) -> Result<(), Errno> {
    // SAFETY: the arguments are an open descriptor, an integer, a null
    // `siginfo_t` (the kernel then fills in what `kill` would) and no flags;
    // the call writes to no memory of this process.
    let result = unsafe {
        libc::syscall(
            libc::SYS_pidfd_send_signal,
            pidfd.as_raw_fd(),
            signal,
            std::ptr::null::<libc::siginfo_t>(),
            0,
        )
    };
    if result == 0 {
        return Ok(());
    }
    Err(Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::IO))
}

/// `kill` with any signal number. [`Pid`] is never zero or negative, so that
/// this cannot reach a process group.
pub(crate) fn kill(pid: Pid, signal: i32) -> Result<(), Errno> {
    // SAFETY: two integers; the call touches no memory of this process.
    let result = unsafe { libc::kill(pid.as_raw_nonzero().get(), signal) };
    if result == 0 {
        return Ok(());
    }
    Err(Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::IO))
}
