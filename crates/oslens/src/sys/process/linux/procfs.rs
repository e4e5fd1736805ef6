//! The source of rows: files of `/proc`, and the few system calls that take
//! a PID.

use std::{
    ffi::CStr,
    os::fd::{AsFd as _, BorrowedFd, OwnedFd},
    time::{Instant, SystemTime},
};

use rustix::{
    fs::{AtFlags, Mode, OFlags},
    io::Errno,
};

use super::{
    location::Location,
    plan::{self, Abilities, Reads},
    row::{self, Units},
    terminal::Terminals,
};
use crate::{
    Error, ErrorKind, Host, Result, Unavailable,
    error::Operation,
    parse::{self, linux::stat::Stat},
    process::{Fields, IoClass, IoNice, MemoryFootprint, Pid, ProcessRow},
    sys::pal::linux::{clock, file, getdents, pidfd_info, schedule},
};

/// One pass over processes (or many, one after the other): what was asked
/// for, how it is read, and memory that is used again for each process.
pub(super) struct Procfs {
    host: Host,
    fields: Fields,
    abilities: Abilities,
    reads: Reads,
    units: Units,
    boot: Option<Option<SystemTime>>,
    terminals: Terminals,
    descriptor_counts: DescriptorCounts,
    /// The rows have their values of the program already, as of this
    /// process; only whether its name is another one is looked at.
    pub(super) keeps_program: bool,
    /// It was.
    pub(super) has_other_name: bool,
    buffer: Vec<u8>,
    mask: Vec<libc::c_ulong>,
}

/// Whether the size of `/proc/PID/fd` is the number of descriptors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DescriptorCounts {
    /// Not looked at yet.
    Unknown,
    /// It is, or is always zero: it was zero whenever it was looked at.
    SizeOrZero,
    /// It is: it was not zero once (since Linux 6.2).
    Size,
    /// The directory is on another file system, a captured root.
    Entries,
}

/// What is known about a process while it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nature {
    Unknown,
    User,
    Kernel,
    Zombie,
    Gone,
}

/// Whether there was a process to fill the row from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    Here,
    Vanished,
}

/// One process while it is read.
struct Subject<'a, 'fd> {
    location: &'a mut Location<'fd>,
    nature: Nature,
    /// Whether any read said something about it, be it a refusal.
    answered: bool,
}

impl Procfs {
    pub(super) fn new(host: &Host, fields: Fields) -> Self {
        let abilities = abilities(host, fields);
        Self {
            host: host.clone(),
            fields,
            abilities,
            reads: plan::reads(fields, abilities),
            units: Units {
                page_size: host.page_size(),
                ticks_per_second: host.ticks_per_second(),
            },
            boot: None,
            terminals: Terminals::default(),
            descriptor_counts: DescriptorCounts::Unknown,
            keeps_program: false,
            has_other_name: false,
            buffer: Vec::with_capacity(16 << 10),
            mask: Vec::new(),
        }
    }

    /// The reads that the fields need.
    pub(super) fn reads(&self) -> Reads {
        self.reads
    }

    /// Adds `stat`, for the identity.
    pub(super) fn with_identity(mut self) -> Self {
        self.reads |= Reads::STAT;
        self
    }

    pub(super) fn abilities(&self) -> Abilities {
        self.abilities
    }

    pub(super) fn units(&self) -> Units {
        self.units
    }

    pub(super) fn host(&self) -> &Host {
        &self.host
    }

    pub(super) fn fields(&self) -> Fields {
        self.fields
    }

    /// The PIDs below an open `/proc`, ascending.
    pub(super) fn pids(&mut self, proc: BorrowedFd<'_>, pids: &mut Vec<Pid>) -> Result<()> {
        pids_below(&self.host, proc, &mut self.buffer, pids)
    }

    /// Fills a row from the files below an open `/proc`.
    ///
    /// # Errors
    ///
    /// When this process, not the one that is looked at, has run out of
    /// descriptors or memory.
    pub(super) fn fill_below(
        &mut self,
        proc: BorrowedFd<'_>,
        reads: Reads,
        row: &mut ProcessRow,
    ) -> Result<Presence, Errno> {
        let mut location = Location::below_proc(proc, row.pid);
        if !plan::wants_directory(reads) {
            return self.fill(&mut location, reads, None, row);
        }
        match open_process(&mut location) {
            Ok(dir) => self.fill(&mut Location::in_directory(dir.as_fd()), reads, None, row),
            Err(Errno::NOENT | Errno::SRCH) => Ok(Presence::Vanished),
            // Each file says for itself why it cannot be read.
            Err(_) => self.fill(&mut location, reads, None, row),
        }
    }

    /// Fills a row with the values of these reads; cells of other reads are
    /// left as they are. `pidfd` is the process's, if one is open anyway.
    pub(super) fn fill(
        &mut self,
        location: &mut Location<'_>,
        reads: Reads,
        pidfd: Option<BorrowedFd<'_>>,
        row: &mut ProcessRow,
    ) -> Result<Presence, Errno> {
        let mut subject = Subject {
            location,
            nature: Nature::Unknown,
            answered: false,
        };
        row.sampled_at = Instant::now();
        let mut reads = reads;
        // Opened before `stat` is read and asked afterwards: an answer then
        // proves that nobody else had the PID in between.
        let opened;
        let pidfd = match pidfd {
            None if reads.contains(Reads::PIDFD_INFO) => match open_pidfd(row.pid) {
                Ok(fd) => {
                    opened = fd;
                    Some(opened.as_fd())
                }
                Err(Errno::SRCH) => return Ok(Presence::Vanished),
                Err(_) => None,
            },
            given => given,
        };
        if reads.contains(Reads::CPU_CLOCK) {
            match clock::process_cpu(row.pid.get()) {
                Ok(time) => {
                    row.cpu_total = Ok(time);
                    subject.answered = true;
                }
                Err(_) => {
                    row.cpu_total = Err(Unavailable::Gone);
                    if reads == Reads::CPU_CLOCK {
                        return Ok(Presence::Vanished);
                    }
                }
            }
        }
        let mut wants_cmdline = reads.contains(Reads::CMDLINE);
        let mut name_is_cut = false;
        if reads.contains(Reads::STAT) {
            let mut line = [0; 1024];
            match read_stat(subject.location, &mut line) {
                Ok(line) => {
                    subject.answered = true;
                    match parse::linux::stat::stat(line) {
                        Ok(stat) => {
                            subject.nature = nature(&stat);
                            self.put_stat(row, &stat);
                            name_is_cut = self.fields.contains(Fields::NAME)
                                && !self.keeps_program
                                && row::is_cut(&stat);
                        }
                        Err(_) => self.miss_stat(row, Unavailable::Malformed),
                    }
                }
                Err(Errno::NOENT | Errno::SRCH) => return Ok(Presence::Vanished),
                Err(errno) => {
                    let why = self.why(errno, &mut subject)?;
                    self.miss_stat(row, why);
                }
            }
        }
        wants_cmdline |= name_is_cut && subject.nature != Nature::Zombie;
        if reads.contains(Reads::PIDFD_INFO) && !self.credentials(pidfd, row, &mut subject) {
            reads |= Reads::STATUS;
        }
        if reads.contains(Reads::OWNER) {
            self.owner(row, &mut subject)?;
        }
        if reads.contains(Reads::STATUS) {
            self.status(row, &mut subject)?;
        }
        if reads.contains(Reads::STATM) {
            self.statm(row, &mut subject)?;
        }
        if wants_cmdline {
            self.cmdline(
                row,
                &mut subject,
                reads.contains(Reads::CMDLINE),
                name_is_cut,
            )?;
        }
        if reads.intersects(Reads::EXE.union(Reads::CWD).union(Reads::ROOT)) {
            self.links(reads, row, &mut subject)?;
        }
        if reads.contains(Reads::ENVIRON) {
            self.environ(row, &mut subject)?;
        }
        if reads.contains(Reads::IO) {
            row.io_counters = match self.record(&mut subject, c"io") {
                Ok(()) => parse::linux::process_io::process_io(&self.buffer)
                    .map_err(|_| Unavailable::Malformed),
                Err(errno) => Err(self.why(errno, &mut subject)?),
            };
        }
        if reads.contains(Reads::FDS) {
            self.descriptors(row, &mut subject)?;
        }
        if reads.contains(Reads::FOOTPRINT) {
            self.footprint(row, &mut subject)?;
        }
        if reads.contains(Reads::OOM_SCORE) {
            row.oom_score = if subject.nature == Nature::Zombie {
                Err(Unavailable::Zombie)
            } else {
                match self.record(&mut subject, c"oom_score") {
                    Ok(()) => parse::text::signed_decimal(self.buffer.trim_ascii())
                        .and_then(|score| i32::try_from(score).ok())
                        .ok_or(Unavailable::Malformed),
                    Err(errno) => Err(self.why(errno, &mut subject)?),
                }
            };
        }
        if reads.contains(Reads::CGROUP) {
            match self.record(&mut subject, c"cgroup") {
                Ok(()) => row::put_cgroup(row, &self.buffer),
                Err(errno) => row.cgroup = Err(self.why(errno, &mut subject)?),
            }
        }
        self.by_pid(reads, row, &mut subject)?;
        if !subject.answered && subject.nature == Nature::Gone {
            return Ok(Presence::Vanished);
        }
        Ok(Presence::Here)
    }

    /// Everything of a `stat` line that was asked for.
    fn put_stat(&mut self, row: &mut ProcessRow, stat: &Stat<'_>) {
        self.put_changing_stat(row, stat);
        if self.keeps_program {
            self.has_other_name = !row::has_name(row, stat.comm);
            return;
        }
        if self.fields.contains(Fields::NAME) {
            row::put_text(&mut row.name, stat.comm);
        }
        if self.fields.contains(Fields::CREATE_TIME) {
            row.create_time = row::create_time(stat, self.units, self.boot_time());
        }
    }

    /// What may be different each time: all but the name and the time of
    /// creation.
    pub(super) fn put_changing_stat(&mut self, row: &mut ProcessRow, stat: &Stat<'_>) {
        row::put_stat(row, stat, self.units);
        if self.fields.contains(Fields::CPU_TOTAL) && !self.abilities.cpu_clock {
            row.cpu_total = Ok(row::cpu_total(stat, self.units));
        }
        if self.fields.contains(Fields::TERMINAL) {
            if stat.tty_nr == 0 {
                row.terminal = Ok(None);
            } else if !self.host.is_local() {
                row.terminal = Err(Unavailable::Unsupported);
            } else {
                match self.terminals.path(stat.tty_nr) {
                    Ok(path) => row::put_optional_path(
                        &mut row.terminal,
                        path.as_os_str().as_encoded_bytes(),
                    ),
                    Err(why) => row.terminal = Err(why),
                }
            }
        }
    }

    fn miss_stat(&self, row: &mut ProcessRow, why: Unavailable) {
        row::miss_stat(row, why);
        if self.fields.contains(Fields::CPU_TOTAL) && !self.abilities.cpu_clock {
            row.cpu_total = Err(why);
        }
    }

    fn boot_time(&mut self) -> Option<SystemTime> {
        *self.boot.get_or_insert_with(|| boot_time(&self.host))
    }

    /// Forgets what may change between two passes.
    pub(super) fn begin(&mut self) {
        self.terminals = Terminals::default();
        self.boot = None;
    }

    /// Reads a file of one record into the buffer.
    fn record(&mut self, subject: &mut Subject<'_, '_>, name: &'static CStr) -> Result<(), Errno> {
        let fd = open(subject.location, name)?;
        self.buffer.clear();
        file::read_record(fd, &mut self.buffer)?;
        subject.answered = true;
        Ok(())
    }

    /// Why a read failed: an error is looked at again, because a process
    /// that ends during the reads takes its files with it.
    fn why(&mut self, errno: Errno, subject: &mut Subject<'_, '_>) -> Result<Unavailable, Errno> {
        match errno {
            Errno::ACCESS | Errno::PERM => {
                subject.answered = true;
                Ok(Unavailable::Denied)
            }
            Errno::NOENT | Errno::SRCH => Ok(match look_again(subject) {
                Nature::Gone => Unavailable::Gone,
                Nature::Zombie => Unavailable::Zombie,
                Nature::Unknown | Nature::User | Nature::Kernel => Unavailable::Unsupported,
            }),
            Errno::MFILE | Errno::NFILE | Errno::NOMEM => Err(errno),
            _ => Ok(Unavailable::Unsupported),
        }
    }

    /// Users and groups through the pidfd; `false` when that has to be asked
    /// of `status`.
    fn credentials(
        &mut self,
        pidfd: Option<BorrowedFd<'_>>,
        row: &mut ProcessRow,
        subject: &mut Subject<'_, '_>,
    ) -> bool {
        let Some(pidfd) = pidfd else {
            return false;
        };
        match pidfd_info::credentials(pidfd) {
            Ok(credentials) => {
                subject.answered = true;
                row.uids = Ok(credentials.uids);
                row.gids = Ok(credentials.gids);
                row.effective_uid = Ok(credentials.uids.effective);
                true
            }
            Err(Errno::SRCH) => {
                subject.nature = Nature::Gone;
                row.uids = Err(Unavailable::Gone);
                row.gids = Err(Unavailable::Gone);
                row.effective_uid = Err(Unavailable::Gone);
                true
            }
            Err(_) => {
                // Before Linux 6.13: the processes that follow need not try.
                self.abilities.pidfd_info = false;
                self.reads = plan::reads(self.fields, self.abilities);
                false
            }
        }
    }

    fn owner(&mut self, row: &mut ProcessRow, subject: &mut Subject<'_, '_>) -> Result<(), Errno> {
        let dir = subject.location.dir();
        let stat = rustix::fs::statat(dir, subject.location.path(c"."), AtFlags::empty());
        row.effective_uid = match stat {
            Ok(stat) => {
                subject.answered = true;
                Ok(stat.st_uid)
            }
            Err(errno) => Err(self.why(errno, subject)?),
        };
        Ok(())
    }

    fn status(&mut self, row: &mut ProcessRow, subject: &mut Subject<'_, '_>) -> Result<(), Errno> {
        match self.record(subject, c"status") {
            Ok(()) => match parse::linux::status::status(&self.buffer) {
                Ok(status) => {
                    if subject.nature == Nature::Unknown && status.state.is_some_and(row::is_over) {
                        subject.nature = Nature::Zombie;
                    }
                    row::put_status(row, &status);
                }
                Err(_) => row::miss_status(row, Unavailable::Malformed),
            },
            Err(errno) => {
                let why = self.why(errno, subject)?;
                row::miss_status(row, why);
            }
        }
        Ok(())
    }

    fn statm(&mut self, row: &mut ProcessRow, subject: &mut Subject<'_, '_>) -> Result<(), Errno> {
        if subject.nature == Nature::Zombie {
            row::miss_statm(row, Unavailable::Zombie);
            return Ok(());
        }
        let mut line = [0; 256];
        let read = open(subject.location, c"statm")
            .and_then(|fd| file::read_once(fd, &mut line).map(parse::linux::statm::statm));
        match read {
            Ok(Ok(statm)) => {
                subject.answered = true;
                // Nothing at all: a kernel thread has no memory, and a
                // zombie has none any more.
                if statm.is_empty() && look_again(subject) == Nature::Zombie {
                    row::miss_statm(row, Unavailable::Zombie);
                } else {
                    row::put_statm(row, &statm, self.units);
                }
            }
            Ok(Err(_)) => row::miss_statm(row, Unavailable::Malformed),
            Err(errno) => {
                let why = self.why(errno, subject)?;
                row::miss_statm(row, why);
            }
        }
        Ok(())
    }

    /// The command line, and the part of the name that the kernel cut off.
    fn cmdline(
        &mut self,
        row: &mut ProcessRow,
        subject: &mut Subject<'_, '_>,
        asked: bool,
        name_is_cut: bool,
    ) -> Result<(), Errno> {
        match subject.nature {
            Nature::Zombie => {
                row.cmdline = Err(Unavailable::Zombie);
                return Ok(());
            }
            Nature::Kernel => {
                row::put_cmdline(row, b"");
                return Ok(());
            }
            Nature::Unknown | Nature::User | Nature::Gone => {}
        }
        let read = self.record(subject, c"cmdline");
        if name_is_cut && read.is_ok() {
            row::recover_name(row, &self.buffer);
        }
        if !asked {
            return Ok(());
        }
        match read {
            Ok(()) if self.buffer.is_empty() && look_again(subject) == Nature::Zombie => {
                row.cmdline = Err(Unavailable::Zombie);
            }
            Ok(()) => row::put_cmdline(row, &self.buffer),
            Err(errno) => row.cmdline = Err(self.why(errno, subject)?),
        }
        Ok(())
    }

    fn links(
        &mut self,
        reads: Reads,
        row: &mut ProcessRow,
        subject: &mut Subject<'_, '_>,
    ) -> Result<(), Errno> {
        if reads.contains(Reads::EXE) {
            match subject.nature {
                Nature::Zombie => row.exe = Err(Unavailable::Zombie),
                Nature::Kernel => row.exe = Ok(None),
                Nature::Unknown | Nature::User | Nature::Gone => {
                    let mut target = [0; 4096];
                    match read_link(subject, c"exe", &mut target) {
                        Ok(target) => {
                            row::put_optional_path(&mut row.exe, executable(target));
                        }
                        Err(errno) => {
                            row.exe = match self.why(errno, subject)? {
                                // The process is there and its link is not:
                                // it has no executable.
                                Unavailable::Unsupported => Ok(None),
                                why => Err(why),
                            };
                        }
                    }
                }
            }
        }
        for (read, name, cell) in [
            (Reads::CWD, c"cwd", &mut row.cwd),
            (Reads::ROOT, c"root", &mut row.root),
        ] {
            if !reads.contains(read) {
                continue;
            }
            if subject.nature == Nature::Zombie {
                *cell = Err(Unavailable::Zombie);
                continue;
            }
            let mut target = [0; 4096];
            match read_link(subject, name, &mut target) {
                Ok(target) => row::put_path(cell, target),
                Err(errno) => *cell = Err(self.why(errno, subject)?),
            }
        }
        Ok(())
    }

    fn environ(
        &mut self,
        row: &mut ProcessRow,
        subject: &mut Subject<'_, '_>,
    ) -> Result<(), Errno> {
        match subject.nature {
            Nature::Zombie => row.environ = Err(Unavailable::Zombie),
            Nature::Kernel => row.environ = Ok(Vec::new()),
            Nature::Unknown | Nature::User | Nature::Gone => {
                match self.record(subject, c"environ") {
                    Ok(()) if self.buffer.is_empty() && look_again(subject) == Nature::Zombie => {
                        row.environ = Err(Unavailable::Zombie);
                    }
                    Ok(()) => row::put_environ(row, &self.buffer),
                    Err(errno) => row.environ = Err(self.why(errno, subject)?),
                }
            }
        }
        Ok(())
    }

    /// The number of descriptors: since Linux 6.2 the size of their
    /// directory, before that its entries are counted.
    fn descriptors(
        &mut self,
        row: &mut ProcessRow,
        subject: &mut Subject<'_, '_>,
    ) -> Result<(), Errno> {
        if subject.nature == Nature::Zombie {
            row.num_fds = Err(Unavailable::Zombie);
            return Ok(());
        }
        if self.descriptor_counts == DescriptorCounts::Unknown {
            const PROC_SUPER_MAGIC: u32 = 0x9fa0;
            let is_procfs = rustix::fs::statfs(self.host.proc_path())
                .is_ok_and(|system| system.f_type as u32 == PROC_SUPER_MAGIC);
            self.descriptor_counts = if is_procfs {
                DescriptorCounts::SizeOrZero
            } else {
                DescriptorCounts::Entries
            };
        }
        if self.descriptor_counts != DescriptorCounts::Entries {
            let dir = subject.location.dir();
            match rustix::fs::statat(dir, subject.location.path(c"fd"), AtFlags::empty()) {
                Ok(stat) if stat.st_size > 0 => {
                    subject.answered = true;
                    self.descriptor_counts = DescriptorCounts::Size;
                    row.num_fds = u32::try_from(stat.st_size).map_err(|_| Unavailable::Malformed);
                    return Ok(());
                }
                // A process that ended meanwhile has none either.
                Ok(_) if self.descriptor_counts == DescriptorCounts::Size => {
                    subject.answered = true;
                    row.num_fds = match look_again(subject) {
                        Nature::Zombie => Err(Unavailable::Zombie),
                        Nature::Gone => Err(Unavailable::Gone),
                        Nature::Unknown | Nature::User | Nature::Kernel => Ok(0),
                    };
                    return Ok(());
                }
                Ok(_) => {}
                Err(errno) => {
                    row.num_fds = Err(self.why(errno, subject)?);
                    return Ok(());
                }
            }
        }
        let mut count = 0u32;
        let listed = open_directory(subject.location, c"fd").and_then(|fd| {
            getdents::for_each(fd, &mut self.buffer, |name, _| {
                if name.first().is_some_and(u8::is_ascii_digit) {
                    count = count.saturating_add(1);
                }
            })
        });
        row.num_fds = match listed {
            Ok(()) => {
                subject.answered = true;
                Ok(count)
            }
            Err(errno) => Err(self.why(errno, subject)?),
        };
        Ok(())
    }

    fn footprint(
        &mut self,
        row: &mut ProcessRow,
        subject: &mut Subject<'_, '_>,
    ) -> Result<(), Errno> {
        const NO_MEMORY: MemoryFootprint = MemoryFootprint {
            uss: 0,
            pss: Some(0),
            swap: Some(0),
        };
        match subject.nature {
            Nature::Zombie => {
                row.memory_footprint = Err(Unavailable::Zombie);
                return Ok(());
            }
            Nature::Kernel => {
                row.memory_footprint = Ok(NO_MEMORY);
                return Ok(());
            }
            Nature::Unknown | Nature::User | Nature::Gone => {}
        }
        let rolled_up = if cfg!(oslens_no_smaps_rollup) {
            Err(Errno::NOENT)
        } else {
            self.record(subject, c"smaps_rollup")
        };
        let read = match rolled_up {
            // Before Linux 4.14: the mappings one by one.
            Err(Errno::NOENT) => open(subject.location, c"smaps").and_then(|fd| {
                self.buffer.clear();
                file::read_records(fd, &mut self.buffer)
            }),
            read => read,
        };
        row.memory_footprint = match read {
            Ok(()) => match parse::linux::smaps_rollup::smaps_rollup(&self.buffer) {
                Ok(footprint) => Ok(footprint),
                Err(_) if self.buffer.trim_ascii().is_empty() => match look_again(subject) {
                    Nature::Zombie => Err(Unavailable::Zombie),
                    Nature::Gone => Err(Unavailable::Gone),
                    Nature::Unknown | Nature::User | Nature::Kernel => Ok(NO_MEMORY),
                },
                Err(_) => Err(Unavailable::Malformed),
            },
            Err(errno) => match self.why(errno, subject)? {
                Unavailable::Unsupported if subject.nature == Nature::Kernel => Ok(NO_MEMORY),
                why => Err(why),
            },
        };
        Ok(())
    }

    /// What is asked of the kernel by PID rather than read from a file.
    fn by_pid(
        &mut self,
        reads: Reads,
        row: &mut ProcessRow,
        subject: &mut Subject<'_, '_>,
    ) -> Result<(), Errno> {
        if self.fields.contains(Fields::IONICE) {
            row.ionice = if !reads.contains(Reads::IONICE) {
                Err(Unavailable::Unsupported)
            } else {
                match schedule::io_priority(row.pid.get()) {
                    Ok(priority) => {
                        subject.answered = true;
                        Ok(io_nice(priority))
                    }
                    Err(errno) => Err(self.why(errno, subject)?),
                }
            };
        }
        if self.fields.contains(Fields::CPU_AFFINITY) {
            if !reads.contains(Reads::AFFINITY) {
                row.cpu_affinity = Err(Unavailable::Unsupported);
                return Ok(());
            }
            let mut cpus = row::recycle(&mut row.cpu_affinity);
            row.cpu_affinity = match schedule::affinity(row.pid.get(), &mut self.mask, &mut cpus) {
                Ok(()) => {
                    subject.answered = true;
                    Ok(cpus)
                }
                Err(errno) => Err(self.why(errno, subject)?),
            };
        }
        Ok(())
    }
}

/// Opens `/proc`.
pub(super) fn open_proc(host: &Host) -> Result<OwnedFd> {
    file::open_dir(host.proc_path()).map_err(|errno| match errno {
        Errno::NOENT | Errno::NOTDIR => not_mounted(host, Some(errno)),
        _ => Error::file("open", host.proc_path(), errno),
    })
}

/// There is always one process: the one that asks. None at all means that
/// something else is mounted there.
#[cold]
fn not_mounted(host: &Host, errno: Option<Errno>) -> Error {
    let path = host.proc_path().to_string_lossy();
    Error::new(
        ErrorKind::Unsupported,
        Operation::Message(format!(
            "procfs is not mounted at {}: there is not a single process in it",
            path.escape_debug()
        )),
        errno.map(Into::into),
    )
}

/// The PIDs below an open `/proc`, ascending.
pub(super) fn pids_below(
    host: &Host,
    proc: BorrowedFd<'_>,
    buffer: &mut Vec<u8>,
    pids: &mut Vec<Pid>,
) -> Result<()> {
    pids.clear();
    let mut sorted = true;
    let mut last = 0;
    getdents::for_each(proc, buffer, |name, kind| {
        use rustix::fs::FileType;
        if !name.first().is_some_and(u8::is_ascii_digit)
            || !matches!(kind, FileType::Directory | FileType::Unknown)
        {
            return;
        }
        let number = parse::text::decimal(name).and_then(|pid| u32::try_from(pid).ok());
        if let Some(pid) = number.filter(|&pid| pid > 0) {
            sorted &= last < pid;
            last = pid;
            pids.push(Pid::new(pid));
        }
    })
    .map_err(|errno| Error::file("list", host.proc_path(), errno))?;
    if pids.is_empty() {
        return Err(not_mounted(host, None));
    }
    // procfs lists them in order; the directories of a captured root come
    // as they like.
    if !sorted {
        pids.sort_unstable();
    }
    Ok(())
}

fn abilities(host: &Host, fields: Fields) -> Abilities {
    const NONE: Abilities = Abilities {
        same_pids: false,
        cpu_clock: false,
        pidfd_info: false,
    };
    if !host.is_local() || !plan::needs_abilities(fields) {
        return NONE;
    }
    // A procfs of another PID namespace (mounted from outside a container,
    // or not yet remounted inside) has other numbers than system calls take.
    let mut target = [0; 16];
    let same_pids = rustix::fs::readlinkat_raw(
        rustix::fs::CWD,
        host.proc_path().join("self"),
        &mut target[..],
    )
    .is_ok_and(|length| {
        parse::text::decimal(target.get(..length).unwrap_or_default())
            == Some(u64::from(std::process::id()))
    });
    if !same_pids {
        return NONE;
    }
    Abilities {
        same_pids,
        cpu_clock: fields.contains(Fields::CPU_TOTAL)
            && clock::process_cpu(std::process::id()).is_ok(),
        pidfd_info: !cfg!(oslens_no_pidfd),
    }
}

/// When the machine started: from the clocks of this one, from the boot time
/// that `/proc/stat` shows for another root.
fn boot_time(host: &Host) -> Option<SystemTime> {
    if host.is_local() {
        return clock::boot_time();
    }
    let content = file::records(&host.proc_path().join("stat")).ok()?;
    let seconds = parse::linux::system_stat::counters(&content).boot_time?;
    SystemTime::UNIX_EPOCH.checked_add(std::time::Duration::from_secs(seconds))
}

fn open(location: &mut Location<'_>, name: &'static CStr) -> Result<OwnedFd, Errno> {
    let dir = location.dir();
    file::open_at(dir, location.path(name))
}

fn open_directory(location: &mut Location<'_>, name: &'static CStr) -> Result<OwnedFd, Errno> {
    let dir = location.dir();
    let path = location.path(name);
    file::retry(|| {
        rustix::fs::openat(
            dir,
            path,
            OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC,
            Mode::empty(),
        )
    })
}

/// Opens the directory of a process for lookups below it.
pub(super) fn open_process(location: &mut Location<'_>) -> Result<OwnedFd, Errno> {
    let dir = location.dir();
    let path = location.path(c".");
    file::retry(|| {
        rustix::fs::openat(
            dir,
            path,
            OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC,
            Mode::empty(),
        )
    })
}

fn open_pidfd(pid: Pid) -> Result<OwnedFd, Errno> {
    let pid = i32::try_from(pid.get())
        .ok()
        .and_then(rustix::process::Pid::from_raw)
        .ok_or(Errno::SRCH)?;
    rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty())
}

fn read_stat<'b>(location: &mut Location<'_>, buffer: &'b mut [u8]) -> Result<&'b [u8], Errno> {
    file::read_once(open(location, c"stat")?, buffer)
}

fn read_link<'b>(
    subject: &mut Subject<'_, '_>,
    name: &'static CStr,
    target: &'b mut [u8; 4096],
) -> Result<&'b [u8], Errno> {
    let dir = subject.location.dir();
    let length = rustix::fs::readlinkat_raw(dir, subject.location.path(name), &mut target[..])?;
    subject.answered = true;
    Ok(target.get(..length).unwrap_or_default())
}

/// The path of an executable as the kernel shows it: cut at a NUL, and
/// without the kernel's remark that the file was deleted, unless there is a
/// file of that very name.
fn executable(target: &[u8]) -> &[u8] {
    let end = memchr::memchr(0, target).unwrap_or(target.len());
    let target = target.get(..end).unwrap_or_default();
    match target.strip_suffix(b" (deleted)") {
        Some(path) if rustix::fs::lstat(target).is_err() => path,
        _ => target,
    }
}

/// What a process is now, from its `stat`.
fn nature(stat: &Stat<'_>) -> Nature {
    const PF_EXITING: u64 = 0x4;
    if row::is_over(stat.state) {
        Nature::Zombie
    } else if row::is_kernel(stat) {
        Nature::Kernel
    } else if stat.flags & PF_EXITING != 0 {
        // On its way out: its memory and files go one after the other.
        Nature::Gone
    } else {
        Nature::User
    }
}

/// Looks what became of a process that did not answer.
#[cold]
fn look_again(subject: &mut Subject<'_, '_>) -> Nature {
    if matches!(subject.nature, Nature::Zombie | Nature::Kernel) {
        return subject.nature;
    }
    let mut line = [0; 1024];
    subject.nature = match read_stat(subject.location, &mut line) {
        Ok(line) => parse::linux::stat::stat(line).map_or(Nature::Unknown, |stat| nature(&stat)),
        Err(Errno::NOENT | Errno::SRCH) => Nature::Gone,
        Err(_) => Nature::Unknown,
    };
    subject.nature
}

/// `ioprio.h`: the class is in the upper three of 16 bits, the level in the
/// lower three; since Linux 6.5 there are hints in between.
fn io_nice(priority: u32) -> IoNice {
    IoNice {
        class: match (priority >> 13) & 7 {
            1 => IoClass::RealTime,
            2 => IoClass::BestEffort,
            3 => IoClass::Idle,
            _ => IoClass::None,
        },
        value: (priority & 7) as u8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_are_not_part_of_an_io_priority() {
        assert_eq!(io_nice(0).class, IoClass::None);
        let hinted = io_nice(2 << 13 | 5 << 3 | 4);
        assert_eq!((hinted.class, hinted.value), (IoClass::BestEffort, 4));
        assert_eq!(io_nice(3 << 13 | 7).class, IoClass::Idle);
    }

    #[test]
    fn the_deleted_remark_is_dropped_unless_a_file_is_called_so() {
        assert_eq!(executable(b"/no/such (deleted)"), b"/no/such");
        assert_eq!(executable(b"/bin/sh\0junk"), b"/bin/sh");
        let path = std::env::temp_dir().join(format!("oslens {} (deleted)", std::process::id()));
        std::fs::write(&path, b"").unwrap();
        let bytes = path.as_os_str().as_encoded_bytes();
        assert_eq!(executable(bytes), bytes);
        std::fs::remove_file(&path).unwrap();
    }
}
