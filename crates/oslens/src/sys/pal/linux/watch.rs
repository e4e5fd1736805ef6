//! A pidfd and an epoll instance that watches it: the cheapest question
//! whether a process has ended.
//!
//! Both are kept as numbers. A program may close descriptors that it does
//! not know (daemons do), and give their numbers to files of its own: what
//! is done with the numbers has to be harmless to whoever has them.

use std::{
    io,
    os::fd::{AsRawFd as _, IntoRawFd as _, OwnedFd, RawFd},
    ptr,
};

use rustix::{
    event::epoll,
    fs::Stat,
    io::{Errno, fcntl_dupfd_cloexec},
};

/// What the kernel says of a watched process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// It has not ended, and thus has its PID.
    Runs,
    /// It has ended; its PID may be another's.
    Ended,
    /// The descriptors are not there any more.
    Lost,
}

/// The numbers of two descriptors, and what to recognize the first one by.
#[derive(Debug)]
pub(crate) struct Watch {
    epoll: RawFd,
    pidfd: RawFd,
    device: u64,
    inode: u64,
}

impl Watch {
    /// Watches the process of a pidfd; the numbers are from `lowest` on.
    ///
    /// `None` where a pidfd cannot be recognized: before Linux 6.9 all have
    /// the same inode, and with 32 bits it is not told in full.
    pub(crate) fn new(pidfd: OwnedFd, lowest: RawFd) -> Result<Option<Self>, Errno> {
        const PIDFS_MAGIC: u64 = 0x5049_4446;
        if cfg!(not(target_pointer_width = "64"))
            || rustix::fs::fstatfs(&pidfd)?.f_type as u64 != PIDFS_MAGIC
        {
            return Ok(None);
        }
        let (device, inode) = place(&rustix::fs::fstat(&pidfd)?);
        // The epoll instance has the lower number: who closes all from some
        // number on does not close the pidfd alone.
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let epoll = fcntl_dupfd_cloexec(&epoll, lowest)?;
        let pidfd = fcntl_dupfd_cloexec(&pidfd, epoll.as_raw_fd().saturating_add(1))?;
        epoll::add(
            &epoll,
            &pidfd,
            epoll::EventData::new_u64(0),
            epoll::EventFlags::IN,
        )?;
        Ok(Some(Self {
            epoll: epoll.into_raw_fd(),
            pidfd: pidfd.into_raw_fd(),
            device,
            inode,
        }))
    }

    pub(crate) fn numbers(&self) -> [RawFd; 2] {
        [self.epoll, self.pidfd]
    }

    /// Asks; 1 system call, which costs little more than entering the kernel.
    ///
    /// What is there is not taken but refused for want of memory to put it
    /// in: should the number be that of another epoll instance by now, its
    /// owner misses nothing.
    pub(crate) fn look(&self) -> Look {
        // SAFETY: where an event is to be told the kernel is given no memory
        // to write to, and fails with EFAULT; nothing else is touched.
        match unsafe { libc::epoll_wait(self.epoll, ptr::null_mut(), 1, 0) } {
            0 => Look::Runs,
            1.. => Look::Ended,
            _ => match Errno::from_io_error(&io::Error::last_os_error()) {
                Some(Errno::FAULT) => Look::Ended,
                _ => Look::Lost,
            },
        }
    }

    /// Whether the numbers still are those of the descriptors that were
    /// opened; 2 system calls.
    pub(crate) fn is_whole(&self) -> bool {
        let mut stat = std::mem::MaybeUninit::<libc::stat>::uninit();
        // SAFETY: the second argument points to memory of the right type,
        // which the call fills in when it returns 0; any number may be asked.
        let is_known = unsafe { libc::fstat(self.pidfd, stat.as_mut_ptr()) } == 0 && {
            // SAFETY: filled in, see above.
            let stat = unsafe { stat.assume_init() };
            #[allow(clippy::unnecessary_cast)] // The types differ by platform.
            let place = (stat.st_dev as u64, stat.st_ino as u64);
            place == (self.device, self.inode)
        };
        // It is watched by this instance and no other. To watch for what is
        // watched for already changes nothing, also not for a parent that
        // shares the instance.
        let mut event = libc::epoll_event {
            events: libc::EPOLLIN as u32,
            u64: 0,
        };
        // SAFETY: the kernel reads one event from a place that is borrowed
        // for the call; any numbers may be given.
        is_known
            && unsafe {
                libc::epoll_ctl(self.epoll, libc::EPOLL_CTL_MOD, self.pidfd, &raw mut event)
            } == 0
    }

    /// Sends a signal to the process, if the pidfd is the one that was
    /// opened; `None` if it is not, so that nobody gets one.
    pub(crate) fn send(&self, signal: i32) -> Option<Result<(), Errno>> {
        if !self.is_whole() {
            return None;
        }
        // SAFETY: four integers and a null pointer; the call writes to no
        // memory of this process.
        let result = unsafe {
            libc::syscall(
                libc::SYS_pidfd_send_signal,
                self.pidfd,
                signal,
                ptr::null::<libc::siginfo_t>(),
                0,
            )
        };
        if result == 0 {
            return Some(Ok(()));
        }
        let errno = Errno::from_io_error(&io::Error::last_os_error());
        Some(Err(errno.unwrap_or(Errno::IO)))
    }

    /// Closes what it has opened, unless somebody else has done so.
    pub(crate) fn close(&self) {
        if self.is_whole() {
            // SAFETY: just seen to be the descriptors that this value opened
            // and has not given to anybody.
            unsafe {
                libc::close(self.epoll);
                libc::close(self.pidfd);
            }
        }
    }
}

#[allow(clippy::unnecessary_cast, clippy::useless_conversion)] // Types differ by platform.
fn place(stat: &Stat) -> (u64, u64) {
    (stat.st_dev as u64, stat.st_ino as u64)
}
