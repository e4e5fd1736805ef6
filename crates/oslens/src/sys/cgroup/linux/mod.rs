//! Control groups on Linux: versions 1 and 2, and both side by side.

mod place;
#[cfg(test)]
mod tests;

use std::{
    ffi::OsStr,
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use place::{Group, Groups};

use super::MemoryLevel;
use crate::{
    Error, ErrorKind, Host, Result,
    cgroup::{Limits, Throttling, Usage},
    parse::{
        linux::{cgroup as parse, cpulist},
        text,
    },
    pressure::{Pressure, Resource},
    process::{CgroupPath, Pid},
    sys::{disk, pal::linux::file},
};

pub(crate) fn paths(host: &Host, pid: Pid) -> Result<Vec<CgroupPath>> {
    let (path, content) = place::memberships(host, pid)?;
    parse::memberships(&content)
        .map(|line| {
            let line = line.map_err(|malformed| Error::malformed(&path, malformed.0))?;
            Ok(CgroupPath {
                hierarchy: line.hierarchy,
                controllers: line
                    .controllers
                    .split(|&byte| byte == b',')
                    .filter(|name| !name.is_empty())
                    .map(|name| String::from_utf8_lossy(name).into_owned())
                    .collect(),
                path: PathBuf::from(OsStr::from_bytes(line.path)),
            })
        })
        .collect()
}

pub(crate) fn limits(host: &Host, pid: Pid) -> Result<Limits> {
    let groups = Groups::of(host, pid)?;
    let mut limits = Limits::default();
    if let Some(group) = groups.of_controller("memory") {
        for level in hierarchical(group)? {
            let (memory, swap) = memory_limits(group, level)?;
            limits.memory = least(limits.memory, memory);
            limits.swap = least(limits.swap, swap);
            if group.v2 {
                limits.memory_high = least(limits.memory_high, limit(level, "memory.high")?);
            }
        }
    }
    if let Some(group) = groups.of_controller("cpu") {
        limits.cpus = least_quota(group)?;
        match group.v2 {
            true => limits.cpu_weight = limit(group.leaf(), "cpu.weight")?,
            false => limits.cpu_shares = limit(group.leaf(), "cpu.shares")?,
        }
    }
    if let Some(group) = groups.of_controller("cpuset") {
        limits.cpuset = cpuset(group)?;
    }
    if let Some(group) = groups.of_controller("pids") {
        for level in &group.levels {
            limits.processes = least(limits.processes, limit(level, "pids.max")?);
        }
    }
    Ok(limits)
}

pub(crate) fn usage(host: &Host, pid: Pid) -> Result<Usage> {
    let groups = Groups::of(host, pid)?;
    let mut usage = Usage::default();
    if let Some(group) = groups.of_controller("memory") {
        let leaf = group.leaf();
        (usage.memory, usage.inactive_file) = memory_usage(group, leaf)?;
        usage.swap = match group.v2 {
            true => number(leaf, "memory.swap.current")?,
            false => number(leaf, "memory.memsw.usage_in_bytes")?
                .map(|both| both.saturating_sub(usage.memory.unwrap_or(0))),
        };
    }
    if let Some(group) = groups.of_controller("pids") {
        usage.processes = number(group.leaf(), "pids.current")?;
    }
    if let Some(group) = groups.of_controller("cpuacct") {
        let leaf = group.leaf();
        if group.v2 {
            let stat = optional(&leaf.join("cpu.stat"))?.unwrap_or_default();
            let time = |key: &str| parse::keyed(&stat, key.as_bytes()).map(Duration::from_micros);
            usage.cpu = time("usage_usec");
            usage.cpu_user = time("user_usec");
            usage.cpu_system = time("system_usec");
        } else {
            let time = |name| -> Result<_> { Ok(number(leaf, name)?.map(Duration::from_nanos)) };
            usage.cpu = time("cpuacct.usage")?;
            usage.cpu_user = time("cpuacct.usage_user")?;
            usage.cpu_system = time("cpuacct.usage_sys")?;
        }
    }
    if let Some(group) = groups.of_controller("cpu") {
        usage.throttling = throttling(group)?;
    }
    // The controller is called `io` in v2.
    if let Some(group) = groups.of_controller("blkio") {
        let names: &[&str] = match group.v2 {
            true => &["io.stat"],
            // The one with the groups within it since Linux 4.17.
            false => &[
                "blkio.throttle.io_service_bytes_recursive",
                "blkio.throttle.io_service_bytes",
            ],
        };
        for name in names {
            if let Some(content) = optional(&group.leaf().join(name))? {
                // In v1 the lines of a device follow each other.
                let mut last = (Vec::new(), false);
                let (read, written) = parse::io_bytes(&content, |device| {
                    if last.0 != device {
                        last = (device.to_vec(), !disk::is_stacked(host, device));
                    }
                    last.1
                });
                (usage.read_bytes, usage.write_bytes) = (Some(read), Some(written));
                break;
            }
        }
    }
    Ok(usage)
}

/// CPU time per time that the groups around a process grant it.
pub(crate) fn cpu_quota(host: &Host, pid: Pid) -> Result<Option<f64>> {
    let groups = Groups::of(host, pid)?;
    groups.of_controller("cpu").map_or(Ok(None), least_quota)
}

/// The groups around a process that limit its memory.
pub(crate) fn memory_levels(host: &Host, pid: Pid) -> Result<Vec<MemoryLevel>> {
    let groups = Groups::of(host, pid)?;
    let Some(group) = groups.of_controller("memory") else {
        return Ok(Vec::new());
    };
    let mut levels = Vec::new();
    for level in hierarchical(group)? {
        if let Some(limit) = memory_limits(group, level)?.0 {
            let (usage, reclaimable) = memory_usage(group, level)?;
            levels.push(MemoryLevel {
                limit,
                usage: usage.unwrap_or(0),
                reclaimable: reclaimable.unwrap_or(0),
            });
        }
    }
    Ok(levels)
}

pub(crate) fn pressure(host: &Host, pid: Pid, resource: Resource) -> Result<Pressure> {
    let name = match resource {
        Resource::Cpu => "cpu.pressure",
        Resource::Memory => "memory.pressure",
        Resource::Io => "io.pressure",
        Resource::Irq => "irq.pressure",
    };
    let unsupported =
        || Error::unsupported("pressure of control groups (cgroup v2 and CONFIG_PSI)");
    let groups = Groups::of(host, pid)?;
    let group = groups.v2.as_ref().ok_or_else(unsupported)?;
    match crate::sys::pressure::read(&group.leaf().join(name)) {
        Err(error) if error.kind() == ErrorKind::Unsupported || file::is_absent(&error) => {
            Err(unsupported())
        }
        result => result,
    }
}

fn least(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    one.into_iter().chain(other).min()
}

/// The levels whose limits hold for the process, itself first. In v1 before
/// Linux 5.11 a group counted for those around it only with
/// `memory.use_hierarchy`.
fn hierarchical(group: &Group) -> Result<Vec<&Path>> {
    let mut levels = Vec::with_capacity(group.levels.len());
    for level in &group.levels {
        let level = level.as_path();
        let counts = group.v2
            || levels.is_empty()
            || optional(&level.join("memory.use_hierarchy"))?
                .is_none_or(|content| content.trim_ascii() != b"0");
        if !counts {
            break;
        }
        levels.push(level);
    }
    Ok(levels)
}

/// Limits of memory and of swap.
fn memory_limits(group: &Group, level: &Path) -> Result<(Option<u64>, Option<u64>)> {
    if group.v2 {
        return Ok((
            limit(level, "memory.max")?,
            limit(level, "memory.swap.max")?,
        ));
    }
    let memory = limit(level, "memory.limit_in_bytes")?;
    let both = limit(level, "memory.memsw.limit_in_bytes")?;
    let swap = both.map(|both| both.saturating_sub(memory.unwrap_or(0)));
    Ok((memory, swap))
}

/// Memory, and the part of it that is given up first.
fn memory_usage(group: &Group, level: &Path) -> Result<(Option<u64>, Option<u64>)> {
    // Without `total_`, v1 leaves out the groups within.
    let (name, key) = match group.v2 {
        true => ("memory.current", &b"inactive_file"[..]),
        false => ("memory.usage_in_bytes", &b"total_inactive_file"[..]),
    };
    let stat = optional(&level.join("memory.stat"))?;
    Ok((
        number(level, name)?,
        stat.and_then(|stat| parse::keyed(&stat, key)),
    ))
}

fn least_quota(group: &Group) -> Result<Option<f64>> {
    let mut least: Option<f64> = None;
    for level in &group.levels {
        if let Some(quota) = quota(group, level)? {
            least = Some(least.map_or(quota, |least| least.min(quota)));
        }
    }
    Ok(least)
}

/// CPU time per time.
fn quota(group: &Group, level: &Path) -> Result<Option<f64>> {
    let granted = if group.v2 {
        let path = level.join("cpu.max");
        match optional(&path)? {
            Some(content) => {
                parse::cpu_max(&content).map_err(|malformed| Error::malformed(path, malformed.0))?
            }
            None => None,
        }
    } else {
        let quota = limit(level, "cpu.cfs_quota_us")?;
        let period = limit(level, "cpu.cfs_period_us")?.filter(|&period| period > 0);
        quota.zip(period)
    };
    Ok(granted.map(|(quota, period)| quota as f64 / period as f64))
}

/// CPUs that the group may use: said by the nearest group that has the
/// controller.
fn cpuset(group: &Group) -> Result<Option<Vec<u32>>> {
    // `cpuset.cpus` of v1 is what was configured, before Linux 3.17 all there
    // is.
    let names: &[&str] = match group.v2 {
        true => &["cpuset.cpus.effective"],
        false => &["cpuset.effective_cpus", "cpuset.cpus"],
    };
    for level in &group.levels {
        for name in names {
            let path = level.join(name);
            if let Some(content) = optional(&path)? {
                let cpus = cpulist::cpulist(&content)
                    .map_err(|malformed| Error::malformed(path, malformed.0))?;
                if !cpus.is_empty() {
                    return Ok(Some(cpus));
                }
            }
        }
    }
    Ok(None)
}

fn throttling(group: &Group) -> Result<Option<Throttling>> {
    let Some(stat) = optional(&group.leaf().join("cpu.stat"))? else {
        return Ok(None);
    };
    let get = |key: &str| parse::keyed(&stat, key.as_bytes());
    let time = match group.v2 {
        true => get("throttled_usec").map(Duration::from_micros),
        false => get("throttled_time").map(Duration::from_nanos),
    };
    // Without the controller v2 has a `cpu.stat` with times only.
    let (Some(periods), Some(throttled_periods), Some(throttled_time)) =
        (get("nr_periods"), get("nr_throttled"), time)
    else {
        return Ok(None);
    };
    Ok(Some(Throttling {
        periods,
        throttled_periods,
        throttled_time,
    }))
}

/// A file with one number or `max`. `None`: no such file, or no limit.
fn limit(level: &Path, name: &str) -> Result<Option<u64>> {
    let path = level.join(name);
    match optional(&path)? {
        Some(content) => {
            parse::limit(&content).map_err(|malformed| Error::malformed(path, malformed.0))
        }
        None => Ok(None),
    }
}

/// A file with one number that is no limit.
fn number(level: &Path, name: &str) -> Result<Option<u64>> {
    let path = level.join(name);
    let Some(content) = optional(&path)? else {
        return Ok(None);
    };
    match text::decimal(content.trim_ascii()) {
        Some(number) => Ok(Some(number)),
        None => Err(Error::malformed(path, "a number")),
    }
}

/// A file that this kernel, this group or the root group may lack.
fn optional(path: &Path) -> Result<Option<Vec<u8>>> {
    match file::optional_records(path) {
        // `memory.memsw.*` where swap is not accounted.
        Err(error) if error.kind() == ErrorKind::Unsupported => Ok(None),
        result => result,
    }
}
