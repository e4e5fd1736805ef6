//! What there is, from the performance data.

use super::{
    PerformanceKey, Registry, indexes, list, not_found,
    snapshot::{Object, Snapshot},
};
use crate::{
    Counter, Detail, InstanceName, Language, Names, Result, browse::Object as Listed, path::same,
};

/// What all listings need: the names, in both languages.
struct Tables {
    english: Names,
    /// Empty where it cannot be had.
    local: Names,
    help: Names,
}

impl Tables {
    fn read<K: PerformanceKey>(key: &mut K) -> Result<Self> {
        let english = Names::parse(&key.names(Language::Neutral)?);
        let or_empty =
            |table: Result<Vec<u8>>| table.map(|table| Names::parse(&table)).unwrap_or_default();
        let local = or_empty(key.names(Language::Local));
        let help = or_empty(key.help());
        Ok(Self {
            english,
            local,
            help,
        })
    }

    /// The English name, else the local one, else the number.
    fn name(&self, index: u32) -> String {
        let name = self.english.get(index).or_else(|| self.local.get(index));
        name.map_or_else(|| index.to_string(), str::to_owned)
    }

    fn local_name(&self, index: u32) -> Option<String> {
        self.local.get(index).map(str::to_owned)
    }

    fn help(&self, index: u32) -> Option<String> {
        let help = self.help.get(index).map(str::trim);
        help.filter(|help| !help.is_empty()).map(str::to_owned)
    }

    fn object(&self, object: &Object<'_>) -> Listed {
        let header = &object.object;
        let default = usize::try_from(header.default_counter).ok();
        Listed {
            name: self.name(header.name_index),
            local_name: self.local_name(header.name_index),
            help: self.help(header.help_index),
            index: Some(header.name_index),
            detail: Detail::of(header.detail),
            has_instances: Some(header.has_instances()),
            default_counter: default
                .and_then(|at| object.counters.get(at))
                .map(|counter| self.name(counter.definition.name_index)),
        }
    }

    fn counter(&self, counter: &super::snapshot::Counter) -> Counter {
        let definition = counter.definition;
        Counter {
            name: self.name(definition.name_index),
            local_name: self.local_name(definition.name_index),
            help: self.help(definition.help_index),
            index: Some(definition.name_index),
            detail: Detail::of(definition.detail),
            kind: Some(counter.kind()),
            default_scale: Some(definition.default_scale),
        }
    }
}

/// All objects, by name. Those that are expensive to ask are listed too where
/// their providers answer.
pub(crate) fn objects<K: PerformanceKey>(key: &mut K) -> Result<Vec<Listed>> {
    let tables = Tables::read(key)?;
    let data = key.data("Global")?;
    let mut found: Vec<Listed> = Snapshot::read(&data)?
        .objects()
        .map(|object| tables.object(&object))
        .collect();
    if let Ok(data) = key.data("Costly") {
        if let Ok(snapshot) = Snapshot::read(&data) {
            found.extend(snapshot.objects().map(|object| tables.object(&object)));
        }
    }
    found.sort_by(|one, other| (&one.name, one.index).cmp(&(&other.name, other.index)));
    found.dedup_by_key(|object| object.index);
    Ok(found)
}

/// Reads an object by its name in either language, or its number.
fn read<K: PerformanceKey, T>(
    key: &mut K,
    name: &str,
    tables: &Tables,
    with: impl FnOnce(&Snapshot<'_>, &Object<'_>) -> T,
) -> Result<T> {
    let mut wanted = indexes(&tables.english, name);
    wanted.extend(
        tables
            .local
            .iter()
            .filter(|(_, is)| same(is, name))
            .map(|(index, _)| index),
    );
    if wanted.is_empty() {
        return Err(not_found("no object of this name").of(name));
    }
    let data = key.data(&list(&wanted))?;
    let snapshot = Snapshot::read(&data)?;
    let object = snapshot
        .objects_of(&wanted)
        .next()
        .ok_or_else(|| not_found("the object's provider does not answer").of(name))?;
    Ok(with(&snapshot, &object))
}

pub(crate) fn counters<K: PerformanceKey>(key: &mut K, object: &str) -> Result<Vec<Counter>> {
    let tables = Tables::read(key)?;
    read(key, object, &tables, |_, object| {
        object
            .shown()
            .map(|counter| tables.counter(counter))
            .collect()
    })
}

pub(crate) fn instances<K: PerformanceKey>(key: &mut K, object: &str) -> Result<Vec<InstanceName>> {
    let tables = Tables {
        english: Names::parse(&key.names(Language::Neutral)?),
        local: key
            .names(Language::Local)
            .map(|table| Names::parse(&table))
            .unwrap_or_default(),
        help: Names::default(),
    };
    read(key, object, &tables, |snapshot, object| {
        let instances = object.instances(snapshot);
        instances.into_iter().map(|(name, _)| name).collect()
    })
}

impl<K> Registry<K> {
    #[cfg(test)]
    pub(super) fn key(&mut self) -> &mut K {
        &mut self.key
    }
}
