//! Processes on systems that have no backend yet.

use crate::{
    Error, Host, Result,
    process::{Pid, ProcessId},
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
