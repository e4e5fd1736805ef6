//! Which values of a process are asked for.

use bitflags::bitflags;

bitflags! {
    /// The values that [`list`](super::list), [`Process::read`](super::Process::read)
    /// and the [`Sampler`](super::Sampler) read.
    ///
    /// Ask for what is needed and no more: the fewest kernel files that hold
    /// the asked fields are read. The comment of each field names its file on
    /// Linux; fields of one file come together for the price of one.
    ///
    /// On Windows everything but [`CMDLINE`](Self::CMDLINE),
    /// [`EXE`](Self::EXE), [`CWD`](Self::CWD), [`ENVIRON`](Self::ENVIRON),
    /// [`IONICE`](Self::IONICE), [`CPU_AFFINITY`](Self::CPU_AFFINITY) and
    /// [`MEMORY_FOOTPRINT`](Self::MEMORY_FOOTPRINT) comes with the system's
    /// table of processes, in one call for all of them; these seven take a
    /// handle for each process, and the last is the dearest.
    ///
    /// On FreeBSD, NetBSD and OpenBSD one answer has the records of all
    /// processes, with all fields from [`NAME`](Self::NAME) to
    /// [`CTX_SWITCHES`](Self::CTX_SWITCHES), [`IO_COUNTERS`](Self::IO_COUNTERS)
    /// and [`START`](Self::START) but for some that one of them lacks; the
    /// others take a question about each process.
    ///
    /// On macOS the records have who it is and who its parent is. What it has
    /// used takes questions about each process, which are refused for other
    /// users' processes: one for [`STATE`](Self::STATE),
    /// [`CPU_TOTAL`](Self::CPU_TOTAL), [`NUM_THREADS`](Self::NUM_THREADS),
    /// memory, page faults and context switches; one for
    /// [`CPU_TIMES`](Self::CPU_TIMES), [`IO_COUNTERS`](Self::IO_COUNTERS) and
    /// [`MEMORY_INFO_EX`](Self::MEMORY_INFO_EX); one for
    /// [`CMDLINE`](Self::CMDLINE) and [`ENVIRON`](Self::ENVIRON), one for
    /// [`CWD`](Self::CWD) and [`ROOT`](Self::ROOT), one for each other field,
    /// and for [`MEMORY_FOOTPRINT`](Self::MEMORY_FOOTPRINT) one for each
    /// region of its address space, and one more on ARM.
    ///
    /// ```
    /// use oslens::process::Fields;
    ///
    /// let fields = Fields::NAME | Fields::RSS;
    /// assert!(fields.contains(Fields::NAME));
    /// ```
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
    pub struct Fields: u64 {
        /// Name, with the part beyond the kernel's 15 bytes (FreeBSD 19,
        /// NetBSD and macOS 16, OpenBSD 23) recovered from
        /// the command line. (`stat`; `cmdline` only for a name that the
        /// kernel cut.)
        const NAME = 1 << 0;
        /// PID of the parent. (`stat`)
        const PPID = 1 << 1;
        /// Process group. (`stat`)
        const PGID = 1 << 2;
        /// Session. (`stat`) On macOS for everybody, too (`getsid`).
        const SID = 1 << 3;
        /// State: running, sleeping, zombie, … (`stat`) On Windows made of
        /// what its threads do: stopped, when all are suspended. On macOS
        /// sleeping, when none of its threads runs; of a process that the
        /// caller may not ask about it is only known that it runs or sleeps,
        /// and running stands for both.
        const STATE = 1 << 4;
        /// Controlling terminal. (`stat`, and the device directory once)
        const TERMINAL = 1 << 5;
        /// User, system and children's times, and time waited for block
        /// devices, in kernel ticks of usually 10 ms. (`stat`) On the BSDs in
        /// microseconds, on macOS in ticks of 42 ns or less.
        const CPU_TIMES = 1 << 6;
        /// User and system time together, in nanoseconds. (the process's CPU
        /// clock: the cheapest value of all)
        const CPU_TOTAL = 1 << 7;
        /// CPU that the process ran on last. (`stat`)
        const CPU_NUM = 1 << 8;
        /// Niceness. (`stat`) On Windows the number that stands for the
        /// priority class: 19 idle, 10 below normal, 0 normal, −7 above
        /// normal, −14 high, −20 real time.
        const NICE = 1 << 9;
        /// Number of threads. (`stat`; OpenBSD: the records of them all, 1
        /// question about each process)
        const NUM_THREADS = 1 << 10;
        /// Time of creation. (`stat`, and the boot time once; FreeBSD and
        /// OpenBSD: the boot time before and after)
        const CREATE_TIME = 1 << 11;
        /// Resident memory. (`stat`, or `statm` where that is read anyway)
        const RSS = 1 << 12;
        /// Virtual memory. (`stat`, or `statm` where that is read anyway) On
        /// Windows what the system has promised it: its private bytes.
        const VMS = 1 << 13;
        /// Page faults. (`stat`)
        const PAGE_FAULTS = 1 << 14;
        /// Resident, virtual, shared, text and data bytes. (`statm`)
        const MEMORY_INFO = 1 << 15;
        /// Peaks, kinds of resident memory, swap and huge pages. (`status`)
        const MEMORY_INFO_EX = 1 << 16;
        /// Effective user, which `ps` shows. (owner of the process's
        /// directory, which the kernel keeps right also for processes whose
        /// files belong to root because they must not be inspected)
        const EFFECTIVE_UID = 1 << 17;
        /// Real, effective, saved and file-system user. (`PIDFD_GET_INFO`
        /// since Linux 6.13, else `status`)
        const UIDS = 1 << 18;
        /// Real, effective, saved and file-system group. (as `UIDS`)
        const GIDS = 1 << 19;
        /// Supplementary groups. (`status`)
        const GROUPS = 1 << 20;
        /// Voluntary and involuntary context switches of the main thread.
        /// (`status`) On NetBSD of the threads that have not ended.
        const CTX_SWITCHES = 1 << 21;
        /// Capability sets. (`status`)
        const CAPABILITIES = 1 << 22;
        /// Command line. (`cmdline`) On FreeBSD, NetBSD and OpenBSD what a
        /// program has put in its place is one argument.
        const CMDLINE = 1 << 23;
        /// Executable. (link `exe`) On FreeBSD `None` where the kernel has
        /// forgotten its path; OpenBSD does not tell it.
        const EXE = 1 << 24;
        /// Working directory. (link `cwd`)
        const CWD = 1 << 25;
        /// Root directory. (link `root`) On FreeBSD it comes with
        /// [`NUM_FDS`](Self::NUM_FDS); NetBSD and OpenBSD do not tell it.
        const ROOT = 1 << 26;
        /// Environment at the start. (`environ`)
        const ENVIRON = 1 << 27;
        /// Bytes and calls of input and output. (`io`)
        const IO_COUNTERS = 1 << 28;
        /// Number of open descriptors, on Windows of handles. (size of `fd`
        /// since Linux 6.2, else its entries are counted)
        const NUM_FDS = 1 << 29;
        /// Unique, proportional and swapped memory: the dearest field.
        /// (`smaps_rollup`)
        const MEMORY_FOOTPRINT = 1 << 30;
        /// How likely the out-of-memory killer takes it. (`oom_score`)
        const OOM_SCORE = 1 << 31;
        /// Control groups. (`cgroup`)
        const CGROUP = 1 << 32;
        /// Input/output scheduling class and priority. (`ioprio_get`) On
        /// Windows very low is [`IoClass::Idle`](super::IoClass::Idle), low,
        /// normal and high are best effort of 6, 4 and 2, critical is real
        /// time.
        const IONICE = 1 << 33;
        /// CPUs that the process may run on. (`sched_getaffinity`) On Windows
        /// numbered through all processor groups, one after another; on NetBSD
        /// those of its first thread, all there are where nobody has bound it.
        const CPU_AFFINITY = 1 << 34;
        /// Start, the second half of the identity. It comes with every other
        /// field of `stat`; to be asked for only when no such field is.
        /// (`stat`)
        const START = 1 << 35;
    }
}

impl Fields {
    /// What `ps` shows: pid, parent, name, state, effective user, CPU times,
    /// resident and virtual memory, threads, time of creation.
    pub const TABLE: Self = Self::NAME
        .union(Self::PPID)
        .union(Self::STATE)
        .union(Self::EFFECTIVE_UID)
        .union(Self::CPU_TIMES)
        .union(Self::RSS)
        .union(Self::VMS)
        .union(Self::NUM_THREADS)
        .union(Self::CREATE_TIME);
}
