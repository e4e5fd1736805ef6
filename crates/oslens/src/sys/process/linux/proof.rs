//! Proving that an answer is about the process that was meant, and not about
//! another one that has its PID now, for processes that are asked often.

use std::{
    path::PathBuf,
    sync::{Mutex, OnceLock},
    time::{Duration, Instant},
};

use super::{handle, held::Held, identity};
use crate::{
    Error, ErrorKind, Host, Result,
    process::{Pid, ProcessId},
    sys::{pal::linux::forks, process::Target},
};

/// As many questions in as much time are often. To hold descriptors costs as
/// much as six proofs without them, but who counts his descriptors is not to
/// wonder, unless he does little else than ask.
const OFTEN: u32 = 100;
const A_WHILE: Duration = Duration::from_secs(1);

/// What is remembered of one process to recognize it by.
///
/// Whatever is known of a process by its PID was true of it if it has the PID
/// afterwards: a PID that was given away does not come back. Three things
/// prove that, from the cheapest on: a held epoll instance that watches it,
/// the directory in `/proc`, and the time when it started.
#[derive(Debug)]
pub(crate) struct Proof {
    /// It is the caller itself, in this life.
    caller: Option<u32>,
    path: OnceLock<PathBuf>,
    memory: Mutex<Memory>,
    held: OnceLock<Held>,
}

#[derive(Debug, Default)]
struct Memory {
    directory: Option<Directory>,
    /// Since when proofs have been counted, and how many there were.
    begin: Option<Instant>,
    count: u32,
}

/// Which directory of `/proc` is the process's.
///
/// The kernel makes an inode for `/proc/PID` when somebody looks it up, and
/// ties it to the process: while the same one is found there, the PID is the
/// same process's. To look costs a quarter of what it costs to read when the
/// process started. Inodes that nobody uses may be dropped and made anew;
/// then the start is read again. They are numbered as they are made, and bear
/// the time of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Directory {
    device: u64,
    inode: u64,
    made: (i64, u64),
}

impl Proof {
    /// `None`: there is nothing to prove, because whoever has the PID is
    /// meant.
    pub(crate) fn new(host: &Host, id: ProcessId) -> Option<Self> {
        if !id.start.is_known() {
            return None;
        }
        let is_caller = id.pid.get() == forks::own_pid() && handle::sees_our_processes(host);
        Some(Self {
            caller: is_caller.then(forks::life),
            path: OnceLock::new(),
            memory: Mutex::default(),
            held: OnceLock::new(),
        })
    }

    /// Whether it is the caller: that one has its PID as long as it asks.
    pub(super) fn is_of_caller(&self) -> bool {
        self.caller.is_some_and(|life| life == forks::life())
    }

    /// Fails when the process does not have its PID any more. 1 system call
    /// mostly; none for the caller.
    pub(crate) fn check(&self, host: &Host, id: ProcessId) -> Result<()> {
        if self.is_of_caller() || self.held.get().is_some_and(Held::runs) {
            return Ok(());
        }
        let is_often = self.counts_as_often();
        self.look_up(host, id, is_often)
    }

    /// Whether the process is known to have its PID now, for those who will
    /// change something; 3 system calls. False: it costs more to know.
    pub(super) fn is_surely_current(&self, host: &Host, id: ProcessId) -> bool {
        self.is_of_caller() || self.held_for(host, id).is_some_and(Held::surely_runs)
    }

    /// Sends a signal, if there is a descriptor to send it through.
    pub(super) fn send(
        &self,
        host: &Host,
        id: ProcessId,
        signal: i32,
    ) -> Option<rustix::io::Result<()>> {
        self.held_for(host, id)?.send(signal)
    }

    /// What is held for those who act on the process, from now on if they do
    /// so often.
    fn held_for(&self, host: &Host, id: ProcessId) -> Option<&Held> {
        if self.held.get().is_none() && self.counts_as_often() {
            self.look_up(host, id, true).ok()?;
        }
        self.held.get()
    }

    fn look_up(&self, host: &Host, id: ProcessId, is_often: bool) -> Result<()> {
        // Opened before the proof, it is of the process that is proved.
        let new = is_often.then(|| held(host, id.pid)).flatten();
        let found = self.directory(host, id.pid);
        if !self.is_known(found) {
            match identity(host, id.pid) {
                Ok(now) if id.differs_from(&now) => return Err(Error::reused(id.pid)),
                // Found before and after, it is that of the process in
                // between.
                Ok(_) if found.is_some() && self.directory(host, id.pid) == found => {
                    self.remember(found);
                }
                Ok(_) => {}
                // It does not show when it started any more: nobody tells.
                Err(error) if error.kind() == ErrorKind::AccessDenied => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        if let Some(new) = new {
            // Another thread may have been as quick.
            let _ = self.held.set(new);
        }
        Ok(())
    }

    /// The present directory of whoever has the PID; `None`: it is not known.
    fn directory(&self, host: &Host, pid: Pid) -> Option<Directory> {
        let path = match self.path.get() {
            Some(path) => path,
            None => {
                // Not set while it is made, because of forks.
                let new = host.proc_path().join(pid.to_string());
                self.path.get_or_init(|| new)
            }
        };
        let of = rustix::fs::stat(path).ok()?;
        // The types differ between architectures.
        #[allow(clippy::unnecessary_cast, clippy::useless_conversion)]
        Some(Directory {
            device: of.st_dev as u64,
            inode: of.st_ino.into(),
            made: (of.st_ctime as i64, of.st_ctime_nsec as u64),
        })
    }

    // Nobody waits for the lock: a fork may find it held by a thread that
    // does not live on in the child.

    fn is_known(&self, found: Option<Directory>) -> bool {
        let memory = self.memory.try_lock();
        found.is_some() && memory.is_ok_and(|memory| memory.directory == found)
    }

    /// Whether a directory to compare with is remembered.
    fn knows_directory(&self) -> bool {
        let memory = self.memory.try_lock();
        memory.is_ok_and(|memory| memory.directory.is_some())
    }

    fn remember(&self, found: Option<Directory>) {
        if let Ok(mut memory) = self.memory.try_lock() {
            memory.directory = found;
        }
    }

    /// Counts a question, until something is held. True: there were so many
    /// that to hold something pays.
    fn counts_as_often(&self) -> bool {
        if self.held.get().is_some() {
            return false;
        }
        let Ok(mut memory) = self.memory.try_lock() else {
            return false;
        };
        let now = Instant::now();
        match memory.begin {
            Some(begin) if now.saturating_duration_since(begin) < A_WHILE => memory.count += 1,
            _ => (memory.begin, memory.count) = (Some(now), 1),
        }
        if memory.count < OFTEN {
            return false;
        }
        // Not at each question, where there are no descriptors to be had.
        memory.begin = None;
        true
    }
}

fn held(host: &Host, pid: Pid) -> Option<Held> {
    if cfg!(oslens_no_pidfd) || !handle::sees_our_processes(host) {
        return None;
    }
    Held::open(pid)
}

/// Fails when whoever was asked by this PID just now was not the process that
/// is meant. Where only a PID was given, anybody is.
pub(super) fn check(target: Target<'_>) -> Result<()> {
    let Target {
        host, id, handle, ..
    } = target;
    let is_current = match (handle, target.proof) {
        (Some(handle), _) => handle.is_current()?,
        (None, Some(proof)) => return proof.check(host, id),
        (None, None) if !id.start.is_known() => true,
        (None, None) => !id.differs_from(&identity(host, id.pid)?),
    };
    if is_current {
        return Ok(());
    }
    Err(super::actions::gone(target))
}

/// What is to be compared after the first reading of a process.
#[derive(Debug, Clone, Copy)]
pub(super) struct Begun(Option<Directory>);

impl Begun {
    /// Whether the start should be read with the values.
    pub(super) fn is_first(self) -> bool {
        self.0.is_some()
    }
}

/// Has to be called before a reading that [`finish`] proves.
pub(super) fn begin(target: Target<'_>) -> Begun {
    Begun(match target.proof {
        Some(proof) if !proof.is_of_caller() && !proof.knows_directory() => {
            proof.directory(target.host, target.id.pid)
        }
        _ => None,
    })
}

/// Fails when what was read was not of this process. `has_start`: the start
/// was read with it and is right.
pub(super) fn finish(target: Target<'_>, begun: Begun, has_start: bool) -> Result<()> {
    let Some(proof) = target.proof else {
        return match target.handle {
            Some(_) => check(target),
            None => Ok(()),
        };
    };
    if has_start && begun.0.is_some() && proof.directory(target.host, target.id.pid) == begun.0 {
        // Found before and after, it is that of the process in between.
        proof.remember(begun.0);
        return Ok(());
    }
    check(target)
}

#[cfg(test)]
mod tests;
