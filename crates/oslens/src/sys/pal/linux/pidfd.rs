//! What a pidfd tells about its process.

use std::os::fd::AsFd;

use rustix::ioctl;

/// `struct pidfd_info`, first version (64 bytes, since Linux 6.13).
#[repr(C)]
#[derive(Default)]
struct Info {
    mask: u64,
    cgroupid: u64,
    pid: u32,
    tgid: u32,
    ppid: u32,
    ids: [u32; 8],
    exit_code: i32,
}

const _: () = assert!(size_of::<Info>() == 64);

const PIDFD_GET_INFO: ioctl::Opcode = ioctl::opcode::read_write::<Info>(0xFF, 11);
const PIDFD_INFO_EXIT: u64 = 1 << 3;

/// How the process ended, as `wait` would report it. `None` while it runs or
/// is a zombie, and before Linux 6.15. The kernel keeps it for as long as
/// the pidfd is open, for children and others alike.
pub(crate) fn exit_status(pidfd: impl AsFd) -> Option<i32> {
    let mut info = Info {
        mask: PIDFD_INFO_EXIT,
        ..Info::default()
    };
    // SAFETY: the request number carries the size of `Info`, whose layout is
    // the kernel's first version of it; the kernel writes at most that many
    // bytes, and every bit pattern is a valid `Info`.
    let updated = unsafe {
        ioctl::ioctl(
            pidfd,
            ioctl::Updater::<PIDFD_GET_INFO, Info>::new(&mut info),
        )
    };
    (updated.is_ok() && info.mask & PIDFD_INFO_EXIT != 0).then_some(info.exit_code)
}
