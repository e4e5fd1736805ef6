//! FreeBSD, NetBSD, OpenBSD and macOS.

mod lists;
#[cfg_attr(target_os = "freebsd", path = "freebsd_maps.rs")]
mod maps;
mod methods;
mod values;
mod wait;

use std::ffi::OsStr;

use oslens::{
    Field,
    process::{Fields, MemoryInfo, ProcessRow},
};
use pyo3::prelude::*;

#[cfg(not(any(target_os = "netbsd", target_os = "openbsd")))]
pub(in crate::process) use self::maps::{maps, read_maps};
pub(in crate::process) use self::{
    lists::{connections, open_files, read_lists, read_with_lists},
    maps::{MapGroup, grouped_maps, map_groups},
    values::value,
};
pub(crate) use super::slices::Watch;
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
pub(in crate::process) const LACKS: &[Attribute] = &[
    Attribute::Capabilities,
    Attribute::Cgroups,
    Attribute::Ionice,
    Attribute::NumHandles,
    Attribute::OomScore,
    #[cfg(not(target_os = "freebsd"))]
    Attribute::CpuAffinity,
    #[cfg(target_os = "macos")]
    Attribute::CpuNum,
    #[cfg(not(target_os = "macos"))]
    Attribute::MemoryFootprint,
    #[cfg(any(target_os = "netbsd", target_os = "openbsd"))]
    Attribute::MemoryMaps,
];

pub(in crate::process) const USERNAME: Fields = Fields::UIDS;
pub(in crate::process) const MEMORY_INFO: Fields =
    Fields::MEMORY_INFO.union(Fields::MEMORY_INFO_EX);
pub(in crate::process) const MEMORY_INFO_EX: Fields = MEMORY_INFO;
#[cfg(target_os = "macos")]
pub(in crate::process) const FULL_INFO: Fields = MEMORY_INFO.union(Fields::MEMORY_FOOTPRINT);
#[cfg(not(target_os = "macos"))]
pub(in crate::process) const FULL_INFO: Fields = MEMORY_INFO;

/// Whether the footprint is a sum of what the maps have.
pub(in crate::process) const MAPS_HAVE_FOOTPRINT: bool = false;

/// No file refuses anything here.
pub(in crate::process) const fn refusing_file(_: Attribute) -> Option<&'static str> {
    None
}

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
            // Their sum, where it is all that is told.
            part_of(row.cpu_times, |of| of.children_user.or(of.children_total))
                .map(|time| time.as_secs_f64())
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
        Attribute::MemoryInfo,
        "rss",
        Number::Integer(|row| memory(row, |of| Some(of.rss))),
    ),
    (
        Attribute::MemoryInfo,
        "vms",
        Number::Integer(|row| memory(row, |of| Some(of.vms))),
    ),
    #[cfg(not(target_os = "macos"))]
    (
        Attribute::MemoryInfo,
        "text",
        Number::Integer(|row| memory(row, |of| of.text)),
    ),
    #[cfg(not(target_os = "macos"))]
    (
        Attribute::MemoryInfo,
        "data",
        Number::Integer(|row| memory(row, |of| of.data)),
    ),
    #[cfg(not(target_os = "macos"))]
    (
        Attribute::MemoryInfo,
        "stack",
        Number::Integer(|row| memory(row, |of| of.stack)),
    ),
    #[cfg(not(target_os = "macos"))]
    (
        Attribute::MemoryInfo,
        "peak_rss",
        Number::Integer(|row| part_of(row.memory_info_ex, |of| of.peak_rss)),
    ),
];
