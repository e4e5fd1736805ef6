//! A pidfd: the kernel's own handle of one process.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;

use crate::{Error, Host, Result, process::Pid};

/// A descriptor that means one process for ever: after the process has
/// ended, and its PID was given to another one, it still means the first.
#[derive(Debug)]
pub(crate) struct Handle(OwnedFd);

impl Handle {
    /// Opens the process that has this PID now. `None` where there are no
    /// pidfds (before Linux 5.3), where no descriptor is free, or where the
    /// PIDs of the host are not those that the kernel would look up for us.
    pub(crate) fn open(host: &Host, pid: Pid) -> Result<Option<Self>> {
        if cfg!(oslens_no_pidfd) || !host.is_local() {
            return Ok(None);
        }
        let Some(raw) = i32::try_from(pid.get())
            .ok()
            .and_then(rustix::process::Pid::from_raw)
        else {
            return Err(Error::no_such_process(pid));
        };
        match rustix::process::pidfd_open(raw, rustix::process::PidfdFlags::empty()) {
            Ok(fd) => Ok(Some(Self(fd))),
            Err(Errno::SRCH) => Err(Error::no_such_process(pid)),
            Err(_) => Ok(None),
        }
    }

    /// Whether the process still has its PID: it runs, or is a zombie that
    /// nobody collected. While this is so, no other process can have it.
    pub(crate) fn is_current(&self) -> Result<bool> {
        // Signal 0 is only checked, not sent. EPERM comes after the lookup,
        // so it too says that the process is there.
        match crate::sys::pal::linux::signal::probe(self.0.as_fd()) {
            Ok(()) | Err(Errno::PERM) => Ok(true),
            Err(Errno::SRCH) => Ok(false),
            Err(errno) => Err(Error::call("pidfd_send_signal", errno)),
        }
    }
}

impl AsFd for Handle {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
