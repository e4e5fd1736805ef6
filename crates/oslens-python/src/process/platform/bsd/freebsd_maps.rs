//! Memory maps, as FreeBSD tells them.

use std::{collections::HashMap, ffi::OsString};

use oslens::{
    os::freebsd::{Mapped, Mapping, ProcessExt as _},
    process::{MapUsage, Permissions, Process},
};
use pyo3::prelude::*;

use crate::{
    objects::{PMMAP_EXT, PMMAP_GROUPED},
    process::extras::list,
};

/// What mappings with one name use.
pub(in crate::process) struct MapGroup {
    name: OsString,
    pub(in crate::process) usage: MapUsage,
    counts: Counts,
}

/// What psutil calls `private`, `ref_count` and `shadow_count`.
type Counts = [u64; 3];

fn counts(of: &Mapping) -> Counts {
    [of.own_resident, of.references.into(), of.shadows.into()]
}

/// The mappings one by one.
pub(in crate::process) fn read_maps(process: &Process) -> oslens::Result<Vec<Mapping>> {
    process.mappings()
}

/// The mappings summed up by name, in the order in which the names appear.
pub(in crate::process) fn map_groups(process: &Process) -> oslens::Result<Vec<MapGroup>> {
    let mut groups: Vec<MapGroup> = Vec::new();
    let mut places = HashMap::new();
    for mapping in process.mappings()? {
        let name = name(&mapping);
        let place = *places.entry(name).or_insert_with_key(|name| {
            groups.push(MapGroup {
                name: name.clone(),
                usage: MapUsage::default(),
                counts: Counts::default(),
            });
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(place) {
            group.usage.add(&mapping.map.usage);
            for (sum, count) in group.counts.iter_mut().zip(counts(&mapping)) {
                *sum = sum.saturating_add(count);
            }
        }
    }
    Ok(groups)
}

/// Its path, or psutil's word for what has none.
fn name(of: &Mapping) -> OsString {
    let word = match of.mapped {
        Mapped::File if of.map.name.is_none() => "[vnode]",
        Mapped::Nothing => "[none]",
        Mapped::Default => "[default]",
        Mapped::Anonymous => "[swap]",
        Mapped::Device if of.map.name.is_none() => "[device]",
        Mapped::Physical => "[phys]",
        Mapped::Dead => "[dead]",
        Mapped::ScatterGather => "[sg]",
        Mapped::Unknown => "[unknown]",
        // Guard pages, which psutil does not know, have this name.
        _ => return of.map.name.clone().unwrap_or_else(|| "[?]".into()),
    };
    word.into()
}

fn rights(of: Permissions) -> String {
    [(of.read, 'r'), (of.write, 'w'), (of.execute, 'x')]
        .map(|(may, letter)| if may { letter } else { '-' })
        .iter()
        .collect()
}

pub(in crate::process) fn grouped_maps<'py>(
    py: Python<'py>,
    groups: &[MapGroup],
) -> PyResult<Bound<'py, PyAny>> {
    list(
        py,
        groups.iter().map(|group| {
            let [private, references, shadows] = group.counts;
            let rss = group.usage.rss.unwrap_or(0);
            PMMAP_GROUPED.of(py, (&group.name, rss, private, references, shadows))
        }),
    )
}

pub(in crate::process) fn maps<'py>(
    py: Python<'py>,
    maps: &[Mapping],
) -> PyResult<Bound<'py, PyAny>> {
    list(
        py,
        maps.iter().map(|mapping| {
            let map = &mapping.map;
            let [private, references, shadows] = counts(mapping);
            let values = (
                format!("{:#x}-{:#x}", map.start, map.end),
                rights(map.permissions),
                name(mapping),
                map.usage.rss.unwrap_or(0),
                private,
                references,
                shadows,
            );
            PMMAP_EXT.of(py, values)
        }),
    )
}
