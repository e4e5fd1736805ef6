//! Processes on systems that have no backend yet.

use std::{ffi::OsString, ops::RangeInclusive, time::Instant};

use super::Target;
use crate::{
    Error, Host, Result,
    process::{
        Descriptor, Fields, IoClass, MemoryMap, Pid, Process, ProcessId, ProcessRow, Resource,
        ResourceLimit, Thread, Waited,
    },
};

const PROCESSES: &str = "processes on this system";

pub(crate) const START_UNCERTAINTY: u64 = 0;
pub(crate) const STARTS_ARE_ORDERED: bool = true;

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

/// There is nobody to be proved.
#[derive(Debug)]
pub(crate) enum Proof {}

impl Proof {
    pub(crate) fn new(_: &Host, _: ProcessId) -> Option<Self> {
        None
    }

    pub(crate) fn check(&self, _: &Host, _: ProcessId) -> Result<()> {
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

pub(crate) fn user_name(_: &Process) -> Result<Option<OsString>> {
    Err(Error::unsupported(PROCESSES))
}

pub(crate) fn own_pid() -> Pid {
    Pid::current()
}

pub(crate) fn real_time_signals() -> Option<RangeInclusive<i32>> {
    None
}

#[cfg(not(unix))]
pub(crate) use super::signal_numbers as signals;
#[cfg(unix)]
pub(crate) use libc as signals;

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

pub(crate) fn read(_: Target<'_>, _: Fields) -> Result<ProcessRow> {
    Err(Error::unsupported(PROCESSES))
}
