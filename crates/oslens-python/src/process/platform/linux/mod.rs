//! Linux.

mod actions;
mod lists;
mod methods;
mod values;
mod wait;
mod watch;

use std::ffi::OsStr;

use oslens::{
    Field,
    process::{Fields, MemoryInfo, ProcessRow},
};
use pyo3::prelude::*;

pub(crate) use self::watch::Watch;
pub(in crate::process) use self::{
    lists::{
        MapGroup, connections, grouped_maps, maps, open_files, read_lists, read_maps,
        read_with_lists,
    },
    values::{refusing_file, value},
};
use super::{
    super::{
        attributes::{Attribute, or_nothing},
        table::part_of,
    },
    Number, Part,
};

/// What the native module has only here.
pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    super::unix::add_to(module)
}

/// What other systems have.
pub(in crate::process) const LACKS: &[Attribute] = &[Attribute::NumHandles];

pub(in crate::process) const USERNAME: Fields = Fields::UIDS;
pub(in crate::process) const MEMORY_INFO: Fields = Fields::MEMORY_INFO;
pub(in crate::process) const MEMORY_INFO_EX: Fields = MEMORY_INFO.union(Fields::MEMORY_INFO_EX);
pub(in crate::process) const FULL_INFO: Fields = MEMORY_INFO.union(Fields::MEMORY_FOOTPRINT);

/// Whether the footprint is a sum of what the maps have.
pub(in crate::process) const MAPS_HAVE_FOOTPRINT: bool = true;

/// The name of an environment variable, as `os.environ` has it.
pub(in crate::process) fn environ_name(name: &OsStr) -> &OsStr {
    name
}

/// A zombie has no memory, whatever counts it.
fn memory(row: &ProcessRow, part: impl FnOnce(MemoryInfo) -> Option<u64>) -> Field<u64> {
    or_nothing(part_of(row.memory_info, part))
}

/// The parts of tuples in a table.
pub(in crate::process) const COLUMNS: &[Part] = &[
    (
        Attribute::CpuTimes,
        "user",
        Number::Float(|row| row.cpu_times.map(|of| of.user.as_secs_f64())),
    ),
    (
        Attribute::CpuTimes,
        "system",
        Number::Float(|row| row.cpu_times.map(|of| of.system.as_secs_f64())),
    ),
    (
        Attribute::CpuTimes,
        "children_user",
        Number::Float(|row| {
            part_of(row.cpu_times, |of| of.children_user).map(|time| time.as_secs_f64())
        }),
    ),
    (
        Attribute::CpuTimes,
        "children_system",
        Number::Float(|row| {
            part_of(row.cpu_times, |of| of.children_system).map(|time| time.as_secs_f64())
        }),
    ),
    (
        Attribute::CpuTimes,
        "iowait",
        Number::Float(|row| part_of(row.cpu_times, |of| of.iowait).map(|time| time.as_secs_f64())),
    ),
    (
        Attribute::IoCounters,
        "read_count",
        Number::Integer(|row| part_of(row.io_counters, |of| of.read_count)),
    ),
    (
        Attribute::IoCounters,
        "write_count",
        Number::Integer(|row| part_of(row.io_counters, |of| of.write_count)),
    ),
    (
        Attribute::IoCounters,
        "read_bytes",
        Number::Integer(|row| part_of(row.io_counters, |of| of.read_bytes)),
    ),
    (
        Attribute::IoCounters,
        "write_bytes",
        Number::Integer(|row| part_of(row.io_counters, |of| of.write_bytes)),
    ),
    (
        Attribute::IoCounters,
        "read_chars",
        Number::Integer(|row| part_of(row.io_counters, |of| of.read_chars)),
    ),
    (
        Attribute::IoCounters,
        "write_chars",
        Number::Integer(|row| part_of(row.io_counters, |of| of.write_chars)),
    ),
    (
        Attribute::MemoryInfo,
        "rss",
        Number::Integer(|row| memory(row, |of| Some(of.rss))),
    ),
    (
        Attribute::MemoryInfo,
        "vms",
        Number::Integer(|row| memory(row, |of| Some(of.vms))),
    ),
    (
        Attribute::MemoryInfo,
        "shared",
        Number::Integer(|row| memory(row, |of| of.shared)),
    ),
    (
        Attribute::MemoryInfo,
        "text",
        Number::Integer(|row| memory(row, |of| of.text)),
    ),
    (
        Attribute::MemoryInfo,
        "data",
        Number::Integer(|row| memory(row, |of| of.data)),
    ),
];
