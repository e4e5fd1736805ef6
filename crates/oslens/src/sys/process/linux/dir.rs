//! A process's directory, opened.

use std::{
    ffi::OsString,
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::ffi::OsStringExt as _,
    },
};

use rustix::io::Errno;

use super::{process_error, proof};
use crate::{
    Error, ErrorKind, Host, Result, parse,
    process::{Pid, ProcessId, StartTime},
    sys::{pal::linux::file, process::Target},
};

/// The files of a process that show its memory and what it has open: a zombie
/// has neither.
const WITH_MEMORY: &[&str] = &[
    "cmdline",
    "cwd",
    "environ",
    "exe",
    "fd",
    "fdinfo",
    "maps",
    "root",
    "smaps",
    "smaps_rollup",
];

/// The directory of one process.
///
/// The kernel ties an open directory below `/proc` to the process, not to
/// the PID: whoever has the PID later, lookups below it reach this process
/// or fail. So its identity is checked once, after opening, and everything
/// read through it belongs to the process that was meant.
#[derive(Debug)]
pub(crate) struct Dir<'a> {
    host: &'a Host,
    pid: Pid,
    fd: OwnedFd,
}

impl<'a> Dir<'a> {
    /// Opens the directory of exactly this process; 2 system calls with a
    /// handle, and mostly where a proof is kept, 4 without.
    pub(crate) fn open(target: Target<'a>) -> Result<Self> {
        let Target {
            id, handle, proof, ..
        } = target;
        let dir = Self::open_unproved(target)?;
        match handle {
            // The handle was opened before, so while it is current nobody
            // else has had the PID: the directory is this process's.
            Some(handle) if handle.is_current()? => Ok(dir),
            Some(_) => match dir.stat() {
                Ok(_) => Err(Error::reused(id.pid)),
                Err(_) => Err(Error::no_such_process(id.pid)),
            },
            // Opened before the proof, it is of the process that is proved.
            None if proof.is_some() => proof::check(target).map(|()| dir),
            // Whoever has the PID is meant.
            None if !id.start.is_known() => Ok(dir),
            None => {
                let now = ProcessId::new(id.pid, dir.stat()?.start);
                if id.differs_from(&now) {
                    return Err(Error::reused(id.pid));
                }
                Ok(dir)
            }
        }
    }

    /// Opens the directory of whoever has the PID now. If the process turns
    /// out to have it later, it is this process's.
    pub(super) fn open_unproved(target: Target<'a>) -> Result<Self> {
        let Target { host, id, .. } = target;
        let fd = file::open_path(&super::path(host, id.pid, ""))
            .map_err(|errno| process_error("open", host, id.pid, "", errno))?;
        Ok(Self {
            host,
            pid: id.pid,
            fd,
        })
    }

    /// What `stat` says about the process's life; 3 system calls.
    pub(crate) fn stat(&self) -> Result<Life> {
        let mut buffer = [0; 1024];
        let fd = file::open_at(&self.fd, "stat")
            .map_err(|errno| process_error("open", self.host, self.pid, "stat", errno))?;
        let line = file::read_once(fd, &mut buffer)
            .map_err(|errno| process_error("read", self.host, self.pid, "stat", errno))?;
        let stat = parse::linux::stat::stat(line).map_err(|malformed| {
            Error::malformed(super::path(self.host, self.pid, "stat"), malformed.0)
                .with_pid(self.pid)
        })?;
        Ok(Life {
            start: StartTime::from_raw(stat.starttime),
            is_zombie: matches!(stat.state, b'Z' | b'X' | b'x'),
            has_ended: matches!(stat.state, b'Z' | b'X' | b'x') && stat.num_threads <= 1,
        })
    }

    /// The content of a one-record file.
    pub(crate) fn record(&self, name: &str) -> Result<Vec<u8>> {
        self.content(name, 8192, file::read_record)
    }

    /// The content of a many-record file.
    pub(crate) fn records(&self, name: &str) -> Result<Vec<u8>> {
        self.content(name, 8192, file::read_records)
    }

    /// The content of a many-record file with long records.
    pub(crate) fn long_records(&self, name: &str) -> Result<Vec<u8>> {
        // `smaps` of a small program.
        self.content(name, 32 << 10, file::read_long_records)
    }

    fn content(
        &self,
        name: &str,
        capacity: usize,
        read: impl FnOnce(OwnedFd, &mut Vec<u8>) -> Result<(), Errno>,
    ) -> Result<Vec<u8>> {
        let fd = file::open_at(&self.fd, name).map_err(|errno| self.error("open", name, errno))?;
        let mut buffer = Vec::with_capacity(capacity);
        read(fd, &mut buffer).map_err(|errno| self.error("read", name, errno))?;
        Ok(buffer)
    }

    /// Opens a directory below, such as `fd` or `task`.
    pub(crate) fn open_dir(&self, name: &str) -> Result<OwnedFd> {
        rustix::fs::openat(
            &self.fd,
            name,
            rustix::fs::OFlags::RDONLY
                | rustix::fs::OFlags::DIRECTORY
                | rustix::fs::OFlags::CLOEXEC,
            rustix::fs::Mode::empty(),
        )
        .map_err(|errno| self.error("open", name, errno))
    }

    /// The entries of a directory below that are numbers, ascending.
    pub(crate) fn numbers(&self, name: &str, dir: &OwnedFd) -> Result<Vec<u32>> {
        let mut space = Vec::with_capacity(8192);
        let mut entries = rustix::fs::RawDir::new(dir, space.spare_capacity_mut());
        let mut numbers = Vec::new();
        while let Some(entry) = entries.next() {
            let entry = entry.map_err(|errno| self.error("list", name, errno))?;
            if let Some(number) = parse::text::decimal(entry.file_name().to_bytes()) {
                numbers.extend(u32::try_from(number));
            }
        }
        // The kernel lists them in order today; nothing promises it.
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// The target of a symbolic link.
    pub(crate) fn read_link(&self, name: &str) -> Result<OsString> {
        rustix::fs::readlinkat(&self.fd, name, Vec::new())
            .map(|target| OsString::from_vec(target.into_bytes()))
            .map_err(|errno| self.error("readlink", name, errno))
    }

    /// A file of this process, opened for writing.
    pub(crate) fn open_for_writing(&self, name: &str) -> Result<OwnedFd> {
        rustix::fs::openat(
            &self.fd,
            name,
            rustix::fs::OFlags::WRONLY | rustix::fs::OFlags::CLOEXEC,
            rustix::fs::Mode::empty(),
        )
        .map_err(|errno| self.error("open", name, errno))
    }

    /// The error that a failed operation on a file below means. A file that
    /// is absent while the process is there is one that this kernel does not
    /// have, or that went with a zombie's memory.
    #[cold]
    pub(crate) fn error(&self, action: &'static str, name: &str, errno: Errno) -> Error {
        let error = process_error(action, self.host, self.pid, name, errno);
        let goes_with_memory = || {
            let file = name.split('/').next().unwrap_or(name);
            WITH_MEMORY.contains(&file)
        };
        // What is left of these files after the end is root's and refuses
        // everybody else, though there is nothing in them.
        if error.kind() == ErrorKind::AccessDenied
            && goes_with_memory()
            && self.stat().is_ok_and(|life| life.is_zombie)
        {
            return Error::zombie(self.pid);
        }
        if error.kind() != ErrorKind::NoSuchProcess {
            return match super::name(self.host, self.pid) {
                Some(name) => error.with_name(name),
                None => error,
            };
        }
        match self.stat() {
            Ok(life) if life.is_zombie => Error::zombie(self.pid),
            Ok(_) => error.with_kind(ErrorKind::Unsupported),
            Err(_) => error,
        }
    }

    /// The error for content that a living process would not have.
    #[cold]
    pub(crate) fn malformed(&self, name: &str, malformed: parse::Malformed) -> Error {
        Error::malformed(super::path(self.host, self.pid, name), malformed.0).with_pid(self.pid)
    }

    /// For what went with the memory: says whether emptiness means that.
    pub(crate) fn zombie_if_ended(&self) -> Result<()> {
        if self.stat()?.is_zombie {
            return Err(Error::zombie(self.pid));
        }
        Ok(())
    }

    /// Whether this is a copy of a process's directory, not one of procfs:
    /// then its links lead into this machine's files, or nowhere.
    pub(crate) fn is_copy(&self) -> bool {
        const PROC_SUPER_MAGIC: u32 = 0x9fa0;
        !self.host.is_local()
            && rustix::fs::fstatfs(&self.fd)
                .is_ok_and(|system| system.f_type as u32 != PROC_SUPER_MAGIC)
    }

    pub(crate) fn host(&self) -> &Host {
        self.host
    }

    pub(crate) fn pid(&self) -> Pid {
        self.pid
    }
}

impl AsFd for Dir<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// What of `stat` decides whether a process is there and the same.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Life {
    pub(crate) start: StartTime,
    /// Its main thread has ended; its memory is gone unless other threads
    /// run on.
    pub(crate) is_zombie: bool,
    /// All of it has ended.
    pub(crate) has_ended: bool,
}
