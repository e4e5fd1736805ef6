//! Values of attributes whose tuples have these fields on the BSDs and macOS.

use oslens::process::ProcessRow;
use pyo3::prelude::*;

#[cfg(target_os = "macos")]
use crate::objects::PFOOTPRINT;
use crate::{
    objects::{PCPUTIMES, PFULLMEM, PIO, PMEM, PMEM_EX},
    process::{
        attributes::{Attribute, Value, or_nothing},
        shared::Shared,
    },
};

/// The value of an attribute that a row has. What the system does not count is
/// 0, as in psutil, but for input and output, where it is -1.
pub(in crate::process) fn value<'py>(
    py: Python<'py>,
    attribute: Attribute,
    row: &ProcessRow,
    shared: &mut Shared,
) -> Value<'py> {
    match attribute {
        Attribute::CpuTimes => {
            let of = row.cpu_times?;
            let values = (
                of.user.as_secs_f64(),
                of.system.as_secs_f64(),
                // NetBSD and OpenBSD tell the sum: it is in it once.
                of.children_user
                    .or(of.children_total)
                    .unwrap_or_default()
                    .as_secs_f64(),
                of.children_system.unwrap_or_default().as_secs_f64(),
            );
            Ok(PCPUTIMES.of(py, values)?)
        }
        Attribute::Nice => Ok(row.nice?.into_pyobject(py)?.into_any()),
        Attribute::Username => Ok(shared.user(py, row.uids?.real)?),
        Attribute::MemoryInfo => memory(py, row, &PMEM),
        #[cfg(not(target_os = "macos"))]
        Attribute::MemoryInfoEx => memory(py, row, &PMEM_EX),
        #[cfg(not(target_os = "macos"))]
        Attribute::MemoryFullInfo => memory(py, row, &PFULLMEM),
        #[cfg(target_os = "macos")]
        Attribute::MemoryInfoEx => {
            use oslens::os::macos::ProcessExt;
            let of = or_nothing(row.memory_info)?;
            let more = row.memory_info_ex?;
            let used = super::super::one_by_one::ask(py, row, shared, ProcessExt::resource_usage)?;
            // Peak, kinds and compressed memory take a right that programs do
            // not have, but for themselves.
            let values = (
                of.rss,
                of.vms,
                more.peak_rss.unwrap_or(0),
                more.rss_anon.unwrap_or(0),
                more.rss_file.unwrap_or(0),
                used.wired,
                more.swap.unwrap_or(0),
                used.physical_footprint,
            );
            Ok(PMEM_EX.of(py, values)?)
        }
        #[cfg(target_os = "macos")]
        Attribute::MemoryFootprint => Ok(PFOOTPRINT.of(py, (row.memory_footprint?.uss,))?),
        #[cfg(target_os = "macos")]
        Attribute::MemoryFullInfo => {
            let of = or_nothing(row.memory_info)?;
            Ok(PFULLMEM.of(py, (of.rss, of.vms, row.memory_footprint?.uss))?)
        }
        Attribute::IoCounters => {
            let of = row.io_counters?;
            let count = |count: Option<u64>| count.map_or(-1, i128::from);
            let values = (
                count(of.read_count),
                count(of.write_count),
                count(of.read_bytes),
                count(of.write_bytes),
            );
            Ok(PIO.of(py, values)?)
        }
        _ => Err(oslens::Unavailable::Unsupported.into()),
    }
}

#[cfg(target_os = "macos")]
fn memory<'py>(py: Python<'py>, row: &ProcessRow, class: &crate::objects::TupleType) -> Value<'py> {
    let of = or_nothing(row.memory_info)?;
    Ok(class.of(py, (of.rss, of.vms))?)
}

#[cfg(not(target_os = "macos"))]
fn memory<'py>(py: Python<'py>, row: &ProcessRow, class: &crate::objects::TupleType) -> Value<'py> {
    let of = or_nothing(row.memory_info)?;
    let ex = or_nothing(row.memory_info_ex)?;
    let values = (
        of.rss,
        of.vms,
        of.text.unwrap_or(0),
        of.data.unwrap_or(0),
        of.stack.unwrap_or(0),
        ex.peak_rss.unwrap_or(0),
    );
    Ok(class.of(py, values)?)
}
