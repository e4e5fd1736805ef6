//! Reading all processes again and again, with what was learned the last
//! time: descriptors that are open, rows whose memory is there, and the
//! values that do not change.

use std::{
    os::fd::{AsFd as _, BorrowedFd, OwnedFd},
    time::{Duration, Instant},
};

use rustix::{fs::SeekFrom, io::Errno, process::Resource};

use super::{
    directory,
    location::Location,
    path,
    plan::{self, Reads},
    procfs::{Presence, Procfs},
    row,
};
use crate::{
    Error, Host, Result, Unavailable, parse,
    process::{Fields, Pid, ProcessId, ProcessRow},
    sys::pal::linux::{clock, file},
};

/// Most descriptors that are kept unless the caller says otherwise.
const USUAL_BUDGET: u64 = 1024;

pub(crate) struct Sampler {
    source: Procfs,
    warm: Warm,
    proc: Option<OwnedFd>,
    budget: usize,
    held: usize,
    slots: Vec<Slot>,
    spare_slots: Vec<Slot>,
    pids: Vec<Pid>,
    current: Vec<ProcessRow>,
    previous: Vec<ProcessRow>,
    spare: Vec<ProcessRow>,
    sampled_at: Option<Instant>,
    elapsed: Option<Duration>,
}

/// What is read of a process that is known already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Warm {
    /// `stat`, through a descriptor that is kept.
    stat: bool,
    /// `statm`, through a descriptor that is kept. One of the two always is:
    /// reading it proves that the process still has its PID.
    statm: bool,
    /// The CPU clock.
    clock: bool,
    /// Everything else that may change.
    files: Reads,
    /// Values of the program that is run are asked for.
    program: bool,
}

/// What is kept of one process; the row of the last sample is at the same
/// place of its list.
struct Slot {
    id: ProcessId,
    stat: Option<OwnedFd>,
    statm: Option<OwnedFd>,
    /// Seen once so far: it may have been caught between fork and exec.
    is_young: bool,
    /// The row of the last sample has other static values than the one
    /// before.
    is_refreshed: bool,
}

impl Slot {
    fn descriptors(&self) -> usize {
        usize::from(self.stat.is_some()) + usize::from(self.statm.is_some())
    }

    fn release(&mut self, held: &mut usize) {
        *held -= self.descriptors();
        self.stat = None;
        self.statm = None;
    }
}

/// What became of a process that was there the last time.
enum Outcome {
    /// The row is filled.
    Same,
    /// It has ended; its PID may be another one's.
    Ended,
    /// It is the same process and runs another program.
    OtherProgram,
}

impl Sampler {
    pub(crate) fn new(host: &Host, fields: Fields) -> Self {
        let source = Procfs::new(host, fields).with_identity();
        let soft_limit = rustix::process::getrlimit(Resource::Nofile)
            .current
            .unwrap_or(u64::MAX);
        let budget = USUAL_BUDGET.min(soft_limit / 4);
        Self {
            warm: warm(&source),
            source,
            proc: None,
            budget: usize::try_from(budget).unwrap_or(0),
            held: 0,
            slots: Vec::new(),
            spare_slots: Vec::new(),
            pids: Vec::new(),
            current: Vec::new(),
            previous: Vec::new(),
            spare: Vec::new(),
            sampled_at: None,
            elapsed: None,
        }
    }

    pub(crate) fn set_budget(&mut self, descriptors: usize) {
        self.budget = descriptors;
        for slot in &mut self.slots {
            if self.held <= descriptors {
                return;
            }
            slot.release(&mut self.held);
        }
        if self.held > descriptors && self.proc.take().is_some() {
            self.held -= 1;
        }
    }

    /// Descriptors that are kept now.
    pub(crate) fn held(&self) -> usize {
        self.held
    }

    pub(crate) fn current(&self) -> &[ProcessRow] {
        &self.current
    }

    pub(crate) fn previous(&self) -> &[ProcessRow] {
        &self.previous
    }

    /// Time between the last two samples.
    pub(crate) fn elapsed(&self) -> Option<Duration> {
        self.elapsed
    }

    pub(crate) fn sample(&mut self) -> Result<()> {
        let now = Instant::now();
        self.source.begin();
        let opened;
        let kept;
        let proc = match self.proc.take() {
            Some(fd) => {
                // The list starts again from its beginning.
                rustix::fs::seek(&fd, SeekFrom::Start(0))
                    .map_err(|errno| Error::file("list", self.source.host().proc_path(), errno))?;
                kept = Some(fd);
                kept.as_ref()
            }
            None => {
                let fd = directory::open_proc(self.source.host())?;
                if self.held < self.budget {
                    self.held += 1;
                    kept = Some(fd);
                    kept.as_ref()
                } else {
                    opened = Some(fd);
                    kept = None;
                    opened.as_ref()
                }
            }
        };
        let result = match proc {
            Some(proc) => self.pass(proc.as_fd(), now),
            None => Ok(()),
        };
        self.proc = kept;
        if result.is_err() {
            // What was half done is of no use to the next sample.
            self.slots.clear();
            self.current.clear();
            self.previous.clear();
            self.held = usize::from(self.proc.is_some());
            self.sampled_at = None;
        }
        result
    }

    /// One pass: the sorted PIDs of now are merged with the sorted slots of
    /// the last sample and the sorted rows of the one before, whose memory
    /// is used for the new ones.
    fn pass(&mut self, proc: BorrowedFd<'_>, now: Instant) -> Result<()> {
        let mut pids = std::mem::take(&mut self.pids);
        self.source.pids(proc, &mut pids)?;

        let mut older = std::mem::take(&mut self.previous);
        let last = std::mem::take(&mut self.current);
        let mut rows = std::mem::take(&mut self.spare);
        let mut old_slots = std::mem::take(&mut self.slots);
        let mut slots = std::mem::take(&mut self.spare_slots);
        rows.reserve(pids.len());
        slots.reserve(pids.len());

        let mut result = Ok(());
        {
            let mut older = older.drain(..).peekable();
            let mut known = old_slots.drain(..).zip(&last).peekable();
            for &pid in &pids {
                while known.peek().is_some_and(|(slot, _)| slot.id.pid < pid) {
                    if let Some((mut slot, _)) = known.next() {
                        slot.release(&mut self.held);
                    }
                }
                while older.peek().is_some_and(|row| row.pid < pid) {
                    older.next();
                }
                let known = known.next_if(|(slot, _)| slot.id.pid == pid);
                let older = older.next_if(|row| row.pid == pid);
                match self.one(proc, pid, now, known, older, &mut slots) {
                    Ok(Some((row, slot))) => {
                        rows.push(row);
                        slots.push(slot);
                    }
                    Ok(None) => {}
                    Err(errno) => {
                        result = Err(
                            Error::file("read", path(self.source.host(), pid, ""), errno)
                                .with_pid(pid),
                        );
                        break;
                    }
                }
            }
            for (mut slot, _) in known {
                slot.release(&mut self.held);
            }
        }
        self.pids = pids;
        self.spare = older;
        self.spare_slots = old_slots;
        self.previous = last;
        self.current = rows;
        self.slots = slots;
        self.elapsed = self.sampled_at.map(|before| now.duration_since(before));
        self.sampled_at = Some(now);
        result
    }

    /// One process: again if it is known, from scratch if it is not.
    fn one(
        &mut self,
        proc: BorrowedFd<'_>,
        pid: Pid,
        now: Instant,
        known: Option<(Slot, &ProcessRow)>,
        older: Option<ProcessRow>,
        others: &mut [Slot],
    ) -> Result<Option<(ProcessRow, Slot)>, Errno> {
        let Some((mut slot, last)) = known else {
            return self.first(proc, pid, now, others);
        };
        let mut row = match older.filter(|row| row.id() == slot.id) {
            Some(mut row) => {
                if slot.is_refreshed {
                    copy_static(last, &mut row);
                }
                row
            }
            None => last.clone(),
        };
        slot.is_refreshed = false;
        let outcome = match self.again(proc, &mut slot, last, &mut row) {
            Err(errno) if is_starved(errno) => {
                self.give_back(&mut slot, others);
                self.again(proc, &mut slot, last, &mut row)?
            }
            outcome => outcome?,
        };
        match outcome {
            Outcome::Ended => {
                slot.release(&mut self.held);
                return self.first(proc, pid, now, others);
            }
            Outcome::Same if !slot.is_young => {}
            Outcome::Same | Outcome::OtherProgram => {
                slot.is_young = false;
                // What a zombie was is read from nowhere any more.
                if self.warm.program && row.rss != Err(Unavailable::Zombie) {
                    slot.is_refreshed = true;
                    let presence = self
                        .source
                        .fill_below(proc, self.source.reads(), &mut row)?;
                    if presence == Presence::Vanished || row.id() != slot.id {
                        slot.release(&mut self.held);
                        return self.first(proc, pid, now, others);
                    }
                }
            }
        }
        Ok(Some((row, slot)))
    }

    /// A process that was not there the last time.
    fn first(
        &mut self,
        proc: BorrowedFd<'_>,
        pid: Pid,
        now: Instant,
        others: &mut [Slot],
    ) -> Result<Option<(ProcessRow, Slot)>, Errno> {
        let mut row = ProcessRow::empty(pid, now);
        let mut slot = Slot {
            id: row.id(),
            stat: None,
            statm: None,
            is_young: true,
            is_refreshed: false,
        };
        self.keep(proc, &mut slot);
        let reads = self.source.reads();
        let presence = match self.source.fill_below(proc, reads, &mut row) {
            Err(errno) if is_starved(errno) => {
                self.give_back(&mut slot, others);
                self.source.fill_below(proc, reads, &mut row)?
            }
            presence => presence?,
        };
        if presence == Presence::Vanished {
            slot.release(&mut self.held);
            return Ok(None);
        }
        slot.id = row.id();
        // The descriptors were opened before and still answer: so they are
        // of the process that was read in between, and not of one that had
        // the PID before it.
        let mut line = [0; 1024];
        let answers = [&slot.stat, &slot.statm]
            .into_iter()
            .flatten()
            .all(|fd| rustix::io::pread(fd, &mut line, 0).is_ok());
        if !answers {
            slot.release(&mut self.held);
        }
        Ok(Some((row, slot)))
    }

    /// Opens the descriptors of a process that are worth keeping, as far as
    /// the budget goes. A process works without.
    fn keep(&mut self, proc: BorrowedFd<'_>, slot: &mut Slot) {
        let mut location = Location::below_proc(proc, slot.id.pid);
        for (wanted, name, place) in [
            (self.warm.stat, c"stat", &mut slot.stat),
            (self.warm.statm, c"statm", &mut slot.statm),
        ] {
            if wanted && self.held < self.budget {
                if let Ok(fd) = file::open_at(proc, location.path(name)) {
                    *place = Some(fd);
                    self.held += 1;
                }
            }
        }
    }

    /// Out of descriptors: the kept ones are given back, because others need
    /// them, and fewer are kept from now on.
    #[cold]
    fn give_back(&mut self, slot: &mut Slot, others: &mut [Slot]) {
        slot.release(&mut self.held);
        for slot in others {
            slot.release(&mut self.held);
        }
        self.budget = self.budget.min(self.held.max(self.budget / 2));
    }

    /// Reads a process that was there the last time.
    fn again(
        &mut self,
        proc: BorrowedFd<'_>,
        slot: &mut Slot,
        last: &ProcessRow,
        row: &mut ProcessRow,
    ) -> Result<Outcome, Errno> {
        if slot.descriptors() == 0 {
            return self.again_by_path(proc, slot, row);
        }
        // The kept descriptors come last: their answer proves that the PID
        // was this process's all the time.
        if !self.warm.files.is_empty() {
            self.source.fill_below(proc, self.warm.files, row)?;
        }
        row.sampled_at = Instant::now();
        if self.warm.clock {
            row.cpu_total = clock::process_cpu(row.pid.get()).map_err(|_| Unavailable::Gone);
        }
        let mut outcome = Outcome::Same;
        if self.warm.stat {
            let mut line = [0; 1024];
            let Some(read) = read_kept(proc, slot.stat.as_ref(), row.pid, c"stat", &mut line)?
            else {
                return Ok(Outcome::Ended);
            };
            let stat = match parse::linux::stat::stat(read) {
                Ok(stat) if !stat.is_torn_down() => stat,
                _ => return Ok(Outcome::Ended),
            };
            self.source.put_changing_stat(row, &stat);
            if row.id() != slot.id {
                return Ok(Outcome::Ended);
            }
            if !row::has_name(row, stat.comm) {
                outcome = Outcome::OtherProgram;
            }
        }
        if self.warm.statm {
            let mut line = [0; 256];
            let Some(read) = read_kept(proc, slot.statm.as_ref(), row.pid, c"statm", &mut line)?
            else {
                return Ok(Outcome::Ended);
            };
            match parse::linux::statm::statm(read) {
                // Kernel threads never had memory; who had some is a zombie.
                Ok(statm) if statm.is_empty() && last.vms != Ok(0) => {
                    row::miss_statm(row, Unavailable::Zombie);
                }
                Ok(statm) => row::put_statm(row, &statm, self.source.units()),
                Err(_) => row::miss_statm(row, Unavailable::Malformed),
            }
        }
        Ok(outcome)
    }

    /// The same without a kept descriptor: the start in `stat` says whether
    /// it is still the same process.
    fn again_by_path(
        &mut self,
        proc: BorrowedFd<'_>,
        slot: &Slot,
        row: &mut ProcessRow,
    ) -> Result<Outcome, Errno> {
        let mut reads = self.warm.files | Reads::STAT;
        reads.set(
            Reads::STATM,
            self.source.fields().contains(Fields::MEMORY_INFO),
        );
        reads.set(Reads::CPU_CLOCK, self.warm.clock);
        self.source.keeps_program = true;
        self.source.has_other_name = false;
        let presence = self.source.fill_below(proc, reads, row);
        self.source.keeps_program = false;
        if presence? == Presence::Vanished || row.id() != slot.id {
            return Ok(Outcome::Ended);
        }
        Ok(if self.source.has_other_name {
            Outcome::OtherProgram
        } else {
            Outcome::Same
        })
    }
}

impl std::fmt::Debug for Sampler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sampler")
            .field("fields", &self.source.fields())
            .field("processes", &self.current.len())
            .field("descriptors", &self.held)
            .field("budget", &self.budget)
            .finish()
    }
}

/// What of a plan is read again each time, and how.
fn warm(source: &Procfs) -> Warm {
    let fields = source.fields();
    let clock = source.abilities().cpu_clock;
    let changing = plan::STAT_FIELDS.difference(row::STATIC);
    let stat = fields.intersects(changing) || (fields.contains(Fields::CPU_TOTAL) && !clock);
    let memory = fields.intersects(Fields::RSS.union(Fields::VMS)) && !stat;
    Warm {
        stat,
        statm: memory || fields.contains(Fields::MEMORY_INFO) || !stat,
        clock,
        files: source.reads().difference(
            Reads::STAT
                .union(Reads::STATM)
                .union(Reads::CPU_CLOCK)
                .union(Reads::CMDLINE)
                .union(Reads::EXE)
                .union(Reads::ENVIRON),
        ),
        program: fields.intersects(row::STATIC.difference(Fields::CREATE_TIME | Fields::START)),
    }
}

/// Reads through a kept descriptor, or by path for a file for which the
/// budget did not suffice. `None`: the process has ended.
fn read_kept<'b>(
    proc: BorrowedFd<'_>,
    kept: Option<&OwnedFd>,
    pid: Pid,
    name: &'static std::ffi::CStr,
    buffer: &'b mut [u8],
) -> Result<Option<&'b [u8]>, Errno> {
    let read = match kept {
        Some(fd) => file::retry(|| rustix::io::pread(fd, &mut *buffer, 0)),
        None => file::open_at(proc, Location::below_proc(proc, pid).path(name))
            .and_then(|fd| file::retry(|| rustix::io::read(&fd, &mut *buffer))),
    };
    match read {
        Ok(length) => Ok(Some(buffer.get(..length).unwrap_or_default())),
        Err(errno) if is_starved(errno) => Err(errno),
        Err(_) => Ok(None),
    }
}

fn is_starved(errno: Errno) -> bool {
    matches!(errno, Errno::MFILE | Errno::NFILE)
}

fn copy_static(from: &ProcessRow, to: &mut ProcessRow) {
    to.name.clone_from(&from.name);
    to.cmdline.clone_from(&from.cmdline);
    to.exe.clone_from(&from.exe);
    to.environ.clone_from(&from.environ);
    to.create_time = from.create_time;
}
