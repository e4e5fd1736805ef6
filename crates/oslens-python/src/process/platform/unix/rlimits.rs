//! Resource limits, where the kernel tells those of other processes: Linux and
//! FreeBSD. Their numbers differ between systems and machines.

use oslens::process::{Resource, ResourceLimit};
use pyo3::{
    exceptions::{PyTypeError, PyValueError},
    prelude::*,
    types::PyTuple,
};

use crate::{
    arguments::{integer, type_name},
    process::ProcessBase,
};

/// What stands for no limit.
const INFINITY: i128 = if cfg!(target_os = "linux") {
    -1
} else {
    i64::MAX as i128
};

/// Names and numbers.
// C libraries differ in the type of these.
#[allow(clippy::unnecessary_cast)]
const RLIMITS: &[(&str, u32, Resource)] = &[
    ("RLIMIT_CPU", libc::RLIMIT_CPU as u32, Resource::CpuTime),
    (
        "RLIMIT_FSIZE",
        libc::RLIMIT_FSIZE as u32,
        Resource::FileSize,
    ),
    ("RLIMIT_DATA", libc::RLIMIT_DATA as u32, Resource::Data),
    ("RLIMIT_STACK", libc::RLIMIT_STACK as u32, Resource::Stack),
    ("RLIMIT_CORE", libc::RLIMIT_CORE as u32, Resource::CoreSize),
    (
        "RLIMIT_RSS",
        libc::RLIMIT_RSS as u32,
        Resource::ResidentMemory,
    ),
    (
        "RLIMIT_NPROC",
        libc::RLIMIT_NPROC as u32,
        Resource::Processes,
    ),
    (
        "RLIMIT_NOFILE",
        libc::RLIMIT_NOFILE as u32,
        Resource::OpenFiles,
    ),
    (
        "RLIMIT_MEMLOCK",
        libc::RLIMIT_MEMLOCK as u32,
        Resource::LockedMemory,
    ),
    ("RLIMIT_AS", libc::RLIMIT_AS as u32, Resource::AddressSpace),
    #[cfg(target_os = "linux")]
    (
        "RLIMIT_LOCKS",
        libc::RLIMIT_LOCKS as u32,
        Resource::FileLocks,
    ),
    #[cfg(target_os = "linux")]
    (
        "RLIMIT_SIGPENDING",
        libc::RLIMIT_SIGPENDING as u32,
        Resource::PendingSignals,
    ),
    #[cfg(target_os = "linux")]
    (
        "RLIMIT_MSGQUEUE",
        libc::RLIMIT_MSGQUEUE as u32,
        Resource::MessageQueues,
    ),
    #[cfg(target_os = "linux")]
    ("RLIMIT_NICE", libc::RLIMIT_NICE as u32, Resource::Nice),
    #[cfg(target_os = "linux")]
    (
        "RLIMIT_RTPRIO",
        libc::RLIMIT_RTPRIO as u32,
        Resource::RealTimePriority,
    ),
    #[cfg(target_os = "linux")]
    (
        "RLIMIT_RTTIME",
        libc::RLIMIT_RTTIME as u32,
        Resource::RealTimeTimeout,
    ),
    #[cfg(target_os = "freebsd")]
    (
        "RLIMIT_SBSIZE",
        libc::RLIMIT_SBSIZE as u32,
        Resource::SocketBuffers,
    ),
    #[cfg(target_os = "freebsd")]
    (
        "RLIMIT_NPTS",
        libc::RLIMIT_NPTS as u32,
        Resource::PseudoTerminals,
    ),
    #[cfg(target_os = "freebsd")]
    ("RLIMIT_SWAP", libc::RLIMIT_SWAP as u32, Resource::Swap),
];

/// The numbers by their names.
pub(super) fn numbers() -> Vec<(&'static str, u32)> {
    RLIMITS
        .iter()
        .map(|(name, number, _)| (*name, *number))
        .collect()
}

fn resource(number: i64) -> PyResult<Resource> {
    RLIMITS
        .iter()
        .find(|(_, known, _)| i64::from(*known) == number)
        .map(|(.., resource)| *resource)
        .ok_or_else(|| {
            let valid: Vec<_> = RLIMITS.iter().map(|(name, ..)| *name).collect();
            PyValueError::new_err(format!(
                "invalid resource {number}; valid ones are {}",
                valid.join(", ")
            ))
        })
}

/// −1 is no limit, and so is the largest number of the system.
fn limit(limits: &Bound<'_, PyAny>, at: usize) -> PyResult<Option<u64>> {
    let value = limits.get_item(at)?;
    if value.extract::<i64>().is_ok_and(|value| value == -1) {
        return Ok(None);
    }
    // The kernel's number for it.
    let value: u64 = value.extract().map_err(|_| {
        PyValueError::new_err(format!(
            "limits must be integers from 0, or RLIM_INFINITY, not {value}"
        ))
    })?;
    Ok((value != u64::MAX && i128::from(value) != INFINITY).then_some(value))
}

#[pymethods]
impl ProcessBase {
    /// Limits of the process for a resource, as `(soft, hard)`. With `limits`,
    /// such a pair, sets them.
    ///
    /// `resource` is an `RLIMIT_…` constant; `RLIM_INFINITY` is no limit.
    /// Only root raises the hard one.
    ///
    /// >>> soft, hard = oslens.Process().rlimit(oslens.RLIMIT_NOFILE)
    #[pyo3(signature = (resource, limits = None))]
    fn rlimit<'py>(
        &self,
        py: Python<'py>,
        resource: &Bound<'py, PyAny>,
        limits: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyTuple>>> {
        self.refuse_zero("rlimit")?;
        let resource = self::resource(integer("resource", resource)?)?;
        let Some(limits) = limits else {
            let limit = match self.quick(py, |process| process.limit(resource))? {
                Some(limit) => limit,
                None => self.ask(py, |process| process.limit(resource))?,
            };
            let shown = |limit: Option<u64>| limit.map_or(INFINITY, i128::from);
            return PyTuple::new(py, [shown(limit.soft), shown(limit.hard)]).map(Some);
        };
        let no_pair = || {
            format!(
                "limits must be a pair (soft, hard), not {}",
                type_name(limits)
            )
        };
        let len = limits.len().map_err(|error| {
            if error.is_instance_of::<PyTypeError>(py) {
                return PyTypeError::new_err(no_pair());
            }
            error
        })?;
        if len != 2 {
            return Err(PyValueError::new_err(format!(
                "limits must be a pair (soft, hard), not {len} values"
            )));
        }
        let limits = ResourceLimit {
            soft: limit(limits, 0)?,
            hard: limit(limits, 1)?,
        };
        self.ask(py, |process| process.set_limit(resource, limits))?;
        Ok(None)
    }
}
