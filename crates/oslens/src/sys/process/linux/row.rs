//! Putting what was read into the cells of a row. Memory that a cell already
//! has is used again, so that a row can be filled over and over without an
//! allocation.

use std::{
    ffi::OsString,
    os::unix::ffi::{OsStrExt as _, OsStringExt as _},
    path::PathBuf,
    time::{Duration, SystemTime},
};

use crate::{
    Field, Unavailable, parse,
    parse::linux::{cgroup::Membership, stat::Stat, statm::Statm, status::Status},
    process::{
        CgroupPath, CpuTimes, Fields, MemoryInfo, PageFaults, Pid, ProcessRow, StartTime, State,
    },
};

/// The kernel's units.
#[derive(Debug, Clone, Copy)]
pub(super) struct Units {
    pub(super) page_size: u64,
    pub(super) ticks_per_second: u64,
}

impl Units {
    pub(super) fn ticks(self, ticks: u64) -> Duration {
        let hertz = self.ticks_per_second.max(1);
        let nanoseconds = (ticks % hertz).saturating_mul(1_000_000_000) / hertz;
        Duration::new(ticks / hertz, u32::try_from(nanoseconds).unwrap_or(0))
    }

    pub(super) fn pages(self, pages: u64) -> u64 {
        pages.saturating_mul(self.page_size)
    }
}

/// The state that a letter means, see proc_pid_stat(5).
pub(super) fn state(letter: u8) -> State {
    match letter {
        b'R' => State::Running,
        b'S' => State::Sleeping,
        b'D' => State::DiskSleep,
        b'T' => State::Stopped,
        b't' => State::TracingStop,
        b'Z' => State::Zombie,
        b'X' | b'x' => State::Dead,
        b'K' => State::WakeKill,
        b'W' => State::Waking,
        b'I' => State::Idle,
        b'P' => State::Parked,
        other => State::Unknown(char::from(other)),
    }
}

/// Every number of `stat`, asked for or not: they are there. The name and
/// what needs more than the line (terminal, time of creation) is the
/// caller's.
pub(super) fn put_stat(row: &mut ProcessRow, stat: &Stat<'_>, units: Units) {
    row.start = StartTime::from_raw(stat.starttime);
    row.ppid = Ok(Pid::new(stat.ppid));
    // −1 while the process is being torn down.
    let group = |id: i64| {
        u32::try_from(id)
            .map(Pid::new)
            .map_err(|_| Unavailable::Gone)
    };
    row.pgid = group(stat.pgrp);
    row.sid = group(stat.session);
    row.state = Ok(state(stat.state));
    let children = |ticks| u64::try_from(ticks).ok().map(|ticks| units.ticks(ticks));
    let children_user = children(stat.cutime);
    let children_system = children(stat.cstime);
    row.cpu_times = Ok(CpuTimes {
        user: units.ticks(stat.utime),
        system: units.ticks(stat.stime),
        children_user,
        children_system,
        children_total: children_user
            .zip(children_system)
            .map(|(user, system)| user.saturating_add(system)),
        iowait: stat.delayacct_blkio_ticks.map(|ticks| units.ticks(ticks)),
    });
    row.cpu_num = stat.processor.ok_or(Unavailable::Unsupported);
    row.nice = i32::try_from(stat.nice).map_err(|_| Unavailable::Malformed);
    row.num_threads = match u32::try_from(stat.num_threads) {
        // No process is without a thread: this one is being torn down, as its
        // group shows too, or the kernel is older than 2.6 and has a zero in
        // this place.
        Ok(0) if stat.pgrp < 0 => Err(Unavailable::Gone),
        Ok(0) => Err(Unavailable::Unsupported),
        number => number.map_err(|_| Unavailable::Malformed),
    };
    row.page_faults = Ok(PageFaults {
        minor: stat.minflt,
        major: stat.majflt,
        children_minor: Some(stat.cminflt),
        children_major: Some(stat.cmajflt),
    });
    if is_over(stat.state) {
        // The columns are 0 because the memory is gone, not because none was
        // used.
        row.rss = Err(Unavailable::Zombie);
        row.vms = Err(Unavailable::Zombie);
    } else if stat.vsize == 0 && stat.is_exiting() && !is_kernel(stat) {
        // About to be a zombie: the memory goes first.
        row.rss = Err(Unavailable::Gone);
        row.vms = Err(Unavailable::Gone);
    } else {
        row.rss = Ok(units.pages(u64::try_from(stat.rss).unwrap_or(0)));
        row.vms = Ok(stat.vsize);
    }
}

/// Whether a process in this state has ended.
pub(super) fn is_over(letter: u8) -> bool {
    matches!(letter, b'Z' | b'X' | b'x')
}

/// Whether it is a thread of the kernel.
pub(super) fn is_kernel(stat: &Stat<'_>) -> bool {
    stat.flags & parse::linux::stat::PF_KTHREAD != 0
}

/// User and system time in ticks: where there is no CPU clock to ask.
pub(super) fn cpu_total(stat: &Stat<'_>, units: Units) -> Duration {
    units.ticks(stat.utime.saturating_add(stat.stime))
}

/// When it was created.
pub(super) fn create_time(
    stat: &Stat<'_>,
    units: Units,
    boot: Option<SystemTime>,
) -> Field<SystemTime> {
    boot.and_then(|boot| boot.checked_add(units.ticks(stat.starttime)))
        .ok_or(Unavailable::Malformed)
}

pub(super) fn put_statm(row: &mut ProcessRow, statm: &Statm, units: Units) {
    row.rss = Ok(units.pages(statm.resident));
    row.vms = Ok(units.pages(statm.size));
    row.memory_info = Ok(MemoryInfo {
        rss: units.pages(statm.resident),
        vms: units.pages(statm.size),
        shared: Some(units.pages(statm.shared)),
        text: Some(units.pages(statm.text)),
        data: Some(units.pages(statm.data)),
        stack: None,
    });
}

pub(super) fn put_status(row: &mut ProcessRow, status: &Status<'_>) {
    row.uids = status.uids.ok_or(Unavailable::Unsupported);
    row.gids = status.gids.ok_or(Unavailable::Unsupported);
    row.effective_uid = row.uids.map(|uids| uids.effective);
    row.ctx_switches = status.ctx_switches().ok_or(Unavailable::Unsupported);
    row.capabilities = status.capabilities.ok_or(Unavailable::Unsupported);
    row.memory_info_ex = if status.state.is_some_and(is_over) {
        Err(Unavailable::Zombie)
    } else {
        Ok(status.memory)
    };
    let mut groups = recycle(&mut row.groups);
    row.groups = match status.groups {
        None => Err(Unavailable::Unsupported),
        Some(_) => {
            let mut result = Ok(());
            for group in status.groups() {
                match group {
                    Ok(group) => groups.push(group),
                    Err(_) => result = Err(Unavailable::Malformed),
                }
            }
            result.map(|()| groups)
        }
    };
}

/// Takes the list out of a cell, empty but with its memory.
pub(super) fn recycle<T>(cell: &mut Field<Vec<T>>) -> Vec<T> {
    match std::mem::replace(cell, Err(Unavailable::NotRequested)) {
        Ok(mut list) => {
            list.clear();
            list
        }
        Err(_) => Vec::new(),
    }
}

/// Bytes that the kernel gave, in memory of what was there before.
fn refill(old: Option<OsString>, bytes: &[u8]) -> OsString {
    let mut memory = old.map(OsString::into_vec).unwrap_or_default();
    memory.clear();
    memory.extend_from_slice(bytes);
    OsString::from_vec(memory)
}

pub(super) fn put_text(cell: &mut Field<OsString>, bytes: &[u8]) {
    let old = std::mem::replace(cell, Err(Unavailable::NotRequested)).ok();
    *cell = Ok(refill(old, bytes));
}

pub(super) fn put_path(cell: &mut Field<PathBuf>, bytes: &[u8]) {
    let old = std::mem::replace(cell, Err(Unavailable::NotRequested)).ok();
    *cell = Ok(refill(old.map(PathBuf::into_os_string), bytes).into());
}

pub(super) fn put_optional_path(cell: &mut Field<Option<PathBuf>>, bytes: &[u8]) {
    let old = std::mem::replace(cell, Ok(None)).ok().flatten();
    *cell = Ok(Some(refill(old.map(PathBuf::into_os_string), bytes).into()));
}

pub(super) fn put_cmdline(row: &mut ProcessRow, content: &[u8]) {
    let mut arguments = recycle(&mut row.cmdline);
    arguments.extend(parse::linux::cmdline::cmdline(content).map(|bytes| refill(None, bytes)));
    row.cmdline = Ok(arguments);
}

pub(super) fn put_environ(row: &mut ProcessRow, content: &[u8]) {
    let mut variables = recycle(&mut row.environ);
    variables.extend(
        parse::linux::environ::environ(content)
            .map(|(name, value)| (refill(None, name), refill(None, value))),
    );
    row.environ = Ok(variables);
}

pub(super) fn put_cgroup(row: &mut ProcessRow, content: &[u8]) {
    let memberships = || parse::linux::cgroup::memberships(content);
    // Processes seldom move: what is there is compared before it is built
    // anew.
    if let Ok(known) = &row.cgroup {
        if memberships().count() == known.len()
            && memberships()
                .zip(known)
                .all(|(now, known)| now.is_ok_and(|now| is_same_cgroup(&now, known)))
        {
            return;
        }
    }
    row.cgroup = memberships()
        .map(|membership| {
            let membership = membership.map_err(|_| Unavailable::Malformed)?;
            Ok(CgroupPath {
                hierarchy: membership.hierarchy,
                controllers: membership
                    .controllers()
                    .map(|name| String::from_utf8_lossy(name).into_owned())
                    .collect(),
                path: refill(None, membership.path).into(),
            })
        })
        .collect();
}

fn is_same_cgroup(now: &Membership<'_>, known: &CgroupPath) -> bool {
    now.hierarchy == known.hierarchy
        && now.path == known.path.as_os_str().as_bytes()
        && now
            .controllers()
            .eq(known.controllers.iter().map(String::as_bytes))
}

/// Says of every field that `stat` would have answered why it is missing.
pub(super) fn miss_stat(row: &mut ProcessRow, why: Unavailable) {
    row.start = StartTime::UNKNOWN;
    row.name = Err(why);
    row.ppid = Err(why);
    row.pgid = Err(why);
    row.sid = Err(why);
    row.state = Err(why);
    row.terminal = Err(why);
    row.cpu_times = Err(why);
    row.cpu_num = Err(why);
    row.nice = Err(why);
    row.num_threads = Err(why);
    row.create_time = Err(why);
    row.rss = Err(why);
    row.vms = Err(why);
    row.page_faults = Err(why);
}

pub(super) fn miss_statm(row: &mut ProcessRow, why: Unavailable) {
    row.memory_info = Err(why);
    row.rss = Err(why);
    row.vms = Err(why);
}

pub(super) fn miss_status(row: &mut ProcessRow, why: Unavailable) {
    row.memory_info_ex = Err(why);
    row.uids = Err(why);
    row.gids = Err(why);
    row.effective_uid = Err(why);
    row.groups = Err(why);
    row.ctx_switches = Err(why);
    row.capabilities = Err(why);
}

/// Whether the kernel cut the name: it keeps 15 bytes of a program's name,
/// but all of a kernel thread's.
pub(super) fn is_cut(stat: &Stat<'_>) -> bool {
    stat.comm.len() == 15 && !is_kernel(stat)
}

/// Whether the row's name is the one that the kernel has now, or was
/// recovered from it.
pub(super) fn has_name(row: &ProcessRow, comm: &[u8]) -> bool {
    match &row.name {
        Ok(name) => {
            let name = name.as_bytes();
            name == comm || (comm.len() == 15 && name.starts_with(comm))
        }
        Err(_) => true,
    }
}

/// The whole name, where the first argument's last part starts with what
/// the kernel kept.
pub(super) fn recover_name(row: &mut ProcessRow, cmdline: &[u8]) {
    let Ok(kept) = &row.name else { return };
    let kept = kept.as_bytes();
    let names = parse::linux::cmdline::program_names(cmdline);
    if let Some(name) = names.into_iter().find(|name| name.starts_with(kept)) {
        put_text(&mut row.name, name);
    }
}

/// The fields that stay what they are until the process ends or starts
/// another program.
pub(super) const STATIC: Fields = Fields::NAME
    .union(Fields::CREATE_TIME)
    .union(Fields::CMDLINE)
    .union(Fields::EXE)
    .union(Fields::ENVIRON)
    .union(Fields::START);
