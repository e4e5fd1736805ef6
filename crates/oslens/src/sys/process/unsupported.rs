//! Processes on systems that have no backend yet.

use crate::{
    Error, Host, Result,
    process::{Fields, Pid, ProcessId, ProcessRow},
};

/// There are no handles here.
#[derive(Debug)]
pub(crate) enum Handle {}

impl Handle {
    pub(crate) fn open(_: &Host, _: Pid) -> Result<Option<Self>> {
        Err(Error::unsupported("processes on this system"))
    }

    pub(crate) fn is_current(&self) -> Result<bool> {
        match *self {}
    }
}

pub(crate) fn identity(_: &Host, _: Pid) -> Result<ProcessId> {
    Err(Error::unsupported("processes on this system"))
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
    Err(Error::unsupported("processes on this system"))
}

pub(crate) fn pid_exists(_: &Host, _: Pid) -> Result<bool> {
    Err(Error::unsupported("processes on this system"))
}

pub(crate) fn list(_: &Host, _: Fields) -> Result<Vec<ProcessRow>> {
    Err(Error::unsupported("processes on this system"))
}

pub(crate) fn read(_: &Host, _: ProcessId, _: Option<&Handle>, _: Fields) -> Result<ProcessRow> {
    Err(Error::unsupported("processes on this system"))
}
