//! Putting what a record says into the cells of a row.

use std::{
    ffi::{OsStr, OsString},
    os::unix::ffi::{OsStrExt as _, OsStringExt as _},
    path::PathBuf,
    time::{Duration, SystemTime},
};

use super::{System, terminals::Terminals};
use crate::{
    Field, Unavailable,
    parse::{kinfo, linux::cmdline::program_names},
    process::{
        CpuTimes, CtxSwitches, Fields, Ids, IoCounters, MemoryInfo, MemoryInfoEx, PageFaults, Pid,
        ProcessRow, State,
    },
    sys::kernel::Kernel,
};

/// What the records have: all of it on the BSDs, less on macOS.
const RECORD: Fields = Fields::NAME
    .union(Fields::PPID)
    .union(Fields::PGID)
    .union(Fields::SID)
    .union(Fields::STATE)
    .union(Fields::TERMINAL)
    .union(Fields::CPU_TIMES)
    .union(Fields::CPU_TOTAL)
    .union(Fields::CPU_NUM)
    .union(Fields::NICE)
    .union(Fields::NUM_THREADS)
    .union(Fields::CREATE_TIME)
    .union(Fields::RSS)
    .union(Fields::VMS)
    .union(Fields::PAGE_FAULTS)
    .union(Fields::MEMORY_INFO)
    .union(Fields::MEMORY_INFO_EX)
    .union(Fields::EFFECTIVE_UID)
    .union(Fields::UIDS)
    .union(Fields::GIDS)
    .union(Fields::GROUPS)
    .union(Fields::CTX_SWITCHES)
    .union(Fields::IO_COUNTERS)
    .union(Fields::START);

/// Fills in cells, with what all processes of a pass share.
#[derive(Debug)]
pub(super) struct Cells<S: System> {
    pass: S::Pass,
    terminals: Terminals,
}

impl<S: System> Cells<S> {
    pub(super) fn new() -> Self {
        Self {
            pass: S::Pass::default(),
            terminals: Terminals::default(),
        }
    }

    /// A pass begins: what may have changed since the last one is forgotten.
    pub(super) fn begin(&mut self) {
        S::begin(&mut self.pass);
        self.terminals.begin();
    }

    /// Fills in the fields, but for those that are `kept` because the row has
    /// them. Whether it took questions about this process alone.
    pub(super) fn put(
        &mut self,
        kernel: Kernel<'_>,
        process: &kinfo::Process<'_>,
        row: &mut ProcessRow,
        fields: Fields,
        kept: Fields,
    ) -> bool {
        let wanted = fields - kept;
        miss(row, wanted - RECORD - S::DETAILS, Unavailable::Unsupported);
        self.put_record(kernel, process, row, wanted);
        if is_over(process) {
            miss(row, (wanted & S::DETAILS) - RECORD, Unavailable::Zombie);
            return false;
        }
        let details = wanted & S::DETAILS;
        if !details.is_empty() {
            S::put_details(kernel, process, row, details, &mut self.pass);
        }
        let has_recovered =
            wanted.contains(Fields::NAME) && self.recover_name(kernel, process, row, fields);
        !details.is_empty() || has_recovered
    }

    /// Fills in what the record has.
    fn put_record(
        &mut self,
        kernel: Kernel<'_>,
        process: &kinfo::Process<'_>,
        row: &mut ProcessRow,
        wanted: Fields,
    ) {
        // What the record lacks is lost with what has ended, or never was in
        // it. The kernels fill in zeros for memory that is gone.
        let (why, memory) = match is_over(process) {
            true => (Unavailable::Zombie, None),
            false => (Unavailable::Unsupported, process.memory),
        };
        let bytes = |pages: u64| pages.saturating_mul(kernel.page_size);
        let size = |memory: kinfo::Memory| memory.size.bytes(kernel.page_size);
        macro_rules! put {
            ($($flag:ident $field:ident = $value:expr;)*) => {
                $(if wanted.contains(Fields::$flag) {
                    row.$field = $value;
                })*
            };
        }
        if wanted.contains(Fields::NAME) {
            put_text(&mut row.name, process.name);
        }
        if wanted.contains(Fields::GROUPS) {
            put_groups(&mut row.groups, process.groups, why);
        }
        if wanted.contains(Fields::TERMINAL) {
            self.put_terminal(kernel, process, &mut row.terminal);
        }
        put! {
            PPID ppid = pid(process.parent);
            PGID pgid = pid(process.group);
            SID sid = process.session.ok_or(why).and_then(pid);
            STATE state = Ok(state(process.state));
            CPU_TIMES cpu_times = process.times.map(cpu_times).ok_or(why);
            CPU_TOTAL cpu_total = process
                .times
                .map(|times| times.user.saturating_add(times.system))
                .ok_or(why);
            CPU_NUM cpu_num = process.cpu.ok_or(why);
            NICE nice = Ok(process.nice);
            NUM_THREADS num_threads = threads(process, why);
            CREATE_TIME create_time = create_time(process.start).ok_or(why);
            RSS rss = memory.map(|memory| bytes(memory.resident)).ok_or(why);
            VMS vms = memory.map(size).ok_or(why);
            MEMORY_INFO memory_info = memory
                .map(|memory| MemoryInfo {
                    rss: bytes(memory.resident),
                    vms: size(memory),
                    shared: None,
                    text: Some(bytes(memory.text)),
                    data: Some(bytes(memory.data)),
                    stack: Some(bytes(memory.stack)),
                })
                .ok_or(why);
            MEMORY_INFO_EX memory_info_ex = memory
                .map(|memory| MemoryInfoEx {
                    peak_rss: peak(memory, bytes(memory.resident)),
                    ..MemoryInfoEx::default()
                })
                .ok_or(why);
            PAGE_FAULTS page_faults = process
                .counts
                .map(|counts| PageFaults {
                    minor: counts.minor_faults,
                    major: counts.major_faults,
                    children_minor: counts.children_faults.map(|(minor, _)| minor),
                    children_major: counts.children_faults.map(|(_, major)| major),
                })
                .ok_or(why);
            IO_COUNTERS io_counters = process
                .counts
                .map(|counts| IoCounters {
                    read_count: Some(counts.blocks_in),
                    write_count: Some(counts.blocks_out),
                    ..IoCounters::default()
                })
                .ok_or(why);
            EFFECTIVE_UID effective_uid = Ok(process.uid.effective);
            UIDS uids = Ok(ids(process.uid));
            GIDS gids = Ok(ids(process.gid));
            CTX_SWITCHES ctx_switches = process
                .counts
                .map(|counts| CtxSwitches {
                    voluntary: counts.voluntary_switches,
                    involuntary: Some(counts.involuntary_switches),
                })
                .ok_or(why);
        }
    }

    fn put_terminal(
        &mut self,
        kernel: Kernel<'_>,
        process: &kinfo::Process<'_>,
        cell: &mut Field<Option<PathBuf>>,
    ) {
        let Some(device) = process.terminal else {
            *cell = Ok(None);
            return;
        };
        match self.terminals.path(kernel, device) {
            Ok(path) if matches!(cell, Ok(Some(known)) if known == path) => {}
            Ok(path) => *cell = Ok(Some(path.to_owned())),
            Err(why) => *cell = Err(why),
        }
    }

    /// The whole name, where the kernel may have cut it and the command line
    /// begins with what it kept. Whether that took a question.
    fn recover_name(
        &mut self,
        kernel: Kernel<'_>,
        process: &kinfo::Process<'_>,
        row: &mut ProcessRow,
        fields: Fields,
    ) -> bool {
        let is_cut = process.name.len() >= S::LONGEST_NAME
            && !process.of_kernel
            && matches!(&row.name, Ok(name) if name.as_bytes() == process.name);
        if !is_cut || !S::DETAILS.contains(Fields::CMDLINE) {
            return false;
        }
        let is_asked = fields.contains(Fields::CMDLINE);
        if !is_asked {
            S::put_details(kernel, process, row, Fields::CMDLINE, &mut self.pass);
        }
        if let Ok([first, ..]) = row.cmdline.as_deref() {
            let names = program_names(first.as_bytes());
            if let Some(name) = names
                .into_iter()
                .find(|name| name.starts_with(process.name))
            {
                row.name = Ok(OsStr::from_bytes(name).to_owned());
            }
        }
        if !is_asked {
            row.cmdline = Err(Unavailable::NotRequested);
        }
        !is_asked
    }
}

/// Says of these fields why they are missing.
fn miss(row: &mut ProcessRow, fields: Fields, why: Unavailable) {
    if fields.is_empty() {
        return;
    }
    macro_rules! miss {
        ($($flag:ident $field:ident),* $(,)?) => {
            $(if fields.contains(Fields::$flag) { row.$field = Err(why); })*
        };
    }
    miss! {
        CAPABILITIES capabilities, CMDLINE cmdline, EXE exe, CWD cwd, ROOT root,
        ENVIRON environ, NUM_FDS num_fds, MEMORY_FOOTPRINT memory_footprint,
        OOM_SCORE oom_score, CGROUP cgroup, IONICE ionice, CPU_AFFINITY cpu_affinity,
    }
}

/// Whether it has ended, so that only its record is left.
pub(super) fn is_over(process: &kinfo::Process<'_>) -> bool {
    matches!(process.state, kinfo::State::Zombie | kinfo::State::Dead)
}

/// Puts a text into a cell, in the memory that the old one has, if any.
pub(super) fn put_text(cell: &mut Field<OsString>, bytes: &[u8]) {
    let old = std::mem::replace(cell, Err(Unavailable::NotRequested));
    let mut text = old.map(OsString::into_vec).unwrap_or_default();
    text.clear();
    text.extend_from_slice(bytes);
    *cell = Ok(OsString::from_vec(text));
}

/// Puts groups into a cell, in the memory that the old ones have, if any.
fn put_groups(cell: &mut Field<Vec<u32>>, groups: Option<kinfo::Groups<'_>>, why: Unavailable) {
    let Some(groups) = groups else {
        *cell = Err(why);
        return;
    };
    match cell {
        Ok(known) => {
            known.clear();
            known.extend(groups.iter());
        }
        Err(_) => *cell = Ok(groups.iter().collect()),
    }
}

fn pid(number: i32) -> Field<Pid> {
    // The kernel's word for none.
    Ok(Pid::new(u32::try_from(number).unwrap_or(0)))
}

/// What a process or one of its threads does.
pub(in crate::sys::process) fn state(state: kinfo::State) -> State {
    match state {
        kinfo::State::Idle => State::Idle,
        kinfo::State::Running => State::Running,
        kinfo::State::Sleeping => State::Sleeping,
        kinfo::State::Stopped => State::Stopped,
        kinfo::State::Zombie => State::Zombie,
        kinfo::State::Dead => State::Dead,
        kinfo::State::Waiting => State::Waiting,
        kinfo::State::Locked => State::Locked,
        kinfo::State::Suspended => State::Suspended,
        kinfo::State::Other(number) => State::Unknown(
            u32::try_from(number)
                .ok()
                .and_then(|number| char::from_digit(number, 36))
                .unwrap_or('?'),
        ),
    }
}

fn cpu_times(times: kinfo::Times) -> CpuTimes {
    let (user, system) = times.children.unzip();
    CpuTimes {
        user: times.user,
        system: times.system,
        children_user: user,
        children_system: system,
        children_total: times.children_total,
        iowait: None,
    }
}

/// No process that runs is without a thread.
fn threads(process: &kinfo::Process<'_>, why: Unavailable) -> Field<u32> {
    match process.threads {
        Some(0) | None => Err(why),
        Some(count) => u32::try_from(count).map_err(|_| Unavailable::Malformed),
    }
}

/// The first processes have none on some of the systems.
fn create_time(start: Option<Duration>) -> Option<SystemTime> {
    SystemTime::UNIX_EPOCH.checked_add(start.filter(|start| !start.is_zero())?)
}

/// The kernels look at this now and then: it may be behind, and none yet.
fn peak(memory: kinfo::Memory, resident: u64) -> Option<u64> {
    let peak = memory.peak_kib.filter(|&peak| peak != 0)?;
    Some(peak.saturating_mul(1024).max(resident))
}

fn ids(ids: kinfo::Ids) -> Ids {
    Ids {
        real: ids.real,
        effective: ids.effective,
        saved: ids.saved,
        filesystem: ids.effective,
    }
}
