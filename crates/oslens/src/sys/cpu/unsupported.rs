//! CPUs on systems that have no backend yet.

use crate::{
    Error, Host, Result,
    cpu::{CpuTimesOf, FrequencyOf, LoadAverage, Runnable, Stats, Times},
    process::Pid,
};

pub(crate) fn times(_: &Host) -> Result<Times> {
    Err(Error::unsupported("CPU times on this system"))
}

pub(crate) fn times_per_cpu(_: &Host) -> Result<Vec<CpuTimesOf>> {
    Err(Error::unsupported("CPU times on this system"))
}

pub(crate) fn stats(_: &Host) -> Result<Stats> {
    Err(Error::unsupported("CPU statistics on this system"))
}

pub(crate) fn online(_: &Host) -> Result<Vec<u32>> {
    Err(Error::unsupported("the list of CPUs on this system"))
}

pub(crate) fn physical_count(_: &Host) -> Result<Option<u32>> {
    Err(Error::unsupported("the number of cores on this system"))
}

pub(crate) fn frequency_per_cpu(_: &Host) -> Result<Vec<FrequencyOf>> {
    Err(Error::unsupported("CPU frequencies on this system"))
}

pub(crate) fn load_average(_: &Host) -> Result<LoadAverage> {
    Err(Error::unsupported("the load average on this system"))
}

pub(crate) fn allowed(_: &Host, _: Pid) -> Result<Option<Vec<u32>>> {
    Err(Error::unsupported("the CPU affinity on this system"))
}

pub(crate) fn runnable() -> Result<Runnable> {
    Err(Error::unsupported("the threads that run on this system"))
}
