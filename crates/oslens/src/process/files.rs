//! What a process has open.

use std::{ffi::OsString, path::PathBuf};

use super::Process;
use crate::{Result, sys};

/// One open descriptor of a process; on Windows a handle.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Descriptor {
    /// Its number.
    pub fd: u32,
    /// What is open.
    pub kind: DescriptorKind,
    /// Offset of the next read or write. 0 for what has none, such as files
    /// that were opened for overlapped use on Windows, and on OpenBSD for what
    /// another user has opened.
    pub position: u64,
    /// How it was opened.
    pub mode: AccessMode,
    /// The system's own flags (`O_*`); on Windows the access that was
    /// granted.
    pub flags: u32,
}

/// What a [`Descriptor`] stands for.
///
/// Paths are empty where the kernel does not tell them: always on NetBSD and
/// OpenBSD, on FreeBSD where it has forgotten them, and on macOS of what was
/// deleted. Whether something is deleted is told on Linux, OpenBSD, macOS and
/// by late releases of FreeBSD 14 alone.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum DescriptorKind {
    /// A regular file.
    File {
        /// Its path, as the process sees it.
        #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::plain"))]
        path: PathBuf,
        /// It has no name any more: the path is the one that it had.
        deleted: bool,
        /// Bytes in it. `None`: its file system does not answer.
        size: Option<u64>,
    },
    /// A directory.
    Directory {
        /// Its path.
        #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::plain"))]
        path: PathBuf,
        /// It was removed.
        deleted: bool,
    },
    /// A character device, such as a terminal.
    CharacterDevice {
        /// Its path.
        #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::plain"))]
        path: PathBuf,
    },
    /// A block device, such as a disk.
    BlockDevice {
        /// Its path.
        #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::plain"))]
        path: PathBuf,
    },
    /// A pipe that has a name.
    Fifo {
        /// Its path.
        #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::plain"))]
        path: PathBuf,
        /// It was removed.
        deleted: bool,
    },
    /// A socket.
    Socket {
        /// Its inode, which the lists of connections also have. On FreeBSD,
        /// NetBSD, OpenBSD and macOS an address in the kernel; 0 when that is
        /// hidden from the caller.
        inode: u64,
    },
    /// A pipe without a name.
    Pipe {
        /// Its inode: both ends have the same. On FreeBSD, OpenBSD and
        /// macOS the lower of their addresses in the kernel, on NetBSD that of
        /// this end; 0 when they are hidden from the caller.
        inode: u64,
    },
    /// Memory with a descriptor (`memfd_create`; macOS: `shm_open`).
    Memory {
        /// The name that its maker chose.
        #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::plain"))]
        name: OsString,
    },
    /// Something that has no file: `eventpoll`, `eventfd`, `inotify`,
    /// `pidfd`, `timerfd`, …; on Windows `Event`, `Key`, `Thread`, …; on
    /// macOS `kqueue`, `fsevents`, `semaphore` and its name, …
    Anonymous {
        /// The kernel's word for it.
        #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::plain"))]
        name: OsString,
    },
    /// Anything else, and what has a path on a file system that does not
    /// answer or refuses to (a dead network mount, another user's FUSE). On
    /// Windows pipes and sockets too, which are files there.
    Other {
        /// The kernel's text for it.
        #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::plain"))]
        link: OsString,
    },
}

/// How a descriptor was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum AccessMode {
    /// For reading.
    #[cfg_attr(feature = "serde", serde(rename = "r"))]
    Read,
    /// For writing.
    #[cfg_attr(feature = "serde", serde(rename = "w"))]
    Write,
    /// For writing at the end.
    #[cfg_attr(feature = "serde", serde(rename = "a"))]
    Append,
    /// For both.
    #[cfg_attr(feature = "serde", serde(rename = "r+"))]
    ReadWrite,
    /// For reading, and writing at the end.
    #[cfg_attr(feature = "serde", serde(rename = "a+"))]
    ReadAppend,
    /// For neither: a mere place in the file system (`O_PATH`).
    #[cfg_attr(feature = "serde", serde(rename = "path"))]
    Path,
}

impl AccessMode {
    /// The mode string of C's `fopen`: `r`, `w`, `a`, `r+`, `a+`; `path` for
    /// [`AccessMode::Path`].
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "r",
            Self::Write => "w",
            Self::Append => "a",
            Self::ReadWrite => "r+",
            Self::ReadAppend => "a+",
            Self::Path => "path",
        }
    }
}

/// One regular file that a process has open.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct OpenFile {
    /// Number of the descriptor.
    pub fd: u32,
    /// Path, as the process sees it.
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::serial::plain"))]
    pub path: PathBuf,
    /// The file has no name any more: its space is freed when the last
    /// descriptor is closed.
    pub deleted: bool,
    /// Bytes in it. `None`: its file system does not answer.
    pub size: Option<u64>,
    /// Offset of the next read or write.
    pub position: u64,
    /// How it was opened.
    pub mode: AccessMode,
    /// The system's own flags (`O_*`).
    pub flags: u32,
}

impl OpenFile {
    /// Those of the descriptors that are of regular files.
    pub(crate) fn among(descriptors: Vec<Descriptor>) -> Vec<Self> {
        descriptors
            .into_iter()
            .filter_map(|descriptor| match descriptor.kind {
                DescriptorKind::File {
                    path,
                    deleted,
                    size,
                } => Some(Self {
                    fd: descriptor.fd,
                    path,
                    deleted,
                    size,
                    position: descriptor.position,
                    mode: descriptor.mode,
                    flags: descriptor.flags,
                }),
                _ => None,
            })
            .collect()
    }
}

impl Process {
    /// The regular files that it has open, deleted ones too, by ascending
    /// descriptor.
    ///
    /// Descriptors that are closed while they are being read are left out,
    /// and so are those of which the file system does not tell what they
    /// are: [`Process::descriptors`] has them as
    /// [`Other`](DescriptorKind::Other).
    ///
    /// # Errors
    ///
    /// `AccessDenied` for processes that the caller may not inspect;
    /// `Zombie`, `NoSuchProcess`, `Reused`.
    ///
    /// # Platform
    ///
    /// Linux: links of `/proc/PID/fd`, each looked at through the link, and
    /// `/proc/PID/fdinfo`. **May block** for a file on a network mount whose
    /// server is gone: the kernel is asked for what it has cached, but some
    /// file systems ask their server nevertheless.
    ///
    /// Windows: the table of handles, each duplicated and asked. One that does
    /// not answer within 0.2 s, as a pipe that somebody reads from, is left
    /// out, and its thread behind until it does; meanwhile it is not asked
    /// again. Of the system's own processes (0 and 4) none are told.
    ///
    /// FreeBSD: `kern.proc.filedesc`, which is refused for other users'
    /// processes. NetBSD: `kern.file2`, and OpenBSD: `kern.file`: they have no
    /// paths, so that all of these are empty. macOS: `PROC_PIDLISTFDS`, and
    /// `proc_pidfdinfo` of each, which are refused for other users' processes;
    /// the kernel itself has none.
    ///
    /// # Cost
    ///
    /// Linux: 9 system calls, 2 for each descriptor and 3 for each file.
    /// FreeBSD, NetBSD, OpenBSD: 1 question for all of them, and the proof of
    /// whose they are. macOS: 1 question more for each of a file, directory or
    /// device.
    pub fn open_files(&self) -> Result<Vec<OpenFile>> {
        sys::process::open_files(self.target()).map(OpenFile::among)
    }

    /// Everything that it has open: files, directories, devices, sockets,
    /// pipes and what else has a descriptor; ascending.
    ///
    /// ```
    /// use oslens::process::{DescriptorKind, Process};
    ///
    /// let _file = std::fs::File::open(std::env::current_exe().unwrap()).unwrap();
    /// let open = Process::current()?.descriptors()?;
    /// assert!(open.iter().any(|d| matches!(d.kind, DescriptorKind::File { .. })));
    /// # Ok::<(), oslens::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Process::open_files`].
    ///
    /// # Platform
    ///
    /// As [`Process::open_files`].
    ///
    /// # Cost
    ///
    /// Linux: 9 system calls, 4 for each descriptor and 1 more for what has
    /// a path. Elsewhere as [`Process::open_files`]; macOS: 1 question for
    /// each descriptor.
    pub fn descriptors(&self) -> Result<Vec<Descriptor>> {
        sys::process::descriptors(self.target())
    }
}
