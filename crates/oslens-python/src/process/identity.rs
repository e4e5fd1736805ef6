//! Proving that an answer is about the process that was meant, and not about
//! another one that has its PID now.

use std::{
    path::PathBuf,
    sync::{
        Mutex, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use oslens::{
    Error, ErrorKind,
    process::{Fields, Pid, Process, ProcessRow},
};

use super::Subject;

/// Why there is no answer.
pub(super) enum NoAnswer {
    Failed(Error),
    /// Another process has the PID.
    Reused,
}

/// Which directory of `/proc` is the process's.
///
/// The kernel makes an inode for `/proc/PID` when somebody looks it up, and
/// ties it to the process: while the same one is found there, the PID is the
/// same process's. To look costs a quarter of what it costs to read when the
/// process started. Inodes that nobody uses may be dropped and made anew;
/// then the start is read again.
#[derive(Default)]
pub(super) struct Proof {
    path: OnceLock<PathBuf>,
    directory: Mutex<Option<Directory>>,
}

/// Inodes of `/proc` are numbered as they are made, and bear the time of that.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Directory {
    device: u64,
    inode: u64,
    made: (i64, u64),
}

/// Fields of which all come from one read of `stat`, which says when the
/// process started, too.
const PROVED_BY_START: Fields = Fields::PPID
    .union(Fields::PGID)
    .union(Fields::SID)
    .union(Fields::STATE)
    .union(Fields::TERMINAL)
    .union(Fields::CPU_TIMES)
    .union(Fields::CPU_NUM)
    .union(Fields::NUM_THREADS)
    .union(Fields::CREATE_TIME)
    .union(Fields::PAGE_FAULTS)
    .union(Fields::START);

impl Proof {
    // Nobody waits for the lock: a fork may find it held by a thread that
    // does not live on in the child.

    fn is_of(&self, found: Option<Directory>) -> bool {
        let known = self.directory.try_lock();
        found.is_some() && known.is_ok_and(|known| *known == found)
    }

    fn keep(&self, found: Option<Directory>) {
        if let Ok(mut known) = self.directory.try_lock() {
            *known = found;
        }
    }
}

/// The caller's PID as of the last fork: to ask for it costs as much as some
/// answers.
static CALLER: AtomicU32 = AtomicU32::new(0);

/// The caller's PID, where a [`Subject`] was made in it.
pub(super) fn caller() -> u32 {
    CALLER.load(Ordering::Relaxed)
}

/// Has to be called in the child of a fork.
pub(crate) fn forked() {
    CALLER.store(Pid::current().get(), Ordering::Relaxed);
}

impl Subject {
    /// Notes that it is the caller, if so.
    pub(super) fn recognize_caller(&mut self) {
        let me = Pid::current();
        CALLER.store(me.get(), Ordering::Relaxed);
        if self.process.pid() == me && self.has_our_pids() {
            self.made_by = Some(me);
        }
    }

    /// Whether it is the caller: that one still has its PID.
    pub(super) fn is_caller(&self) -> bool {
        self.made_by
            .is_some_and(|pid| pid.get() == CALLER.load(Ordering::Relaxed))
    }

    /// Asks whoever has the PID, and proves afterwards that it was this
    /// process: if it has its PID now, nobody else had it before.
    pub(super) fn ask<T>(
        &self,
        question: impl FnOnce(&Process) -> oslens::Result<T>,
    ) -> Result<T, NoAnswer> {
        let answer = question(&self.anybody);
        if let Err(error) = &answer {
            if error.kind() == ErrorKind::NoSuchProcess {
                return answer.map_err(NoAnswer::Failed);
            }
        }
        self.prove()?;
        answer.map_err(NoAnswer::Failed)
    }

    /// Reads fields.
    pub(super) fn read(&self, fields: Fields) -> Result<ProcessRow, NoAnswer> {
        if self.is_caller() || !PROVED_BY_START.contains(fields) {
            return self.ask(|process| process.read(fields));
        }
        let row = self.anybody.read(fields).map_err(NoAnswer::Failed)?;
        if self.process.id().differs_from(&row.id()) {
            return Err(NoAnswer::Reused);
        }
        if !row.id().start.is_known() {
            self.prove()?;
        }
        Ok(row)
    }

    /// Reads fields, and asks something else; one proof is good for both.
    pub(super) fn read_and_ask<T>(
        &self,
        fields: Fields,
        question: impl FnOnce(&Process) -> T,
    ) -> Result<(ProcessRow, T), NoAnswer> {
        let before = self.directory();
        let row = self.anybody.read(fields | Fields::START);
        let row = row.map_err(NoAnswer::Failed)?;
        if self.process.id().differs_from(&row.id()) {
            return Err(NoAnswer::Reused);
        }
        let answer = question(&self.anybody);
        if before.is_some() && row.id().start.is_known() && self.directory() == before {
            self.proof.keep(before);
        } else {
            self.prove()?;
        }
        Ok((row, answer))
    }

    /// The present directory of whoever has the PID; `None`: it is not known,
    /// or nothing is to be proved by it.
    fn directory(&self) -> Option<Directory> {
        let id = self.process.id();
        if self.is_caller() || !id.start.is_known() {
            return None;
        }
        let path = &self.proof.path;
        directory(path.get_or_init(|| self.host.proc_path().join(id.pid.to_string())))
    }

    /// Fails when the process does not have its PID any more. When nobody
    /// tells, whoever has it is taken for the process.
    pub(super) fn prove(&self) -> Result<(), NoAnswer> {
        let id = self.process.id();
        if self.is_caller() || !id.start.is_known() {
            return Ok(());
        }
        let found = self.directory();
        if self.proof.is_of(found) {
            return Ok(());
        }
        match self.host.identify(id.pid) {
            Ok(now) if id.differs_from(&now) => Err(NoAnswer::Reused),
            Ok(_) => {
                // Found before and after, it is that of the process in
                // between.
                if found.is_some() && self.directory() == found {
                    self.proof.keep(found);
                }
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::NoSuchProcess => Err(NoAnswer::Failed(error)),
            Err(_) => Ok(()),
        }
    }
}

#[cfg(unix)]
fn directory(path: &std::path::Path) -> Option<Directory> {
    let of = rustix::fs::stat(path).ok()?;
    // The types differ between systems.
    #[allow(clippy::unnecessary_cast, clippy::useless_conversion)]
    Some(Directory {
        device: of.st_dev as u64,
        inode: of.st_ino.into(),
        made: (of.st_ctime as i64, of.st_ctime_nsec as u64),
    })
}

#[cfg(not(unix))]
fn directory(_: &std::path::Path) -> Option<Directory> {
    None
}
