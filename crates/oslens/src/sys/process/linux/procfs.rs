//! The source of rows: files of `/proc`, and the few system calls that take
//! a PID.

use std::{
    os::fd::{AsFd as _, BorrowedFd},
    time::{Instant, SystemTime},
};

use rustix::io::Errno;

use super::{
    cells::{self, Credentials, Nature, Subject},
    directory,
    handle::sees_our_processes,
    location::Location,
    plan::{self, Abilities, Reads},
    row::{self, Units},
    terminal::Terminals,
};
use crate::{
    Host, Result, Unavailable,
    parse::{self, linux::stat::Stat},
    process::{Fields, Pid, ProcessRow},
    sys::pal::linux::{clock, file},
};

/// One pass over processes (or many, one after the other): what was asked
/// for, how it is read, and memory that is used again for each process.
pub(super) struct Procfs {
    pub(super) host: Host,
    pub(super) fields: Fields,
    pub(super) abilities: Abilities,
    pub(super) reads: Reads,
    pub(super) units: Units,
    boot: Option<Option<SystemTime>>,
    terminals: Terminals,
    pub(super) descriptor_counts: DescriptorCounts,
    /// The rows have their values of the program already, as of this
    /// process; only whether its name is another one is looked at.
    pub(super) keeps_program: bool,
    /// It was.
    pub(super) has_other_name: bool,
    pub(super) buffer: Vec<u8>,
    pub(super) mask: Vec<libc::c_ulong>,
}

/// Whether the size of `/proc/PID/fd` is the number of descriptors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DescriptorCounts {
    /// Not looked at yet.
    Unknown,
    /// It is, or is always zero: it was zero whenever it was looked at.
    SizeOrZero,
    /// It is: it was not zero once (since Linux 6.2).
    Size,
    /// The directory is on another file system, a captured root.
    Entries,
}

/// Whether there was a process to fill the row from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    Here,
    Vanished,
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

    /// Another one that reads the same, for another thread.
    pub(super) fn again(&self) -> Self {
        Self {
            host: self.host.clone(),
            boot: self.boot,
            terminals: Terminals::default(),
            buffer: Vec::with_capacity(16 << 10),
            mask: Vec::new(),
            ..*self
        }
    }

    /// Asks for the boot time now, if the fields need it.
    pub(super) fn know_boot_time(&mut self) {
        if self.fields.contains(Fields::CREATE_TIME) {
            self.boot_time();
        }
    }

    /// The reads that the fields need.
    pub(super) fn reads(&self) -> Reads {
        self.reads
    }

    /// Adds `stat`, for the identity.
    pub(super) fn with_identity(mut self) -> Self {
        self.reads |= Reads::STAT;
        // It is there too.
        self.reads -= Reads::NICE;
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
        directory::pids_below(&self.host, proc, &mut self.buffer, pids)
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
        match cells::open_process(&mut location) {
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
        // Opened first and asked last: an answer then proves that nobody else
        // had the PID in between.
        let opened;
        let pidfd = match pidfd {
            None if reads.contains(Reads::PIDFD_INFO) => match cells::open_pidfd(row.pid) {
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
        // Before the files: those below an opened directory are the process's
        // alone, so that they prove these, too.
        self.by_pid(reads, row, &mut subject)?;
        let mut wants_cmdline = reads.contains(Reads::CMDLINE);
        let mut name_is_cut = false;
        if reads.contains(Reads::STAT) {
            let mut line = [0; 1024];
            match cells::read_stat(subject.location, &mut line) {
                Ok(line) => {
                    subject.answered = true;
                    match parse::linux::stat::stat(line) {
                        // Collected in this moment: the line is half empty.
                        Ok(stat) if stat.is_torn_down() => return Ok(Presence::Vanished),
                        Ok(stat) => {
                            subject.nature = cells::nature(&stat);
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
                    Ok(()) => match parse::text::signed_decimal(self.buffer.trim_ascii())
                        .and_then(|score| i32::try_from(score).ok())
                    {
                        Some(0) if subject.nature == Nature::Unknown => {
                            cells::still(&mut subject, 0)
                        }
                        score => score.ok_or(Unavailable::Malformed),
                    },
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
        if reads.contains(Reads::PIDFD_INFO) {
            match self.credentials(pidfd, row, &mut subject) {
                Credentials::Known => {}
                Credentials::Unknown => self.status(row, &mut subject)?,
                // What was read may be another's, who has its PID by now.
                Credentials::Gone => return Ok(Presence::Vanished),
            }
        }
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
}

fn abilities(host: &Host, fields: Fields) -> Abilities {
    let none = Abilities {
        same_pids: false,
        cpu_clock: false,
        pidfd_info: false,
        owners: host.is_local() || !fields.contains(Fields::EFFECTIVE_UID) || is_procfs(host),
    };
    if !host.is_local() || !plan::needs_abilities(fields) {
        return none;
    }
    // A procfs of another PID namespace (mounted from outside a container,
    // or not yet remounted inside) has other numbers than system calls take.
    let same_pids = sees_our_processes(host);
    if !same_pids {
        return none;
    }
    Abilities {
        same_pids,
        cpu_clock: fields.contains(Fields::CPU_TOTAL)
            && clock::process_cpu(std::process::id()).is_ok(),
        pidfd_info: !cfg!(oslens_no_pidfd),
        ..none
    }
}

/// Whether the host's `/proc` is the kernel's and not a captured one, where
/// sizes and owners are those of the copies.
pub(super) fn is_procfs(host: &Host) -> bool {
    const PROC_SUPER_MAGIC: u32 = 0x9fa0;
    rustix::fs::statfs(host.proc_path())
        .is_ok_and(|system| system.f_type as u32 == PROC_SUPER_MAGIC)
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
