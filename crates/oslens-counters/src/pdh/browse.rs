//! What there is, from the library.

use super::{Dictionary, Pdh};
use crate::{Counter, CounterPath, CounterType, InstanceName, Object, Result, path::numbered};

/// All objects, by name. The library tells no more than their names.
pub(crate) fn objects<P: Pdh>(pdh: &mut P, machine: Option<&str>) -> Result<Vec<Object>> {
    let names = Dictionary::read(pdh);
    let mut found: Vec<Object> = pdh
        .objects(machine)?
        .into_iter()
        .map(|local| {
            let known = names.english(&local);
            Object {
                name: known.map_or_else(|| local.clone(), |(_, name)| name.to_owned()),
                index: known.map(|(index, _)| index),
                local_name: Some(local),
                help: None,
                detail: None,
                has_instances: None,
                default_counter: None,
            }
        })
        .collect();
    found.sort_by(|one, other| one.name.cmp(&other.name));
    found.dedup_by(|one, other| one.local_name == other.local_name);
    Ok(found)
}

/// The local name of an object, by its English or local name, and what it has.
fn items<P: Pdh>(
    pdh: &mut P,
    names: &Dictionary,
    machine: Option<&str>,
    object: &str,
) -> Result<(String, Vec<String>, Vec<String>)> {
    let local = names.local(object).unwrap_or(object).to_owned();
    let (counters, instances) = pdh
        .items(machine, &local)
        .map_err(|error| error.of(object))?;
    Ok((local, counters, instances))
}

pub(crate) fn counters<P: Pdh>(
    pdh: &mut P,
    machine: Option<&str>,
    object: &str,
) -> Result<Vec<Counter>> {
    let names = Dictionary::read(pdh);
    let (object, counters, instances) = items(pdh, &names, machine, object)?;
    let instance = instances
        .first()
        .map(|name| InstanceName::from(name.as_str()));
    let counters = counters.into_iter().map(|local| {
        // Its type and explanation are told of a counter in a query alone.
        let path = CounterPath::found(machine, &object, instance.clone(), &local).to_string();
        let info = pdh.add(&path, false).and_then(|handle| {
            let info = pdh.info(handle, true);
            pdh.remove(handle);
            info
        });
        let info = info.ok();
        let known = names.english(&local);
        Counter {
            name: known.map_or_else(|| local.clone(), |(_, name)| name.to_owned()),
            index: known.map(|(index, _)| index),
            local_name: Some(local),
            help: info.as_ref().and_then(|info| info.help.clone()),
            detail: None,
            kind: info.as_ref().map(|info| CounterType(info.kind)),
            default_scale: info.map(|info| info.default_scale),
        }
    });
    Ok(counters.collect())
}

pub(crate) fn instances<P: Pdh>(
    pdh: &mut P,
    machine: Option<&str>,
    object: &str,
) -> Result<Vec<InstanceName>> {
    let names = Dictionary::read(pdh);
    let (_, _, instances) = items(pdh, &names, machine, object)?;
    Ok(numbered(instances.into_iter().map(InstanceName::from)).collect())
}
