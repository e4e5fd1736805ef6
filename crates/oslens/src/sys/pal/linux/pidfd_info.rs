//! `PIDFD_GET_INFO`: credentials of a process (Linux 6.13) and how it ended
//! (Linux 6.15), from its pidfd.

use std::os::fd::AsFd;

use rustix::{
    io::Errno,
    ioctl::{self, Opcode, opcode},
};

use crate::process::Ids;

/// The first published version of the kernel's `struct pidfd_info`. Later
/// kernels know larger ones; the size in the request says which is meant.
#[repr(C)]
#[derive(Default)]
struct Info {
    mask: u64,
    cgroup_id: u64,
    pid: u32,
    tgid: u32,
    ppid: u32,
    ruid: u32,
    rgid: u32,
    euid: u32,
    egid: u32,
    suid: u32,
    sgid: u32,
    fsuid: u32,
    fsgid: u32,
    /// Padding until Linux 6.15.
    exit_code: i32,
}

const _: () = assert!(size_of::<Info>() == 64);

const MASK_PID: u64 = 1 << 0;
const MASK_CREDENTIALS: u64 = 1 << 1;
const MASK_EXIT: u64 = 1 << 3;
const GET_INFO: Opcode = opcode::read_write::<Info>(0xFF, 11);

/// Users and groups of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Credentials {
    pub(crate) uids: Ids,
    pub(crate) gids: Ids,
}

/// Asks the kernel about the process behind this pidfd.
///
/// `ESRCH`: the process has ended and was collected. `ENOTTY`, `EINVAL`:
/// the kernel is older than 6.13.
pub(crate) fn credentials(pidfd: impl AsFd) -> Result<Credentials, Errno> {
    let mut info = Info {
        mask: MASK_PID | MASK_CREDENTIALS,
        ..Info::default()
    };
    // SAFETY: the request number carries the size of `Info`, and the kernel
    // reads and writes at most that many bytes; every bit pattern is a valid
    // `Info`. On descriptors that are no pidfd the number means nothing.
    unsafe { ioctl::ioctl(pidfd, ioctl::Updater::<GET_INFO, Info>::new(&mut info))? };
    if info.mask & MASK_CREDENTIALS == 0 {
        return Err(Errno::SRCH);
    }
    Ok(Credentials {
        uids: Ids {
            real: info.ruid,
            effective: info.euid,
            saved: info.suid,
            filesystem: info.fsuid,
        },
        gids: Ids {
            real: info.rgid,
            effective: info.egid,
            saved: info.sgid,
            filesystem: info.fsgid,
        },
    })
}

/// How the process ended, as `wait` would report it. `None` while it runs or
/// is a zombie, and before Linux 6.15. The kernel keeps it for as long as
/// the pidfd is open, for children and others alike.
pub(crate) fn exit_status(pidfd: impl AsFd) -> Option<i32> {
    let mut info = Info {
        mask: MASK_EXIT,
        ..Info::default()
    };
    // SAFETY: the request number carries the size of `Info`, and the kernel
    // reads and writes at most that many bytes; every bit pattern is a valid
    // `Info`.
    let result = unsafe { ioctl::ioctl(pidfd, ioctl::Updater::<GET_INFO, Info>::new(&mut info)) };
    (result.is_ok() && info.mask & MASK_EXIT != 0).then_some(info.exit_code)
}
