//! One value of a process at a time.

use std::{
    ffi::OsString,
    path::PathBuf,
    time::{Duration, SystemTime},
};

use super::{
    CpuTimes, CtxSwitches, Fields, Ids, IoCounters, IoNice, MemoryFootprint, MemoryInfo,
    MemoryInfoEx, PageFaults, Pid, Process, ProcessRow, State,
};
use crate::{
    Error, ErrorKind, Field, Result, Unavailable,
    error::Operation,
    net::{Connection, Kind},
    sys,
};

macro_rules! getters {
    ($($(#[$doc:meta])* $field:ident: $type:ty = $flag:ident $(or $quick:ident)?, $what:literal;)*) => {
        /// One value at a time. Each call is a [`Process::read`] of one
        /// field: for several values of a process one [`Process::read`] is
        /// cheaper, and [`list`](super::list) for many processes.
        ///
        /// All fail with [`ErrorKind::NoSuchProcess`] or
        /// [`ErrorKind::Reused`] when the process has ended, with
        /// [`ErrorKind::Zombie`] when the value went with its memory, with
        /// [`ErrorKind::AccessDenied`] where the system refuses it to the
        /// caller, and with [`ErrorKind::Unsupported`] where it does not
        /// have it. The [`Fields`] say which file each comes from.
        impl Process {
            $(
                $(#[$doc])*
                ///
                /// # Errors
                ///
                /// See above.
                ///
                /// # Cost
                ///
                #[doc = concat!("That of [`Fields::", stringify!($flag), "`], and what proves whose it is.")]
                pub fn $field(&self) -> Result<$type> {
                    $(if let Some(answer) = sys::process::$quick(self.target()) {
                        return answer;
                    })?
                    self.read_one(Fields::$flag, $what, |row| row.$field)
                }
            )*
        }
    };
}

getters! {
    /// Its name, in full where the kernel keeps 15 bytes only.
    name: OsString = NAME, "name";
    /// PID of its parent; zero: none in this PID namespace.
    ppid: Pid = PPID, "parent";
    /// Its process group.
    pgid: Pid = PGID, "process group";
    /// Its session.
    sid: Pid = SID, "session";
    /// What it is doing.
    state: State = STATE, "state";
    /// Its controlling terminal, if it has one.
    terminal: Option<PathBuf> = TERMINAL, "terminal";
    /// CPU times since its start.
    cpu_times: CpuTimes = CPU_TIMES, "CPU times";
    /// User and system time together, in nanoseconds.
    cpu_total: Duration = CPU_TOTAL, "CPU time";
    /// CPU that it ran on last.
    cpu_num: u32 = CPU_NUM, "CPU number";
    /// Its niceness, that is its main thread's. On Windows the number that
    /// stands for its priority class, which `os::windows` gives as such.
    nice: i32 = NICE or nice, "niceness";
    /// Number of its threads.
    num_threads: u32 = NUM_THREADS, "number of threads";
    /// When it was created.
    create_time: SystemTime = CREATE_TIME, "time of creation";
    /// Resident, virtual, shared, code and data memory.
    memory_info: MemoryInfo = MEMORY_INFO, "memory";
    /// Peaks, kinds of resident memory and swap.
    memory_info_ex: MemoryInfoEx = MEMORY_INFO_EX, "memory details";
    /// Unique, proportional and swapped memory.
    memory_footprint: MemoryFootprint = MEMORY_FOOTPRINT, "memory footprint";
    /// Page faults.
    page_faults: PageFaults = PAGE_FAULTS, "page faults";
    /// The user as whom it acts.
    effective_uid: u32 = EFFECTIVE_UID, "effective user";
    /// Real, effective, saved and file-system user.
    uids: Ids = UIDS, "users";
    /// Real, effective, saved and file-system group.
    gids: Ids = GIDS, "groups";
    /// Supplementary groups.
    groups: Vec<u32> = GROUPS, "supplementary groups";
    /// Voluntary and involuntary context switches of the main thread.
    ctx_switches: CtxSwitches = CTX_SWITCHES, "context switches";
    /// Its command line. Empty for kernel threads, and for processes that
    /// have overwritten theirs with nothing.
    cmdline: Vec<OsString> = CMDLINE, "command line";
    /// Its executable. `None` for kernel threads.
    exe: Option<PathBuf> = EXE, "executable";
    /// Its working directory.
    cwd: PathBuf = CWD or cwd, "working directory";
    /// Its root directory.
    root: PathBuf = ROOT, "root directory";
    /// Its environment, as it was at the start.
    environ: Vec<(OsString, OsString)> = ENVIRON, "environment";
    /// Bytes and calls of input and output.
    io_counters: IoCounters = IO_COUNTERS, "input and output";
    /// Number of open descriptors, on Windows of handles.
    num_fds: u32 = NUM_FDS, "number of descriptors";
    /// Input/output scheduling class and priority.
    ionice: IoNice = IONICE or ionice, "input/output priority";
    /// CPUs that it may run on, ascending.
    cpu_affinity: Vec<u32> = CPU_AFFINITY or cpu_affinity, "CPU affinity";
}

impl Process {
    /// One field, as an error where it is missing.
    pub(crate) fn read_one<T>(
        &self,
        field: Fields,
        what: &'static str,
        pick: impl FnOnce(ProcessRow) -> Field<T>,
    ) -> Result<T> {
        pick(self.read(field)?).map_err(|why| self.unavailable(why, what))
    }

    /// The error that a missing cell is.
    #[cold]
    pub(super) fn unavailable(&self, why: Unavailable, what: &'static str) -> Error {
        let pid = self.pid();
        let kind = match why {
            Unavailable::Gone => return Error::no_such_process(pid),
            Unavailable::Zombie => return Error::zombie(pid),
            // `Unsupported` says so by itself.
            Unavailable::Unsupported | Unavailable::NotRequested => {
                return Error::unsupported(what).with_pid(pid);
            }
            Unavailable::Denied => ErrorKind::AccessDenied,
            Unavailable::Malformed => ErrorKind::Malformed,
        };
        let error = Error::new(kind, Operation::Message(format!("{what}: {why}")), None);
        match self.read(Fields::NAME).map(|row| row.name) {
            Ok(Ok(name)) => error.with_pid(pid).with_name(name),
            _ => error.with_pid(pid),
        }
    }

    /// The name of its real user; on Windows with the domain,
    /// `DOMAIN\\name`. `None`: the number has no name.
    ///
    /// **May block**: the system's name service may ask a server.
    ///
    /// # Errors
    ///
    /// As [`Process::uids`]. Windows: `AccessDenied` for processes whose
    /// token the caller may not read.
    ///
    /// # Cost
    ///
    /// That of [`Fields::UIDS`] and of a question to the name service. For
    /// many processes see [`UserNames`](crate::host::UserNames). Windows: 5
    /// system calls and the question.
    pub fn username(&self) -> Result<Option<OsString>> {
        sys::process::user_name(self)
    }

    /// Its network connections and sockets, seen in its own network
    /// namespace, each with the descriptors that it holds them by.
    ///
    /// ```
    /// use oslens::{net::Kind, process::Process};
    ///
    /// let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    /// let mine = Process::current()?.connections(Kind::TCP4)?;
    /// let address = listener.local_addr().unwrap();
    /// assert!(mine.iter().any(|connection| connection.local == Some(address.into())));
    /// # Ok::<(), oslens::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `AccessDenied` for processes that the caller may not inspect;
    /// `NoSuchProcess`, `Reused`; `Zombie` when they went with it.
    ///
    /// # Platform
    ///
    /// Linux: links of `/proc/PID/fd`, and netlink for a process in the
    /// caller's network namespace, `/proc/PID/net` for others. Windows: the
    /// system's tables, which name the owner. FreeBSD: `KERN_PROC_FILEDESC`,
    /// and the tables for states and users. NetBSD: `kern.file2` and the
    /// tables, which only root can match: `AccessDenied` for others. OpenBSD:
    /// `kern.file`, of every process for everybody. macOS: `proc_pidinfo`.
    ///
    /// # Cost
    ///
    /// Linux: 1 system call for each descriptor, and the tables of the
    /// namespace. FreeBSD and NetBSD: 1 question and 1 for each table,
    /// OpenBSD: 1, macOS: 1 and 1 for each socket.
    pub fn connections(&self, kind: Kind) -> Result<Vec<Connection>> {
        let connections = sys::net::process_connections(&self.host, self.pid(), kind);
        // They were asked for by PID: whose were they?
        if !self.is_running()? {
            return Err(match sys::process::identity(&self.host, self.pid()) {
                Ok(_) => Error::reused(self.pid()),
                Err(_) => Error::no_such_process(self.pid()),
            });
        }
        // The descriptors of a zombie are gone: none, or not even a table.
        let none = match &connections {
            Ok(connections) => connections.is_empty(),
            Err(error) => error.kind() == ErrorKind::NoSuchProcess,
        };
        if none && self.state().is_ok_and(|state| state == State::Zombie) {
            return Err(Error::zombie(self.pid()));
        }
        connections
    }

    /// The part of one CPU that it uses, measured over this time: 1.0 is one
    /// CPU in full, and a process with several threads may use more.
    ///
    /// Blocks for that long. To watch many processes, or without blocking,
    /// take two rows with [`Fields::CPU_TOTAL`] and [`ProcessRow::since`].
    ///
    /// ```
    /// use std::time::Duration;
    /// use oslens::process::Process;
    ///
    /// let used = Process::current()?.cpu_fraction(Duration::from_millis(10))?;
    /// assert!(used >= 0.0);
    /// # Ok::<(), oslens::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `InvalidInput` for no time at all; else as [`Process::cpu_total`],
    /// also when it ends meanwhile.
    ///
    /// # Cost
    ///
    /// Two reads of [`Fields::CPU_TOTAL`].
    pub fn cpu_fraction(&self, interval: Duration) -> Result<f64> {
        if interval.is_zero() {
            return Err(Error::invalid_input(
                "CPU use is measured over a time, and the time given is zero",
            ));
        }
        let before = self.read(Fields::CPU_TOTAL)?;
        std::thread::sleep(interval);
        let used = self
            .read(Fields::CPU_TOTAL)?
            .since(&before)
            .ok_or_else(|| Error::reused(self.pid()))?;
        used.cpu.map_err(|why| self.unavailable(why, "CPU time"))
    }
}
