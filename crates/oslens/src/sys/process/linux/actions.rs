//! Everything that changes a process, aimed so that no other is hit.
//!
//! A signal goes through a pidfd and cannot miss. The other calls take a
//! PID, so the pidfd is probed before and after: while it is current, no
//! other process can have the PID. If the process ends and its PID is given
//! away between the first probe and the call, the newcomer gets the setting
//! and the second probe turns that into an error; the kernel offers nothing
//! better for them.

use std::{fs::File, io::Write as _, os::fd::AsFd as _, sync::OnceLock};

use rustix::{io::Errno, process::Pid as RawPid};

use super::{
    dir::Dir,
    handle::Handle,
    identity,
    proof::{self, Proof},
};
use crate::{
    Error, ErrorKind, Host, Result,
    process::{IoClass, Resource, ResourceLimit},
    sys::{
        pal::linux::{file, limits, schedule, signal},
        process::Target,
    },
};

/// A process that is proved to be the one that was meant, and how the proof
/// is kept.
pub(super) enum Pin<'a> {
    /// The handle that the caller's value holds.
    Held(&'a Handle),
    /// A handle opened just now, before the start time was compared.
    Fresh(Handle),
    /// There are no handles: the start time was compared just now.
    Compared,
}

impl<'a> Pin<'a> {
    pub(super) fn of(target: Target<'a>) -> Result<Self> {
        let Target {
            host, id, handle, ..
        } = target;
        if let Some(handle) = handle {
            return Ok(Self::Held(handle));
        }
        if !super::handle::sees_our_processes(host) {
            return Err(Error::unsupported("acting on processes of another host").with_pid(id.pid));
        }
        if !id.start.is_known() {
            return Err(Error::invalid_input(
                "the start of this process is not known, so its PID may be another's by now; \
                 open it with Process::open",
            )
            .with_pid(id.pid));
        }
        // In this order: what the PID means can only change away from the
        // process that was meant, never back to it.
        let fresh = Handle::open(host, id.pid)?;
        if id.differs_from(&identity(host, id.pid)?) {
            return Err(Error::reused(id.pid));
        }
        Ok(fresh.map_or(Self::Compared, Self::Fresh))
    }

    pub(super) fn handle(&self) -> Option<&Handle> {
        match self {
            Self::Held(handle) => Some(handle),
            Self::Fresh(handle) => Some(handle),
            Self::Compared => None,
        }
    }

    /// Fails unless the PID still is this process's.
    fn check(&self, target: Target<'_>) -> Result<()> {
        let is_current = match self.handle() {
            Some(handle) => handle.is_current()?,
            None => match identity(target.host, target.id.pid) {
                Ok(now) => !target.id.differs_from(&now),
                Err(error) if error.kind() == ErrorKind::NoSuchProcess => false,
                Err(error) => return Err(error),
            },
        };
        if is_current {
            return Ok(());
        }
        Err(gone(target))
    }
}

/// The error for a process that has ended: whether somebody else has its PID
/// now.
#[cold]
pub(super) fn gone(target: Target<'_>) -> Error {
    match identity(target.host, target.id.pid) {
        Ok(_) => Error::reused(target.id.pid),
        Err(_) => Error::no_such_process(target.id.pid),
    }
}

/// The error of a system call that was refused.
#[cold]
fn failed(target: Target<'_>, call: &'static str, errno: Errno) -> Error {
    if errno == Errno::SRCH {
        return gone(target);
    }
    let error = Error::call(call, errno).with_pid(target.id.pid);
    match super::name(target.host, target.id.pid) {
        Some(name) => error.with_name(name),
        None => error,
    }
}

fn raw(target: Target<'_>) -> Result<RawPid> {
    // Zero means the caller itself or its group to these calls, and a
    // negative number a group or everybody.
    i32::try_from(target.id.pid.get())
        .ok()
        .and_then(RawPid::from_raw)
        .ok_or_else(|| Error::no_such_process(target.id.pid))
}

/// Sends a signal.
pub(crate) fn send_signal(target: Target<'_>, number: i32) -> Result<()> {
    if !(1..=libc::SIGRTMAX()).contains(&number) {
        return Err(Error::invalid_input(format!(
            "there is no signal {number}: they go from 1 to {}",
            libc::SIGRTMAX()
        ))
        .with_pid(target.id.pid));
    }
    let pid = raw(target)?;
    if let Some(proof) = target.proof {
        if proof.is_of_caller() {
            return signal::kill(pid, number).map_err(|errno| failed(target, "kill", errno));
        }
        if let Some(result) = proof.send(target.host, target.id, number) {
            return result.map_err(|errno| failed(target, "pidfd_send_signal", errno));
        }
    }
    let pin = Pin::of(target)?;
    let (call, result) = match pin.handle() {
        Some(handle) => ("pidfd_send_signal", signal::send(handle.as_fd(), number)),
        None => ("kill", signal::kill(pid, number)),
    };
    result.map_err(|errno| failed(target, call, errno))
}

/// Makes a call that takes a PID, between two proofs that it is the right
/// one.
fn by_pid<T>(
    target: Target<'_>,
    call: &'static str,
    action: impl FnOnce(RawPid) -> Result<T, Errno>,
) -> Result<T> {
    let pid = raw(target)?;
    let is_current = |proof: &Proof| proof.is_surely_current(target.host, target.id);
    if target.proof.is_some_and(is_current) {
        let result = action(pid);
        proof::check(target)?;
        return result.map_err(|errno| failed(target, call, errno));
    }
    let pin = Pin::of(target)?;
    if let Pin::Held(_) = pin {
        // The others have been compared just now.
        pin.check(target)?;
    }
    let result = action(pid);
    pin.check(target)?;
    result.map_err(|errno| failed(target, call, errno))
}

/// Sets the niceness of the main thread.
pub(crate) fn set_nice(target: Target<'_>, nice: i32) -> Result<()> {
    // The kernel would clamp silently.
    if !(-20..=19).contains(&nice) {
        return Err(Error::invalid_input(format!(
            "niceness {nice} is outside -20 to 19"
        )));
    }
    by_pid(target, "setpriority", |pid| {
        rustix::process::setpriority_process(Some(pid), nice)
    })
}

/// Sets the input/output priority of the main thread.
pub(crate) fn set_ionice(target: Target<'_>, class: IoClass, value: u8) -> Result<()> {
    let number = match class {
        IoClass::None => 0,
        IoClass::RealTime => 1,
        IoClass::BestEffort => 2,
        IoClass::Idle => 3,
    };
    if value > 7 {
        return Err(Error::invalid_input(format!(
            "input/output priority {value} is outside 0 to 7"
        )));
    }
    if value != 0 && matches!(class, IoClass::None | IoClass::Idle) {
        return Err(Error::invalid_input(format!(
            "input/output class {class:?} has no priorities, so {value} means nothing"
        )));
    }
    by_pid(target, "ioprio_set", |pid| {
        schedule::set_io_priority(pid, number << 13 | i32::from(value))
    })
}

/// Sets the CPUs that the main thread may run on.
pub(crate) fn set_cpu_affinity(target: Target<'_>, cpus: &[u32]) -> Result<()> {
    let Some(&highest) = cpus.iter().max() else {
        return Err(Error::invalid_input("no CPU is given"));
    };
    // The kernel drops numbers that it does not know without a word, as long
    // as one of the others is good.
    let possible = possible_cpus(target)?;
    if highest > possible {
        return Err(Error::invalid_input(format!(
            "there is no CPU {highest}: they go from 0 to {possible}"
        )));
    }
    let mask = mask(cpus, highest);
    by_pid(target, "sched_setaffinity", |pid| {
        schedule::set_affinity(pid, &mask)
    })
    .map_err(|error| match error.raw_os_error() {
        Some(libc::EINVAL) => Error::invalid_input(format!(
            "none of the CPUs {cpus:?} is online and allowed to this process"
        ))
        .with_pid(target.id.pid),
        _ => error,
    })
}

/// A mask that is just long enough, whatever the number of CPUs: the kernel
/// pads with zeros and cuts at its own length.
fn mask(cpus: &[u32], highest: u32) -> Vec<libc::c_ulong> {
    let bits = libc::c_ulong::BITS;
    let mut mask = vec![0; (highest / bits) as usize + 1];
    for cpu in cpus {
        if let Some(word) = mask.get_mut((cpu / bits) as usize) {
            *word |= 1 << (cpu % bits);
        }
    }
    mask
}

/// The highest number that a CPU of this machine can have. Where `/sys` does
/// not say, the most that a kernel can be built for.
fn possible_cpus(target: Target<'_>) -> Result<u32> {
    /// This machine's, which is fixed when it boots.
    static LOCAL: OnceLock<u32> = OnceLock::new();
    if !target.host.is_local() {
        return read_possible_cpus(target.host);
    }
    if let Some(&known) = LOCAL.get() {
        return Ok(known);
    }
    Ok(*LOCAL.get_or_init({
        let read = read_possible_cpus(target.host)?;
        move || read
    }))
}

fn read_possible_cpus(host: &Host) -> Result<u32> {
    const MOST: u32 = 8191;
    let path = host.sys_path().join("devices/system/cpu/possible");
    let list = file::optional_record(&path)?.unwrap_or_default();
    Ok(list
        .trim_ascii_end()
        .rsplit(|byte| !byte.is_ascii_digit())
        .next()
        .and_then(crate::parse::text::decimal)
        .and_then(|cpu| u32::try_from(cpu).ok())
        .unwrap_or(MOST))
}

/// Sets both limits of a resource.
pub(crate) fn set_limit(
    target: Target<'_>,
    resource: Resource,
    limit: ResourceLimit,
) -> Result<()> {
    let soft = limit.soft.unwrap_or(libc::RLIM64_INFINITY);
    let hard = limit.hard.unwrap_or(libc::RLIM64_INFINITY);
    if soft > hard {
        return Err(Error::invalid_input(format!(
            "soft limit {} of {} is above hard limit {}",
            super::limits::shown(limit.soft),
            resource.as_str(),
            super::limits::shown(limit.hard),
        )));
    }
    let new = libc::rlimit64 {
        rlim_cur: soft,
        rlim_max: hard,
    };
    let number = super::limits::number(resource)?;
    by_pid(target, "prlimit", |pid| {
        limits::prlimit(pid, number, Some(new))
    })
    .map(drop)
}

/// The limits of a resource, through the system call.
pub(super) fn limit(target: Target<'_>, resource: Resource) -> Result<ResourceLimit> {
    let pid = raw(target)?;
    let number = super::limits::number(resource)?;
    let result = limits::prlimit(pid, number, None);
    // Nothing was changed, so that it is enough to know afterwards whose it
    // was.
    proof::check(target)?;
    let old = result.map_err(|errno| failed(target, "prlimit", errno))?;
    let known = |limit| (limit != libc::RLIM64_INFINITY).then_some(limit);
    Ok(ResourceLimit {
        soft: known(old.rlim_cur),
        hard: known(old.rlim_max),
    })
}

/// Sets how the out-of-memory killer weighs the process. The file that is
/// written belongs to the process, not to the PID: this cannot miss.
pub(crate) fn set_oom_score_adjustment(target: Target<'_>, adjustment: i16) -> Result<()> {
    if !(-1000..=1000).contains(&adjustment) {
        return Err(Error::invalid_input(format!(
            "out-of-memory adjustment {adjustment} is outside -1000 to 1000"
        )));
    }
    if !super::handle::sees_our_processes(target.host) {
        return Err(
            Error::unsupported("acting on processes of another host").with_pid(target.id.pid)
        );
    }
    if target.handle.is_none() && !target.id.start.is_known() {
        // The reason that `Pin::of` gives.
        Pin::of(target)?;
    }
    let dir = Dir::open(target)?;
    let mut file = File::from(dir.open_for_writing("oom_score_adj")?);
    file.write_all(adjustment.to_string().as_bytes())
        .map_err(|error| {
            let errno = Errno::from_io_error(&error).unwrap_or(Errno::IO);
            dir.error("write", "oom_score_adj", errno)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cpu_mask_is_as_long_as_its_highest_cpu_needs() {
        let bits = libc::c_ulong::BITS;
        let mask = mask(&[0, 3, 4095], 4095);
        assert_eq!(mask.len(), (4096 / bits) as usize);
        assert_eq!(mask.first(), Some(&0b1001));
        assert_eq!(mask.last(), Some(&(1 << (bits - 1))));
        assert_eq!(mask.iter().map(|word| word.count_ones()).sum::<u32>(), 3);
    }
}
