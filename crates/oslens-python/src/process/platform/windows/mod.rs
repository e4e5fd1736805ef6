//! Windows.

mod actions;
mod lists;
mod methods;
mod values;
mod wait;

use std::ffi::{OsStr, OsString};

use oslens::{
    Field,
    process::{Fields, ProcessRow},
};
use pyo3::prelude::*;

pub(in crate::process) use self::{
    lists::{
        MapGroup, connections, grouped_maps, map_groups, maps, open_files, read_lists, read_maps,
        read_with_lists,
    },
    values::value,
};
pub(crate) use super::slices::Watch;
use super::{
    super::{attributes::Attribute, table::part_of},
    Number, Part,
};

/// What the native module has only here.
pub(crate) fn add_to(_: &Bound<'_, PyModule>) -> PyResult<()> {
    Ok(())
}

/// What other systems have.
pub(in crate::process) const LACKS: &[Attribute] = &[
    Attribute::Capabilities,
    Attribute::Cgroups,
    Attribute::CpuNum,
    Attribute::EffectiveUid,
    Attribute::Gids,
    Attribute::Groups,
    Attribute::NumFds,
    Attribute::OomScore,
    Attribute::Pgid,
    Attribute::Root,
    Attribute::Sid,
    Attribute::Terminal,
    Attribute::Uids,
];

/// Its start is who it is: rows do not have the user.
pub(in crate::process) const USERNAME: Fields = Fields::START;
pub(in crate::process) const MEMORY_INFO: Fields =
    Fields::MEMORY_INFO.union(Fields::MEMORY_INFO_EX);
/// Rows do not have all of it.
pub(in crate::process) const MEMORY_INFO_EX: Fields = Fields::START;
pub(in crate::process) const FULL_INFO: Fields = MEMORY_INFO.union(Fields::MEMORY_FOOTPRINT);

/// Whether the footprint is a sum of what the maps have.
pub(in crate::process) const MAPS_HAVE_FOOTPRINT: bool = false;

/// No file refuses anything here.
pub(in crate::process) const fn refusing_file(_: Attribute) -> Option<&'static str> {
    None
}

/// The name of an environment variable, as `os.environ` has it: Windows takes
/// capital and small letters for the same.
pub(in crate::process) fn environ_name(name: &OsStr) -> OsString {
    match name.to_str() {
        Some(name) => name.to_uppercase().into(),
        None => name.to_ascii_uppercase(),
    }
}

fn peak(
    row: &ProcessRow,
    part: impl FnOnce(oslens::process::MemoryInfoEx) -> Option<u64>,
) -> Field<u64> {
    part_of(row.memory_info_ex, part)
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
    // Nobody counts these.
    (
        Attribute::CpuTimes,
        "children_user",
        Number::Float(|row| row.cpu_times.map(|_| 0.0)),
    ),
    (
        Attribute::CpuTimes,
        "children_system",
        Number::Float(|row| row.cpu_times.map(|_| 0.0)),
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
        "other_count",
        Number::Integer(|row| part_of(row.io_counters, |of| of.other_count)),
    ),
    (
        Attribute::IoCounters,
        "other_bytes",
        Number::Integer(|row| part_of(row.io_counters, |of| of.other_bytes)),
    ),
    (
        Attribute::MemoryInfo,
        "rss",
        Number::Integer(|row| row.memory_info.map(|of| of.rss)),
    ),
    (
        Attribute::MemoryInfo,
        "vms",
        Number::Integer(|row| row.memory_info.map(|of| of.vms)),
    ),
    (
        Attribute::MemoryInfo,
        "peak_rss",
        Number::Integer(|row| peak(row, |of| of.peak_rss)),
    ),
    (
        Attribute::MemoryInfo,
        "peak_vms",
        Number::Integer(|row| peak(row, |of| of.peak_vms)),
    ),
];
