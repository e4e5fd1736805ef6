//! Questions to a kernel that answers in bytes, as those of FreeBSD, NetBSD,
//! OpenBSD and macOS do: `sysctl`, libproc, Mach.
//!
//! This is the seam under every backend of these systems. What asks is
//! [`sys::pal`](super::pal); what the answers mean is in
//! [`parse`](crate::parse); the backends in between choose the questions and
//! make public types of the answers. They are built on their own system, and
//! all of them in the unit tests on Linux, where [`fake::Fake`] answers with
//! bytes that C made of the systems' own headers.

#[cfg(test)]
pub(crate) mod fake;
#[cfg_attr(not(target_os = "macos"), allow(dead_code))]
pub(crate) mod names;

use std::{
    fmt, io,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    Error, ErrorKind, Host, Result,
    parse::{
        Malformed,
        layout::{Endian, Record},
    },
};

/// Declares names: [`names`].
macro_rules! texts {
    ($($name:ident = $value:literal,)*) => {$(
        #[doc = concat!("`", stringify!($name), "`.")]
        pub(crate) const $name: &str = $value;
    )*};
}
use texts;

/// A question that is answered in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Question<'a> {
    /// `sysctl(3)`, by numbers.
    Sysctl(&'a [i32]),
    /// `sysctl(3)` for records: to the numbers the size of a record and how
    /// many there is room for are added, which NetBSD and OpenBSD want.
    Records { mib: &'a [i32], stride: usize },
    /// `sysctl(3)` for records of this size, of which there is room for whole
    /// ones alone, and not for many more than there are (NetBSD's memory maps).
    Whole { mib: &'a [i32], stride: usize },
    /// `sysctl(3)` with so much room and no more questions: for answers that
    /// the kernel cuts without a word, and so cannot be asked for their size.
    Room { mib: &'a [i32], size: usize },
    /// The same, where the room is given with these bytes at its beginning,
    /// which tell the kernel where to go on (OpenBSD's memory maps).
    From {
        mib: &'a [i32],
        from: &'a [u8],
        size: usize,
    },
    /// `sysctlbyname(3)`. OpenBSD has none.
    Named(&'a str),
    /// As `Records`, for a name whose numbers are given when the system starts
    /// (NetBSD): they are looked up, and `numbers` added to them.
    NamedRecords {
        name: &'a str,
        numbers: &'a [i32],
        stride: usize,
    },
    /// As `Named`, for a name whose numbers are given when the system starts
    /// and that wants more of them: they are looked up, and `numbers` added
    /// to them.
    NamedNumbers { name: &'a str, numbers: &'a [i32] },
    /// `devname_r(3)` of a character device: what it is called in `/dev`
    /// (FreeBSD).
    DeviceName(u64),
    /// The mounts as the kernel has them in memory, without asking any file
    /// system: records of `struct statfs`, `struct statvfs` on NetBSD.
    Mounts,
    /// `swapctl(2)`: records of `struct swapent` (NetBSD, OpenBSD).
    SwapDevices,
    /// `getutxent(3)`, all entries: records of `struct utmpx`. OpenBSD: the
    /// records of `/var/run/utmp`, `struct utmp`.
    Logins,
    /// `ioctl(2)` about the network interface with this name; the answer is
    /// the structure of the request, of `size` bytes, that begins with the
    /// name.
    Interface {
        request: u32,
        name: &'a str,
        size: usize,
    },
    /// `ioctl(2)` on a socket of IPv6 with this structure, in which there is no
    /// pointer: the structure as the kernel leaves it.
    Ipv6 { request: u32, structure: &'a [u8] },
    /// `ioctl(2)` on a device file: the structure of the request, of `size`
    /// bytes.
    Device {
        path: &'a str,
        request: u32,
        size: usize,
    },
    /// `ioctl(2)` on a device file with this structure, in which there is no
    /// pointer: the structure as the kernel leaves it.
    Exchange {
        path: &'a str,
        request: u32,
        structure: &'a [u8],
    },
    /// `ioctl(2)` on a device file with a `struct plistref`: the property
    /// list, which is XML and may end with a NUL (NetBSD).
    PropertyList { path: &'a str, request: u32 },
    /// The same about this property list.
    Property {
        path: &'a str,
        request: u32,
        list: &'a str,
    },
    /// `cpuset_getaffinity(2)` of a process: `cpuset_t` (FreeBSD).
    CpuSet { pid: i32 },
    /// `_sched_getaffinity(2)` of the first thread of a process: as many bytes
    /// of a `cpuset_t` (NetBSD).
    FirstCpuSet { pid: i32, size: usize },
    /// `getrlimit(2)` of the caller: `struct rlimit`.
    OwnLimit(i32),
    /// `proc_pidinfo` of libproc (macOS). `size: 0` is a list, whose size is
    /// asked first.
    PidInfo {
        pid: i32,
        flavor: i32,
        argument: u64,
        size: usize,
    },
    /// `proc_pidfdinfo` of libproc (macOS).
    DescriptorInfo {
        pid: i32,
        descriptor: i32,
        flavor: i32,
        size: usize,
    },
    /// `proc_pidpath` of libproc (macOS).
    PidPath(i32),
    /// `getsid(2)`: the session of a process that has not ended, a `pid_t`.
    /// Not for 0, which means the caller (macOS, whose records lack it).
    Session(i32),
    /// `proc_pid_rusage` of libproc (macOS).
    PidUsage { pid: i32, flavor: i32, size: usize },
    /// `task_info` of the caller, with room for so many words (macOS). The
    /// answer is as many as were filled.
    OwnTask { flavor: i32, words: usize },
    /// `host_statistics64`, or `host_statistics` for `HOST_CPU_LOAD_INFO`, with
    /// room for so many words (macOS). The answer is as many as were filled.
    HostStatistics { flavor: i32, words: usize },
    /// `host_processor_info(PROCESSOR_CPU_LOAD_INFO)`: four words of 32 bits
    /// for each CPU (macOS).
    ProcessorLoad,
    /// `host_processor_info(PROCESSOR_BASIC_INFO)`: five words of 32 bits for
    /// each CPU (macOS).
    Processors,
}

/// What is done to a process, or to the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action<'a> {
    /// `kill(2)`.
    Signal { pid: i32, number: i32 },
    /// `setpriority(2)`.
    Nice { pid: i32, value: i32 },
    /// `cpuset_setaffinity(2)` with the bits of a `cpuset_t` (FreeBSD), or
    /// `_sched_setaffinity(2)` of all threads (NetBSD).
    CpuSet { pid: i32, set: &'a [u8] },
    /// `sysctl(3)` with a new value.
    Sysctl { mib: &'a [i32], value: &'a [u8] },
    /// `setrlimit(2)` of the caller: `struct rlimit`.
    OwnLimit { resource: i32, value: &'a [u8] },
}

/// A disk as IOKit counts what it did (macOS). `None`: not counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct BlockStorage {
    /// `BSD Name` of the whole disk.
    pub(crate) name: String,
    pub(crate) reads: Option<u64>,
    pub(crate) writes: Option<u64>,
    pub(crate) read_bytes: Option<u64>,
    pub(crate) write_bytes: Option<u64>,
    /// Nanoseconds.
    pub(crate) read_time: Option<u64>,
    /// Nanoseconds.
    pub(crate) write_time: Option<u64>,
    /// Bytes of it.
    pub(crate) size: Option<u64>,
    /// It can be taken out.
    pub(crate) removable: Option<bool>,
    /// What its maker calls it.
    pub(crate) model: Option<String>,
    /// Its number as a device, in two parts.
    pub(crate) number: Option<(u32, u32)>,
    /// It can be written.
    pub(crate) writable: Option<bool>,
    /// `Medium Type`: `Solid State`, `Rotational`. Many do not say.
    pub(crate) medium: Option<String>,
}

/// A power source as IOKit describes it (macOS). `None`: it has no such key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct PowerSource {
    /// `Name`.
    pub(crate) name: Option<String>,
    /// `Type`: `InternalBattery`, `UPS`.
    pub(crate) kind: Option<String>,
    /// `Is Present`.
    pub(crate) is_present: Option<bool>,
    /// `Current Capacity`, of `max_capacity`.
    pub(crate) capacity: Option<i64>,
    /// `Max Capacity`.
    pub(crate) max_capacity: Option<i64>,
    /// `Power Source State`: `AC Power`, `Battery Power`.
    pub(crate) state: Option<String>,
    /// `Is Charging`.
    pub(crate) is_charging: Option<bool>,
    /// `Is Charged`.
    pub(crate) is_charged: Option<bool>,
    /// `Time to Empty`, minutes; -1 while it is being found out.
    pub(crate) minutes_to_empty: Option<i64>,
    /// `Time to Full Charge`, minutes; -1 while it is being found out.
    pub(crate) minutes_to_full: Option<i64>,
}

/// Who answers: the kernel of this machine, or a test.
pub(crate) trait Answers: fmt::Debug + Send + Sync {
    /// Asks. The answer replaces what is in `answer`, whose room is used again.
    fn ask(&self, question: Question<'_>, answer: &mut Vec<u8>) -> io::Result<()>;

    /// Does something.
    fn act(&self, action: Action<'_>) -> io::Result<()>;

    /// How long the system has been running, also while it slept where that
    /// is counted.
    fn uptime(&self) -> io::Result<Duration>;

    /// Waits for the end of one of these processes, `None`: as long as it
    /// takes. Those that have ended: a process that is not there any more has.
    /// None of them: the time is over, or the caller has to look for itself
    /// and ask again, because not all of them may be watched.
    fn await_end(&self, pids: &[i32], deadline: Option<Instant>) -> io::Result<Vec<i32>>;

    /// Collects a child of the caller that has ended: its wait status. `None`:
    /// it has not, or is nobody's that the caller may collect.
    fn collect(&self, pid: i32) -> io::Result<Option<i32>>;

    /// The device files that a terminal may be: device number and path.
    fn terminals(&self) -> io::Result<Vec<(u64, PathBuf)>>;

    /// The disks (macOS).
    fn block_storage(&self) -> io::Result<Vec<BlockStorage>> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Batteries and what else gives power (macOS).
    fn power_sources(&self) -> io::Result<Vec<PowerSource>> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// The tables `voltage-states<N>-sram` of the power manager: pairs of
    /// words of 32 bits (macOS on ARM).
    fn voltage_states(&self) -> io::Result<Vec<Vec<u8>>> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// Where a host's questions go.
#[derive(Debug, Clone)]
pub(crate) struct Source(Option<Arc<dyn Answers>>);

impl Source {
    /// The kernel of this machine. Linux, in tests: nobody.
    pub(crate) fn local() -> Self {
        #[cfg(not(target_os = "linux"))]
        return Self(Some(Arc::new(super::pal::bsd::live::Live)));
        #[cfg(target_os = "linux")]
        Self(None)
    }

    /// There is nobody to ask.
    pub(crate) const fn none() -> Self {
        Self(None)
    }

    /// These answers.
    #[cfg(test)]
    pub(crate) fn of(answers: Arc<dyn Answers>) -> Self {
        Self(Some(answers))
    }
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(other)) => std::ptr::addr_eq(Arc::as_ptr(one), Arc::as_ptr(other)),
            (one, other) => one.is_none() && other.is_none(),
        }
    }
}

impl Eq for Source {}

/// The kernel of a host, to be asked. See [`Host::kernel`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kernel<'h> {
    answers: &'h dyn Answers,
    /// How its numbers lie in memory.
    pub(crate) endian: Endian,
    /// Bytes in a page.
    pub(crate) page_size: u64,
}

impl Host {
    /// The kernel of this host, to be asked.
    ///
    /// # Errors
    ///
    /// `Unsupported` for a host that is not this machine, and on 32 bits.
    pub(crate) fn kernel(&self) -> Result<Kernel<'_>> {
        // The tables of layouts are of machines of 64 bits; on Linux the bytes
        // of tests are, too.
        if cfg!(all(target_pointer_width = "32", not(target_os = "linux"))) {
            return Err(Error::unsupported("this system on 32 bits"));
        }
        match &self.source().0 {
            Some(answers) => Ok(Kernel {
                answers: &**answers,
                endian: match self.is_big_endian() {
                    true => Endian::Big,
                    false => Endian::Little,
                },
                page_size: self.page_size(),
            }),
            None => Err(Error::unsupported("another machine than this one")),
        }
    }
}

impl<'h> Kernel<'h> {
    /// Asks. `what` is named in an error: `sysctl kern.proc`.
    pub(crate) fn ask_into(
        &self,
        what: &'static str,
        question: Question<'_>,
        answer: &mut Vec<u8>,
    ) -> Result<()> {
        self.answers
            .ask(question, answer)
            .map_err(|error| Error::call(what, error))
    }

    /// Asks, as [`ask_into`](Self::ask_into).
    pub(crate) fn ask(&self, what: &'static str, question: Question<'_>) -> Result<Vec<u8>> {
        let mut answer = Vec::new();
        self.ask_into(what, question, &mut answer)?;
        Ok(answer)
    }

    /// Asks about one process, as [`ask_into`](Self::ask_into), and again while
    /// it loads another program, for a few milliseconds: the BSDs look into no
    /// process then, and say that it is busy.
    pub(crate) fn ask_patiently(
        &self,
        what: &'static str,
        question: Question<'_>,
        answer: &mut Vec<u8>,
    ) -> Result<()> {
        patiently(|| self.ask_into(what, question, answer))
    }

    /// Does something. `what` is named in an error: `kill`.
    pub(crate) fn act(&self, what: &'static str, action: Action<'_>) -> Result<()> {
        self.answers
            .act(action)
            .map_err(|error| Error::call(what, error))
    }

    /// Does something to one process, as [`act`](Self::act), and again while it
    /// is busy: see [`ask_patiently`](Self::ask_patiently). `check` is whether it
    /// is still the one that is meant, after each wait.
    pub(crate) fn act_patiently(
        &self,
        what: &'static str,
        action: Action<'_>,
        check: impl Fn() -> Result<()>,
    ) -> Result<()> {
        let mut has_waited = false;
        patiently(|| {
            if std::mem::replace(&mut has_waited, true) {
                check()?;
            }
            self.act(what, action)
        })
    }

    /// `sysctl(3)`, by numbers.
    pub(crate) fn sysctl(&self, what: &'static str, mib: &[i32]) -> Result<Vec<u8>> {
        self.ask(what, Question::Sysctl(mib))
    }

    /// `sysctlbyname(3)`. `what` has to be `sysctl` and the name.
    ///
    /// # Errors
    ///
    /// `Unsupported` when the kernel does not know the name.
    pub(crate) fn named(&self, what: &'static str) -> Result<Vec<u8>> {
        let name = what.strip_prefix("sysctl ").unwrap_or(what);
        self.ask(what, Question::Named(name)).map_err(unknown)
    }

    /// `sysctlbyname(3)` for a name that is put together, as
    /// `dev.cpu.0.freq`. `None`: the kernel does not know it, or its device
    /// does not answer.
    ///
    /// # Errors
    ///
    /// When it is refused, or the memory for it.
    pub(crate) fn optional(&self, name: &str) -> Result<Option<Vec<u8>>> {
        let mut answer = Vec::new();
        match self.answers.ask(Question::Named(name), &mut answer) {
            Ok(()) => Ok(Some(answer)),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(Error::file("sysctl", name, error)),
        }
    }

    /// Asks for what the kernel may lack, or what has no device that answers:
    /// `None` then. `what` as for [`ask`](Self::ask).
    ///
    /// # Errors
    ///
    /// As [`optional`](Self::optional).
    pub(crate) fn optional_answer(
        &self,
        what: &'static str,
        question: Question<'_>,
    ) -> Result<Option<Vec<u8>>> {
        let mut answer = Vec::new();
        match self.answers.ask(question, &mut answer) {
            Ok(()) => Ok(Some(answer)),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(Error::call(what, error)),
        }
    }

    /// The number that a name stands for, of 4 or 8 bytes as the kernel has
    /// it. `what` as for [`named`](Self::named).
    pub(crate) fn number(&self, what: &'static str) -> Result<u64> {
        let answer = self.named(what)?;
        unsigned(&answer, self.endian).ok_or_else(|| malformed(what, Malformed("a number")))
    }

    /// The number that a name stands for, where it may be unknown to the
    /// kernel. See [`optional`](Self::optional).
    pub(crate) fn optional_number(&self, name: &str) -> Result<Option<i64>> {
        let Some(answer) = self.optional(name)? else {
            return Ok(None);
        };
        signed(&answer, self.endian)
            .map(Some)
            .ok_or_else(|| Error::malformed(format!("sysctl {name}"), "a number"))
    }

    /// The counter that a name stands for, of 4 or 8 bytes as the kernel has
    /// it, where it may be unknown to the kernel. See
    /// [`optional`](Self::optional).
    pub(crate) fn optional_counter(&self, name: &str) -> Result<Option<u64>> {
        let Some(answer) = self.optional(name)? else {
            return Ok(None);
        };
        unsigned(&answer, self.endian)
            .map(Some)
            .ok_or_else(|| Error::malformed(format!("sysctl {name}"), "a number"))
    }

    /// The number behind these numbers, of 4 or 8 bytes as the kernel has it.
    pub(crate) fn number_at(&self, what: &'static str, mib: &[i32]) -> Result<u64> {
        let answer = self.sysctl(what, mib)?;
        unsigned(&answer, self.endian).ok_or_else(|| malformed(what, Malformed("a number")))
    }

    /// One structure, to be read from this answer.
    pub(crate) const fn record<'a>(&self, answer: &'a [u8]) -> Record<'a> {
        Record::new(answer, self.endian)
    }

    /// A number as the kernel has it in a structure.
    pub(crate) const fn bytes_of(&self, number: u32) -> [u8; 4] {
        match self.endian {
            Endian::Little => number.to_le_bytes(),
            Endian::Big => number.to_be_bytes(),
        }
    }

    /// How long the system has been running.
    pub(crate) fn uptime(&self) -> Result<Duration> {
        self.answers
            .uptime()
            .map_err(|error| Error::call("clock_gettime", error))
    }

    /// Who answers, for what has no bytes.
    pub(crate) const fn answers(&self) -> &'h dyn Answers {
        self.answers
    }
}

/// See [`Kernel::ask_patiently`].
fn patiently(mut ask: impl FnMut() -> Result<()>) -> Result<()> {
    const TRIES: u32 = 10;
    const PAUSE: Duration = Duration::from_micros(100);
    let mut tries = TRIES;
    loop {
        tries -= 1;
        match ask() {
            Err(error) if error.raw_os_error() == Some(libc::EBUSY) && tries > 0 => {
                std::thread::sleep(PAUSE);
            }
            asked => return asked,
        }
    }
}

/// Nobody knows what was asked for.
fn is_missing(error: &io::Error) -> bool {
    match error.raw_os_error() {
        Some(number) => [
            libc::ENOENT,
            libc::ENXIO,
            libc::ENODEV,
            libc::EIO,
            libc::ENOTDIR,
            libc::EOPNOTSUPP,
            // The caller has promised not to ask (`pledge`, with `error`).
            libc::ENOSYS,
        ]
        .contains(&number),
        None => error.kind() == io::ErrorKind::Unsupported,
    }
}

/// What the kernel does not know is not offered by it.
#[cold]
fn unknown(error: Error) -> Error {
    match error.kind() {
        ErrorKind::NotFound => error.with_kind(ErrorKind::Unsupported),
        _ => error,
    }
}

/// The error of an answer that is not in the expected form.
#[cold]
pub(crate) fn malformed(what: &'static str, expected: Malformed) -> Error {
    Error::malformed(what, expected.0)
}

/// A number that is never negative, of 4 or 8 bytes.
fn unsigned(answer: &[u8], endian: Endian) -> Option<u64> {
    use crate::parse::layout::Number as _;
    match answer.len() {
        4 => u32::read(answer, endian).map(u64::from),
        _ => u64::read(answer, endian),
    }
}

/// A number that may be negative, of 4 or 8 bytes.
fn signed(answer: &[u8], endian: Endian) -> Option<i64> {
    use crate::parse::layout::Number as _;
    match answer.len() {
        4 => i32::read(answer, endian).map(i64::from),
        _ => i64::read(answer, endian),
    }
}
