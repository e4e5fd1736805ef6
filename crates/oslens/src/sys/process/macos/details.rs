//! What a record does not have: it takes questions about each process.

use std::{path::PathBuf, time::Duration};

use super::{
    bsd::{self, texts},
    files, maps, presence,
};
use crate::{
    Error, ErrorKind, Field, Result, Unavailable,
    parse::{
        kinfo,
        layout::{
            Number as _, Type as _,
            macos::{
                process::{
                    KERN_PROCARGS2, PROC_PIDTASKINFO, PROC_PIDVNODEPATHINFO, ProcTaskinfo,
                    ProcVnodepathinfo, RUSAGE_INFO_V0, RUSAGE_INFO_V2, RUSAGE_INFO_V4,
                    RUSAGE_INFO_V6, RusageInfoV0, RusageInfoV2, RusageInfoV4, RusageInfoV6,
                    TASK_VM_INFO, TASK_VM_INFO_COUNT,
                },
                system::CTL_KERN,
            },
        },
        macos::{
            arguments::{self, Arguments},
            files::Vnode,
            process::{self, Task, Usage},
        },
    },
    process::{
        CpuTimes, CtxSwitches, Fields, IoCounters, MemoryInfo, MemoryInfoEx, PageFaults, Pid,
        ProcessRow, State,
    },
    sys::kernel::{Kernel, Question, malformed},
};

/// What `PROC_PIDTASKINFO` has. The state of a process is hardly ever anything
/// but running in its record: whether a thread of it runs is told here.
const TASK: Fields = Fields::STATE
    .union(Fields::CPU_TOTAL)
    .union(Fields::NUM_THREADS)
    .union(Fields::RSS)
    .union(Fields::VMS)
    .union(Fields::MEMORY_INFO)
    .union(Fields::PAGE_FAULTS)
    .union(Fields::CTX_SWITCHES);

/// What `proc_pid_rusage` has.
const USAGE: Fields = Fields::CPU_TIMES
    .union(Fields::MEMORY_INFO_EX)
    .union(Fields::IO_COUNTERS);

/// What `KERN_PROCARGS2` has.
const ARGUMENTS: Fields = Fields::CMDLINE.union(Fields::ENVIRON);

/// What `PROC_PIDVNODEPATHINFO` has.
const PLACES: Fields = Fields::CWD.union(Fields::ROOT);

/// The fields that the record does not have.
pub(super) const FIELDS: Fields = TASK
    .union(USAGE)
    .union(ARGUMENTS)
    .union(PLACES)
    .union(Fields::SID)
    .union(Fields::EXE)
    .union(Fields::NUM_FDS)
    .union(Fields::MEMORY_FOOTPRINT);

/// What is the same for all processes, and memory for answers.
#[derive(Debug, Default)]
pub(crate) struct Pass {
    buffer: Vec<u8>,
    facts: Facts,
}

/// What does not change while the system runs, once it was asked.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Facts {
    /// Ticks in a second of Mach's clock.
    frequency: Option<u64>,
    /// Bytes of the longest arguments and environment.
    argument_room: Option<usize>,
    /// The newest `rusage_info` that this kernel knows.
    usage_version: Option<usize>,
}

/// The versions of `rusage_info` that add what is wanted, newest first.
const USAGE_VERSIONS: [(i32, usize); 4] = [
    (RUSAGE_INFO_V6, RusageInfoV6::SIZE),
    (RUSAGE_INFO_V4, RusageInfoV4::SIZE),
    (RUSAGE_INFO_V2, RusageInfoV2::SIZE),
    (RUSAGE_INFO_V0, RusageInfoV0::SIZE),
];

impl Facts {
    /// How long so many ticks of Mach's clock are.
    pub(super) fn time(&mut self, kernel: Kernel<'_>, ticks: u64) -> Result<Duration> {
        const FREQUENCY: &str = "sysctl hw.tbfrequency";
        let frequency = match self.frequency {
            Some(frequency) => frequency,
            None => *self.frequency.insert(kernel.number(FREQUENCY)?),
        };
        process::mach_time(ticks, frequency)
            .ok_or_else(|| Error::malformed(FREQUENCY, "a clock that runs"))
    }

    /// What a process has used.
    pub(super) fn usage(
        &mut self,
        kernel: Kernel<'_>,
        pid: i32,
        buffer: &mut Vec<u8>,
    ) -> Result<Usage> {
        const CALL: &str = "proc_pid_rusage";
        let first = self.usage_version.unwrap_or(0);
        for (version, (flavor, size)) in USAGE_VERSIONS.into_iter().enumerate().skip(first) {
            let question = Question::PidUsage { pid, flavor, size };
            match kernel.ask_into(CALL, question, buffer) {
                Ok(()) => {
                    self.usage_version = Some(version);
                    return process::usage(buffer, kernel.endian)
                        .map_err(|wrong| malformed(CALL, wrong));
                }
                // A version that came later.
                Err(error) if error.raw_os_error() == Some(libc::EINVAL) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::unsupported("proc_pid_rusage"))
    }

    /// What a process was started with.
    fn arguments<'b>(
        &mut self,
        kernel: Kernel<'_>,
        pid: i32,
        buffer: &'b mut Vec<u8>,
    ) -> Result<Arguments<'b>> {
        const CALL: &str = "sysctl kern.procargs2";
        const LONGEST: &str = "sysctl kern.argmax";
        /// Enough for nearly all. Where it is not, the kernel gives what has
        /// room of the end, and fills all of it.
        const USUAL: usize = 64 << 10;
        let mib = [CTL_KERN, KERN_PROCARGS2, pid];
        let question = |size| Question::Room { mib: &mib, size };
        kernel.ask_into(CALL, question(USUAL), buffer)?;
        if buffer.len() >= USUAL {
            let size = match self.argument_room {
                Some(size) => size,
                None => {
                    let room = usize::try_from(kernel.number(LONGEST)?);
                    let room = room.map_err(|_| Error::malformed(LONGEST, "a size"))?;
                    *self.argument_room.insert(room)
                }
            };
            kernel.ask_into(CALL, question(size), buffer)?;
        }
        arguments::arguments(buffer, kernel.endian).map_err(|wrong| malformed(CALL, wrong))
    }
}

/// What the kernel counts of a process.
pub(super) fn task(kernel: Kernel<'_>, pid: i32, buffer: &mut Vec<u8>) -> Result<Task> {
    const CALL: &str = "proc_pidinfo PROC_PIDTASKINFO";
    let question = Question::PidInfo {
        pid,
        flavor: PROC_PIDTASKINFO,
        argument: 0,
        size: ProcTaskinfo::SIZE,
    };
    kernel.ask_into(CALL, question, buffer)?;
    process::task(buffer, kernel.endian).map_err(|wrong| malformed(CALL, wrong))
}

impl Pass {
    /// Fills in the cells of one process, which has not ended by its record.
    pub(super) fn put(
        &mut self,
        kernel: Kernel<'_>,
        process: &kinfo::Process<'_>,
        row: &mut ProcessRow,
        fields: Fields,
    ) {
        let mut subject = Subject {
            kernel,
            pid: process.pid,
            of_kernel: process.of_kernel,
            pass: self,
        };
        // Only of what may run there is more to be known.
        let is_known = fields & TASK == Fields::STATE && row.state != Ok(State::Running);
        if fields.intersects(TASK) && !is_known {
            subject.put_task(row, fields);
        }
        if fields.intersects(USAGE) {
            subject.put_usage(row, fields);
        }
        if fields.intersects(ARGUMENTS) {
            subject.put_arguments(row, fields);
        }
        if fields.intersects(PLACES) {
            subject.put_places(row, fields);
        }
        if fields.contains(Fields::SID) {
            row.sid = subject.session();
        }
        if fields.contains(Fields::EXE) {
            row.exe = subject.exe();
        }
        if fields.contains(Fields::NUM_FDS) {
            row.num_fds = subject.num_fds();
        }
        if fields.contains(Fields::MEMORY_FOOTPRINT) {
            row.memory_footprint =
                maps::footprint(kernel, process.pid).map_err(|error| subject.why(&error));
        }
    }
}

/// One process whose details are asked for.
struct Subject<'k, 'p> {
    kernel: Kernel<'k>,
    pid: i32,
    of_kernel: bool,
    pass: &'p mut Pass,
}

impl Subject<'_, '_> {
    /// Why a cell is empty that this error was met for. The questions do not
    /// find a process that has ended since its record was read; of arguments
    /// they say no more about that than that something is invalid.
    fn why(&self, error: &Error) -> Unavailable {
        let is_vague = matches!(error.raw_os_error(), Some(libc::EINVAL | libc::EIO));
        match error.kind() {
            ErrorKind::NoSuchProcess => {
                presence(self.kernel, self.pid).unwrap_or(Unavailable::Gone)
            }
            ErrorKind::Os if is_vague => {
                presence(self.kernel, self.pid).unwrap_or(Unavailable::Denied)
            }
            _ => bsd::why(error),
        }
    }

    fn put_task(&mut self, row: &mut ProcessRow, fields: Fields) {
        let task = task(self.kernel, self.pid, &mut self.pass.buffer);
        let task = task.map_err(|error| self.why(&error));
        macro_rules! put {
            ($($flag:ident $field:ident = $value:expr;)*) => {
                $(if fields.contains(Fields::$flag) {
                    row.$field = task.and_then($value);
                })*
            };
        }
        put! {
            NUM_THREADS num_threads = |task| Ok(task.threads);
            RSS rss = |task| Ok(task.resident);
            VMS vms = |task| Ok(task.virtual_size);
            MEMORY_INFO memory_info = |task| Ok(MemoryInfo {
                rss: task.resident,
                vms: task.virtual_size,
                ..MemoryInfo::default()
            });
            PAGE_FAULTS page_faults = |task| Ok(page_faults(&task));
            CTX_SWITCHES ctx_switches = |task| Ok(CtxSwitches {
                voluntary: task.switches.into(),
                involuntary: None,
            });
            CPU_TOTAL cpu_total = |task| {
                self.time(task.user.saturating_add(task.system))
            };
        }
        if fields.contains(Fields::STATE) && row.state == Ok(State::Running) {
            match task {
                Ok(task) if task.running == 0 => row.state = Ok(State::Sleeping),
                // It ended since.
                Err(Unavailable::Zombie) => row.state = Ok(State::Zombie),
                // Another user's: what the record says is all there is.
                _ => {}
            }
        }
    }

    fn put_usage(&mut self, row: &mut ProcessRow, fields: Fields) {
        let pass = &mut *self.pass;
        let usage = pass.facts.usage(self.kernel, self.pid, &mut pass.buffer);
        let usage = usage.map_err(|error| self.why(&error));
        if fields.contains(Fields::CPU_TIMES) {
            row.cpu_times = usage.and_then(|usage| self.cpu_times(&usage));
        }
        if fields.contains(Fields::MEMORY_INFO_EX) {
            row.memory_info_ex = usage.map(|usage| self.memory(&usage));
        }
        if fields.contains(Fields::IO_COUNTERS) {
            row.io_counters = usage.and_then(|usage| io_counters(&usage));
        }
    }

    /// More about the memory. Most of it is told by Mach, whom nobody may ask
    /// about another process, but for root about some, and who may then never
    /// answer.
    fn memory(&mut self, usage: &Usage) -> MemoryInfoEx {
        let mut memory = MemoryInfoEx {
            locked: Some(usage.wired),
            ..MemoryInfoEx::default()
        };
        if u32::try_from(self.pid).map(Pid::new) == Ok(Pid::current()) {
            let question = Question::OwnTask {
                flavor: TASK_VM_INFO,
                words: usize::try_from(TASK_VM_INFO_COUNT).unwrap_or(0),
            };
            let buffer = &mut self.pass.buffer;
            let asked = self.kernel.ask_into("task_info", question, buffer);
            if let (Ok(()), Ok(told)) = (asked, process::task_memory(buffer, self.kernel.endian)) {
                memory.peak_rss = Some(told.resident_peak);
                memory.rss_anon = Some(told.internal);
                memory.rss_file = Some(told.external);
                memory.swap = Some(told.compressed);
            }
        }
        memory
    }

    fn cpu_times(&mut self, usage: &Usage) -> Field<CpuTimes> {
        Ok(CpuTimes {
            user: self.time(usage.user)?,
            system: self.time(usage.system)?,
            children_user: usage
                .children_user
                .map(|ticks| self.time(ticks))
                .transpose()?,
            children_system: usage
                .children_system
                .map(|ticks| self.time(ticks))
                .transpose()?,
            ..CpuTimes::default()
        })
    }

    fn time(&mut self, ticks: u64) -> Field<Duration> {
        let time = self.pass.facts.time(self.kernel, ticks);
        time.map_err(|error| bsd::why(&error))
    }

    fn put_arguments(&mut self, row: &mut ProcessRow, fields: Fields) {
        if self.of_kernel {
            if fields.contains(Fields::CMDLINE) {
                row.cmdline = Ok(Vec::new());
            }
            if fields.contains(Fields::ENVIRON) {
                row.environ = Ok(Vec::new());
            }
            return;
        }
        let mut buffer = std::mem::take(&mut self.pass.buffer);
        let arguments = self
            .pass
            .facts
            .arguments(self.kernel, self.pid, &mut buffer);
        let arguments = arguments.map_err(|error| self.why(&error));
        if fields.contains(Fields::CMDLINE) {
            row.cmdline = arguments.map(|all| texts::texts(all.arguments()));
        }
        if fields.contains(Fields::ENVIRON) {
            row.environ = arguments.and_then(|all| {
                // Programs of the system's own keep theirs to themselves.
                let variables = all.environment().ok_or(Unavailable::Denied)?;
                Ok(variables
                    .map(|(name, value)| (texts::text(name), texts::text(value)))
                    .collect())
            });
        }
        self.pass.buffer = buffer;
    }

    fn put_places(&mut self, row: &mut ProcessRow, fields: Fields) {
        const CALL: &str = "proc_pidinfo PROC_PIDVNODEPATHINFO";
        let question = Question::PidInfo {
            pid: self.pid,
            flavor: PROC_PIDVNODEPATHINFO,
            argument: 0,
            size: ProcVnodepathinfo::SIZE,
        };
        let mut buffer = std::mem::take(&mut self.pass.buffer);
        let asked = self.kernel.ask_into(CALL, question, &mut buffer);
        let why = |error: Error| match error.kind() {
            // The disk that a directory is on is gone.
            ErrorKind::NotFound => Unavailable::Unsupported,
            _ => self.why(&error),
        };
        let places = asked.map_err(why).and_then(|()| {
            crate::parse::macos::files::places(&buffer, self.kernel.endian)
                .map_err(|_| Unavailable::Malformed)
        });
        // The kernel finds no path for a directory that was removed.
        let path = |place: Vnode<'_>| match place.path {
            [] => Err(Unavailable::Unsupported),
            path => Ok(texts::path(path)),
        };
        if fields.contains(Fields::CWD) {
            row.cwd = places.and_then(|places| path(places.cwd));
        }
        if fields.contains(Fields::ROOT) {
            row.root = places.and_then(|places| places.root.map_or(Ok("/".into()), path));
        }
        self.pass.buffer = buffer;
    }

    fn session(&mut self) -> Field<Pid> {
        // The kernel itself, whose number means the caller.
        if self.pid == 0 {
            return Err(Unavailable::Unsupported);
        }
        let buffer = &mut self.pass.buffer;
        let asked = self
            .kernel
            .ask_into("getsid", Question::Session(self.pid), buffer);
        match asked {
            Ok(()) => i32::read(&self.pass.buffer, self.kernel.endian)
                .and_then(|session| u32::try_from(session).ok())
                .map(Pid::new)
                .ok_or(Unavailable::Malformed),
            Err(error) => Err(self.why(&error)),
        }
    }

    fn exe(&mut self) -> Field<Option<PathBuf>> {
        if self.of_kernel {
            return Ok(None);
        }
        let question = Question::PidPath(self.pid);
        let pass = &mut *self.pass;
        match self
            .kernel
            .ask_into("proc_pidpath", question, &mut pass.buffer)
        {
            Ok(()) => {
                let path = pass.buffer.split(|byte| *byte == 0).next();
                let path = path.unwrap_or_default();
                Ok((!path.is_empty()).then(|| texts::path(path)))
            }
            // Its file is not there any more.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(self.started_by()),
            // Its disk is not there any more, if it is not the process: one
            // that is ending has a record, but no session.
            Err(error) if error.kind() == ErrorKind::NoSuchProcess => match self.session() {
                Err(why @ (Unavailable::Gone | Unavailable::Zombie)) => Err(why),
                _ => Ok(self.started_by()),
            },
            Err(error) => Err(self.why(&error)),
        }
    }

    /// The path that it was started by, if it may be had and was not a
    /// relative one.
    fn started_by(&mut self) -> Option<PathBuf> {
        let pass = &mut *self.pass;
        let started = pass
            .facts
            .arguments(self.kernel, self.pid, &mut pass.buffer);
        let path = started.ok().map(|started| started.path);
        path.filter(|path| path.starts_with(b"/")).map(texts::path)
    }

    fn num_fds(&mut self) -> Field<u32> {
        if self.of_kernel {
            return Ok(0);
        }
        let listed = files::list(self.kernel, self.pid, &mut self.pass.buffer);
        let count = listed
            .map(Iterator::count)
            .map_err(|error| self.why(&error))?;
        u32::try_from(count).map_err(|_| Unavailable::Malformed)
    }
}

fn page_faults(task: &Task) -> PageFaults {
    /// Where newer kernels stop counting.
    const END: u32 = i32::MAX.unsigned_abs();
    let major = task.pageins;
    PageFaults {
        minor: match task.faults {
            // It stands, and does not fall while the others rise.
            END => END.into(),
            // Those that read are among all of them.
            all => all.saturating_sub(major).into(),
        },
        major: major.into(),
        ..PageFaults::default()
    }
}

fn io_counters(usage: &Usage) -> Field<IoCounters> {
    if usage.disk_read.is_none() && usage.disk_written.is_none() {
        return Err(Unavailable::Unsupported);
    }
    Ok(IoCounters {
        read_bytes: usage.disk_read,
        write_bytes: usage.disk_written,
        ..IoCounters::default()
    })
}
