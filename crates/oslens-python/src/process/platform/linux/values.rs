//! Values of attributes whose tuples have these fields on Linux.

use oslens::process::{IoClass, IoNice, ProcessRow};
use pyo3::{prelude::*, types::PyList};

use crate::objects::{
    Members, PCAPABILITIES, PCGROUP, PCPUTIMES, PFOOTPRINT, PFULLMEM, PIO, PIONICE, PMEM, PMEM_EX,
};
use crate::process::{
    attributes::{Attribute, Value, or_nothing},
    shared::Shared,
};

static IO_CLASSES: Members<4> = Members::new(
    "oslens._enums",
    "ProcessIOPriority",
    [
        "IOPRIO_CLASS_NONE",
        "IOPRIO_CLASS_RT",
        "IOPRIO_CLASS_BE",
        "IOPRIO_CLASS_IDLE",
    ],
);

/// What `ionice()` returns.
pub(crate) fn ionice<'py>(py: Python<'py>, of: IoNice) -> PyResult<Bound<'py, PyAny>> {
    let class = match of.class {
        IoClass::RealTime => 1,
        IoClass::BestEffort => 2,
        IoClass::Idle => 3,
        _ => 0,
    };
    PIONICE.of(py, (IO_CLASSES.get(py, class)?, of.value))
}

/// The value of an attribute that a row has.
pub(in crate::process) fn value<'py>(
    py: Python<'py>,
    attribute: Attribute,
    row: &ProcessRow,
    shared: &mut Shared,
) -> Value<'py> {
    macro_rules! number {
        ($value:expr) => {
            Ok($value.into_pyobject(py)?.into_any())
        };
    }
    macro_rules! tuple {
        ($class:ident, $values:expr) => {
            Ok($class.of(py, $values)?)
        };
    }
    match attribute {
        Attribute::CpuTimes => {
            let of = row.cpu_times?;
            tuple!(
                PCPUTIMES,
                (
                    of.user.as_secs_f64(),
                    of.system.as_secs_f64(),
                    of.children_user.unwrap_or_default().as_secs_f64(),
                    of.children_system.unwrap_or_default().as_secs_f64(),
                    of.iowait.unwrap_or_default().as_secs_f64(),
                )
            )
        }
        Attribute::Nice => number!(row.nice?),
        Attribute::Username => Ok(shared.user(py, row.uids?.real)?),
        Attribute::Ionice => Ok(ionice(py, row.ionice?)?),
        Attribute::MemoryInfo => {
            let of = or_nothing(row.memory_info)?;
            tuple!(
                PMEM,
                (
                    of.rss,
                    of.vms,
                    of.shared.unwrap_or(0),
                    of.text.unwrap_or(0),
                    of.data.unwrap_or(0)
                )
            )
        }
        Attribute::MemoryInfoEx => {
            let of = or_nothing(row.memory_info)?;
            let ex = or_nothing(row.memory_info_ex)?;
            let ex = [
                ex.peak_rss,
                ex.peak_vms,
                ex.rss_anon,
                ex.rss_file,
                ex.rss_shmem,
                ex.swap,
                ex.hugetlb,
            ]
            .map(Option::unwrap_or_default);
            tuple!(
                PMEM_EX,
                (
                    of.rss,
                    of.vms,
                    of.shared.unwrap_or(0),
                    of.text.unwrap_or(0),
                    of.data.unwrap_or(0),
                    ex[0],
                    ex[1],
                    ex[2],
                    ex[3],
                    ex[4],
                    ex[5],
                    ex[6],
                )
            )
        }
        Attribute::MemoryFootprint => {
            let of = or_nothing(row.memory_footprint)?;
            tuple!(
                PFOOTPRINT,
                (of.uss, of.pss.unwrap_or(0), of.swap.unwrap_or(0))
            )
        }
        Attribute::MemoryFullInfo => {
            let of = or_nothing(row.memory_info)?;
            let more = or_nothing(row.memory_footprint)?;
            tuple!(
                PFULLMEM,
                (
                    of.rss,
                    of.vms,
                    of.shared.unwrap_or(0),
                    of.text.unwrap_or(0),
                    of.data.unwrap_or(0),
                    more.uss,
                    more.pss.unwrap_or(0),
                    more.swap.unwrap_or(0),
                )
            )
        }
        Attribute::IoCounters => {
            let of = row.io_counters?;
            tuple!(
                PIO,
                (
                    of.read_count.unwrap_or(0),
                    of.write_count.unwrap_or(0),
                    of.read_bytes.unwrap_or(0),
                    of.write_bytes.unwrap_or(0),
                    of.read_chars.unwrap_or(0),
                    of.write_chars.unwrap_or(0),
                )
            )
        }
        Attribute::Capabilities => {
            let of = row.capabilities?;
            tuple!(
                PCAPABILITIES,
                (
                    of.inheritable,
                    of.permitted,
                    of.effective,
                    of.bounding,
                    of.ambient.unwrap_or(0),
                )
            )
        }
        Attribute::Cgroups => {
            let groups = row.cgroup.as_ref().map_err(|why| *why)?;
            let tuples = groups
                .iter()
                .map(|of| {
                    let controllers = PyList::new(py, &of.controllers)?;
                    PCGROUP.of(py, (of.hierarchy, controllers, of.path.as_os_str()))
                })
                .collect::<PyResult<Vec<_>>>()?;
            Ok(PyList::new(py, tuples)?.into_any())
        }
        _ => Err(oslens::Unavailable::Unsupported.into()),
    }
}

/// The file below a process's directory that refuses it, for messages.
pub(in crate::process) const fn refusing_file(attribute: Attribute) -> Option<&'static str> {
    Some(match attribute {
        Attribute::Cmdline => "cmdline",
        Attribute::Cwd => "cwd",
        Attribute::Environ => "environ",
        Attribute::Exe => "exe",
        Attribute::IoCounters => "io",
        Attribute::MemoryFootprint | Attribute::MemoryFullInfo => "smaps_rollup",
        Attribute::NumFds => "fd",
        Attribute::Root => "root",
        _ => return None,
    })
}
