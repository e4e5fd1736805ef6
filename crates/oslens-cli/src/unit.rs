//! Which service or container a process belongs to.

use std::ffi::OsStr;
use std::path::{Component, Path};

use oslens::process::CgroupPath;

/// The unit of a process: the innermost service, scope or container of its
/// control group, else the group itself. `None` for the outermost group.
pub(crate) fn of(groups: &[CgroupPath]) -> Option<&OsStr> {
    let group = groups
        .iter()
        .find(|group| group.controllers.iter().any(|name| name == "name=systemd"))
        .or_else(|| groups.iter().find(|group| group.hierarchy == 0))
        .filter(|group| !is_outermost(&group.path))
        // Without systemd, containers are groups of every hierarchy.
        .or_else(|| groups.iter().find(|group| !is_outermost(&group.path)))?;
    let names = || {
        group.path.components().rev().filter_map(|part| match part {
            Component::Normal(name) => Some(name),
            _ => None,
        })
    };
    let is_unit = |name: &&OsStr| {
        Path::new(name)
            .extension()
            .is_some_and(|kind| kind == "service" || kind == "scope")
    };
    names().find(is_unit).or_else(|| names().next())
}

fn is_outermost(path: &Path) -> bool {
    path.components()
        .all(|part| !matches!(part, Component::Normal(_)))
}
