//! Processes on systems that have no backend yet.

use std::{ops::RangeInclusive, time::Instant};

use super::Target;
use crate::{
    Error, Host, Result,
    process::{
        Descriptor, Fields, IoClass, MemoryMap, Pid, ProcessId, ProcessRow, Resource,
        ResourceLimit, Thread, Waited,
    },
};

const PROCESSES: &str = "processes on this system";

/// There are no handles here.
#[derive(Debug)]
pub(crate) enum Handle {}

impl Handle {
    pub(crate) fn open(_: &Host, _: Pid) -> Result<Option<Self>> {
        Err(Error::unsupported(PROCESSES))
    }

    pub(crate) fn is_current(&self) -> Result<bool> {
        match *self {}
    }
}

pub(crate) fn identity(_: &Host, _: Pid) -> Result<ProcessId> {
    Err(Error::unsupported(PROCESSES))
}

pub(crate) fn send_signal(_: Target<'_>, _: i32) -> Result<()> {
    Err(Error::unsupported(PROCESSES))
}

pub(crate) fn set_nice(_: Target<'_>, _: i32) -> Result<()> {
    Err(Error::unsupported(PROCESSES))
}

pub(crate) fn set_ionice(_: Target<'_>, _: IoClass, _: u8) -> Result<()> {
    Err(Error::unsupported(PROCESSES))
}

pub(crate) fn set_cpu_affinity(_: Target<'_>, _: &[u32]) -> Result<()> {
    Err(Error::unsupported(PROCESSES))
}

pub(crate) fn limit(_: Target<'_>, _: Resource) -> Result<ResourceLimit> {
    Err(Error::unsupported(PROCESSES))
}

pub(crate) fn limits(_: Target<'_>) -> Result<Vec<(Resource, ResourceLimit)>> {
    Err(Error::unsupported(PROCESSES))
}

pub(crate) fn set_limit(_: Target<'_>, _: Resource, _: ResourceLimit) -> Result<()> {
    Err(Error::unsupported(PROCESSES))
}

pub(crate) fn wait(_: &[Target<'_>], _: Option<Instant>, _: bool) -> Result<Vec<Waited>> {
    Err(Error::unsupported(PROCESSES))
}

pub(crate) fn threads(_: Target<'_>) -> Result<Vec<Thread>> {
    Err(Error::unsupported(PROCESSES))
}

pub(crate) fn descriptors(_: Target<'_>) -> Result<Vec<Descriptor>> {
    Err(Error::unsupported(PROCESSES))
}

pub(crate) fn open_files(_: Target<'_>) -> Result<Vec<Descriptor>> {
    Err(Error::unsupported(PROCESSES))
}

pub(crate) fn memory_maps(_: Target<'_>) -> Result<Vec<MemoryMap>> {
    Err(Error::unsupported(PROCESSES))
}

pub(crate) fn own_pid() -> Pid {
    Pid::current()
}

pub(crate) fn real_time_signals() -> Option<RangeInclusive<i32>> {
    None
}

#[cfg(unix)]
pub(crate) use libc as signals;

/// Names for signals on a system that sends none: the numbers that most
/// systems have.
#[cfg(not(unix))]
pub(crate) mod signals {
    pub(crate) const SIGHUP: i32 = 1;
    pub(crate) const SIGINT: i32 = 2;
    pub(crate) const SIGQUIT: i32 = 3;
    pub(crate) const SIGILL: i32 = 4;
    pub(crate) const SIGTRAP: i32 = 5;
    pub(crate) const SIGABRT: i32 = 6;
    pub(crate) const SIGBUS: i32 = 7;
    pub(crate) const SIGFPE: i32 = 8;
    pub(crate) const SIGKILL: i32 = 9;
    pub(crate) const SIGUSR1: i32 = 10;
    pub(crate) const SIGSEGV: i32 = 11;
    pub(crate) const SIGUSR2: i32 = 12;
    pub(crate) const SIGPIPE: i32 = 13;
    pub(crate) const SIGALRM: i32 = 14;
    pub(crate) const SIGTERM: i32 = 15;
    pub(crate) const SIGCHLD: i32 = 17;
    pub(crate) const SIGCONT: i32 = 18;
    pub(crate) const SIGSTOP: i32 = 19;
    pub(crate) const SIGTSTP: i32 = 20;
    pub(crate) const SIGTTIN: i32 = 21;
    pub(crate) const SIGTTOU: i32 = 22;
    pub(crate) const SIGURG: i32 = 23;
    pub(crate) const SIGXCPU: i32 = 24;
    pub(crate) const SIGXFSZ: i32 = 25;
    pub(crate) const SIGVTALRM: i32 = 26;
    pub(crate) const SIGPROF: i32 = 27;
    pub(crate) const SIGWINCH: i32 = 28;
    pub(crate) const SIGIO: i32 = 29;
    pub(crate) const SIGSYS: i32 = 31;
}

/// Nothing can be sampled here.
#[derive(Debug)]
pub(crate) struct Sampler;

impl Sampler {
    pub(crate) fn new(_: &Host, _: Fields) -> Self {
        Self
    }

    pub(crate) fn set_budget(&mut self, _: usize) {}

    pub(crate) fn held(&self) -> usize {
        0
    }

    pub(crate) fn sample(&mut self) -> Result<()> {
        Err(Error::unsupported("processes on this system"))
    }

    pub(crate) fn current(&self) -> &[ProcessRow] {
        &[]
    }

    pub(crate) fn previous(&self) -> &[ProcessRow] {
        &[]
    }

    pub(crate) fn elapsed(&self) -> Option<std::time::Duration> {
        None
    }
}

pub(crate) fn pids(_: &Host) -> Result<Vec<Pid>> {
    Err(Error::unsupported(PROCESSES))
}

pub(crate) fn pid_exists(_: &Host, _: Pid) -> Result<bool> {
    Err(Error::unsupported(PROCESSES))
}

pub(crate) fn list(_: &Host, _: Fields) -> Result<Vec<ProcessRow>> {
    Err(Error::unsupported(PROCESSES))
}

pub(crate) fn read(_: &Host, _: ProcessId, _: Option<&Handle>, _: Fields) -> Result<ProcessRow> {
    Err(Error::unsupported(PROCESSES))
}
