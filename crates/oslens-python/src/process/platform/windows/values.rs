//! Values of attributes whose tuples have these fields on Windows.

use oslens::{
    Unavailable,
    os::windows::{PriorityClass, ProcessExt},
    process::{IoClass, IoNice, Process, ProcessRow},
};
use pyo3::prelude::*;

use super::super::one_by_one::ask;
use crate::{
    objects::{Members, PCPUTIMES, PFOOTPRINT, PFULLMEM, PIO, PMEM, PMEM_EX},
    process::{
        attributes::{Attribute, Value},
        shared::Shared,
    },
};

/// By the numbers of `SetPriorityClass`.
static PRIORITIES: Members<6> = Members::new(
    "oslens._enums",
    "ProcessPriority",
    [
        "IDLE_PRIORITY_CLASS",
        "BELOW_NORMAL_PRIORITY_CLASS",
        "NORMAL_PRIORITY_CLASS",
        "ABOVE_NORMAL_PRIORITY_CLASS",
        "HIGH_PRIORITY_CLASS",
        "REALTIME_PRIORITY_CLASS",
    ],
);

/// In the order of these.
pub(super) const CLASSES: [PriorityClass; 6] = [
    PriorityClass::Idle,
    PriorityClass::BelowNormal,
    PriorityClass::Normal,
    PriorityClass::AboveNormal,
    PriorityClass::High,
    PriorityClass::RealTime,
];

static IO_PRIORITIES: Members<4> = Members::new(
    "oslens._enums",
    "ProcessIOPriority",
    [
        "IOPRIO_VERYLOW",
        "IOPRIO_LOW",
        "IOPRIO_NORMAL",
        "IOPRIO_HIGH",
    ],
);

fn nice(py: Python<'_>, niceness: i32) -> PyResult<Bound<'_, PyAny>> {
    let class = PriorityClass::from_niceness(niceness);
    let at = CLASSES.iter().position(|one| *one == class);
    Ok(match PRIORITIES.get(py, at.unwrap_or(usize::MAX))? {
        Some(member) => member.clone(),
        None => class.raw().into_pyobject(py)?.into_any(),
    })
}

fn ionice(py: Python<'_>, of: IoNice) -> PyResult<Bound<'_, PyAny>> {
    let at = match (of.class, of.value) {
        (IoClass::Idle, _) => 0,
        (IoClass::BestEffort, 6..) => 1,
        (IoClass::BestEffort, 0..=2) => 3,
        // The kernel's own: psutil has no name for it.
        (IoClass::RealTime, _) => 4_usize,
        _ => 2,
    };
    Ok(match IO_PRIORITIES.get(py, at)? {
        Some(member) => member.clone(),
        None => at.into_pyobject(py)?.into_any(),
    })
}

/// The value of an attribute that a row has, or that its process tells.
pub(in crate::process) fn value<'py>(
    py: Python<'py>,
    attribute: Attribute,
    row: &ProcessRow,
    shared: &mut Shared,
) -> Value<'py> {
    match attribute {
        Attribute::CpuTimes => {
            let of = row.cpu_times?;
            // Nobody counts those of children.
            let values = (of.user.as_secs_f64(), of.system.as_secs_f64(), 0.0, 0.0);
            Ok(PCPUTIMES.of(py, values)?)
        }
        Attribute::Nice => Ok(nice(py, row.nice?)?),
        Attribute::Ionice => Ok(ionice(py, row.ionice?)?),
        Attribute::Username => {
            let name = ask(py, row, shared, Process::username)?;
            // An account that was deleted has no name.
            let name = name.ok_or(Unavailable::Denied)?;
            Ok(name.into_pyobject(py)?.into_any())
        }
        Attribute::MemoryInfo => {
            let (of, ex) = (row.memory_info?, row.memory_info_ex?);
            let values = (
                of.rss,
                of.vms,
                ex.peak_rss.unwrap_or(0),
                ex.peak_vms.unwrap_or(0),
            );
            Ok(PMEM.of(py, values)?)
        }
        Attribute::MemoryInfoEx => {
            let of = ask(py, row, shared, ProcessExt::memory_counters)?;
            let values = (
                of.working_set,
                of.private_bytes,
                of.peak_working_set,
                of.peak_private_bytes,
                of.virtual_size,
                of.peak_virtual_size,
                of.paged_pool.unwrap_or(0),
                of.nonpaged_pool.unwrap_or(0),
                of.peak_paged_pool.unwrap_or(0),
                of.peak_nonpaged_pool.unwrap_or(0),
            );
            Ok(PMEM_EX.of(py, values)?)
        }
        Attribute::MemoryFootprint => Ok(PFOOTPRINT.of(py, (row.memory_footprint?.uss,))?),
        Attribute::MemoryFullInfo => {
            let (of, ex) = (row.memory_info?, row.memory_info_ex?);
            let values = (
                of.rss,
                of.vms,
                ex.peak_rss.unwrap_or(0),
                ex.peak_vms.unwrap_or(0),
                row.memory_footprint?.uss,
            );
            Ok(PFULLMEM.of(py, values)?)
        }
        Attribute::IoCounters => {
            let of = row.io_counters?;
            let values = (
                of.read_count.unwrap_or(0),
                of.write_count.unwrap_or(0),
                of.read_bytes.unwrap_or(0),
                of.write_bytes.unwrap_or(0),
                of.other_count.unwrap_or(0),
                of.other_bytes.unwrap_or(0),
            );
            Ok(PIO.of(py, values)?)
        }
        _ => Err(Unavailable::Unsupported.into()),
    }
}
