//! Counters from the performance data of the registry, without `pdh.dll`.
//!
//! The data names everything by numbers; the tables of names give them words.

mod browse;
mod snapshot;
#[cfg(test)]
mod tests;

pub(crate) use browse::{counters, instances, objects};

use std::{collections::BTreeMap, time::SystemTime};

use snapshot::{Snapshot, is_this_machine};

use crate::{
    CounterPath, Error, ErrorKind, Language, Names, NoValue, Result,
    parse::performance_data::Definition,
    path::matches,
    source::{Backend, Row, Sampled},
};

/// The key of the registry that is no key: what is asked of it is answered by
/// the providers.
pub(crate) trait PerformanceKey: Send {
    /// The data of these objects: numbers with blanks between, `Global` for
    /// all but the expensive, `Costly` for those.
    fn data(&mut self, objects: &str) -> Result<Vec<u8>>;

    /// The table of names.
    fn names(&mut self, language: Language) -> Result<Vec<u8>>;

    /// The table of explanations in the user's language.
    fn help(&mut self) -> Result<Vec<u8>>;
}

/// The numbers that a name stands for: those of the table, else itself.
fn indexes(names: &Names, name: &str) -> Vec<u32> {
    let found: Vec<u32> = names.indexes(name).collect();
    if found.is_empty() {
        return name.parse().into_iter().collect();
    }
    found
}

/// The source of a query.
pub(crate) struct Registry<K> {
    key: K,
    english: Option<Names>,
    local: Option<Names>,
    counters: BTreeMap<u32, Added>,
    next: u32,
    /// The last sample.
    data: Vec<u8>,
}

struct Added {
    path: CounterPath,
    /// What its object's name stands for.
    objects: Vec<u32>,
    /// The counters' numbers, with their names.
    counters: Vec<(u32, String)>,
    two_samples: bool,
}

impl<K: PerformanceKey> Registry<K> {
    pub(crate) fn new(key: K) -> Self {
        Self {
            key,
            english: None,
            local: None,
            counters: BTreeMap::new(),
            next: 0,
            data: Vec::new(),
        }
    }

    fn names(&mut self, language: Language) -> Result<&Names> {
        let names = match language {
            Language::Neutral => &mut self.english,
            Language::Local => &mut self.local,
        };
        // The table changes when a provider is installed: read anew where a
        // counter was not found, see `add`.
        if names.is_none() {
            *names = Some(Names::parse(&self.key.names(language)?));
        }
        Ok(names.get_or_insert_default())
    }

    fn resolve(&mut self, path: &CounterPath, language: Language) -> Result<Added> {
        let objects = indexes(self.names(language)?, path.object());
        if objects.is_empty() {
            return Err(not_found("no object of this name"));
        }
        let data = self.key.data(&list(&objects))?;
        let snapshot = Snapshot::read(&data)?;
        let names = self.names(language)?;
        let mut found = Vec::new();
        let mut two_samples = false;
        let mut any_object = false;
        for object in snapshot.objects_of(&objects) {
            any_object = true;
            for definition in object.shown() {
                let name = name_of(names, definition);
                if is_named(path.counter(), &name, definition) {
                    two_samples |= definition.needs_two_samples();
                    found.push((definition.definition.name_index, name));
                }
            }
        }
        if !any_object {
            return Err(not_found("the object's provider does not answer"));
        }
        if found.is_empty() {
            return Err(not_found("the object has no such counter"));
        }
        Ok(Added {
            path: path.clone(),
            objects,
            counters: found,
            two_samples,
        })
    }
}

fn name_of(names: &Names, definition: &snapshot::Counter) -> String {
    let index = definition.definition.name_index;
    names
        .get(index)
        .map_or_else(|| index.to_string(), str::to_owned)
}

/// Whether a path's counter is this one, by its name or its number.
fn is_named(wanted: &str, name: &str, counter: &snapshot::Counter) -> bool {
    let Definition { name_index, .. } = counter.definition;
    matches(wanted, name) || wanted.parse() == Ok(name_index)
}

/// The objects' numbers, as the key takes them.
fn list(objects: &[u32]) -> String {
    let numbers: Vec<String> = objects.iter().map(u32::to_string).collect();
    numbers.join(" ")
}

#[cold]
fn not_found(why: &str) -> Error {
    Error::message(ErrorKind::NotFound, why)
}

impl<K: PerformanceKey> Backend for Registry<K> {
    fn add(&mut self, path: &CounterPath, language: Language) -> Result<u32> {
        if !is_this_machine(path.machine()) {
            return Err(Error::message(
                ErrorKind::Unsupported,
                "the registry's counters are those of this machine",
            ));
        }
        let added = match self.resolve(path, language) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                // Its provider may have been installed since.
                self.english = None;
                self.local = None;
                self.resolve(path, language)?
            }
            added => added?,
        };
        let key = self.next;
        self.next = self.next.wrapping_add(1);
        self.counters.insert(key, added);
        Ok(key)
    }

    fn remove(&mut self, key: u32) {
        self.counters.remove(&key);
    }

    fn needs_two_samples(&self, key: u32) -> bool {
        self.counters
            .get(&key)
            .is_some_and(|added| added.two_samples)
    }

    fn collect(&mut self) -> Result<Sampled> {
        let mut objects: Vec<u32> = self
            .counters
            .values()
            .flat_map(|added| added.objects.iter().copied())
            .collect();
        objects.sort_unstable();
        objects.dedup();
        self.data = self.key.data(&list(&objects))?;
        // It must be readable; what of its objects is not, says so itself.
        Snapshot::read(&self.data)?;
        Ok(Sampled::At(SystemTime::now()))
    }

    fn rows(&mut self, key: u32) -> Vec<Row> {
        let Some(added) = self.counters.get(&key) else {
            return Vec::new();
        };
        let rows = added.rows(&self.data);
        if rows.is_empty() && !added.path.has_wildcards() {
            return vec![Row::missing(&added.path, NoValue::NoInstance)];
        }
        rows
    }
}

impl Added {
    /// One row for each that the path names.
    fn rows(&self, data: &[u8]) -> Vec<Row> {
        let nothing = |why| {
            if self.path.has_wildcards() {
                Vec::new()
            } else {
                vec![Row::missing(&self.path, why)]
            }
        };
        let Ok(snapshot) = Snapshot::read(data) else {
            return nothing(NoValue::NoData);
        };
        let mut rows = Vec::new();
        let mut any_object = false;
        let mut any_counter = false;
        for object in snapshot.objects_of(&self.objects) {
            any_object = true;
            for counter in object.shown() {
                let index = counter.definition.name_index;
                let Some((_, name)) = self.counters.iter().find(|(is, _)| *is == index) else {
                    continue;
                };
                any_counter = true;
                for (instance, numbers) in object.blocks(&snapshot) {
                    let wanted = match (self.path.instance(), &instance) {
                        (None, None) => true,
                        (Some(wanted), Some(is)) => wanted.matches(is),
                        _ => false,
                    };
                    if !wanted {
                        continue;
                    }
                    rows.push(Row {
                        path: CounterPath::found(
                            self.path.machine(),
                            self.path.object(),
                            instance,
                            name,
                        ),
                        kind: Some(counter.kind()),
                        default_scale: counter.definition.default_scale,
                        identity: object.identity(numbers),
                        raw: counter.raw(&snapshot, &object, numbers),
                    });
                    if !self.path.has_wildcards() {
                        return rows;
                    }
                }
            }
        }
        match (any_object, any_counter) {
            (false, _) => nothing(NoValue::NoObject),
            (_, false) => nothing(NoValue::NoCounter),
            _ => rows,
        }
    }
}
