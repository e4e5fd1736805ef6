//! Control groups on systems that have none.

use super::MemoryLevel;
use crate::{
    Error, Host, Result,
    cgroup::{Limits, Usage},
    pressure::{Pressure, Resource},
    process::{CgroupPath, Pid},
};

fn unsupported() -> Error {
    Error::unsupported("control groups on this system")
}

pub(crate) fn paths(_: &Host, _: Pid) -> Result<Vec<CgroupPath>> {
    Err(unsupported())
}

pub(crate) fn limits(_: &Host, _: Pid) -> Result<Limits> {
    Err(unsupported())
}

pub(crate) fn usage(_: &Host, _: Pid) -> Result<Usage> {
    Err(unsupported())
}

pub(crate) fn cpu_quota(_: &Host, _: Pid) -> Result<Option<f64>> {
    Err(unsupported())
}

pub(crate) fn memory_levels(_: &Host, _: Pid) -> Result<Vec<MemoryLevel>> {
    Err(unsupported())
}

pub(crate) fn pressure(_: &Host, _: Pid, _: Resource) -> Result<Pressure> {
    Err(unsupported())
}
