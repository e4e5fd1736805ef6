//! Who holds a socket: the links in every process's `fd` directory.

use std::{
    collections::HashSet,
    ffi::CStr,
    hash::{BuildHasherDefault, Hasher},
    io::Write as _,
    mem::MaybeUninit,
    os::fd::{AsFd, OwnedFd},
};

use rustix::{
    fs::{Mode, OFlags, RawDir},
    io::Errno,
};

use super::process_error;
use crate::{
    Error, Host, Result,
    error::Unavailable,
    net::{Connection, Owner, Owners},
    parse::{self, text},
    process::Pid,
    sys::pal::linux::file::{self, retry},
};

/// Bytes for one `getdents`: about 1,300 descriptors.
const ENTRIES: usize = 32 << 10;

/// Inodes and their owners.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// Sorted by inode, then process, then descriptor.
    owners: Vec<(u64, Owner)>,
    inodes: Inodes,
}

impl Held {
    /// What one process holds.
    pub(super) fn by(pid: Pid, sockets: Vec<(u64, i32)>) -> Self {
        let inodes = sockets.iter().map(|&(inode, _)| inode).collect();
        let mut owners: Vec<_> = sockets
            .into_iter()
            .map(|(inode, fd)| (inode, Owner::new(pid, fd)))
            .collect();
        owners.sort_unstable();
        Self { owners, inodes }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.owners.is_empty()
    }

    pub(super) fn contains(&self, inode: u64) -> bool {
        self.inodes.contains(&inode)
    }

    /// Gives each connection its owners. `denied`: some processes did not
    /// show their descriptors, so that nobody may be somebody.
    pub(super) fn distribute(&self, connections: &mut [Connection], denied: bool) {
        for connection in connections {
            let inode = connection.inode;
            if inode == 0 {
                connection.owners = Ok(Vec::new());
                continue;
            }
            let start = self.owners.partition_point(|&(other, _)| other < inode);
            let owners: Vec<Owner> = self
                .owners
                .iter()
                .skip(start)
                .take_while(|&&(other, _)| other == inode)
                .map(|&(_, owner)| owner)
                .collect();
            connection.owners = if owners.is_empty() && denied {
                Err(Unavailable::Denied)
            } else {
                Ok(owners)
            };
        }
    }
}

/// Looks for the owners of all these connections.
pub(super) fn fill(host: &Host, connections: &mut [Connection], which: Owners) -> Result<()> {
    let mut wanted: Inodes = connections
        .iter()
        .map(|connection| connection.inode)
        .filter(|&inode| inode != 0)
        .collect();
    let mut held = Held::default();
    let mut denied = false;
    if !wanted.is_empty() {
        let mut scan = Scan::open(host)?;
        let pids = scan.pids(host)?;
        // Where the processes of others are hidden (`hidepid`), so is the
        // first.
        denied = pids.first() != Some(&1);
        let first = which == Owners::First;
        // New processes have the sockets more often than old ones.
        for &pid in pids.iter().rev() {
            if first && wanted.is_empty() {
                break;
            }
            let pid = Pid::new(pid);
            let result = scan.sockets(pid, |inode, fd| {
                let found = if first {
                    wanted.remove(&inode)
                } else {
                    wanted.contains(&inode)
                };
                if found {
                    held.owners.push((inode, Owner::new(pid, fd)));
                }
            });
            match result {
                Ok(()) | Err((_, Errno::NOENT | Errno::SRCH)) => {}
                Err((_, Errno::ACCESS | Errno::PERM)) => denied = true,
                Err((action, errno)) => {
                    return Err(process_error(action, host, pid, "fd", errno));
                }
            }
        }
    }
    held.owners.sort_unstable();
    held.distribute(connections, denied);
    Ok(())
}

/// The sockets of one process.
pub(super) fn of_process(host: &Host, pid: Pid) -> Result<Held> {
    let mut scan = Scan::open(host)?;
    let mut held = Held::default();
    let listed = scan.sockets(pid, |inode, fd| {
        held.owners.push((inode, Owner::new(pid, fd)));
        held.inodes.insert(inode);
    });
    match listed {
        Ok(()) => {}
        // The list of a zombie is empty and root's, whoever's it was.
        Err((_, Errno::ACCESS | Errno::PERM)) if is_zombie(host, pid) => {}
        Err((action, errno)) => return Err(process_error(action, host, pid, "fd", errno)),
    }
    held.owners.sort_unstable();
    Ok(held)
}

#[cold]
fn is_zombie(host: &Host, pid: Pid) -> bool {
    let path = host.proc_path().join(pid.to_string()).join("stat");
    file::record(&path).is_ok_and(|line| {
        parse::linux::stat::stat(&line).is_ok_and(|stat| matches!(stat.state, b'Z' | b'X' | b'x'))
    })
}

/// `/proc`, and a buffer for the listings below it.
struct Scan {
    proc: OwnedFd,
    entries: Vec<MaybeUninit<u8>>,
}

impl Scan {
    fn open(host: &Host) -> Result<Self> {
        let proc = file::open_dir(host.proc_path())
            .map_err(|errno| Error::file("open", host.proc_path(), errno))?;
        Ok(Self {
            proc,
            entries: vec![MaybeUninit::uninit(); ENTRIES],
        })
    }

    /// All PIDs, ascending.
    fn pids(&mut self, host: &Host) -> Result<Vec<u32>> {
        let mut pids = Vec::new();
        let mut directory = RawDir::new(&self.proc, &mut self.entries);
        while let Some(entry) = directory.next() {
            let entry = entry.map_err(|errno| Error::file("list", host.proc_path(), errno))?;
            if let Some(pid) = number(entry.file_name()) {
                pids.push(pid);
            }
        }
        pids.sort_unstable();
        Ok(pids)
    }

    /// Calls `found` for each descriptor of the process that is a socket.
    fn sockets(
        &mut self,
        pid: Pid,
        mut found: impl FnMut(u64, i32),
    ) -> Result<(), (&'static str, Errno)> {
        let mut path = [0; 16];
        // Ten digits, "/fd" and the zero that ends it fit.
        let _ = write!(&mut path[..], "{pid}/fd");
        let path = CStr::from_bytes_until_nul(&path).map_err(|_| ("open", Errno::NAMETOOLONG))?;
        let directory = retry(|| {
            rustix::fs::openat(
                &self.proc,
                path,
                OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC,
                Mode::empty(),
            )
        })
        .map_err(|errno| ("open", errno))?;
        let mut entries = RawDir::new(&directory, &mut self.entries);
        while let Some(entry) = entries.next() {
            let entry = entry.map_err(|errno| ("list", errno))?;
            let Some(fd) = number(entry.file_name()).and_then(|fd| i32::try_from(fd).ok()) else {
                continue;
            };
            match socket_inode(&directory, entry.file_name()) {
                Ok(Some(inode)) => found(inode, fd),
                // Closed meanwhile, or a link that is not a socket.
                Ok(None) | Err(Errno::NOENT) => {}
                Err(errno) => return Err(("readlink", errno)),
            }
        }
        Ok(())
    }
}

/// The inode of a link `socket:[123]`; `None` when it is something else.
#[inline]
fn socket_inode(directory: impl AsFd, name: &CStr) -> Result<Option<u64>, Errno> {
    // Longer targets are cut, and are no sockets.
    let mut target = [0; 40];
    let length = rustix::fs::readlinkat_raw(directory, name, &mut target[..])?;
    Ok(target
        .get(..length)
        .and_then(|target| target.strip_prefix(b"socket:["))
        .and_then(|target| target.strip_suffix(b"]"))
        .and_then(text::decimal))
}

fn number(name: &CStr) -> Option<u32> {
    u32::try_from(text::decimal(name.to_bytes())?).ok()
}

type Inodes = HashSet<u64, BuildHasherDefault<InodeHasher>>;

/// Inodes come from a counter of the kernel's: nobody can choose them to
/// collide, and one multiplication spreads them.
#[derive(Debug, Default)]
pub(super) struct InodeHasher(u64);

impl Hasher for InodeHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte) ^ self.0);
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}
