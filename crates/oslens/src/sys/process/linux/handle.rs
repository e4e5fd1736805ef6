//! A pidfd: the kernel's own handle of one process.

use std::{
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    process::ExitStatus,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use rustix::io::Errno;

use crate::{Error, Host, Result, process::Pid, sys::pal::linux::forks};

/// A descriptor that means one process for ever: after the process has
/// ended, and its PID was given to another one, it still means the first.
#[derive(Debug)]
pub(crate) struct Handle {
    fd: OwnedFd,
    /// How the process ended. The kernel gives it to the first that waits.
    exit: OnceLock<ExitStatus>,
}

impl Handle {
    /// Opens the process that has this PID now. `None` where there are no
    /// pidfds (before Linux 5.3, in some sandboxes), where no descriptor is
    /// free, or where the PIDs of the host are not those that the kernel
    /// would look up for us.
    pub(crate) fn open(host: &Host, pid: Pid) -> Result<Option<Self>> {
        if cfg!(oslens_no_pidfd) || !sees_our_processes(host) {
            return Ok(None);
        }
        let Some(raw) = i32::try_from(pid.get())
            .ok()
            .and_then(rustix::process::Pid::from_raw)
        else {
            return Err(Error::no_such_process(pid));
        };
        match rustix::process::pidfd_open(raw, rustix::process::PidfdFlags::empty()) {
            Ok(_) if !can_probe() => Ok(None),
            Ok(fd) => Ok(Some(Self {
                fd,
                exit: OnceLock::new(),
            })),
            // EINVAL, ENOENT since Linux 6.16: the PID is a thread's.
            Err(Errno::SRCH | Errno::INVAL | Errno::NOENT) => Err(Error::no_such_process(pid)),
            // EMFILE, ENOMEM: no descriptor to be had. ENOSYS, EPERM: an old
            // kernel, or a sandbox that does not know the call.
            Err(_) => Ok(None),
        }
    }

    /// Whether the process still has its PID: it runs, or is a zombie that
    /// nobody collected. While this is so, no other process can have it.
    pub(crate) fn is_current(&self) -> Result<bool> {
        // Signal 0 is only checked, not sent. EPERM comes after the lookup,
        // so it too says that the process is there.
        match crate::sys::pal::linux::signal::probe(self.fd.as_fd()) {
            Ok(()) | Err(Errno::PERM) => Ok(true),
            Err(Errno::SRCH) => Ok(false),
            Err(errno) => Err(Error::call("pidfd_send_signal", errno)),
        }
    }

    /// How the process ended, if a wait found out.
    pub(super) fn exit(&self) -> Option<ExitStatus> {
        self.exit.get().copied()
    }

    /// Keeps how the process ended for those who wait later.
    pub(super) fn set_exit(&self, status: ExitStatus) {
        // A second thread may have been as quick; it saw the same end.
        let _ = self.exit.set(status);
    }
}

impl AsFd for Handle {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// Whether the answers of signal 0 mean what they should. A sandbox that
/// forbids `pidfd_send_signal` by `EPERM` would make every process look alive
/// and somebody else's; handles are of no use there. Nobody is forbidden to
/// signal himself. 3 system calls, once.
fn can_probe() -> bool {
    static CAN: OnceLock<bool> = OnceLock::new();
    if let Some(&known) = CAN.get() {
        return known;
    }
    let me = rustix::process::getpid();
    let can = match rustix::process::pidfd_open(me, rustix::process::PidfdFlags::empty()) {
        Ok(fd) => crate::sys::pal::linux::signal::probe(fd.as_fd()).is_ok(),
        // No descriptor was free: then there is no sandbox to be seen.
        Err(_) => true,
    };
    // Not set while it is found out: the child of a fork at that moment would
    // wait for ever.
    *CAN.get_or_init(|| can)
}

/// Whether the PIDs that this host's `/proc` lists are those that system
/// calls of this process reach. They are not for another root, and neither
/// in a new PID namespace that still has the outer `/proc` mounted: there,
/// the same number is another process.
pub(super) fn sees_our_processes(host: &Host) -> bool {
    // The life that the answer was "yes" in: a fork may enter a new PID
    // namespace.
    static SEEN_IN: AtomicU32 = AtomicU32::new(0);
    if !host.is_local() {
        return false;
    }
    let life = forks::life();
    if SEEN_IN.load(Ordering::Relaxed) == life {
        return true;
    }
    if listed_as(host) != Some(std::process::id()) {
        return false;
    }
    SEEN_IN.store(life, Ordering::Relaxed);
    true
}

/// The number of the calling process in the local `/proc`.
pub(crate) fn own_pid() -> Pid {
    let host = Host::local();
    if sees_our_processes(host) {
        return Pid::new(forks::own_pid());
    }
    listed_as(host).map_or_else(Pid::current, Pid::new)
}

fn listed_as(host: &Host) -> Option<u32> {
    let link = rustix::fs::readlink(host.proc_path().join("self"), Vec::new()).ok()?;
    u32::try_from(crate::parse::text::decimal(link.as_bytes())?).ok()
}
