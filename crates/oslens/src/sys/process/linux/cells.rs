//! Reading one process, file by file, into the cells of its row.

use std::{
    ffi::CStr,
    os::fd::{BorrowedFd, OwnedFd},
};

use rustix::{
    fs::{AtFlags, Mode, OFlags},
    io::Errno,
};

use super::{
    location::Location,
    plan::{self, Reads},
    procfs::{self, DescriptorCounts, Procfs},
    row,
};
use crate::{
    Field, Unavailable,
    parse::{self, linux::stat::Stat},
    process::{Fields, IoClass, IoNice, MemoryFootprint, Pid, ProcessRow},
    sys::pal::linux::{file, getdents, pidfd_info, schedule, signal},
};

/// What is known about a process while it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nature {
    Unknown,
    User,
    Kernel,
    Zombie,
    Gone,
}

/// What a pidfd says of users and groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Credentials {
    /// They are in the row, and the process still has its PID.
    Known,
    /// That has to be asked of `status`.
    Unknown,
    /// The process has ended and does not have its PID any more.
    Gone,
}

/// One process while it is read.
pub(super) struct Subject<'a, 'fd> {
    pub(super) location: &'a mut Location<'fd>,
    pub(super) nature: Nature,
    /// Whether any read said something about it, be it a refusal.
    pub(super) answered: bool,
}

impl Procfs {
    /// Reads a file of one record into the buffer.
    pub(super) fn record(
        &mut self,
        subject: &mut Subject<'_, '_>,
        name: &'static CStr,
    ) -> Result<(), Errno> {
        let fd = open(subject.location, name)?;
        self.buffer.clear();
        file::read_record(fd, &mut self.buffer)?;
        subject.answered = true;
        Ok(())
    }

    /// Why a read failed: an error is looked at again, because a process
    /// that ends during the reads takes its files with it.
    pub(super) fn why(
        &mut self,
        errno: Errno,
        subject: &mut Subject<'_, '_>,
    ) -> Result<Unavailable, Errno> {
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

    /// The same for a file that goes with the memory of a process. What is
    /// left of it is root's and thus refuses its user, while root finds
    /// nothing in it: that is not denied but over. Not so `io`, which counts
    /// on.
    pub(super) fn why_without_memory(
        &mut self,
        errno: Errno,
        subject: &mut Subject<'_, '_>,
    ) -> Result<Unavailable, Errno> {
        let why = self.why(errno, subject)?;
        if why == Unavailable::Denied && subject.nature == Nature::Unknown {
            look_again(subject);
        }
        Ok(match subject.nature {
            Nature::Zombie => Unavailable::Zombie,
            Nature::Gone => Unavailable::Gone,
            Nature::Unknown | Nature::User | Nature::Kernel => why,
        })
    }

    /// Users and groups through the pidfd.
    pub(super) fn credentials(
        &mut self,
        pidfd: Option<BorrowedFd<'_>>,
        row: &mut ProcessRow,
        subject: &mut Subject<'_, '_>,
    ) -> Credentials {
        let Some(pidfd) = pidfd else {
            return Credentials::Unknown;
        };
        match pidfd_info::credentials(pidfd) {
            Ok(credentials) => {
                subject.answered = true;
                row.uids = Ok(credentials.uids);
                row.gids = Ok(credentials.gids);
                row.effective_uid = Ok(credentials.uids.effective);
                Credentials::Known
            }
            // Linux 6.13 says so, too, when the parent is in no PID namespace
            // that the caller sees (the first kernel thread, what `nsenter`
            // started): only a signal would not find who has ended.
            Err(Errno::SRCH) if signal::probe(pidfd) != Err(Errno::SRCH) => Credentials::Unknown,
            Err(Errno::SRCH) => Credentials::Gone,
            Err(_) => {
                // Before Linux 6.13: the processes that follow need not try.
                // `stat` may have been added for the identity.
                self.abilities.pidfd_info = false;
                let identity = self.reads & Reads::STAT;
                self.reads = plan::reads(self.fields, self.abilities) | identity;
                Credentials::Unknown
            }
        }
    }

    pub(super) fn owner(
        &mut self,
        row: &mut ProcessRow,
        subject: &mut Subject<'_, '_>,
    ) -> Result<(), Errno> {
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

    pub(super) fn status(
        &mut self,
        row: &mut ProcessRow,
        subject: &mut Subject<'_, '_>,
    ) -> Result<(), Errno> {
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

    pub(super) fn statm(
        &mut self,
        row: &mut ProcessRow,
        subject: &mut Subject<'_, '_>,
    ) -> Result<(), Errno> {
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
                let known = if statm.is_empty() {
                    still(subject, statm)
                } else {
                    Ok(statm)
                };
                match known {
                    Ok(statm) => row::put_statm(row, &statm, self.units),
                    Err(why) => row::miss_statm(row, why),
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
    pub(super) fn cmdline(
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
            Ok(()) if self.buffer.is_empty() => row.cmdline = still(subject, Vec::new()),
            Ok(()) => row::put_cmdline(row, &self.buffer),
            Err(errno) => row.cmdline = Err(self.why_without_memory(errno, subject)?),
        }
        Ok(())
    }

    pub(super) fn environ(
        &mut self,
        row: &mut ProcessRow,
        subject: &mut Subject<'_, '_>,
    ) -> Result<(), Errno> {
        match subject.nature {
            Nature::Zombie => row.environ = Err(Unavailable::Zombie),
            Nature::Kernel => row.environ = Ok(Vec::new()),
            Nature::Unknown | Nature::User | Nature::Gone => {
                match self.record(subject, c"environ") {
                    Ok(()) if self.buffer.is_empty() => row.environ = still(subject, Vec::new()),
                    Ok(()) => row::put_environ(row, &self.buffer),
                    Err(errno) => {
                        row.environ = match self.why_without_memory(errno, subject)? {
                            _ if subject.nature == Nature::Kernel => Ok(Vec::new()),
                            why => Err(why),
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// The number of descriptors: since Linux 6.2 the size of their
    /// directory, before that its entries are counted.
    pub(super) fn descriptors(
        &mut self,
        row: &mut ProcessRow,
        subject: &mut Subject<'_, '_>,
    ) -> Result<(), Errno> {
        if subject.nature == Nature::Zombie {
            row.num_fds = Err(Unavailable::Zombie);
            return Ok(());
        }
        if self.descriptor_counts == DescriptorCounts::Unknown {
            let is_procfs = self.host.is_local() || procfs::is_procfs(&self.host);
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
                    row.num_fds = still(subject, 0);
                    return Ok(());
                }
                Ok(_) => {}
                Err(errno) => {
                    row.num_fds = Err(self.why_without_memory(errno, subject)?);
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
                if count == 0 {
                    still(subject, 0)
                } else {
                    Ok(count)
                }
            }
            Err(errno) => Err(self.why_without_memory(errno, subject)?),
        };
        Ok(())
    }

    pub(super) fn footprint(
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
                file::read_long_records(fd, &mut self.buffer)
            }),
            read => read,
        };
        row.memory_footprint = match read {
            Ok(()) => match parse::linux::smaps_rollup::smaps_rollup(&self.buffer) {
                Ok(footprint) => Ok(footprint),
                Err(_) if self.buffer.trim_ascii().is_empty() => still(subject, NO_MEMORY),
                Err(_) => Err(Unavailable::Malformed),
            },
            Err(errno) => match self.why_without_memory(errno, subject)? {
                _ if subject.nature == Nature::Kernel => Ok(NO_MEMORY),
                why => Err(why),
            },
        };
        Ok(())
    }

    /// What is asked of the kernel by PID rather than read from a file.
    pub(super) fn by_pid(
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
        if reads.contains(Reads::NICE) {
            let pid = rustix::process::Pid::from_raw(row.pid.get() as i32);
            row.nice = match rustix::process::getpriority_process(pid) {
                Ok(nice) => {
                    subject.answered = true;
                    Ok(nice)
                }
                Err(errno) => Err(self.why(errno, subject)?),
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

pub(super) fn open_pidfd(pid: Pid) -> Result<OwnedFd, Errno> {
    let pid = i32::try_from(pid.get())
        .ok()
        .and_then(rustix::process::Pid::from_raw)
        .ok_or(Errno::SRCH)?;
    rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty())
}

pub(super) fn read_stat<'b>(
    location: &mut Location<'_>,
    buffer: &'b mut [u8],
) -> Result<&'b [u8], Errno> {
    file::read_once(open(location, c"stat")?, buffer)
}

/// What a process is now, from its `stat`.
pub(super) fn nature(stat: &Stat<'_>) -> Nature {
    if row::is_over(stat.state) {
        Nature::Zombie
    } else if row::is_kernel(stat) {
        Nature::Kernel
    } else if stat.is_exiting() {
        // On its way out: its memory and files go one after the other.
        Nature::Gone
    } else {
        Nature::User
    }
}

/// Nothing at all, as a kernel thread has it, and as a process shows it that
/// lost what it had because it has ended or is about to.
#[cold]
pub(super) fn still<T>(subject: &mut Subject<'_, '_>, nothing: T) -> Field<T> {
    match look_again(subject) {
        Nature::Zombie => Err(Unavailable::Zombie),
        Nature::Gone => Err(Unavailable::Gone),
        Nature::Unknown | Nature::User | Nature::Kernel => Ok(nothing),
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
pub(super) fn io_nice(priority: u32) -> IoNice {
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
}
